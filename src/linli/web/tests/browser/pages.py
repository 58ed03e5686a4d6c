"""Which pages Chromium looks at, for whom."""

from __future__ import annotations

DOOR = "/where/539901001000/L4/"
PAGES = {
    "": ("/", "/where/", "/where/?q=白云花园", DOOR, "/ledger/", "/accounts/login/", "/style", "/no-such-page",
         "/report/", "/report/look-up", "/api/", "/report/202600000003/aaaaaaaa/", "/report/public/",
         "/planning/public/", "/planning/public/1/", "/report/202600000004/aaaaaaaa/",
         "/report/202600000004/aaaaaaaa/judge",
         "/report/public/202600000001"),
    "jiedao": (
        "/", "/planning/diagnosis/?occupancy=50", "/planning/diagnosis/539901001001/",
        "/planning/projects/", "/planning/projects/new", "/planning/projects/new?kind=abolish",
        "/planning/projects/new?kind=rename", "/planning/projects/1/close",
        "/planning/standards/", "/planning/procedures/",
        "/planning/procedures/community-adjustment/1/", "/planning/projects/1/", "/planning/projects/1/run",
        "/planning/projects/1/1/", "/planning/projects/1/1/beside?with=2",
        "/planning/projects/1/1/dossier?with=2",
        "/planning/projects/1/1/draw", "/planning/projects/1/1/reasons", "/planning/projects/1/2/publish",
        "/planning/projects/1/objective", "/planning/projects/1/1/account/", "/planning/projects/1/2/sides/0",
        "/planning/projects/1/1/proposals/1",
        "/planning/projects/1/tradeoff", "/planning/projects/1/figures", "/planning/projects/1/procedure/",
        "/planning/projects/1/procedure/survey/sign",
        "/planning/standards/local-1500-3500/1/", "/jobs/", f"{DOOR}qr", "/org/", "/org/539901001001/",
        "/org/539901001001/rename", "/org/539901001001/found", "/org/539901001001/assign-code",
        "/org/539901001001/abolish", "/org/539901001001/create-post", "/org/posts/2/", "/api/tokens/",
        "/accounts/inactive/",
        "/accounts/reauthenticate/", "/my/", "/my/sights", "/accounts/password/change/",
        "/accounts/2fa/", "/accounts/logout/", "/ground/blocks/", "/ground/blocks/539901001000/B1/",
        "/ground/imports/", "/ground/imports/new", "/ground/imports/1/locate", "/ground/imports/2/columns",
        "/ground/imports/3/check", "/ground/imports/4/check",
    ),
    "shuji": ("/today/", "/matters/", "/matters/202600000001/", "/matters/202600000001/dispatch",
              "/matters/202600000002/resolve", "/cases/enter", "/matters/map",
              "/matters/?state=open&q=楼道", "/matters/202600000004/", "/notices/", "/notices/destinations/",
              "/notices/destinations/add"),
    "quji": (
        "/planning/standards/local-1500-3500/publish", "/planning/procedures/community-adjustment/publish",
        "/planning/projects/1/1/enact", "/planning/projects/1/procedure/waive", "/planning/proposals/1/",
        "/cases/rules/", "/cases/rules/new", "/cases/rules/1/",
        "/cases/rules/1/end", "/cases/categories/", "/cases/categories/new", "/cases/categories/0602/",
        "/cases/duties/", "/cases/duties/new", "/cases/duties/1/", "/cases/duties/1/end", "/cases/texts/",
        "/cases/texts/new", "/cases/texts/1/", "/cases/suggester/?text=楼道灯不亮", "/matters/calendar/",
        "/matters/calendar/?year=2027", "/matters/calendar/hours", "/matters/calendar/2027", "/matters/keeping/",
    ),
    "xitong": ("/jobs/",),
    "anquan": (
        "/org/posts/2/", "/org/posts/2/hand-over", "/org/posts/2/appoint", "/org/posts/2/leave",
        "/org/accounts/4/reset-password", "/org/accounts/4/close", "/org/accounts/", "/org/accounts/4/",
        "/org/accounts/open", "/org/roles/", "/org/roles/street_clerk", "/org/accounts/roster/",
    ),
    "shenji": ("/audit",),
}  # fmt: skip
