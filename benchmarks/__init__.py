"""The commands behind every figure in the README: instances from seeds, peers, tables with their misses."""

import os

for _library in ("OMP", "OPENBLAS", "MKL"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")  # before NumPy is loaded: every figure is for one core
