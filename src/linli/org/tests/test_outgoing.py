"""Requests that leave the site: where they may go, and what they do not wait for."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from linli.org.outgoing import Unreached, allowed, exchange

Talk = Callable[[socket.socket], None]


@pytest.fixture
def server() -> Iterator[Callable[[Talk], str]]:
    """Return a call that serves one conversation and gives its address."""
    threads: list[threading.Thread] = []
    stop = threading.Event()

    def serve(talk: Talk) -> str:
        listening = socket.create_server(("127.0.0.1", 0))

        def run() -> None:
            with listening:
                connection, _where = listening.accept()
                with connection:
                    connection.recv(65536)
                    while not stop.is_set():
                        try:
                            talk(connection)
                        except OSError:
                            return

        threads.append(threading.Thread(target=run))
        threads[-1].start()
        return f"http://127.0.0.1:{listening.getsockname()[1]}/hook"

    yield serve
    stop.set()
    for one in threads:
        one.join()


@pytest.fixture(autouse=True)
def _own_machine(settings: Any) -> None:
    settings.LINLI_OUTGOING = ["127.0.0.1"]


def once(words: bytes) -> Talk:
    def talk(connection: socket.socket) -> None:
        connection.sendall(words)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(1)
        raise OSError

    return talk


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "localhost", "2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0.0.0.0", "10.0.0.7",
     "169.254.169.254", "100.64.0.1", "192.168.1.1", "172.16.0.1", "224.0.0.1", "255.255.255.255", "[::1]",
     "[::]", "[::ffff:127.0.0.1]",
     "[fe80::1]", "[fd00::1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]"],
)  # fmt: skip
def test_an_address_inside_is_refused_however_it_is_written(host: str, settings: Any) -> None:
    settings.LINLI_OUTGOING = []
    with pytest.raises(Unreached) as refused:
        exchange("POST", f"http://{host}:9/x", body=b"{}")
    assert refused.value.code in ("forbidden", "name")  # a system that does not know a spelling finds no host


def test_public_addresses_and_those_of_the_settings_are_allowed(settings: Any) -> None:
    assert allowed("robot.example", 443, "8.8.8.8")
    assert allowed("robot.example", 443, "2400:3200::1")
    settings.LINLI_OUTGOING = ["Gateway.example"]
    settings.LINLI_SMS_URL = "http://sms.example:8080/send"
    assert allowed("gateway.example", 80, "10.0.0.7")
    assert allowed("sms.example", 8080, "10.0.0.8")
    assert not allowed("sms.example", 22, "10.0.0.8")
    assert not allowed("other.example", 8080, "10.0.0.8")


@pytest.mark.parametrize(
    "address", ["ftp://8.8.8.8/", "http://user:word@8.8.8.8/", "http:///x", "http://8.8.8.8:99999/", "x"]
)
def test_what_is_no_address_of_the_web_is_refused(address: str) -> None:
    with pytest.raises(Unreached, match="address"):
        exchange("GET", address)


def test_an_answer_comes_back_whatever_its_code(server: Callable[[Talk], str]) -> None:
    answer = exchange("GET", server(once(b"HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic\r\n\r\n")))
    assert (answer.status, answer.headers["www-authenticate"]) == (401, "Basic")
    assert exchange("GET", server(once(b"HTTP/1.1 200 OK\r\n\r\n{}"))).body == b"{}"


def test_a_redirect_is_a_failure_with_its_code(server: Callable[[Talk], str]) -> None:
    address = server(once(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"))
    with pytest.raises(Unreached, match=r"^redirect 302$"):
        exchange("GET", address)


@pytest.mark.parametrize(
    ("talk", "code"),
    [
        (once(b"220 this is no web server\r\n"), "not-http"),
        (once(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n"), "not-http"),
        (once(b""), "not-http"),
        (lambda connection: connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n" + bytes(65536)), "long"),
        (once(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 70000), "not-http"),
    ],
    ids=["smtp", "chunks", "nothing", "endless", "endless header"],
)
def test_an_answer_that_is_none_is_told(server: Callable[[Talk], str], talk: Talk, code: str) -> None:
    with pytest.raises(Unreached, match=code):
        exchange("GET", server(talk))


def test_an_answer_that_drips_is_waited_for_once_not_byte_by_byte(server: Callable[[Talk], str]) -> None:
    pause = threading.Event()

    def drip(connection: socket.socket) -> None:
        connection.sendall(b"H")
        pause.wait(0.03)

    with pytest.raises(Unreached, match=r"time|not-http"):
        exchange("GET", server(drip), seconds=0.2)


def test_nobody_there_is_told() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreached, match="unreachable"):
        exchange("GET", f"http://127.0.0.1:{port}/")


def test_no_header_carries_another(server: Callable[[Talk], str]) -> None:
    with pytest.raises(Unreached):
        exchange("GET", server(once(b"")), headers={"X": "a\r\nY: b"})
