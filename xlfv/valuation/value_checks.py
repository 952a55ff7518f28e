"""Named checks of a trust's balance, each by another way than the one that made the number.

The blended yield imposes assets = liabilities + residual, so that this identity alone would hold over a leak. Here cash is
followed month by month from the loans through the waterfall's record to those who are paid, and values are discounted once
more by plain numpy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.projection.projection import Projection
from xlfv.trust.measurement import CFE_ASSETS, CFE_LIABILITIES, INDEPENDENT
from xlfv.trust.parts import net_realizable_values
from xlfv.valuation import collateral as c
from xlfv.valuation.chosen_cash import cash_of, chosen_residual_cash, insurer_draws
from xlfv.valuation.contractual import uncalled
from xlfv.valuation.discounting import FREQUENCY
from xlfv.valuation.hedges import hedge_values
from xlfv.valuation.measurement import Measured, measured
from xlfv.valuation.tranches import tranche_cash
from xlfv.valuation.yields import COLLATERAL, RESIDUAL, Chosen

Floats = NDArray[np.float64]
TOLERANCE = 1e-9  # of the collateral and all claims on it together; a cent at least


@dataclass(frozen=True)
class Check:
    """One check.

    Attributes:
        name: what is checked.
        ours: the number as the valuation has it, dollars; of cash by month its sum.
        independent: the same by another way.
        difference: ours less the other; of cash by month that of the month in which it is largest.
        holds: the difference is within a cent, or a billionth of the collateral and all claims on it together.
    """

    name: str
    ours: float
    independent: float
    difference: float
    holds: bool


def value_checks(projection: Projection, yields: Mapping[str, Chosen]) -> tuple[Check, ...]:
    """Every check of a trust's balance, whether it holds or not.

    Raises:
        Refused: a value does not exist.
    """
    return checks_of(projection, yields, measured(projection, yields))


def checks_of(projection: Projection, yields: Mapping[str, Chosen], found: Measured) -> tuple[Check, ...]:
    """Every check of a balance whose collateral was measured as ``found``."""
    whole = abs(found.value) + sum(abs(part.amount) for part in found.claims.parts)
    checks = _Checks(max(0.01, TOLERANCE * whole))
    for run in (projection,) if not projection.called else (projection, uncalled(projection)):
        _cash_checks(checks, run)
    _part_checks(checks, projection, found)
    for name in projection.trust.tranches:
        _tranche_check(checks, projection, name, yields[name], found)
    chosen = yields[RESIDUAL]
    _residual_check(checks, projection, chosen, found)
    _collateral_checks(checks, projection, yields, found)
    return tuple(checks.made.values())


class _Checks:
    """Checks by name; of two of a name the worse is kept."""

    def __init__(self, tolerance: float) -> None:
        self.made: dict[str, Check] = {}
        self.tolerance = tolerance

    def add(self, name: str, ours: Floats | float, independent: Floats | float) -> None:
        """Compare two amounts, or two rows of them by month."""
        mine, other = np.atleast_1d(np.asarray(ours)), np.atleast_1d(np.asarray(independent))
        gaps = mine - other
        worst = float(gaps[np.argmax(np.abs(gaps))])
        if name not in self.made or not abs(worst) <= abs(self.made[name].difference):
            holds = bool(abs(worst) <= self.tolerance)
            self.made[name] = Check(name, float(mine.sum()), float(other.sum()), worst, holds)


def _paid_by(run: Projection, *ops: int) -> Floats:
    """What the steps of some kinds paid by the waterfall's record, float64[months + 1]."""
    paid = run.distributions
    rows = np.flatnonzero(np.isin(paid.deal.steps[:, w.P_OP], ops))
    return np.asarray(paid.record.steps[rows, :, w.S_PAID].sum(axis=0))


def _drawn_by_steps(run: Projection) -> Floats:
    """What steps took from insurers by the waterfall's record, float64[months + 1]."""
    paid = run.distributions
    first = paid.deal.buckets + paid.deal.account_balance.size
    rows = np.flatnonzero(paid.deal.steps[:, w.P_SOURCE] >= first)
    return np.asarray(paid.record.steps[rows, :, w.S_PAID].sum(axis=0))


def _class_cash(run: Projection, row: int) -> Floats:
    """What a class is paid, added up from its record, float64[months + 1]."""
    columns = (w.T_INTEREST_PAID, w.T_SHORTFALL_PAID, w.T_BASIS_PAID, w.T_PRINCIPAL, w.T_LOSS_PAID)
    return np.asarray(run.distributions.record.tranches[row][:, columns].sum(axis=1))


def _hedge_cash(run: Projection) -> tuple[Floats, Floats]:
    """What derivatives inside the trust pay it by their legs, and what steps pay on them; float64[months + 1] each."""
    paid = run.distributions
    inside = paid.deal.hedge_inside
    settled = paid.record.hedges[inside, :, 0] * paid.deal.hedge_rate[inside]
    received = np.maximum(settled, 0.0).sum(axis=0)
    if run.called:
        received[run.called] += np.maximum(paid.ends[inside], 0.0).sum()
    return received, _paid_by(run, w.PAY_HEDGE, w.PAY_TERMINATION)


def _reo_cash(run: Projection) -> Floats:
    """What the table of REO says its sales bring by month, float64[months + 1]; a call sells what is left."""
    out = np.zeros(run.months + 1)
    if run.given is not None:
        return out
    reo, loans = run.trust["reo"], run.trust["loans"]
    carried = dict(zip(map(str, loans["loan_id"]), loans["balance"] + loans["deferred_balance"], strict=True))
    balance = np.array([carried.get(str(i), b) for i, b in zip(reo["loan_id"], reo["balance"], strict=True)])
    groups, months = np.array(run.trust.reo_groups, dtype=object), reo["months_to_sale"]
    sale = net_realizable_values(reo)[1]
    for row in range(reo.count):
        month = int(months[row])
        if run.called and month > run.called:
            month = run.called
            if not balance[(groups == groups[row]) & (months > run.called)].sum() > 0.0:
                continue  # nothing of the group is carried: nobody buys it
        if month <= run.months:
            out[month] += sale[row]
    return out


def _cash_checks(checks: _Checks, run: Projection) -> None:
    """Cash of a projection month by month."""
    cash, paid = run.collateral, run.distributions
    alone, record = uncalled(run), paid.record
    loans = c.loan_cash(run) + alone.distributions.costs_paid
    if run.called:
        loans = np.where(np.arange(loans.size) <= run.called, loans, 0.0)
    call = cash["call_price"].sum(axis=0)
    received, settled = _hedge_cash(run)
    kept = record.accounts[:, :, 1] - record.accounts[:, :, 2] - record.accounts[:, :, 3]
    drawn = record.insurers[:, :, 0] - record.insurers[:, :, 1]
    classes = sum((_class_cash(run, row) for row in range(len(run.trust.tranches))), np.zeros(run.months + 1))
    fees = _paid_by(run, w.PAY_COST)
    given_out = classes + record.deal[:, 0] + fees + settled + kept.sum(axis=0) - received - drawn.sum(axis=0)
    checks.add(
        "pool cash split: loans + REO + call = what the waterfall gives out", loans + _reo_cash(run) + call, given_out
    )
    checks.add("fees: taken from loan cash = paid by steps", paid.costs_paid, fees)
    funds = c.loan_funds(alone.collateral)
    checks.add(
        "fees: loan cash = loan funds less what steps pay", c.loan_cash(run), funds - _paid_by(alone, w.PAY_COST)
    )
    checks.add("REO cash: in the pool = by the table of REO", cash["reo_proceeds"].sum(axis=0), _reo_cash(run))
    checks.add("hedge cash in: to the waterfall = by the legs", paid.hedge_received, received)
    checks.add(
        "hedge cash in: in the record = by the legs", record.hedges[paid.deal.hedge_inside, :, 1].sum(axis=0), received
    )
    checks.add("hedge cash out: from the waterfall = paid by steps", paid.hedge_paid, settled)
    checks.add("accounts: cash to the waterfall = deposits and draws", -paid.account_cash, kept.sum(axis=0))
    rolled = record.accounts[:, 0, 4] + kept.sum(axis=1) - record.accounts[:, -1, 4]
    checks.add("accounts: balances roll", rolled if rolled.size else 0.0, 0.0)
    checks.add("insurers: cash to the waterfall = draws less repayments", paid.insurer_cash, drawn.sum(axis=0))
    checks.add("insurers: draws = paid by steps", record.insurers[:, :, 0].sum(axis=0), _drawn_by_steps(run))
    into = (cash.interest_funds + cash.principal).sum(axis=0)
    into = into + paid.hedge_received - paid.hedge_paid + paid.account_cash + paid.insurer_cash
    unpaid = c.loan_funds(cash) - (cash.loan_cash - cash["call_price"]).sum(axis=0)
    out = paid.bond_cash + paid.costs_paid + paid.residual
    checks.add("cash in = cash out, undiscounted", into + unpaid, out)


def _part_checks(checks: _Checks, projection: Projection, found: Measured) -> None:
    """What stands undiscounted in C, against the trust's tables."""
    trust, claims = projection.trust, found.claims
    reo = net_realizable_values(trust["reo"])[0].sum()
    checks.add("REO value: in C = by the table of REO", -sum(part.amount for part in claims.of(c.REO)), reo)
    hedges = sum(hedge_values(projection).values())
    checks.add("derivative value: in C = of every derivative", -sum(p.amount for p in claims.of(c.DERIVATIVE)), hedges)
    terms = trust.terms
    assets = terms.number("cash_in_transit") + terms.number("other_assets")
    opening = projection.distributions.record.accounts[:, 0, 4].sum()
    checks.add("other assets: in C = terms and accounts", -sum(p.amount for p in claims.of(c.ASSET)), assets + opening)


def discounted(cash: Floats, years: Floats, rate: float, basis: str) -> float:
    """Present value (dollars) by numpy alone: ``sum(cash / (1 + rate / f) ** (f * years))``."""
    frequency = FREQUENCY[basis]
    with np.errstate(over="ignore", under="ignore"):
        factors = (1.0 + rate / frequency) ** (-frequency * years)
        return float(np.where(cash != 0.0, cash * factors, 0.0).sum())


def _tranche_check(checks: _Checks, projection: Projection, name: str, chosen: Chosen, found: Measured) -> None:
    """A class's value by its record, discounted by numpy."""
    run = cash_of(projection, chosen)
    cash = _class_cash(run, projection.trust.tranches.index(name))
    if not chosen.wrap:
        cash = cash - insurer_draws(run, name)
    dated = tranche_cash(run, name)
    rate = next(part.rate for part in found.claims.of(c.TRANCHE) if part.item == name)
    ours = sum(part.amount for part in found.claims.of(c.TRANCHE) if part.item == name)
    if rate is None:  # measured from the assets, where no yield gives that
        return
    if chosen.basis == "dm":
        shares = np.diff(dated.days) / 360.0
        factors = 1.0 / np.cumprod(1.0 + (dated.index[1:] + rate) * shares)
        value = float((cash[1:] * factors).sum())
    else:
        value = discounted(cash, dated.years, rate, chosen.basis)
    checks.add(f"value of {name}: by its record and numpy", ours, value)


def _residual_check(checks: _Checks, projection: Projection, chosen: Chosen, found: Measured) -> None:
    """The residual's value by what its steps and the rest of the waterfall leave it, discounted by numpy."""
    run = cash_of(projection, chosen)
    ours = sum(part.amount for part in found.claims.of(RESIDUAL))
    left = run.distributions.record.deal[:, 0]
    checks.add("residual cash: discounted = by the record", chosen_residual_cash(projection, chosen), left)
    value = discounted(left, projection.timeline.years(), chosen.rate, chosen.basis)
    checks.add("value of the residual: by its record and numpy", ours, value)


def _collateral_checks(checks: _Checks, projection: Projection, yields: Mapping[str, Chosen], found: Measured) -> None:
    """The collateral's value by what the waterfall gave out of the loans, discounted by numpy, against C."""
    own = found.measurement in (INDEPENDENT, CFE_ASSETS)
    run = uncalled(cash_of(projection, yields[COLLATERAL]) if own else projection)
    record = run.distributions.record
    received, settled = _hedge_cash(run)
    kept = (record.accounts[:, :, 1] - record.accounts[:, :, 2] - record.accounts[:, :, 3]).sum(axis=0)
    drawn = (record.insurers[:, :, 0] - record.insurers[:, :, 1]).sum(axis=0)
    classes = sum((_class_cash(run, row) for row in range(len(run.trust.tranches))), np.zeros(run.months + 1))
    loans = classes + record.deal[:, 0] + settled - received + kept - drawn - _reo_cash(run)
    if not (found.measurement == CFE_LIABILITIES and np.isnan(found.rate)):
        value = discounted(loans, projection.timeline.years(), found.rate, "monthly")
        checks.add("value of the collateral: by what the waterfall gives out, and numpy", found.value, value)
    if found.measurement != INDEPENDENT:
        checks.add("assets = liabilities + residual", found.value, found.claims.total)
