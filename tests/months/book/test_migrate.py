"""A book that an earlier layout wrote opens under this one, step by step, and the old file is kept."""

from __future__ import annotations

import multiprocessing
import random
import signal
import time
from pathlib import Path

import duckdb
import pytest

from tests.months.book.small import MONTH, pieces, signature
from xlfv.months.book import migrate
from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.layout import LAYOUT
from xlfv.months.book.verify import verify
from xlfv.tables import Refused

SCRIPT = Path(__file__).with_name("layout_1.sql")


def written_by_layout_1(path: Path) -> Path:
    """The book as the script, which never changes, makes it."""
    with duckdb.connect(str(path)) as plain:
        plain.execute(SCRIPT.read_text("utf-8"))
    return path


@pytest.fixture
def old(tmp_path: Path) -> Path:
    return written_by_layout_1(tmp_path / "b.duckdb")


def test_a_reader_is_told_that_the_book_is_of_an_earlier_layout(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(Refused, match=r"earlier xlfv \(layout 1, now 2\).*first act that writes"), reading(old):
        pass
    assert old.read_bytes() == before


def test_an_old_book_holds_after_migration_what_it_held_and_takes_what_is_new(old: Path) -> None:
    before = old.read_bytes()
    with writing(old, "carol") as book:
        assert [line.act for line in book.lines()] == ["create", "load", "load", "run", "lock", "migrate"]
        first, second = book.every_version("T-1", MONTH, "schedules")
        assert book.table(first).columns == {"schedule": ["SWAP"] * 2, "month": [1, 2], "amount": [48000000.0, None]}
        assert book.table(second).columns["amount"] == [48500000.25, None]
        assert book.run(1).results == {("T-1", "A-1", "value"): 0.1 + 0.2, ("", "total", "value"): 1e7 / 3}
        assert book.locked(MONTH)
        book.unlock(MONTH, "to sign")
        book.sign(signature())
        book.commit(MONTH, pieces())
    assert not verify(old).faults
    kept = old.with_name("b.layout-1.duckdb")
    assert kept.read_bytes() == before, "the old file, to the byte"
    fresh = old.with_name("fresh.duckdb")
    create(fresh)
    assert _tables(fresh) == {name: columns for name, columns in _tables(old).items() if name.startswith("book.")}


def _tables(path: Path) -> dict[str, list[tuple[str, str]]]:
    with duckdb.connect(str(path), read_only=True) as plain:
        sql = "SELECT schema_name || '.' || table_name, column_name, data_type FROM duckdb_columns() WHERE NOT internal"
        found: dict[str, list[tuple[str, str]]] = {}
        for table, column, kind in plain.execute(sql).fetchall():
            found.setdefault(table, []).append((column, kind))
    return {name: sorted(columns) for name, columns in found.items()}


def test_a_book_that_is_not_sound_is_not_migrated(old: Path) -> None:
    with duckdb.connect(str(old)) as plain:
        plain.execute("UPDATE schedules SET amount = 1 WHERE _row = 0")
    with pytest.raises(Refused, match="not those that were taken in"), writing(old):
        pass
    with duckdb.connect(str(old), read_only=True) as plain:
        assert plain.execute("SELECT max(layout) FROM book.layout").fetchall() == [(1,)]


def test_every_layout_but_the_present_one_has_its_step() -> None:
    assert sorted(migrate.STEPS) == list(range(1, LAYOUT))


def test_a_book_of_a_later_layout_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "b.duckdb"
    create(path)
    with duckdb.connect(str(path)) as plain:
        plain.execute("INSERT INTO book.layout VALUES (99, now()::TIMESTAMP, '9.9')")
    for opened in (reading, writing):
        with pytest.raises(Refused, match=r"later xlfv \(layout 99"), opened(path):
            pass


def _open(path: str) -> None:
    with writing(path, "worker"):
        pass


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="NOT PROVED HERE: this system has no SIGKILL")
def test_killed_in_the_middle_of_a_migration_the_book_is_the_old_or_the_new_one_whole(tmp_path: Path) -> None:
    server = multiprocessing.get_context("forkserver")
    server.set_forkserver_preload(["tests.months.book.killed"])
    found = {1: 0, LAYOUT: 0}
    for kill in range(16):
        path = written_by_layout_1(tmp_path / f"{kill}.duckdb")
        worker = server.Process(target=_open, args=(str(path),))
        worker.start()
        time.sleep(random.Random(kill).uniform(0.02, 0.3))
        worker.kill()
        worker.join()
        with duckdb.connect(str(path)) as plain:
            layout = plain.execute("SELECT max(layout) FROM book.layout").fetchall()[0][0]
            lines = plain.execute("SELECT count(*) FROM book.log").fetchall()[0][0]
        assert (layout, lines) in ((1, 5), (LAYOUT, 6)), kill
        found[layout] += 1
        with writing(path, "ann") as book:
            assert len(book.lines()) == 6
        assert not verify(path).faults, kill
    assert found[1], "no kill came before the end"
