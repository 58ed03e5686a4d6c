"""The real graphs of the shared data, and a problem as GerryChain takes it."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from linli.districting import Problem

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"


def read_graph(path: Path) -> tuple[dict[str, list[Any]], list[list[int]]]:
    """Columns of the nodes by name, and the pairs of neighbours."""
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        read = json.load(file)
    columns = zip(*read["nodes"], strict=True)
    return {name: list(values) for name, values in zip(read["node_fields"], columns, strict=True)}, [
        edge[:2] for edge in read["edges"]
    ]


def gerrychain_graph(problem: Problem) -> Any:
    """Blocks with their weight as population, and who borders on whom."""
    import gerrychain
    import networkx

    net = networkx.Graph()
    net.add_nodes_from((b, {"population": int(w)}) for b, w in enumerate(problem.weights))
    net.add_edges_from(problem.edges.tolist())
    return gerrychain.Graph.from_networkx(net)


def gerrychain_plan(graph: Any, labels: dict[int, int]) -> Any:
    """A plan as GerryChain's chains begin with one, its populations kept along."""
    import gerrychain
    from gerrychain.updaters import Tally

    return gerrychain.Partition(graph, labels, updaters={"population": Tally("population", alias="population")})
