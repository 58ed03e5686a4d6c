"""角色: what each role lets its holders do, in one table; changing one."""

from __future__ import annotations

from functools import partial

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from linli.ledger.models import Entry
from linli.ledger.reading import leaf
from linli.org import actions
from linli.org.forms.people import RoleForm
from linli.org.models import Role
from linli.org.policies import PERMISSIONS, actor_in, requires
from linli.org.separation import SPHERES, spheres
from linli.org.views.acting import act_page
from linli.written import number_in


@require_safe
@requires("security.grant")
def roles(request: HttpRequest) -> HttpResponse:
    """Show every role against every permission."""
    every = list(Role.objects.all())
    held = {role.pk: set(role.permissions) for role in every}
    rows = [
        {
            "words": _(words), "permission": permission, "sphere": SPHERES.get(permission.partition(".")[0], ""),
            "cells": [permission in held[role.pk] for role in every],
        }
        for permission, words in PERMISSIONS.items()
    ]  # fmt: skip
    entries = leaf(
        Entry.objects.filter(verb="org.change_role"), before=number_in(request.GET.get("before")),
        after=number_in(request.GET.get("after")),
    )  # fmt: skip
    columns = [(role, [SPHERES[sphere] for sphere in spheres(role.permissions)]) for role in every]
    return render(request, "org/roles.html", {"columns": columns, "rows": rows, "leaf": entries})


@require_http_methods(["GET", "HEAD", "POST"])
@requires("security.grant")
def change(request: HttpRequest, code: str) -> HttpResponse:
    """Change what a role lets its holders do."""
    role = get_object_or_404(Role, code=code)
    choices = [(permission, _(words)) for permission, words in PERMISSIONS.items()]

    return act_page(
        request, partial(RoleForm, choices),
        lambda permissions: actions.change_role(actor_in(request), role=role, permissions=permissions),
        title=role.title, submit=_("保存"), done=_("角色已变更，立即对所有担任者生效。"), back=reverse("org:roles"),
        words=_("变更对担任这个角色的所有岗位立即生效。系统、安全、审计三类权限不能并在一个角色里。"),
        trail=[(_("角色"), reverse("org:roles"))], initial={"permissions": role.permissions},
    )  # fmt: skip
