"""Arrays: their types, named once, and picking from them by index."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Index = NDArray[np.int64]
Mask = NDArray[np.bool_]
Selection = Mask | Index | slice


def at(values: Array, index: Index) -> Array:
    """Pick values by index; scalars stay scalars."""
    return values.take(index) if np.ndim(values) else values
