"""Where independent pieces of work run: threads of this process, or workers of a dask cluster."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from linli.errors import InputError


@runtime_checkable
class Pool(Protocol):
    """Runs one function on many things at once; a thing may be what an earlier call returned, still where it lies."""

    def map(self, function: Callable[..., Any], things: list[Any], *same: Any) -> list[Any]:
        """Begin `function(thing, *same)` for each thing; return handles."""

    def get(self, handles: list[Any]) -> list[Any]:
        """Wait for handles and return what they hold."""


Executor = Literal["threads", "dask"] | Pool


@dataclass(frozen=True)
class City:
    """How work is shared: regions of a territory too large to be searched as a whole, restarts of any other search.

    Parameters
    ----------
    workers
        Threads or processes; the plan of a city does not depend on their number.
    executor, address
        Where they run, see `pool_of`.
    rounds
        After which the search stops; None as many as the time limit allows. With rounds the plan depends on the seed
        alone.
    checkpoint
        File that keeps the search after every batch of regions, so that it goes on after a kill.
    restarts
        Searches from seeds of their own of what is searched as a whole; the best plan is kept.
    """

    workers: int = 1
    executor: Executor = "threads"
    address: str | None = None
    rounds: int | None = None
    checkpoint: Path | None = None
    restarts: int = 1

    def alone(self) -> City:
        """The same for one restart of several, which runs where it was sent."""
        return replace(self, workers=1, executor="threads", address=None, restarts=1)

    def of_piece(self, number: int) -> City:
        """The same for one piece of several, with a file of its own."""
        kept = self.checkpoint
        return replace(self, checkpoint=kept and kept.with_name(f"{kept.stem}-{number}{kept.suffix}"))


class Threads:
    """Runs in threads of this process: compiled code frees the interpreter lock."""

    def __init__(self, pool: ThreadPoolExecutor) -> None:
        self.pool = pool

    def map(self, function: Callable[..., Any], things: list[Any], *same: Any) -> list[Any]:
        """Begin at once; a thing that is a handle is waited for first."""
        return [self.pool.submit(_after, function, thing, same) for thing in things]

    def get(self, handles: list[Any]) -> list[Any]:
        """Wait for all."""
        return [handle.result() for handle in handles]


class Cluster:
    """Runs on the workers of a dask cluster; what a lost worker held is computed anew on another."""

    def __init__(self, client: Any) -> None:
        self.client = client

    def map(self, function: Callable[..., Any], things: list[Any], *same: Any) -> list[Any]:
        """Begin where a worker is free, or where the thing lies."""
        return [self.client.submit(function, thing, *same, pure=False, retries=10) for thing in things]

    def get(self, handles: list[Any]) -> list[Any]:
        """Wait for all."""
        found: list[Any] = self.client.gather(handles)
        return found


@contextmanager
def pool_of(executor: Executor, workers: int, address: str | None = None) -> Iterator[Pool]:
    """Lend a pool.

    Parameters
    ----------
    executor
        `threads` or `dask`; a pool that is open already is lent as it is.
    workers
        Threads, or processes of a cluster that is made on this machine where no address is given.
    address
        Of a running scheduler, `tcp://host:8786`.

    Raises
    ------
    InputError
        No such executor, dask is not installed, or no scheduler answers.
    """
    if not isinstance(executor, str):
        yield executor
        return
    if executor == "threads":
        with ThreadPoolExecutor(workers) as pool:
            yield Threads(pool)
        return
    if executor != "dask":
        raise InputError("there is no such executor", field="executor", value=executor, advice="use threads or dask")
    try:
        from distributed import Client, LocalCluster
    except ImportError as error:
        raise InputError("dask is not installed", field="executor", advice="pip install 'linli[dask]'") from error
    if address is not None:
        try:
            client = Client(address, timeout=10, set_as_default=False)
        except OSError as error:
            raise InputError(
                "no dask scheduler answers", field="address", value=address, advice="start one: dask scheduler"
            ) from error
        with client:
            yield Cluster(client)
        return
    with (
        LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None, host="127.0.0.1") as cluster,
        Client(cluster, set_as_default=False) as client,
    ):
        yield Cluster(client)


def _after(function: Callable[..., Any], thing: Any, same: tuple[Any, ...]) -> Any:
    return function(thing.result() if hasattr(thing, "result") else thing, *same)
