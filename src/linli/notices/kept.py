"""What the ledger vouches for of where offices want to be told, which belongs to their divisions."""

from __future__ import annotations

from linli.ledger.states import Part

PARTS = (("division", Part("notices_destination", "division_id", ("channel", "address", "masked", "active"))),)
