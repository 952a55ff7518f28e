"""Reports in cells: the level 3 rollforward."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.reporting import rollforward as report
from xlfv.tables import Table

_BALANCES = "a header of items over one row of amounts, or two columns item and amount; liabilities negative"
_ITEMS = "investment_securities_afs and so on"


@function(
    "XLFV_ROLLFORWARD",
    family="reporting",
    args=[
        Arg("begin", "table", f"opening values: {_BALANCES}"),
        Arg(
            "activity", "table", f"a column row (interest income, settlements and so on) and a column an item: {_ITEMS}"
        ),
        Arg("end", "table", f"closing values: {_BALANCES}"),
    ],
    result="grid",
    unit="dollars (or thousands, as given)",
    source="Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1",
    errors=["#VALUE!: when an item or row is unknown, or a given total does not foot"],
    example=Example(
        "=XLFV_ROLLFORWARD(opening, activity, closing)", [["", "Investment securities available for sale"]]
    ),
)
def rollforward(begin: Table, activity: Table, end: Table) -> list[list[object]]:
    """The level 3 rollforward in the letter's rows and columns, with totals; the last row is 0 where it foots.

    Items: investment_securities_afs, securitized_mortgage_collateral, derivative_assets, real_estate_owned,
    securitized_mortgage_borrowings, derivative_liabilities, long_term_debt. Rows: interest income, interest expense,
    change in fair value excluding REO, change in fair value of long-term debt, losses from REO, transfers, purchases
    issuances and settlements. Totals that are given are checked against their parts.
    """
    return report.grid(report.build_rollforward(begin, activity, end))
