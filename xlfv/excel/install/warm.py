"""``xlfv warm``: compiles every kernel now, so that the first cell of the analyst need not wait for it."""

from __future__ import annotations

import inspect
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from xlfv.excel.install import compiled
from xlfv.tables import ErrorCell, Fault, Refused


@dataclass(frozen=True)
class Warmed:
    """What compiling did.

    Attributes:
        folder: where the compiled code is kept.
        seconds: how long it took.
        kernels: how many had to be compiled; 0 when all were there.
    """

    folder: Path
    seconds: float
    kernels: int


_ROOM = "xlfv.kernels."

Tell: TypeAlias = Callable[[str, float], None]


def silent(kernel: str, share: float) -> None:
    """Say nothing."""


def warm(tell: Tell = silent) -> Warmed:
    """Compile what is not compiled, by valuing the small deal of the examples with one more hedge in it.

    Args:
        tell: is told the name of each kernel as its turn comes, and which share of them is begun (0 to 1).

    Raises:
        Refused: the kernels do not work here, or cannot be kept.
    """
    started = time.perf_counter()
    try:
        from xlfv import kernels
        from xlfv.excel import handles

        with _telling(tell, _count(kernels)) as names, handles.memory_only():
            value_example()
        folder = Path(str(kernels.roll.roll_blocks.stats.cache_path))
        compiled.note(folder, Path(kernels.__file__).parent)
    except (ImportError, OSError) as problem:
        raise Refused(
            Fault(f"the numerical core does not start: {problem}", todo="install xlfv again, then run: xlfv doctor")
        ) from problem
    return Warmed(folder, time.perf_counter() - started, len(names))


def value_example() -> None:
    """Call each kind of function once: between them they reach every kernel.

    Raises:
        Refused: a call failed.
    """
    from xlfv.excel.example_deal import DEAL, HEDGES, INDICES, TAPE_DECEMBER, TAPE_NOVEMBER, WATERFALL

    waterfall = [[cell if cell != "SWAP" else "SWAP, CAP" for cell in row] for row in WATERFALL]
    hedges = [
        [*HEDGES[0], "strike"],
        [*HEDGES[1], None],
        ["CAP", "cap", 1e5, None, "LIBOR_1M", 24.0, "the dealer", 0.05],
    ]
    indices = [[*INDICES[0], "volatility"], *[[*row, 0.3] for row in INDICES[1:]]]
    parts = [
        DEAL["loans"],
        DEAL["bonds"],
        waterfall,
        DEAL["costs"],
        DEAL["terms"],
        DEAL["triggers"],
        hedges,
        DEAL["reo"],
    ]
    trust = _call("XLFV_TRUST", "EXAMPLE", "2009-12-31", *parts)
    projection = _call("XLFV_PROJECT", trust, DEAL["curves"], indices)
    _call("XLFV_FAIR_VALUE", projection, DEAL["yields"])
    _call("XLFV_HEDGE_VALUE", projection)
    _call("XLFV_TRANCHE_YIELD", projection, "A", 95.0)
    _call("XLFV_TRANCHE_DURATION", projection, "A", 0.08)
    _call("XLFV_SMM", 0.06)
    _call("XLFV_PAYMENT", 100_000.0, 0.08, 360.0)
    cash = [[50.0], [50.0], [1050.0]]
    _call("XLFV_PV", cash, 0.06)
    _call("XLFV_IRR", cash, 1000.0)
    _call("XLFV_DECREMENT", trust, DEAL["curves"], "A", [[0.0], [1.0]], indices)
    _call("XLFV_ACTUALS", TAPE_NOVEMBER, TAPE_DECEMBER, 3.0)


def _call(name: str, *args: Any) -> Any:
    from xlfv.excel import call

    cell = call(name, *args)[0][0]
    if isinstance(cell, ErrorCell):
        raise Refused(Fault(f"the numerical core does not work here: {cell.reason}", todo="run: xlfv doctor"))
    return cell


def _count(kernels: Any) -> int:
    modules = [each for each in vars(kernels).values() if inspect.ismodule(each) and each.__name__.startswith(_ROOM)]
    found = [each for module in modules for each in vars(module).values() if hasattr(each, "py_func")]
    return len({id(each) for each in found if each.targetoptions.get("inline", "never") != "always"})


@contextmanager
def _telling(tell: Tell, total: int) -> Iterator[list[str]]:
    """While it lasts, each kernel that is compiled is told and listed."""
    from numba.core import event

    names: list[str] = []

    class Listener(event.Listener):  # type: ignore[misc]
        """Hears of every function that numba compiles, numba's own among them."""

        def on_start(self, happening: Any) -> None:
            """Tell the kernel's name, as it is known in the sources."""
            python = getattr(happening.data.get("dispatcher"), "py_func", None)
            room = getattr(python, "__module__", "") or ""
            if python is not None and room.startswith(_ROOM):
                names.append(f"{room.rpartition('.')[2]}.{python.__name__}")
                tell(names[-1], min(len(set(names)) / total, 1.0))

        def on_end(self, happening: Any) -> None:
            """Nothing to say."""

    with event.install_listener("numba:compile", Listener()):
        yield names
