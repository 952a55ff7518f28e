"""Expected prepayment, default, severity and timing: one set of vectors a named curve."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from xlfv.market.rates import Floats, psa_cpr, sda_cdr
from xlfv.market.vectors import MAX_MONTHS, is_vector, parse_vector
from xlfv.tables import ErrorCell, Fault, Refused, Table, refuse_if
from xlfv.tables.cells import as_number, as_text
from xlfv.tables.faults import resembling
from xlfv.tables.schema import allowed_word

PREPAY = ("cpr", "smm", "psa")
DEFAULT = ("cdr", "mdr", "sda")
SEVERITY_BASES = ("all_in", "liquidation_balance")
RAMP_MONTHS = 361
COLUMNS: dict[str, str] = {
    "month": "month of the projection, 1 is the next (or age)",
    "age": "age of the loan in months (instead of month)",
    "curve": "name of the curve set a loan follows (default)",
    "cpr": "annual prepayment rate, decimal",
    "smm": "monthly prepayment rate, decimal",
    "psa": "percent of the PSA standard (150)",
    "cdr": "annual default rate, decimal",
    "mdr": "monthly default rate, decimal",
    "sda": "percent of the Standard Default Assumption (100)",
    "severity": "loss share of a liquidation, decimal (0)",
    "severity_basis": "all_in: share of the balance at default; liquidation_balance: of the balance at liquidation",
    "recovery_lag": "months from default to liquidation (0)",
    "advance": "share of principal and interest advanced on defaulted loans (1)",
    "cure": "share of delinquent loans that cure (not projected by this version)",
    "months_to_liquidation": "months to liquidation by status (not projected by this version)",
    "provider": "who made the curve (told only)",
    "curve_date": "when (told only)",
    "version": "which version (told only)",
}
BOUNDS = {
    "cpr": (0.0, 1.0), "smm": (0.0, 1.0), "psa": (0.0, 10000.0), "cdr": (0.0, 1.0), "mdr": (0.0, 1.0),
    "sda": (0.0, 100000.0), "severity": (0.0, 2.0), "recovery_lag": (0.0, 120.0), "advance": (0.0, 1.0),
}  # fmt: skip
DEFAULTS = {"severity": 0.0, "recovery_lag": 0.0, "advance": 1.0}


@dataclass(frozen=True)
class CurveSet:
    """One named set of curves; every vector holds entry 0 for month (or age) 0, and its last value holds on.

    Attributes:
        by_age: entries are ages of the loan rather than months of the projection.
        prepay_kind: cpr, smm or psa; default_kind: cdr, mdr or sda.
        prepay, default: the rates (psa and sda as multiples: 1.5 for 150).
        severity, lag, advance: share, months, share.
        on_liquidation: severity holds on the balance at liquidation.
    """

    name: str
    by_age: bool
    prepay_kind: str
    default_kind: str
    prepay: Floats
    default: Floats
    severity: Floats
    lag: Floats
    advance: Floats
    on_liquidation: bool

    @property
    def ages(self) -> bool:
        """Rates depend on the loan's age."""
        return self.by_age or self.prepay_kind == "psa" or self.default_kind == "sda"


@dataclass(frozen=True)
class Curves:
    """Curve sets by name."""

    sets: Mapping[str, CurveSet]
    digest: str
    notices: tuple[str, ...] = ()
    table: Mapping[str, list[Any]] = field(repr=False, default_factory=dict)


def psa_ramp() -> Floats:
    """100 PSA by age, float64[361]."""
    return np.array([psa_cpr(100.0, age) for age in range(RAMP_MONTHS)])


def sda_ramp() -> Floats:
    """100 SDA by age, float64[361]."""
    return np.array([sda_cdr(100.0, age) for age in range(RAMP_MONTHS)])


def read_curves(table: Table) -> Curves:
    """Read and check a curves table; see :data:`COLUMNS`.

    Raises:
        Refused: with every fault: no month, months out of order, two rates of one kind, a rate out of bounds.
    """
    faults: list[Fault] = []
    notices: list[str] = []
    _unknown_columns(table, faults, notices)
    axis = "age" if "age" in table.columns and "month" not in table.columns else "month"
    if axis not in table.columns:
        what = "the column month (or age) is missing from curves"
        faults.append(Fault(what, table.place.start, "add it: 1 is the next month"))
    if not len(table):
        raise Refused([*faults, Fault("the table curves has no rows", table.place.start, "give at least one row")])
    rows: dict[str, list[int]] = {}
    for row, name in enumerate(_cells(table, "curve")):
        if isinstance(name, ErrorCell):
            faults.append(_error_fault(name, table.where(row, "curve")))
        rows.setdefault("default" if name is None else as_text(name), []).append(row)
    sets = {name: _read_set(name, table, axis, mine, faults) for name, mine in rows.items()}
    refuse_if(faults)
    for one in sets.values():
        for kind, rates in ((one.prepay_kind, one.prepay), (one.default_kind, one.default)):
            if kind in ("cpr", "cdr") and rates.max() >= 0.9:
                notices.append(
                    f"curve {one.name}: {kind} reaches {rates.max():.0%} (a number is a decimal, words are percent)"
                )
        if one.severity.max() > 1.0:
            notices.append(f"curve {one.name}: severity reaches {one.severity.max():.0%}")
    digest = hashlib.sha256()
    for name in sorted(sets):
        one = sets[name]
        digest.update(f"{name}|{one.by_age}|{one.prepay_kind}|{one.default_kind}|{one.on_liquidation}".encode())
        for vector in (one.prepay, one.default, one.severity, one.lag, one.advance):
            digest.update(str(vector.size).encode() + vector.tobytes())
    return Curves(sets, digest.hexdigest(), tuple(notices), dict(table.columns))


def _unknown_columns(table: Table, faults: list[Fault], notices: list[str]) -> None:
    """A column not known is passed over, unless it is nearly one of ours: a misspelt rate would be a rate of zero."""
    for column in table.columns:
        if column in COLUMNS:
            continue
        near = resembling(column, [c for c in COLUMNS if c not in table.columns])
        if near:
            where = table.place.cell(-1, table.order.index(column))
            faults.append(Fault(f"the column {column} is not known", where, f"did you mean {near}?"))
        else:
            notices.append(f"{table.place.label}: the column {column} is not used")


def _cells(table: Table, column: str) -> list[Any]:
    return table.columns.get(column, [None] * len(table))


def _error_fault(cell: ErrorCell, where: str = "") -> Fault:
    return Fault(f"the cell holds the error {cell}", where, "mend the cell it comes from")


def _read_set(name: str, table: Table, axis: str, rows: list[int], faults: list[Fault]) -> CurveSet:
    """One named set of rows."""
    at = _months(name, table, axis, rows, faults)
    prepay_kind = _one_of(PREPAY, name, table, rows, faults)
    default_kind = _one_of(DEFAULT, name, table, rows, faults)
    vectors = {}
    for column in (prepay_kind, default_kind, "severity", "recovery_lag", "advance"):
        vectors[column] = _vector(column, table, rows, at, faults)
    basis = "all_in"
    for row in rows:
        cell = _cells(table, "severity_basis")[row]
        if cell is not None:
            try:
                basis = allowed_word(as_text(cell), SEVERITY_BASES, "severity_basis")
            except Refused as refusal:
                fault = refusal.faults[0]
                faults.append(Fault(fault.what, table.where(row, "severity_basis"), fault.todo))
    scale = {"psa": 100.0, "sda": 100.0}
    return CurveSet(
        name,
        axis == "age",
        prepay_kind,
        default_kind,
        vectors[prepay_kind] / scale.get(prepay_kind, 1.0),
        vectors[default_kind] / scale.get(default_kind, 1.0),
        vectors["severity"],
        np.floor(vectors["recovery_lag"] + 0.5),
        vectors["advance"],
        basis == "liquidation_balance",
    )


def _months(name: str, table: Table, axis: str, rows: list[int], faults: list[Fault]) -> list[int]:
    """The months of a set's rows, ascending from 0 or 1."""
    if axis not in table.columns:
        return list(range(1, len(rows) + 1))
    found: list[int] = []
    for row in rows:
        try:
            cell = table.columns[axis][row]
            if isinstance(cell, ErrorCell):
                raise Refused(_error_fault(cell))
            if cell is None:
                raise Refused(Fault(f"{axis} is blank", todo="number the months from 1"))
            month = int(as_number(cell, text=table.text, whole=True))
            if not 0 <= month <= MAX_MONTHS:
                raise Refused(Fault(f"{axis} is {month}", todo=f"write 0 to {MAX_MONTHS}"))
        except Refused as refusal:
            fault = refusal.faults[0]
            faults.append(Fault(fault.what, table.where(row, axis), fault.todo))
            month = found[-1] + 1 if found else 1
        if found and month <= found[-1]:
            what = f"{axis} {month} of curve {name} follows {found[-1]}: months out of order"
            faults.append(Fault(what, table.where(row, axis), f"sort the rows by {axis}, each once"))
            month = found[-1] + 1
        found.append(month)
    if found[0] > 1 and axis == "month":
        faults.append(Fault(f"curve {name} starts in month {found[0]}", table.where(rows[0], axis), "start in month 1"))
    return found


def _one_of(kinds: tuple[str, ...], name: str, table: Table, rows: list[int], faults: list[Fault]) -> str:
    """Which of the columns a set uses; none means the first, at zero."""
    used = [k for k in kinds if any(_cells(table, k)[row] is not None for row in rows)]
    if len(used) > 1:
        where = table.where(rows[0], used[1])
        faults.append(Fault(f"curve {name} gives {' and '.join(used)}", where, f"give one of {', '.join(kinds)}"))
    return used[0] if used else kinds[0]


def _vector(column: str, table: Table, rows: list[int], at: list[int], faults: list[Fault]) -> Floats:
    """A column of one set, spelled out by month from 0; a row holds until the next; the last value holds on."""
    cells = _cells(table, column)
    length = at[-1] + 1
    values = np.full(length, DEFAULTS.get(column, 0.0))
    for row, month in zip(rows, at, strict=True):
        cell = cells[row]
        if cell is None:
            continue
        try:
            if isinstance(cell, ErrorCell):
                raise Refused(_error_fault(cell))
            if is_vector(cell):
                words = _words(column, cell)
                grown = max(values.size, month + words.size)
                values = np.concatenate([values, np.full(grown - values.size, values[-1])])
                values[month:] = words[-1]
                values[month : month + words.size] = words
                start = words.min(), words.max()
            else:
                number = as_number(cell, text=table.text)
                values[month:] = number
                start = number, number
            _check_bounds(column, *start)
        except Refused as refusal:
            fault = refusal.faults[0]
            where = table.where(row, column) + (f" ({fault.where})" if fault.where else "")
            faults.append(Fault(fault.what, where, fault.todo))
    if at[0] >= 1 and values.size > 1:
        values[0 : at[0]] = values[at[0]]
    return values


def _words(column: str, text: str) -> Floats:
    """A vector in words, as long as any horizon; in months for a lag, percent for the rest."""
    words = parse_vector(text, MAX_MONTHS)
    if column in ("psa", "sda", "recovery_lag"):
        words = words * 100.0
    return words


def _check_bounds(column: str, low: float, high: float) -> None:
    least, most = BOUNDS[column]
    if least <= low and high <= most:
        return
    value = low if low < least else high
    todo = f"write {least:g} to {most:g}"
    if column in ("cpr", "smm", "cdr", "mdr", "severity", "advance") and high > most:
        todo = f"write it as a decimal: {value / 100:g}"
    raise Refused(Fault(f"{column} is {value:g}", todo=todo))
