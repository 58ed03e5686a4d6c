"""The whole ledger for the audit administrator, and for each person who looked at his data."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from linli.ledger.models import Entry
from linli.ledger.reading import Leaf, leaf, on_day
from linli.ledger.things import things_of
from linli.ledger.words import known_verbs
from linli.org.models import Account
from linli.org.policies import actor_in, requires, signed_in
from linli.written import day_of, number_in


@require_safe
@requires("audit.read")
def audit(request: HttpRequest) -> HttpResponse:
    """List every entry, by account, verb and object."""
    asked = {name: request.GET.get(name, "").strip()[:120] for name in ("account", "verb", "object", "day")}
    entries = Entry.objects.all()
    if asked["account"]:
        one = Account.objects.filter(username=asked["account"]).first()
        entries = entries.filter(actor=one.reference if one else asked["account"])
    if asked["verb"]:
        entries = entries.filter(verb=asked["verb"])
    if asked["object"]:
        entries = entries.filter(object=asked["object"])
    day = day_of(asked["day"])
    if day:
        entries = on_day(entries, day)
    page = leaf(entries, before=number_in(request.GET.get("before")), after=number_in(request.GET.get("after")))
    _name_actors(page)
    about = things_of([asked["object"]]).get(asked["object"])
    query = urlencode({name: value for name, value in asked.items() if value})
    return render(
        request,
        "web/audit.html",
        {"leaf": page, "asked": asked, "verbs": known_verbs(), "query": query, "about": about},
    )


@require_safe
@signed_in
def sights(request: HttpRequest) -> HttpResponse:
    """Tell the one who asks who looked at his data, which fields, and what for."""
    account = actor_in(request).account
    assert account is not None
    entries = Entry.objects.filter(verb="ledger.sight", object=account.reference)
    page = leaf(entries, before=number_in(request.GET.get("before")), after=number_in(request.GET.get("after")))
    _name_actors(page)
    return render(request, "web/sights.html", {"leaf": page})


def _name_actors(page: Leaf) -> None:
    """Put the name of who acted on each entry, by one query."""
    keys = {entry.actor.partition(":")[2] for entry in page.entries if entry.actor.startswith("account:")}
    names = {f"account:{pk}": name for pk, name in Account.objects.filter(pk__in=keys).values_list("pk", "name")}
    for entry in page.entries:
        entry.who = names.get(entry.actor, entry.who)  # type: ignore[attr-defined]
