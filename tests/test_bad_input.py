"""Bad input is refused whole: every fault is named once, with its cell, its loan and what to do; nothing is kept."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest

from tests.bad_input import FORMS, Bad, Tables, Told, faults_of, good, place, spoiled, trust_of
from tests.excel.helpers import fails, one
from xlfv.excel import call, handles
from xlfv.tables import ErrorCell, Place

TRUST_FAULTS = {
    "missing column": Bad("bonds", 0, "balance", None, "the column balance is missing from bonds", "add it"),
    "negative balance": Bad("loans", 1, "balance", -5.0, "balance is -5, below 0", "at least 0", "loan_id 1001"),
    "text in a rate": Bad("loans", 2, "rate", "six", "'six'", "write a number", "loan_id 1002"),
    "duplicate id": Bad("loans", 3, "loan_id", "1001", "loan_id 1001 stands twice", "keep one; the other is at"),
    "percent for a rate": Bad("loans", 4, "rate", 6.25, "rate is 6.25", "write it as a decimal: 0.0625", "loan_id 1004"),
    "unknown status": Bad("loans", 5, "status", "forclosure", "status 'forclosure'", "did you mean foreclosure?",
                          "loan_id 1005"),
    "zero term": Bad("loans", 3, "remaining_term", 0.0, "remaining_term is 0, below 1", "at least 1", "loan_id 100"),
    "unknown index": Bad("loans", 2, "index", "LIBOR_6", "the index 'LIBOR_6'", "did you mean LIBOR_6M?",
                         "loan_id 1002"),
    "not a number": Bad("loans", 1, "servicing_fee", math.nan, "", "", "loan_id 1001"),
    "error cell": Bad("loans", 2, "age", "#DIV/0!", "the cell holds the error #DIV/0!", "mend the cell it comes from",
                      "loan_id 1002"),
    "unknown bond": Bad("waterfall", 3, "to", "A, M, B, Z", "the tranche 'Z' does not exist", "known: A, M, B", "step 3"),
    "months out of order": Bad("schedules", 3, "month", 1.0, "month 1 of schedule N follows 2: months out of order",
                               "sort the rows by month"),
    "unknown cost": Bad("waterfall", 1, "pay", "trustees", "'trustees' does not exist", "did you mean trustee?", "step 1"),
    "unknown payment": Bad("waterfall", 4, "pay", "principle", "'principle' does not exist", "did you mean principal?",
                           "step 4"),
    "interest-only beyond term": Bad("loans", 1, "interest_only_months", 400.0, "400, beyond remaining_term 318",
                                     "at most remaining_term", "loan_id 1001"),
    "percent as text": Bad("loans", 2, "margin", "2.25%", "'2.25%'", "write the number 0.0225", "loan_id 1002"),
    "short amortization": Bad("loans", 4, "amortization_term", 60.0, "60, below remaining_term 84", "leave it blank",
                              "loan_id 1004"),
    "fraction of a month": Bad("loans", 6, "age", 44.5, "44.5 is not a whole number", "write a whole number",
                               "loan_id 1006"),
    "unknown hedge": Bad("hedges", 1, "type", "swop", "type 'swop' is not known", "did you mean swap?", "hedge SWAP"),
    "absurd month": Bad("hedges", 1, "end", 1e19, "end is 1e+19", "a whole number of sensible size", "hedge SWAP"),
    "unknown term": Bad("terms", 5, "term", "oc_targt", "the term 'oc_targt' is not known", "did you mean oc_target?"),
    "date as text": Bad("terms", 1, "value", "29.06.2006", "'29.06.2006' is not a date", "text like 2009-12-31"),
    "threshold in words": Bad("triggers", 1, "threshold", "a lot", "'a lot' is not a number", "write a number",
                              "trigger losses"),
    "unknown trigger": Bad("waterfall", 8, "when", "not loses", "the condition 'loses'", "did you mean losses?", "step 8"),
    "not in the pool": Bad("reo", 1, "haircut", 7.5, "haircut is 7.5", "write it as a decimal: 0.075", "loan_id 1006"),
    "unknown coupon": Bad("bonds", 1, "coupon_type", "float", "coupon_type 'float'", "did you mean floating?",
                          "tranche A"),
    "unknown basis": Bad("costs", 1, "basis", "pool", "basis 'pool' is not known", "pool_balance", "cost trustee"),
    "unknown source": Bad("waterfall", 5, "from", "exces", "the source of cash 'exces'", "did you mean excess?", "step 5"),
    "unknown rule": Bad("waterfall", 6, "rule", "sequental", "the rule 'sequental'", "did you mean sequential?", "step 6"),
    "unknown amount": Bad("waterfall", 9, "amount", "deu", "the amount 'deu'", "did you mean due?", "step 9"),
    "turned test": Bad("triggers", 1, "test", "=>", "test '=>' is not known", "did you mean >=?", "trigger losses"),
    "unknown kind of class": Bad("bonds", 3, "kind", "subordinated", "kind 'subordinated'", "did you mean subordinate?",
                                 "tranche B"),
    "unknown share": Bad("accounts", 1, "target_of", "bond", "target_of 'bond'", "did you mean bonds?", "account RESERVE"),
    "misspelt term": Bad("terms", 2, "term", "remitance day", "the term 'remitance_day'", "did you mean remittance_day?"),
    "blank required cell": Bad("triggers", 1, "measure", None, "measure is blank", "fill it", "trigger losses"),
}  # fmt: skip


def check(told: Told, bad: Bad, tables: Tables, form: str) -> None:
    """A fault is told with its words, its cell, its row's name and advice."""
    assert bad.what.casefold() in told.what.casefold()
    where = place(bad, tables, form)
    assert (told.where + ",").startswith(where + ","), told
    assert bad.key in told.where
    assert told.todo
    if form == "range" or "separators" not in told.todo:
        assert bad.todo in told.todo


def find(faults: list[Told], bad: Bad, tables: Tables, form: str) -> list[Told]:
    where = place(bad, tables, form)
    named = f"column {bad.column}" if bad.row else ""
    return [told for told in faults if f"{told.where},".startswith(f"{where},") and named in told.where]


@pytest.fixture(autouse=True)
def store(tmp_path: Path) -> Any:
    folder = tmp_path / "store"
    handles.configure(folder)
    yield folder
    handles.configure(None)


def nothing_kept(store: Path) -> bool:
    return not store.exists() or not list(store.iterdir())


@pytest.mark.parametrize("form", FORMS)
def test_the_good_tables_have_no_fault(form: str, tmp_path: Path) -> None:
    cell = trust_of(good(), form, tmp_path)
    assert faults_of(cell) == []
    assert cell.startswith("trust:SAMPLE-1:2009-12:")
    assert cell == trust_of(good(), "range", tmp_path)  # equal content, equal handle, whatever it came from


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", TRUST_FAULTS)
def test_one_fault_is_told_once(name: str, form: str, tmp_path: Path, store: Path) -> None:
    bad = TRUST_FAULTS[name]
    tables = spoiled(bad)
    cell = trust_of(tables, form, tmp_path)
    told = faults_of(cell)
    assert len(told) == 1, cell.reason
    check(told[0], bad, tables, form)
    held = {"error cell": "#DIV/0!", "not a number": "#NUM!"}
    assert cell == (held.get(name, "#VALUE!") if form == "range" else "#VALUE!")
    assert nothing_kept(store)


@pytest.mark.parametrize("form", FORMS)
def test_all_faults_are_told_at_once_each_once(form: str, tmp_path: Path, store: Path) -> None:
    tables = spoiled(*TRUST_FAULTS.values())
    cell = trust_of(tables, form, tmp_path)
    told = faults_of(cell)
    assert len(told) == len(TRUST_FAULTS) >= 12, cell.reason
    for name, bad in TRUST_FAULTS.items():
        matches = find(told, bad, tables, form)
        assert len(matches) == 1, (name, matches)
        check(matches[0], bad, tables, form)
    assert cell == ("#NUM!" if form == "range" else "#VALUE!")
    assert nothing_kept(store)


@pytest.mark.parametrize(
    ("table", "column"),
    [
        ("loans", "loan_id"), ("loans", "balance"), ("loans", "rate"), ("loans", "remaining_term"), ("bonds", "tranche"),
        ("bonds", "balance"), ("waterfall", "step"), ("waterfall", "from"), ("waterfall", "pay"), ("waterfall", "to"),
        ("costs", "cost"), ("costs", "basis"), ("terms", "term"), ("terms", "value"), ("triggers", "trigger"),
        ("triggers", "measure"), ("triggers", "test"), ("triggers", "threshold"), ("hedges", "hedge"), ("hedges", "type"),
        ("hedges", "receive_index"), ("reo", "loan_id"), ("reo", "balance"), ("reo", "value"), ("schedules", "schedule"),
        ("schedules", "month"), ("schedules", "amount"), ("accounts", "account"),
    ],
)  # fmt: skip
def test_a_missing_column_is_one_fault_and_hides_no_other(table: str, column: str, tmp_path: Path) -> None:
    missing = Bad(table, 0, column, None, f"the column {column} is missing from {table}", "add it")
    told = faults_of(trust_of(spoiled(missing), "range", tmp_path))
    assert [fault.what for fault in told] == [missing.what]
    other = Bad("loans", 4, "cpr_multiplier", -1.0, "", "")
    assert len(faults_of(trust_of(spoiled(missing, other), "range", tmp_path))) == 2


@pytest.mark.parametrize("cell", ["#REF!", "  ", True, "?"])
def test_a_spoiled_cell_of_any_column_is_one_fault_at_most(cell: Any, tmp_path: Path) -> None:
    """Every cell of every table in turn: no fault draws another one after it."""
    for name, grid in good().items():
        if name in ("curves", "indices", "yields"):
            continue
        for column in grid[0]:
            for row in range(1, len(grid)):
                bad = Bad(name, row, column, cell, "", "")
                told = faults_of(trust_of(spoiled(bad), "range", tmp_path))
                renamed = cell in (True, "?") and column in ("tranche", "cost", "trigger", "hedge", "loan_id")
                assert renamed or len(told) <= 1, (name, row, column, told)


PROJECT_FAULTS = {
    "months out of order": Bad("curves", 3, "month", 20.0, "month 20 of curve default follows 25", "sort the rows"),
    "percent": Bad("curves", 1, "cdr", 7.0, "cdr is 7", "write it as a decimal: 0.07"),
    "words that cannot be read": Bad("curves", 1, "cpr", "6 ramp 24 too 12", "cannot read", "6 ramp 24 to 12"),
    "misspelt column": Bad("curves", 0, "severity", "severty", "the column severty is not known", "did you mean severity?"),
    "text": Bad("curves", 3, "recovery_lag", "nine", "'nine'", "write a number"),
    "error": Bad("curves", 2, "cdr", "#N/A", "the cell holds the error #N/A", "mend the cell it comes from"),
    "index in percent": Bad("indices", 3, "LIBOR_1M", 2.5, "libor_1m is 2.5", "write it as a decimal: 0.025"),
    "months of indices": Bad("indices", 4, "month", 24.0, "month 24 follows 24", "sort the rows"),
    "misspelt index": Bad("indices", 0, "LIBOR_6M", "LIBOR_6N", "the index LIBOR_6N is not known", "did you mean LIBOR_6M?"),
}  # fmt: skip
VALUE_FAULTS = {
    "percent": Bad("yields", 1, "yield", 8.0, "yield is 8", "at most 3", "item A"),
    "unknown tranche": Bad("yields", 2, "item", "M1", "'M1', which SAMPLE-1 does not have", "did you mean M?"),
    "upside down": Bad("yields", 3, "low", 0.5, "runs from 0.5 down to 0.4", "low is the lower end"),
    "unknown basis": Bad("yields", 4, "basis", "montly", "basis 'montly'", "did you mean monthly?", "item residual"),
    "error": Bad("yields", 3, "yield", "#N/A", "the cell holds the error #N/A", "mend", "item B"),
}


def answer(function: str, tables: Tables, form: str, folder: Path) -> Any:
    """What a cell shows that projects, or that values the good projection."""
    trust = trust_of(good(), "range", folder)
    names = ("curves", "indices")
    args, more = FORMS[form](tables if function == "XLFV_PROJECT" else good(), names, folder)
    if "places" in more:
        more["places"] = [None, *more["places"]]
    projected = call("XLFV_PROJECT", trust, *args, **more)[0][0]
    if function == "XLFV_PROJECT":
        return projected
    args, more = FORMS[form](tables, ("yields",), folder)
    if "places" in more:
        more["places"] = [None, *more["places"]]
    return call(function, projected, *args, **more)[0][0]


LATER = [("XLFV_PROJECT", PROJECT_FAULTS), ("XLFV_FAIR_VALUE", VALUE_FAULTS)]


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(("function", "faults"), LATER, ids=["curves and indices", "yields"])
def test_faults_of_curves_indices_and_yields(
    function: str, faults: dict[str, Bad], form: str, tmp_path: Path, store: Path
) -> None:
    assert faults_of(answer(function, good(), form, tmp_path)) == []
    kept = len(list(store.iterdir()))
    for bad in faults.values():
        tables = spoiled(bad)
        told = faults_of(answer(function, tables, form, tmp_path))
        assert len(told) == 1, (bad, told)
        renamed = Bad(bad.table, 0, str(bad.cell), bad.cell, bad.what, bad.todo) if bad.row == 0 else bad
        check(told[0], renamed, tables, form)
    told = faults_of(answer(function, spoiled(*faults.values()), form, tmp_path))
    assert len(told) == len(faults), told
    assert len(list(store.iterdir())) == kept


def test_headers_are_matched_however_they_are_typed(tmp_path: Path) -> None:
    tables = good()
    tables["loans"][0] = [f" {str(header).replace('_', ' ').title()}  " for header in tables["loans"][0]]
    assert trust_of(tables, "range", tmp_path) == trust_of(good(), "range", tmp_path)


@pytest.mark.parametrize("form", FORMS)
def test_a_blank_row_is_passed_over_and_the_rows_below_keep_their_places(form: str, tmp_path: Path) -> None:
    tables = good()
    tables["loans"].insert(3, [None] * len(tables["loans"][0]))
    assert faults_of(trust_of(tables, form, tmp_path)) == []
    tables["loans"][5][2] = 7.0  # loan 1004, now a row lower
    (told,) = faults_of(trust_of(tables, form, tmp_path))
    expected = {"range": "'The loans'!D8,", "csv": "loans.csv row 6,", "xlsx": "'[deal.xlsx]The loans'!C6,"}
    assert told.where.startswith(expected[form])
    assert "loan_id 1004" in told.where


@pytest.mark.parametrize("label", ["Total", "TOTALS", "Grand total", "Subtotal", "sum", " total loans"])
def test_a_row_of_totals_is_one_fault_even_where_every_cell_could_be_a_loan(label: str, tmp_path: Path) -> None:
    tables = good()
    tables["loans"].append([label, 1_255_000.0, 0.065, 300.0, *[None] * 12])
    (told,) = faults_of(trust_of(tables, "range", tmp_path))
    assert "looks like a total" in told.what
    assert told.where.startswith("'The loans'!B10,")


def test_a_row_with_sums_and_no_name_is_one_fault(tmp_path: Path) -> None:
    tables = good()
    tables["loans"].append([None, 1_255_000.0, *[None] * 14])
    (told,) = faults_of(trust_of(tables, "range", tmp_path))
    assert told.what == "loan_id, rate and remaining_term are blank"
    assert "take the row out" in told.todo


def test_blank_optional_columns_and_numbers_as_ids_are_good(tmp_path: Path) -> None:
    tables = good()
    for row in tables["loans"][1:]:
        row[0] = float(row[0])
        row.append(None)
    tables["loans"][0].append("ltv")
    for row in tables["reo"][1:]:
        row[0] = float(row[0])
    assert faults_of(trust_of(tables, "range", tmp_path)) == []
    tables["loans"][2][2] = 7.0
    assert "loan_id 1002" in faults_of(trust_of(tables, "range", tmp_path))[0].where


def test_numbers_kept_as_text_are_refused_in_a_sheet_and_read_from_a_file(tmp_path: Path) -> None:
    bad = Bad(
        "loans", 1, "balance", "320000", "the text '320000'", "kept as text: convert it to a number", "loan_id 1001"
    )
    tables = spoiled(bad)
    (told,) = faults_of(trust_of(tables, "range", tmp_path))
    check(told, bad, tables, "range")
    assert faults_of(trust_of(tables, "csv", tmp_path)) == []


def test_swapped_ranges_are_told_as_such(tmp_path: Path) -> None:
    tables = good()
    tables["loans"], tables["bonds"] = tables["bonds"], tables["loans"]
    told = faults_of(trust_of(tables, "range", tmp_path))
    assert [fault.what for fault in told] == [
        "the table given for loans holds the columns of bonds", "the table given for bonds holds the columns of loans",
    ]  # fmt: skip
    assert all("swapped?" in fault.todo for fault in told)


def test_handles_and_tables_in_each_others_places(tmp_path: Path) -> None:
    tables = good()
    trust = trust_of(tables, "range", tmp_path)
    projection = one(call("XLFV_PROJECT", trust, tables["curves"], tables["indices"]))
    reason = fails("XLFV_TRUST", "T", "2009-12-31", trust, tables["bonds"], tables["waterfall"])
    assert "loans: a table handle was expected; a trust handle came" in reason
    assert "=XLFV_TABLE(...)" in reason
    reason = fails("XLFV_TRUST_SUMMARY", tables["loans"])
    assert "trust must be a trust handle; a range of 7 rows and 16 columns came" in reason
    reason = fails("XLFV_REO_VALUE", projection)
    assert "a trust handle was expected; a projection handle came" in reason
    assert "=XLFV_TRUST(...)" in reason
    assert "XLFV_DISTRIBUTE(...)" in fails("XLFV_TRANCHE_WAL", trust, "A")
    assert "there is no file loans" in fails("XLFV_TRUST", "T", "2009-12-31", "loans", *["x.csv"] * 2, code="#N/A")


def test_an_error_in_a_column_not_used_is_given_back_when_all_else_is_good(tmp_path: Path, store: Path) -> None:
    bad = Bad("loans", 1, "remark", "#N/A", "", "")
    cell = trust_of(spoiled(bad), "range", tmp_path)
    assert cell == "#N/A"
    assert "loans holds the error #N/A ['The loans'!R4]" in cell.reason
    assert nothing_kept(store)
    two = trust_of(spoiled(bad, TRUST_FAULTS["zero term"]), "range", tmp_path)
    assert two == "#N/A"
    assert len(faults_of(two)) == 2


def test_an_error_in_a_table_tells_the_reason_of_the_cell_it_comes_from(tmp_path: Path) -> None:
    reason = fails("XLFV_SMM", 6.0, caller="[B]Rates!C4")
    tables = good()
    tables["loans"][1][1] = "#VALUE!"
    cell = call(
        "XLFV_TRUST", "T", "2009-12-31", tables["loans"], tables["bonds"], tables["waterfall"],
        caller="[B]Deal!A1", places=[None, None, Place("Rates", 3, 2, "sheet"), None, None],
    )[0][0]  # fmt: skip
    assert isinstance(cell, ErrorCell)
    assert "the cell holds the error #VALUE! [Rates!C4, column balance, loan_id 1001]" in cell.reason
    assert cell.reason.endswith(f"There: {reason}")
