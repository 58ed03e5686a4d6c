"""What a long search keeps of itself in a file, so that it goes on after it was killed."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linli.districting.problem import Ints
from linli.districting.region import Region
from linli.errors import InputError

ARRAYS, NUMBERS = ("label", "home", "cluster", "before"), ("number", "done")


@dataclass(frozen=True)
class State:
    """Where a search stood.

    Parameters
    ----------
    label
        The plan.
    home
        Region of each part in the round before: pairs of one home are divided already.
    cluster, before, done
        Of the round under way: region of each part, the plan at its beginning, how many regions are done; both arrays
        are empty between two rounds.
    number
        Of the round.
    """

    label: Ints
    home: Ints
    cluster: Ints
    before: Ints
    number: int
    done: int


def fingerprint(root: Region, lower: int, upper: int, parts: int, seed: int) -> str:
    """Name a problem, its bounds and a seed: what a checkpoint must share with the search that reads it."""
    digest = hashlib.sha256(f"{lower} {upper} {parts} {seed}".encode())
    for array in (root.weight, root.tail, root.head, root.cost):
        digest.update(np.ascontiguousarray(array).tobytes())
    return digest.hexdigest()


class Checkpoint:
    """A file that always holds one whole state: it is written beside and moved into place."""

    def __init__(self, path: Path, name: str) -> None:
        self.path, self.name = path, name

    def read(self) -> State | None:
        """Return what is kept; None where nothing is.

        Raises
        ------
        InputError
            The file is of another problem, other bounds or another seed, or no checkpoint.
        """
        if not self.path.exists():
            return None
        try:
            with np.load(self.path, allow_pickle=False) as kept:
                name = str(kept["name"])
                arrays = [kept[one].astype(np.int64) for one in ARRAYS]
                numbers = [int(kept[one]) for one in NUMBERS]
        except (OSError, ValueError, KeyError) as error:
            raise InputError("this is no checkpoint", file=self.path, advice="remove it to begin anew") from error
        if name != self.name:
            raise InputError(
                "the checkpoint is of another problem, other bounds or another seed", file=self.path,
                advice="remove it to begin anew",
            )  # fmt: skip
        return State(*arrays, *numbers)

    def write(self, state: State) -> None:
        """Keep a state in place of the one before."""
        arrays = {one: getattr(state, one).astype(np.int32) for one in ARRAYS}
        numbers = {one: getattr(state, one) for one in NUMBERS}
        beside = self.path.with_name(f".{self.path.name}.{os.getpid()}")
        with beside.open("wb") as file:
            np.savez(file, name=np.str_(self.name), **arrays, **numbers)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.path)
