"""The addresses of the site."""

from __future__ import annotations

from django.urls import include, path

from linli.org.views import me
from linli.territory.views import basemap
from linli.web import api
from linli.web.views import (
    api_pages,
    audit,
    crawlers,
    guide,
    health,
    home,
    jobs,
    preferences,
    search,
    statements,
    style,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("look", preferences.choose, name="choose"),
    path("search/", search.search, name="search"),
    path("style", style.show, name="style"),
    path("where/", include("linli.territory.urls")),
    path("", include("linli.cases.urls")),
    path("", include("linli.matters.urls")),
    path("notices/", include("linli.notices.urls")),
    path("ground/", include("linli.territory.ground_urls")),
    path("basemap/<slug:version>/<int:zoom>/<int:x>/<int:y>", basemap.basemap, name="basemap"),
    path("basemap/<slug:sha256>/<int:pk>.svg", basemap.picture, name="basemap-picture"),
    path("org/", include("linli.org.urls")),
    path("planning/", include("linli.planning.urls")),
    path("ledger/", include("linli.ledger.urls")),
    path("audit", audit.audit, name="audit"),
    path("my/", me.me, name="me"),
    path("my/sights", audit.sights, name="sights"),
    path("jobs/", jobs.jobs, name="jobs"),
    path("jobs/<uuid:pk>/", jobs.job, name="job"),
    path("jobs/<uuid:pk>/cancel", jobs.stop, name="cancel-job"),
    path("privacy/", statements.privacy, name="privacy"),
    path("accessibility/", statements.accessibility, name="accessibility"),
    path("guide/", guide.guides, name="guides"),
    path("guide/<slug:role>/", guide.guide, name="guide"),
    path(".well-known/security.txt", statements.security, name="security"),
    path("robots.txt", crawlers.robots, name="robots"),
    path("favicon.ico", crawlers.icon, name="icon"),
    path("healthz", health.alive, name="alive"),
    path("readyz", health.ready, name="ready"),
    path("api/", api_pages.describe, name="api-page"),
    path("api/tokens/", api_pages.tokens, name="tokens"),
    path("api/tokens/<int:pk>/revoke", api_pages.revoke, name="revoke-token"),
    path("api/v1/", include((api.addresses(), "api"))),
    path("i18n/", include("django.conf.urls.i18n")),
    path("accounts/", include("linli.org.sign_in_urls")),
]

handler400 = "linli.web.views.errors.bad_request"
handler403 = "linli.web.views.errors.not_allowed"
handler404 = "linli.web.views.errors.not_found"
handler500 = "linli.web.views.errors.broken"
