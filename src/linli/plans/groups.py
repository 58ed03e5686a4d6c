"""The blocks of each community, found in one pass over all of them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from linli.districting.problem import Ints


def rows_of(labels: NDArray[Any] | list[Any]) -> dict[Any, Ints]:
    """List the rows of each label, in order; labels ascending, as plain Python values.

    Parameters
    ----------
    labels
        Shape (n,): the community of each block.
    """
    names, number = np.unique(np.asarray(labels), return_inverse=True)
    order = np.argsort(number, kind="stable")
    ends = np.cumsum(np.bincount(number, minlength=len(names)))
    plain = [name.item() if isinstance(name, np.generic) else name for name in names]
    return dict(zip(plain, np.split(order, ends[:-1]), strict=True)) if len(names) else {}
