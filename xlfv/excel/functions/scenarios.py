"""A trust under many curves, in cells: decrement tables, grids of scenarios, break-evens."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import CURVES, INDICES, TRANCHE, attempt
from xlfv.excel.functions.trust import TRUST
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES, Indices, read_indices
from xlfv.market.rates import Floats
from xlfv.tables import ErrorCell, Fault, Refused, Table
from xlfv.trust.trust import Trust
from xlfv.valuation.decrement import SPEEDS, decrements
from xlfv.valuation.scenarios import RATES, break_even, run_scenarios

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


@function(
    "XLFV_SCENARIOS",
    family="value",
    args=[
        TRUST,
        CURVES,
        Arg("grid", "table", "one row a scenario: scenario (a name), change ('* 1.1 for cdr then + 100 for severity'), or a column"
            " a curve (prepay, default, severity, cpr ...) with multiples; index_shift in basis points"),
        Arg("measures", "table", "one row a measure: item (a tranche, residual, collateral), measure, at (yield or price), basis"),
        INDICES,
        Arg("months", "integer", "horizon; blank: to the last maturity and liquidation", unit="months", default=None, low=1,
            high=720),
    ],
    result="grid",
    unit="as each measure says; rates and yields in decimals",
    source="xlfv",
    errors=["#VALUE!: when grid or measures have faults", *_CURVE_ERRORS],
    example=Example(
        "=XLFV_SCENARIOS(trust, curves, grid, measures, indices)",
        [
            ["scenario", "collateral loss_rate", "A price at 0.08", "A wal", "B loss", "residual pv at 0.25"],
            ["as given", 0.141417, 85.02112, 2.828150, 53321.73, 13272.69],
            ["slow", 0.141551, 81.64895, 3.931525, 34719.54, 13434.85],
        ],
    ),
)  # fmt: skip
def scenarios(
    trust: Trust, curves: Table, grid: Table, measures: Table, indices: Table | None, months: int | None
) -> list[list[object]]:
    """A trust run under every scenario of a grid of changed curves, and measured: a row a scenario, a column a measure.

    What is done to the curves in a scenario: words in the column change, as XLFV_CURVES_CHANGE takes them; in a column named
    like one of the curves (prepay and default are whichever rate is given) a multiple, or words such as '+ 100'; all of them one
    after another, from left to right. A row with only a name is the curves as given. index_shift moves every forward index and
    the discount curve by basis points.

    Measures of a tranche: pv, price, duration, convexity, spread_duration (at a yield), yield, dm (at a price), wal,
    window_first, window_last, loss, writedown, interest, principal, cash; of the residual: pv (at a yield), cash; of the
    collateral: losses, loss_rate (of today's pool), defaults, principal, interest, cash, wal. One that does not exist in a
    scenario is an error in its cell, with its reason.
    """
    found = run_scenarios(trust, curves, grid, measures, _checked(curves, indices), months)
    rows: list[list[object]] = [["scenario", *(measure.title for measure in found.measures)]]
    for scenario, values in zip(found.scenarios, found.values, strict=True):
        rows.append([scenario.name, *map(_told, values)])
    return rows


@function(
    "XLFV_BREAK_EVEN",
    family="value",
    args=[
        TRUST,
        CURVES,
        TRANCHE,
        Arg("what", "text", "what is multiplied: cdr (whichever default rate the curves give) or severity", default="cdr",
            choices=tuple(RATES)),
        INDICES,
    ],
    result="number",
    unit="multiple of the curves",
    source="xlfv",
    errors=[
        "#N/A: when there is no such class",
        "#NUM!: when the class loses a dollar at a multiple of 0, or at none up to 100, or has no principal",
        *_CURVE_ERRORS,
    ],
    example=Example('=XLFV_BREAK_EVEN(trust, curves, "M", , indices)', 1.480484),
)  # fmt: skip
def break_even_multiple(trust: Trust, curves: Table, tranche: str, what: str, indices: Table | None) -> float:
    """The multiple of the curves' default rates (or severities) at which a class takes its first dollar of loss.

    At the multiple given the class loses a dollar or more (XLFV_TRANCHE_LOSS), at 0.0001 less it does not. Multiples from 0 to
    100 are tried, then ever closer ones between the last without a loss and the first with one. Rates are held to what their
    columns allow: a default rate to 100% a year, a severity to 200%.
    """
    return break_even(trust, curves, tranche, what, _checked(curves, indices))
