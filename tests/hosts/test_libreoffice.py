"""LibreOffice Calc, a second spreadsheet application, recalculates our workbooks with the functions as an add-in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.excel.example_book import lay_book
from tests.excel.golden import GOLDEN
from tests.excel.golden_book import ABOUT, CALLS, WHYS, about_area, area, golden_workbook, tops
from tests.hosts import answers, matrix
from tests.hosts.answers import core
from tests.hosts.libreoffice.prepare import prepare
from tests.hosts.libreoffice.session import Sessions
from xlfv.excel.codec import cell_name

pytestmark = pytest.mark.standin
WAYS = 3  # of asking why: by reference, by a written address, by an address put together


@pytest.fixture(scope="module")
def golden(libreoffice: Sessions) -> dict[str, Any]:
    """What Calc makes of the golden workbook."""
    lay_book(libreoffice.folder)
    book = prepare(golden_workbook(), libreoffice.folder / "golden.xlsx")
    whys = [f"{cell_name(top + 1, WHYS + 1)}:{cell_name(top + 1, WHYS + WAYS)}" for top in tops()[: len(GOLDEN)]]
    areas = [*((CALLS, area(k)) for k in range(len(GOLDEN))), *((CALLS, why) for why in whys), (ABOUT, about_area())]
    read = [plain(grid) for grid in libreoffice.run("grids", book=str(book), areas=areas)]
    return {"grids": read[: len(GOLDEN)], "whys": [grid[0] for grid in read[len(GOLDEN) : -1]], "about": read[-1]}


def plain(grid: list[list[Any]]) -> list[list[Any]]:
    """A grid with its errors as their codes."""
    return [[cell["error"] if isinstance(cell, dict) else cell for cell in row] for row in grid]


def test_calc_answers_as_a_direct_call_does(golden: dict[str, Any]) -> None:
    calc = answers.write(
        "libreoffice", golden["grids"], whys=[why[1] for why in golden["whys"]], about=golden["about"]
    )  # fmt: skip
    column = matrix.compare(answers.of_direct_calls(), calc)
    assert column.faults == []
    assert matrix.unused({"libreoffice": column}) == []


def test_calc_is_told_why_in_each_way_of_asking(golden: dict[str, Any]) -> None:
    for k, (whys, grid) in enumerate(zip(golden["whys"], golden["grids"], strict=True)):
        if grid[0][0] == "#VALUE!":  # an error of ours
            assert len(set(map(core, whys))) == 1, (GOLDEN[k], whys)
    smm = golden["whys"][1]
    assert all("rates are decimals" in why for why in smm), smm
    assert "The data" in smm[0]


def test_the_function_wizard_shows_every_function_with_its_help(libreoffice: Sessions) -> None:
    from xlfv.excel import registry

    shown = libreoffice.run("wizard")
    for f in registry.functions().values():
        what, arguments = shown[f.name]
        assert what == f.what
        assert arguments[:-1] == [[arg.name, arg.help] for arg in f.args]


def test_packages_of_another_python_are_refused_aloud(libreoffice: Sessions, tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match=r"packages are those of Python 3\.99, LibreOffice runs 3\.\d+"):
        Sessions(tmp_path, (3, 99)).run("wizard")
