"""The page of an act that binds: what is missing, what it does, what stays for ever, then the act or its proposal."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.org.actors import Actor
from linli.org.views.acting import refuse
from linli.planning.actions.confirm import begin
from linli.planning.effects import effects
from linli.planning.models import Project, Proposal
from linli.planning.procedure.lacks import Lack


@dataclass(frozen=True)
class Binding:
    """What an act page says.

    Parameters
    ----------
    title, submit, done, back, trail
        Of the page, its button, what is said afterwards, where it leads back to, the pages above.
    lacks
        What is missing: while there is any, no form is shown.
    later
        What is missing for the fuller form of the act only.
    effects
        What the act does, told before the form.
    lasting
        What cannot be undone.
    second
        Whether another person confirms it.
    initial
        What the form begins with.
    groups
        Sentences each of which stands for fields that are folded away: the fields' names, the sentence.
    """

    title: str
    submit: str
    done: str
    back: str
    trail: Sequence[tuple[str, str]] = ()
    lacks: Sequence[Lack] = ()
    later: Sequence[Lack] = ()
    effects: Sequence[str] = ()
    lasting: Sequence[str] = ()
    second: bool = False
    initial: dict[str, Any] = field(default_factory=dict)
    groups: Sequence[tuple[str, Sequence[str]]] = ()


def binding_page(
    request: HttpRequest,
    form: Callable[..., forms.Form],
    do: Callable[..., object],
    page: Binding,
    preview: Callable[[dict[str, Any]], Iterable[str]] | None = None,
) -> HttpResponse:
    """Refuse with what is missing; else ask, show what the answers would do, and do it when that was seen.

    Parameters
    ----------
    do
        Called with the form's values by name; returns a `Proposal` where another person has to confirm.
    preview
        Called with the form's values: what the act would do with them, in sentences. Without it the
        act is done at once.
    """
    if page.lacks:
        return _page(request, page, None, status=409 if request.method == "POST" else 200)
    bound, asks = request.method == "POST", preview is not None
    filled = form(request.POST, initial=page.initial) if bound else form(initial=page.initial)
    if not (filled.is_bound and filled.is_valid()):
        return _page(request, page, filled, asks=asks, status=422 if filled.errors else 200)
    try:
        if "change" in request.POST:
            return _page(request, page, filled, asks=asks)
        if preview is not None and "sure" not in request.POST:
            return _page(request, page, filled, told=list(preview(filled.cleaned_data)))
        answer = do(**filled.cleaned_data)
    except ValidationError as error:
        refuse(filled, error)
        return _page(request, page, filled, asks=asks, status=422)
    waits = isinstance(answer, Proposal)
    messages.success(request, _("已提出，等另一人复核后才作数。") if waits else page.done)
    return redirect(page.back)


def lacking_page(
    request: HttpRequest, *, title: str, back: str, trail: Sequence[tuple[str, str]], lacks: Sequence[Lack]
) -> HttpResponse:
    """Say what something still lacks that would be given otherwise, each with the place where it is done."""
    return _page(request, Binding(title=title, submit="", done="", back=back, trail=trail, lacks=lacks), None)


def proposing_page(
    request: HttpRequest,
    form: Callable[..., forms.Form],
    page: Binding,
    *,
    actor: Actor,
    project: Project,
    act: Proposal.Act,
    subject: str = "",
) -> HttpResponse:
    """Show the page of an act that may want a second person: it is rehearsed for its effects, then begun."""
    return binding_page(
        request,
        form,
        lambda **said: begin(actor, project=project, act=act, subject=subject, said=said),
        page,
        lambda said: effects(actor, project=project, act=act, subject=subject, said=said),
    )


def _page(
    request: HttpRequest,
    page: Binding,
    filled: forms.Form | None,
    *,
    told: list[str] | None = None,
    asks: bool = True,
    status: int = 200,
) -> HttpResponse:
    folded = {name for _sentence, names in page.groups for name in names}
    context = {
        "page_": page, "form": filled, "told": told, "title": page.title, "asks": asks,
        "open": [one for one in filled if one.name not in folded] if filled else [],
        "groups": [
            (sentence, [filled[name] for name in names], any(filled[name].errors for name in names))
            for sentence, names in page.groups
        ] if filled else [],
    }  # fmt: skip
    return render(request, "planning/binding.html", context, status=status)
