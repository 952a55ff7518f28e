"""Reports in cells: the level 3 rollforward."""

from __future__ import annotations

from xlfv.excel.arguments import Arg
from xlfv.excel.registry import Example, function
from xlfv.reporting import forms
from xlfv.reporting import rollforward as report
from xlfv.tables import Table

_BALANCES = "a header of items over one row of amounts, or two columns item and amount; liabilities negative"
_IMPAC_2009: list[list[object]] = [
    ["row", *report.TITLES.values()],
    ["Recorded book value, opening", 2068, 5894424, 37, 599084, 6495613, -6193984, -273584, -6467568, -15403],
    ["Interest income", 109, 957103, 0, 0, 957212, 0, 0, 0, 0],
    ["Interest expense", 0, 0, 0, 0, 0, -1649686, 0, -1649686, -1274],
    ["Change in FV of net trust assets, excluding REO", 3540, 27804, 109, 0, 31453, 254007, -54298, 199709, 0],
    ["Change in FV of long-term debt", 0, 0, 0, 0, 0, 0, 0, 0, 765],
    ["Losses from REO - not at FV but at net realizable value", 0, 0, 0, -218157, -218157, 0, 0, 0, 0],
    ["Total gains (losses) included in earnings", 3649, 984907, 109, -218157, 770508, -1395679, -54298, -1449977, -509],
    ["Transfers in and/or out of level 3", 0, 0, 0, 0, 0, 0, 0, 0, 0],
    ["Purchases, issuances and settlements", -4904, -1213209, 0, -238563, -1456676, 1929798, 201279, 2131077, 6139],
    ["Recorded book value, closing", 813, 5666122, 146, 142364, 5809445, -5659865, -126603, -5786468, -9773],
    ["Footing difference (0 = foots)", 0, 0, 0, 0, 0, 0, 0, 0, 0],
]
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
        Arg(
            "form",
            "text",
            "letter, or later (later years' rows: purchases, issuances, other comprehensive income, still held)",
            default="letter",
            choices=forms.FORMS,
        ),
    ],
    result="grid",
    unit="dollars (or thousands, as given)",
    source="Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1",
    errors=["#VALUE!: when an item or row is unknown, or a given total does not foot"],
    example=Example("=XLFV_ROLLFORWARD(opening, activity, closing)", _IMPAC_2009),
)
def rollforward(begin: Table, activity: Table, end: Table, form: str) -> list[list[object]]:
    """The level 3 rollforward in the letter's rows and columns, with totals; the last row is 0 where it foots.

    Items: investment_securities_afs, securitized_mortgage_collateral, derivative_assets, real_estate_owned,
    securitized_mortgage_borrowings, derivative_liabilities, long_term_debt. Rows: interest income, interest expense,
    change in fair value excluding REO, change in fair value of long-term debt, losses from REO, transfers, purchases
    issuances and settlements; later years' too. Totals that are given are checked against their parts. Where the three tables
    have a column trust, each trust's rollforward stands below the other, and that of all at the end.
    """
    if "trust" in begin.columns or "trust" in end.columns:
        return forms.grid_by_trust(forms.build_by_trust(begin, activity, end), form)
    return forms.grid(report.build_rollforward(begin, activity, end), form)
