"""Whatever is changed behind the book's back is found: in the log, in rows, results, locks, signatures; and what is cut off."""

from __future__ import annotations

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.months.book.small import MONTH, made, pieces
from xlfv.months.book import log
from xlfv.months.book.backup import backup
from xlfv.months.book.file import reading, writing
from xlfv.months.book.verify import verify


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = made(tmp_path_factory.mktemp("sound") / "b.duckdb", (1, 2))
    with writing(path, "ann") as book:
        book.lock(MONTH, "closed")
        book.unlock(MONTH, "restated")
    return path


def test_a_sound_book_is_told_what_was_checked(sound: Path) -> None:
    found = verify(sound)
    assert (found.lines, found.versions, found.runs, found.faults) == (7, 12, 1, ())
    with reading(sound) as book:
        assert found.head == book.head() == book.lines()[-1].hash


CHANGES = {
    "a number of a row": "UPDATE loans SET balance = nextafter(balance, 1e9) WHERE _version = 1 AND _row = 3",
    "a blank filled": "UPDATE loans SET fico = 700 WHERE fico IS NULL",
    "a column nobody knows": "UPDATE loans SET _extra = map_concat(_extra, MAP {'zip': union_value(number := 501)::UNION(number DOUBLE, date DATE, flag BOOLEAN, text VARCHAR)}) WHERE _row = 0",
    "a word": "UPDATE curves SET cpr = union_value(text := '7 ramp 12 over 6') WHERE union_tag(cpr) = 'text'",
    "two rows changed places": "UPDATE loans SET _row = 21 - _row WHERE _version = 1 AND _row IN (10, 11)",
    "a row taken out": "DELETE FROM loans WHERE _version = 1 AND _row = 19",
    "a row put in": "INSERT INTO loans(_version, _row, loan_id) VALUES (1, 20, 'x')",
    "rows of no version": "INSERT INTO loans(_version, _row, loan_id) VALUES (99, 0, 'x')",
    "rows of a version of another table": "INSERT INTO reo(_version, _row, loan_id) VALUES (1, 0, 'x')",
    "all rows of a table": "DROP TABLE curves",
    "a digest": "UPDATE book.versions SET digest = repeat('0', 64) WHERE id = 1",
    "a source": "UPDATE book.versions SET source = 'elsewhere.csv' WHERE id = 1",
    "the order of columns": "UPDATE book.versions SET headers = list_reverse(headers) WHERE id = 1",
    "a version taken out": "DELETE FROM book.versions WHERE id = 12",
    "a version put in": "INSERT INTO book.versions SELECT 99, trust, month, \"table\", 3, load, 0, digest, source, source_hash,"
    " headers, extra, text FROM book.versions WHERE id = 12",
    "a version twice": "INSERT INTO book.versions SELECT * FROM book.versions WHERE id = 12",
    "a version moved to another month": "UPDATE book.versions SET month = '2009-11' WHERE id = 12",
    "a reason": "UPDATE book.loads SET why = 'nothing' WHERE id = 2",
    "who loaded": "UPDATE book.loads SET who = 'bob' WHERE id = 2",
    "what was accepted": "UPDATE book.loads SET accepted = '{\"x\":\"y\"}' WHERE id = 2",
    "a load taken out": "DELETE FROM book.loads WHERE id = 2",
    "a load put in": "INSERT INTO book.loads SELECT 9, month, utc, who, why, accepted FROM book.loads WHERE id = 2",
    "a lock put in": "INSERT INTO book.locks VALUES ('2009-12', true, now()::TIMESTAMP, 'ann', '')",
    "a lock taken out": "DELETE FROM book.locks WHERE closed",
    "the reason of an unlocking": "UPDATE book.locks SET why = 'none' WHERE NOT closed",
    "a signature's number": "UPDATE book.signatures SET ours = nextafter(ours, 0)",
    "a signature put in": "INSERT INTO book.signatures SELECT month, trust, 'factor', ours, theirs, who, utc, why FROM book.signatures",
    "a signature taken out": "DELETE FROM book.signatures",
    "a result": "UPDATE book.results SET value = nextafter(value, 0) WHERE item = 'total'",
    "a result put in": "INSERT INTO book.results VALUES (1, 'T-1', 'B-9', 'value', 1.0)",
    "a result twice": "INSERT INTO book.results SELECT * FROM book.results WHERE item = 'total'",
    "a result taken out": "DELETE FROM book.results WHERE item = 'total'",
    "results of no run": "INSERT INTO book.results VALUES (7, 'T-1', 'B-9', 'value', 1.0)",
    "an input of a run": "UPDATE book.runs SET inputs = [1]",
    "an engine": "UPDATE book.runs SET engine = '{\"xlfv\":\"9\"}'",
    "a hash of a run": "UPDATE book.runs SET hashes = '{}'",
    "a run taken out": "DELETE FROM book.runs",
    "a line's detail": "UPDATE book.log SET detail = replace(detail, 'closed', 'opened') WHERE act = 'lock'",
    "a line's time": "UPDATE book.log SET utc = utc - INTERVAL 1 SECOND WHERE number = 3",
    "a line's user": "UPDATE book.log SET who = 'bob' WHERE number = 3",
    "a line's act": "UPDATE book.log SET act = 'unlock' WHERE act = 'lock'",
    "a line taken out": "DELETE FROM book.log WHERE number = 3",
    "the last line taken out": "DELETE FROM book.log WHERE number = 7",
    "the first line taken out": "DELETE FROM book.log WHERE number = 1",
    "a line twice": "INSERT INTO book.log SELECT * FROM book.log WHERE number = 7",
    "all lines": "DELETE FROM book.log",
    "a table that is not the book's": "CREATE TABLE notes(x VARCHAR)",
    "a view that says something else": "CREATE OR REPLACE VIEW book.latest AS SELECT * FROM book.versions WHERE number = 1",
    "a function that answers for another": "CREATE MACRO lower(x) AS 'x'",
    "a line of the log gone bad": "UPDATE book.log SET detail = '{' WHERE number = 3",
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_behind_the_books_back_is_found(sound: Path, tmp_path: Path, change: str) -> None:
    path = tmp_path / "b.duckdb"
    shutil.copy(sound, path)
    with duckdb.connect(str(path)) as plain:
        plain.execute(
            "CREATE TABLE IF NOT EXISTS reo(_version BIGINT, _row INTEGER, _extra MAP(VARCHAR, INTEGER), loan_id VARCHAR)"
        )
        plain.execute(CHANGES[change])
    assert verify(path).faults


def test_a_log_whose_tail_was_cut_off_with_all_that_it_told_is_found_by_who_kept_a_head(
    sound: Path, tmp_path: Path
) -> None:
    path = tmp_path / "b.duckdb"
    shutil.copy(sound, path)
    head = verify(path).head
    with duckdb.connect(str(path)) as plain:
        plain.execute("DELETE FROM book.log WHERE number >= 6")
        plain.execute("DELETE FROM book.locks")
    assert not verify(path).faults, "the rest holds together by itself"
    assert "cut off or written anew" in str(verify(path, head).faults)
    assert "cut off or written anew" in str(verify(path, head[:12]).faults)
    earlier = verify(path).head
    with writing(path, "ann") as book:
        book.lock(MONTH)
    assert not verify(path, earlier).faults, "an earlier head still stands in the chain"


def test_a_log_written_anew_from_some_line_on_is_found_by_a_backup_beside_the_book(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.duckdb"
    shutil.copy(sound, path)
    backup(path)
    with duckdb.connect(str(path)) as plain:
        row = plain.execute("SELECT number, utc, who, act, month, before FROM book.log WHERE number = 7").fetchall()[0]
        detail = log.written({"why": "forged"})
        at = row[1].replace(tzinfo=log.dt.UTC)
        made_up = log.hash_of(row[0], at, row[2], row[3], row[4], detail, row[5])
        plain.execute("UPDATE book.log SET detail = ?, hash = ? WHERE number = 7", [detail, made_up])
        plain.execute("UPDATE book.locks SET why = 'forged' WHERE NOT closed")
    assert "as the backup" in str(verify(path).faults)


def test_a_later_load_changes_no_earlier_head(sound: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.duckdb"
    shutil.copy(sound, path)
    heads = [verify(path).head]
    for seed in (3, 4):
        with writing(path, "ann") as book:
            book.commit(MONTH, pieces(seed), why=f"again {seed}")
        heads.append(verify(path).head)
    assert len(set(heads)) == 3
    assert not any(verify(path, head).faults for head in heads)
