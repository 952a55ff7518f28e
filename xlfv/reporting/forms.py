"""A rollforward as it is printed: in the letter's rows, or in those of later years; by trust and in total; and read back.

Forms. ``letter``: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1. ``later``: purchases, issuances and
settlements each by themselves, transfers in and out apart, gains in other comprehensive income, and unrealized gains on what is
still held (ASC 820-10-50-2 as amended by ASU 2010-06, for years that begin after 15 December 2010).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.reporting.rollforward import (
    ACTIVITY,
    COLUMNS,
    FURTHER,
    GAINS,
    ITEMS,
    TITLES,
    Amounts,
    Rollforward,
    build_rollforward,
    read_rows,
    with_totals,
)
from xlfv.tables import Fault, Refused, Table, plain, refuse_if
from xlfv.tables.cells import as_text

FORMS = ("letter", "later")
OPENING, CLOSING = "Recorded book value, opening", "Recorded book value, closing"
TOTAL = "Total gains (losses) included in earnings"
FOOTING = "Footing difference (0 = foots)"
ALL = "All trusts"
CENT = 0.005
NOISE = 1e-6  # dollars: what sums of rounded numbers leave
_LATER = {**ACTIVITY, **FURTHER, "settlements": "Settlements"}
_LATER_MOVES = ("oci", "transfers_in", "transfers_out", "purchases", "issuances", "settlements")


def matrix(rollforward: Rollforward, form: str = "letter") -> tuple[list[str], NDArray[np.float64]]:
    """The printed table: titles of rows, and float64[rows, 9] in the order of :data:`COLUMNS`; the last row is the gap.

    A row "Unexplained" stands there where the rollforward was computed from a ledger.

    Raises:
        Refused: the form has no row for something that is not 0.
    """
    _check_form(rollforward, form)
    shown = rollforward.letter if form == "letter" else rollforward
    gains = {item: rollforward.gains(item) for item in ITEMS}
    rows: list[tuple[str, Mapping[str, float]]] = [(OPENING, shown.begin)]
    rows += [(ACTIVITY[row], shown.activity[row]) for row in GAINS]
    rows.append((TOTAL, gains))
    moves = ("transfers", "settlements") if form == "letter" else _LATER_MOVES
    titles = ACTIVITY if form == "letter" else _LATER
    rows += [(titles[row], {item: shown.amount(row, item) for item in ITEMS}) for row in moves]
    if "unexplained" in rollforward.activity:
        rows.append((FURTHER["unexplained"], rollforward.activity["unexplained"]))
    gap = {item: rollforward.gap(item) for item in ITEMS}
    rows += [(CLOSING, shown.end), (FOOTING, gap)]
    if form == "later":
        told = ("unrealized_change", "unrealized_held")
        rows[-1:-1] = [(_LATER[row], {item: shown.amount(row, item) for item in ITEMS}) for row in told]
    amounts = np.array([with_totals(amounts) for _, amounts in rows])
    return [title for title, _ in rows], np.where(np.abs(amounts) < NOISE, 0.0, amounts)


def _check_form(rollforward: Rollforward, form: str) -> None:
    """Refuse a form that has no row for what there is."""
    if form == "letter" and any(abs(rollforward.amount("oci", item)) > CENT for item in ITEMS):
        what = "the letter's form has no row for gains in other comprehensive income"
        raise Refused(Fault(what, todo="write later as the form"))
    if form == "later" and any(abs(rollforward.amount("transfers", item)) > CENT for item in ITEMS):
        what = "the form later tells transfers into level 3 from those out of it, and one row holds both"
        raise Refused(Fault(what, todo="give a row Transfers into level 3 and a row Transfers out of level 3"))


def grid(rollforward: Rollforward, form: str = "letter") -> list[list[Any]]:
    """The printed table with its header, as a sheet shows it; what is not told is blank."""
    titles, amounts = matrix(rollforward, form)
    header = ["row", *(TITLES[c] for c in COLUMNS)]
    cells = [[None if math.isnan(amount) else amount for amount in row] for row in amounts.tolist()]
    return [header, *([title, *row] for title, row in zip(titles, cells, strict=True))]


def grid_by_trust(parts: Mapping[str, Rollforward], form: str = "letter") -> list[list[Any]]:
    """Each trust's table under one header, its name in the first column, and all of them added up below."""
    rows: list[list[Any]] = [["trust", "row", *(TITLES[c] for c in COLUMNS)]]
    for name, part in {**parts, ALL: add_up(parts.values())}.items():
        rows += [[name, *line] for line in grid(part, form)[1:]]
    return rows


def add_up(parts: Iterable[Rollforward]) -> Rollforward:
    """The rollforward of several trusts over the same time; the order in which they stand does not matter."""
    given = list(parts)
    found = {row for part in given for row in part.activity}
    rows = [*ACTIVITY, *(row for row in FURTHER if row in found)]

    def total(amounts: Sequence[float]) -> float:
        return float(np.sum(np.sort(np.array(amounts)))) if amounts else 0.0

    begin = {item: total([part.begin[item] for part in given]) for item in ITEMS}
    end = {item: total([part.end[item] for part in given]) for item in ITEMS}
    activity = {row: {item: total([part.amount(row, item) for part in given]) for item in ITEMS} for row in rows}
    return Rollforward(begin, activity, end)


def chain(parts: Iterable[Rollforward]) -> Rollforward:
    """The rollforward over several months: opening of the first, closing of the last, activity added.

    Raises:
        Refused: a month does not open with what the one before closed with; every item named.
    """
    months = list(parts)
    refuse_if(_gaps(months))
    whole = add_up(months)
    if "unrealized_held" in months[-1].activity:
        whole.activity["unrealized_held"] = dict(months[-1].activity["unrealized_held"])
    return Rollforward(months[0].begin, whole.activity, months[-1].end)


def chain_each(parts: Mapping[str, Sequence[Rollforward]]) -> dict[str, Rollforward]:
    """The months of every trust chained, by trust.

    Raises:
        Refused: as :func:`chain`, with the faults of all trusts.
    """
    refuse_if([fault for name, months in parts.items() for fault in _gaps(months, name)])
    return {name: chain(months) for name, months in parts.items()}


def _gaps(months: Sequence[Rollforward], trust: str = "") -> list[Fault]:
    """Where a month does not open with what the one before closed with, item by item."""
    of = f" of {trust}" if trust else ""
    return [
        Fault(
            f"{TITLES[item]}{of} closes with {before.end[item]:,.2f} and opens the next with {after.begin[item]:,.2f}",
            f"part {k}",
            "give months that follow each other, each once",
        )
        for k, (before, after) in enumerate(itertools.pairwise(months), 1)
        for item in ITEMS
        if abs(before.end[item] - after.begin[item]) > CENT
    ]


def once_each(parts: Mapping[str, Sequence[Rollforward]]) -> list[Rollforward]:
    """The rollforwards of several trusts over the same time; without a column trust ("") each is another trust's.

    Raises:
        Refused: naming every trust that stands there more than once.
    """
    todo = "keep one, or chain its months first"
    twice = [name for name, own in parts.items() if name and len(own) > 1]
    refuse_if([Fault(f"{name} stands {len(parts[name])} times among trusts", todo=todo) for name in twice])
    return [one for own in parts.values() for one in own]


def build_by_trust(begin: Table, activity: Table, end: Table) -> dict[str, Rollforward]:
    """Each trust's rollforward from three tables that hold several, told apart by a column ``trust``.

    Raises:
        Refused: a trust is not in all of opening and closing, stands twice in one, or what :func:`build_rollforward`
            refuses; every fault of every trust.
    """
    faults: list[Fault] = []
    parts = {table.name: _split(table, faults) for table in (begin, activity, end)}
    first, moves, last = (parts[table.name] for table in (begin, activity, end))
    for name in sorted({*first, *moves, *last}, key=str.lower):
        missing = [table.name for table, own in ((begin, first), (end, last)) if name not in own]
        if missing:
            faults.append(
                Fault(f"{name} is not in {' and '.join(missing)}", todo="give its values, 0 where it has none")
            )
    refuse_if(faults)
    found = {}
    for name, opening in first.items():
        try:
            own = moves.get(name, _rows_of(activity, []))
            found[name] = build_rollforward(opening, own, last[name])
        except Refused as refusal:
            faults.extend(replace(fault, what=f"{name}: {fault.what}") for fault in refusal.faults)
    refuse_if(faults)
    return found


def _split(table: Table, faults: list[Fault]) -> dict[str, Table]:
    """A table's rows by trust, in the order in which trusts first stand there."""
    if "trust" not in table.columns:
        todo = "give the column to all three tables, or to none"
        faults.append(Fault(f"{table.name} has no column trust", table.place.start, todo))
        return {}
    rows: dict[str, list[int]] = {}
    spelled: dict[str, str] = {}
    for k, cell in enumerate(table.columns["trust"]):
        if cell is None:
            faults.append(Fault("the trust is blank", table.where(k, "trust"), "name it"))
            continue
        name = as_text(cell).strip()
        if plain(name) != "trust":  # the header of a table that was stacked below another
            rows.setdefault(spelled.setdefault(name.lower(), name), []).append(k)
    return {name: _rows_of(table, own) for name, own in rows.items()}


def _rows_of(table: Table, rows: Sequence[int]) -> Table:
    """Some rows of a table, each with its place."""
    columns = {name: [cells[k] for k in rows] for name, cells in table.columns.items() if name != "trust"}
    lines = tuple(table.lines[k] if table.lines else k for k in rows)
    return replace(table, columns=columns, lines=lines)


def read_grid(table: Table) -> dict[str, list[Rollforward]]:
    """Printed rollforwards read back, in the order in which they stand, by trust ("" where no column names one).

    A block runs from a row "opening" to a row "closing"; several blocks may be stacked, headers and all.

    Raises:
        Refused: a block without an opening or a closing, an unknown row, a total that does not foot.
    """
    faults: list[Fault] = []
    parts = _split(table, faults) if "trust" in table.columns else {"": table}
    found: dict[str, list[Rollforward]] = {}
    for name, own in parts.items():
        blocks = read_rows(own, faults)
        if name != ALL:
            found[name] = blocks
    refuse_if(faults)
    if not any(found.values()):
        raise Refused(Fault("there is no rollforward", table.place.start, f"give rows from '{OPENING}' to '{CLOSING}'"))
    return found


def zeros() -> Amounts:
    """Nothing of any item."""
    return dict.fromkeys(ITEMS, 0.0)
