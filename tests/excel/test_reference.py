"""The reference page is current, and every example in it gives what it says."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path
from typing import Any

import pytest

from tests.excel.example_book import book_folder
from xlfv.excel import examples, handles, reference, registry
from xlfv.excel.hosts.headless import Recalculated, recalculate
from xlfv.excel.registry import Function
from xlfv.market.curves import COLUMNS
from xlfv.tables import ErrorCell
from xlfv.trust.terms import TERM_KINDS, TERM_MEANINGS
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.quotes import QUOTES
from xlfv.valuation.yield_ranges import RANGES
from xlfv.valuation.yields import YIELDS

ROOT = Path(__file__).resolve().parents[2]
FUNCTIONS = list(registry.functions().values())


@pytest.fixture(scope="module")
def workbook() -> Recalculated:
    handles.configure(None)
    return recalculate(examples.example_workbook(FUNCTIONS), book="examples.xlsx", folder=book_folder())


@pytest.mark.parametrize("f", FUNCTIONS, ids=lambda f: f.name)
def test_an_example_gives_what_is_written(f: Function, workbook: Recalculated) -> None:
    written = f.example.result
    rows, columns = (len(written), max(map(len, written))) if isinstance(written, list) else (1, 1)
    grid = [[workbook.value(examples.sheet_of(f), r, c) for c in range(1, columns + 1)] for r in range(1, rows + 1)]
    assert not examples.disagreement(written, grid)


def test_the_ranges_of_the_examples_are_good(workbook: Recalculated) -> None:
    bad = [(address, cell.reason) for address, cell in workbook.errors() if "range" in address]
    assert not bad


@pytest.mark.parametrize(
    ("written", "got", "agree"),
    [
        (1.0, 1.0, True), (0.005143, 0.0051430128, True), (0.005143, 0.0051441, False), (0.06, 0.0600001, False),
        (733.76, 733.7646, True), (733.76, 733.766, False), ("trust:...", "trust:x", True), ("trust:...", "table:x", False),
        ("a", "a", True), ("a", "b", False), (True, True, True), (True, 1.0, False), (1.0, True, False),
        (1.0, ErrorCell("#NUM!", "r"), False), ("#...", ErrorCell("#NUM!", "r"), False), (1.0, None, False),
        (ErrorCell("#NUM!"), ErrorCell("#NUM!"), True), ([[1.0], [2.0]], 1.0, False), (100000.0, 100000.0, True),
        (1255000.0, 1255001.0, False), (dt.date(2009, 12, 31), 40178.0, True), ("", None, True), ("", 0.0, False),
    ],
)  # fmt: skip
def test_agreement_is_to_the_digits_written(written: Any, got: Any, agree: bool) -> None:
    assert (examples.disagreement(written, [[got]]) == "") is agree


def test_the_page_is_current() -> None:
    page = (ROOT / "addin" / "FUNCTIONS.md").read_text(encoding="utf-8")
    assert page == reference.markdown(), "addin/FUNCTIONS.md is old: run  python -m addin.builder"


def test_the_builder_writes_that_page() -> None:
    from addin.builder.reference import PAGE

    assert PAGE == ROOT / "addin" / "FUNCTIONS.md"


def test_the_page_documents_every_column_of_every_table_and_its_links_lead_somewhere() -> None:
    page = reference.markdown()
    for name, schema in {**SCHEMAS, "yields": YIELDS, "quotes": QUOTES, "ranges": RANGES}.items():
        section = page.partition(f"\n### {name}\n")[2].partition("\n### ")[0]
        wanted = TERM_KINDS if name == "terms" else {column.name: column for column in schema.columns}
        for column in wanted:
            assert f"| `{column}` |" in section, (name, column)
    assert list(TERM_KINDS) == list(TERM_MEANINGS)
    curves = page.partition("\n### curves\n")[2].partition("\n### ")[0]
    assert all(f"| `{column}` |" in curves for column in COLUMNS)
    anchors = {
        re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in re.findall(r"^#+ (.*)$", page, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]*)\)", page)) <= anchors


def test_no_table_of_the_page_is_broken_by_a_cell() -> None:
    page = reference.markdown()
    for block in re.findall(r"(?:^\|.*\n)+", page, re.M):
        assert len({len(re.findall(r"(?<!\\)\|", line)) for line in block.splitlines()}) == 1, block


def test_the_page_says_everything_declared() -> None:
    page = reference.markdown()
    for f in FUNCTIONS:
        section = page.partition(f"### {f.name}\n")[2].partition("\n### ")[0]
        for words in (
            f.what,
            f.syntax,
            reference.source_words(f),
            f.example.formula,
            *[e.partition(": ")[2] for e in f.errors],
        ):
            assert words in section, (f.name, words)
        for arg in f.args:
            assert f"| `{arg.name}` |" in section
            assert arg.unit in section


def test_the_functions_sheet_has_a_row_for_each() -> None:
    rows = reference.rows()
    assert [len(row) for row in rows] == [len(reference.HEADERS)] * (len(FUNCTIONS) + 1)
    assert [row[1] for row in rows[1:]] == [f.syntax for f in FUNCTIONS]
    assert all(isinstance(cell, (str, float)) for row in rows for cell in row)
    assert not any(str(cell).startswith("=") for row in rows for cell in row)
