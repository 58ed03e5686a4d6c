"""Generate the synthetic 铜源街道(演示): raw map layers and tables as an honest district would hand them over."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from linli.demo import files, houses, land, names, streets, surroundings
from linli.errors import InputError

SEED = 20261123


@dataclass(frozen=True)
class DemoDistrict:
    """What was written, and the totals that every reader of it must find again.

    Parameters
    ----------
    folder
        Where the files stand.
    paths
        File by name: roads, water, rail, walls, boundary, communities, buildings, compounds, grounds, facilities,
        police, schools (GeoPackage), counts, survey (XLSX), readme.
    totals
        For each present community the five counts, the number of buildings and of compounds.
    seed
        What it was generated from.
    """

    folder: Path
    paths: dict[str, Path]
    totals: dict[str, dict[str, int]]
    seed: int

    def total(self, column: str) -> int:
        """Sum a count over the three communities."""
        return sum(row[column] for row in self.totals.values())


def generate(
    folder: str | os.PathLike[str], *, seed: int = SEED, progress: Callable[[str], None] | None = None
) -> DemoDistrict:
    """Invent a valley town and write its layers into a folder; the same seed gives the same town.

    Parameters
    ----------
    folder
        Created where it is absent; files of the same names are replaced.
    seed
        Seed of `numpy.random.default_rng`.
    progress
        Called with the name of each step as it begins.

    Raises
    ------
    InputError
        The folder cannot be created.
    """
    say = progress or (lambda step: None)
    home = Path(folder)
    try:
        home.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("the folder cannot be created", file=home, advice="name another folder") from error

    rng = np.random.default_rng(seed)
    say("streets")
    network = streets.lay_out(rng)
    say("land")
    ground = land.settle(network, rng)
    say("houses")
    homes = houses.build(ground, rng)
    say("surroundings")
    places = surroundings.facilities(ground, homes, rng)
    feelings, identities = surroundings.survey(ground, homes, network, rng)
    say("files")
    paths = files.write_layers(home, network, ground, homes, places)
    paths |= files.write_tables(home, ground, homes, feelings, identities, rng)
    paths["readme"] = files.write_readme(home, seed)

    community = np.array([ground.compounds[k].community for k in homes.compound])
    totals = {}
    for name in names.COMMUNITIES:
        here = community == name
        totals[name] = {column: int(getattr(homes, column)[here].sum()) for column in files.COUNTS}
        totals[name]["buildings"] = int(here.sum())
        totals[name]["compounds"] = sum(c.is_home and c.community == name for c in ground.compounds)
    return DemoDistrict(home, paths, totals, seed)
