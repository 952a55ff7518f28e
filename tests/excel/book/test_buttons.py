"""The book with buttons: its form, its VBA project, and what its Layout notes of it."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.excel.book.conftest import MONTH, SAMPLE, Written, small_tables, write_folder
from xlfv import cli
from xlfv.excel.book import layout, palette, write_book
from xlfv.excel.book.areas import Area, area_name, box, parse_area, rectangles, spots_of
from xlfv.excel.book.buttons import BUTTONS, macro_name, project_file
from xlfv.excel.book.frame import Book, Buttons
from xlfv.excel.book.styles import Style
from xlfv.excel.book.write import calculate, draft
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.months.folder import read_month
from xlfv.months.valued import roll_month, value_month


@pytest.fixture(scope="session")
def buttons(sample: Written, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_book(sample.valued, sample.rolled, tmp_path_factory.mktemp("buttons") / "book.xlsm")


@pytest.fixture(scope="session")
def drafted(sample: Written) -> Book:
    return draft(sample.valued, sample.rolled, str(SAMPLE), buttons=Buttons())


def part(path: Path, name: str) -> str:
    with zipfile.ZipFile(path) as parts:
        return parts.read(name).decode()


def test_it_has_two_more_sheets_and_is_macro_enabled(buttons: Path, sample: Written) -> None:
    book = openpyxl.load_workbook(buttons, keep_vba=True)
    assert book.sheetnames == [*sample.formulas.sheetnames, "Data check", "Layout"]
    assert "macroEnabled" in part(buttons, "[Content_Types].xml")
    assert {sheet.sheet_state for sheet in book} == {"visible"}
    with zipfile.ZipFile(buttons) as parts:
        assert parts.read("xl/vbaProject.bin") == project_file().read_bytes()
    assert 'codeName="ThisWorkbook"' in part(buttons, "xl/workbook.xml")
    assert 'codeName="Sheet1"' in part(buttons, "xl/worksheets/sheet1.xml")


def test_every_button_calls_a_macro_that_the_project_has(buttons: Path) -> None:
    drawn = part(buttons, "xl/drawings/vmlDrawing1.vml")
    called = re.findall(r"<x:FmlaMacro>\[0\]!(\w+)</x:FmlaMacro>", drawn)
    assert called == [macro_name(name) for name in BUTTONS]
    assert called == [
        "XlfvLoadMonth",
        "XlfvCheckData",
        "XlfvRefresh",
        "XlfvRollForward",
        "XlfvLockMonth",
        "XlfvExplainCell",
    ]
    sources = "\n".join(path.read_text() for path in (project_file().parents[0] / "vba" / "buttons").glob("*.bas"))
    for macro in called:
        assert f"Sub {macro}()" in sources
    for caption, _ in BUTTONS.values():
        assert caption in drawn


def test_equal_inputs_give_equal_bytes(buttons: Path, sample: Written, tmp_path: Path) -> None:
    again = write_book(sample.valued, sample.rolled, tmp_path / "book.xlsm")
    assert again.read_bytes() == buttons.read_bytes()


def test_it_recalculates_to_what_it_shows(buttons: Path) -> None:
    fresh = recalculate(buttons)
    assert fresh.errors() == []
    shown = openpyxl.load_workbook(buttons, data_only=True)
    control = shown["Control"]
    assert control["A5"].value == 0
    layouts = shown["Layout"]
    rows = [
        row
        for row in layouts.iter_rows(min_row=12, max_row=12 + len(shown.sheetnames))
        if isinstance(row[1].value, (int, float))
    ]
    assert len(rows) >= 15
    for row in rows:
        assert fresh.value("Layout", row[1].row, 2) == row[1].value
        assert shown[row[0].value].max_row <= row[1].value


def test_a_relative_data_folder_starts_at_the_workbook(tmp_path: Path) -> None:
    (tmp_path / "sample").symlink_to(SAMPLE)
    valued = value_month(read_month(tmp_path / "sample", MONTH))
    path = write_book(valued, None, tmp_path / "book.xlsm", data_folder="sample")
    control = openpyxl.load_workbook(path, data_only=True)["Control"]
    assert control["A5"].value == 0
    assert str(control["C23"].value).startswith("trust:")
    with zipfile.ZipFile(path) as parts:
        for name in parts.namelist():
            assert str(tmp_path).encode() not in parts.read(name), name


def test_refresh_writes_one_and_replaces_its_own_draft_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(tmp_path / "data", "T", MONTH, small_tables())
    path = tmp_path / "mine.XLSM"
    order = ["refresh", str(path), "--month", MONTH, "--data", str(tmp_path / "data")]
    assert cli.main(order) == 0
    first = path.read_bytes()
    assert "xl/vbaProject.bin" in zipfile.ZipFile(path).namelist()
    assert cli.main(order) == 0
    assert path.read_bytes() == first
    book = openpyxl.load_workbook(path, keep_vba=True)
    status = book["Control"][book.defined_names["status"].attr_text.partition("!")[2].replace("$", "")]
    status.value = "locked"
    book.save(path)
    locked = path.read_bytes()
    assert cli.main(order) == 1
    assert "mine.XLSM is locked" in capsys.readouterr().err
    assert path.read_bytes() == locked
    status.value = "draft"
    book.create_sheet("My notes")
    book.save(path)
    mine = path.read_bytes()
    assert cli.main(order) == 1
    assert "sheets of your own, which would be lost: My notes" in " ".join(capsys.readouterr().err.split())
    assert path.read_bytes() == mine


# What Layout notes


def test_its_record_reads_back_whole(buttons: Path, sample: Written) -> None:
    book = openpyxl.load_workbook(buttons)
    sheet = book["Layout"]

    def cells(name: str) -> list[list[str]]:
        area = book.defined_names[name].attr_text.rpartition("!")[2]
        return [["" if cell.value is None else str(cell.value) for cell in row] for row in sheet[area.replace("$", "")]]

    facts = [row[0] for row in cells(layout.FACTS)]
    rows = cells(layout.RECORD)
    record = layout.read_record(facts, rows, [row[1] for row in rows])
    assert record is not None
    calculated = calculate(draft(sample.valued, sample.rolled, str(SAMPLE), buttons=Buttons()).content(), "book.xlsm")
    whole = draft(sample.valued, sample.rolled, str(SAMPLE), calculated, buttons=Buttons())
    assert record.frame == whole.frame
    assert record.drawn == whole.drawn
    assert set(record.names) | {layout.RECORD} == set(whole.names)
    for name, page in whole.pages.items():
        wanted = layout.record_of(page)
        assert record.sheets[name].looks == wanted.looks, name
        assert record.sheets[name].widths == wanted.widths
        if name != "Layout":
            assert record.sheets[name].heights == wanted.heights


def test_no_cell_of_the_file_is_left_out_of_the_record(buttons: Path, sample: Written) -> None:
    calculated = calculate(draft(sample.valued, sample.rolled, str(SAMPLE), buttons=Buttons()).content(), "book.xlsm")
    pages = draft(sample.valued, sample.rolled, str(SAMPLE), calculated, buttons=Buttons()).pages
    counted = 0
    for sheet in openpyxl.load_workbook(buttons):
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None or cell.has_style:
                    assert (cell.row - 1, cell.column - 1) in pages[sheet.title].looks, (sheet.title, cell.coordinate)
                    counted += 1
    assert counted > 15_000


def test_every_look_used_has_a_number_of_its_own(drafted: Book) -> None:
    used = {style for page in drafted.pages.values() for style in page.looks.values()}
    assert len(used) > 50
    for style in used:
        assert palette._key(palette.PALETTE[palette.numbered(style)]) == palette._key(style), style


def test_a_look_that_is_not_there_is_drawn_as_the_nearest() -> None:
    odd = Style("rate", role="input", bold=True, top=True, indent=3)
    near = palette.PALETTE[palette.numbered(odd)]
    assert (near.role, near.number) == ("input", "rate")
    assert palette.numbered(Style("years", role="own")) == palette.numbered(Style("years"))


@pytest.mark.parametrize("text", ["nonsense", "0 A1:", "999 A1", "0 A1; B2", "x A1"])
def test_other_texts_are_no_record(text: str) -> None:
    assert layout.read_looks(text) is None


def test_heights_and_widths_read_back() -> None:
    heights = {6: 24.5, 8: 15.9, 9: 15.9, 10: 15.9, 20: 98.25}
    assert layout.heights_text(heights) == "7:24.5 9-11:15.9 21:98.25"
    assert layout.read_heights(layout.heights_text(heights)) == heights
    assert layout.read_widths(layout.widths_text((26.0, 13.5))) == (26.0, 13.5)
    assert layout.read_heights("7") is None
    assert layout.read_widths("A=3") is None


@pytest.mark.parametrize(
    ("spots", "areas"),
    [
        ([(0, 0)], [(0, 0, 0, 0)]),
        ([(r, c) for r in range(3) for c in range(2)], [(0, 0, 2, 1)]),
        ([(0, 0), (0, 2), (1, 0), (1, 2)], [(0, 0, 1, 0), (0, 2, 1, 2)]),
        ([(0, 0), (1, 0), (1, 1), (2, 0)], [(0, 0, 0, 0), (1, 0, 1, 1), (2, 0, 2, 0)]),
        ([(0, 0), (2, 0)], [(0, 0, 0, 0), (2, 0, 2, 0)]),
        ([], []),
    ],
)
def test_cells_are_put_together_in_rectangles(spots: list[tuple[int, int]], areas: list[Area]) -> None:
    assert rectangles(spots) == areas
    assert sorted(spot for area in areas for spot in spots_of(area)) == sorted(spots)
    assert [parse_area(area_name(area)) for area in areas] == areas
    if spots:
        assert box(spots)[:2] == (0, 0)


# The frame: what is no cell


def _stripped(content: bytes) -> dict[str, Any]:
    """The parts of a file without cells, values, looks and names."""
    kept = {}
    with zipfile.ZipFile(BytesIO(content)) as parts:
        for name in parts.namelist():
            text = parts.read(name).decode("latin-1")
            if name.startswith("xl/worksheets/sheet"):
                for tag in ("sheetData", "cols", "oddFooter"):
                    text = re.sub(rf"<{tag}>.*</{tag}>", "", text, flags=re.DOTALL)
                text = re.sub(r"<(dimension|sheetFormatPr)\b[^>]*/>", "", text)
            elif name.startswith("xl/charts/"):
                text = re.sub(r"<c:(num|str)Cache>.*?</c:\1Cache>", "", text, flags=re.DOTALL)
            elif not name.startswith("xl/drawings/"):
                continue
            kept[name] = text
    return kept


def test_months_of_one_frame_are_alike_in_all_that_is_no_cell(drafted: Book) -> None:
    other = _drafted("2009-03")
    assert other.frame == drafted.frame
    one, two = _stripped(drafted.content()), _stripped(other.content())
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert sum(name.startswith("xl/charts/chart") for name in one) >= 6


def _drafted(month: str) -> Book:
    """The book of another month, rolled forward from the one before it."""
    valued = value_month(read_month(SAMPLE, month))
    return draft(valued, roll_month(valued, SAMPLE), str(SAMPLE), buttons=Buttons())


def test_a_month_without_one_before_has_the_frame_of_the_month_after(drafted: Book, sample: Written) -> None:
    assert draft(sample.valued, None, str(SAMPLE), buttons=Buttons()).frame == drafted.frame


def test_charts_draw_as_many_months_as_before(sample: Written) -> None:
    book = draft(sample.valued, sample.rolled, str(SAMPLE), buttons=Buttons(drawn=120))
    assert book.drawn == 120


def test_answers_of_a_book_know_their_errors(sample: Written) -> None:
    answers = calculate(draft(sample.valued, None, "/no/such", buttons=Buttons()).content(), "book.xlsm")
    assert isinstance(answers, Recalculated)
    assert "there is no file" in str(answers.value("Control", 23, 6))
