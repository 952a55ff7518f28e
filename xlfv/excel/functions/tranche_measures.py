"""What a tranche is like, in cells: margin, window, convexity, spread duration, write-downs."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import PROJECTION, TRANCHE
from xlfv.excel.functions.value import BASIS, FIXED_BASIS, PRICE, YIELD
from xlfv.excel.registry import Example, function
from xlfv.projection.projection import Projection
from xlfv.valuation import tranches

_SF = "Bond Market Association, Standard Formulas (1999), SF-48 to SF-55"
_ERRORS = ["#N/A: when there is no such class"]


@function(
    "XLFV_TRANCHE_DM",
    family="value",
    args=[PROJECTION, TRANCHE, PRICE],
    result="number",
    unit="decimal a year, over the forward index",
    source=_SF,
    errors=[*_ERRORS, "#NUM!: when no margin makes the cash worth the price", "#VALUE!: when its index is not given"],
    example=Example('=XLFV_TRANCHE_DM(projection, "A", 95)', 0.0215572),
)
def tranche_dm(projection: Projection, tranche: str, price: float) -> float:
    """Discount margin of a class at a price per 100 of today's balance: XLFV_TRANCHE_YIELD on the basis dm.

    Cash is discounted from payment to payment at the forward index of the class (LIBOR_1M where it has none) plus the margin,
    over actual days of 360.
    """
    return tranches.tranche_yield(projection, tranche, price, "dm")


@function(
    "XLFV_TRANCHE_WINDOW",
    family="value",
    args=[PROJECTION, TRANCHE],
    result="grid",
    unit="months of the projection, and dates",
    source="xlfv",
    errors=[*_ERRORS, "#NUM!: when the class is paid no principal"],
    example=Example(
        '=XLFV_TRANCHE_WINDOW(projection, "A")',
        [["", "month", "date"], ["first", 1.0, dt.date(2010, 1, 25)], ["last", 93.0, dt.date(2017, 9, 25)]],
    ),
)
def tranche_window(projection: Projection, tranche: str) -> list[list[object]]:
    """First and last month in which a class is paid principal, and the dates of these payments, delay days included.

    A month counts from half a cent on. Of an io, the months in which its notional falls. Where the projection stops before
    the class is retired, the last month is the last projected.
    """
    window = tranches.tranche_window(projection, tranche)
    return [["", "month", "date"], ["first", window.first, window.first_date], ["last", window.last, window.last_date]]


@function(
    "XLFV_TRANCHE_CONVEXITY",
    family="value",
    args=[PROJECTION, TRANCHE, YIELD, FIXED_BASIS],
    result="number",
    unit="years squared",
    source=_SF,
    errors=[*_ERRORS, "#NUM!: when the class has no value"],
    example=Example('=XLFV_TRANCHE_CONVEXITY(projection, "A", 0.08)', 10.48816),
)
def tranche_convexity(projection: Projection, tranche: str, yield_: float, basis: str) -> float:
    """Convexity of a class at a yield, its cash held fixed: the second derivative of value by yield, over value.

    It is what XLFV_TRANCHE_DURATION gives for the measure convexity.
    """
    return tranches.tranche_duration(projection, tranche, yield_, basis, "convexity")


@function(
    "XLFV_TRANCHE_SPREAD_DURATION",
    family="value",
    args=[PROJECTION, TRANCHE, YIELD, BASIS],
    result="number",
    unit="years",
    source=_SF,
    errors=[*_ERRORS, "#NUM!: when the class has no value"],
    example=Example('=XLFV_TRANCHE_SPREAD_DURATION(projection, "A", 0.02, "dm")', 2.682433),
)
def tranche_spread_duration(projection: Projection, tranche: str, yield_: float, basis: str) -> float:
    """Share of its value that a class loses for each unit that its spread widens, its cash and the index held fixed.

    On the basis dm the yield is a discount margin over the forward index. On the others it is the modified duration: a
    spread wider by as much is a yield higher by as much.
    """
    return tranches.tranche_spread_duration(projection, tranche, yield_, basis)


@function(
    "XLFV_TRANCHE_WRITEDOWN",
    family="value",
    args=[
        PROJECTION,
        TRANCHE,
        Arg("net", "boolean", "less what subsequent recoveries write the class up by", default=False),
    ],
    result="number",
    unit="dollars",
    source="the trust's own waterfall",
    errors=_ERRORS,
    example=Example('=XLFV_TRANCHE_WRITEDOWN(projection, "B")', 53321.73),
)
def tranche_writedown(projection: Projection, tranche: str, net: bool) -> float:
    """Write-downs that losses bring a class over the projection: all of them, or net of write-ups.

    Net it falls below 0 where what is written up was written down before the as-of date. XLFV_TRANCHE_LOSS is net of write-ups
    and of cash paid for write-downs, and adds the principal that is still unpaid once the pool is gone: the loss of a note that
    stays whole. Write-downs before the as-of date are in neither.
    """
    return tranches.tranche_writedown(projection, tranche, net=net)
