"""What a visitor chooses for himself: the look and the language, without an account and without script."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from linli.web.look import A_YEAR, look_of


# no token: it would give every resident's page a cookie, and all that a forged request could change is the type size
@csrf_exempt
@require_POST
def choose(request: HttpRequest) -> HttpResponse:
    """Keep the choices that were posted and go back to the page they were made on."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        back = "/"
    response = HttpResponseRedirect(back)
    look = look_of(request)
    for name in ("size", "theme", "contrast"):
        look = look.changed(name, request.POST.get(name, ""))
    if look != look_of(request):
        look.keep(response)
    language = request.POST.get("language", "")
    if language in dict(settings.LANGUAGES):
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, language, max_age=A_YEAR, samesite="Lax")
    return response
