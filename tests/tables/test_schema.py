"""Every check of a column is seen to pass and to fail, and each fault has a place and advice."""

from __future__ import annotations

import datetime as dt
import math
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.tables import ErrorCell, Fault, Place, Refused, from_grid, refuse_if
from xlfv.tables.cells import as_date, as_number, as_text
from xlfv.tables.schema import Column, Schema

SCHEMA = Schema(
    "things",
    (
        Column("name", "text", "its name", required=True, unique=True),
        Column("amount", "number", "how much", "$", required=True, low=0.0, high=1000.0),
        Column("rate", "number", "a rate", "rate", default=0.01),
        Column("months", "integer", "how long", "months", default=12, low=1),
        Column("kind", "text", "what kind", default="red", allowed=("red", "dark_blue")),
        Column("when", "date", "which day"),
        Column("on", "flag", "whether", default=True),
        Column("any", "cell", "anything"),
    ),
    key="name",
)
HEADER = ["name", "amount", "rate", "months", "kind", "when", "on", "any"]
GOOD = ["a", 1.0, 0.05, 3, "red", dt.date(2009, 12, 31), "yes", "x"]


def _read(*rows, header=HEADER, text=False):
    faults: list[Fault] = []
    notices: list[str] = []
    place = Place("Sheet1", 3, 2, "sheet")
    records = SCHEMA.read(from_grid("things", [header, *rows], place, text=text), faults, notices)
    return records, faults, notices


def _with(column: str, cell: object) -> list:
    return [cell if name == column else value for name, value in zip(HEADER, GOOD, strict=True)]


def test_good_cells_are_read_as_their_kinds():
    records, faults, notices = _read(GOOD)
    assert (faults, notices) == ([], [])
    assert [records[name][0].item() for name in HEADER] == ["a", 1.0, 0.05, 3, "red", dt.date(2009, 12, 31), True, "x"]
    assert records["amount"].dtype == np.float64
    assert records["months"].dtype == np.int64
    assert not records["amount"].flags.writeable


def test_blanks_take_the_defaults():
    records, faults, _ = _read(["a", 1.0, *[None] * 6])
    assert faults == []
    assert [records[name][0].item() for name in ("rate", "months", "kind", "on", "any")] == [0.01, 12, "red", True, ""]
    assert np.isnat(records["when"][0])


def test_columns_match_by_name_whatever_their_case_order_and_spaces():
    records, faults, _ = _read([1.0, "a"], header=["  AMOUNT ", "Name"])
    assert faults == []
    assert (records["name"][0], records["amount"][0]) == ("a", 1.0)


def test_a_column_of_no_use_is_a_notice():
    _, faults, notices = _read([*GOOD[:2], 5], header=["name", "amount", "vendor_code"])
    assert faults == []
    assert "vendor_code is not used" in notices[0]


@pytest.mark.parametrize("misspelt", ["monts", "monhts", "month"])
def test_a_column_that_is_nearly_one_of_ours_is_a_fault(misspelt: str):
    """Passed over, a margin or a rate would count as zero."""
    _, faults, notices = _read([*GOOD[:2], 5], header=["name", "amount", misspelt])
    (fault,) = faults
    assert fault.what == f"things has no column {misspelt}"
    assert fault.todo == "did you mean months?"
    assert fault.where.startswith("Sheet1!D3")
    assert notices == []


@pytest.mark.parametrize(
    ("column", "cell", "told"),
    [
        ("name", None, "name is blank"),
        ("amount", None, "amount is blank"),
        ("amount", -0.01, "amount is -0.01, below 0"),
        ("amount", 1000.5, "amount is 1000.5, above 1000"),
        ("amount", "12", "the text '12' stands where a number should"),
        ("amount", "1,200", "the text '1,200' stands where a number should"),
        ("amount", True, "TRUE stands where a number should"),
        ("amount", dt.date(2009, 1, 1), "the date 2009-01-01 stands where a number should"),
        ("amount", math.nan, "not a finite number"),
        ("amount", math.inf, "not a finite number"),
        ("amount", ErrorCell("#REF!"), "the cell holds the error #REF!"),
        ("rate", 6.25, "rate is 6.25, a rate of 100% or more"),
        ("rate", 1.0, "rate is 1, a rate of 100% or more"),
        ("rate", ErrorCell("#N/A"), "#N/A"),
        ("months", 0, "months is 0, below 1"),
        ("months", 2.5, "2.5 is not a whole number"),
        ("kind", "dark bleu", "kind 'dark bleu' is not known"),
        ("kind", ErrorCell("#NAME?"), "#NAME?"),
        ("when", "31.12.2009", "'31.12.2009' is not a date"),
        ("when", 12.0, "12 is not a date"),
        ("when", True, "TRUE stands where a date should"),
        ("when", 9e9, "is not a date"),
        ("on", "perhaps", "'perhaps' is neither yes nor no"),
        ("any", ErrorCell("#VALUE!"), "#VALUE!"),
    ],
)
def test_each_check_is_seen_to_fail(column, cell, told):
    _, faults, _ = _read(GOOD, _with(column, cell) if column == "name" else ["b", *_with(column, cell)[1:]])
    assert len(faults) == 1, [str(fault) for fault in faults]
    fault = faults[0]
    assert told in fault.what
    letter = "BCDEFGHI"[HEADER.index(column)]
    assert fault.where.startswith(f"Sheet1!{letter}5, column {column}")
    assert fault.todo


def test_hints_name_the_likely_word_and_the_decimal():
    _, faults, _ = _read(["a", 1.0, 6.25, 3, "dark bleu", None, None, None])
    assert "0.0625" in faults[0].todo
    assert "did you mean dark_blue" in faults[1].todo


def test_words_match_whatever_their_case_and_spaces():
    records, faults, _ = _read(_with("kind", "Dark Blue"))
    assert faults == []
    assert records["kind"][0] == "dark_blue"


def test_a_key_that_stands_twice_is_told_with_both_places():
    _, faults, _ = _read(GOOD, GOOD)
    assert len(faults) == 1
    assert "name a stands twice" in faults[0].what
    assert "Sheet1!B5" in faults[0].where
    assert "Sheet1!B4" in faults[0].todo


def test_a_missing_column_is_told_with_the_headers_there():
    _, faults, _ = _read(["a"], header=["name"])
    assert len(faults) == 1
    assert "the column amount is missing from things" in faults[0].what
    assert "the headers there: name" in faults[0].todo


def test_a_column_of_text_for_numbers_does_not_tell_twenty_thousand_faults():
    _, faults, _ = _read(*[[f"n{k}", "x"] for k in range(1000)], header=["name", "amount"])
    assert len(faults) <= 201
    assert "more faults in the column amount" in faults[-1].what


def test_every_fault_of_a_table_is_told_at_once():
    _, faults, _ = _read(["a", -1, 7.0, 0, "green", "x", "maybe", ErrorCell("#REF!")], GOOD, GOOD[:2])
    assert len(faults) == 7 + 2


def test_numbers_as_text_are_read_only_where_all_cells_are_text():
    records, faults, _ = _read(["a", "12.5", "0.05", "3", "red", "2009-12-31", "no", "x"], text=True)
    assert faults == []
    assert (records["amount"][0], records["months"][0], records["on"][0]) == (12.5, 3, False)
    for cell in ("1,200", "1_000", "6%", "$5", "nan", "inf", "0x10", "five"):
        _, faults, _ = _read(["a", cell], header=HEADER[:2], text=True)
        assert len(faults) == 1, cell


def test_headers_that_cannot_be_trusted_are_refused():
    for header, told in (
        (["name", "Name "], "the column name stands twice"),
        (["name", ErrorCell("#REF!")], "the header is the error #REF!"),
        ([None, None], "is empty"),
    ):
        with pytest.raises(Refused, match=told):
            from_grid("things", [header, ["a", 1.0]])
    with pytest.raises(Refused, match="is empty"):
        from_grid("things", [])


@given(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(),
        st.floats(),
        st.text(),
        st.dates(),
        st.datetimes(),
        st.decimals(allow_nan=False),
    )
)
def test_any_cell_is_read_or_refused_by_any_kind(cell):
    for column in HEADER:
        row = _with(column, cell)
        records, faults, _ = _read(row)
        assert faults or records.count in (0, 1)
        assert all(fault.what and fault.where for fault in faults)


@given(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.decimals(allow_nan=False)
    ),
    st.booleans(),
)
def test_any_cell_is_a_number_a_date_or_refused(cell, text):
    for read in (as_number, as_date):
        try:
            value = read(cell, text=text)
        except Refused:
            continue
        assert isinstance(value, dt.date) or math.isfinite(value)


def test_dates_from_serials_texts_and_dates():
    day = dt.date(2009, 12, 31)
    for cell in (40178, 40178.7, day, dt.datetime(2009, 12, 31, 5), np.datetime64(day), "2009-12-31", "12/31/2009",
                 "20091231", "31-Dec-2009"):  # fmt: skip
        assert as_date(cell) == day
    assert as_date("40178", text=True) == day
    for cell in (60, 0, "1/2", "2009-13-01", 3e6):
        with pytest.raises(Refused):
            as_date(cell)


def test_text_of_cells():
    assert as_text(12.0) == "12"
    assert as_text(12.5) == "12.5"
    assert as_text(" x ") == "x"
    assert as_text(True) == "TRUE"
    assert as_text(dt.date(2009, 12, 31)) == "2009-12-31"
    assert as_number(Decimal("1.5")) == 1.5
    with pytest.raises(Refused):
        as_text(math.nan)


def test_faults_read_as_one_message():
    with pytest.raises(Refused) as refused:
        refuse_if([Fault("a", "here", "mend a"), Fault("b")])
    assert str(refused.value) == "2 faults:\n1. a [here] -> mend a\n2. b"
    refuse_if([])
