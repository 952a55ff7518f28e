"""Texts of files and cells stay texts: in every workbook that is written, in handles, in reasons and in the terminal."""

from __future__ import annotations

import io
import re
import zipfile
from itertools import pairwise
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.formula import Tokenizer
from rich.console import Console

from tests.excel.book.conftest import small_tables, write_folder
from tests.excel.helpers import fails, one
from xlfv import cli
from xlfv.excel import call, handles, report
from xlfv.excel.book import write_book
from xlfv.excel.hosts.headless import recalculate
from xlfv.excel.hosts.protocol import SIGN
from xlfv.excel.hosts.xlwings import mark
from xlfv.months.folder import read_month
from xlfv.months.valued import roll_month, value_month
from xlfv.terminal import plainly

MONTH = "2009-12"
EVIL = (
    "=EVIL()", "+EVIL()", "-2+EVIL()", "@EVIL()", "'=EVIL()", '"&EVIL()&"', '")&EVIL()&("', "=cmd|'/c EVIL'!A0", "{=EVIL()}",
    '=HYPERLINK("http://EVIL")', "http://EVIL.example", "external:EVIL.xlsx", "<r>EVIL</r>", "&EVIL;", "]]>EVIL<f>EVIL()</f>",
    "=DDE(EVIL)", "_xlfn.EVIL()", "EVIL!A1", "#REF!EVIL", "\x1b[31mEVIL", "EVIL\n=EVIL()", "[bold]EVIL[/bold]",
)  # fmt: skip
TRUSTS = ("=EVIL()", '"&EVIL()&"', "'!EVIL", "+EVIL()", "@SUM(EVIL)", "[bold]EVIL", "EVIL & Co")


def evil_tables() -> dict[str, list[dict[str, Any]]]:
    """A deal whose every text is one of the above."""
    tables = small_tables()
    a, b = "=EVIL()A", '"&EVIL()&"'
    tables["bonds"] = [
        {**row, "tranche": name, "original_rating": text, "=EVIL()": text}
        for row, name, text in zip(tables["bonds"], (a, b), EVIL, strict=False)
    ]
    tables["waterfall"] = [
        {**row, "step": f"{text}{k}", "to": row["to"] and f"{a}, {b}", "note": text}
        for k, (row, text) in enumerate(zip(tables["waterfall"], EVIL, strict=False))
    ]
    tables["waterfall"].insert(0, {"step": "+EVIL()", "from": "interest", "pay": "@EVIL()", "to": "", "note": EVIL[7]})
    tables["costs"] = [{"cost": "@EVIL()", "basis": "fixed", "amount": 120, "payee": '=HYPERLINK("http://EVIL")'}]
    items = ("residual", b, a)
    tables["yields"] = [
        {
            **row,
            "item": item,
            "low": 0.0,
            "high": 0.01,
            "source": EVIL[k],
            "reason": EVIL[k + 3],
            "approved_by": EVIL[k + 6],
        }
        for k, (row, item) in enumerate(zip(tables["yields"], items, strict=True))
    ]
    for k, row in enumerate(tables["loans"]):
        row |= {"loan_id": f"{EVIL[k]}{k}", "curve": "=EVIL()", "=EVIL()": "=EVIL()"}
    tables["curves"] = [{**tables["curves"][0], "curve": "=EVIL()", "provider": EVIL[9]}]
    return tables


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("texts") / "=EVIL()"
    for trust in TRUSTS:
        write_folder(folder, trust, MONTH, evil_tables())
    return folder


@pytest.fixture(scope="module", params=["book.xlsx", "book.xlsm"])
def book(request: pytest.FixtureRequest, data: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    valued = value_month(read_month(data, MONTH))
    path: Path = tmp_path_factory.mktemp("books") / request.param
    with handles.memory_only():
        return write_book(valued, roll_month(valued, data), path)


def cells_with(path: Path, text: str) -> list[Any]:
    loaded = openpyxl.load_workbook(path, rich_text=False)
    return [cell for sheet in loaded for row in sheet.iter_rows() for cell in row if text in str(cell.value)]


def test_no_text_of_a_file_is_part_of_a_formula(book: Path) -> None:
    """In formulas such words stand in quotation marks alone, or in the name of a sheet or of a range of the book."""
    loaded = openpyxl.load_workbook(book)
    sheets, names = set(loaded.sheetnames), set(loaded.defined_names)
    texts = 0
    for sheet in loaded:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type != "f":
                    texts += "EVIL" in str(cell.value)
                    assert not str(cell.value).startswith("=") or cell.data_type == "s"
                    continue
                formula = cell.value if isinstance(cell.value, str) else cell.value.text
                for token in Tokenizer(formula).items:
                    if "EVIL" in token.value and token.subtype != "TEXT":
                        assert token.subtype == "RANGE", (sheet.title, cell.coordinate, formula)
                        home = token.value.rpartition("!")[0].strip("'").replace("''", "'")
                        assert home in sheets or token.value in names, (sheet.title, cell.coordinate, formula)
    assert texts > 200


def test_every_kind_of_such_text_arrives_whole(book: Path) -> None:
    shown = {str(cell.value) for cell in cells_with(book, "EVIL") if cell.data_type == "s"}
    for text in ("=EVIL()A", '"&EVIL()&"', "@EVIL()", "=cmd|'/c EVIL'!A0", '=HYPERLINK("http://EVIL")', "=EVIL()"):
        assert text in shown


def test_nothing_in_the_book_leads_out_of_it(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        names = parts.namelist()
        relations = b"".join(parts.read(name) for name in names if name.endswith(".rels"))
        sheets = b"".join(parts.read(name) for name in names if "worksheets/sheet" in name)
    assert b'TargetMode="External"' not in relations
    assert not any("externalLink" in name or "connections" in name or "queryTable" in name for name in names)
    assert b"ddeLink" not in sheets
    assert b"oleObject" not in sheets
    assert b"<hyperlink " not in sheets


def test_links_lead_to_places_of_the_book(book: Path) -> None:
    """The sheet is named in a text that is part of the formula, so that the link can lead nowhere else."""
    formulas = {cell.value for cell in cells_with(book, "HYPERLINK(") if cell.data_type == "f"}
    assert len(formulas) > len(TRUSTS)
    for formula in formulas:
        tokens = Tokenizer(formula).items
        for token, following in pairwise(tokens):
            if token.value.upper() == "HYPERLINK(":
                assert following.subtype == "TEXT", formula
                assert following.value.startswith("\"#'"), formula


def test_the_book_is_as_right_as_any_other(book: Path) -> None:
    assert recalculate(book).errors() == []


def test_macros_are_ours_or_none(book: Path) -> None:
    with zipfile.ZipFile(book) as parts:
        macros = [parts.read(name) for name in parts.namelist() if name.endswith("vbaProject.bin")]
    assert len(macros) == (1 if book.suffix == ".xlsm" else 0)
    assert all(b"EVIL" not in macro for macro in macros)


@pytest.mark.parametrize("text", [*EVIL, "=1+1", "..", "../x", "a:b:c", "x" * 500, "\u202eabc", "é€", ""])
def test_a_handle_is_made_of_harmless_letters(text: str) -> None:
    handle = str(one(call("XLFV_TABLE", [["a"], [1.0]], text or None)))
    assert re.fullmatch(r"table:[A-Za-z0-9._-]{1,64}:[0-9a-f]{12}", handle), handle
    assert handles.parse(handle) is not None


@pytest.mark.parametrize("text", EVIL)
def test_a_reason_begins_with_the_function_and_quotes_the_text(text: str) -> None:
    for name, args in (
        ("XLFV_SMM", (text,)), ("XLFV_TABLE", (text,)), ("XLFV_PV", ([["month", "cash"], [1.0, text]], 0.1)),
        ("XLFV_TRUST_SUMMARY", (text,)), ("XLFV_VECTOR", (text, 1.0)),
    ):  # fmt: skip
        cell = one(call(name, *args))
        assert cell.reason.startswith(f"{name}: ")
        assert one(call("XLFV_WHY", [[cell]])) == cell.reason
    assert not str(one(call("XLFV_WHY", text))).startswith(("=", "+", "-", "@"))
    assert fails(text, 1.0, code="#NAME?").startswith("there is no function")


@pytest.mark.parametrize("text", EVIL)
def test_a_text_comes_out_of_a_table_as_it_went_in(text: str) -> None:
    steps = [["step", "from", "pay", "to"], ["1", "interest", "interest", text]]
    table = one(call("XLFV_TABLE", steps, "steps"))
    kept = handles.find(str(table), "table").table
    assert kept.columns["to"] == [text]
    assert mark(text) == text


def test_a_text_cannot_pose_as_a_word_of_the_protocol() -> None:
    for word in ("ERR2042", "WAIT7 reading", "BADall is well", "AREAS", "GONE"):
        assert mark(SIGN + word) == " " + word


def test_a_key_of_the_recalculation_cannot_be_forged() -> None:
    target = io.BytesIO()
    book = openpyxl.Workbook()
    for row, text in enumerate(
        ("xlfv-site:0", "xlfv-site:99", "xlfv-site:x", "xlfv-site:-1", "xlfv-site:" + "9" * 5000), 1
    ):
        book.active.cell(row, 1, text)
        book.active.cell(row, 2, f"=XLFV_SMM(A{row})")
        book.active.cell(row, 3, f"=XLFV_WHY(B{row})")
    book.save(target)
    found = recalculate(target.getvalue())
    for row in range(1, 6):
        assert found.value("Sheet", row, 2) == "#VALUE!"
        assert "xlfv-site:" in str(found.value("Sheet", row, 3))


def shown_by(text: str, width: int = 100) -> str:
    """What a terminal is sent for a text of a file."""
    console = Console(
        file=io.StringIO(), force_terminal=True, width=width, color_system="truecolor", legacy_windows=False
    )
    console.print(plainly(text), highlight=False, soft_wrap=True, end="")
    return console.file.getvalue()  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "text",
    ["[bold]x[/bold]", "[link=http://evil]x[/link]", "[/]", "[red", "x\\", "\\[bold]x", "[@click=app.quit]x[/]", ":warning:x",
     "x\x1b[2J", "\x1b]8;;http://evil\x07x\x1b]8;;\x07", "\x9b31mx", "x\rNothing was refused", "x\x08\x08\x08", "\u202ex", "x\x00"],
)  # fmt: skip
def test_a_text_is_shown_and_never_obeyed(text: str) -> None:
    sent = shown_by(text)
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u202a-\u202e]", sent), repr(sent)
    assert sent.replace("\\x1b", "\x1b").startswith(text[:1]) or text[0] in "\x1b\x9b\u202e:"


def test_the_report_of_a_month_shows_names_and_notices_as_they_are(data: Path) -> None:
    valued = value_month(read_month(data, MONTH))
    console = Console(
        file=io.StringIO(), force_terminal=True, width=200, color_system="truecolor", legacy_windows=False
    )
    report.show(valued, None, console)
    sent = console.file.getvalue()  # type: ignore[attr-defined]
    plain = re.sub(r"\x1b\[[0-9;]*m", "", sent)  # the colours
    assert "note [bold]EVIL: " in plain
    assert "[bold]EVIL" in plain.partition("note ")[0], "the head of a column"
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]", plain)


def test_the_command_line_shows_faults_as_they_are(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tables = small_tables()
    tables["loans"][0]["rate"] = "\x1b[2J[bold]6[/bold]\r"
    write_folder(tmp_path, "[red]T", MONTH, tables)
    assert cli.main(["refresh", str(tmp_path / "b.xlsx"), "--month", MONTH, "--data", str(tmp_path)]) == 1
    told = capsys.readouterr().err
    assert r"\x1b[2J[bold]6[/bold]" in told
    assert "[red]T/2009-12" in told
    assert "\x1b" not in told
