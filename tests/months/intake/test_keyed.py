"""What is keyed into a sheet is staged as a file is, with its cells as source, against the month that the book holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.months.intake.small import BEFORE, MONTH, ONE, Kept, small_folder, staged
from xlfv.months.intake.keyed import cells_hash, keyed
from xlfv.tables import Place, Refused, Table, from_grid
from xlfv.tables.files import read_file

SOURCE = "valuation.xlsx!Yields!A1:P10"


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Kept:
    folder = small_folder(tmp_path_factory.mktemp("sound") / "data", BEFORE, MONTH)
    kept = Kept(staged(folder, month=BEFORE))
    kept.take(staged(folder, kept))
    kept.folder = folder  # type: ignore[attr-defined]
    return kept


def yields(known: Kept, **cells: object) -> Table:
    """The month's yields as a sheet holds them, the first row's cells changed."""
    folder: Path = known.folder  # type: ignore[attr-defined]
    table = read_file(folder / ONE / MONTH / "yields.csv", "yields")
    columns = {name: [_typed(cell) for cell in own] for name, own in table.columns.items()}
    for name, value in cells.items():
        columns[name][0] = value
    return replace(table, columns=columns, text=False, place=Place("Yields", kind="sheet"))


def _typed(cell: str | None) -> object:
    try:
        return None if cell is None else float(cell)
    except ValueError:
        return cell


def test_the_same_cells_need_no_word(known: Kept) -> None:
    found = keyed(MONTH, ONE, "yields", yields(known), SOURCE, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    (piece,) = found.pieces
    assert (piece.trust, piece.table, piece.source) == (ONE, "yields", SOURCE)


def test_a_changed_yield_is_a_correction_with_its_cell(known: Kept) -> None:
    found = keyed(MONTH, ONE, "yields", yields(known, **{"yield": 0.0901}), SOURCE, known)
    assert not found.errors
    (one,) = found.warnings
    assert "1 rows with 1 cells differ; the first: yield" in one.fault.what
    assert "Yields!C2" in one.fault.what


@pytest.mark.parametrize(
    ("cells", "said", "where"),
    [
        ({"yield": 8.5}, "yield", "Yields!C2"),
        ({"item": "Z-9"}, "Z-9", "Yields!B2"),
        ({"yield": "=1+1"}, "begins like a formula", "Yields!C2"),
    ],
)
def test_a_bad_cell_is_named(known: Kept, cells: dict[str, object], said: str, where: str) -> None:
    found = keyed(MONTH, ONE, "yields", yields(known, **cells), SOURCE, known)
    assert any(said in one.fault.what and where in one.fault.where for one in found.errors), found.errors


def test_a_closed_month_a_trust_not_loaded_and_a_table_not_kept_are_refused(known: Kept) -> None:
    closed = Kept()
    closed.all, closed.cells, closed.closed = known.all, known.cells, {MONTH}
    assert keyed(MONTH, ONE, "yields", yields(known), SOURCE, closed).errors[0].fault.what == f"{MONTH} is locked"
    found = keyed(MONTH, "OTHER", "yields", yields(known), SOURCE, known)
    assert "the book has no OTHER of 2009-12" in found.errors[0].fault.what
    with pytest.raises(Refused, match="the book keeps no table notes"):
        keyed(MONTH, ONE, "notes", yields(known), SOURCE, known)


def test_the_hash_is_of_the_cells() -> None:
    one = from_grid("yields", [["item", "yield"], ["A-1", 0.05], ["A-2", 6.0]], Place("Yields", kind="sheet"))
    other = from_grid("yields", [["item", "yield"], ["A-1", 0.05], ["A-2", 6]], Place("Other", 7, 3, kind="sheet"))
    assert cells_hash(one) == cells_hash(other)
    assert cells_hash(one) != cells_hash(replace(one, columns={**one.columns, "yield": [0.05, 6.01]}))
