"""Documents that offices send: the layout only; what a document says is composed in the room that knows it."""

from __future__ import annotations

from linli.documents.official import OfficialDocument

__all__ = ["OfficialDocument"]
