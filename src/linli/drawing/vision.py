"""How colours look: CIELAB distances for full, red-blind, green-blind and blue-blind sight and on grey paper."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SIGHTS = ("full", "protanopia", "deuteranopia", "tritanopia", "grey")

_XYZ_OF_RGB = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = _XYZ_OF_RGB.sum(axis=1)

# Machado, Oliveira and Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency",
# IEEE TVCG 15 (2009), severity 1.0, on linear RGB.
_MACHADO = {
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}


def lab(colours: Sequence[str], sight: str = "full") -> Floats:
    """Return CIELAB coordinates (D65) of colours as a kind of sight sees them.

    Parameters
    ----------
    colours
        n colours as '#rrggbb'.
    sight
        One of `SIGHTS`; 'grey' is a printer that keeps only luminance.

    Returns
    -------
    Shape (n, 3): L*, a*, b*.
    """
    linear = _linear(colours)
    if sight == "grey":
        linear = np.repeat(linear @ _XYZ_OF_RGB[1][:, None], 3, axis=1)
    elif sight != "full":
        linear = np.clip(linear @ _MACHADO[sight].T, 0, 1)
    ratio = linear @ _XYZ_OF_RGB.T / _WHITE
    f = np.where(ratio > (6 / 29) ** 3, np.cbrt(ratio), ratio / (3 * (6 / 29) ** 2) + 4 / 29)
    return np.stack([116 * f[:, 1] - 16, 500 * (f[:, 0] - f[:, 1]), 200 * (f[:, 1] - f[:, 2])], axis=1)


def distances(colours: Sequence[str], sight: str = "full") -> Floats:
    """Return CIELAB distances (CIE 1976) of every two colours, shape (n, n)."""
    points = lab(colours, sight)
    return np.asarray(np.linalg.norm(points[:, None] - points[None, :], axis=2), dtype=np.float64)


def least_distances(colours: Sequence[str]) -> Floats:
    """Return for every two colours the smallest of their distances over all `SIGHTS`, shape (n, n)."""
    return np.asarray(np.min([distances(colours, sight) for sight in SIGHTS], axis=0), dtype=np.float64)


def mix(colour: str, other: str, share: float) -> str:
    """Return `colour` with a share (0 … 1) of `other` in it."""
    a, b = (np.array([int(c[i : i + 2], 16) for i in (1, 3, 5)], dtype=np.float64) for c in (colour, other))
    return "#" + "".join(f"{round(v):02x}" for v in a * (1 - share) + b * share)


def _linear(colours: Sequence[str]) -> Floats:
    rgb = np.array([[int(c[i : i + 2], 16) for i in (1, 3, 5)] for c in colours], dtype=np.float64).reshape(-1, 3) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
