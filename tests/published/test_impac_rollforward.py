"""Impac Mortgage Holdings' level 3 rollforward of 2009, with REO, as proposed to the SEC.

Source: letter of Impac Mortgage Holdings, Inc. to the SEC, 3 February 2011, response 1, the table of trust assets and
liabilities (in thousands). 63 printed amounts are inputs; 24 printed totals are proved: total gains of 8 columns and
both totals of 8 rows. The rows are inputs here: this proves the footing, not how a row is computed.
"""

from __future__ import annotations

import pytest

from xlfv.excel import call
from xlfv.reporting.rollforward import build_rollforward
from xlfv.tables import Refused, from_grid

ITEMS = [
    "investment_securities_afs", "securitized_mortgage_collateral", "derivative_assets", "real_estate_owned",
    "securitized_mortgage_borrowings", "derivative_liabilities", "long_term_debt",
]  # fmt: skip
OPENING = [2068, 5894424, 37, 599084, -6193984, -273584, -15403]
ROWS = {
    "Interest income": [109, 957103, None, None, None, None, None],
    "Interest expense": [None, None, None, None, -1649686, None, -1274],
    "Change in FV of net trust assets, excluding REO": [3540, 27804, 109, None, 254007, -54298, None],
    "Change in FV of long-term debt": [None, None, None, None, None, None, 765],
    "Losses from REO - not @ FV but at net realizable value": [None, None, None, -218157, None, None, None],
    "Purchases issuances and settlements": [-4904, -1213209, None, -238563, 1929798, 201279, 6139],
}
CLOSING = [813, 5666122, 146, 142364, -5659865, -126603, -9773]
# Printed: title, then total trust assets and total trust liabilities.
TOTALS = {
    "Recorded book value, opening": (6495613, -6467568),
    "Interest income": (957212, 0),
    "Interest expense": (0, -1649686),
    "Change in FV of net trust assets, excluding REO": (31453, 199709),
    "Losses from REO - not at FV but at net realizable value": (-218157, 0),
    "Total gains (losses) included in earnings": (770508, -1449977),
    "Purchases, issuances and settlements": (-1456676, 2131077),
    "Recorded book value, closing": (5809445, -5786468),
}
GAINS = [3649, 984907, 109, -218157, 770508, -1395679, -54298, -1449977, -509]


def tables() -> tuple[list, list, list]:
    return [ITEMS, OPENING], [["row", *ITEMS], *[[name, *row] for name, row in ROWS.items()]], [ITEMS, CLOSING]


@pytest.fixture(scope="module")
def printed() -> dict[str, list[float]]:
    return {row[0]: row[1:] for row in call("XLFV_ROLLFORWARD", *tables())[1:]}


def test_every_column_foots_to_the_printed_closing(printed):
    assert printed["Footing difference (0 = foots)"] == [0.0] * 9
    assert printed["Recorded book value, closing"][0] == 813


@pytest.mark.parametrize("row", TOTALS)
def test_the_totals_of_a_row_are_the_printed_ones(printed, row):
    assert (printed[row][4], printed[row][7]) == TOTALS[row]


def test_total_gains_of_every_column_are_the_printed_ones(printed):
    assert printed["Total gains (losses) included in earnings"] == GAINS


def test_the_letters_net_gain_of_the_trusts():
    """Response 1: "a net gain from trust assets and liabilities of $13,005 ($199,709 minus $186,704)"."""
    given = [from_grid(name, grid) for name, grid in zip(("begin", "activity", "end"), tables(), strict=True)]
    assert build_rollforward(*given).net_trust_gain == 13005


def test_the_full_printed_table_goes_in_as_it_stands(published):
    """With its total columns and rows, which are checked."""
    lines = (published / "impac_2009_rollforward.csv").read_text().splitlines()
    cells = [[c or None for c in line.split(",")] for line in lines]
    grid = [cells[0]] + [[row[0], *[None if c is None else float(c) for c in row[1:]]] for row in cells[1:]]
    shown = call("XLFV_ROLLFORWARD", [grid[0], grid[1]], [grid[0], *grid[2:-1]], [grid[0], grid[-1]])
    assert shown[-1][1:] == [0.0] * 9


def test_the_letters_own_titles_and_long_tables_go_in_too(printed):
    begin, activity, _ = tables()
    titles = ["Investment securities available for sale", "Securitized mortgage collateral", "Derivative assets",
              "Real estate owned (NRV)", "Securitized mortgage borrowings", "Derivative liabilities", "Long-term debt"]  # fmt: skip
    long = [["item", "amount"], *zip(ITEMS, CLOSING, strict=True)]
    assert call("XLFV_ROLLFORWARD", [titles, OPENING], [["row", *titles], *activity[1:]], long)[-1][1:] == [0.0] * 9
    wrong = call("XLFV_ROLLFORWARD", begin, activity, [*long, ["total_trust_assets", 1]])[0][0]
    assert "its parts add up to 5,809,445" in wrong.reason


def test_a_wrong_amount_shows_as_a_footing_difference():
    begin, activity, end = tables()
    activity[1] = ["Interest income", 110, *activity[1][2:]]
    assert call("XLFV_ROLLFORWARD", begin, activity, end)[-1][1:6] == [1.0, 0.0, 0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda b, a, e: b[0].__setitem__(0, "investment_securitis"), "'investment_securitis' is not known"),
        (lambda b, a, e: a[1].__setitem__(0, "Interest incme"), "the row 'Interest incme' is not known"),
        (lambda b, a, e: e[1].__setitem__(0, "n/a"), "the text 'n/a' stands where a number should"),
        (
            lambda b, a, e: a.append(["Total gains", 1, 0, 0, 0, 0, 0, 0]),
            "total gains of investment_securities_afs is 1",
        ),
        (lambda b, a, e: (b[0].append("total_trust_assets"), b[1].append(1)), "its parts add up to 6,495,613"),
    ],
)
def test_bad_tables_are_refused(change, words):
    begin, activity, end = ([list(row) for row in grid] for grid in tables())
    change(begin, activity, end)
    with pytest.raises(Refused) as refusal:
        build_rollforward(from_grid("begin", begin), from_grid("activity", activity), from_grid("end", end))
    assert words in str(refusal.value)
