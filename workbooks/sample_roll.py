"""One month of a trust's loans as it really went: what paid, what stopped paying, what was lost.

What the trust receives: the servicer passes on every loan's interest and scheduled principal, advanced where the borrower
did not pay (REO brings neither). A loan in full payoff brings its whole balance. A loan liquidated brings a last month of
interest and its proceeds, the servicer's advances and costs already taken out of them; the rest of its balance is lost.
A foreclosed loan goes into REO at its balance, after a last month of interest, and brings nothing until it is sold.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from workbooks.sample_draws import Draws, cents, power
from workbooks.sample_market import published
from workbooks.sample_tapes import D60, FORECLOSURE, REO, SELLING_COST, Pool, Tape, foreclosed, reset_rate

LIQUIDATED, PAID_OFF = 6, 7
MOVES = {
    "ICMB-2005-A": (
        (0.9700, 0.0245, 0, 0, 0, 0, 0, 0.0055),
        (0.290, 0.240, 0.467, 0, 0, 0, 0, 0.003),
        (0.090, 0.060, 0.190, 0.658, 0, 0, 0, 0.002),
        (0.030, 0.010, 0, 0.729, 0.225, 0, 0.005, 0.001),
        (0.012, 0, 0, 0, 0.822, 0.115, 0.050, 0.001),
    ),
    "ICMB-2004-F": (
        (0.9760, 0.0100, 0, 0, 0, 0, 0, 0.0140),
        (0.370, 0.290, 0.335, 0, 0, 0, 0, 0.005),
        (0.150, 0.080, 0.220, 0.546, 0, 0, 0, 0.004),
        (0.050, 0.020, 0, 0.748, 0.180, 0, 0, 0.002),
        (0.020, 0, 0, 0, 0.862, 0.085, 0.030, 0.003),
    ),
    "IMFC-2006-MF": (
        (0.9875, 0.0080, 0, 0, 0, 0, 0, 0.0045),
        (0.400, 0.280, 0.317, 0, 0, 0, 0, 0.003),
        (0.170, 0.080, 0.230, 0.518, 0, 0, 0, 0.002),
        (0.050, 0.020, 0, 0.759, 0.170, 0, 0, 0.001),
        (0.020, 0, 0, 0, 0.869, 0.075, 0.035, 0.001),
    ),
}
"""Monthly chances: from current, d30, d60, d90, foreclosure; to current, d30, d60, d90, foreclosure, REO, liquidated,
paid off."""
STRESS = (1.0, 1.02, 1.06, 1.1, 1.12, 1.15, 1.15, 1.14, 1.1, 1.05, 1.0, 0.95, 0.92)
"""How much likelier than in the table a current loan stops paying, by month-end; the worst is mid-2009."""
PRICES = (0.985, 0.985, 0.982, 0.982, 0.985, 0.988, 0.992, 0.996, 1.0, 1.002, 1.002, 1.0, 1.0)
"""Change of property values over the month that ends there."""


@dataclass(frozen=True)
class Actual:
    """A month's collections in whole cents, balances at both ends and REO sold (loan, proceeds): the trustee's report."""

    interest_paid: int
    interest_advanced: int
    servicing: int
    scheduled: int
    advanced_principal: int
    prepaid: int
    liquidated: int
    liquidation_proceeds: int
    reo_transfers: int
    reo_sold: int
    reo_proceeds: int
    new_foreclosures: int
    performing: tuple[int, int]
    seriously_late: tuple[int, int]
    reo: tuple[int, int]
    sales: tuple[tuple[str, int], ...]

    @property
    def losses(self) -> int:
        """Realized losses of loans liquidated without REO."""
        return self.liquidated - self.liquidation_proceeds

    @property
    def reo_losses(self) -> int:
        """Realized losses of REO sold."""
        return self.reo_sold - self.reo_proceeds


def roll(trust: str, pool: Pool, tape: Tape, reo: Tape, at: int, months: tuple[str, ...]) -> tuple[Tape, Tape, Actual]:
    """Roll loans and REO from month-end ``at - 1`` to ``at``: the tape and REO there, and what was collected between."""
    draws = Draws(pool.number, at)
    after = {name: column.copy() for name, column in tape.items()}
    alive = tape["status"] != REO
    _reset(after, alive, months[at - 1])
    interest = np.where(alive, cents(tape["balance"] / 100.0 * after["rate"] / 12.0), 0)
    servicing = np.where(alive, cents(tape["balance"] / 100.0 * pool.servicing_fee / 12.0), 0)
    moved = _move(trust, tape["status"], at, draws)
    stays = alive & (moved < REO)
    goes = alive & (moved == PAID_OFF)
    scheduled = np.where(stays | goes, _scheduled(after, interest), 0)
    matured = stays & (scheduled >= tape["balance"])
    late = stays & (moved > 0)
    liquidated = alive & (moved == LIQUIDATED)
    severity = draws.spread(tape["balance"].size, pool.severity)
    proceeds = np.where(liquidated, cents(tape["balance"] / 100.0 * (1.0 - severity)), 0)
    after["balance"] = tape["balance"] - scheduled
    after["status"] = np.where(alive, moved, REO)
    _age(after, alive)
    kept_reo, sold, reo_proceeds = _sell(reo, at, months, draws)
    taken = np.flatnonzero(alive & (moved == REO))
    owned = _joined(kept_reo, foreclosed(pool, after, taken, months[at], draws))
    leaves = goes | matured | liquidated | np.isin(tape["loan_id"], reo["loan_id"][sold])
    remaining = {name: column[~leaves] for name, column in after.items()}
    serious = np.isin(tape["status"], range(D60, REO))
    serious_after = np.isin(remaining["status"], range(D60, REO))
    begin, end = tape["balance"], remaining["balance"]
    actual = Actual(
        interest_paid=int(interest[~(late | liquidated | (alive & (moved == REO)))].sum()),
        interest_advanced=int(interest[late | liquidated | (alive & (moved == REO))].sum()),
        servicing=int(servicing.sum()),
        scheduled=int(scheduled[~late].sum()),
        advanced_principal=int(scheduled[late].sum()),
        prepaid=int((begin - scheduled)[goes].sum()),
        liquidated=int(begin[liquidated].sum()),
        liquidation_proceeds=int(proceeds.sum()),
        reo_transfers=int(begin[taken].sum()),
        reo_sold=int(reo["balance"][sold].sum()),
        reo_proceeds=int(reo_proceeds.sum()),
        new_foreclosures=int(begin[alive & (tape["status"] < FORECLOSURE) & (moved == FORECLOSURE)].sum()),
        performing=(int(begin[alive & ~serious].sum()), int(end[(remaining["status"] != REO) & ~serious_after].sum())),
        seriously_late=(int(begin[serious].sum()), int(end[serious_after].sum())),
        reo=(int(begin[~alive].sum()), int(end[remaining["status"] == REO].sum())),
        sales=tuple((str(loan), int(x)) for loan, x in zip(reo["loan_id"][sold], reo_proceeds, strict=True)),
    )
    return remaining, owned, actual


def _reset(tape: Tape, alive: np.ndarray, month_before: str) -> None:
    """Reset the rates that fall due, on the index published at the month-end before."""
    arm = tape["arm"] & alive
    due = arm & (tape["months_to_reset"] == 0)
    first = tape["age"] <= tape["fixed_months"]
    for k in np.flatnonzero(due):
        level = published(str(tape["index"][k]), month_before)
        tape["rate"][k] = reset_rate(tape, int(k), level, "initial_cap" if first[k] else "periodic_cap")
    tape["months_to_reset"] = np.where(due, tape["reset_frequency"] - 1, tape["months_to_reset"] - arm)


def _scheduled(tape: Tape, interest: np.ndarray) -> np.ndarray:
    """Scheduled principal of each loan in cents; a loan in its last month owes all of it."""
    monthly = tape["rate"] / 12.0
    grown = power(1.0 + monthly, tape["amortization_term"])
    payment = cents(tape["balance"] / 100.0 * monthly * grown / (grown - 1.0))
    principal = np.minimum(np.maximum(payment - interest, 0), tape["balance"])
    principal = np.where(tape["interest_only_months"] > 0, 0, principal)
    return np.where(tape["remaining_term"] == 1, tape["balance"], principal)


def _move(trust: str, status: np.ndarray, at: int, draws: Draws) -> np.ndarray:
    """Where each loan stands a month later."""
    table = np.array(MOVES[trust])
    worse = table[0, 1] * (STRESS[at] - 1.0)
    table[0, 0] -= worse
    table[0, 1] += worse
    edges = np.cumsum(table, axis=1)
    u = draws.uniform(status.size)
    at_row = edges[np.minimum(status, FORECLOSURE)]
    return np.minimum((u[:, None] >= at_row).sum(axis=1), PAID_OFF)


def _age(tape: Tape, alive: np.ndarray) -> None:
    """A month older."""
    tape["age"] = tape["age"] + 1
    for name in ("remaining_term", "amortization_term"):
        tape[name] = np.maximum(tape[name] - 1, 1)
    tape["interest_only_months"] = np.maximum(tape["interest_only_months"] - 1, 0)
    grown = np.maximum(tape["months_delinquent"] + 1, np.minimum(tape["status"], 3))
    held = np.where(tape["status"] < 3, tape["status"], grown)
    tape["months_delinquent"] = np.where(alive, held, tape["months_delinquent"] + 1)


def _sell(reo: Tape, at: int, months: tuple[str, ...], draws: Draws) -> tuple[Tape, np.ndarray, np.ndarray]:
    """Sell what comes to sale and revalue the rest: the REO kept, which rows were sold, and their proceeds (cents)."""
    n = reo["balance"].size
    u, price = draws.uniform(n), draws.spread(n, (0.86, 0.94, 0.97, 1.0, 1.08))
    sold = ((reo["months_to_sale"] == 1) & (u < 0.75)) | (u < 0.04)
    net = cents(reo["value"] / 100.0 * PRICES[at] * (1.0 - SELLING_COST) * price)
    proceeds = np.minimum(net, reo["balance"])[sold]
    delay = 1 + draws.pick(n, [1.0] * 3)
    kept = {name: column.copy() for name, column in reo.items()}
    kept["months_to_sale"] = np.where(reo["months_to_sale"] == 1, delay, reo["months_to_sale"] - 1)
    _revalue(kept, at, months)
    return {name: column[~sold] for name, column in kept.items()}, sold, proceeds


def _revalue(reo: Tape, at: int, months: tuple[str, ...]) -> None:
    """A new broker's opinion on properties whose last one is three months old."""
    for k in range(reo["value"].size):
        since = str(reo["value_date"][k])
        if months.index(since) + 3 <= at:
            moved = 1.0
            for m in range(months.index(since) + 1, at + 1):
                moved *= PRICES[m]
            reo["value"][k] = int(reo["value"][k] / 100.0 * moved / 500.0) * 500 * 100
            reo["value_date"][k] = months[at]


def _joined(first: Tape, second: Tape) -> Tape:
    """Rows of both, in order of loan."""
    both = {name: np.concatenate([first[name], second[name]]) for name in first}
    order = np.argsort(both["loan_id"], kind="stable")
    return {name: column[order] for name, column in both.items()}
