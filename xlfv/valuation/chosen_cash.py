"""The cash that a chosen yield discounts: expected or contractual, with what the class's insurer pays or without it.

Without the wrap a class is worth what its issuer owes on it: an inseparable third-party credit enhancement is left out of
the liability (ASC 820-10-35-18A). Its cash is then what the waterfall pays it less what its insurer pays of that. What the
trust pays the insurer back it then owes to the insurer in the holders' stead: a liability of its own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import deal as w
from xlfv.projection.distributions import Distributions, distribute
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused
from xlfv.trust.amounts import Amount
from xlfv.trust.trust import Trust
from xlfv.trust.waterfall import Step
from xlfv.valuation.contractual import contractual
from xlfv.valuation.discounting import worth
from xlfv.valuation.tranches import TrancheCash, cash_value, tranche_cash
from xlfv.valuation.yields import Chosen

Floats = NDArray[np.float64]


def cash_of(projection: Projection, chosen: Chosen) -> Projection:
    """The projection whose cash a yield discounts.

    Raises:
        Refused: contractual cash is asked for and not known.
    """
    return contractual(projection) if chosen.cash == "contractual" else projection


def chosen_tranche_cash(projection: Projection, name: str, chosen: Chosen) -> TrancheCash:
    """The cash of a class that its yield discounts.

    Raises:
        Refused: as :func:`cash_of` and :func:`insurer_draws`.
    """
    run = cash_of(projection, chosen)
    cash = tranche_cash(run, name)
    return cash if chosen.wrap else replace(cash, cash=cash.cash - insurer_draws(run, name))


def chosen_tranche_value(projection: Projection, name: str, chosen: Chosen) -> float:
    """Fair value of a class (dollars, accrued interest included) at its chosen yield, of the cash that it discounts."""
    return cash_value(chosen_tranche_cash(projection, name, chosen), chosen.rate, chosen.basis)


def chosen_residual_cash(projection: Projection, chosen: Chosen) -> Floats:
    """The residual's cash that its yield discounts, float64[months + 1]."""
    return cash_of(projection, chosen).distributions.residual


def chosen_residual_value(projection: Projection, chosen: Chosen) -> float:
    """Fair value of the residual (dollars) at its chosen yield, of the cash that it discounts."""
    return worth(chosen_residual_cash(projection, chosen), projection.timeline.years(), chosen.rate, chosen.basis)


def insurer_draws(projection: Projection, name: str) -> Floats:
    """What its insurer pays to a class by month, float64[months + 1]; zeros where it has none.

    An insurer pays all that is due, so a step that pays several classes pays each what a step of its own would.

    Raises:
        Refused: such a step is limited to an amount: what each class is paid is then not known.
    """
    if projection.opening is not None:  # of one seen from a later date: what is left of the draws
        left = insurer_draws(projection.opening, name)[-projection.months - 1 :].copy()
        left[0] = 0.0
        return left
    trust = projection.trust
    insurer = str(trust.classes["insured_by"][trust.tranches.index(name)])
    rows = [row for row, step in enumerate(trust.steps) if insurer and step.source == insurer and name in step.targets]
    if not rows:
        return np.zeros(projection.months + 1)
    if all(len(trust.steps[row].targets) == 1 for row in rows):
        return _paid(projection.distributions, rows)
    split = _one_class_a_step(trust, insurer)
    paid = distribute(split, projection.collateral, projection.indices, projection.timeline, projection.called)
    mine = [row for row, step in enumerate(split.steps) if step.source == insurer and step.targets == (name,)]
    return _paid(paid, mine)


def _paid(paid: Distributions, rows: list[int]) -> Floats:
    return np.asarray(paid.steps[rows, :, w.S_PAID].sum(axis=0))


def _one_class_a_step(trust: Trust, insurer: str) -> Trust:
    steps: list[Step] = []
    for step in trust.steps:
        if step.source != insurer or len(step.targets) == 1 or step.pay == "cost":
            steps.append(step)
            continue
        if step.amount != Amount():
            what = f"step {step.name} pays several classes of {insurer} up to an amount: what each is paid is not known"
            raise Refused(Fault(what, "waterfall", "give each class a step of its own"))
        steps += [replace(step, targets=(each,), rule="sequential", shares=()) for each in step.targets]
    return replace(trust, steps=tuple(steps))


def reimbursements(projection: Projection, yields: Mapping[str, Chosen]) -> dict[str, float]:
    """What the trust owes insurers for classes valued without their wrap: repayments discounted, dollars by class.

    A class's part of what its insurer is paid back is its part of all that the insurer pays; it is discounted as the
    class's own cash. Classes of which nothing is paid back are left out.
    """
    trust = projection.trust
    owed: dict[str, float] = {}
    for row, name in enumerate(trust.tranches):
        chosen, insurer = yields[name], str(trust.classes["insured_by"][row])
        if chosen.wrap or not insurer:
            continue
        run = cash_of(projection, chosen)
        drawn, repaid, _ = run.distributions.record.insurers[trust.insurers.index(insurer)].T
        if not repaid.any() or not drawn.any():
            continue
        share = float(insurer_draws(run, name).sum() / drawn.sum())
        if share > 0.0:
            owed[name] = cash_value(replace(tranche_cash(run, name), cash=share * repaid), chosen.rate, chosen.basis)
    return owed
