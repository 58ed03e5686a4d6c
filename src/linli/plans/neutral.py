"""A file of neutral plans (Parquet): one row a plan, its measures and labels, and how far they can be trusted."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.districting.ensemble import TARGETS, Diagnosis, diagnose, percentile
from linli.districting.problem import Floats
from linli.errors import InputError
from linli.geodata import replace_when_done

KEY = b"linli.neutral"
TOLERANCE = 1e-9  # measures of many plans at once are summed in another order than those of one


@dataclass(frozen=True, eq=False)
class NeutralPlans:
    """Plans drawn by chance under the rules alone.

    Parameters
    ----------
    measures
        Name to values, shape (chains, plans); units as in `linli.plans.measures.UNITS`.
    diagnostics
        Name to R-hat and effective sample size.
    meta
        What they were drawn from and how: `parts`, `households`, `count`, `method`, `target`, `seed` …
    path
        The file they stand in; None where only the measures were kept.
    """

    measures: Mapping[str, Floats]
    diagnostics: Mapping[str, Diagnosis]
    meta: Mapping[str, Any]
    path: Path | None = None

    @property
    def plans(self) -> int:
        """How many, all chains together."""
        return int(next(iter(self.measures.values())).size)

    @property
    def converged(self) -> bool:
        """True where every measure may be spoken of in percentiles."""
        return all(found.converged for found in self.diagnostics.values())

    def percentile(self, measure: str, value: float) -> float:
        """Return the share of plans, in per cent, whose measure is below `value`; plans that equal it count half."""
        return percentile(self.measures[measure], value, tolerance=TOLERANCE)

    def labels(self, start: int = 0, stop: int | None = None) -> NDArray[np.int16]:
        """Read the parts of the blocks in some rows of the file, shape (rows, n); rows go round by batch and chain."""
        import pyarrow.parquet as parquet

        if self.path is None:
            raise InputError("only the measures of these plans were kept", advice="sample with a file to write to")
        found: list[NDArray[np.int16]] = []
        at = 0
        with parquet.ParquetFile(self.path) as file:
            for group in range(file.num_row_groups):
                rows = file.metadata.row_group(group).num_rows
                if at + rows > start and (stop is None or at < stop):
                    column = file.read_row_group(group, columns=["labels"]).column("labels").combine_chunks()
                    values = column.values.to_numpy().reshape(rows, -1)
                    found.append(values[max(start - at, 0) : rows if stop is None else stop - at])
                at += rows
        return np.concatenate(found) if found else np.zeros((0, int(self.meta["blocks"])), np.int16)

    @classmethod
    def from_file(cls, path: Path | str) -> NeutralPlans:
        """Read measures and meta of a file, not its labels.

        Raises
        ------
        InputError
            No such file, or no file of neutral plans.
        """
        import pyarrow
        import pyarrow.parquet as parquet

        try:
            with parquet.ParquetFile(path) as file:
                raw = (file.schema_arrow.metadata or {}).get(KEY) or (file.metadata.metadata or {}).get(KEY)
                meta = None if raw is None else json.loads(raw)
                table = None if meta is None else file.read(columns=["chain", "plan", *meta["measures"]])
        except (OSError, pyarrow.ArrowInvalid) as error:
            raise InputError("this file cannot be read as Parquet", file=path, advice=str(error)) from error
        if meta is None or table is None:
            raise InputError("this file holds no neutral plans", file=path, advice="write one with linli sample")
        chains = int(meta["chains"])
        order = np.lexsort((table["plan"].to_numpy(), table["chain"].to_numpy()))
        measures = {name: table[name].to_numpy()[order].reshape(chains, -1) for name in meta["measures"]}
        diagnostics = {
            name: Diagnosis(found["rhat"] if found["rhat"] is not None else math.inf, found["ess"])
            for name, found in meta["diagnostics"].items()
        }
        return cls(measures, diagnostics, meta, Path(path))


class NeutralWriter:
    """Writes neutral plans batch by batch; the file appears when the last is in, or not at all."""

    def __init__(self, path: Path | str | None, meta: Mapping[str, Any], measures: Sequence[str], chains: int) -> None:
        self.path = None if path is None else Path(path)
        self.meta, self.names, self.chains = dict(meta), list(measures), chains
        self.kept: list[dict[str, Floats]] = []
        self.stack = ExitStack()
        self.file: Any = None
        self.temporary: Path | None = None

    def __enter__(self) -> NeutralWriter:
        """Make room beside the path."""
        if self.path is not None:
            self.temporary = self.stack.enter_context(replace_when_done(self.path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Move the file into place, or leave nothing."""
        if self.file is not None:
            self.file.close()
        self.stack.__exit__(kind, error, trace)

    def add(self, first: int, labels: NDArray[np.int16], measures: Mapping[str, Floats]) -> None:
        """Write the plans from number `first` of every chain; number 0 a second time begins anew.

        Parameters
        ----------
        labels
            Shape (chains, plans, n).
        measures
            Name to values, shape (chains, plans).
        """
        if first == 0:
            self.kept = []
            self._open(labels.shape[2])
        self.kept.append(dict(measures))
        if self.file is None:
            return
        import pyarrow

        for chain in range(self.chains):
            many = labels.shape[1]
            columns = [
                pyarrow.array(np.full(many, chain, np.int16)),
                pyarrow.array(np.arange(first, first + many, dtype=np.int32)),
                *(pyarrow.array(measures[name][chain]) for name in self.names),
                pyarrow.FixedSizeListArray.from_arrays(
                    pyarrow.array(np.ascontiguousarray(labels[chain]).ravel()), labels.shape[2]
                ),
            ]
            self.file.write_table(pyarrow.Table.from_arrays(columns, schema=self.file.schema))

    def finish(self) -> NeutralPlans:
        """Say how far the plans can be trusted, and close the file."""
        measures = {name: np.concatenate([batch[name] for batch in self.kept], axis=1) for name in self.names}
        diagnostics = {name: diagnose(values) for name, values in measures.items()}
        self.meta |= {
            "measures": self.names,
            "plans": int(next(iter(measures.values())).shape[1]),
            "target": TARGETS[self.meta["method"]],
            "diagnostics": {
                name: {k: v if math.isfinite(v) else None for k, v in asdict(found).items()}
                for name, found in diagnostics.items()
            },
        }
        if self.file is not None:
            self.file.add_key_value_metadata({KEY.decode(): json.dumps(self.meta, ensure_ascii=False)})
            self.file.close()
            self.file = None
        return NeutralPlans(measures, diagnostics, self.meta, self.path)

    def _open(self, blocks: int) -> None:
        if self.temporary is None:
            return
        import pyarrow
        import pyarrow.parquet as parquet

        if self.file is not None:
            self.file.close()
        fields = [("chain", pyarrow.int16()), ("plan", pyarrow.int32())]
        fields += [(name, pyarrow.float64()) for name in self.names]
        fields += [("labels", pyarrow.list_(pyarrow.int16(), blocks))]
        self.file = parquet.ParquetWriter(self.temporary, pyarrow.schema(fields), compression="zstd")
