"""Finding every address as people do, by links and forms of the pages, and which keys the views ask for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin, urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.test import Client
from django.urls import Resolver404, resolve, reverse

NOT_FOLLOWED = ("account_logout", "openid_connect_login", "ledger:download")
ASKED: dict[tuple[str, str], set[str]] = {}  # view and method to the keys that it asked for


class Recording(QueryDict):
    """A query or form that remembers which keys were asked for."""

    view = ("", "")

    def of(self, view: tuple[str, str]) -> Recording:
        self.view = view
        return self

    def getlist(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().getlist(key, default)

    def __getitem__(self, key: str) -> Any:
        self._note(key)
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        self._note(key)
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        self._note(str(key))
        return super().__contains__(key)

    def _note(self, key: str) -> None:
        ASKED.setdefault(self.view, set()).add(key)


class Recorder:
    """Middleware that lets every view ask a recording query."""

    def __init__(self, answer: Callable[[HttpRequest], HttpResponse]) -> None:
        self.answer = answer

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.answer(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> None:
        name = request.resolver_match.view_name if request.resolver_match else ""
        for method in ("GET", "POST"):
            said = getattr(request, method)
            made = Recording(mutable=True).of((name, method))
            for key in list(said):
                made.setlist(key, said.getlist(key))
            setattr(request, method, made)


@dataclass
class Form:
    """A form of a page: where it leads, and what it sends where nobody touches it."""

    action: str
    post: bool
    pairs: list[tuple[str, str]] = field(default_factory=list)
    files: list[str] = field(default_factory=list)


class Page(HTMLParser):
    """The links and forms of a page."""

    def __init__(self, url: str, text: str) -> None:
        super().__init__()
        self.url, self.links, self.forms = url, [], []  # type: ignore[var-annotated]
        self.select, self.area = "", ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attrs}
        for name in ("href", "hx-get", "src"):
            if said.get(name):
                self.links.append(urljoin(self.url, said[name]))
        if tag == "form":
            post = said.get("method", "").lower() == "post"
            self.forms.append(Form(urljoin(self.url, said.get("action") or self.url), post))
        name = said.get("name", "")
        if not self.forms:
            return
        pairs = self.forms[-1].pairs
        if tag == "input" and name:
            kind = said.get("type", "text")
            if kind == "file":
                self.forms[-1].files.append(name)
            elif kind not in ("checkbox", "radio") or "checked" in said or name not in dict(pairs):
                pairs.append((name, said.get("value", "" if kind != "text" else "试验")))
        elif tag == "button" and name:
            form = self.forms[-1]
            self.forms.insert(-1, Form(form.action, form.post, [*pairs, (name, said.get("value", ""))]))  # once pressed
        elif tag == "textarea" and name:
            pairs.append((name, "试验"))
        elif tag == "select" and name:
            self.select = name
        elif tag == "option" and self.select and ("selected" in said or self.select not in dict(pairs)):
            pairs[:] = [pair for pair in pairs if pair[0] != self.select]
            pairs.append((self.select, said.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


def name_of(url: str) -> str | None:
    """Return the name of the address, None where it is none of the site's."""
    try:
        return resolve(urlsplit(url).path).view_name
    except Resolver404:
        return None


def walk(client: Client, begin: list[str], opened: set[str], before: Callable[[], None]) -> Iterator[tuple[str, Page]]:
    """Open pages from `begin` on, one of each view that nobody has `opened` yet; `before` is called before each."""
    seen: set[str] = set()
    known, waiting = set(begin), list(begin)
    while waiting:
        url = waiting.pop(0)
        name = name_of(url)
        if name is None or name in NOT_FOLLOWED or name in seen | opened:
            continue
        seen.add(name)
        before()
        answer = client.get(url)
        assert answer.status_code < 500, f"{url}: {answer.status_code}"
        html = answer.status_code == 200 and answer["Content-Type"].startswith("text/html")
        page = Page(url, answer.content.decode() if html else "")
        if answer.status_code == 200:
            opened.add(name)
        yield url, page
        for link in page.links:
            plain = urlsplit(link)
            if plain.netloc in ("", "testserver") and not plain.path.startswith("/static/"):
                near = plain.path + (f"?{plain.query}" if plain.query else "")
                if near not in known:
                    known.add(near)
                    waiting.append(near)


def beginnings(table: dict[str, Any]) -> list[str]:
    """Return the addresses of the table that need no argument."""
    open_ones = (name for name, row in table.items() if not row.get("closed") and not row.get("arguments"))
    return [reverse(name) for name in open_ones if not name.startswith("api:")]
