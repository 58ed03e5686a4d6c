"""The addresses of people and places, under /org/."""

from __future__ import annotations

from django.urls import path

from linli.org.views import accounts, divisions, posts, roles, roster

app_name = "org"
urlpatterns = [
    path("", divisions.divisions, name="divisions"),
    path("posts/<int:pk>/", posts.post, name="post"),
    path("posts/<int:pk>/appoint", posts.appoint, name="appoint"),
    path("posts/<int:pk>/leave", posts.leave, name="leave"),
    path("posts/<int:pk>/hand-over", posts.hand_over, name="hand-over"),
    path("accounts/", accounts.accounts, name="accounts"),
    path("accounts/open", accounts.open_account, name="open-account"),
    path("accounts/<int:pk>/", accounts.account, name="account"),
    path("accounts/<int:pk>/see", accounts.see, name="see-name"),
    path("accounts/<int:pk>/reset-password", accounts.reset_password, name="reset-password"),
    path("accounts/<int:pk>/unlock", accounts.unlock, name="unlock"),
    path("accounts/<int:pk>/close", accounts.close, name="close-account"),
    path("roles/", roles.roles, name="roles"),
    path("roles/<slug:code>", roles.change, name="change-role"),
    path("accounts/roster/", roster.roster, name="roster"),
    path("accounts/roster/template.xlsx", roster.blank, name="roster-template"),
    path("accounts/roster/<int:pk>/", roster.preview, name="roster-preview"),
    path("accounts/roster/<int:pk>/errors.xlsx", roster.wrong, name="roster-problems"),
    path("accounts/roster/<int:pk>/apply", roster.apply, name="roster-apply"),
    path("<str:code>/", divisions.division, name="division"),
    *(path(f"<str:code>/{act}", divisions.act, {"act": act}, name=act) for act in divisions.ACTS),
]
