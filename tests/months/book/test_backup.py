"""A backup is a verified copy; a restored book is that copy, and what it no longer holds is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.months.book.small import MONTH, made, pieces
from xlfv.months.book.backup import backup, backups, restore
from xlfv.months.book.file import reading, writing
from xlfv.months.book.verify import verify
from xlfv.tables import Refused


@pytest.fixture
def book(tmp_path: Path) -> Path:
    return made(tmp_path / "b.duckdb")


def test_a_backup_holds_what_the_book_held_and_is_named_for_its_last_line(book: Path, tmp_path: Path) -> None:
    kept = backup(book)
    assert kept.parent == tmp_path
    assert verify(kept) == verify(book)
    head = verify(book).head
    assert kept.name == f"b.backup-000004-{head[:12]}.duckdb"
    elsewhere = tmp_path / "elsewhere"
    with pytest.raises(Refused, match="no folder"):
        backup(book, elsewhere)
    elsewhere.mkdir()
    assert backups(book, elsewhere) == []
    assert backups(book, elsewhere) == [] != [backup(book, elsewhere)]
    assert [one.name for one in backups(book, elsewhere)] == [kept.name]
    assert not list(tmp_path.rglob("*.part*"))


def test_a_backup_holds_what_was_committed_and_not_yet_written_into_the_file(book: Path) -> None:
    import subprocess
    import sys

    code = (
        "import os,sys; from xlfv.months.book.file import writing\n"
        "with writing(sys.argv[1], 'bob') as b:\n b.lock('2009-12', 'x'); os._exit(1)"
    )
    subprocess.run([sys.executable, "-c", code, str(book)], check=False)
    assert book.with_name(book.name + ".wal").exists()
    kept = backup(book)
    assert verify(kept).lines == 5
    with reading(kept) as reader:
        assert reader.locked(MONTH)


def test_a_book_that_is_not_sound_makes_no_backup(book: Path, tmp_path: Path) -> None:
    import duckdb

    with duckdb.connect(str(book)) as plain:
        plain.execute("UPDATE loans SET balance = 1")
    with pytest.raises(Refused, match="not those that were taken in"):
        backup(book)
    assert backups(book) == []
    assert not list(tmp_path.rglob("*.part*"))


def test_a_restored_book_is_the_backup_and_what_is_lost_is_said(book: Path) -> None:
    kept = backup(book)
    with writing(book, "ann") as writer:
        writer.commit(MONTH, pieces(2), why="again")
        writer.commit("2010-01", pieces(3))
        writer.lock("2010-01")
    lost = verify(book)
    done = restore(book, user="bob")
    assert "is again what b.backup-000004" in str(done)
    assert done.backup == kept
    assert [line.act for line in done.lost] == ["load", "load", "lock"]
    assert done.words == "3 lines of the log are lost, 2 loads among them, of the months 2009-12, 2010-01"
    assert done.aside is not None
    assert verify(done.aside) == lost, "what stood there is kept"
    with reading(book) as reader:
        assert reader.months() == [MONTH]
        assert [line.act for line in reader.lines()] == ["create", "load", "run", "sign", "restore"]
        assert reader.lines()[-1].user == "bob"
    assert not verify(book).faults


def test_a_book_restored_to_an_earlier_backup_is_sound_beside_later_ones(book: Path) -> None:
    first = backup(book)
    with writing(book, "ann") as writer:
        writer.lock(MONTH)
        writer.unlock(MONTH, "x")
    later = backup(book)
    assert backups(book) == [later, first]
    restore(book, first)
    assert not verify(book).faults


def test_a_damaged_book_says_which_backup_restores_it(book: Path) -> None:
    kept = backup(book)
    with writing(book, "ann") as writer:
        writer.lock(MONTH)
    whole = book.read_bytes()
    book.write_bytes(whole[: len(whole) // 3])
    with pytest.raises(Refused) as refused, reading(book) as reader:
        reader.table(reader.versions(MONTH)[0])
    assert kept.name in str(refused.value)
    assert "line 4" in str(refused.value)
    done = restore(book)
    assert not done.readable
    assert "after line 4" in done.words
    assert done.aside is not None
    assert done.aside.read_bytes() == whole[: len(whole) // 3]
    assert not verify(book).faults


def test_the_rest_of_a_damaged_book_is_never_taken_into_the_restored_one(book: Path) -> None:
    kept = backup(book)
    leftover = book.with_name(book.name + ".wal")
    leftover.write_bytes(b"not a log of the database" * 100)
    done = restore(book, kept)
    assert not leftover.exists()
    assert done.aside is not None
    assert done.aside.with_name(done.aside.name + ".wal").exists()
    assert not verify(book).faults


def test_a_backup_that_is_not_sound_restores_nothing(book: Path) -> None:
    kept = backup(book)
    before = book.read_bytes()
    data = bytearray(kept.read_bytes())
    data[len(data) // 2 :] = bytes(len(data) - len(data) // 2)
    kept.write_bytes(data)
    with pytest.raises(Refused):
        restore(book, kept)
    assert book.read_bytes() == before
    with pytest.raises(Refused, match="no backup"):
        restore(book.with_name("other.duckdb"))


def test_a_vanished_book_says_what_restores_it(book: Path) -> None:
    kept = backup(book)
    book.unlink()
    with pytest.raises(Refused, match=kept.name), reading(book):
        pass
    assert restore(book).aside is None
    assert not verify(book).faults
