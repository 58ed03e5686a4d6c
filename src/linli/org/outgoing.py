"""Requests that leave the site: to public addresses or hosts that the site's own settings name, pinned and bounded.

A host is resolved once, what it resolves to is checked as an address (so no spelling of one passes), and the
connection goes to that very address: a name that changes its mind in between reaches nothing inside. A redirect
is a failure. Connecting, sending and reading share one time limit, and an answer one size.
"""

from __future__ import annotations

import io
import ipaddress
import json
import socket
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import Any
from urllib.parse import SplitResult, quote, urlsplit

from django.conf import settings

SECONDS = 10.0  # of one request from its first to its last byte
MOST_ANSWER = 256 * 1024
SIX_TO_FOUR = ipaddress.ip_network("64:ff9b::/96")  # NAT64: the last 32 bits are an IPv4 address


class Unreached(Exception):  # noqa: N818  the word that the log and the page know
    """A request that did not succeed; `code` is one of `linli.notices.reasons`, `number` the answer's code."""

    def __init__(self, code: str, number: int | None = None) -> None:
        self.code, self.number = code, number
        super().__init__(code if number is None else f"{code} {number}")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def exchange(
    method: str, address: str, *, headers: Mapping[str, str] | None = None, body: bytes | None = None,
    seconds: float = SECONDS,
) -> Answer:  # fmt: skip
    """Send one request and return the answer, whatever its code, but for a redirect: that is not followed.

    Parameters
    ----------
    address
        `http://…` or `https://…`; no user or password in it.
    seconds
        Until the last byte of the answer.

    Raises
    ------
    Unreached
        No address of the web, not allowed, not reached in time, no HTTP, too long, or a redirect.
    """
    parts = web_parts(address)
    if parts is None:
        raise Unreached("address")
    try:
        host, port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise Unreached("address") from None
    deadline = time.monotonic() + seconds
    try:
        with _connected(_pinned(host, port), port, deadline) as plain:
            connection = plain
            if parts.scheme == "https":
                plain.settimeout(_left(deadline))
                connection = ssl.create_default_context().wrap_socket(plain, server_hostname=host)
            with connection:
                connection.settimeout(_left(deadline))
                connection.sendall(_request(method, parts, headers or {}, body))
                answer = _read(connection, method, deadline)
    except TimeoutError:
        raise Unreached("time") from None
    except ssl.SSLError:
        raise Unreached("certificate") from None
    except HTTPException:
        raise Unreached("not-http") from None
    except (OSError, ValueError):
        raise Unreached("unreachable") from None
    if 300 <= answer.status < 400:
        raise Unreached("redirect", answer.status)
    return answer


def web_parts(address: str) -> SplitResult | None:
    """Return the parts of an address of the web, without a user or password in it; None where it is none."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return parts if parts.scheme in ("http", "https") and parts.hostname and "@" not in parts.netloc else None


def allowed(host: str, port: int, address: str) -> bool:
    """Whether a host may be asked at an address: a public one, or one that the site's settings name."""
    return not {host.lower(), f"{host.lower()}:{port}"}.isdisjoint(_named()) or _public(address)


class Bounded(io.RawIOBase):
    """Reads a socket until a moment and up to a size, however slowly the other side drips."""

    def __init__(self, connection: socket.socket, deadline: float, most: int) -> None:
        self._connection, self._deadline, self._left = connection, deadline, most

    def readable(self) -> bool:
        """Say that it reads."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what has come, within the bounds."""
        self._connection.settimeout(_left(self._deadline))
        count = self._connection.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise Unreached("long")
        return count


class _Source:
    """What `http.client` reads an answer from."""

    def __init__(self, reading: Bounded) -> None:
        self._reading = reading

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self._reading, 4096)


def _read(connection: socket.socket, method: str, deadline: float) -> Answer:
    answer = HTTPResponse(_Source(Bounded(connection, deadline, MOST_ANSWER)), method=method)  # type: ignore[arg-type]
    answer.begin()
    with answer:
        return Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())


def _request(method: str, parts: Any, headers: Mapping[str, str], body: bytes | None) -> bytes:
    target = quote(parts.path or "/", safe="/%:@!$&'()*+,;=~-._") + (f"?{_query(parts.query)}" if parts.query else "")
    lines = {"Host": parts.netloc.encode("idna").decode(), "Connection": "close", "Accept": "*/*", **headers}
    if body is not None:
        lines["Content-Length"] = str(len(body))
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    if any(sign in value for value in (method, target, *lines, *lines.values()) for sign in "\r\n\0"):
        raise ValueError("a line feed in a header")
    return f"{method} {target} HTTP/1.1\r\n{head}\r\n".encode("latin-1") + (body or b"")


def _query(query: str) -> str:
    return quote(query, safe="/%:@!$&'()*+,;=~-._?")


def _pinned(host: str, port: int) -> list[str]:
    """Resolve a host once; every address of it must be allowed, for a mixed answer is a trap."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        raise Unreached("name") from None
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(allowed(host, port, one) for one in addresses):
        raise Unreached("forbidden")
    return addresses


def _connected(addresses: list[str], port: int, deadline: float) -> socket.socket:
    for number, address in enumerate(addresses):
        try:
            return socket.create_connection((address, port), timeout=_left(deadline))
        except OSError:
            if number == len(addresses) - 1:
                raise
    raise TimeoutError


def _left(deadline: float) -> float:
    """Seconds until the deadline; past it, the request is given up."""
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    return remaining


def _public(address: str) -> bool:
    try:
        one: ipaddress.IPv4Address | ipaddress.IPv6Address = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv6Address):
        inner = one.ipv4_mapped or one.sixtofour or (one.teredo[1] if one.teredo else None)
        if inner is None and one in SIX_TO_FOUR:
            inner = ipaddress.IPv4Address(int(one) & 0xFFFFFFFF)
        if inner is not None:
            return _public(str(inner))
    return one.is_global and not one.is_multicast


def _named() -> set[str]:
    """Hosts, some with their port, that the site's settings name: gateways in the district's own net."""
    apps = [app for one in settings.SOCIALACCOUNT_PROVIDERS.values() for app in one.get("APPS", ())]
    addresses = [settings.LINLI_SMS_URL, *(app["settings"]["server_url"] for app in apps)]
    parts = [urlsplit(one) for one in addresses if one]
    own = {f"{one.hostname}:{one.port or (443 if one.scheme == 'https' else 80)}" for one in parts}
    return own | {name.lower() for name in settings.LINLI_OUTGOING}


def json_of(body: bytes) -> dict[str, Any]:
    """Return an answer's body as an object; {} where it is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
