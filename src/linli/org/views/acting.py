"""The one page of an act: a form, what it will do in words, and back to where it came from."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from linli.written import number_in

log = logging.getLogger("linli.request")


def answer_again(request: HttpRequest, done: str, back: str) -> HttpResponse:
    """Answer a form that is through already as it was answered then."""
    messages.success(request, done)
    return redirect(back)


def act_page(
    request: HttpRequest,
    form: Callable[..., forms.Form],
    do: Callable[..., object],
    *,
    title: str,
    submit: str,
    done: str,
    back: str,
    words: str = "",
    trail: Sequence[tuple[str, str]] = (),
    initial: dict[str, Any] | None = None,
    danger: bool = False,
    texts: Sequence[tuple[str, str]] = (),
    preview: str = "",
) -> HttpResponse:
    """Show a form; where it is filled in rightly, do the act and lead back.

    Parameters
    ----------
    form
        What is asked: a form's class, or one with its first arguments given.
    do
        Called with the form's values by name; what it refuses by `ValidationError` is said in the form.
    title, submit, words
        Of the page, its button, and what will happen.
    done
        What is said afterwards.
    back
        Address to lead to afterwards, and of the way out without doing anything.
    trail
        Titles and addresses of the pages above.
    initial
        What the form begins with.
    danger
        Whether the button warns.
    texts
        Titles and words of usual answers; one that is chosen is what the form's `text` begins with.
    preview
        Who will read the form's `text`; with it the form may be looked at before it is sent.
    """
    chosen = number_in(request.GET.get("use"))
    if chosen is not None and chosen < len(texts):
        initial = {**(initial or {}), "text": texts[chosen][1]}
    bound = request.method == "POST"
    filled = form(request.POST, request.FILES, initial=initial) if bound else form(initial=initial)
    shown = ""
    if filled.is_bound and filled.is_valid():
        if preview and "preview" in request.POST:
            shown = str(filled.cleaned_data.get("text", ""))
        else:
            answer = _done(request, filled, do, done, back)
            if answer is not None:
                return answer
    if bound and hasattr(filled, "shown_again"):  # a form that keeps something while it is asked back
        filled.shown_again()
    context = {
        "form": filled, "title": title, "submit": submit, "words": words, "back": back, "trail": trail,
        "danger": danger, "texts": [title for title, _text in texts], "preview": preview, "shown": shown,
    }  # fmt: skip
    return render(request, "org/act.html", context, status=422 if filled.errors else 200)


def _done(
    request: HttpRequest, filled: forms.Form, do: Callable[..., object], done: str, back: str
) -> HttpResponse | None:
    """Do the act and lead back; None where it was refused, which the form says."""
    try:
        do(**filled.cleaned_data)
        if hasattr(filled, "sent"):
            filled.sent()
    except ValidationError as error:
        refuse(filled, error)
        return None
    except IntegrityError:  # two at once, and the database let one through
        log.warning("refused by the database", exc_info=True)
        filled.add_error(None, _("刚才已经有人保存了同样的内容，这一次没有再保存。请看一看现在的情况。"))
        return None
    messages.success(request, done)
    return redirect(back)


def refuse(form: forms.BaseForm, error: ValidationError) -> None:
    """Say in a form why an action refused: beside the field that the error names, above the form without one."""
    named = (
        {str(getattr(error, "code", "")): error.error_list} if not hasattr(error, "error_dict") else error.error_dict
    )
    for name, errors in named.items():
        form.add_error(name if name in form.fields else None, errors)
