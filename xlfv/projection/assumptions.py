"""Curves spelled out for the kernels: a row of rates, and a row of what follows a default, for loans that share them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout as k
from xlfv.kernels import rates as kernel
from xlfv.kernels.roll import Assumptions
from xlfv.market.curves import Curves, CurveSet, psa_ramp, sda_ramp
from xlfv.tables.schema import Records
from xlfv.trust.loans import STATUSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
BASES = ("all_in", "liquidation_balance", "property")  # in the order of k.ALL_IN ..
KINDS = {
    "cpr": k.ANNUAL, "psa": k.ANNUAL, "abs": k.ABSOLUTE, "cdr": k.ANNUAL, "sda": k.ANNUAL,
    "cumulative_default": k.CUMULATIVE,
}  # fmt: skip
NO_RAMP = np.zeros(0)


@dataclass(frozen=True)
class LoanCurves:
    """The assumptions of a trust's loans, for one or more scenarios.

    Attributes:
        rate_row, timing: int64[loans], the rows each loan has.
        arrays: the rows.
        common: bool[timing rows], nothing follows a default but its liquidation, advanced until then.
        originates: bool[rate rows], a cumulative default stands on the original balance.
        reach: most months from a default to the last cash it brings, or from today for what is late today.
    """

    rate_row: Ints
    timing: Ints
    arrays: Assumptions
    common: NDArray[np.bool_]
    originates: NDArray[np.bool_]
    reach: int


def same_shape(scenarios: Sequence[Curves]) -> bool:
    """Whether all scenarios name the same curves, given in the same ways: then loans have the same rows in each."""

    def shape(curves: Curves) -> list[tuple[object, ...]]:
        return [
            (one.name, one.by_age, one.prepay_kind, one.default_kind, one.severity_basis, *sorted(one.cure), "|",
             *sorted(one.to_liquidation))
            for one in curves.sets.values()
        ]  # fmt: skip

    return all(shape(one) == shape(scenarios[0]) for one in scenarios)


def has_timeline(one: CurveSet, status: str) -> bool:
    """Whether loans of a status follow a timeline of their own rather than the curves."""
    return status == "foreclosure" or status in one.to_liquidation or status in one.cure


def loan_curves(loans: Records, curves: Curves, months: int) -> LoanCurves:
    """The rows of a trust's loans, none of them REO, under one set of curves; see :func:`scenario_curves`."""
    return scenario_curves(loans, [curves], months)[0][1]


def scenario_curves(loans: Records, scenarios: Sequence[Curves], months: int) -> list[tuple[list[int], LoanCurves]]:
    """The rows of a trust's loans, none of them REO, and which scenarios share them.

    Rows that say the same are one (a curve by age may well have one severity and lag). That, and which loans are common,
    decides the order of sums, so only scenarios in which both come out alike stand together: each is as it is alone.

    Args:
        scenarios: curves of the same shape (see :func:`same_shape`).
        months: horizon.
    """
    names = list(scenarios[0].sets)
    sets = [list(curves.sets.values()) for curves in scenarios]
    place = {name: row for row, name in enumerate(names)}
    curve = np.array([place[str(name)] for name in loans["curve"]], dtype=np.int64)
    rate_rows, rate_row = _unique(curve, _ages(loans, curve, [one.ages for one in sets[0]]))
    status = np.array([STATUSES.index(str(word)) for word in loans["status"]], dtype=np.int64)
    timed = np.array([[has_timeline(one, word) for word in STATUSES] for one in sets[0]], dtype=bool)
    status = np.where(timed[curve, status] if curve.size else False, status, 0)
    keys, key = _unique(curve, _ages(loans, curve, [one.by_age for one in sets[0]]), status)
    kinds = np.array([_kinds(sets[0][c]) for c, _ in rate_rows], dtype=np.int64).reshape(-1, 2)
    originates = [sets[0][c].by_age and sets[0][c].default_kind == "cumulative_default" for c, _ in rate_rows]
    blocks = [[_timing(every[c], int(older), STATUSES[st], months) for c, older, st in keys] for every in sets]
    together: dict[tuple[tuple[int, bool], ...], list[int]] = {}
    for s, block in enumerate(blocks):
        together.setdefault(_told(block), []).append(s)
    found = []
    for told, which in together.items():
        firsts = sorted({first for first, _ in told})
        renamed = np.array([firsts.index(first) for first, _ in told], dtype=np.int64)
        timing, lags, counts = (
            np.array([[blocks[s][row][part] for row in firsts] for s in which]).reshape(len(which), len(firsts), *shape)
            for part, shape in enumerate(((k.TIMING_ROWS, months + 1), (k.LAG_ROWS, months + 1), (k.TIMING_COUNTS,)))
        )
        given, monthly = _spelled([sets[s] for s in which], rate_rows, months)
        arrays = Assumptions(given, monthly, kinds, timing, lags.astype(np.int64), counts.astype(np.int64))
        common = np.array([told[first][1] for first in firsts], dtype=bool)
        row = renamed[key] if key.size else key
        made = LoanCurves(rate_row, row, arrays, common, np.array(originates, dtype=bool), _reach(arrays))
        found.append((which, made))
    return found


def _told(block: list[tuple[Floats, Floats, Floats]]) -> tuple[tuple[int, bool], ...]:
    """For each row of a scenario, the first row that says the same, and whether loans of it can be common."""
    first: dict[bytes, int] = {}
    told = []
    for number, row in enumerate(block):
        same = first.setdefault(b"".join(part.tobytes() for part in row), number)
        told.append((same, _is_common(*row)))
    return tuple(told)


def _reach(arrays: Assumptions) -> int:
    """Most months from a default, or from today, to the last cash."""
    later = np.where(
        arrays.timing[:, :, k.SUBSEQUENT].max(axis=2) > 0.0, arrays.lags[:, :, k.SUBSEQUENT_LAG].max(axis=2), 0
    )
    longest = np.maximum(arrays.counts[:, :, k.LONGEST], arrays.counts[:, :, k.TIMELINE])
    return int((longest + later).max(initial=0))


def _spelled(sets: list[list[CurveSet]], rate_rows: list[tuple[int, ...]], months: int) -> tuple[Floats, Floats]:
    """Rates as given and monthly, float64[scenarios, rows, 2, months + 1] each."""
    shape = (len(sets), len(rate_rows), 2, months + 1)
    given, monthly = np.zeros(shape), np.zeros(shape)
    for s, every in enumerate(sets):
        for row, (c, age) in enumerate(rate_rows):
            _spell(every[c], int(age), given[s, row], monthly[s, row])
    return given, monthly


def _unique(*columns: Ints) -> tuple[list[tuple[int, ...]], Ints]:
    """The different combinations, and which each loan has."""
    rows, place = np.unique(np.column_stack(columns), axis=0, return_inverse=True)
    return [tuple(int(x) for x in row) for row in rows], place.reshape(-1).astype(np.int64)


def _ages(loans: Records, curve: Ints, matters: list[bool]) -> Ints:
    """Ages where the curve depends on them, else 0."""
    return np.where(np.array(matters, dtype=bool)[curve], loans["age"], 0).astype(np.int64)


def _kinds(one: CurveSet) -> tuple[int, int]:
    return KINDS.get(one.prepay_kind, k.MONTHLY), KINDS.get(one.default_kind, k.MONTHLY)


def _spell(one: CurveSet, age: int, given: Floats, monthly: Floats) -> None:
    """Fill a row of rates as given and, with a multiplier of 1, monthly: float64[2, months + 1] each."""
    ramps = {"psa": psa_ramp(), "sda": sda_ramp()}
    kinds = _kinds(one)
    for which, curve, kind in ((k.PREPAYS, one.prepay, one.prepay_kind), (k.DEFAULTS, one.default, one.default_kind)):
        kernel.spell_out(curve, ramps.get(kind, NO_RAMP), one.by_age, age, given[which])
        kernel.make_monthly(given[which], kinds[which], 1.0, age, monthly[which])


def _timing(one: CurveSet, older: int, status: str, months: int) -> tuple[Floats, Floats, Floats]:
    """What follows a default on one curve: float64[TIMING_ROWS, months + 1], [LAG_ROWS, months + 1], [TIMING_COUNTS]."""
    late = status != STATUSES[0]
    out = np.zeros((k.TIMING_ROWS, months + 1))
    out[k.SEVERITY] = _held(one.severity, months, older)
    out[k.LATE_SEVERITY] = _held(one.severities.get(status, one.severity), months, older) if late else 0.0
    out[k.ADVANCE] = _held(one.advance, months, older)
    out[k.ADVANCE_MONTHS] = _held(one.advance_months, months, older)
    if late and status in one.cure:
        out[k.CURE] = _held(one.cure[status], months, older)
    out[k.EXPENSE] = _held(one.expense, months, older)
    out[k.SUBSEQUENT] = _held(one.subsequent, months, older)
    kernel.make_monthly(_held(one.curtailment, months, older), k.ANNUAL, 1.0, 0, out[k.CURTAILMENT])
    lags = np.zeros((k.LAG_ROWS, months + 1))
    lags[k.LAG] = _held(one.lag, months, older)
    lags[k.SUBSEQUENT_LAG] = _held(one.subsequent_lag, months, older)
    lags[k.LEAVES] = leaves(lags[k.LAG])
    longest = int(lags[k.LAG].max())
    timeline = 0
    if late:
        waits = one.to_liquidation.get(status, one.lag)
        timeline = max(int(waits[min(older + 1, waits.size - 1)]), 1)
    return out, lags, np.array([BASES.index(one.severity_basis), timeline, longest], dtype=np.float64)


def _held(values: Floats, months: int, older: int) -> Floats:
    """A vector by month, float64[months + 1], from entry ``older`` on: cut, or its last value held on."""
    return values[np.minimum(np.arange(months + 1) + older, values.size - 1)]


def leaves(lag: Floats) -> Floats:
    """For each month, the last month whose defaults are liquidated by then: 0 where none is.

    It means something where a later default is never liquidated earlier (see :func:`_is_common`).
    """
    falls_due = np.arange(lag.size) + lag
    falls_due[0] = 0.0
    return (np.searchsorted(np.maximum.accumulate(falls_due), np.arange(lag.size), side="right") - 1).astype(np.float64)


def _is_common(timing: Floats, lags: Floats, counts: Floats) -> bool:
    """Whether nothing follows a default but its liquidation in turn, and all is advanced until then."""
    in_turn = np.all(np.diff(np.arange(1, lags.shape[1]) + lags[k.LAG, 1:]) >= 0.0)
    return bool(
        in_turn
        and np.all(timing[k.ADVANCE] == 1.0)
        and np.all(np.isinf(timing[k.ADVANCE_MONTHS]))
        and not np.any(timing[k.SUBSEQUENT])
        and not np.any(timing[k.CURTAILMENT])
        and counts[k.TIMELINE] == 0
        and counts[k.BASIS] != k.ON_PROPERTY
    )
