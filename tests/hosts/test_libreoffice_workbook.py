"""LibreOffice Calc opens the shipped workbooks, recalculates them with the add-in, and agrees with the values saved in them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.hosts.libreoffice import addin, cached
from tests.hosts.libreoffice.prepare import prepare
from tests.hosts.libreoffice.session import Sessions

pytestmark = pytest.mark.standin
BOOKS = ("valuation.xlsm",)
FEWEST = 15_000  # formula cells: fewer were not the whole book


@pytest.mark.parametrize("name", BOOKS)
def test_every_formula_cell_of_a_shipped_workbook_recalculates_to_its_saved_value(
    libreoffice: Sessions, tmp_path: Path, name: str
) -> None:
    book = addin.ROOT / "workbooks" / name
    before = cached.saved(book)
    after = cached.recalculated(libreoffice.run("formulas", book=str(prepare(book, tmp_path / name))))
    assert len(before) >= FEWEST
    assert set(after) == set(before)
    wrong = cached.differences(before, after, cached.labels(book))
    exact = sum(after[key] == value for key, value in before.items())
    print(f"{name}: {len(before):,} formula cells compared, {exact:,} equal to the last bit, {len(wrong)} disagree")
    assert wrong == []
