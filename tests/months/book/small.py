"""Small months for tests of the book: a few tables of every kind of cell, all by a seed."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
from pathlib import Path
from typing import Any

from xlfv.months.book.file import create, writing
from xlfv.months.book.pieces import Piece, Signature
from xlfv.tables import Place, Table

MONTH = "2009-12"
NOW = dt.datetime(2010, 1, 15, 12, 0, tzinfo=dt.UTC)


def piece(trust: str, table: str, columns: dict[str, list], *, text: bool = True, source: str = "") -> Piece:
    """A table of a trust as a file gave it."""
    source = source or f"{trust}/{table}.csv"
    content = Table(table, columns, Place(source, kind="file"), tuple(columns), text)
    return Piece(trust, table, content, source, hashlib.sha256(f"{source}{columns}".encode()).hexdigest())


def loans(seed: int, rows: int = 20) -> dict[str, list]:
    """Loans as a CSV gives them, with a column that the house does not know."""
    draw = random.Random(seed)
    return {
        "loan_id": [f"{seed:03d}{row:05d}" for row in range(rows)],
        "balance": [f"{draw.uniform(1e4, 5e5):.2f}" for _ in range(rows)],
        "rate": [f"{draw.uniform(0.03, 0.08):.6f}" for _ in range(rows)],
        "remaining_term": [str(draw.randint(1, 360)) for _ in range(rows)],
        "fico": [None if draw.random() < 0.2 else str(draw.randint(500, 800)) for _ in range(rows)],
        "status": ["current"] * rows,
        "zip": ["00501" if row == 0 else f"{draw.randint(0, 99999):05d}" for row in range(rows)],
        "_row": [str(row) if row % 2 else None for row in range(rows)],
    }


def pieces(seed: int = 1, rows: int = 20, trusts: tuple[str, ...] = ("T-1", "T-2")) -> list[Piece]:
    """A month: loans, terms and curves of each trust; another seed gives other cells in all of them."""
    found = []
    for k, trust in enumerate(trusts):
        own = 10 * seed + k
        terms = {"term": ["closing_date", "oc_floor", "call_exercised"], "value": ["2005-06-29", f"{own}.50", "never"]}
        cpr = [f"0.0{1 + own % 8}50", "6 ramp 12 over 6"]
        curves = {"curve": ["arm", "arm"], "month": ["1", "2"], "cpr": cpr, "version": ["2009-12 v1", str(own)]}
        found += [
            piece(trust, "loans", loans(own, rows)),
            piece(trust, "terms", terms),
            piece(trust, "curves", curves),
        ]
    return found


def run(inputs: tuple[int, ...], seed: int = 1, month: str = MONTH, kind: str = "value") -> dict[str, Any]:
    """A valuation, as it is recorded."""
    draw = random.Random(seed)
    results = {("T-1", f"A-{k}", "value"): draw.uniform(1e5, 1e7) for k in range(5)} | {
        ("", "total", "value"): 1.0 / 3.0
    }
    return {
        "month": month, "kind": kind, "engine": {"xlfv": "0.1.0"}, "options": {"months": "360"}, "inputs": inputs,
        "results": results, "hashes": {"T-1: cash": f"{seed:064x}"},
    }  # fmt: skip


def signature(item: str = "pool_balance", month: str = MONTH) -> Signature:
    """A difference that somebody signs for."""
    return Signature(month, "T-1", item, 100.1, 100.0, "", NOW, "the trustee rounds")


def made(path: Path, seeds: tuple[int, ...] = (1,)) -> Path:
    """A book in which a month was taken in, corrected for each further seed, valued and signed in."""
    create(path, "ann")
    with writing(path, "ann") as book:
        for seed in seeds:
            book.commit(MONTH, pieces(seed), why="" if seed == seeds[0] else f"correction {seed}")
        book.record(**run((1, 2)))
        book.sign(signature())
    return path
