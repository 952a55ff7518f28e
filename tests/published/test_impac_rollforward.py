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


PRINTED = [
    "Lvl 3 FV Investment securities available for sale", "Lvl 3 FV Securitized mortgage collateral", "Lvl 3 FV Derivative assets",
    "NRV Real estate owned", "Total trust assets", "Lvl 3 FV Securitized mortgage borrowings", "Lvl 3 FV Derivative liabilities",
    "Total trust liabilities", "Net trust assets", "Long-term debt",
]  # fmt: skip


def wide(row: list) -> list:
    """A row of seven amounts with the totals of the print, and the net of both that later filings print."""
    assets, liabilities = sum(x or 0 for x in row[:4]), sum(x or 0 for x in row[4:6])
    return [*row[:4], assets, *row[4:6], liabilities, assets + liabilities, row[6]]


def test_the_letter_is_read_as_it_is_printed(printed):
    """Its own titles, with the measurement above them, its totals, and rows as another year words them."""
    names = {"Losses from REO - not @ FV but at net realizable value": "(Losses) gains from REO - not at FV but at NRV"}
    activity = [["row", *PRINTED], *([names.get(name, name), *wide(row)] for name, row in ROWS.items())]
    table = call("XLFV_ROLLFORWARD", [PRINTED, wide(OPENING)], activity, [PRINTED, wide(CLOSING)])
    assert {row[0]: row[1:] for row in table[1:]} == printed
    activity[1][9] += 1
    with pytest.raises(Refused) as refusal:
        build(([PRINTED, wide(OPENING)], activity, [PRINTED, wide(CLOSING)]))
    assert "net_trust_assets is 957,213.00 and its parts add up to 957,212.00" in str(refusal.value)


def test_an_item_in_two_columns_is_refused():
    both = [[*ITEMS, "Long-term debt, net"], [*OPENING, 1]]
    with pytest.raises(Refused) as refusal:
        build((both, *tables()[1:]))
    assert "the item long_term_debt stands in two columns" in str(refusal.value)


def build(grids: tuple) -> None:
    """The rollforward of three grids."""
    build_rollforward(*(from_grid(name, grid) for name, grid in zip(("begin", "activity", "end"), grids, strict=True)))


SHAPES = {  # rows as filings of other years word them (the numbers are made): columns, then rows
    "interest, purchases in one row": (
        ["Investment securities available-for-sale", "Securitized mortgage collateral", "Derivative assets",
         "Securitized mortgage borrowings", "Derivative liabilities", "Long-term debt"],
        [["Total gains (losses) included in earnings:", *[None] * 6], ["Interest income (1)", 100, 50, "\N{EM DASH}", None, None, None],
         ["Interest expense (1)", None, None, None, -60, None, -5], ["Change in fair value", 1, 2, 3, -4, 5, 6],
         ["Total gains (losses) included in earnings", 101, 52, 3, -64, 5, 1],
         ["Transfers in and/or out of Level 3", "-", *[None] * 5], ["Purchases, issuances and settlements", -1, -2, -3, 4, 5, 6],
         ["Unrealized gains (losses) still held (2)", 7, 8, 9, 1, 2, 3]],
    ),
    "derivatives net, accretion, purchases apart": (
        ["Investment securities available-for-sale", "Securitized mortgage collateral", "Securitized mortgage borrowings",
         "Net derivative liabilities", "Long-term debt"],
        [["Interest accretion - income", 100, 50, None, None, None], ["Interest accretion - expense", None, None, -60, None, -5],
         ["Changes in fair value", 1, 2, -4, 5, 6], ["Total gains (losses) included in earnings", 101, 52, -64, 5, 1],
         ["Transfers in and out of Level 3", *["\N{EN DASH}"] * 5], ["Purchases, issuances and settlements:", *[None] * 5],
         ["Purchases", *[None] * 5], ["Issuances", *[None] * 5], ["Settlements", -1, -2, 4, 5, 6],
         ["Total unrealized gains (losses) still held", 1, 2, 3, 4, 5]],
    ),
}  # fmt: skip


@pytest.mark.parametrize(
    "begins", ["Fair value, December 31, 2008", "Recorded book value @ 12/31/2008 (ties to 10-K)", "Beginning balance"]
)
@pytest.mark.parametrize(("columns", "rows"), SHAPES.values(), ids=SHAPES.keys())
def test_tables_in_the_shapes_of_other_years_go_in_as_they_stand(columns, rows, begins):
    """Footnotes, captions, dashes for nothing, rows named by date: as three tables, and as one printed below the other."""
    ends = {"Beginning balance": "Ending balance"}.get(begins, begins.replace("2008", "2009"))
    opening = [1000.0 * (k + 1) for k in range(len(columns))]
    total = next(row for row in rows if row[0] == "Total gains (losses) included in earnings")
    settled = next(row for row in rows if str(row[1]) == "-1")
    closing = [a + b + c for a, b, c in zip(opening, total[1:], settled[1:], strict=True)]
    head = ["Valuation basis", *columns]
    shown = call("XLFV_ROLLFORWARD", [head, [begins, *opening]], [head, *rows], [head, [ends, *closing]])
    assert [len(row) for row in shown] == [10] * len(shown), shown[0][0].reason
    assert shown[-1][1:] == [0.0] * 9
    block = [head, [begins, *opening], *rows[:-1], [ends, *closing], rows[-1]]
    assert call("XLFV_CHAIN_ROLLFORWARDS", block) == shown


@pytest.mark.parametrize(
    "column", ["Derivative assets and liabilities, net", "Derivatives, net", "Mortgage servicing rights"]
)
def test_a_column_that_may_mean_either_side_or_none_is_refused(column):
    with pytest.raises(Refused, match=f"the item '{column.split()[0].lower()}.*is not known"):
        build(([[column], [1.0]], [["row", column], ["Change in fair value", 1.0]], [[column], [2.0]]))
