"""Powers and roots of the measures with the same bits on every machine: numpy's ``**`` rounds by processor and release."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from xlfv.kernels.elementary import exp, log

Floats = NDArray[np.float64]


def power(base: ArrayLike, exponent: ArrayLike) -> Floats:
    """``base`` to a whole power of 0 or more, by squaring; the two broadcast."""
    square, left = np.broadcast_arrays(np.asarray(base, dtype=np.float64), np.asarray(exponent, dtype=np.int64))
    found = np.ones(square.shape)
    while left.any():
        found = np.where(left & 1, found * square, found)
        square, left = square * square, left >> 1
    return found


def root(base: ArrayLike, degree: int) -> Floats:
    """The root of that degree, of 0 or more; not a number of less than 0."""
    values = np.asarray(base, dtype=np.float64)
    if degree == 1:
        return values.copy()
    flat = [exp(log(float(x)) / degree) if x > 0.0 else (0.0 if x == 0.0 else np.nan) for x in values.reshape(-1)]
    return np.array(flat).reshape(values.shape)
