"""The pages of yields, values and consolidation: they show what direct calls give, and their checks turn with their inputs."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest

from tests.excel.book.conftest import MONTH, SAMPLE, Written, edited
from xlfv.excel.codec import serial
from xlfv.excel.functions.blended import blended_grid
from xlfv.excel.hosts.headless import Recalculated
from xlfv.months.folder import previous, read_month
from xlfv.reporting.net_gain import net_gain, sentence
from xlfv.reporting.sensitivity import residual_sensitivity
from xlfv.tables import ErrorCell
from xlfv.valuation import value_checks as checks_module
from xlfv.valuation.blended import blended
from xlfv.valuation.debt import debt_values
from xlfv.valuation.measurement import SAID, measurement_of
from xlfv.valuation.quotes import by_item, normalize
from xlfv.valuation.unpaid_principal import unpaid_principal
from xlfv.valuation.value_checks import value_checks
from xlfv.valuation.weighted import weighted_value
from xlfv.valuation.yield_ranges import all_ranges
from xlfv.valuation.yield_review import Other, review
from xlfv.valuation.yields import RESIDUAL, position_of

TOP = 400  # no page is longer


def find(sheet: Any, words: str, column: int = 1, after: int = 0) -> int:
    """The row of the first cell of a column that starts with the words."""
    return next(r for r in range(after + 1, TOP) if str(sheet.cell(r, column).value or "").startswith(words))


def same(shown: Any, expected: Any, place: object = "", tolerance: float = 0.01) -> None:
    """A cell shows what was expected; not a number and nothing are blank."""
    if isinstance(shown, dt.datetime):
        shown = shown.date()
    if isinstance(expected, float) and math.isnan(expected):
        expected = None
    if isinstance(expected, dt.date) and not isinstance(shown, dt.date):
        expected = float(serial(expected))
    if isinstance(expected, (int, float)):
        assert shown == pytest.approx(float(expected), abs=tolerance), place
    else:
        assert (shown or "") == (expected or ""), place


def failing(book: Recalculated) -> list[str]:
    """The checks on Control that fail, in words."""
    start = next(r for r in range(1, TOP) if str(book.value("Control", r, 1)).startswith("All checks"))
    listed = [(book.value("Control", r, 2), str(book.value("Control", r, 3))) for r in range(start + 2, TOP)]
    return [words for value, words in listed if value == 1.0]


# What the pages show


def test_quotes_stand_on_one_basis(sample: Written) -> None:
    sheet = sample.shown["Quotes"]
    row = find(sheet, "Quotes on one basis") + 2
    for name, trust in sample.valued.trusts.items():
        found = normalize(list(trust.source.quotes), trust.projection)
        assert len(found) > 5
        for k, one in enumerate(found, 1):
            quote = one.quote
            expected = [name, quote.item, quote.source, quote.date, quote.value, quote.kind,
                        quote.settlement or sample.valued.month.as_of, float(one.age), one.basis, one.rate, one.price,
                        one.weight, one.why]  # fmt: skip
            for column, cell in enumerate(expected, 1):
                same(sheet.cell(row + k, column).value, cell, (name, k, column), 1e-9)
        row += len(found) + 1


def _register(month: str) -> dict[str, list[Other]]:
    """Each trust's yields of a month with kind and rating, from its files."""
    source = read_month(SAMPLE, month).trusts
    found = {}
    for name, trust in source.items():
        bonds = trust.trust.classes
        rated = dict(zip(map(str, trust.trust.tranches), map(str, bonds["original_rating"]), strict=True))
        found[name] = [
            Other(name, item, one.rate, one.basis, position_of(trust.trust, item), rated.get(item, ""))
            for item, one in trust.yields.items()
        ]
    return found


def test_the_review_holds_each_yield_against_range_last_month_quotes_and_peers(sample: Written) -> None:
    sheet = sample.shown["Yield review"]
    last, now = _register(previous(MONTH)), _register(MONTH)
    row = find(sheet, "Review") + 2
    ranges = list(sample.valued.month.company.ranges)
    for name, trust in sample.valued.trusts.items():
        peers = [one for other, own in now.items() if other != name for one in own]
        rows = review(trust.projection, trust.yields, trust.source.quotes, last[name], peers, ranges)
        for k, one in enumerate(rows, 1):
            expected = {
                1: name, 2: one.item, 3: one.kind, 6: one.chosen.rate, 7: one.low, 8: one.high, 9: one.in_range,
                10: one.acceptable.low, 11: one.acceptable.high, 14: one.before, 15: one.change * 1e4, 16: one.acceptable.used,
                17: one.quoted, 19: one.peers, 21: one.peer, 24: one.chosen.reason, 25: one.chosen.chosen_by,
                28: "; ".join(one.flags),
            }  # fmt: skip
            for column, cell in expected.items():
                same(sheet.cell(row + k, column).value, cell, (name, one.item, column), 1e-5)
        row += len(rows) + 1
    first = find(sheet, "Peers") + 2
    for name, trust in sample.valued.trusts.items():
        found = all_ranges(by_item(normalize(list(trust.source.quotes), trust.projection)), trust.projection, ranges)
        for k, each in enumerate(found, 1):
            for column, cell in {
                8: name,
                9: each.item,
                11: each.low,
                12: each.high,
                13: each.mid,
                20: each.premium_low,
            }.items():
                same(sheet.cell(first + k, column).value, cell, (name, each.item, column), 1e-9)
        first += len(found) + 1


def test_the_blended_yield_is_taken_apart_and_every_check_by_name_stands_there(sample: Written) -> None:
    sheet = sample.shown["Blended yield"]
    for name, trust in sample.valued.trusts.items():
        said = SAID[measurement_of(trust.projection)]
        head = find(sheet, f"{name}: what") + 2
        assert "is imposed by the yield" in sheet.cell(head - 1, 1).value
        for k, line in enumerate(blended_grid(blended(trust.projection, trust.yields), said)):
            for column, cell in enumerate(line, 1):
                same(sheet.cell(head + k, column).value, cell, (name, k, column), 1e-6 if column == 4 else 0.01)
        head = find(sheet, f"{name}: checks by name") + 1
        checks = value_checks(trust.projection, trust.yields)
        for k, check in enumerate(checks, 1):
            assert sheet.cell(head + k, 2).value == check.name
            same(sheet.cell(head + k, 3).value, check.ours, check.name)
            assert sheet.cell(head + k, 6).value == "holds"


def test_unpaid_principal_stands_beside_fair_value(sample: Written) -> None:
    sheet = sample.shown["Fair value"]
    row = find(sheet, "Unpaid principal") + 2
    for name, trust in sample.valued.trusts.items():
        found = unpaid_principal(trust.projection, trust.yields)
        assert [sheet.cell(row + k, 2).value for k in range(1, len(found) + 1)] == [one.item for one in found]
        for k, one in enumerate(found, 1):
            expected = (one.count, one.balance, one.value, one.difference)
            assert sheet.cell(row + k, 1).value == name
            for column, cell in enumerate(expected, 3):
                same(sheet.cell(row + k, column).value, cell, (name, one.item, column))
        row += len(found) + 1


def test_scenarios_show_the_residual_and_the_weighted_balance(sample: Written) -> None:
    sheet, summary = sample.shown["Scenarios"], sample.shown["Summary"]
    table = sample.valued.month.company.tables["scenarios"]
    row = find(sheet, "The residual with") + 2
    sums: dict[str, list[float]] = {}
    weighted = single = 0.0
    for name, trust in sample.valued.trusts.items():
        swings = residual_sensitivity(trust.projection, trust.yields)
        for k, one in enumerate(swings, 1):
            assert isinstance(one.down, float)
            assert isinstance(one.up, float)
            for column, cell in enumerate((name, one.shock, one.base, one.down, one.up, one.down - one.base), 1):
                same(sheet.cell(row + k, column).value, cell, (name, one.shock, column))
            own = sums.setdefault(one.shock, [0.0, 0.0])
            own[0], own[1] = own[0] + one.down, own[1] + one.up
        row += len(swings) + 1
        found = weighted_value(
            trust.source.trust, trust.source.tables["curves"], trust.yields, table, trust.source.indices
        )
        head = find(sheet, f"{name}: the balance on") + 1
        for k, line in enumerate(found.lines, 1):
            for column, value in enumerate((line.side, line.item, line.single, *line.values, line.weighted), 1):
                same(sheet.cell(head + k, column).value, value, (name, line.item, column))
            if line.side == RESIDUAL:
                assert isinstance(line.weighted, float)
                assert isinstance(line.single, float)
                weighted, single = weighted + line.weighted, single + line.single
    start = find(summary, "What the residual")
    for shock, (down, up) in sums.items():
        r = find(summary, shock, after=start)
        same(summary.cell(r, 2).value, down, shock)
        same(summary.cell(r, 4).value, up, shock)
    total = find(summary, "All trusts", 7, start)
    same(summary.cell(total, 8).value, single)
    same(summary.cell(total, 9).value, weighted)
    assert abs(weighted - single) > 1_000


def test_consolidation_brings_trusts_and_debt_together(sample: Written) -> None:
    sheet = sample.shown["Consolidation"]
    company = sample.valued.month.company
    head = find(sheet, "Balance sheet lines") + 2
    on = [trust.value for trust in sample.valued.trusts.values() if trust.consolidated]
    off = [trust.value for trust in sample.valued.trusts.values() if not trust.consolidated]
    assert on
    assert off
    debt = debt_values(company.debts, sample.valued.month.as_of, company.indices)
    owed = sum(one.value for one in debt)
    residuals, securities = (sum(value.total(RESIDUAL) for value in values) for values in (on, off))
    assets, debts = (sum(value.total(side) for value in on) for side in ("asset", "liability"))
    expected = {
        "Investment securities": (0.0, securities, securities, 0.0, securities),
        "Residual interests": (0.0, residuals, residuals, -residuals, 0.0),
        "Total assets": (assets, securities + residuals, assets + securities + residuals, -residuals, assets + securities),
        "Long-term debt": (0.0, owed, owed, 0.0, owed),
        "Total liabilities": (debts, owed, debts + owed, 0.0, debts + owed),
        "Net assets": (residuals, securities + residuals - owed, 2 * residuals + securities - owed, -residuals,
                       residuals + securities - owed),
    }  # fmt: skip
    for line, amounts in expected.items():
        r = find(sheet, line, after=head)
        for column, amount in enumerate(amounts, 2):
            same(sheet.cell(r, column).value, amount, (line, column), 0.05)
    status = {sheet.cell(r, 1).value: (sheet.cell(r, 2).value, sheet.cell(r, 4).value) for r in range(9, 12)}
    for name, decision in company.decisions.items():
        assert status[name] == ("yes" if decision.consolidated else "no", f"{decision.reason} ({decision.rule})")
    first = find(sheet, "instrument")
    for k, one in enumerate(debt, 2):
        for column, value in ((1, one.debt.name), (2, one.debt.balance), (3, one.value), (9, one.value_without),
                              (10, one.own_credit_effect)):  # fmt: skip
            same(sheet.cell(first + k, column).value, value, (one.debt.name, column))
    summary = sample.shown["Summary"]
    line = find(summary, "Long-term debt", after=find(summary, "Long-term debt of"))
    same(summary.cell(line, 3).value, owed)
    same(summary.cell(line, 5).value, sum(one.own_credit_effect for one in debt))


def test_the_summary_says_the_letters_sentence(sample: Written) -> None:
    sheet = sample.shown["Summary"]
    assert sample.rolled is not None
    row = find(sheet, f"Month {MONTH}: ")
    words = "".join(str(sheet.cell(row + k, 1).value) for k in range(4))
    assert words == f"Month {MONTH}: {sentence(net_gain(sample.rolled.total()))}"


# What turns when an input is broken


def cell_of(formulas: Any, sheet: str, words: dict[int, str], column: int) -> Any:
    """The cell in the first row whose columns hold the words."""
    page = formulas[sheet]
    row = next(r for r in range(1, TOP) if all(page.cell(r, c).value == word for c, word in words.items()))
    return page.cell(row, column)


def header(formulas: Any, sheet: str, row: int) -> dict[str, int]:
    return {str(cell.value): cell.column for cell in formulas[sheet][row]}


def test_a_yield_outside_its_range_is_flagged_where_it_is_used(sample: Written) -> None:
    assert sample.shown["Fair value"].cell(find(sample.shown["Fair value"], "B-3", 2), 9).value == "OUTSIDE ITS RANGE"
    formulas = sample.formulas
    columns = header(formulas, "Yields", 8)
    cell_of(formulas, "Yields", {1: "ICMB-2004-F", 2: "B-3"}, columns["yield"]).value = 0.23
    residual = cell_of(formulas, "Yields", {1: "ICMB-2005-A", 2: "residual"}, columns["yield"])
    residual.value = 0.31
    book = edited(formulas)
    assert book.errors() == []
    flags = {}
    for r in range(7, 80):
        side, item, flag = (book.value("Fair value", r, c) for c in (1, 2, 9))
        if flag == "OUTSIDE ITS RANGE":
            flags[r] = (side, item)
    assert list(flags.values()) == [("residual", "Residual interest")]
    row = next(
        r
        for r in range(9, 40)
        if book.value("Yield review", r, 2) == "residual" and book.value("Yield review", r, 1) == "ICMB-2005-A"
    )
    assert book.value("Yield review", row, 9) == "no"
    assert "outside its range" in str(book.value("Yield review", row, 28))


def test_notices_that_an_edit_brings_have_room_to_spill(sample: Written) -> None:
    formulas = sample.formulas
    columns = header(formulas, "Yields", 8)
    for item in ("A-1", "M-1", "M-4", "residual"):
        cell_of(formulas, "Yields", {1: "ICMB-2005-A", 2: item}, columns["yield"]).value = 0.45
    book = edited(formulas)
    assert book.errors() == []
    head = find(sample.shown["Fair value"], "ICMB-2005-A")
    ends = next(r for r in range(head, TOP) if book.value("Fair value", r, 1) == "check")
    told = [r for r in range(head, ends) if book.value("Fair value", r, 1) == "notice"]
    below = next(
        r for r in range(head + 2, TOP) if str(formulas["Fair value"].cell(r, 1).value).startswith("=IF(ISERROR")
    )
    assert len(told) == 4
    assert ends < below
    assert book.value("Fair value", below, 1) == 0.0


def test_a_reason_that_is_missing_fails_a_check(sample: Written) -> None:
    formulas = sample.formulas
    columns = header(formulas, "Yields", 8)
    assert failing(sample.fresh) == []
    cell_of(formulas, "Yields", {1: "ICMB-2005-A", 2: "M-4"}, columns["reason"]).value = None
    book = edited(formulas)
    assert book.errors() == []
    assert failing(book) == ["every yield that needs a reason has one"]


def test_a_quote_from_the_future_is_told(sample: Written) -> None:
    formulas = sample.formulas
    row = find(formulas["Quotes"], "Quotes as given") + 2
    formulas["Quotes"].cell(row, 4).value = dt.datetime(2010, 2, 1)
    book = edited(formulas)
    assert any("quote from the future" in cell.reason for _, cell in book.errors())
    assert "every quote counts, or says why it does not" in failing(book)


def test_facts_that_say_otherwise_than_the_terms_are_refused_and_both_are_named(sample: Written) -> None:
    formulas = sample.formulas
    cell_of(formulas, "Consolidation", {1: "ICMB-2005-A", 3: "qspe"}, 4).value = "yes"
    book = edited(formulas)
    for page in ("Consolidation", "Trust rollforwards"):
        told = [cell.reason for at, cell in book.errors() if at.strip("'").startswith(page)]
        assert any("ICMB-2005-A is not consolidated by its facts" in reason for reason in told), (page, told[:3])
        assert any("consolidated is yes there" in reason for reason in told), page
    assert "ICMB-2005-A: its facts say the same as its term consolidated" in failing(book)


def test_weights_that_do_not_add_up_fail(sample: Written) -> None:
    formulas = sample.formulas
    cell_of(formulas, "Scenarios", {2: "stress"}, 3).value = 0.25
    book = edited(formulas)
    assert any("the weights sum to 1.1, not to 1" in cell.reason for _, cell in book.errors())
    assert "the weights add up to 1" in failing(book)


def test_without_own_credit_the_debt_is_worth_what_the_base_yield_says(sample: Written) -> None:
    formulas = sample.formulas
    row = find(formulas["Consolidation"], "Long-term debt: its terms") + 1
    column = header(formulas, "Consolidation", row)["own credit spread"]
    before = sample.shown["Consolidation"]
    total = find(before, "total")
    for r in (row + 1, row + 2):
        formulas["Consolidation"].cell(r, column).value = 0.0
    book = edited(formulas)
    assert failing(book) == []
    assert book.value("Consolidation", total, 10) == pytest.approx(0.0, abs=1e-6)
    assert book.value("Consolidation", total, 3) == pytest.approx(before.cell(total, 9).value)


def test_a_leak_is_named_on_the_page_and_fails_on_control(sample: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    real = checks_module.net_realizable_values
    monkeypatch.setattr(checks_module, "net_realizable_values", lambda reo: (0.9 * real(reo)[0], real(reo)[1]))
    book = edited(sample.formulas)
    words = failing(book)
    assert any("checks by name hold" in each for each in words)
    said = [str(book.value("Blended yield", r, 3)) for r in range(1, TOP)]
    assert [each for each in said if each.startswith("the first that fails: REO value")]
    assert isinstance(book.value("Summary", 10, 2), ErrorCell)
