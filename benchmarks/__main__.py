"""`python -m benchmarks NAME`: run one benchmark, print its table, replace its section of RESULTS.md."""

from __future__ import annotations

from argparse import ArgumentDefaultsHelpFormatter, ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path

from .cases import run_cases
from .city import run_city
from .commits import run_commits
from .cuts import run_hard, run_seed_suite
from .demo import run_demo, run_suite
from .ensembles import run_ensembles
from .fronts import run_fronts
from .ground import run_ground
from .inbox import run_inbox
from .inertia import run_inertia
from .ledger import run_ledger
from .literature import run_literature
from .lookup import run_lookup
from .peers import PEERS
from .report import RESULTS
from .scale import BUDGETS, run_scale
from .search import run_search
from .serving import run_serving
from .startup import run_startup
from .together import run_together
from .workbench import run_workbench
from .writers import run_writers

COMMANDS: dict[str, tuple[Callable[[Namespace], None], tuple[str, ...]]] = {
    "seed_suite": (run_seed_suite, ("highs", "cpsat", "scip")),
    "hard": (run_hard, ("highs",)),
    "inertia": (run_inertia, ("highs-inertia",)),
    "scale": (run_scale, ("metis", "kahip", "metis-restarts", "kahip-restarts")),
    "city": (run_city, ("metis", "kahip")),
    "ensembles": (run_ensembles, ("gerrychain",)),
    "together": (
        run_together,
        ("highs", "cpsat", "gerrychain", "metis", "kahip", "maxp", "azp", "skater", "kmeans", "ward"),
    ),
    "literature": (run_literature, ()),
    "fronts": (run_fronts, ()),
    "startup": (run_startup, ()),
    "ledger": (run_ledger, ()),
    "ground": (run_ground, ()),
    "lookup": (run_lookup, ()),
    "search": (run_search, ()),
    "serving": (run_serving, ()),
    "commits": (run_commits, ()),
    "inbox": (run_inbox, ()),
    "writers": (run_writers, ()),
    "cases": (run_cases, ()),
    "workbench": (run_workbench, ()),
    "demo": (run_demo, ()),
    "suite": (run_suite, ()),
}


def main() -> None:
    options = _parser().parse_args()
    if options.name == "list":
        for name, (function, peers) in COMMANDS.items():
            print(f"{name:<11} {(function.__doc__ or '').splitlines()[0]} Peers: {', '.join(peers) or 'none'}.")
        return
    for name, (function, peers) in COMMANDS.items():
        if options.name in (name, "all"):
            function(Namespace(**{**vars(options), "peers": _peers(options.peers, peers)}))


def _peers(asked: str | None, usual: tuple[str, ...]) -> tuple[str, ...]:
    if asked is None:
        return usual
    return tuple(name for name in asked.split(",") if name in usual)


def _parser() -> ArgumentParser:
    parser = ArgumentParser("python -m benchmarks", description=__doc__, formatter_class=ArgumentDefaultsHelpFormatter)
    parser.add_argument("name", choices=["list", *COMMANDS, "all"])
    parser.add_argument("--cap", type=float, default=120.0, help="seconds a peer may take for one instance")
    parser.add_argument("--time-limit", type=float, help="seconds Linli may take; none in seed_suite, 60 in hard")
    parser.add_argument("--budgets", type=float, nargs="+", default=BUDGETS, help="Linli's time limits in scale")
    parser.add_argument("--peers", help=f"of {', '.join(PEERS)}, separated by commas; 'none' for none")
    parser.add_argument("--peers-on", help="pattern of the instances that peers get, e.g. '*' or 'voronoi-*-s1*'")
    parser.add_argument("--no-linli", dest="linli", action="store_false", help="run the peers alone")
    parser.add_argument("--only", default="*", help="pattern of the instances to run, e.g. '*-k4-s2'")
    parser.add_argument("--journal", type=Path, help="file that keeps the peers' answers, so that a run can go on")
    parser.add_argument("--blocks", type=Path, default=Path("demo/blocks.gpkg"), help="blocks file for startup")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the results file")
    parser.add_argument("--no-write", dest="results", action="store_const", const=None, help="print only")
    return parser


if __name__ == "__main__":
    main()
