"""What a person keys into a sheet, staged as a file is: its cells are the source."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlfv.months.book.pieces import COMPANY, INDICES, Known, Piece
from xlfv.months.folder import month_end, trust_month
from xlfv.months.intake.against import Against
from xlfv.months.intake.dated import date_findings, dates_in
from xlfv.months.intake.finding import ERROR, Finding, Staged, in_order, of_level
from xlfv.months.intake.formulas import formula_faults
from xlfv.months.intake.found import FoundTable
from xlfv.months.intake.looks import look
from xlfv.months.intake.tables import OF_COMPANY, OF_TRUST
from xlfv.months.intake.values import plain_cell
from xlfv.tables import Fault, Refused, Table


def cells_hash(table: Table) -> str:
    """SHA-256 of a table's cells, header first, in hex: equal cells have equal hashes, wherever they stand."""
    rows: list[list[Any]] = [list(table.columns)]
    rows += [[plain_cell(cell) for cell in row] for row in zip(*table.columns.values(), strict=True)]
    return hashlib.sha256(json.dumps(rows, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def keyed(month: str, trust: str, table: str, content: Table, source: str, known: Known) -> Staged:
    """Stage one table that was keyed into a workbook, against the rest of the month in the book.

    Args:
        month: ``YYYY-MM``.
        trust: its name, or COMPANY or INDICES.
        table: which one.
        content: the cells.
        source: ``workbook!sheet!A1:F9``.
        known: what the book holds.

    Returns:
        What would be taken in: one piece, with every error, warning and note.

    Raises:
        Refused: it is no month, or no table of that name is kept.
    """
    as_of = month_end(month)
    names = OF_COMPANY if trust == COMPANY else ("indices",) if trust == INDICES else OF_TRUST
    if table not in names:
        raise Refused(Fault(f"the book keeps no table {table} of {trust}", source, f"one of {', '.join(names)}"))
    content = replace(content, name=table)
    book = Against(known, month)
    findings = list(book.calendar())
    one = FoundTable(trust, table, content, source, cells_hash(content))
    findings += of_level(ERROR, formula_faults(Path(), content.place.label, content), trust, table)
    findings += date_findings(dates_in(content, trust, month), month)
    findings += look(content, trust, as_of)
    findings += [each for each in book.changes([one]) if each.table == table and each.trust == trust]
    findings += of_level(ERROR, _with_the_rest(one, book), trust, table)
    piece = Piece(trust, table, book.as_held(one), source, one.source_hash)
    return Staged(month, as_of, Path(), (piece,), in_order(book.asked_before(findings)))


def _with_the_rest(one: FoundTable, book: Against) -> list[Fault]:
    """Faults of the trust's month with the keyed table in the place of the book's."""
    if one.trust in (COMPANY, INDICES):
        return []
    held = {table: version for (trust, table), version in book.held.items() if trust == one.trust}
    if not held:
        have = ", ".join(sorted({trust for trust, _ in book.held} - {COMPANY, INDICES})) or "none"
        return [
            Fault(
                f"the book has no {one.trust} of {book.month}",
                one.source,
                f"load its files first; trusts there: {have}",
            )
        ]
    tables = {table: book.table(version) for table, version in held.items()}
    sources = {table: version.source for table, version in held.items()}
    shared = book.held.get((INDICES, "indices"))
    if shared is not None and "indices" not in tables:
        tables["indices"], sources["indices"] = book.table(shared), shared.source
    tables[one.table], sources[one.table] = one.content, one.source
    try:
        trust_month(one.trust, month_end(book.month), tables, sources, [])
    except Refused as refusal:
        return list(refusal.faults)
    return []


__all__ = ["Finding", "cells_hash", "keyed"]
