"""What the ledger vouches for of matters: not their text, which goes when its time is over."""

from __future__ import annotations

from linli.ledger.states import Kept

KEPT = (Kept("matter", "matters_matter", ("number", "kind", "state", "holder_id")),)
