"""A trust under many curves, in cells: decrement tables, grids of scenarios, break-evens."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import CURVES, INDICES, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.market.rates import Floats
from xlfv.tables import ErrorCell, Fault, Refused, Table
from xlfv.trust.trust import Trust
from xlfv.valuation.decrement import SPEEDS, decrements

_CURVE_ERRORS = ["#VALUE!: when curves or indices have faults, or lack what a loan, bond or derivative names"]


def _checked(curves: Table, indices: Table | None) -> Indices:
    """The indices; the faults of curves and of indices are told together."""
    faults: list[Fault] = []
    read = attempt(read_curves, curves, faults)
    forward = attempt(read_indices, indices, faults) if indices is not None else NO_INDICES
    if read is None or forward is None:
        raise Refused(faults)
    return forward


def _told(value: float | Refused) -> float | ErrorCell:
    """A number, or the error that stands in its cell, with its reason."""
    return ErrorCell(value.code, str(value)) if isinstance(value, Refused) else value


@function(
    "XLFV_DECREMENT",
    family="value",
    args=[
        TRUST,
        CURVES,
        Arg("tranches", "texts", "which classes, as 'A,M'; blank: all", default=None),
        Arg("speeds", "numbers", "multiples of the curves' prepayments, 1.65 or 165%; blank: 0%, 50%, 100%, 150%, 200%",
            default=None),
        INDICES,
        Arg("first", "integer", "month of the first row after today", unit="months", default=12, low=1, high=720),
        Arg("every", "integer", "months from a row to the next", unit="months", default=12, low=1, high=120),
    ],
    result="grid",
    unit="share of the original balance in decimals; average lives in years",
    source="the decrement tables of prospectus supplements; average lives: Bond Market Association, Standard Formulas (1999)",
    errors=["#N/A: when there is no such class", "#NUM!: when a class has no balance", *_CURVE_ERRORS],
    example=Example(
        '=XLFV_DECREMENT(trust, curves, "A", , indices)',
        [
            ["tranche", "month", "date", "0%", "50%", "100%", "150%", "200%"],
            ["A", 0.0, dt.date(2009, 12, 25), 0.45, 0.45, 0.45, 0.45, 0.45],
            ["A", 12.0, dt.date(2010, 12, 25), 0.347197, 0.330746, 0.314286, 0.297816, 0.281335],
        ],
    ),
)  # fmt: skip
def decrement(
    trust: Trust, curves: Table, tranches: Texts | None, speeds: Floats | None, indices: Table | None, first: int, every: int
) -> list[list[object]]:  # fmt: skip
    """Share of its original balance that a class has outstanding year by year at several prepayment speeds, and its lives.

    The tables of the classes stand one below the other: a row for today, one for every year to that in which nothing is left
    at any speed, and the weighted average lives in years from the as-of date to the payment dates. Prepayments of the curves
    are multiplied by each speed (of curves of 100 PSA, 165% is 165 PSA); defaults and severities stay as they are. The
    share is that of original_balance, of today's balance where the class gives none; of an io, of its notional.
    """
    forward = _checked(curves, indices)
    wanted = tuple(speeds.tolist()) if speeds is not None else SPEEDS
    rows: list[list[object]] = [["tranche", "month", "date", *(f"{100 * speed:.10g}%" for speed in wanted)]]
    for one in decrements(trust, curves, tranches or (), wanted, forward, first, every):
        for month, date, shares in zip(one.months, one.dates, one.shares.tolist(), strict=True):
            rows.append([one.tranche, month, date, *shares])
        rows.append([one.tranche, "average life", "", *map(_told, one.lives)])
    return rows
