"""A month goes into the book whole or not at all, and nothing in it is ever overwritten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from tests.months.book.small import MONTH, loans, made, piece, pieces, run, signature
from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.pieces import COMPANY, INDICES
from xlfv.months.book.verify import verify
from xlfv.tables import Refused, Table


@pytest.fixture
def book(tmp_path: Path) -> Path:
    create(tmp_path / "b.duckdb", "ann")
    return tmp_path / "b.duckdb"


def test_a_book_is_not_made_where_something_stands(tmp_path: Path) -> None:
    there = tmp_path / "b.duckdb"
    there.write_text("mine")
    with pytest.raises(Refused, match="stands there already"):
        create(there)
    assert there.read_text() == "mine"
    with pytest.raises(Refused, match="no folder"):
        create(tmp_path / "none" / "b.duckdb")


def test_a_month_taken_in_is_what_the_book_then_says(book: Path) -> None:
    with writing(book, "ann") as writer:
        load = writer.commit(MONTH, pieces(), accepted={"a loan vanished": "paid off"})
    with reading(book) as reader:
        assert reader.months() == [MONTH]
        assert reader.trusts(MONTH) == ["T-1", "T-2"]
        assert reader.loads() == [load]
        assert load.user == "ann"
        assert load.accepted == {"a loan vanished": "paid off"}
        assert [(v.trust, v.table, v.number, v.rows) for v in reader.versions(MONTH)] == [
            ("T-1", "curves", 1, 2), ("T-1", "loans", 1, 20), ("T-1", "terms", 1, 3),
            ("T-2", "curves", 1, 2), ("T-2", "loans", 1, 20), ("T-2", "terms", 1, 3),
        ]  # fmt: skip
        assert [line.act for line in reader.lines()] == ["create", "load"]
    assert not verify(book).faults


def test_cells_come_back_as_what_they_are(book: Path) -> None:
    with writing(book) as writer:
        writer.commit(MONTH, pieces(1))
    with reading(book) as reader:
        found = {v.table: reader.table(v) for v in reader.versions(MONTH) if v.trust == "T-1"}
    given = loans(10)
    assert list(found["loans"].columns) == list(given)
    assert found["loans"].columns["balance"] == [float(cell) for cell in given["balance"]]
    assert found["loans"].columns["remaining_term"] == [int(cell) for cell in given["remaining_term"]]
    assert {type(cell) for cell in found["loans"].columns["remaining_term"]} == {int}
    assert found["loans"].columns["fico"] == [None if cell is None else int(cell) for cell in given["fico"]]
    assert found["loans"].columns["loan_id"] == given["loan_id"]
    assert found["loans"].columns["zip"] == given["zip"], "a number that would lose its zeros stays as it is"
    assert found["loans"].columns["_row"] == [None if cell is None else float(cell) for cell in given["_row"]]
    assert found["curves"].columns["cpr"] == [0.0350, "6 ramp 12 over 6"]
    assert found["curves"].place.label == "T-1 2009-12 curves v1"


def test_equal_content_makes_no_new_version_whatever_file_it_came_from(book: Path) -> None:
    with writing(book) as writer:
        first = writer.commit(MONTH, pieces())
        lines = len(writer.lines())
        again = writer.commit(MONTH, [replace(one, source="other.xlsx", source_hash="1" * 64) for one in pieces()])
        numbers = {name: [None if c is None else float(c) for c in cells] for name, cells in loans(10).items()
                   if name not in ("loan_id", "status", "zip")}  # fmt: skip
        words = {name: loans(10)[name] for name in ("loan_id", "status", "zip")}
        sheet = piece("T-1", "loans", {**numbers, **words}, text=False)
        also = writer.commit(MONTH, [sheet])
        assert (first.id, again.id, also.id) == (1, 0, 0)
        assert len(writer.lines()) == lines
        assert len(writer.every_version("T-1", MONTH, "loans")) == 1


def test_a_correction_needs_a_reason_and_leaves_what_was_there(book: Path) -> None:
    with writing(book) as writer:
        writer.commit(MONTH, pieces(1))
        before = {v.id: writer.table(v) for v in writer.versions(MONTH)}
        with pytest.raises(Refused) as refused:
            writer.commit(MONTH, pieces(2))
        assert len(refused.value.faults) == 6, "every table that changes is named"
        assert "give the reason" in str(refused.value)
        assert len(writer.lines()) == 2
        load = writer.commit(MONTH, pieces(2), why="the servicer sent it again")
        assert [v.number for v in writer.versions(MONTH)] == [2] * 6
        assert {v.id: writer.table(v) for v in writer.versions(MONTH, at_load=load.id - 1)} == before
        assert [v.number for v in writer.every_version("T-1", MONTH, "loans")] == [1, 2]
    assert not verify(book).faults


def test_one_table_that_cannot_go_in_keeps_all_out(book: Path) -> None:
    good = pieces()
    with writing(book) as writer:
        for bad in (
            [*good, good[0]],
            [*good, replace(good[0], table="no table")],
            [*good, replace(good[0], table='x"; DROP TABLE book.log; --')],
            [*good, replace(good[0], trust=" ")],
            [*good, replace(good[0], trust="T-9", content=Table("loans", {"a\0b": ["1"]}))],
            [],
        ):
            with pytest.raises(Refused):
                writer.commit(MONTH, bad)
        with pytest.raises(Refused, match="not a month"):
            writer.commit("2009-13", good)
        short = {"loan_id": ["1", "2"], "balance": ["1"]}
        with pytest.raises(Exception):  # noqa: B017
            writer.commit(MONTH, [*good, piece("T-9", "loans", short)])
        assert writer.months() == []
        assert len(writer.lines()) == 1
    assert verify(book).versions == 0
    assert not verify(book).faults


def test_the_same_file_is_recognized_by_its_hash(book: Path) -> None:
    given = pieces()
    with writing(book) as writer:
        writer.commit(MONTH, given)
        assert [v.source for v in writer.taken(given[0].source_hash)] == [given[0].source]
        assert writer.taken("0" * 64) == []


def test_names_and_cells_that_look_like_statements_are_only_text(book: Path) -> None:
    evil = "'); DROP TABLE book.log; --"
    cells = {
        "loan_id": [evil, "=cmd()"],
        evil: ["1", evil],
        "_version": ["9", None],
        'a"b': ["x", "y"],
        "ÄÖ": ["é", "\u202e"],
    }
    with writing(book, evil) as writer:
        writer.commit(MONTH, [piece(evil, "loans", cells, source=evil)], why=evil, accepted={evil: evil})
        got = writer.table(writer.versions(MONTH)[0])
        assert got.columns == {**cells, "_version": [9.0, None]}
        assert writer.trusts(MONTH) == [evil]
    assert not verify(book).faults


def test_a_table_without_rows_and_one_that_the_house_does_not_know_are_kept(book: Path) -> None:
    with writing(book) as writer:
        odd = piece("T-1", "surprises", {"what": ["a", None], "much": ["1.5", "2"]})
        writer.commit(MONTH, [piece("T-1", "reo", {"loan_id": [], "balance": []}), odd])
        by = {v.table: writer.table(v) for v in writer.versions(MONTH)}
    assert by["reo"].columns == {"loan_id": [], "balance": []}
    assert by["surprises"].columns == {"what": ["a", None], "much": [1.5, 2.0]}
    assert not verify(book).faults


def test_company_and_indices_stand_beside_the_trusts(book: Path) -> None:
    with writing(book) as writer:
        indices = piece(INDICES, "indices", {"month": ["0", "1"], "libor_1m": ["0.002300", "0.0025"]})
        ranges = piece(COMPANY, "scenarios", {"scenario": ["up"], "weight": ["1.0"], "cdr": ["times 1.50"]})
        writer.commit(MONTH, [indices, ranges, *pieces()])
        assert writer.trusts(MONTH) == ["T-1", "T-2"]
        got = {v.trust: writer.table(v) for v in writer.versions(MONTH) if v.trust in (INDICES, COMPANY)}
    assert got[INDICES].columns["libor_1m"] == [0.0023, 0.0025]
    assert got[COMPANY].columns == {"scenario": ["up"], "weight": [1.0], "cdr": ["times 1.50"]}


def test_a_locked_month_takes_nothing_until_it_is_unlocked_with_a_reason(book: Path) -> None:
    with writing(book, "ann") as writer:
        with pytest.raises(Refused, match="no month"):
            writer.lock(MONTH)
        writer.commit(MONTH, pieces(1))
        assert not writer.locked(MONTH)
        writer.lock(MONTH, "closed")
        assert writer.locked(MONTH)
        for act in (
            lambda: writer.commit(MONTH, pieces(2), why="late"),
            lambda: writer.sign(signature()),
            lambda: writer.record(**run((1,))),
            lambda: writer.lock(MONTH),
        ):
            with pytest.raises(Refused, match=r"2009-12 is locked \(by ann, "):
                act()
        with pytest.raises(Refused, match="no reason"):
            writer.unlock(MONTH, "  ")
        writer.unlock(MONTH, "the trustee restated")
        with pytest.raises(Refused, match="is not locked"):
            writer.unlock(MONTH, "again")
        writer.commit(MONTH, pieces(2), why="late")
        assert [line.act for line in writer.lines()] == ["create", "load", "lock", "unlock", "load"]
    assert not verify(book).faults


def test_runs_and_signatures_come_back_as_they_were_recorded(tmp_path: Path) -> None:
    path = made(tmp_path / "b.duckdb")
    with writing(path, "bob") as writer:
        odd = {("T", "x", "irr"): float("nan"), ("T", "y", "v"): -0.0}
        number = writer.record(**{**run((2, 1)), "results": odd, "kind": "roll"})
        with pytest.raises(Refused, match="does not have"):
            writer.record(**run((99,)))
    with reading(path) as reader:
        first, second = reader.runs(MONTH)
        assert first.results == run((1, 2))["results"]
        assert first.hashes == run((1, 2))["hashes"]
        assert (first.id, first.user, first.inputs, first.engine) == (1, "ann", (1, 2), {"xlfv": "0.1.0"})
        assert second == replace(reader.run(number), results=second.results)
        assert np.isnan(second.results["T", "x", "irr"])
        assert np.signbit(second.results["T", "y", "v"])
        assert [(s.item, s.ours, s.user, s.why) for s in reader.signatures(MONTH)] == [
            ("pool_balance", 100.1, "ann", "the trustee rounds")
        ]
        with pytest.raises(Refused, match="no run 9"):
            reader.run(9)
        assert reader.runs("2001-01") == []
    assert verify(path).runs == 2
    assert not verify(path).faults
