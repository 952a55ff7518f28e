"""A sender's table in our words: columns renamed, codes turned, percents and dates read, one table a trust."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, replace
from operator import itemgetter
from typing import Any

from xlfv.months.intake.dates import dated
from xlfv.months.intake.mapping import STAR, Mapping
from xlfv.months.intake.tables import AS_OF_COLUMN, COLUMNS, OF_COMPANY, TRUST_COLUMN, column_of
from xlfv.tables import ErrorCell, Fault, Table, plain
from xlfv.tables.cells import as_text
from xlfv.tables.faults import resembling
from xlfv.tables.words import same_word

MOST = 20  # cells or codes of one kind that are told singly
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")


@dataclass(frozen=True)
class Converted:
    """A sender's table in our words.

    Attributes:
        tables: by trust; under "" where nothing says whose it is.
        faults: what stops it. warnings: what needs a word.
        dates: the as-of dates that stand in it, each with the first row's place.
        strangers: names of trusts that the mapping should have and has not.
    """

    tables: MappingOf[str, Table]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    dates: MappingOf[dt.date, str]
    strangers: frozenset[str] = frozenset()


def convert(raw: Table, mapping: Mapping, file: str) -> Converted:
    """Turn a sender's table into ours.

    Args:
        raw: as it was read, headers as tables match them.
        mapping: how it is read.
        file: the file's own name, which may name the trust.
    """
    faults: list[Fault] = []
    warnings: list[Fault] = []
    columns, order = _renamed(raw, mapping, faults, warnings)
    table = Table(mapping.table, columns, raw.place, tuple(order), raw.text, raw.lines)
    for header, name in mapping.columns.items():
        if name in columns:
            columns[name] = _cells(table, mapping, header, name, faults)
    for name, value in mapping.constants.items():
        columns[name] = [_constant(mapping.table, name, value)] * len(raw)
    dates = _as_of(table, columns, faults)
    own = column_of(mapping.table, TRUST_COLUMN) is not None
    strangers: set[str] = set()
    names = [""] * len(raw) if mapping.table in OF_COMPANY else _trusts(table, mapping, file, faults, strangers)
    if not own:
        columns.pop(TRUST_COLUMN, None)
    elif TRUST_COLUMN in columns and mapping.table not in OF_COMPANY:
        columns[TRUST_COLUMN] = names
    return Converted(_by_trust(table, names), tuple(faults), tuple(warnings), dates, frozenset(strangers))


def _renamed(
    raw: Table, mapping: Mapping, faults: list[Fault], warnings: list[Fault]
) -> tuple[dict[str, list[Any]], list[str]]:
    """The mapped columns under our names; headers that are missing, and those that nobody has mapped."""
    ours = {plain(header): name for header, name in mapping.columns.items()}
    left = {plain(header) for header in mapping.leave_out}
    unknown = [header for header in raw.order if header and header not in ours and header not in left]
    for header, name in ours.items():
        if header in raw.columns:
            continue
        near = resembling(header, unknown)
        here = ", ".join(h for h in raw.order if h)
        todo = (
            f"did it become '{near}'? mend {mapping.name}"
            if near
            else f"mend {mapping.name}; the headers there: {here[:400]}"
        )
        what = f"{mapping.sender}'s file has no column '{header}' ({name})"
        schema = column_of(mapping.table, name)
        needed = schema is None or schema.required or near or name in (TRUST_COLUMN, AS_OF_COLUMN)
        (faults if needed else warnings).append(Fault(what, raw.place.start, todo))
    for header in unknown:
        what = f"the column '{header}' is not in the mapping: it is not read"
        todo = f"add it to {mapping.name}, under [columns] or to leave_out"
        warnings.append(Fault(what, raw.where(-1, header), todo))
    columns = {ours[header]: cells for header, cells in raw.columns.items() if header in ours}
    return columns, [ours.get(header, header and f"{header} (not read)") for header in raw.order]


def _cells(table: Table, mapping: Mapping, header: str, name: str, faults: list[Fault]) -> list[Any]:
    """One column in our words; cells that cannot be are left as they stand, for the table's own reader to name."""
    cells = table.columns[name]
    column = column_of(mapping.table, name)
    kind = "date" if name == AS_OF_COLUMN else column.kind if column else "cell"
    if name in mapping.codes:
        return _coded(table, mapping, name, faults)
    if kind == "date":
        return _dates(table, mapping, header, name, faults)
    percent = plain(header) in {plain(each) for each in mapping.percent}
    if kind in ("number", "integer") or percent or (kind == "cell" and mapping.table in ("indices", "curves")):
        return _numbers(cells, _number_of(mapping, percent), percent)
    return cells


def _numbers(cells: list[Any], read: Callable[[Any], Any], percent: bool) -> list[Any]:
    if set(map(type, cells)) <= {float, int, type(None)}:
        if not percent:
            return cells
        moved = {cell: None if cell is None else hundredth(cell) for cell in set(cells)}
        return [moved[cell] for cell in cells]
    return [cell if cell is None else read(cell) for cell in cells]


def hundredth(number: float) -> float:
    """A percent as a decimal: the number that its figures make two places on, which a division may miss by a bit."""
    text = repr(number)
    return float(text + "e-2") if "e" not in text else number / 100.0


def _number_of(mapping: Mapping, percent: bool) -> Callable[[Any], Any]:
    """The reader of a number as the sender writes it; what is none comes back as it is."""
    money = re.compile(r"^\$\s*|\s*\$$")

    def read(cell: Any) -> Any:
        if isinstance(cell, (bool, dt.date, ErrorCell)):
            return cell
        if isinstance(cell, (int, float)):
            return hundredth(cell) if percent else cell
        text = money.sub("", str(cell).strip())
        if text.startswith("(") and text.endswith(")"):  # as accountants write what is below 0
            text = "-" + money.sub("", text[1:-1].strip())
        share = text.endswith("%")
        text = text.rstrip("% ")
        if mapping.thousands:
            whole, mark, rest = text.partition(mapping.decimal)
            sign = mapping.thousands
            if sign in whole:
                if not re.fullmatch(rf"[+-]?\d{{1,3}}(?:{re.escape(sign)}\d{{3}})+", whole):
                    return cell
                whole = whole.replace(sign, "")
            text = whole + mark + rest
        if mapping.decimal != ".":
            if "." in text:
                return cell
            text = text.replace(mapping.decimal, ".")
        if not _NUMBER.fullmatch(text):
            return cell
        return hundredth(float(text)) if percent or share else float(text)

    return read


def _dates(table: Table, mapping: Mapping, header: str, name: str, faults: list[Fault]) -> list[Any]:
    cells = table.columns[name]
    form = {plain(key): each for key, each in mapping.date_forms.items()}.get(plain(header), mapping.dates)
    words = {cell for cell in cells if cell is not None and not isinstance(cell, ErrorCell)}
    found = dated(words, form)
    wrong = words - found.keys()
    if wrong:
        rows = [row for row, cell in enumerate(cells) if cell in wrong]
        for row in rows[:MOST]:
            what = f"'{cells[row]}' is not a date" + (f" like {form}" if form else "")
            todo = f"mend the cell, or say in {mapping.name} how the dates of '{header}' are written"
            faults.append(Fault(what, _named(table, row, name), todo))
        if len(rows) > MOST:
            faults.append(Fault(f"and {len(rows) - MOST} more cells of {name} are no such dates", table.place.start))
    if name == AS_OF_COLUMN:  # what is wrong with it is told; a blank would be another fault
        return [found.get(cell, cell) for cell in cells]
    return [None if cell in wrong else found.get(cell, cell) for cell in cells]


def _coded(table: Table, mapping: Mapping, name: str, faults: list[Fault]) -> list[Any]:
    """Codes in our words; our own words stand for themselves, and a code that nobody has mapped is a fault."""
    column, codes = column_of(mapping.table, name), mapping.codes[name]
    by_bare = {code.strip().lower(): word for code, word in codes.items()}
    cells = table.columns[name]
    words: dict[Any, Any] = {None: by_bare.get("")}
    unknown: dict[Any, int] = {}
    for row, cell in enumerate(cells):
        if cell in words or isinstance(cell, ErrorCell):
            continue
        code = as_text(cell).lower()
        word = by_bare.get(code) or (same_word(code, column.allowed) if column else "") or None
        if word is None and column is not None and not column.allowed:
            word = cell  # any word is good
        words[cell] = word
        if word is None:
            unknown[cell] = row
    for cell, row in list(unknown.items())[:MOST]:
        count = cells.count(cell)
        what = (
            f"the code '{cell}' of {name} is not in the mapping ({count} row{'s' if count > 1 else ''}, here the first)"
        )
        allowed = ", ".join(column.allowed) if column else ""
        todo = f"""add "{cell}" = "..." under [codes.{name}] of {mapping.name}; our words: {allowed}"""
        faults.append(Fault(what, _named(table, row, name), todo))
    if len(unknown) > MOST:
        faults.append(Fault(f"and {len(unknown) - MOST} more codes of {name}", table.place.start))
    return [words.get(cell, cell) if not isinstance(cell, ErrorCell) else cell for cell in cells]


def _constant(table: str, name: str, value: Any) -> Any:
    column = column_of(table, name)
    if column is not None and column.kind == "flag" and isinstance(value, bool):
        return "yes" if value else "no"
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _as_of(table: Table, columns: dict[str, list[Any]], faults: list[Fault]) -> dict[dt.date, str]:
    """The dates of the rows; a row without one is a fault where others have one."""
    if AS_OF_COLUMN not in columns or (COLUMNS.get(table.name) and column_of(table.name, AS_OF_COLUMN)):
        return {}
    cells = columns[AS_OF_COLUMN]
    found: dict[dt.date, str] = {}
    for cell in dict.fromkeys(cells):
        where = table.where(cells.index(cell), AS_OF_COLUMN)
        if isinstance(cell, dt.date):
            found[cell] = where
        elif cell is None and len(set(cells)) > 1:
            faults.append(Fault("the row has no as-of date", where, "fill it, or take the row out"))
    del columns[AS_OF_COLUMN]
    return found


def _trusts(table: Table, mapping: Mapping, file: str, faults: list[Fault], strangers: set[str]) -> list[str]:
    """Whose each row is, in our names."""
    ours = {name.strip().lower(): own for name, own in mapping.trusts.items()}
    own_names = {own.lower(): own for own in mapping.trusts.values()}

    def named(theirs: str, where: str) -> str:
        low = theirs.strip().lower()
        own = ours.get(low) or own_names.get(low)
        if own is None and ours:
            todo = f'add "{theirs}" = "..." under [trusts] of {mapping.name}'
            strangers.add(theirs.strip())
            faults.append(Fault(f"the trust '{theirs}' is not in the mapping", where, todo))
        return own or theirs.strip()

    cells = table.columns.get(TRUST_COLUMN)
    if cells is None:
        if not mapping.trust:
            return [""] * len(table)
        given = mapping.starred(file) if mapping.trust == STAR else mapping.trust
        return [named(given, table.place.start) if mapping.trust == STAR else given] * len(table)
    names: dict[Any, str] = {}
    for row, cell in enumerate(cells):
        if cell not in names:
            where = table.where(row, TRUST_COLUMN)
            if cell is None or isinstance(cell, ErrorCell):
                names[cell] = mapping.trust if mapping.trust != STAR else ""
                if not names[cell] and column_of(mapping.table, TRUST_COLUMN) is None:
                    faults.append(Fault("the row does not say whose it is", where, "fill it, or take the row out"))
            else:
                names[cell] = named(as_text(cell), where)
    return [names[cell] for cell in cells]


def _by_trust(table: Table, names: list[str]) -> dict[str, Table]:
    """One table a trust, each row keeping its number in the file."""
    found = list(dict.fromkeys(names))
    if len(found) <= 1:
        return {found[0] if found else "": table}
    rows: dict[str, list[int]] = {name: [] for name in found}
    for row, name in enumerate(names):
        rows[name].append(row)
    lines = table.lines or range(len(table))
    return {
        name: replace(
            table,
            columns={column: _taken(cells, own) for column, cells in table.columns.items()},
            lines=tuple(lines[row] for row in own),
        )
        for name, own in rows.items()
    }


def _taken(cells: list[Any], rows: list[int]) -> list[Any]:
    return list(itemgetter(*rows)(cells)) if len(rows) > 1 else [cells[row] for row in rows]


def _named(table: Table, row: int, column: str) -> str:
    """A cell's place with the row's own name."""
    schema = COLUMNS.get(table.name)
    key = schema.key if schema else ""
    cell = table.columns.get(key, [None] * (row + 1))[row] if key else None
    place = table.where(row, column)
    return place if cell is None or key == column else f"{place}, {key} {as_text(cell)}"
