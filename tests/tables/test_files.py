"""Reading files: what stands in them, and what is wrong with them."""

from __future__ import annotations

import gzip
from functools import cache

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.tables import ErrorCell, Refused, from_grid
from xlfv.tables.files import read_file

GOOD = b"loan_id,balance,note\n1,100.5,x\n2,200,\n"


def _csv(folder, raw: bytes, name: str = "loans.csv"):
    path = folder / name
    path.write_bytes(raw)
    return read_file(path, "loans")


def _xlsx(folder, *rows, sheet="loans"):
    book = openpyxl.Workbook()
    book.active.title = sheet
    for row in rows:
        book.active.append(row)
    path = folder / "book.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("raw", [
    GOOD, b"\xef\xbb\xbf" + GOOD, GOOD.replace(b"\n", b"\r\n"), b"\n\n" + GOOD + b"\n\n", GOOD + b",,\n",
    b'loan_id,balance,note\n"1","100.5","x"\n2,200\n', b"Loan ID, Balance ,NOTE\n1,100.5,x\n2,200,\n",
])  # fmt: skip
def test_a_csv_is_read_whatever_its_marks_and_line_ends(tmp_path, raw):
    table = _csv(tmp_path, raw)
    assert table.columns == {"loan_id": ["1", "2"], "balance": ["100.5", "200"], "note": ["x", None]}
    assert table.text


def test_a_gzipped_csv_is_the_same(tmp_path):
    assert _csv(tmp_path, gzip.compress(GOOD, mtime=0), "loans.csv.gz").columns == _csv(tmp_path, GOOD).columns


def test_quoted_commas_quotes_and_line_ends_stay_in_their_cell(tmp_path):
    table = _csv(tmp_path, b'loan_id,note\n1,"a, ""b""\nc"\n')
    assert table.columns["note"] == ['a, "b"\nc']


def test_a_formula_stays_text(tmp_path):
    table = _csv(tmp_path, b"loan_id,note\n1,=1+1\n2,=cmd|' /C calc'!A0\n3,@SUM(A1)\n")
    assert table.columns["note"] == ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)"]


def test_errors_of_a_sheet_stay_errors(tmp_path):
    table = _csv(tmp_path, b"loan_id,balance\n1,#REF!\n2,#N/A\n3,#REFX\n")
    cells = table.columns["balance"]
    assert [type(cell) for cell in cells] == [ErrorCell, ErrorCell, str]


@pytest.mark.parametrize(
    ("raw", "name", "told"),
    [
        (GOOD, "loans.csv.gz", "cannot be read"),
        (gzip.compress(GOOD, mtime=0)[:-9], "loans.csv.gz", "cannot be read"),
        (gzip.compress(GOOD, mtime=0)[:12] + b"junk" * 5, "loans.csv.gz", "cannot be read"),
        ("loan_id,note\n1,caf\u00e9\n".encode("latin-1"), "loans.csv", "is not UTF-8 text (byte 18)"),
        ("loan_id,note\n1,x\n".encode("utf-16"), "loans.csv", "is not UTF-8"),
        (b"loan_id,balance\n1,1,200\n", "loans.csv", "the row has 3 cells and the header 2"),
        (b'loan_id,balance\n"1"x,2\n', "loans.csv", "cannot be read"),
        (b'loan_id,balance\n"1,2\n', "loans.csv", "cannot be read"),
        (b"", "loans.csv", "empty"),
        (b"\n\n,,\n", "loans.csv", "empty"),
        (b"loan_id,loan id\n1,2\n", "loans.csv", "stands twice"),
        (b"not a workbook", "loans.xlsx", "is not a workbook"),
        (GOOD, "loans.txt", "is not a table xlfv reads"),
    ],
)
def test_faults_of_files_are_told(tmp_path, raw, name, told):
    with pytest.raises(Refused) as refused:
        _csv(tmp_path, raw, name)
    assert told in str(refused.value)
    assert refused.value.faults[0].todo


def test_a_ragged_row_is_told_with_its_number(tmp_path):
    with pytest.raises(Refused, match=r"loans\.csv row 3"):
        _csv(tmp_path, b"a,b\n1,2\n1,2,3\n")


def test_a_missing_file_and_a_missing_sheet_are_not_available(tmp_path):
    path = _xlsx(tmp_path, ["loan_id"], ["1"])
    for text in (str(tmp_path / "none.csv"), f"{path}!Nothing"):
        with pytest.raises(Refused) as refused:
            read_file(text, "loans")
        assert refused.value.code == "#N/A"


def test_a_workbook_is_read_with_its_kinds_and_its_places(tmp_path):
    path = _xlsx(tmp_path, [], ["loan_id", "balance", "on"], ["a", 1.5, True], [None, None, None], ["b", 2, "#REF!"])
    table = read_file(f"{path}!loans", "loans")
    assert not table.text
    assert table.columns["loan_id"] == ["a", "b"]
    assert table.columns["balance"] == [1.5, 2]
    assert isinstance(table.columns["on"][1], ErrorCell)
    assert table.where(1, "on").endswith("!C5, column on")


def test_a_formula_of_a_workbook_is_never_evaluated(tmp_path):
    """Without a cached value the cell is blank: nothing here computes formulas."""
    path = _xlsx(tmp_path, ["loan_id", "balance"], ["a", "=1+1"])
    assert read_file(path, "loans").columns["balance"] == [None]


def test_a_workbook_that_is_a_zip_of_something_else_is_refused(tmp_path):
    import zipfile

    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        parts.writestr("hello.txt", "hello")
    with pytest.raises(Refused, match="is not a workbook"):
        read_file(path, "loans")


@given(
    raw=st.one_of(st.binary(max_size=200), st.text(alphabet='a1,"\n\r;=#REF!. \ufeff\x00', max_size=80).map(str.encode))
)
def test_any_bytes_are_a_table_or_refused(tmp_path_factory, raw):
    folder = tmp_path_factory.getbasetemp()
    for name in ("junk.csv", "junk.csv.gz", "junk.xlsx"):
        try:
            table = _csv(folder, raw, name)
        except Refused as refusal:
            assert refusal.faults[0].what  # noqa: PT017
            continue
        assert all(len(cells) == len(table) for cells in table.columns.values())


@cache
def _whole_workbook(folder) -> bytes:
    return _xlsx(folder, ["loan_id", "balance"], ["a", 1.5], ["b", 2.5]).read_bytes()


@given(cut=st.integers(0, 5000), flip=st.integers(0, 5000), byte=st.integers(0, 255))
def test_a_damaged_workbook_is_a_table_or_refused(tmp_path_factory, cut, flip, byte):
    folder = tmp_path_factory.getbasetemp()
    raw = bytearray(_whole_workbook(folder))
    raw[flip % len(raw)] = byte
    if cut % 3 == 0:
        del raw[cut % len(raw) :]
    try:
        _csv(folder, bytes(raw), "damaged.xlsx")
    except Refused as refusal:
        assert refusal.faults  # noqa: PT017


@given(place=st.integers(0, 5000), byte=st.integers(0, 255))
def test_a_damaged_gzip_is_a_table_or_refused(tmp_path_factory, place, byte):
    raw = bytearray(gzip.compress(b"loan_id,balance\n" + b"1,2\n" * 300, mtime=0))
    raw[place % len(raw)] = byte
    try:
        _csv(tmp_path_factory.getbasetemp(), bytes(raw), "damaged.csv.gz")
    except Refused as refusal:
        assert refusal.faults  # noqa: PT017


cells = st.one_of(
    st.none(), st.text(max_size=5), st.floats(), st.booleans(), st.sampled_from(["loan_id", ErrorCell("#REF!")])
)


@given(st.lists(st.lists(cells, max_size=5), max_size=6))
def test_any_grid_is_a_table_or_refused(grid):
    try:
        table = from_grid("loans", grid)
    except Refused:
        return
    assert all(len(column) == len(table) for column in table.columns.values())
    for row in range(len(table)):
        for name in table.columns:
            assert table.where(row, name)
