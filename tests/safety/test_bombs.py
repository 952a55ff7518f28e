"""What unpacks to absurd sizes is refused in words, soon, before it fills the memory."""

from __future__ import annotations

import gzip
import io
import zipfile
from pathlib import Path

import pytest

from tests.safety import bombs
from tests.safety.measured import read, refused
from xlfv.excel.hosts.headless import recalculate
from xlfv.tables import Refused, limits, unpacking
from xlfv.tables.files import read_file

MEGABYTE = (b"x" * 20_000 + b"\n") * 52


def test_a_sound_workbook_passes(tmp_path: Path) -> None:
    """What the other tests change is read as it stands: they are refused for what they change alone."""
    path = tmp_path / "loans.xlsx"
    path.write_bytes(
        bombs.with_parts(xl__worksheets__sheet1=bombs.sheet(b'<row r="1"><c t="str"><v>loan_id</v></c></row>'))
    )
    assert list(read_file(path, "loans").columns) == ["loan_id"]
    path.write_bytes(bombs.workbook())
    assert len(read_file(path, "loans")) == 2


def test_a_gz_of_four_gigabytes_in_four_megabytes_is_refused(tmp_path: Path) -> None:
    path = bombs.gzip_bomb(tmp_path / "loans.csv.gz", MEGABYTE, 4096)
    assert path.stat().st_size < 8 << 20
    refused(path, f"unpacks to over {limits.megabytes(limits.MOST_UNPACKED)}", seconds=30, megabytes=1200)
    small = bombs.gzip_bomb(tmp_path / "bonds.csv.gz", MEGABYTE, 64)
    refused(small, f"unpacks to over {limits.MOST_RATIO} times its size")


def test_a_gz_is_counted_as_it_is_unpacked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loans.csv.gz"
    path.write_bytes(gzip.compress(b"loan_id\n" + b"x" * 30_000 + b"\n" * 20_000, mtime=0))
    assert len(read_file(path, "loans")) == 1
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", 40_000)
    with pytest.raises(Refused, match="unpacks to over"):
        read_file(path, "loans")


def test_a_gz_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = bombs.gzip_members(tmp_path / "loans.csv.gz", b"", 1_000_000)
    refused(path, f"is made of over {limits.MOST_MEMBERS:,} packed parts")


def test_a_gz_of_some_parts_is_read_whole(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv.gz"
    path.write_bytes(gzip.compress(b"loan_id,balance\n1,2\n", mtime=0) + gzip.compress(b"3,4\n", mtime=0) + b"\0" * 512)
    assert read_file(path, "loans").columns == {"loan_id": ["1", "3"], "balance": ["2", "4"]}


def test_a_gz_whose_header_never_ends_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loans.csv.gz"
    path.write_bytes(b"\x1f\x8b\x08\x08" + b"\x00" * 6 + b"a" * (64 << 20))  # a file name of 64 MB
    refused(path, "cannot be read", megabytes=150)


@pytest.mark.parametrize(
    ("part", "size", "words"),
    [
        (bombs.SHEET, limits.MOST_UNPACKED + 1, "unpacks to over 512 MB"),
        (bombs.SHEET, 100 << 20, "unpacks to over 200 times its size"),
        ("xl/styles.xml", limits.MOST_PART + 1, "unpacks to over"),
        ("[Content_Types].xml", 0xFFFFFFFE, "unpacks to over"),
    ],
)
def test_a_workbook_that_says_it_is_huge_is_refused(tmp_path: Path, part: str, size: int, words: str) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.claiming(bombs.workbook(), part, size))
    refused(path, words)
    with pytest.raises(Refused, match="unpacks to over"):
        recalculate(path)


def test_many_middling_parts_are_refused_by_their_sum(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.workbook())
    with zipfile.ZipFile(path) as parts:
        most, whole = (f(part.file_size for part in parts.infolist()) for f in (max, sum))
    assert most < whole
    monkeypatch.setattr(unpacking, "MOST_UNPACKED", most)
    with pytest.raises(Refused, match=r"^loans.xlsx unpacks to over"):
        read_file(path, "loans")


def test_a_workbook_that_is_huge_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.with_parts(xl__worksheets__sheet1=bombs.sheet(b"<row/>" * (10 << 20))))
    assert path.stat().st_size < 1 << 20
    refused(path, "unpacks to over 200 times its size")


def test_a_workbook_that_hides_its_size_gives_no_more_than_it_says(tmp_path: Path) -> None:
    """The list says 1,000 bytes; 60 MB lie there."""
    content = bombs.with_parts(xl__worksheets__sheet1=bombs.sheet(b"<row/>" * (10 << 20)))
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.claiming(content, bombs.SHEET, 1000))
    refused(path, "is not a workbook")


def test_a_workbook_of_very_many_parts_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    with zipfile.ZipFile(path, "w") as parts:
        for k in range(100_000):
            parts.writestr(zipfile.ZipInfo(f"xl/{k}.xml"), b"")
    refused(path, "too many parts")


LAUGHS = b"".join(
    b'<!ENTITY l%d "%s">' % (k, b"&l%d;" % (k - 1) * 10) if k else b'<!ENTITY l0 "lol">' for k in range(10)
)
ENTITIES = {
    "a billion laughs": b"<!DOCTYPE x [" + LAUGHS + b"]>",
    "a file of the machine": b'<!DOCTYPE x [<!ENTITY l9 SYSTEM "file:///etc/hostname">]>',
    "an address": b'<!DOCTYPE x [<!ENTITY l9 SYSTEM "http://localhost:1/">]>',
    "definitions from elsewhere": b'<!DOCTYPE x SYSTEM "http://localhost:1/x.dtd">',
    "one long entity": b'<!DOCTYPE x [<!ENTITY l9 "' + b"x" * 50_000 + b'">]>',
}
PARTS = {
    "[Content_Types]": b"<Types>&l9;</Types>",
    "xl__workbook": b"<workbook>&l9;</workbook>",
    "xl__sharedStrings": b"<sst><si><t>&l9;</t></si></sst>",
    "xl__styles": b"<styleSheet>&l9;</styleSheet>",
    "xl__worksheets__sheet1": b"<worksheet><sheetData><row><c><v>&l9;</v></c></row></sheetData></worksheet>",
    "docProps__core": b"<coreProperties>&l9;</coreProperties>",
}


@pytest.mark.parametrize("what", ENTITIES)
@pytest.mark.parametrize("part", PARTS)
def test_entities_are_refused_in_every_part(tmp_path: Path, part: str, what: str) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.with_parts(**{part: b'<?xml version="1.0"?>' + ENTITIES[what] + PARTS[part]}))
    for read_it in (lambda: read_file(path, "loans"), lambda: recalculate(path)):
        with pytest.raises(Refused, match="declares a document type"):
            read_it()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-8-sig", "latin-1"])
def test_entities_are_found_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    name = {"utf-8-sig": "utf-8", "utf-16-be": "utf-16"}.get(encoding, encoding)
    text = f'<?xml version="1.0" encoding="{name}"?>' + (ENTITIES["a billion laughs"] + PARTS["xl__workbook"]).decode()
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.with_parts(xl__workbook=text.encode(encoding)))
    with pytest.raises(Refused, match=r"declares a document type|is not a workbook"):
        read_file(path, "loans")


def test_entities_do_not_hide_behind_a_long_comment(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    long = b"<!--" + b"x" * (1 << 20) + b"-->" + ENTITIES["a billion laughs"] + PARTS["xl__workbook"]
    path.write_bytes(bombs.with_parts(xl__workbook=long))
    with pytest.raises(Refused, match="has no beginning"):
        read_file(path, "loans")


def test_a_sheet_that_lies_about_its_size_is_read_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "loans.xlsx"
    rows = b'<row r="1"><c r="A1" t="str"><v>loan_id</v></c></row><row r="1000000"><c r="A1000000"><v>1</v></c></row>'
    said = b'<dimension ref="A1:XFD1048576"/>'
    path.write_bytes(bombs.with_parts(xl__worksheets__sheet1=bombs.sheet(rows, said)))
    found = read(path)
    assert (found.words, found.rows) == ("", 1)
    assert found.megabytes < 200
    assert found.seconds < 10


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (b"".join(b'<row r="%d"><c r="XFD%d"><v>1</v></c></row>' % (k, k) for k in range(1, 2000)), "10,000,000 cells"),
        (b'<row r="99999999999"><c><v>1</v></c></row>', "1,048,576 rows"),
        (b'<row r="1"><c r="ZZZ1"><v>1</v></c></row>', "16,384 columns"),
        (b'<row r="1"><c t="str"><v>' + b"x1" * 50_000 + b"</v></c></row>", "a cell holds over 32,767 characters"),
    ],
)
def test_a_sheet_of_absurd_extent_is_refused(tmp_path: Path, rows: bytes, words: str) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.with_parts(xl__worksheets__sheet1=bombs.sheet(rows)))
    refused(path, words, seconds=30, megabytes=300)


@pytest.mark.parametrize("part", ["xl__workbook", "xl__styles", "xl__worksheets__sheet1"])
def test_xml_nested_without_end_is_refused(tmp_path: Path, part: str) -> None:
    path = tmp_path / "loans.xlsx"
    path.write_bytes(bombs.with_parts(**{part: b"<a>" * 200_000}))
    refused(path, "is not a workbook", megabytes=300)
    with pytest.raises(Refused, match="is not a workbook"):
        recalculate(path)


def test_a_bomb_among_the_bytes_of_a_workbook_is_refused_when_recalculated() -> None:
    content = bombs.with_parts(xl__media__image1=b"0" * (40 << 20))
    with pytest.raises(Refused, match="unpacks to over 200 times"):
        recalculate(io.BytesIO(content).getvalue())
