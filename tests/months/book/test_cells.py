"""Any cells that a table can hold come back from the book as what they are, with the digest that they went in with."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.months.book.small import MONTH, piece
from xlfv.months.book.cells import mixed, typed
from xlfv.months.book.file import create, writing
from xlfv.months.book.rows import content_of
from xlfv.tables import ErrorCell, Table
from xlfv.tables.columns import Column, parse_cell
from xlfv.tables.faults import Refused

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=12)
NUMBERS = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**70), 2**70), st.just(-0.0), st.just(5e-324)
)
DATES = st.dates(dt.date(1, 1, 1), dt.date(9999, 12, 31))
RAW = st.one_of(
    st.none(),
    WORDS,
    NUMBERS,
    st.booleans(),
    DATES,
    st.sampled_from(["#N/A", "0.50", "00501", "20091231", "1e5", "TRUE"]),
)


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path: Path = tmp_path_factory.mktemp("cells") / "b.duckdb"
    create(path)
    with writing(path) as writer:
        yield writer


@settings(max_examples=150)
@given(
    rows=st.lists(
        st.fixed_dictionaries(dict.fromkeys(("loan_id", "balance", "closed", "_x", "value"), RAW)), max_size=6
    ),
    text=st.booleans(),
    table=st.sampled_from(["loans", "terms", "indices", "surprises"]),
)
def test_what_comes_out_has_the_digest_of_what_went_in(book: Any, rows: list[dict], text: bool, table: str) -> None:
    columns = {
        name: [_as_text(row[name]) if text else row[name] for row in rows]
        for name in ("loan_id", "balance", "closed", "_x", "value")
    }
    book.commit(MONTH, [piece("T", table, columns, text=text)], why="again")
    latest = book.every_version("T", MONTH, table)[-1]
    content = book.content(latest)
    assert content.digest() == latest.digest
    given_back = content.as_table("x")
    for header, cells in columns.items():
        for raw, back in zip(cells, given_back.columns[header], strict=True):
            assert _same(raw, back, text), (header, raw, back)


def _as_text(cell: Any) -> str | None:
    return None if cell is None or not str(cell).strip() else str(cell).strip()


def _same(raw: Any, back: Any, text: bool) -> bool:
    """The cell is what it was: its text, or what its text means."""
    if raw is None or (isinstance(raw, str) and not raw.strip()):
        return back is None
    if isinstance(back, bool) or isinstance(raw, bool):
        return str(back).upper() == str(raw).upper()
    if isinstance(back, dt.date):
        return str(raw)[:10] == back.isoformat()
    if isinstance(back, (int, float)):
        return float(raw) == float(back)
    return str(raw).strip() == str(back).strip() or (not text and isinstance(raw, float) and str(int(raw)) == back)


@pytest.mark.parametrize("kind", ["number", "integer", "date", "flag", "text"])
@given(cells=st.lists(RAW, max_size=5), text=st.booleans())
def test_a_typed_column_holds_what_its_schema_reads(kind: Any, cells: list, text: bool) -> None:
    given = [_as_text(cell) for cell in cells] if text else cells
    found = typed(kind, given, text=text)
    column = Column("x", kind, "x")
    if found is None:
        return
    for raw, kept in zip(given, found.listed(whole=kind == "integer"), strict=True):
        try:
            meant = parse_cell(column, raw, text=text)
        except Refused:
            continue  # its reader refuses it either way
        assert parse_cell(column, kept, text=False) == meant, (raw, kept)


def test_an_error_comes_back_as_an_error() -> None:
    found = mixed([ErrorCell("#N/A"), "#N/A x", None], text=True, free=False).listed()
    assert [type(cell) for cell in found] == [ErrorCell, str, type(None)]


def test_a_column_that_is_not_of_its_kind_is_kept_as_it_is(book: Any) -> None:
    columns = {"loan_id": ["1", "2"], "balance": ["100.00", "about 200"], "rate": ["0.05", "#REF!"]}
    book.commit("2001-01", [piece("T", "loans", columns)])
    version = book.every_version("T", "2001-01", "loans")[-1]
    got = book.table(version)
    assert got.columns["balance"] == [100.0, "about 200"]
    assert got.columns["rate"] == [0.05, "#REF!"]
    assert type(got.columns["rate"][1]) is ErrorCell
    assert version.rows == 2


def test_equal_cells_have_equal_digests_from_texts_and_from_a_sheet() -> None:
    texts = {"curve": ["arm"], "month": ["1"], "cpr": ["0.0600"], "curve_date": ["2009-12-20"]}
    sheet = {"curve": ["arm"], "month": [1.0], "cpr": [0.06], "curve_date": [dt.datetime(2009, 12, 20)]}
    kinds: Any = {"curve": "text", "month": "integer", "cpr": "cell", "curve_date": "cell"}
    one, other = (
        content_of(Table("curves", cells, order=tuple(cells), text=text), "curves", kinds)
        for cells, text in ((texts, True), (sheet, False))
    )
    assert one.digest() == other.digest()
