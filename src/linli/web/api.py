"""The interface for programs: tokens, limits, errors and the description of it, at `/api/v1/`.

Only a bearer token says who asks; a browser's session counts for nothing here, so no other page can act through it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, cast

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.urls import URLPattern, path, re_path
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError
from ninja.errors import ValidationError as Malformed
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.security import HttpBearer

from linli.errors import InputError
from linli.org import api as org
from linli.org.actors import PUBLIC
from linli.org.limits import address_of
from linli.org.rest import MissingScope
from linli.territory import api as territory
from linli.territory import import_api as imports
from linli.territory import where_api
from linli.web import api_problems as problems
from linli.web import api_records as records
from linli.web.limits import TooOften, limited
from linli.web.models import Token
from linli.web.tokens import actor_of_token, note_use, token_of

MINUTE = 60.0
MOST_PUBLIC = 60  # requests a minute of one address without a token
MOST_OF_TOKEN = 600  # requests a minute of one token


class Bearer(HttpBearer):
    """A token in the header `Authorization: Bearer linli_…`."""

    def __call__(self, request: HttpRequest) -> Token | None:
        """Return the token, or None where there is no header of this kind."""
        request.actor = PUBLIC  # type: ignore[attr-defined]
        found: Token | None = super().__call__(request)
        return found

    def authenticate(self, request: HttpRequest, token: str) -> Token | None:
        """Return the working token of a secret; each attempt with a wrong one counts for its address."""
        found = token_of(token.strip())
        if found is None:
            return None
        limited(f"api token:{found.pk}", MOST_OF_TOKEN, MINUTE)
        note_use(found)
        request.actor = actor_of_token(found)  # type: ignore[attr-defined]
        _only_known_parameters(request)
        return found


def anyone(request: HttpRequest) -> str | None:
    """Let those without a token read what is public; a header that is no working token is refused, not overlooked."""
    limited(f"api address:{address_of(request)}", MOST_PUBLIC, MINUTE)
    if "Authorization" in request.headers:
        return None
    _only_known_parameters(request)
    return "public"


def nobody(request: HttpRequest) -> None:
    """Count an attempt without a working token for its address."""
    limited(f"api address:{address_of(request)}", MOST_PUBLIC, MINUTE)


class Interface(NinjaAPI):
    """The interface with errors of one form in its description."""

    def get_openapi_operation_id(self, operation: Operation) -> str:
        """Call an operation as its function is called."""
        return operation.view_func.__name__

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description; every operation names the errors that it may answer with."""
        found = super().get_openapi_schema(**options)
        problems.describe(cast("dict[str, Any]", found))
        return found


bearer = Bearer()
api = Interface(
    title="Linli 邻里",
    version="1",
    description=(
        "行政区划、岗位、地块、房屋、设施、户数、归属与公开台账。日期为北京时间，坐标为CGCS2000经纬度。\n\n"
        "Divisions, posts, blocks, buildings, facilities, counts, memberships and the public ledger. "
        "Dates are those of Asia/Shanghai, coordinates longitude and latitude in degrees (CGCS2000)."
    ),
    openapi_url=None,
    docs_url=None,
    urls_namespace="api",
)
for router in (org.public, records.public, where_api.public):
    api.add_router("", router, auth=[bearer, anyone])
for router in (org.guarded, territory.guarded, imports.guarded, records.guarded):
    api.add_router("", router, auth=[bearer, nobody])


def schema() -> dict[str, Any]:
    """Return the description of the interface (OpenAPI 3.1) as plain data."""
    plain: dict[str, Any] = json.loads(json.dumps(api.get_openapi_schema(path_prefix="/api/v1/"), default=str))
    return plain


@cache
def parameters() -> dict[tuple[str, str], frozenset[str]]:
    """Return the names that may stand in the query, by method and address."""
    return {
        (method.upper(), address): frozenset(
            one["name"] for one in operation.get("parameters", ()) if one["in"] == "query"
        )
        for address, methods in schema()["paths"].items()
        for method, operation in methods.items()
    }


def _only_known_parameters(request: HttpRequest) -> None:
    """Refuse a misspelt filter, which would otherwise quietly answer with everything."""
    route = request.resolver_match.route if request.resolver_match else ""
    address = "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)
    known = parameters().get((str(request.method), address), frozenset())
    unknown_names = [name for name in request.GET if name not in known]
    if unknown_names:
        raise Malformed([{"loc": ("query", name), "type": "extra_forbidden"} for name in unknown_names])


def openapi(request: HttpRequest) -> HttpResponse:
    """Serve the description; anyone may read it."""
    return JsonResponse(schema(), json_dumps_params={"ensure_ascii": False})


def unknown(request: HttpRequest, rest: str = "") -> HttpResponse:
    """Answer an address that is none of the interface's."""
    return problems.answer("not-found")


def addresses() -> list[URLPattern]:
    """Return the addresses below `/api/v1/`."""
    patterns = cast("list[URLPattern]", [p for p in api.urls[0] if isinstance(p, URLPattern)])
    for pattern in patterns:
        pattern.callback = _telling(pattern.callback)
    return [
        path("openapi.json", openapi, name="openapi"),
        *patterns,
        re_path(r"^(?P<rest>.*)$", unknown, name="unknown"),
    ]


def _telling(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Give a refused method the form of every error."""

    def told(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = view(request, *args, **kwargs)
        if response.status_code != 405:
            return response
        return problems.answer("method", headers={"Allow": response.headers["Allow"]})

    told.csrf_exempt = True  # type: ignore[attr-defined]
    return told


Handler = Callable[[HttpRequest, Any], HttpResponse]
HANDLERS: Mapping[type[Exception], Handler] = {
    Http404: lambda request, error: problems.answer("not-found"),
    AuthenticationError: lambda request, error: problems.answer("no-token", headers={"WWW-Authenticate": "Bearer"}),
    MissingScope: lambda request, error: problems.answer(
        "missing-scope", detail=_("令牌需要权限范围 %(scope)s") % {"scope": error.scope}, scope=error.scope
    ),
    PermissionDenied: lambda request, error: problems.answer("not-found"),
    TooOften: lambda request, error: problems.answer(
        "too-often",
        detail=_("请在%(wait)d秒后再试") % {"wait": error.wait},
        headers={"Retry-After": str(error.wait)},
    ),
    Malformed: lambda request, error: problems.answer("malformed", errors=problems.errors_of(error.errors)),
    ValidationError: lambda request, error: problems.answer("refused", errors=problems.errors_in(error)),
    InputError: lambda request, error: problems.answer("refused", errors=problems.errors_of_input(error)),
    HttpError: lambda request, error: problems.answer("unreadable"),
}
for kind, handler in HANDLERS.items():
    api.add_exception_handler(kind, handler)
