"""The numba core: arrays in, arrays out; no pandas, no Excel, no deal names.

Compiled code is kept beside the package in a folder named by the hash of all kernel sources, so that an edited
helper never runs under an old compilation.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

import numba

from xlfv.model import source_hash

_HERE = Path(__file__).parent


KERNEL_HASH = source_hash("kernels")


def _cache_folder() -> str:
    """Where compiled kernels are kept: beside the sources, or in the temporary folder if that is read-only."""
    folder = _HERE / "__pycache__" / f"kernels-{KERNEL_HASH[:16]}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return str(folder)
    except OSError:
        pass
    owner = getattr(os, "getuid", lambda: os.environ.get("USERNAME", "user"))()
    return str(Path(tempfile.gettempdir()) / f"xlfv-{owner}" / folder.name)


# numba reads the setting when a function is decorated: set it while the kernels are imported, then put it back.
config: Any = numba.config
_before = config.CACHE_DIR
if not os.environ.get("NUMBA_CACHE_DIR"):
    config.CACHE_DIR = _cache_folder()
try:
    from xlfv.kernels import (
        accruals,
        brief,
        claims,
        contract,
        deal,
        elementary,
        funds,
        hedges,
        lanes,
        layout,
        loans,
        losses,
        payments,
        plan,
        rates,
        roll,
        runs,
        triggers,
        waterfall,
        workout,
        yields,
    )
finally:
    config.CACHE_DIR = _before

__all__ = [
    "KERNEL_HASH", "accruals", "brief", "claims", "contract", "deal", "elementary", "funds", "hedges", "lanes", "layout",
    "loans", "losses", "payments", "plan", "rates", "roll", "runs", "triggers", "waterfall", "workout", "yields",
]  # fmt: skip
