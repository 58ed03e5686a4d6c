"""Divide a grid of blocks that has no map, only households and neighbours: `python examples/graph.py`."""

from __future__ import annotations

from linli.districting import Problem, split

SIDE = 8


def main() -> None:
    """Print the parts as a map of letters, and what is known of the plan."""
    households = [40 + 7 * k % 60 for k in range(SIDE * SIDE)]
    edges = [(k, k + 1) for k in range(SIDE * SIDE) if (k + 1) % SIDE]
    edges += [(k, k + SIDE) for k in range(SIDE * (SIDE - 1))]
    problem = Problem.from_graph(households, edges)
    share = problem.total // 4
    result = split(problem, int(0.9 * share), int(1.1 * share), parts=4, seed=1, time_limit=60)
    print(f"{result.status}: {result.objective:g} borders cut, no plan cuts fewer than {result.bound:g}")
    if result.labels is not None:
        for row in result.labels.reshape(SIDE, SIDE):
            print(" ".join("ABCD"[part] for part in row))


if __name__ == "__main__":
    main()
