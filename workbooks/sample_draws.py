"""Random draws that come out alike everywhere: only uniform numbers of a named stream, and plain arithmetic on them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

SEED = 20091231
Floats = NDArray[np.float64]
Cents = NDArray[np.int64]


class Draws:
    """The stream of one trust and month."""

    def __init__(self, trust: int, month: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64([SEED, trust, month]))

    def uniform(self, n: int) -> Floats:
        """``n`` numbers from 0 to 1."""
        return self._generator.random(n)

    def spread(self, n: int, quantiles: Sequence[float]) -> Floats:
        """``n`` numbers whose equally spaced quantiles are given, straight lines between them."""
        return np.interp(self.uniform(n), np.linspace(0.0, 1.0, len(quantiles)), quantiles)

    def pick(self, n: int, weights: Sequence[float]) -> NDArray[np.int64]:
        """``n`` places in ``weights``, each as often as its weight."""
        edges = np.cumsum(weights)
        return np.searchsorted(edges, self.uniform(n) * edges[-1], side="right").astype(np.int64)


def cents(dollars: Floats) -> Cents:
    """Whole cents, halves up."""
    return np.floor(dollars * 100.0 + 0.5).astype(np.int64)


def power(base: Floats, exponent: NDArray[np.int64]) -> Floats:
    """``base ** exponent`` by squaring: the same bits on every machine."""
    result = np.ones_like(base)
    square, left = base.copy(), exponent.copy()
    while np.any(left > 0):
        result = np.where(left & 1 == 1, result * square, result)
        square = square * square
        left = left >> 1
    return result
