"""Collateral cash: loans and curves in, dollars by group and month out.

What the arithmetic is stands in :mod:`xlfv.kernels.loans`; here the tables become its arrays.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv import progress
from xlfv.kernels import loans as kernel
from xlfv.market.curves import Curves, CurveSet, psa_ramp, sda_ramp
from xlfv.market.indices import Indices, require
from xlfv.tables import Fault
from xlfv.tables.schema import Records
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

Floats = NDArray[np.float64]
MOST_MONTHS = 720
EMPTY = np.zeros(0)
BEHIND = ("d60", "d90", "bankruptcy")  # statuses that count as 60 days late or more, beside foreclosure and REO
MOST_THREADS = 8
WAVE = 256  # blocks in flight: at 480 months some 15 MB


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Threads of our own: compiled kernels let go of the interpreter. One pool a process: a fork has no threads."""
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=f"xlfv-{process}")


LOAN_FIELDS: dict[str, int] = {
    "performing_balance": kernel.PERFORMING,
    "foreclosure_balance": kernel.FORECLOSURE,
    "scheduled_principal": kernel.SCHEDULED,
    "prepaid_principal": kernel.PREPAID,
    "new_defaults": kernel.DEFAULTED,
    "advanced_principal": kernel.ADVANCED_PRINCIPAL,
    "liquidated_balance": kernel.LIQUIDATED,
    "liquidation_proceeds": kernel.RECOVERED,
    "losses": kernel.LOST,
    "interest_due": kernel.INTEREST_DUE,
    "interest_paid": kernel.INTEREST_PAID,
    "interest_advanced": kernel.INTEREST_ADVANCED,
    "interest_lost": kernel.INTEREST_LOST,
    "servicing_fee": kernel.SERVICING,
    "servicing_due": kernel.SERVICING_DUE,
    "late_balance": kernel.BEHIND,
}
REO_FIELDS = ("reo_balance", "reo_sold", "reo_proceeds", "reo_losses")


@dataclass(frozen=True)
class CollateralCash:
    """Collateral by group and month, dollars; every array is float64[groups, months + 1], month 0 the cut-off.

    Attributes:
        groups: loan groups, in order.
        fields: the quantities of :data:`LOAN_FIELDS` and :data:`REO_FIELDS`.
    """

    groups: tuple[str, ...]
    fields: dict[str, Floats]

    def __getitem__(self, name: str) -> Floats:
        return self.fields[name]

    @property
    def months(self) -> int:
        """Number of months."""
        return int(self["performing_balance"].shape[1]) - 1

    @property
    def end_balance(self) -> Floats:
        """Pool balance at the end of each month: performing, in foreclosure, REO."""
        return self["performing_balance"] + self["foreclosure_balance"] + self["reo_balance"]

    @property
    def begin_balance(self) -> Floats:
        """Pool balance at the start of each month (0 for month 0)."""
        begin = np.zeros_like(self.end_balance)
        begin[:, 1:] = self.end_balance[:, :-1]
        return begin

    @property
    def accruing_balance(self) -> Floats:
        """Balance at the start of each month that accrues interest: all but REO."""
        begin = self.begin_balance
        begin[:, 1:] -= self["reo_balance"][:, :-1]
        return begin

    @property
    def behind(self) -> Floats:
        """Balance 60 days late or more at the end of each month: late today and still there, foreclosure, REO."""
        return self["late_balance"] + self["foreclosure_balance"] + self["reo_balance"]

    @property
    def gross_interest(self) -> Floats:
        """Interest collected and advanced, before servicing."""
        return self["interest_paid"] + self["interest_advanced"]

    @property
    def net_interest(self) -> Floats:
        """Interest collected and advanced, net of servicing."""
        return self.gross_interest - self["servicing_fee"]

    @property
    def principal(self) -> Floats:
        """Principal cash: scheduled, prepaid, advanced, recovered, and from REO sold."""
        loans = self["scheduled_principal"] + self["prepaid_principal"] + self["advanced_principal"]
        return loans + self["liquidation_proceeds"] + self["reo_proceeds"]

    @property
    def all_losses(self) -> Floats:
        """Realized losses of loans and REO."""
        return self["losses"] + self["reo_losses"]

    @property
    def loan_cash(self) -> Floats:
        """Cash from loans not REO today, net of servicing: what the collateral's fair value discounts."""
        return self.net_interest + self.principal - self["reo_proceeds"]


def default_horizon(trust: Trust, curves: Curves) -> int:
    """Months until the last loan has matured and what defaulted before has been liquidated, and REO is sold."""
    last = 1
    loans = trust["loans"]
    alive = (loans["status"] != "reo") & (loans["balance"] > 0)
    if np.any(alive):
        lag = max((int(one.lag.max()) for one in curves.sets.values()), default=0)
        last = int(loans["remaining_term"][alive].max()) + lag
    if trust["reo"].count:
        last = max(last, int(trust["reo"]["months_to_sale"].max()))
    return min(last, MOST_MONTHS)


def project_collateral(trust: Trust, curves: Curves, indices: Indices, months: int) -> CollateralCash:
    """Project every loan and REO of a trust.

    Args:
        trust: the trust.
        curves: curve sets; each loan follows the one it names.
        indices: forward index rows for adjustable loans.
        months: horizon (1 to 720).

    Raises:
        Refused: a loan names a curve or an index that is not given.
    """
    loans = trust["loans"].take(trust["loans"]["status"] != "reo")
    groups = trust.groups
    sets = list(curves.sets.values())
    numbers, counts = _loan_arrays(loans, indices, trust.terms.get("defaults_stop") or "lag_before_maturity")
    names = [one.name for one in sets]
    curve = np.array([names.index(str(c)) for c in loans["curve"]], dtype=np.int64)
    cohort, smm, mdr = _cohorts(loans, curve, sets, months)
    timing, severity, lag, advance, on_liquidation = _timings(loans, curve, sets, months)
    group = np.array([groups.index(str(g)) for g in loans["group"]], dtype=np.int64)
    order = np.argsort(group, kind="stable")
    loan_args = (
        numbers[order], counts[order], cohort[order], timing[order], _index_rows(indices), mdr, smm, severity, lag,
        advance, on_liquidation, months,
    )  # fmt: skip
    out = _run_blocks(loan_args, group[order], len(groups), months)
    fields = {name: np.ascontiguousarray(out[:, :, column]) for name, column in LOAN_FIELDS.items()}
    fields.update(_reo(trust, groups, months))
    return CollateralCash(groups, fields)


def _run_blocks(loan_args: tuple[Any, ...], group: NDArray[np.int64], groups: int, months: int) -> Floats:
    """Run the kernel over blocks of loans on all cores, a wave at a time; float64[groups, months + 1, COLUMNS].

    A block holds up to 64 loans of one group and is summed by itself; blocks are added in order. So the bits depend on
    the order of loans alone, and memory on the size of a wave.
    """
    turns = np.flatnonzero(np.diff(group)) + 1
    runs = np.split(np.arange(group.size), turns) if group.size else []
    starts = np.array([at for run in runs for at in run[:: kernel.BLOCK]] + [group.size], dtype=np.int64)
    total = np.zeros((groups, months + 1, kernel.COLUMNS))
    blocks = starts.size - 1
    compiled: Callable[..., None] = kernel.project_blocks
    workers = max(min(os.cpu_count() or 1, MOST_THREADS), 1)
    parts = np.empty((min(blocks, WAVE), months + 1, kernel.COLUMNS))
    for first in range(0, blocks, WAVE):
        last = min(first + WAVE, blocks)
        progress.tell(f"projecting loans, {100 * first // blocks}%")
        edges = (
            np.linspace(first, last, workers + 1).astype(int)
            if last - first >= 2 * workers
            else np.array([first, last])
        )
        jobs = [
            _threads(os.getpid()).submit(partial(compiled, *loan_args, starts[a : b + 1], parts[a - first : b - first]))
            for a, b in pairwise(edges)
        ]
        for job in jobs:
            job.result()
        kernel.add_parts(parts[: last - first], group[starts[first:last]], total)
    return total


def missing_for_loans(trust: Trust, curves: Curves, indices: Indices) -> list[Fault]:
    """Curves and indices that loans name and nobody gives."""
    loans = trust["loans"]
    faults = []
    have = ", ".join(sorted(curves.sets)) or "none"
    for name in sorted(set(map(str, loans["curve"])) - set(curves.sets)):
        who = str(loans["loan_id"][np.flatnonzero(loans["curve"] == name)[0]])
        what = f"loans follow the curve '{name}', which the curves do not hold (first: loan {who})"
        faults.append(Fault(what, "curves", f"add rows for it (there: {have})"))
    for name in sorted({str(i).upper() for i in loans["index"][loans["rate_type"] == "arm"]}):
        fault = require(indices, name, "an adjustable loan")
        if fault:
            faults.append(fault)
    return faults


def _index_rows(indices: Indices) -> Floats:
    """All indices as rows of one array, in order of name."""
    if not indices.rates:
        return np.zeros((1, 1))
    longest = max(v.size for v in indices.rates.values())
    return np.array([_spread(indices.rates[name], longest - 1) for name in sorted(indices.rates)])


def _loan_arrays(loans: Records, indices: Indices, defaults_stop: str) -> tuple[Floats, NDArray[np.int64]]:
    """The kernel's view of the loans: float64[loans, 12] and int64[loans, 10]."""
    n = loans.count
    arm = loans["rate_type"] == "arm"
    numbers = np.zeros((n, kernel.LOAN_NUMBERS))
    periodic = np.where(np.isnan(loans["periodic_cap"]), np.inf, loans["periodic_cap"])
    past_first = (loans["first_reset_age"] > 0) & (loans["age"] >= loans["first_reset_age"])
    first_cap = np.where(np.isnan(loans["initial_cap"]) | past_first, periodic, loans["initial_cap"])
    numbers[:, kernel.L_BALANCE] = loans["balance"]
    numbers[:, kernel.L_RATE] = loans["rate"]
    numbers[:, kernel.L_MARGIN] = loans["margin"]
    numbers[:, kernel.L_FIRST_CAP] = first_cap
    numbers[:, kernel.L_CAP] = periodic
    numbers[:, kernel.L_LIFE_CAP] = np.where(np.isnan(loans["life_cap"]), np.inf, loans["life_cap"])
    numbers[:, kernel.L_FLOOR] = loans["life_floor"]
    numbers[:, kernel.L_ROUNDING] = np.nan_to_num(loans["rate_rounding"])
    numbers[:, kernel.L_PAYMENT] = np.nan_to_num(loans["payment"])
    numbers[:, kernel.L_FEE] = loans["servicing_fee"] + loans["mi_premium"]
    numbers[:, kernel.L_SEVERITY] = loans["severity_multiplier"]
    numbers[:, kernel.L_ADVANCED] = loans["advancing"]
    counts = np.zeros((n, kernel.LOAN_COUNTS), dtype=np.int64)
    term = loans["remaining_term"]
    amortize = np.where(loans["amortization_term"] > 0, loans["amortization_term"], term)
    names = sorted(indices.rates)
    counts[:, kernel.L_TERM] = term
    counts[:, kernel.L_AMORTIZE] = amortize
    counts[:, kernel.L_INTEREST_ONLY] = np.minimum(loans["interest_only_months"], term)
    counts[:, kernel.L_RESET] = loans["months_to_reset"]
    counts[:, kernel.L_FREQUENCY] = loans["reset_frequency"]
    counts[:, kernel.L_INDEX] = [
        names.index(str(name).upper()) if is_arm else -1 for name, is_arm in zip(loans["index"], arm, strict=True)
    ]
    counts[:, kernel.L_LOOKBACK] = loans["lookback"]
    counts[:, kernel.L_DEFAULTED] = loans["status"] == "foreclosure"
    counts[:, kernel.L_BEHIND] = np.isin(loans["status"], BEHIND)
    # The standard stops defaults so that none is liquidated after the last level payment (SF-20). A balloon is due
    # whether or not there is time to foreclose, so such a loan can default until it matures.
    balloon = (amortize > term) | (counts[:, kernel.L_INTEREST_ONLY] >= term)
    stops = (defaults_stop == "lag_before_maturity") & ~balloon
    counts[:, kernel.L_LAST_DEFAULT] = np.where(stops, term, kernel.NEVER)
    return numbers, counts


def _spread(values: Floats, months: int, older: int = 0) -> Floats:
    """A vector by month, float64[months + 1], from entry ``older`` on: cut, or its last value held on."""
    return values[np.minimum(np.arange(months + 1) + older, values.size - 1)]


def _timings(
    loans: Records, curve: NDArray[np.int64], sets: list[CurveSet], months: int
) -> tuple[NDArray[np.int64], Floats, NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Loans with the same curve (and age, where the curve is by age) share severity, lag and advance.

    Returns:
        row of each loan int64[loans]; severity, lag, advance [rows, months + 1]; severity basis bool[rows].
    """
    by_age = np.array([one.by_age for one in sets], dtype=bool)
    older = np.where(by_age[curve], loans["age"], 0)
    rows, timing = np.unique(np.column_stack([curve, older]), axis=0, return_inverse=True)
    picked = [(sets[int(k)], int(age)) for k, age in rows]
    severity = np.array([_spread(one.severity, months, age) for one, age in picked]).reshape(-1, months + 1)
    lag = np.array([_spread(one.lag, months, age) for one, age in picked]).reshape(-1, months + 1).astype(np.int64)
    advance = np.array([_spread(one.advance, months, age) for one, age in picked]).reshape(-1, months + 1)
    basis = np.array([one.on_liquidation for one, _ in picked], dtype=bool)
    return timing.reshape(-1).astype(np.int64), severity, lag, advance, basis


def _cohorts(
    loans: Records, curve: NDArray[np.int64], sets: list[CurveSet], months: int
) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Loans with the same curve, multipliers and (where it matters) age share one row of monthly rates.

    Returns:
        cohort of each loan int64[loans]; SMM and MDR float64[cohorts, months + 1].
    """
    aged = np.array([one.ages for one in sets], dtype=bool)
    age = np.where(aged[curve], loans["age"], 0) if curve.size else loans["age"]
    keys = np.column_stack([curve, age, loans["cpr_multiplier"], loans["cdr_multiplier"]])
    unique, cohort = np.unique(keys, axis=0, return_inverse=True)
    ramps = {"psa": psa_ramp(), "sda": sda_ramp()}
    smm = np.zeros((len(unique), months + 1))
    mdr = np.zeros((len(unique), months + 1))
    for row, (k, months_old, prepay, default) in enumerate(unique):
        one = sets[int(k)]
        for values, kind, multiple, out in (
            (one.prepay, one.prepay_kind, prepay, smm[row]),
            (one.default, one.default_kind, default, mdr[row]),
        ):
            annual = kind not in ("smm", "mdr")
            kernel.cohort_rates(values, annual, ramps.get(kind, EMPTY), one.by_age, int(months_old), multiple, out)
    return cohort.reshape(-1).astype(np.int64), smm, mdr


def _reo(trust: Trust, groups: tuple[str, ...], months: int) -> dict[str, Floats]:
    """Balances, sales and losses of REO by group and month."""
    out = {name: np.zeros((len(groups), months + 1)) for name in REO_FIELDS}
    reo, loans = trust["reo"], trust["loans"]
    carried = dict(zip(map(str, loans["loan_id"]), loans["balance"], strict=True))
    _, sale = net_realizable_values(reo)
    for row in range(reo.count):
        g = groups.index(trust.reo_groups[row])
        balance = float(carried.get(str(reo["loan_id"][row]), reo["balance"][row]))
        sold = int(reo["months_to_sale"][row])
        out["reo_balance"][g, : min(sold, months + 1)] += balance
        if sold <= months:
            out["reo_sold"][g, sold] += balance
            out["reo_proceeds"][g, sold] += sale[row]
            out["reo_losses"][g, sold] += balance - sale[row]
    return out
