"""What really happened, in cells: a pool's measures from two of its loan tapes."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.review import measures, tapes
from xlfv.tables import Table, plain

_TAPE = "one row a loan: loan_id, balance, rate, remaining_term, status and more"

_EXAMPLE: list[list[object]] = [
    ["measure", "unit", "all"],
    ["months", "months", 1],
    ["loans_earlier", "loans", 8],
    ["loans_later", "loans", 6],
    ["balance_earlier", "$", 1300000],
    ["scheduled_principal", "$", 432.86],
    ["payoffs", "$", 150000],
    ["curtailments", "$", 5999.998],
    ["arrears_paid", "$", 0],
    ["forgiven", "$", 0],
    ["behind_schedule", "$", 0],
    ["liquidated", "$", 140000],
    ["paid_off_from_default", "$", 0],
    ["default_change", "$", 0],
    ["new_balance", "$", 0],
    ["balance_later", "$", 1003567.14],
    ["performing_balance", "$", 1060000],
    ["scheduled_balance", "$", 1059567.14],
    ["defaults", "$", 160000],
    ["smm", "a month", 0.147230],
    ["cpr", "a year", 0.852095],
    ["payoff_cpr", "a year", 0.839869],
    ["curtailment_cpr", "a year", 0.065875],
    ["mdr", "a month", 0.150943],
    ["cdr", "a year", 0.859641],
]


@function(
    "XLFV_ACTUALS",
    family="review",
    args=[
        Arg("earlier", "table", f"the earlier loan tape, {_TAPE}"),
        Arg("later", "table", "the later loan tape, the same columns; also loss, liquidation_proceeds, default_balance"
            " and liquidation_date of loans that left it"),
        Arg("months", "integer", "months from the earlier tape to the later", unit="months", default=1, low=1, high=60),
        Arg("by", "text", "a column of the earlier tape to cut the pool by; blank: the whole pool only", default=None),
    ],
    result="grid",
    unit="as each row says; rates are decimals",
    source="Bond Market Association, Standard Formulas (1999), SF-4, SF-5, SF-11 and SF-16 to SF-19; delinquency on the"
    " method of the Mortgage Bankers Association, and that of the Office of Thrift Supervision beside it",
    errors=["#VALUE!: when a tape has a fault, no loan stands in both tapes, the tapes are exchanged, or by names no column"],
    example=Example("=XLFV_ACTUALS(tape_november, tape_december)", _EXAMPLE),
)  # fmt: skip
def actuals(earlier: Table, later: Table, months: int, by: str | None) -> list[list[object]]:
    """What a pool did between two loan tapes: CPR, CDR, severity, roll rates, 60+, cures, months to liquidation.

    A row a measure with its definition in the last column, for the whole pool and each value of the column `by`; then
    notices; then roll rates by balance and by number of loans. A measure with nothing to measure is blank, never 0.

    A tape may keep loans that are gone, with the status paid_off or liquidated. A loan of the earlier tape that is missing
    from the later one, or has a balance of 0 there, is taken as paid off where it was last seen current, d30 or d60, and as
    liquidated with a loss not known where it was d90, bankrupt, in foreclosure or REO; such loans are counted and named.
    Over several months rates are even ones a month: fed back, they leave the balance that was seen.
    """
    return measures.grid(tapes.pair(earlier, later, months, by), plain(by or ""))
