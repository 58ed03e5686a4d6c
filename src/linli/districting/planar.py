"""Planar embedding of a problem's graph, or the finding that there is none."""

from __future__ import annotations

import numpy as np

from linli.districting.problem import Bools, Ints, Problem
from linli.districting.region import Region, extract, finish


def embed(problem: Problem) -> Region | None:
    """Region of all blocks of a connected problem in a planar embedding; None if the graph is not planar.

    Where `problem.rim` is known, a vertex for the outside is joined to the rim blocks before the embedding is
    sought, so that the outside becomes one face; if that is impossible the rim is left out of account.

    Where blocks have places, the neighbours of each in the order in which they stand around it are tried first: that
    takes time in proportion to the blocks, and is an embedding exactly where Euler's formula holds.
    """
    drawn = _as_drawn(problem)
    if drawn is not None:
        return drawn
    import networkx

    graph = networkx.Graph()
    graph.add_nodes_from(range(problem.n))
    graph.add_edges_from(problem.edges.tolist())
    outside = problem.n
    with_rim = problem.rim is not None and bool(problem.rim.any())
    if with_rim and problem.rim is not None:
        graph.add_edges_from((outside, int(b)) for b in np.flatnonzero(problem.rim))
    planar, embedding = networkx.check_planarity(graph)
    if not planar:
        return None
    return _region(problem, {v: list(embedding.neighbors_cw_order(v)) for v in range(problem.n)}, with_rim)


def _as_drawn(problem: Problem) -> Region | None:
    """Region in the rotation of straight lines between the blocks' places; None where lines cross or places lack."""
    if problem.xy is None or problem.n < 3 or not len(problem.edges):
        return None
    tail = np.concatenate([problem.edges[:, 0], problem.edges[:, 1]])
    head = np.concatenate([problem.edges[:, 1], problem.edges[:, 0]])
    step = problem.xy[head] - problem.xy[tail]
    order = np.lexsort((-np.arctan2(step[:, 1], step[:, 0]), tail))
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    half = len(problem.edges)
    twin = place[(order + half) % (2 * half)]
    tail, head = tail[order], head[order]
    start = np.zeros(problem.n + 1, np.int64)
    start[1:] = np.cumsum(np.bincount(tail, minlength=problem.n))
    corner = np.zeros(len(head), np.bool_)
    weight, cost = problem.weights.astype(np.int64), problem.costs[order % half].astype(np.int64)
    block = np.arange(problem.n, dtype=np.int64)
    region = finish(block, weight, start, tail, head, twin, cost, corner)
    faces = len(region.opened)
    if problem.n - half + faces != 2:
        return None
    if problem.rim is None or not problem.rim.any():
        return region
    a, b = problem.xy[tail], problem.xy[head]
    area = np.bincount(region.face, a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0], minlength=faces)
    outer = region.face == int(np.argmax(np.abs(area)))
    back = twin[outer]  # the corner before it is the one that the face passes
    corner[back] = problem.rim[tail[back]]
    seen = np.zeros(problem.n, np.bool_)
    seen[tail[back]] = True
    if (problem.rim & ~seen).any():
        return None
    return finish(block, weight, start, tail, head, twin, cost, corner)


def _region(problem: Problem, order: dict[int, list[int]], with_rim: bool) -> Region:
    outside = problem.n
    nodes = problem.n + (1 if with_rim else 0)
    if with_rim:
        around = [v for v in range(problem.n) if outside in order[v]]
        order[outside] = around  # its rotation is not needed: it is removed at once
    start = np.zeros(nodes + 1, np.int64)
    start[1:] = np.cumsum([len(order[v]) for v in range(nodes)])
    tail = np.repeat(np.arange(nodes, dtype=np.int64), np.diff(start))
    head = np.fromiter((w for v in range(nodes) for w in order[v]), np.int64, count=int(start[-1]))
    key, reverse = tail * nodes + head, head * nodes + tail
    by_key = np.argsort(key)
    twin = by_key[np.searchsorted(key[by_key], reverse)]
    cost = np.zeros(len(head), np.int64)
    inner = (tail < problem.n) & (head < problem.n)
    edge_key = problem.edges[:, 0] * nodes + problem.edges[:, 1]
    by_edge = np.argsort(edge_key)
    low = np.minimum(tail[inner], head[inner]) * nodes + np.maximum(tail[inner], head[inner])
    cost[inner] = problem.costs[by_edge[np.searchsorted(edge_key[by_edge], low)]]
    weight = np.zeros(nodes, np.int64)
    weight[: problem.n] = problem.weights
    no_faces = np.zeros(0, np.int64)
    raw = Region(
        np.arange(nodes, dtype=np.int64), weight, start, tail, head, twin, cost, np.zeros(len(head), np.bool_),
        np.zeros(len(head), np.int64), np.zeros(len(head), np.int64), no_faces, no_faces,
        np.zeros(0, np.bool_), np.array([problem.total], np.int64),
    )  # fmt: skip
    keep: Bools = np.ones(nodes, np.bool_)
    keep[problem.n :] = False
    return extract(raw, keep)


def part_region(root: Region, blocks: Ints) -> Region:
    """Region of a connected set of blocks of `root`, keeping root's embedding."""
    keep = np.zeros(len(root.weight), np.bool_)
    keep[blocks] = True
    return extract(root, keep)


def plain_region(problem: Problem) -> Region:
    """Region in no particular rotation, for graphs that are not planar: flow and faces mean nothing in it."""
    start, ends, _ = problem.neighbours
    order = {v: ends[start[v] : start[v + 1]].tolist() for v in range(problem.n)}
    return _region(problem, order, False)
