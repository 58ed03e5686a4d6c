"""How django-allauth asks the district's identity provider: through `linli.org.outgoing`, without redirects."""

from __future__ import annotations

from typing import Any

import requests
from requests.adapters import BaseAdapter

from linli.org.outgoing import SECONDS, Unreached, exchange


class Pinned(BaseAdapter):
    """Carries a request of the package `requests` by our own bounded exchange."""

    def send(self, request: requests.PreparedRequest, *args: Any, **options: Any) -> requests.Response:
        """Send a request; a redirect counts as a failure."""
        body = request.body.encode() if isinstance(request.body, str) else request.body
        if not isinstance(body, bytes | None):
            raise requests.RequestException("only a body that is at hand is sent", request=request)
        said = {name: value for name, value in request.headers.items() if name.lower() not in LEFT_OUT}
        kept = {name: value if isinstance(value, str) else value.decode() for name, value in said.items()}
        try:
            answer = exchange(request.method or "GET", request.url or "", headers=kept, body=body, seconds=SECONDS / 2)
        except Unreached as error:
            raise requests.ConnectionError(str(error), request=request) from None
        response = requests.Response()
        response.status_code, response.request, response.url = answer.status, request, request.url or ""
        response.headers.update(answer.headers)
        response._content = answer.body
        response.encoding = "utf-8"
        return response

    def close(self) -> None:
        """Nothing is kept open."""


# what the exchange says itself, and packing that it does not undo
LEFT_OUT = ("host", "connection", "content-length", "accept-encoding")


def pinned_session() -> requests.Session:
    """Return a session whose every request is pinned; it reads no proxy or password from the environment."""
    session = requests.Session()
    session.trust_env = False
    for scheme in ("http://", "https://"):
        session.mount(scheme, Pinned())
    return session
