"""Trust collateral under curves: what every loan brings month by month, summed by group, and what REO brings."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from xlfv import progress
from xlfv.kernels import layout as k
from xlfv.market.curves import Curves
from xlfv.market.indices import Indices, require
from xlfv.model import MODEL_HASH
from xlfv.projection import loan_arrays
from xlfv.projection.assumptions import LoanCurves, has_timeline, loan_curves, same_shape, scenario_curves
from xlfv.projection.engine import Sums, project_loans
from xlfv.tables import Fault
from xlfv.tables.schema import Records
from xlfv.trust.loans import STATUSES
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust

Floats = NDArray[np.float64]
MOST_MONTHS = 720

LOAN_FIELDS: dict[str, int] = {
    "performing_balance": k.PERFORMING,
    "delinquent_balance": k.DELINQUENT,
    "foreclosure_balance": k.FORECLOSURE,
    "late_balance": k.BEHIND,
    "scheduled_principal": k.SCHEDULED,
    "prepaid_principal": k.PREPAID,
    "curtailed_principal": k.CURTAILED,
    "new_defaults": k.DEFAULTED,
    "cured_balance": k.CURED,
    "advanced_principal": k.ADVANCED_PRINCIPAL,
    "liquidated_balance": k.LIQUIDATED,
    "losses": k.LOST,
    "mi_proceeds": k.INSURED,
    "subsequent_recoveries": k.RECOVERED_LATER,
    "interest_paid": k.INTEREST_PAID,
    "interest_late": k.INTEREST_LATE,
    "interest_advanced": k.INTEREST_ADVANCED,
    "interest_capitalized": k.CAPITALIZED,
    "servicing_fee": k.SERVICING,
    "servicing_due": k.SERVICING_DUE,
    "penalties": k.PENALTIES,
}
"""What the kernels sum, by name."""
LEDGER: dict[str, int] = {
    "advances_outstanding": k.ADVANCES,
    "advances_repaid": k.ADVANCES_REPAID,
    "liquidation_expenses": k.EXPENSES,
}
"""What is told of the servicer's account. It is worked out when it is asked for: common loans do without."""
REO_FIELDS = ("reo_balance", "reo_sold", "reo_proceeds", "reo_losses")
NEEDED = (*LOAN_FIELDS, "interest_due", "interest_lost", "liquidation_proceeds", "call_price", *REO_FIELDS)


@dataclass(frozen=True)
class CollateralCash:
    """Collateral by group and month, dollars; every array is float64[groups, months + 1], month 0 the cut-off.

    Attributes:
        groups: loan groups, in order.
        fields: the quantities of :data:`NEEDED`; what is not given is nothing. ``call_premium``, what of ``call_price`` is
            beyond the loans' balance (below 0: short of it), stands there only where there is such.
        penalties_pass: prepayment penalties are the trust's, and join its interest.
        work_ledger: gives the servicer's account, the quantities of :data:`LEDGER`.
    """

    groups: tuple[str, ...]
    fields: dict[str, Floats]
    penalties_pass: bool = True
    work_ledger: Callable[[], dict[str, Floats]] | None = field(default=None, repr=False, compare=False)

    def __post_init__(self) -> None:
        nothing = np.zeros_like(next(iter(self.fields.values())))
        object.__setattr__(self, "fields", {name: self.fields.get(name, nothing) for name in NEEDED} | self.fields)

    def __getitem__(self, name: str) -> Floats:
        return self.ledger[name] if name in LEDGER else self.fields[name]

    @cached_property
    def ledger(self) -> dict[str, Floats]:
        """Advances outstanding and repaid, and expenses of liquidations."""
        if self.work_ledger is None:
            return {name: np.zeros_like(self["losses"]) for name in LEDGER}
        return self.work_ledger()

    @property
    def months(self) -> int:
        """Number of months."""
        return int(self["performing_balance"].shape[1]) - 1

    @property
    def end_balance(self) -> Floats:
        """Pool balance at the end of each month: performing, delinquent, in foreclosure, REO."""
        loans = self["performing_balance"] + self["delinquent_balance"] + self["foreclosure_balance"]
        return loans + self["reo_balance"]

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
        """Balance 60 days late or more at the end of each month: late today and still there, foreclosure, REO (MBA)."""
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
    def interest_funds(self) -> Floats:
        """What the waterfall receives as interest: net interest, and penalties where they are the trust's."""
        return self.net_interest + self["penalties"] if self.penalties_pass else self.net_interest

    @property
    def principal(self) -> Floats:
        """Principal cash: scheduled, prepaid, curtailed, advanced, recovered at once or later, from REO sold, and a call."""
        paid = self["scheduled_principal"] + self["prepaid_principal"] + self["curtailed_principal"]
        recovered = self["liquidation_proceeds"] + self["subsequent_recoveries"] + self["reo_proceeds"]
        return paid + self["advanced_principal"] + recovered + self["call_price"]

    @property
    def balance_gone(self) -> Floats:
        """What the pool balance falls by: principal paid, liquidated or bought, REO sold, less interest added to balances."""
        paid = self["scheduled_principal"] + self["prepaid_principal"] + self["curtailed_principal"]
        gone = self["advanced_principal"] + self["liquidated_balance"] + self["reo_sold"]
        left = paid + gone + self["call_price"] - self["interest_capitalized"]
        return left - self.fields["call_premium"] if "call_premium" in self.fields else left

    @property
    def all_losses(self) -> Floats:
        """Realized losses of loans and REO."""
        return self["losses"] + self["reo_losses"]

    @property
    def loan_cash(self) -> Floats:
        """Cash from loans not REO today, net of servicing; what a call brings for them is in it."""
        return self.interest_funds + self.principal - self["reo_proceeds"]


def default_horizon(trust: Trust, curves: Curves) -> int:
    """Months until the last loan has matured, what defaulted before is liquidated and recovered, and REO is sold."""
    last = 1
    loans = _alive(trust)
    loans = loans.take(loans["balance"] + loans["deferred_balance"] > 0)
    if loans.count:
        last = int(loans["remaining_term"].max()) + loan_curves(loans, curves, MOST_MONTHS).reach
    if trust["reo"].count:
        last = max(last, int(trust["reo"]["months_to_sale"].max()))
    return min(last, MOST_MONTHS)


def _alive(trust: Trust) -> Records:
    """The loans that bring cash of their own: all but REO."""
    return trust["loans"].take(trust["loans"]["status"] != "reo")


def project_collateral(trust: Trust, curves: Curves, indices: Indices, months: int) -> CollateralCash:
    """Project every loan and REO of a trust.

    Args:
        trust: the trust.
        curves: curve sets; each loan follows the one it names.
        indices: forward index rows for adjustable loans.
        months: horizon (1 to 720).
    """
    return project_scenarios(trust, [curves], indices, months)[0]


def project_scenarios(trust: Trust, scenarios: Sequence[Curves], indices: Indices, months: int) -> list[CollateralCash]:
    """Project a trust under several curves at once; each result is that of :func:`project_collateral` to the last bit.

    Scenarios that give the same curves in the same ways (as shifted and scaled ones do) share the planning of the loans.
    """
    if len(scenarios) > 1 and not same_shape(scenarios):
        return [project_scenarios(trust, [one], indices, months)[0] for one in scenarios]
    loans = _alive(trust)
    out: dict[int, Sums] = {}
    for which, rows in scenario_curves(loans, scenarios, months):
        out |= zip(which, _project(trust, loans, rows, indices, months), strict=True)
    reo = _reo(trust, trust.groups, months)
    passes = trust.terms.get("penalties") != "not_trust"
    return [
        CollateralCash(
            trust.groups, _fields(out[s]) | reo, passes, partial(_ledger, trust, loans, curves, indices, months)
        )
        for s, curves in enumerate(scenarios)
    ]


def project_loan(trust: Trust, loan_id: str, curves: Curves, indices: Indices, months: int) -> CollateralCash:
    """One loan's part of :func:`project_collateral`, to the last bit what went into the totals.

    Loans do not touch each other in the kernels, and sums over places that hold none change nothing.

    Raises:
        KeyError: the trust has no such loan.
    """
    loans, reo = trust["loans"], trust["reo"]
    mine = loans.take((loans["loan_id"] == loan_id) & (loans["status"] != "reo"))
    sold = np.flatnonzero(reo["loan_id"] == loan_id)
    if not mine.count and not sold.size:
        raise KeyError(loan_id)
    group = trust.reo_groups[int(sold[0])] if sold.size else str(mine["group"][0])
    fields = _reo(trust, trust.groups, months, loan_id) if sold.size else {}
    if mine.count:
        rows = loan_curves(mine, curves, months)
        fields |= _fields(_project(trust, mine, rows, indices, months, only=loan_id)[0])
    row = slice(trust.groups.index(group), trust.groups.index(group) + 1)

    def ledger() -> dict[str, Floats]:
        return {name: values[row] for name, values in _ledger(trust, mine, curves, indices, months).items()}

    passes = trust.terms.get("penalties") != "not_trust"
    return CollateralCash((group,), {name: values[row] for name, values in fields.items()}, passes, ledger)


def _project(
    trust: Trust, loans: Records, curves: LoanCurves, indices: Indices, months: int, *, singly: bool = False,
    only: str = "",
) -> list[Sums]:  # fmt: skip
    """Loans through the engine, each scenario's sums.

    Args:
        singly: none of them as common.
        only: the loan that stands alone: its plan is kept under its own name.
    """
    progress.tell(f"preparing {loans.count:,} loans")
    numbers = loan_arrays.loan_numbers(loans)
    counts = loan_arrays.loan_counts(loans, indices, trust.terms.get("defaults_stop") or "lag_before_maturity")
    common = loan_arrays.is_common(numbers, counts)
    if loans.count:
        kinds = curves.arrays.kinds[curves.rate_row]
        common &= curves.common[curves.timing] & (kinds[:, k.DEFAULTS] != k.CUMULATIVE)
        common &= (kinds[:, k.PREPAYS] != k.ABSOLUTE) | (numbers[:, k.L_PREPAY] == 1.0)
    place = {name: row for row, name in enumerate(trust.groups)}
    group = np.array([place[str(name)] for name in loans["group"]], dtype=np.int64)
    cutoff = trust.terms.date("cutoff_date") or trust.as_of
    return project_loans(
        numbers, counts, group, len(trust.groups), common & (not singly), curves, loan_arrays.index_rows(indices),
        loan_arrays.year_fractions(cutoff, months), months, f"{MODEL_HASH}:{trust.digest}:{indices.digest}:{only}",
    )  # fmt: skip


def _fields(sums: Sums) -> dict[str, Floats]:
    """Loan quantities by name, float64[groups, months + 1] each; with what follows from others."""
    found = {name: sums.column(column) for name, column in LOAN_FIELDS.items()}
    found["interest_due"] = found["interest_paid"] + found["interest_capitalized"] + found["interest_late"]
    found["interest_lost"] = found["interest_late"] - found["interest_advanced"]
    found["liquidation_proceeds"] = found["liquidated_balance"] - found["losses"]
    return found


def _ledger(trust: Trust, loans: Records, curves: Curves, indices: Indices, months: int) -> dict[str, Floats]:
    """The servicer's account: every loan projected one at a time."""
    sums = _project(trust, loans, loan_curves(loans, curves, months), indices, months, singly=True)[0]
    return {name: sums.column(column) for name, column in LEDGER.items()}


def missing_for_loans(trust: Trust, curves: Curves, indices: Indices) -> list[Fault]:
    """Curves and indices that loans name and nobody gives."""
    loans = trust["loans"]
    faults = []
    have = ", ".join(sorted(curves.sets)) or "none"
    for name in sorted(set(map(str, loans["curve"])) - set(curves.sets)):
        who = str(loans["loan_id"][np.flatnonzero(loans["curve"] == name)[0]])
        what = f"loans follow the curve '{name}', which the curves do not hold (first: loan {who})"
        faults.append(Fault(what, "curves", f"add rows for it (there: {have})"))
    named = [(str(i).upper(), "an adjustable loan") for i in loans["index"][loans["rate_type"] == "arm"]]
    named += [(str(i).upper(), "a yield maintenance") for i in loans["prepay_penalty_index"] if i]
    for name, who in sorted(set(named)):
        fault = require(indices, name, who)
        if fault:
            faults.append(fault)
    return faults


def late_without_timeline(trust: Trust, curves: Curves) -> tuple[str, ...]:
    """What is told of loans late today that roll by their curves as current ones do, for want of a timeline."""
    loans = trust["loans"]
    found: dict[str, tuple[int, float]] = {}
    for status in STATUSES[1:-1]:
        rolls = [name for name, one in curves.sets.items() if not has_timeline(one, status)]
        rows = (loans["status"] == status) & np.isin(loans["curve"], rolls)
        if rows.any():
            found[status] = int(rows.sum()), float((loans["balance"] + loans["deferred_balance"])[rows].sum())
    if not found:
        return ()
    count, dollars = (sum(part) for part in zip(*found.values(), strict=True))
    who = ", ".join(f"{number:,} {status}" for status, (number, _) in found.items())
    return (
        f"{count:,} {'loan' if count == 1 else 'loans'} late today ({who}; {dollars:,.0f} dollars) roll by the curves as if"
        " current: for a timeline of their own add months_to_liquidation or cure to the curves"
        f" (of a status: months_to_liquidation_{list(found)[-1]})",
    )


def _reo(trust: Trust, groups: tuple[str, ...], months: int, only: str | None = None) -> dict[str, Floats]:
    """Balances, sales and losses of REO by group and month; of one loan's where it is named."""
    out = {name: np.zeros((len(groups), months + 1)) for name in REO_FIELDS}
    reo, loans = trust["reo"], trust["loans"]
    carried = dict(zip(map(str, loans["loan_id"]), loans["balance"] + loans["deferred_balance"], strict=True))
    _, sale = net_realizable_values(reo)
    for row in range(reo.count) if only is None else np.flatnonzero(reo["loan_id"] == only):
        g = groups.index(trust.reo_groups[row])
        balance = float(carried.get(str(reo["loan_id"][row]), reo["balance"][row]))
        sold = int(reo["months_to_sale"][row])
        out["reo_balance"][g, : min(sold, months + 1)] += balance
        if sold <= months:
            out["reo_sold"][g, sold] += balance
            out["reo_proceeds"][g, sold] += sale[row]
            out["reo_losses"][g, sold] += balance - sale[row]
    return out
