"""The change in fair value between two month-ends in cells: factor by factor, each step a projection, and in words."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import attempt
from xlfv.excel.functions.value import YIELDS
from xlfv.excel.reading import Texts
from xlfv.excel.registry import Example, function
from xlfv.projection.projection import Projection
from xlfv.reporting.attribution import attribution_grid, cash_by_states, explanation_grid, read_actual_cash
from xlfv.reporting.ledger import read_ledger
from xlfv.reporting.posted_cash import posted_by_side
from xlfv.reporting.reprojection import FACTORS, METHODS, Explained, MonthEnd, explain_change, step_projection
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation.yields import Chosen, read_yields

_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1"
_SHAPLEY = "L. S. Shapley, A value for n-person games (1953), for the method shapley"
OPENING = Arg("opening", "handle", "the projection at the earlier month-end", of="projection")
OPENING_YIELDS = Arg("opening_yields", "table", f"yields chosen then. {YIELDS.meaning.capitalize()}")
CLOSING = Arg("closing", "handle", "the projection of the same trust at the later month-end", of="projection")
CLOSING_YIELDS = Arg("closing_yields", "table", "yields chosen then, a table of the same kind")
METHOD = Arg("method", "text", "sequential: one factor after another; shapley: each factor's effect averaged over all orders",
             default="sequential", choices=METHODS)  # fmt: skip
ORDER = Arg("order", "texts", "the order of performance, prepayment, default, severity, index and yield; blank: this one (time is first,"
            " model last)", default=None)  # fmt: skip
BEFORE_MODEL = Arg("before_model", "handle", "the closing trust projected with the opening's options (horizon, call): its difference"
                   " to closing is the effect of model; blank: none", default=None, of="projection")  # fmt: skip
_ARGS = [OPENING, OPENING_YIELDS, CLOSING, CLOSING_YIELDS]
_ERRORS = [
    "#VALUE!: when trusts or dates do not belong together, yields have faults, or curves cannot be mixed",
    "#NUM!: when a state between has no blended yield",
]


def _month_ends(
    opening: Projection, opening_yields: Table, closing: Projection, closing_yields: Table
) -> tuple[MonthEnd, MonthEnd]:
    """Both month-ends; the faults of both tables of yields are told together."""
    faults: list[Fault] = []
    one = _yields(opening_yields, opening.trust, faults)
    other = _yields(closing_yields, closing.trust, faults)
    if one is None or other is None:
        raise Refused(faults)
    return MonthEnd(opening, one), MonthEnd(closing, other)


def _yields(table: Table, trust: Trust, faults: list[Fault]) -> dict[str, Chosen] | None:
    try:
        return read_yields(table, trust)
    except Refused as refused:
        faults.extend(refused.faults)
        return None


def _explained(
    opening: Projection, opening_yields: Table, closing: Projection, closing_yields: Table, method: str, order: Texts | None,
    before_model: Projection | None,
) -> Explained:  # fmt: skip
    ends = _month_ends(opening, opening_yields, closing, closing_yields)
    return explain_change(*ends, tuple(order) if order is not None else FACTORS, method, before_model)


@function(
    "XLFV_ATTRIBUTION",
    family="reporting",
    args=[*_ARGS, METHOD, ORDER, BEFORE_MODEL],
    result="grid",
    unit="dollars",
    source=f"{_LETTER}; {_SHAPLEY}",
    errors=_ERRORS,
    example=Example(
        "=XLFV_ATTRIBUTION(projection, yields, projection_after, yields_after)",
        [
            [
                "trust",
                "factor",
                "what",
                "Securitized mortgage collateral",
                "Real estate owned, at net realizable value",
            ],
            ["SAMPLE-1", "opening", "fair value at the opening", 841629.89, 73780.0],
            ["SAMPLE-1", "cash", "cash that the opening projection...", -12068.72, 0.0],
            ["SAMPLE-1", "time", "passing of time: opening yields...", 6972.89, 0.0],
            ["SAMPLE-1", "performance", "loans, bonds, derivatives and REO as they are now...", -113045.76, 36620.0],
            ["SAMPLE-1", "prepayment", "prepayment curves", 1195.63, 0.0],
        ],
    ),
)
def attribution(
    opening: Projection, opening_yields: Table, closing: Projection, closing_yields: Table, method: str, order: Texts | None,
    before_model: Projection | None,
) -> list[list[object]]:  # fmt: skip
    """The change in a trust's fair value between two month-ends, a row a factor and a column an item; it sums to the dollar.

    Rows: opening; cash (what the opening projection expected to be paid until the closing); time (its remaining cash valued
    from the closing date at the opening yields, beside that cash); performance (the trust as it is now, under the opening's
    curves and indices moved on by the months passed); prepayment, default, severity (the closing's curves); index (forward
    indices, discount curve, volatility); yield; model (what is left, a change of measurement too); closing; check, which is 0.

    Of the curves, prepayment takes cpr, smm, psa, abs and curtailment; default takes cdr, mdr, sda, cumulative_default, cure,
    months_to_liquidation, advance and advance_months; severity takes severity and its basis, liquidation_expense,
    recovery_lag and subsequent recoveries. Curves by month move on, curves by age do not.

    Columns: assets, borrowings, other liabilities (positive), residual, what collateral measured independently differs by,
    check (assets less liabilities less residual and difference), then each tranche. All but the tranches are the same for every
    trust, so that the tables of several can be stacked. Collateral is valued at the blended yield in every state, so it moves by what the others do.
    The months need not follow each other: a quarter or a year is explained at once.
    """
    explained = _explained(opening, opening_yields, closing, closing_yields, method, order, before_model)
    return attribution_grid(closing.name, explained)


@function(
    "XLFV_ATTRIBUTION_STEP",
    family="reporting",
    args=[
        *_ARGS,
        Arg("factor", "text", "the factor that has changed last", choices=FACTORS),
        ORDER,
        BEFORE_MODEL,
    ],
    result="handle",
    makes="projection",
    source="xlfv",
    errors=_ERRORS,
    example=Example(
        '=XLFV_ATTRIBUTION_STEP(projection, yields, projection_after, yields_after, "prepayment")',
        "projection:SAMPLE-1:2010-01:...",
    ),
)
def attribution_step(
    opening: Projection, opening_yields: Table, closing: Projection, closing_yields: Table, factor: str, order: Texts | None,
    before_model: Projection | None,
) -> Projection:  # fmt: skip
    """The projection behind a row of XLFV_ATTRIBUTION (sequential): the trust's expected cash with this factor changed last.

    It is a projection like any other: XLFV_FAIR_VALUE of it and the opening yields (from the row yield on: the closing's) gives
    the state's value, XLFV_TRANCHE_CASHFLOW its cash. That of time is the opening projection as seen from the closing date: its
    loans are known by group, and by loan where XLFV_LOAN_CASHFLOW is asked.
    """
    ends = _month_ends(opening, opening_yields, closing, closing_yields)
    return step_projection(*ends, factor, tuple(order) if order is not None else FACTORS, before_model)


@function(
    "XLFV_EXPLAIN_CHANGE",
    family="reporting",
    args=[
        *_ARGS,
        Arg("cash", "table", "cash really paid between the dates: item (as XLFV_FAIR_VALUE names it), amount; blank: as"
            " the two states of a month say it (XLFV_IMPLIED_CASH)", default=None),
        METHOD,
        ORDER,
        BEFORE_MODEL,
        Arg("ledger", "table", "what the trustee or the books posted between the dates: item, amount, trust, date, as in"
            " XLFV_TRUST_ROLLFORWARD; held against cash, and the sentence on cash tells the difference", default=None),
    ],
    result="grid",
    unit="dollars; gains positive, losses negative",
    source=_LETTER,
    errors=_ERRORS,
    example=Example(
        "=XLFV_EXPLAIN_CHANGE(projection, yields, projection_after, yields_after, cash_paid)",
        [
            ["trust", "line", "trust_assets", "borrowings"],
            ["SAMPLE-1", "discount yields", 13604.42, -13604.42],
            ["SAMPLE-1", "expected losses", -760.30, 760.35],
            ["SAMPLE-1", "forward indices (LIBOR)", -1966.00, 2398.24],
            ["SAMPLE-1", "prepayments", 1195.63, -1220.34],
            ["SAMPLE-1", "actual performance", 13293.46, -19512.04],
        ],
    ),
)  # fmt: skip
def explain(
    opening: Projection, opening_yields: Table, closing: Projection, closing_yields: Table, cash: Table | None, method: str,
    order: Texts | None, before_model: Projection | None, ledger: Table | None,
) -> list[list[object]]:  # fmt: skip
    """Why assets and borrowings gained or lost between two month-ends: gains and losses by cause, each with a sentence.

    A borrowing that is worth more is a loss to the company. Causes: discount yields, expected losses (default and severity
    curves), forward indices, prepayments, actual performance, model; all changes is their sum. Then time (what the opening
    yields earn), cash (settled: neither gain nor loss), and the change in value, which is all changes, time and cash.

    Performance counts cash beyond what was expected as settled, not lost. What was really paid is given in cash, or is what
    XLFV_IMPLIED_CASH says of a month; of a longer time without that table it is not known and stays in performance, and the
    sentence says so: the lines of its months can be added up instead. A ledger gives the trustee's figures that states cannot
    say (losses, interest_not_advanced); its cash is held against the cash used, side by side, and where they differ by more than
    a dollar the sentence on cash says by how much: a receipt that the ledger lacks stands there.

    It answers why lower discount yields and a gain on borrowings can go together: the sentence of all changes sets what
    yields did to the borrowings against what expected losses, forward indices and prepayments did.
    """
    explained = _explained(opening, opening_yields, closing, closing_yields, method, order, before_model)
    faults: list[Fault] = []
    actual = attempt(lambda table: read_actual_cash(table, explained), cash, faults) if cash is not None else None
    read = (
        attempt(lambda table: read_ledger(table, closing.name, opening.as_of, closing.as_of), ledger, faults)
        if ledger is not None
        else None
    )
    refuse_if(faults)
    if actual is None:
        actual = cash_by_states(opening, closing, read.amounts if read else None)
    return explanation_grid(closing.name, explained, actual, posted_by_side(read.amounts) if read else None)
