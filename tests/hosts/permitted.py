"""Where a host may answer otherwise than a direct call: each case by name, with its reason and with what must come instead.

A rule says which golden calls it touches and what the host must show there. Anything else is a fault, and so is the
direct answer itself: a difference that is gone has to be struck off here.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

from tests.excel.golden import GOLDEN
from xlfv.excel import call
from xlfv.tables.table import ERROR_CODES

Shown: TypeAlias = list[list[Any]]
Turn: TypeAlias = Callable[[str, list[Any], Shown], Shown | None]


@dataclass(frozen=True)
class Permitted:
    """One permitted difference.

    Attributes:
        name: what it is called in the matrix.
        host: whose it is.
        why: the reason.
        turn: what that host shows for a call (name, arguments, direct result); None where the rule does not touch it.
        silent: the host's error is not of our making there, so that XLFV_WHY has nothing to say.
    """

    name: str
    host: str
    why: str
    turn: Turn
    silent: bool = False


def _error_inside_a_range(_: str, args: list[Any], direct: Shown) -> Shown | None:
    blocks = [arg for arg in args if isinstance(arg, list)]
    if not any(_is_error(cell) for block in blocks for row in block for cell in row):
        return None
    return [["Err:504"] * len(row) for row in direct]  # an array shows it in every cell


def _error_in_a_cell(_: str, args: list[Any], direct: Shown) -> Shown | None:
    return direct if any(_is_error(arg) and arg != "#SPILL!" for arg in args) else None


def _no_spill(name: str, args: list[Any], _: Shown) -> Shown | None:
    if "#SPILL!" not in args:
        return None
    return [list(row) for row in call(name, *[1.0 if arg == "#SPILL!" else arg for arg in args])]


def _booleans(_: str, __: list[Any], direct: Shown) -> Shown | None:
    if not any(isinstance(cell, bool) for row in direct for cell in row):
        return None
    return [[float(cell) if isinstance(cell, bool) else cell for cell in row] for row in direct]


def _is_error(cell: Any) -> bool:
    return isinstance(cell, str) and cell in ERROR_CODES


PERMITTED = (
    Permitted(
        "error inside a range",
        "libreoffice",
        "Calc does not call an add-in's function with a range that holds an error: it shows Err:504, an error too",
        _error_inside_a_range,
        silent=True,
    ),
    Permitted(
        "error in a cell",
        "libreoffice",
        "Calc passes the error of a single cell on by itself: the same error, but no reason for XLFV_WHY",
        _error_in_a_cell,
        silent=True,
    ),
    Permitted(
        "no #SPILL!",
        "libreoffice",
        "LibreOffice 7.4 has no results that spill: ={1;2} in one cell shows its first number",
        _no_spill,
        silent=True,
    ),
    Permitted("booleans", "libreoffice", "Calc's add-ins give numbers and texts: TRUE comes as 1", _booleans),
)


def permitted(host: str, k: int, direct: Shown) -> Permitted | None:
    """The rule that touches the golden call number ``k`` in a host."""
    name, args = GOLDEN[k]
    rules = [each for each in PERMITTED if each.host == host and each.turn(name, args, direct) is not None]
    assert len(rules) <= 1, (host, GOLDEN[k], [each.name for each in rules])
    return rules[0] if rules else None


RESTS = {"Footing difference (0 = foots)": 1e-6}
"""Lines of the valuation workbook that show what rounding leaves of sums of hundreds of millions of dollars: the label, and
below how many dollars a rest must be in either host. Calc adds up in another order (and with compensation), so that other
rests are left; every other number must agree."""
