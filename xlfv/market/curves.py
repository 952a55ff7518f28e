"""Expected prepayment, default, severity and timing: a curves table read and checked, one set of vectors a named curve.

The columns and the records stand in :mod:`xlfv.market.curve_sets`.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from xlfv.market.curve_sets import (
    BOUNDS,
    COLUMNS,
    DEFAULT,
    DEFAULTS,
    PREPAY,
    SEVERITY_BASES,
    STATUSES,
    WHOLE,
    Curves,
    CurveSet,
    plain_column,
    psa_ramp,
    sda_ramp,
    shortest,
)
from xlfv.market.curve_table import Spelled, spell_table
from xlfv.market.rates import Floats
from xlfv.tables import Table

__all__ = [
    "BOUNDS", "COLUMNS", "DEFAULT", "PREPAY", "SEVERITY_BASES", "STATUSES", "CurveSet", "Curves", "psa_ramp",
    "read_curves", "sda_ramp",
]  # fmt: skip
_MONTHLY = 1.0 - 0.1 ** (1.0 / 12.0)  # 90% a year
HIGH = {
    "cpr": 0.9, "cdr": 0.9, "curtailment": 0.9, "abs": math.nextafter(0.05, 1.0), "smm": _MONTHLY, "mdr": _MONTHLY,
}  # fmt: skip
"""Rates that are told where they are reached (abs: passed): a number is a decimal, and percents were perhaps meant."""
USUAL = {"psa": (0.1, 15.0), "sda": (0.05, 150.0)}
"""Multiples of a standard that are told where the largest is below the first, or reaches the second: 90% a year."""


def read_curves(table: Table) -> Curves:
    """Read and check a curves table; see :data:`COLUMNS`.

    Raises:
        Refused: with every fault: no month, months out of order, two rates of one kind, a rate out of bounds, a cumulative
            default that falls, a column that is nearly one of ours.
    """
    notices: list[str] = []
    return curves_of(spell_table(table, notices), notices, dict(table.columns))


def curves_of(spelled: Iterable[Spelled], notices: Iterable[str], table: Mapping[str, list[Any]]) -> Curves:
    """Curves of sets that are spelled out.

    Args:
        spelled: the sets.
        notices: what is told of them already.
        table: the cells that say the same.
    """
    sets = {one.name: _curve_set(one) for one in spelled}
    high = [notice for one in sets.values() for notice in _high(one)]
    return Curves(sets, _digest(sets.values()), (*notices, *high), table)


def _curve_set(spelled: Spelled) -> CurveSet:
    """The record of one set: blanks take their defaults, whole months are rounded, speeds become multiples."""

    def vector(column: str, before: Floats | None = None) -> Floats:
        values = spelled.columns.get(column)
        if values is None:
            values = np.full(spelled.at[-1] + 1, np.nan)
        blank = np.isnan(values)
        if blank.any():
            default = np.array([DEFAULTS.get(plain_column(column), 0.0)]) if before is None else before
            values = np.where(blank, default[np.minimum(np.arange(values.size), default.size - 1)], values)
        # What a vector is before its first row never matters, but to a cumulative default, which is nothing there.
        first = spelled.at[0]
        if values.size > 1 and first > 0 and column != "cumulative_default":
            values[:first] = values[first]
        if column == "advance_months":
            values = np.where(values >= BOUNDS[column][1], np.inf, values)
        return np.floor(values + 0.5) if column in WHOLE else values

    def by_status(column: str, before: Floats) -> dict[str, Floats]:
        """The vectors of every status: of its own column, else of the plain one; none where neither is given."""
        plain = vector(column, before) if column in spelled.columns else None
        found = {}
        for status in STATUSES:
            own = f"{column}_{status}"
            if own in spelled.columns:
                found[status] = vector(own, before if plain is None else plain)
            elif plain is not None:
                found[status] = plain
        return found

    severity, lag = vector("severity"), vector("recovery_lag")
    own_severity = by_status("severity", severity)
    speeds = {"psa": 100.0, "sda": 100.0}
    return CurveSet(
        name=spelled.name,
        by_age=spelled.axis == "age",
        prepay_kind=spelled.prepay_kind,
        default_kind=spelled.default_kind,
        prepay=vector(spelled.prepay_kind) / speeds.get(spelled.prepay_kind, 1.0),
        default=vector(spelled.default_kind) / speeds.get(spelled.default_kind, 1.0),
        curtailment=vector("curtailment"),
        severity=severity,
        severities={s: v for s, v in own_severity.items() if f"severity_{s}" in spelled.columns},
        severity_basis=spelled.severity_basis,
        expense=vector("liquidation_expense"),
        lag=lag,
        advance=vector("advance"),
        advance_months=vector("advance_months"),
        cure=by_status("cure", np.zeros(1)),
        to_liquidation=by_status("months_to_liquidation", np.maximum(lag, 1.0)),
        subsequent=vector("subsequent_recovery"),
        subsequent_lag=vector("subsequent_recovery_lag"),
    )


def _high(one: CurveSet) -> list[str]:
    """What is told of rates that are uncommonly high, and of speeds that look like multiples."""
    found = []
    for column, values in one.vectors():
        most = float(values.max())
        if column in HIGH and most >= HIGH[column]:
            found.append(f"curve {one.name}: {column} reaches {most:.0%} (a number is a decimal, words are percent)")
        elif column in USUAL and 0.0 < most < USUAL[column][0]:
            percent = f"{100.0 * most:g}"
            found.append(
                f"curve {one.name}: {column} is at most {percent}, so {percent}% of the standard: 100 is the standard,"
                f" and a multiple of it was perhaps meant"
            )
        elif column in USUAL and most >= USUAL[column][1]:
            found.append(f"curve {one.name}: {column} reaches {100.0 * most:g} (100 is the standard)")
        elif plain_column(column) == "severity" and most > 1.0:
            found.append(f"curve {one.name}: {column} reaches {most:.0%}")
    return found


def _digest(sets: Iterable[CurveSet]) -> str:
    """SHA-256 of what the curves say: the same whether a value is repeated row by row, holds on or was in words."""
    digest = hashlib.sha256()
    for one in sorted(sets, key=lambda each: each.name):
        digest.update(f"{one.name}|{one.by_age}|{one.severity_basis}".encode())
        for column, vector in one.vectors():
            short = shortest(vector)
            digest.update(f"|{column}:{short.size}:".encode() + short.tobytes())
    return digest.hexdigest()
