"""The pages of what changed and what the values hang on: as the functions called directly say, and checks that turn."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.excel.book.conftest import SAMPLE, Written, edited, small_tables, write_folder, written
from xlfv.excel.hosts.headless import Recalculated
from xlfv.months.debt import company_debt
from xlfv.months.folder import read_month
from xlfv.months.valued import value_month
from xlfv.reporting import attribution as tables
from xlfv.reporting.disclosure import disclosed, hierarchy, read_inputs
from xlfv.reporting.forms import add_up, chain, grid, matrix
from xlfv.reporting.inputs import grid as inputs_grid
from xlfv.reporting.inputs import inputs_of
from xlfv.reporting.net_gain import net_gain, sentence
from xlfv.reporting.nonrecurring import measure_reo
from xlfv.reporting.posted_cash import posted_by_side
from xlfv.reporting.reprojection import MonthEnd
from xlfv.reporting.rollforward import COLUMNS, Rollforward
from xlfv.reporting.sensitivity import amounts_of, run_shocks, two_way
from xlfv.reporting.shocks import read_shocks
from xlfv.reporting.trust_rollforward import TrustRollforward, trust_rollforward
from xlfv.tables import ErrorCell, from_grid
from xlfv.valuation.reo import reo_movement

CLOSING_ROWS = {"Month": 11, "Year": 11}


@pytest.fixture(scope="module")
def rolled(sample: Written) -> dict[str, TrustRollforward]:
    """Each trust's month, worked out without the book."""
    before = value_month(read_month(SAMPLE, "2009-11"))
    found = {}
    for name, trust in sample.valued.trusts.items():
        was = before.trusts[name]
        assert trust.source.ledger is not None
        ends = [MonthEnd(was.projection, was.yields), MonthEnd(trust.projection, trust.yields)]
        found[name] = trust_rollforward(*ends, trust.source.ledger)
    return found


def rows_of(sheet: Any, first: int = 1) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=first)]


def find(sheet: Any, words: str, column: int = 1, first: int = 1) -> int:
    """The row of the first cell of a column that starts with the words."""
    return next(r for r in range(first, sheet.max_row + 1) if str(sheet.cell(r, column).value or "").startswith(words))


def shows(sheet: Any, row: int, column: int, expected: list[list[Any]], *, skip_head: bool = True) -> None:
    """A table stands on a sheet; rows and columns from 1."""
    for r, line in enumerate(expected):
        for c, value in enumerate(line):
            if r == 0 and skip_head:
                continue
            shown = sheet.cell(row + r, column + c).value
            if isinstance(value, float):
                assert (shown or 0.0) == pytest.approx(value, rel=1e-9, abs=1e-4), (sheet.title, row + r, column + c)
            else:
                assert (shown or None) == (value or None), (sheet.title, row + r, column + c)


def failing(book: Recalculated) -> set[str]:
    """The words of the checks on Control that do not pass."""
    found = set()
    for row in range(30, 160):
        value, words = book.value("Control", row, 2), book.value("Control", row, 3)
        if isinstance(words, str) and value not in (0.0, None) and (isinstance(value, (float, ErrorCell))):
            found.add(words)
    return found


# The month before


def test_the_month_before_is_built_from_its_own_files(sample: Written) -> None:
    sheet = sample.shown["Month before"]
    before = value_month(read_month(SAMPLE, "2009-11"))
    assert sheet["B8"].value == "2009-11"
    for name, trust in before.trusts.items():
        row = find(sheet, name)
        assert str(sheet.cell(row, 3).value).startswith(f"trust:{name}:2009-11:")
        assert str(sheet.cell(row, 4).value).startswith(f"projection:{name}:2009-11:")
        assert sheet.cell(row, 5).value == trust.source.trust["loans"].count
        assert sheet.cell(row, 8).value == "projected"
    paths = [str(row[2]) for row in rows_of(sheet) if row[1] == "yields"]
    assert [Path(path).parts[-2:] for path in paths] == [("2009-11", "yields.csv")] * len(before.trusts)


# Rollforward


def test_each_trust_is_rolled_forward_as_computed(sample: Written, rolled: dict[str, TrustRollforward]) -> None:
    sheet = sample.shown["Trust rollforwards"]
    row = find(sheet, "2009-12")
    for name, one in rolled.items():
        assert sheet.cell(row, 2).value == name
        shows(sheet, row - 1, 3, grid(one.rollforward))
        row += len(grid(one.rollforward))


def test_the_year_is_chained_from_the_months_before_and_this_one(
    sample: Written, rolled: dict[str, TrustRollforward]
) -> None:
    assert sample.rolled is not None
    sheet = sample.shown["Trust rollforwards"]
    start = find(sheet, "Year to date") + 1
    expected = [["", *line] for line in grid(sample.rolled.year["ICMB-2004-F"])]
    shows(sheet, start, 2, [[sheet.cell(start + r, 2).value, *line[1:]] for r, line in enumerate(expected)])
    total = find(sheet, "All trusts", 2)
    shows(sheet, total - 1, 3, grid(sample.rolled.total(year=True)))
    parts = [sample.rolled.year[name].begin for name in rolled]
    given = [
        row for row in rows_of(sheet) if row[0] == "2009-01 to 2009-11" and row[2] == "Recorded book value, opening"
    ]
    assert sample.rolled.debt is not None
    parts.append(sample.rolled.debt[1].begin)
    for begin, line in zip(parts, given, strict=True):
        assert line[3 + COLUMNS.index("securitized_mortgage_collateral")] == begin["securitized_mortgage_collateral"]


def test_the_sentence_of_the_net_gain_stands_beneath(sample: Written, rolled: dict[str, TrustRollforward]) -> None:
    gain = net_gain(add_up(one.rollforward for one in rolled.values()))
    sheet = sample.shown["Rollforward"]
    row = find(sheet, "Month, in dollars")
    assert " ".join(str(sheet.cell(row + k, 1).value) for k in range(1, 5)) == sentence(gain)
    assert sheet.cell(
        find(sheet, "Net gain (loss) from trust assets and liabilities", first=row - 6), 2
    ).value == pytest.approx(gain.net)


def test_a_receipt_missing_from_the_ledger_is_unexplained(sample: Written) -> None:
    formulas = sample.formulas
    ledger = formulas["Ledger"]
    row = find(ledger, "ICMB-2005-A")
    assert ledger.cell(row, 2).value == "interest_collected"
    missing = 100_000.0
    ledger.cell(row, 3).value -= missing
    book = edited(formulas)
    assert book.errors() == []
    names = [book.value("Rollforward", r, 1) for r in range(8, 21)]
    at = 8 + next(k for k, name in enumerate(names) if str(name).startswith("Unexplained"))
    assert abs(book.value("Rollforward", at, 3)) == pytest.approx(missing, abs=1)
    assert {
        "Month 2009-12: nothing is unexplained",
        "ICMB-2005-A: nothing is unexplained",
        "the ledger has the cash that the states imply",
    } <= failing(book)
    assert "Month 2009-12: every column foots" not in failing(book)


def test_the_company_s_debt_stands_in_its_column(sample: Written) -> None:
    """The letter's column of long-term debt is that of the company's tables, in the month, in the year, and trust by trust."""
    rolled = sample.rolled
    assert rolled is not None
    assert rolled.debt is not None
    sheet = sample.shown["Rollforward"]
    for title, one in zip(("Month 2009-12", "Year to 2009-12-31"), rolled.debt, strict=True):
        head = find(sheet, f"{title}, all trusts and long-term debt, $ thousands") + 1
        _, amounts = matrix(one)
        assert abs(amounts[0, -1]) > 1e6
        assert any(abs(amounts[4, :]) > 1.0)  # change in fair value of long-term debt
        for r, amount in enumerate(amounts[:, -1], 1):
            assert sheet.cell(head + r, 10).value == pytest.approx(amount, rel=1e-9, abs=1e-4), (title, r)
    closing = -sum(one.value for one in company_debt(sample.valued.month).values())
    assert rolled.debt[0].end["long_term_debt"] == pytest.approx(closing, abs=0.01)
    assert "company: closing agrees with Consolidation" not in failing(sample.fresh)


def test_a_payment_missing_from_the_debt_s_books_is_found_in_the_workbook(sample: Written) -> None:
    formulas = sample.formulas
    sheet = formulas["Consolidation"]
    row = find(sheet, "Long-term debt: what the books paid") + 2
    sheet.cell(row, 3).value = 50_000.0
    book = edited(formulas)
    assert "company: nothing is unexplained" in failing(book)
    assert "company: every column foots" not in failing(book)


def test_a_month_before_that_does_not_fit_is_told(sample: Written) -> None:
    """The year to date refuses months that do not follow each other, and a check compares openings."""
    formulas = sample.formulas
    sheet = formulas["Trust rollforwards"]
    row = next(r for r in range(9, 60) if str(sheet.cell(r, 3).value).startswith("Recorded book value, closing"))
    sheet.cell(row, 5).value += 5_000.0
    sheet.cell(row, 8).value += 5_000.0
    book = edited(formulas)
    reasons = " ".join(cell.reason for _, cell in book.errors())
    assert "closes with" in reasons
    formulas = sample.formulas
    fair = formulas["Fair value"]
    start = find(fair, "Month before")
    fair.cell(start + 2, 5).value += 5_000.0
    assert "opening agrees with the month before, input on Fair value" in failing(edited(formulas))


def test_cash_and_reo_are_those_of_the_states(sample: Written, rolled: dict[str, TrustRollforward]) -> None:
    sheet = sample.shown["Cash and REO"]
    before = value_month(read_month(SAMPLE, "2009-11"))
    moved = find(sheet, "Movement of real estate")
    for name, one in rolled.items():
        row = find(sheet, name)
        for k, line in enumerate(one.reconciled):
            assert sheet.cell(row + k, 3).value == pytest.approx(line.effective, abs=1e-6)
            assert sheet.cell(row + k, 8).value == pytest.approx(line.implied, abs=1e-6)
        trusts = before.trusts[name].source.trust, sample.valued.trusts[name].source.trust
        found = measure_reo(*trusts, sample.valued.trusts[name].source.actuals["reo_sales_proceeds"])
        losses = next(
            r
            for r in range(row, moved)
            if sheet.cell(r, 1).value == name and sheet.cell(r, 2).value == "Losses from REO"
        )
        assert sheet.cell(losses, 7).value == pytest.approx(found.held_losses + found.sold_losses, abs=0.01)
        movement = reo_movement(*trusts, sample.valued.trusts[name].source.tables.get("sales"))
        total = next(
            r
            for r in range(moved, sheet.max_row + 1)
            if sheet.cell(r, 1).value == name and sheet.cell(r, 2).value == "total"
        )
        assert sheet.cell(total, 10).value == pytest.approx(movement.total("closing"), abs=0.01)
        assert sheet.cell(total, 9).value == pytest.approx(0.0, abs=0.01)


# Attribution


def test_attribution_is_that_of_each_trust_and_their_sum(sample: Written, rolled: dict[str, TrustRollforward]) -> None:
    sheet = sample.shown["Attribution by trust"]
    sums: dict[str, list[float]] = {}
    for name, one in rolled.items():
        expected = tables.attribution_grid(name, one.explained)
        shows(sheet, find(sheet, name) - 1, 1, expected)
        for line in expected[1:]:
            amounts = [float(str(cell)) for cell in line[3 : 3 + len(tables.HEAD)]]
            sums[str(line[1])] = [
                a + b for a, b in zip(sums.get(str(line[1]), [0.0] * len(amounts)), amounts, strict=True)
            ]
    total = sample.shown["Attribution"]
    for factor, amounts in sums.items():
        row = find(total, factor)
        for c, amount in enumerate(amounts):
            assert total.cell(row, 3 + c).value == pytest.approx(amount, rel=1e-9, abs=1e-3), (factor, c)


def test_the_change_is_explained_in_words_and_in_total(sample: Written, rolled: dict[str, TrustRollforward]) -> None:
    sheet = sample.shown["Change explained"]
    nets: dict[str, float] = {}
    before = value_month(read_month(SAMPLE, "2009-11"))
    for name, one in rolled.items():
        source = sample.valued.trusts[name].source
        paid = tables.cash_by_states(
            before.trusts[name].projection, sample.valued.trusts[name].projection, source.ledger.amounts
        )
        expected = tables.explanation_grid(name, one.explained, paid, posted_by_side(source.ledger.amounts))
        assert "The ledger posted" in str(expected)
        shows(sheet, find(sheet, name) - 1, 1, expected)
        if sample.valued.trusts[name].consolidated:
            for line in expected[1:]:
                nets[str(line[1])] = nets.get(str(line[1]), 0.0) + float(str(line[5]))
    for line, net in nets.items():
        assert sheet.cell(find(sheet, line, 2), 6).value == pytest.approx(net, abs=1e-3), line


def drawn(book: Recalculated) -> list[tuple[float, ...]]:
    """What the waterfall draws, a row a step: from, to, the two bases, the six visible parts."""
    start = next(r for r in range(30, 80) if book.value("Attribution", r, 1) == "step")
    return [
        tuple(float(str(book.value("Attribution", r, c))) for c in range(4, 14)) for r in range(start + 1, start + 12)
    ]


def amounts_at(book: Recalculated, item: str) -> list[float]:
    column = next(c for c in range(3, 15) if book.value("Attribution", 8, c) == item)
    return [float(str(book.value("Attribution", r, column))) for r in range(9, 20)]


@pytest.mark.parametrize("item", ["Residual interest", "Securitized mortgage collateral", "Derivative liabilities"])
def test_the_waterfall_draws_what_is_chosen(sample: Written, item: str) -> None:
    formulas = sample.formulas
    name = formulas.defined_names["attribution_drawn"].attr_text.partition("!")[2].replace("$", "")
    book = edited(formulas, **{f"Attribution__{name}": item})
    steps, amounts = drawn(book), amounts_at(book, item)
    assert steps[0][1] == amounts[0]
    assert steps[-1][1] == pytest.approx(amounts[-1])
    assert steps[-2][1] == pytest.approx(amounts[-1], abs=0.01)
    for begin, end, above, below, *parts in steps:
        assert above + below + sum(parts) == pytest.approx(
            max(begin, end) if above or not below else min(begin, end), abs=0.01
        )
        assert sum(map(abs, parts)) == pytest.approx(abs(end - begin), abs=0.01)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (5_000.0, (1_000.0, 0.0, 5_000.0, 0.0)),  # from 1,000 up to 6,000: floats on 1,000
        (-600.0, (400.0, 0.0, 600.0, 0.0)),  # down to 400: floats on 400
        (-3_000.0, (0.0, 0.0, 1_000.0, -2_000.0)),  # through 0: a part on either side
    ],
)
def test_a_step_through_zero_is_drawn_on_both_sides(
    sample: Written, change: float, expected: tuple[float, ...]
) -> None:
    """Opening 1,000, and cash of the given size: by hand."""
    formulas = sample.formulas
    sheet = formulas["Attribution"]
    start = find(sheet, "step")
    sheet.cell(start + 1, 3).value, sheet.cell(start + 2, 3).value = 1_000.0, change
    above, below, *parts = drawn(edited(formulas))[1][2:]
    up = parts[2:4] if change > 0 else parts[4:6]
    assert (above, below, *up) == pytest.approx(expected)
    assert sum(map(abs, parts)) == pytest.approx(abs(change))


def test_the_charts_say_subject_and_unit(sample: Written) -> None:
    with zipfile.ZipFile(sample.path) as parts:
        charts = [parts.read(name).decode() for name in parts.namelist() if name.startswith("xl/charts/chart")]
    waterfall = next(chart for chart in charts if "Attribution" in chart)
    assert re.search(r"<c:tx><c:strRef><c:f>Attribution!\$B\$\d+</c:f>", waterfall)
    assert waterfall.count("<a:noFill/>") >= 2
    assert 'c:grouping val="stacked"' in waterfall
    assert any("Change of all residual interests by scenario, $ thousands" in chart for chart in charts)
    sheet = sample.shown["Attribution"]
    assert any("Residual interest, all trusts, $ thousands" in str(cell) for row in rows_of(sheet) for cell in row)


# Sensitivity


def test_sensitivity_is_that_of_each_trust_and_their_sum(sample: Written) -> None:
    sheet, total = sample.shown["Sensitivity by trust"], sample.shown["Sensitivity"]
    residuals: dict[str, float] = {}
    for name, trust in sample.valued.trusts.items():
        source = trust.source
        found = run_shocks(source.trust, source.tables["curves"], trust.yields, None, source.indices)
        row = find(sheet, name)
        for k, (shock, value) in enumerate(zip(found.shocks, found.values, strict=True)):
            assert sheet.cell(row + k, 3).value == shock.name
            for c, amount in enumerate(amounts_of(value).values()):
                assert sheet.cell(row + k, 4 + c).value == pytest.approx(amount, rel=1e-9, abs=1e-3)
            residuals[shock.name] = residuals.get(shock.name, 0.0) + amounts_of(value)["residual"]
    for name, residual in residuals.items():
        row = find(total, name)
        assert total.cell(row, 1).value == name
        assert total.cell(row, 9).value == pytest.approx(residual, rel=1e-9)
        assert total.cell(row, 10).value == pytest.approx(residual - residuals["as given"], abs=0.01)


def test_the_residual_under_two_shocks_at_once(sample: Written) -> None:
    sheet = sample.shown["Sensitivity"]
    name, trust = next(iter(sample.valued.trusts.items()))
    down = read_shocks(from_grid("down", [["residual_yield_shift"], [-500.0], [0.0], [500.0]]))
    across = read_shocks(from_grid("across", [["default"], [0.75], [0.9], [1.0], [1.1], [1.25]]))
    source = trust.source
    found = two_way(source.trust, source.tables["curves"], trust.yields, down, across, "residual", source.indices)
    row = find(sheet, name) + 2
    for r, values in enumerate(found.values):
        for c, value in enumerate(values):
            assert sheet.cell(row + r, 2 + c).value == pytest.approx(value, rel=1e-9)


# Disclosure


def test_disclosure_is_that_of_all_inputs(sample: Written) -> None:
    rows: list[list[object]] = []
    for trust in sample.valued.trusts.values():
        rows += inputs_grid(inputs_of(trust.projection, trust.yields))
    shows(sample.shown["Inputs"], 9, 1, rows, skip_head=False)
    read = read_inputs(from_grid("inputs", rows))
    sheet = sample.shown["Disclosure"]
    for k, level in enumerate(hierarchy(read)):
        assert sheet.cell(9 + k, 2).value == level.title
        assert sheet.cell(9 + k, 7).value == pytest.approx(level.total)
    start = find(sheet, "Significant unobservable") + 2
    for k, one in enumerate(disclosed(read)):
        assert sheet.cell(start + k, 5).value == one.input
        assert sheet.cell(start + k, 6).value == pytest.approx(one.low)
        assert (sheet.cell(start + k, 8).value or 0.0) == pytest.approx(one.weighted or 0.0)


def test_the_text_has_its_numbers_in_cells(sample: Written) -> None:
    lines = rows_of(sample.shown["Narrative"], 8)
    texts = [line for line in lines if line[2] == "text"]
    numbers = [line for line in lines if line[2] == "number"]
    assert len(texts) > 10
    assert len(numbers) > 50
    assert len(texts) + len(numbers) == len([line for line in lines if line[2]])
    by_paragraph = {line[0]: str(line[3]) for line in texts}
    for line in numbers:
        assert str(line[3]) in by_paragraph[line[0]]
        assert isinstance(line[5], (int, float))
    topics = " ".join(str(line[1]) for line in texts)
    assert "prepayment" in topics.lower() or "sensitiv" in topics.lower()


def test_a_fair_value_that_the_inputs_miss_is_told(sample: Written) -> None:
    formulas = sample.formulas
    sheet = formulas["Fair value"]
    area = formulas.defined_names["fv_value_ICMB_2004_F"].attr_text.partition("!")[2].replace("$", "")
    items = formulas.defined_names["fv_item_ICMB_2004_F"].attr_text.partition("!")[2].replace("$", "")
    shown = sample.shown["Fair value"]
    row = next(cell.row for (cell,) in shown[items] if cell.value == "Securitized mortgage collateral")
    del sheet[area.partition(":")[0]]
    first = items.partition(":")[0]
    anchor = sheet[f"A{sheet[first].row}"]
    anchor.value = None  # the balance typed over
    for r, line in enumerate(shown.iter_rows(min_row=anchor.row, max_row=shown[items][-1][0].row, max_col=6)):
        for c, cell in enumerate(line):
            sheet.cell(anchor.row + r, 1 + c).value = cell.value
    sheet.cell(row, 5).value = shown.cell(row, 5).value + 1_000.0
    assert "Securitized mortgage collateral: inputs agree with Fair value" in failing(edited(formulas))


# Other months, other data


def test_january_opens_the_year(tmp_path: Path) -> None:
    book = written(tmp_path, SAMPLE, "2009-01")
    assert book.fresh.errors() == []
    assert book.shown["Control"]["A5"].value == 0
    sheet = book.shown["Trust rollforwards"]
    assert not any("to 2008" in str(row[0]) or "to 2009" in str(row[0]) for row in rows_of(sheet, 8))
    assert book.rolled is not None
    total = find(sheet, "All trusts", 2)
    shows(sheet, total - 1, 3, grid(book.rolled.total()))


def test_without_a_month_before_the_pages_say_so(tmp_path: Path) -> None:
    write_folder(tmp_path / "data", "T", "2009-12", small_tables())
    book = written(tmp_path, tmp_path / "data", "2009-12")
    for name in (
        "Rollforward",
        "Trust rollforwards",
        "Cash and REO",
        "Month before",
        "Attribution",
        "Change explained",
    ):
        assert "There is no folder of the month before" in str(book.shown[name]["A7"].value), name
    assert book.fresh.errors() == []
    assert find(book.shown["Sensitivity"], "as given") == 10
    assert [row for row in rows_of(book.shown["Narrative"], 8) if row[2] == "text"]


def test_earlier_months_and_this_one_make_the_year(sample: Written) -> None:
    """The inputs of the months before are the year's less the month's, by hand for one cell."""
    from xlfv.excel.book.frame import Book
    from xlfv.excel.book.trustrollforwards import earlier_months

    earlier = earlier_months(Book(sample.valued, sample.rolled, str(SAMPLE), None))
    assert sample.rolled is not None
    debt = sample.rolled.debt
    assert debt is not None
    months, years = {**sample.rolled.month, "company": debt[0]}, {**sample.rolled.year, "company": debt[1]}
    assert list(earlier) == [*sample.rolled.year, "company"]
    for name, part in earlier.items():
        whole, year = chain([part, months[name]]), years[name]
        assert isinstance(whole, Rollforward)
        assert whole.begin == year.begin
        assert whole.activity["settlements"] == pytest.approx(year.activity["settlements"])
