"""Tables of inputs and levels by class, out of the inputs of one trust or of many.

Quantitative information about significant unobservable inputs: range, average weighted by fair value, arithmetic average
(ASC 820-10-50-2(bbb)); and the fair value hierarchy (ASC 820-10-50-2(b)). Sums are exact, so that the order of trusts
changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from math import fsum

import numpy as np

from xlfv.reporting.inputs import (
    ASSETS,
    BORROWINGS,
    CLASSES,
    COLLATERAL,
    LIABILITIES,
    REO,
    SECURITIES,
    TITLES,
)
from xlfv.tables import ErrorCell, Fault, Table, plain, refuse_if
from xlfv.tables.schema import Column, Records, Schema

INPUT_TITLES = {
    "discount_rate": "Discount rate",
    "prepayment_rate": "Prepayment rate (CPR)",
    "default_rate": "Default rate (CDR)",
    "loss_severity": "Loss severity",
    "sale_discount": "Discount from stated value to net realizable value",
    "credit_spread": "Credit spread",
}
INDEX_TITLE = "Forward index"
_RATE = {"low": -0.5, "high": 3.0}
_NOISE = 1e-12


def _row_faults(rows: Records, table: Table) -> list[Fault]:
    """Items that stand twice, and indices half given or the wrong way round."""
    faults: list[Fault] = []
    first: dict[tuple[str, ...], int] = {}
    for row in range(rows.count):
        if not rows.sound(row, "trust", "class", "item"):
            continue
        key = tuple(str(rows[name][row]).strip().lower() for name in ("trust", "class", "item"))
        if key in first:
            what = f"{rows['item'][row]} of {rows['trust'][row]} stands twice in {rows['class'][row]}"
            where = table.where(row, "trust")
            todo = f"keep one of them, and each trust at one date; the other stands there: [{table.where(first[key], 'trust')}]"
            faults.append(Fault(what, where, todo))
        first.setdefault(key, row)
    faults += _both_ways(rows, table)
    parts = ("index_low", "index_high", "index_average")
    for row in range(rows.count):
        if not rows.sound(row, "index", *parts):
            continue
        given = [bool(rows["index"][row]), *(bool(np.isfinite(rows[name][row])) for name in parts)]
        where = table.where(row, "index")
        if any(given) and not all(given):
            faults.append(Fault("a forward index is half given", where, f"give index, {', '.join(parts)}, or none"))
        elif all(given) and not _in_order(*(float(rows[name][row]) for name in parts)):
            faults.append(
                Fault("the forward index is not index_low <= index_average <= index_high", where, "mend them")
            )
    return faults


def _in_order(low: float, high: float, average: float) -> bool:
    """An average of equal numbers may differ from them by what adding them up leaves."""
    return low <= high and low - _NOISE <= average <= high + _NOISE


def _both_ways(rows: Records, table: Table) -> list[Fault]:
    """Trusts whose collateral or bonds stand on the balance sheet and whose residual is a security all the same."""
    whole = {str(name).lower() for name in rows["trust"][np.isin(rows["class"], (COLLATERAL, BORROWINGS))]}
    todo = "a trust is consolidated or not: take out the rows of one of the two"
    return [
        Fault(f"{rows['trust'][row]} is consolidated and a security at once", table.where(row, "trust"), todo)
        for row in np.flatnonzero(rows["class"] == SECURITIES)
        if str(rows["trust"][row]).lower() in whole
    ]


INPUTS = Schema(
    "inputs",
    (
        Column("trust", "text", "the trust, or the company for its own debt", required=True),
        Column("class", "text", "class of asset or liability", required=True, allowed=CLASSES),
        Column("item", "text", "a tranche, collateral, an instrument", required=True),
        Column("level", "integer", "level of the fair value hierarchy", default=3, low=1, high=3),
        Column("fair_value", "number", "fair value, positive for a liability too", "$", required=True, low=0.0),
        Column("technique", "text", "valuation technique, in words", required=True),
        Column("discount_rate", "number", "discount rate, a decimal (0.085)", **_RATE),  # type: ignore[arg-type]
        Column("prepayment_rate", "number", "CPR, a decimal (0.06)", low=0.0, high=1.0),
        Column("default_rate", "number", "CDR, a decimal (0.04)", low=0.0, high=1.0),
        Column("loss_severity", "number", "losses over liquidated balance, a decimal (0.45)", low=-1.0, high=2.0),
        Column("sale_discount", "number", "of REO, one less net realizable over stated value, a decimal", low=-1.0, high=1.0),
        Column("credit_spread", "number", "own-credit or non-performance spread, a decimal", low=-0.5, high=1.0),
        Column("index", "text", "the forward index that its cash depends on"),
        Column("index_low", "number", "lowest rate of that index, a decimal", low=-0.05, high=0.5),
        Column("index_high", "number", "highest rate of that index, a decimal", low=-0.05, high=0.5),
        Column("index_average", "number", "average rate of that index, a decimal", low=-0.05, high=0.5),
    ),
    key="item",
    may_be_empty=False,
    checks=(_row_faults,),
)  # fmt: skip


def read_inputs(table: Table) -> Records:
    """Inputs of one trust or of several stacked; a header that stands again in the stack is passed over.

    Raises:
        Refused: with every fault: a missing column, an unknown class, a trust (or an item of one) that stands twice, a rate
            in percent, a fair value below 0, a stacked table whose columns stand in another order.
    """
    faults: list[Fault] = []
    rows = INPUTS.read(without_headers(table, faults, "trust"), faults)
    refuse_if(faults)
    return rows


def without_headers(table: Table, faults: list[Fault], key: str) -> Table:
    """The table without the rows that repeat its header, which are told by the column ``key``."""
    width = len(table)
    keep = []
    for row in range(width):
        cells = {name: column[row] for name, column in table.columns.items()}
        words = {name: plain(cell) for name, cell in cells.items() if isinstance(cell, str) and cell.strip()}
        if any(isinstance(cell, ErrorCell) for cell in cells.values()) or words.get(key) != key:
            keep.append(row)
        elif any(word != name for name, word in words.items()) or len(words) != len(cells):
            todo = "stack tables with the same columns in the same order"
            faults.append(Fault("a header in the stack is not that of its first row", table.where(row, key), todo))
    if len(keep) == width:
        return table
    columns = {name: [column[row] for row in keep] for name, column in table.columns.items()}
    lines = table.lines or tuple(range(width))
    return replace(table, columns=columns, lines=tuple(lines[row] for row in keep))


@dataclass(frozen=True)
class Disclosed:
    """One input of one class.

    Attributes:
        klass: one of the classes.
        fair_value: of all items of the class (dollars).
        technique: of its items that have the input.
        input: its title.
        low, high: its range.
        weighted: its average weighted by fair value; None where no item has any.
        average: its arithmetic average.
        weight: fair value of the items that are averaged (dollars).
        items: how many those are.
        note: what was left out, in words.
    """

    klass: str
    fair_value: float
    technique: str
    input: str
    low: float
    high: float
    weighted: float | None
    average: float
    weight: float
    items: int
    note: str


@dataclass(frozen=True)
class _Seen:
    """An input of an item: its range, what stands for it in averages, and its weight."""

    low: float
    high: float
    value: float
    weight: float
    technique: str


def disclosed(rows: Records) -> list[Disclosed]:
    """Range and averages of every input by class, classes and inputs in a fixed order.

    An item of no fair value is left out of range and averages, as it is part of no amount disclosed; where no item of the
    class has a fair value, range and arithmetic average are of all and there is no weighted average. The note says either.
    """
    found = []
    for klass in CLASSES:
        mine = np.flatnonzero(rows["class"] == klass)
        if not mine.size:
            continue
        total = fsum(rows["fair_value"][mine])
        for title, seen in _inputs_of(rows.take(mine)):
            found.append(_disclosed(klass, total, title, seen))
    return found


def _inputs_of(rows: Records) -> list[tuple[str, list[_Seen]]]:
    """Every input that an item of a class has, with what was seen of it."""
    whole: list[tuple[str, list[_Seen]]] = []
    worth, technique = rows["fair_value"], rows["technique"]
    for name, title in INPUT_TITLES.items():
        have = np.flatnonzero(np.isfinite(rows[name]))
        seen = []
        for k in have:
            value = float(rows[name][k])
            seen.append(_Seen(value, value, value, float(worth[k]), str(technique[k])))
        whole.append((title, seen))
    names = [str(name).upper() for name in rows["index"]]
    for index in sorted({name for name in names if name}):
        seen = [
            _Seen(
                float(rows["index_low"][k]), float(rows["index_high"][k]), float(rows["index_average"][k]),
                float(worth[k]), str(technique[k]),
            )
            for k, name in enumerate(names) if name == index
        ]  # fmt: skip
        whole.append((f"{INDEX_TITLE} ({index})", seen))
    return [(title, seen) for title, seen in whole if seen]


def _disclosed(klass: str, total: float, title: str, seen: list[_Seen]) -> Disclosed:
    worthy = [one for one in seen if one.weight > 0.0]
    used, left_out = worthy or seen, len(seen) - len(worthy)
    low, high = min(one.low for one in used), max(one.high for one in used)
    weight = fsum(one.weight for one in used)
    weighted = None
    if worthy:
        weighted = min(max(fsum(one.weight * one.value for one in used) / weight, low), high)
    average = min(max(fsum(one.value for one in used) / len(used), low), high)
    note = ""
    if not worthy:
        note = "no item has a fair value: there are no weights, and range and average are of all items"
    elif left_out:
        note = f"{left_out} {'item' if left_out == 1 else 'items'} of no fair value left out"
    technique = "; ".join(sorted({one.technique for one in used}))
    return Disclosed(klass, total, technique, title, low, high, weighted, average, weight, len(used), note)


@dataclass(frozen=True)
class Levels:
    """A class in the fair value hierarchy.

    Attributes:
        klass: the class; empty for a total.
        title: in words.
        side: asset or liability.
        measured: recurring, or nonrecurring.
        levels: fair value by level 1, 2, 3 (dollars).
    """

    klass: str
    title: str
    side: str
    measured: str
    levels: tuple[float, float, float]

    @property
    def total(self) -> float:
        """All levels (dollars)."""
        return fsum(self.levels)


def hierarchy(rows: Records) -> list[Levels]:
    """Fair value by class and level, with totals of assets and of liabilities measured at it on a recurring basis.

    Real estate owned stands after them: it is measured on a nonrecurring basis, at net realizable value. Residual interests
    of consolidated trusts are no line: they are what these lines leave.
    """
    found: list[Levels] = []
    for side, classes in (("asset", ASSETS), ("liability", LIABILITIES)):
        lines = [
            Levels(klass, TITLES[klass], side, "recurring", _by_level(rows, [klass]))
            for klass in classes if klass != REO and (rows["class"] == klass).any()
        ]  # fmt: skip
        if lines:
            title = f"Total {'assets' if side == 'asset' else 'liabilities'}, recurring"
            total = _by_level(rows, [line.klass for line in lines])
            found += [*lines, Levels("", title, side, "recurring", total)]
    if (rows["class"] == REO).any():
        found.append(Levels(REO, TITLES[REO], "asset", "nonrecurring", _by_level(rows, [REO])))
    return found


def _by_level(rows: Records, classes: Iterable[str]) -> tuple[float, float, float]:
    mine = np.isin(rows["class"], list(classes))
    one, two, three = (fsum(rows["fair_value"][mine & (rows["level"] == level)]) for level in (1, 2, 3))
    return one, two, three


def total_of(rows: Records, *classes: str) -> float:
    """Fair value of classes (dollars)."""
    return fsum(rows["fair_value"][np.isin(rows["class"], classes)])
