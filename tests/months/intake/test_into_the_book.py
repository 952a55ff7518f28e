"""From files into the book and out again: staged, accepted, committed; the same again is nothing new."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.months.intake.small import BEFORE, MONTH, ONE, SAMPLE, TWO, edit, put, small_folder, staged, to_sender
from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.months import read_month
from xlfv.months.intake.keyed import keyed
from xlfv.months.intake.stage import accept
from xlfv.tables import Refused
from xlfv.tables.files import read_file


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder and a book that holds its month before."""
    home = tmp_path_factory.mktemp("filled")
    folder = small_folder(home / "data", BEFORE, MONTH)
    create(home / "kept.xlfv", "ann")
    _load(home / "kept.xlfv", folder, BEFORE)
    return home


@pytest.fixture
def home(filled: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(filled, tmp_path / "home"))


def _load(book: Path, folder: Path, month: str = MONTH, why: str = "", **reasons: str) -> int:
    with reading(book) as known:
        found = staged(folder, known, month)
    accepted = accept(found, reasons)
    with writing(book, "ann") as kept:
        load = kept.commit(month, found.pieces, why=why, accepted=accepted)
        return sum(1 for one in kept.versions(month) if one.load == load.id)


def test_a_month_staged_against_the_book_goes_in_and_comes_out_the_same(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    assert _load(book, folder) > 30
    out, files = read_month(book, MONTH), staged(folder).month_read
    assert files is not None
    assert {n: t.trust.digest for n, t in out.trusts.items()} == {n: t.trust.digest for n, t in files.trusts.items()}
    assert {n: t.curves.digest for n, t in out.trusts.items()} == {n: t.curves.digest for n, t in files.trusts.items()}


def test_the_same_files_again_are_nothing_new(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    _load(book, folder)
    with reading(book) as known:
        found = staged(folder, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    assert sum("is already taken" in one.fault.what for one in found.notes) == len(found.pieces)
    with reading(book) as known:
        held = known.versions(MONTH)
    _load(book, folder)
    with reading(book) as known:
        assert known.versions(MONTH) == held


def test_the_same_month_from_a_sender_is_nothing_new(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    _load(book, folder)
    to_sender(folder)
    with reading(book) as known:
        held = known.versions(MONTH)
        found = staged(folder, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    assert _load(book, folder) == 0
    with reading(book) as known:
        assert known.versions(MONTH) == held


def test_a_mapping_that_was_mended_is_a_correction_though_the_file_is_the_same(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    to_sender(folder)
    _load(book, folder)
    mapping = folder / "mappings" / "alpha.toml"
    text = mapping.read_text(encoding="utf-8")
    mapping.write_text(text.replace('"90" = "d90"', '"90" = "foreclosure"'), encoding="utf-8")
    with reading(book) as known:
        found = staged(folder, known)
    assert any(
        "rows with" in one.fault.what and "status d90 -> foreclosure" in one.fault.what for one in found.warnings
    )


def test_a_correction_goes_in_by_a_word_and_leaves_the_first(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    _load(book, folder)
    edit(folder / ONE / MONTH / "bonds.csv", put(2, "interest_shortfall", "12.5"))
    with pytest.raises(Refused, match="a warning without a word"):
        _load(book, folder)
    assert _load(book, folder, why="the trustee's correction", all="seen") == 1
    with reading(book) as known:
        (bonds,) = [one for one in known.versions(MONTH) if (one.trust, one.table) == (ONE, "bonds")]
        assert bonds.number == 2
        assert known.table(bonds).columns["interest_shortfall"][1] in (12.5, "12.5")
        (load,) = [one for one in known.loads(MONTH) if one.id == bonds.load]
        assert list(load.accepted.values()) == ["seen"]


def test_what_is_refused_leaves_the_book_as_it_was(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    edit(folder / TWO / MONTH / "loans.csv", put(3, "balance", "-5"))
    before = book.read_bytes()
    with pytest.raises(Refused, match="balance is -5"):
        _load(book, folder)
    assert book.read_bytes() == before


def test_last_months_files_and_a_closed_month_are_told_by_the_book(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    tape = folder / ONE / MONTH / "loans.csv"
    tape.write_bytes((folder / ONE / BEFORE / "loans.csv").read_bytes())
    with reading(book) as known:
        assert any("the same file as that of 2009-11" in one.fault.what for one in staged(folder, known).errors)
    with writing(book, "ann") as kept:
        kept.lock(BEFORE)
    with reading(book) as known:
        assert f"{BEFORE} is locked" in [one.fault.what for one in staged(folder, known, BEFORE).errors]


def test_a_keyed_table_goes_in_with_its_cells_as_source(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    _load(book, folder)
    source = "valuation.xlsx!Yields!A1:P10"
    edit(folder / ONE / MONTH / "yields.csv", put(1, "chosen_by", "committee of January"))
    table = read_file(folder / ONE / MONTH / "yields.csv", "yields")
    with reading(book) as known:
        found = keyed(MONTH, ONE, "yields", table, source, known)
    accepted = accept(found, {"all": "typed in"})
    with writing(book, "ann") as kept:
        kept.commit(MONTH, found.pieces, why="typed in", accepted=accepted)
    with reading(book) as known:
        (held,) = [one for one in known.versions(MONTH) if (one.trust, one.table) == (ONE, "yields")]
        assert (held.number, held.source) == (2, source)
        again = keyed(MONTH, ONE, "yields", table, source, known)
        assert not again.errors
        assert not again.warnings


def test_a_warning_taken_on_is_not_asked_again_and_another_is(home: Path) -> None:
    book, folder = home / "kept.xlfv", home / "data"
    edit(folder / ONE / MONTH / "loans.csv", put(4, "fico", "72"))
    _load(book, folder, all="a score of 72 is what the servicer has")
    with reading(book) as known:
        found = staged(folder, known)
    assert not found.warnings
    assert any(one.fault.todo == "accepted before: a score of 72 is what the servicer has" for one in found.notes)
    edit(folder / ONE / MONTH / "loans.csv", put(5, "fico", "73"))
    with reading(book) as known:
        asked = [one.fault.what for one in staged(folder, known).warnings]
    assert any("fico is 73" in what for what in asked)
    assert not any("fico is 72" in what for what in asked)


def test_the_samples_month_loaded_twice_is_nothing_new(tmp_path: Path) -> None:
    book = tmp_path / "kept.xlfv"
    create(book, "ann")
    _load(book, SAMPLE, all="seen")
    with reading(book) as known:
        found = staged(SAMPLE, known)
    assert [str(one.fault) for one in (*found.errors, *found.warnings)] == []
    assert _load(book, SAMPLE) == 0
