"""What was typed into the sheets of a month of the book: tables that are no longer what the book holds, cell by cell."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from xlfv.excel.book.areas import area_name
from xlfv.excel.book.curves import shown_curves
from xlfv.excel.book.sketch import Content, Formula, clean
from xlfv.excel.book.tables import in_cells
from xlfv.excel.codec import serial
from xlfv.excel.inplace.bookmonth import BookMonth, book_path, check_entry, reason, taken_on
from xlfv.excel.inplace.job import Tell
from xlfv.excel.inplace.opened import Opened
from xlfv.excel.inplace.sheets import read_table, rows_of
from xlfv.excel.inplace.writing import cell_of
from xlfv.months.book.pieces import COMPANY, INDICES, Known, Piece, Version, state_of
from xlfv.months.folder import Month
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_date, as_text
from xlfv.trust.trust import SCHEMAS
from xlfv.valuation.yields import COLLATERAL, RESIDUAL

if TYPE_CHECKING:
    from xlfv.months.coming import Coming

Row = dict[str, Any]
_READS_BOOK = re.compile(r'(?<![\w.])book\s*&\s*"!', re.IGNORECASE)
_OF_COMPANY = ("ranges", "facts", "debt", "debt_activity", "scenarios")
_TRUST = "trust"
_TAKEN = (*SCHEMAS, "curves", "indices")  # by the cells that make a trust and its projection


def reads_book(cell: Content) -> bool:
    """A formula names a table of the book of months."""
    return isinstance(cell, Formula) and _READS_BOOK.search(cell.text) is not None


@dataclass(frozen=True)
class Typed:
    """A table of the sheets that is not what the book holds.

    Attributes:
        trust, table: whose and which.
        content: its cells, with what the sheet does not show of the book's.
        source: ``workbook!sheet!A1:F9``.
    """

    trust: str
    table: str
    content: Table
    source: str


def typed_tables(opened: Opened, sheets: Month, known: Known) -> list[Typed]:
    """The tables of the sheets that are not what the book holds of their month.

    Args:
        opened: the workbook, read whole.
        sheets: the month as it stands there.
        known: the book.

    Raises:
        Refused: the book does not have the month, or the sheets were made from plain folders.
    """
    held = {(one.trust, one.table): one for one in known.versions(sheets.month)}
    _check_from_book(opened, sheets, held)
    found = []
    for trust, table, content in _tables(opened, sheets, held):
        version = held.get((trust, table))
        was = known.table(version) if version is not None else None
        names = list(sheets.trusts)
        if _rows(content, trust) != [_plain(row) for row in _drawn(was, trust, names, sheets)]:
            found.append(Typed(trust, table, _whole(content, was, trust, names, sheets), _source(opened, content)))
    return found


def refuse_typed(opened: Opened, sheets: Month) -> None:
    """The sheets must hold what the book holds.

    Raises:
        Refused: naming each table that differs.
    """
    from xlfv.months.taking import held_against

    with held_against(book_path(opened)) as against:
        typed = typed_tables(opened, sheets, against.known)
    todo = "press Refresh valuation to take it into the book, or Load month to take the book's"
    refuse_if([typed_fault(one, sheets.month, todo) for one in typed])


def typed_fault(one: Typed, month: str, todo: str) -> Fault:
    """A table that differs, with its cells."""
    what = f"{one.table} of {one.trust} in the sheets is not what the book holds for {month}"
    return Fault(what, one.source.partition("!")[2], todo)


def typed_month(opened: Opened, sheets: Month, told: Tell) -> BookMonth:
    """The month of the sheets as the book is to hold it, once what was typed is in.

    Raises:
        Refused: with every error of what was typed, by its cell; a warning or a correction without a word; a closed month in
            which something was typed.
    """
    from xlfv.months.coming import coming
    from xlfv.months.intake.keyed import cells_hash, keyed
    from xlfv.months.taking import held_against

    path, month = book_path(opened), sheets.month
    accepted: dict[str, str] = {}
    with held_against(path) as against:
        known = against.known
        typed = typed_tables(opened, sheets, known)
        _refuse_older(opened, typed, known.versions(month))
        if known.locked(month):
            pieces = [Piece(one.trust, one.table, one.content, one.source, cells_hash(one.content)) for one in typed]
        else:
            told("checking what was typed")
            staged = [
                keyed(month, one.trust, one.table, one.content, one.source, _Beside(known, month, typed, one))
                for one in typed
            ]
            accepted = taken_on(staged, opened.word)
            pieces = [piece for each in staged for piece in each.pieces]
        found: Coming = coming(path, against, month, pieces, lambda name: told(f"reading {name}"))
        held = {(one.trust, one.table) for one in known.versions(month)}
        check_entry(found, held, opened.word)
    prepared = found.valued(lambda name: told(f"valuing {name}"))
    return BookMonth(found, prepared, reason(found, held, accepted, opened.word), accepted)


def _refuse_older(opened: Opened, typed: Sequence[Typed], held: Sequence[Version]) -> None:
    """What stands in the sheets may be no older than what the book holds: it would take back what others took in since."""
    if typed and state_of(held) != opened.state:
        what = f"the book's {opened.month} changed since these sheets were filled from it"
        whose = ", ".join(f"{one.table} of {one.trust}" for one in typed)
        todo = f"press Load month, then type again what you changed; {whose} differ now"
        raise Refused(Fault(what, f"'Control' {book_path(opened).name}", todo))


class _Beside:
    """What the book holds, with what else was typed: tables that change together are checked together."""

    def __init__(self, known: Known, month: str, typed: Sequence[Typed], own: Typed) -> None:
        self.months, self.trusts, self.versions = known.months, known.trusts, known.versions
        self.taken, self.loads, self.locked = known.taken, known.loads, known.locked
        self._known, self._typed = known, {(one.trust, one.table): one.content for one in typed if one is not own}
        self._held = {one.id for one in known.versions(month)}

    def table(self, version: Version) -> Table:
        """The cells of a version; of a table that was typed over, those of the sheet."""
        typed = self._typed.get((version.trust, version.table)) if version.id in self._held else None
        return replace(typed, name=version.table) if typed is not None else self._known.table(version)


def _check_from_book(opened: Opened, sheets: Month, held: Mapping[tuple[str, str], Version]) -> None:
    """What the sheets take from elsewhere they must take from the book: their month is to be made of it alone."""
    place = opened.seen.place("trusts")
    assert place is not None
    sheet, (top, left, bottom, _) = place
    faults = [
        Fault(
            f"{name} is not in the book for {sheets.month}",
            cell_of(sheet, (top + k, left)),
            "press Load month: it takes the month in",
        )
        for k, name in enumerate(opened.trusts)
        if name not in {trust for trust, _ in held}
    ]
    faults += [
        Fault(
            "this cell names no table of the book",
            cell_of(sheet, (row, left + 2)),
            "press Load month: it writes the cell anew",
        )
        for row in range(top, bottom + 1)
        if not reads_book(opened.cells(sheet).get((row, left + 2)))
    ]
    faults += [
        Fault(f"{table} of {name} come from {content.place.label}, not from the book", cell_of(sheet, (top + k, left + 2)),
              "press Load month: it writes the cell anew")
        for k, (name, one) in enumerate(sheets.trusts.items())
        for table, content in one.tables.items()
        if content.place.kind == "file" and not re.search(rf" {sheets.month} {table} v\d+$", content.place.label)
    ]  # fmt: skip
    faults += [
        Fault(f"{table} of {name} is in the book, and this cell or the next leaves it out", cell_of(sheet, (top + k, left + 2)),
              "press Load month: it writes the cells anew")
        for k, (name, one) in enumerate(sheets.trusts.items())
        for table in _TAKEN
        for kept in (held.get((name, table)) or (held.get((INDICES, table)) if table == "indices" else None),)
        if kept is not None and kept.rows and table not in one.tables
    ]  # fmt: skip
    refuse_if(faults)


def _tables(opened: Opened, sheets: Month, held: Mapping[tuple[str, str], Version]) -> Iterator[tuple[str, str, Table]]:
    """Every table that stands in the sheets: whose, which, and its cells."""
    shared: set[str] = set()
    for name, one in sheets.trusts.items():
        for table, content in one.tables.items():
            if content.place.kind != "sheet":
                continue
            if table != "indices" or (name, "indices") in held:
                yield name, table, rows_of(content, name) if table == "yields" else content
            elif content.place.start not in shared:
                shared.add(content.place.start)
                yield INDICES, table, content
    for stack in ("quotes", "ledger"):
        stacked = _named(opened, stack)
        if stacked is None:
            continue
        for name in sheets.trusts:
            table = "activity" if stack == "ledger" and (name, "activity") in held else stack
            own = rows_of(stacked, name)
            if len(own) or (name, table) in held:
                yield name, table, own
    for table in _OF_COMPANY:
        kept = _named(opened, table)
        if kept is not None:
            yield COMPANY, table, kept


def _named(opened: Opened, name: str) -> Table | None:
    place = opened.seen.place(name)
    return read_table(opened, place[0], name, name) if place is not None else None


def _rows(content: Table, trust: str) -> list[Row]:
    """The rows of a table of a sheet, without blanks; a trust's without its name."""
    return [_plain(row, leave=() if trust == COMPANY else (_TRUST,)) for row in content.rows()]


def _plain(row: Mapping[str, Any], leave: Sequence[str] = ()) -> Row:
    plain = {name: _cell(cell) for name, cell in row.items() if name not in leave}
    return {name: cell for name, cell in plain.items() if cell is not None}


def _cell(cell: Any) -> Any:
    """A cell as a sheet shows it; of numbers the fifteen digits that every spreadsheet keeps in its file."""
    if isinstance(cell, dt.date):
        return float(serial(cell))
    if isinstance(cell, str):
        return clean(str(cell)).strip() or None
    return float(f"{cell:.15g}") if isinstance(cell, (int, float)) and not isinstance(cell, bool) else cell


def _drawn(was: Table | None, trust: str, names: list[str], sheets: Month) -> list[Row]:
    """The rows of the book's table that the sheets show, as they show them and in their order."""
    if was is None:
        return []
    columns = in_cells(was)
    if was.name == "curves":
        columns, _ = shown_curves(columns)
    lines = [dict(zip(columns.headers, cells, strict=True)) for cells in columns.rows]
    shown = [lines[k] for k in _shown(was, lines, trust, names, sheets)]
    return (
        shown if trust == COMPANY else [{name: cell for name, cell in row.items() if name != _TRUST} for row in shown]
    )


def _shown(was: Table, lines: list[Row], trust: str, names: list[str], sheets: Month) -> list[int]:
    """Which rows of a book's table the sheets show: of facts those of the month's trusts, of a stack the trust's own."""
    rows = list(range(len(lines)))
    if trust == COMPANY:
        known = {name.lower() for name in names}
        return [k for k in rows if was.name != "facts" or str(lines[k].get(_TRUST)).strip().lower() in known]
    if was.name not in ("yields", "quotes", "ledger", "activity"):
        return rows
    own = [k for k in rows if as_text(lines[k].get(_TRUST) or trust).lower() == trust.lower()]
    if was.name != "yields":
        return own
    order = {name.lower(): k for k, name in enumerate((*sheets.trusts[trust].trust.tranches, RESIDUAL, COLLATERAL))}
    items = {k: as_text(lines[k]["item"]).lower() for k in own}
    return sorted((k for k in own if items[k] in order), key=lambda k: order[items[k]])


def _whole(content: Table, was: Table | None, trust: str, names: list[str], sheets: Month) -> Table:
    """A table of a sheet with what the sheet does not show of the book's: columns that say one thing, and other rows."""
    if was is None:
        return content
    columns = in_cells(was)
    before = [dict(zip(columns.headers, cells, strict=True)) for cells in columns.rows]
    shown = set(_shown(was, before, trust, names, sheets))
    dates = {name for row in before for name, cell in row.items() if isinstance(cell, dt.date)}
    drawn = shown_curves(columns)[0].headers if was.name == "curves" else columns.headers
    told = {name: before[0][name] for name in columns.headers if name not in drawn and before}
    if _TRUST in columns.headers and trust != COMPANY:
        told[_TRUST] = trust
    exact = {
        name: {_cell(row[name]): row[name] for row in before if isinstance(row[name], float)}
        for name in columns.headers
    }
    rows = [
        {**{n: exact.get(n, {}).get(_cell(c), _dated(c, n in dates)) for n, c in row.items()}, **told}
        for row in content.rows()
    ]
    lines = list(content.lines or range(len(rows)))
    order = _as_before(rows, before) if was.name == "yields" else range(len(rows))
    rows, lines = [rows[k] for k in order], [lines[k] for k in order]
    hidden = [row for k, row in enumerate(before) if k not in shown]
    own = [name for name, cells in content.columns.items() if name in was.columns or cells.count(None) < len(cells)]
    headers = [*(name for name in own if name != _TRUST or _TRUST in columns.headers), *told]
    cells = {name: [row.get(name) for row in (*rows, *hidden)] for name in dict.fromkeys(headers)}
    return replace(content, name=was.name, columns=cells, lines=(*lines, *[max(lines, default=0)] * len(hidden)))


def _dated(cell: Any, date: bool) -> Any:
    """A day, where the book's column holds days; a sheet knows numbers alone."""
    return as_date(cell) if date and isinstance(cell, float) and cell >= 1.0 else cell


def _as_before(rows: list[Row], before: list[Row]) -> list[int]:
    """Rows of yields in the book's order; new ones stay behind them."""
    at = {str(row.get("item")).strip().lower(): k for k, row in enumerate(before)}
    return sorted(range(len(rows)), key=lambda k: at.get(str(rows[k].get("item")).strip().lower(), len(before)))


def _source(opened: Opened, content: Table) -> str:
    """The cells of a table: ``workbook!sheet!A1:F9``."""
    place = content.place
    last = max(content.lines, default=len(content) - 1) + 1
    area = (place.row - 1, place.column - 1, place.row - 1 + last, place.column - 2 + max(len(content.order), 1))
    return f"{opened.seen.name}!{place.label}!{area_name(area)}"
