"""The districting engine: partitions of a graph of blocks, their rules, goals, solvers and proofs."""
