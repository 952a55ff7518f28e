"""The sample's months in the book: read back, every trust, curve, index and yield is what the files gave, to the bit."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path

import numpy as np
import pytest

from xlfv.months.book.file import create, reading, writing
from xlfv.months.book.months import read_month as from_book
from xlfv.months.book.pieces import COMPANY, INDICES, Piece
from xlfv.months.folder import Month, TrustMonth, read_month, trust_month

SAMPLE = Path(__file__).parents[3] / "workbooks" / "sample"


def pieces_of(month: Month) -> list[Piece]:
    """Every table of a month; that of indices once, where all trusts share it."""
    found: dict[tuple[str, str], Piece] = {}
    for owner, one in [*month.trusts.items(), (COMPANY, month.company)]:
        for name, table in one.tables.items():
            shared = name == "indices" and "/indices/" in one.sources[name].replace("\\", "/")
            source = one.sources[name]
            piece = Piece(
                INDICES if shared else owner, name, table, source, hashlib.sha256(source.encode()).hexdigest()
            )
            found[piece.trust, piece.table] = piece
    return list(found.values())


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("book") / "months.duckdb"
    create(path, "ann")
    with writing(path, "ann") as writer:
        for month in ("2009-11", "2009-12"):
            writer.commit(month, pieces_of(read_month(SAMPLE, month)))
    return path


@pytest.mark.parametrize("month", ["2009-11", "2009-12"])
def test_a_trust_read_from_the_book_is_the_one_that_the_files_gave_to_the_bit(book: Path, month: str) -> None:
    files = read_month(SAMPLE, month)
    with reading(book) as reader:
        assert reader.months() == ["2009-11", "2009-12"]
        assert reader.trusts(month) == sorted(files.trusts)
        versions = reader.versions(month)
        for name, theirs in files.trusts.items():
            mine = {v.table: reader.table(v) for v in versions if v.trust in (name, INDICES)}
            assert mine.keys() == theirs.tables.keys()
            ours = trust_month(name, files.as_of, mine, {}, [])
            _same(ours, theirs)


@pytest.mark.parametrize("month", ["2009-11", "2009-12"])
def test_the_companys_month_read_from_the_book_is_the_one_that_the_files_gave(book: Path, month: str) -> None:
    theirs = read_month(SAMPLE, month).company
    ours = from_book(book, month).company
    assert theirs.ranges
    assert theirs.debts
    for part in ("ranges", "facts", "decisions", "debts", "debt_paid", "scenarios"):
        mine, other = (_placeless(repr(getattr(company, part))) for company in (ours, theirs))
        assert mine == other, part
    assert ours.indices.digest == theirs.indices.digest


def _placeless(text: str) -> str:
    """A record in words without the places it came from."""
    return re.sub(r"(where|place)='[^']*'", "", text)


def _same(ours: TrustMonth, theirs: TrustMonth) -> None:
    assert ours.trust.digest == theirs.trust.digest
    assert ours.curves.digest == theirs.curves.digest
    assert ours.indices.digest == theirs.indices.digest
    assert repr(ours.yields) == repr(theirs.yields)
    assert repr(ours.quotes) == repr(theirs.quotes)
    assert repr(ours.sales) == repr(theirs.sales)
    assert ours.ledger == theirs.ledger
    for name, records in theirs.trust.tables.items():
        assert ours.trust[name].digest() == records.digest(), name
        assert ours.trust[name].given == records.given, name


def test_numbers_are_numbers_in_the_database(book: Path) -> None:
    import duckdb

    theirs = read_month(SAMPLE, "2009-12").trusts["ICMB-2005-A"].trust
    with duckdb.connect(str(book), read_only=True) as plain:
        of = 'JOIN book.latest v ON v.id = t._version WHERE v.trust = ? AND v.month = ? AND v."table" = ?'
        given = ["ICMB-2005-A", "2009-12"]
        balance = plain.execute(f"SELECT sum(balance) FROM loans t {of}", [*given, "loans"]).fetchone()
        cpr = plain.execute(f"SELECT max(cpr.number) FROM curves t {of}", [*given, "curves"]).fetchone()
        closing = plain.execute(
            f"SELECT value.date FROM terms t {of} AND term = 'closing_date'", [*given, "terms"]
        ).fetchone()
    assert balance is not None
    assert balance[0] == pytest.approx(float(np.sum(theirs["loans"]["balance"])), abs=1e-6)
    assert cpr is not None
    assert 0.0 < cpr[0] < 1.0
    assert closing is not None
    assert closing[0].isoformat() == "2005-06-29"
