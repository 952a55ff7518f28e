"""The change in a trust's fair value between two month-ends, factor by factor: every state between is a projection.

From the opening to the closing one factor changes after another (or, order-free, in all orders: Shapley):

- ``time``: the opening projection seen from the closing date (:func:`xlfv.projection.projection.seen_later`) at the opening
  yields: what was to be paid by then is cash and no longer value.
- ``performance``: the closing trust (loans, bonds, derivatives, REO, accounts and costs as they are now) under the opening's
  curves and indices moved on by the months passed.
- ``prepayment``, ``default``, ``severity``: the closing's columns of that family (:mod:`xlfv.market.curve_mix`).
- ``index``: the closing's forward indices, its discount curve and volatilities.
- ``yield``: the closing's yields.
- ``model``: what is left: the closing projection as it was made, and measured: a change of the term ``measurement`` is here.

A state in which performance has not changed and curves have is the opening trust under its own curves and indices until the
closing date and the closing's after it, seen from that date. Curves by age, and curves whose kind changes, then stand by
month in it, a set for each age of the loans (:mod:`xlfv.projection.by_month`).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlfv.projection.projection import Projection
from xlfv.reporting.states import FACTORS, FREE, METHODS, MonthEnd, Stage, States, valued
from xlfv.tables import Fault, Refused, refuse_if
from xlfv.tables.kept import kept
from xlfv.valuation import fair_value as fv
from xlfv.valuation.collateral import loan_cash
from xlfv.valuation.hedges import hedge_values

Amounts = Mapping[str, float]
__all__ = [
    "FACTORS", "FREE", "METHODS", "Explained", "MonthEnd", "Stage", "check_order", "check_pair", "expected_cash", "explain_change",
    "items_of", "step_projection",
]  # fmt: skip


@dataclass(frozen=True)
class Explained:
    """A change in fair value, explained.

    Attributes:
        opening, closing: the fair values at both dates.
        stages: the states in the order of the factors, one a factor; of Shapley those of the order asked for, whose
            differences are not the effects.
        expected_cash: of each item, what the opening projection expected to be paid between the two dates to who holds it
            (to the trust's counterparty, of derivative liabilities), dollars.
        effects: factor -> item -> dollars of value; all together are closing less opening.
        items: the items, in the order of the balance; a class that has retired among them.
        method: of :data:`METHODS`.
        order: the factors in the order of the stages.
        months: months of the opening projection that were due by the closing date.
    """

    opening: fv.FairValue
    closing: fv.FairValue
    stages: tuple[Stage, ...]
    expected_cash: Amounts
    effects: Mapping[str, Amounts]
    items: tuple[str, ...]
    method: str
    order: tuple[str, ...]
    months: int

    def stage(self, factor: str) -> Stage:
        """The state after a factor has changed."""
        return next(one for one in self.stages if one.factor == factor)

    def unwinding(self, item: str) -> float:
        """What an item was to gain by the passing of time, cash taken into account (dollars)."""
        return self.effects["time"][item] + self.expected_cash[item]

    def unexplained(self, item: str) -> float:
        """Closing less opening less all effects: nothing but rounding (dollars)."""
        moved = [effects[item] for effects in self.effects.values()]
        return math.fsum([self.closing.value(item), -self.opening.value(item), *(-one for one in moved)])


def check_order(order: Sequence[str]) -> tuple[str, ...]:
    """An order of the factors, time first and model last, which need not be named.

    Raises:
        Refused: a factor that is not known, named twice, missing, or out of its place.
    """
    names = [name.strip().lower() for name in order]
    inner = [name for name in names if name not in ("time", "model")]
    todo = f"name each of {', '.join(FREE)} once, in the order in which they change"
    faults = [Fault(f"'{name}' is no factor", "order", todo) for name in dict.fromkeys(names) if name not in FACTORS]
    faults += [
        Fault(f"{name} is named {names.count(name)} times", "order", todo)
        for name in dict.fromkeys(names)
        if names.count(name) > 1 and name in FACTORS
    ]
    missing = [name for name in FREE if name not in inner]
    if missing:
        faults.append(Fault(f"{', '.join(missing)} is missing from the order", "order", todo))
    if "time" in names and names[0] != "time":
        faults.append(Fault("time is not first", "order", "the other factors change at the closing date: leave it out"))
    if "model" in names and names[-1] != "model":
        faults.append(Fault("model is not last", "order", "it is what the others leave: leave it out"))
    refuse_if(faults)
    return ("time", *inner, "model")


def explain_change(
    opening: MonthEnd, closing: MonthEnd, order: Sequence[str] = FACTORS, method: str = "sequential",
    before_model: Projection | None = None,
) -> Explained:  # fmt: skip
    """Explain the change in a trust's fair value between two dates.

    Args:
        opening, closing: the trust at both dates; any number of months may lie between.
        order: the factors in the order in which they change; see :func:`check_order`.
        method: ``sequential``, or ``shapley``: each factor's effect is its average over all orders.
        before_model: the closing trust, curves and indices as the opening's options would project them (a call, a horizon);
            what the closing projection differs by is the effect of ``model``. Without it there is none.

    Raises:
        Refused: the trusts or dates do not belong together, curves cannot be mixed, or a state cannot be projected or
            valued.
    """
    order = check_order(order)
    if method not in METHODS:
        raise Refused(Fault(f"the method is '{method}'", todo=f"write {' or '.join(METHODS)}"))
    return _explained(opening, closing, order, method, before_model)


def _all_of(end: MonthEnd) -> tuple[str, str]:
    return end.projection.digest, repr(sorted(end.yields.items()))


@kept(
    8,
    lambda opening, closing, order, method, before_model: (
        _all_of(opening),
        _all_of(closing),
        order,
        method,
        before_model.digest if before_model else "",
    ),
)
def _explained(
    opening: MonthEnd, closing: MonthEnd, order: tuple[str, ...], method: str, before_model: Projection | None
) -> Explained:
    """The explanation, kept: a workbook's rollforward, reconciliation, attribution and explanation of a trust ask for the same."""
    check_pair(opening, closing, before_model)
    states = States(opening, closing, before_model)
    begin = valued(opening.projection, opening.yields, "opening")
    end = valued(closing.projection, closing.yields, "closing")
    apart = any(line.item == fv.DIFFERENCE for value in (begin, end) for line in value.lines)
    items = (*items_of(opening.projection), *((fv.DIFFERENCE,) if apart else ()))
    inner = order[1:-1]
    states.prepare(states.key(inner[:k]) for k in range(len(inner) + 1))
    stages = [states.stage(inner[:k], order[k]) for k in range(len(inner) + 1)]
    stages.append(Stage("model", closing.projection, closing.yields, end))
    values = [begin, *(one.value for one in stages)]
    effects = {
        factor: {item: after.value(item) - before.value(item) for item in items}
        for factor, before, after in zip(order, values, values[1:], strict=False)
    }
    if method == "shapley":
        effects |= _shapley(states, items)
    effects = {factor: effects[factor] for factor in order}
    cash = expected_cash(opening.projection, states.months, begin)
    return Explained(
        begin, end, tuple(stages), {item: cash.get(item, 0.0) for item in items}, effects, items, method, order,
        states.months,
    )  # fmt: skip


def step_projection(
    opening: MonthEnd,
    closing: MonthEnd,
    factor: str,
    order: Sequence[str] = FACTORS,
    before_model: Projection | None = None,
) -> Projection:
    """The projection of the stage of one factor, without the others: that of :func:`explain_change`, to the last bit.

    Raises:
        Refused: as there.
    """
    order = check_order(order)
    check_pair(opening, closing, before_model)
    if factor == "model":
        return closing.projection
    states = States(opening, closing, before_model)
    return states.projection(states.key(order[1 : order.index(factor) + 1]))


def check_pair(opening: MonthEnd, closing: MonthEnd, before_model: Projection | None = None) -> None:
    """Refuse two month-ends that do not belong together.

    Raises:
        Refused: with every fault: another trust, a date that is not later, collateral whose cash was given, a class that is
            new; ``before_model`` of another trust or date.
    """
    one, other = opening.projection, closing.projection
    faults = []
    if one.name.lower() != other.name.lower():
        faults.append(
            Fault(f"the opening is of {one.name} and the closing of {other.name}", todo="give the same trust")
        )
    if other.as_of <= one.as_of:
        what = f"the closing is of {other.as_of}, which does not lie after the opening's {one.as_of}"
        faults.append(Fault(what, todo="give the earlier month-end first"))
    if before_model is not None and (before_model.name, before_model.as_of) != (other.name, other.as_of):
        what = f"the projection before the change of model is of {before_model.name} on {before_model.as_of}"
        faults.append(Fault(what, todo=f"give one of {other.name} on {other.as_of}"))
    for when, given in (("opening", one), ("closing", other), ("projection before the change of model", before_model)):
        if given is not None and given.given is not None:
            what = f"the collateral cash of the {when} was given as a table: there are no curves whose change could be told"
            faults.append(Fault(what, todo="project the trust's loans under curves"))
        if given is not None and given.opening is not None:
            what = f"the {when} is a projection of {given.opening.as_of} seen from {given.as_of}"
            faults.append(Fault(what, todo="give the projection of the trust as it was on that date"))
    new = [name for name in other.trust.tranches if name not in one.trust.tranches]
    faults += [
        Fault(f"{name} is a class of the closing and not of the opening", todo="give the bonds of both dates alike: a class "
              "that has retired may be left out of the later ones, none may be new")
        for name in new
    ]  # fmt: skip
    refuse_if(faults)


def items_of(opening: Projection) -> tuple[str, ...]:
    """The items of a trust's balance, in its order; without the difference of collateral that is measured independently."""
    return (
        fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, fv.OTHER_ASSETS, *opening.trust.tranches, fv.DERIVATIVE_LIABILITIES,
        fv.OTHER_LIABILITIES, fv.RESIDUAL_INTEREST,
    )  # fmt: skip


def expected_cash(projection: Projection, months: int, value: fv.FairValue | None = None) -> dict[str, float]:
    """What a projection expects to be paid by item in its first months, to who holds the item (dollars).

    Derivatives count where they stand in ``value`` (today): what a liability is paid goes to the counterparty. Of other trust
    assets it is what accounts give, less what they are given.
    """
    paid, first = projection.distributions, slice(1, months + 1)
    found = {name: float(paid.cash(name)[first].sum()) for name in projection.trust.tranches}
    loans = loan_cash(projection)
    if 0 < projection.called <= months:  # the loans are bought
        loans = projection.collateral.loan_cash.sum(axis=0) - paid.costs_paid
    found[fv.COLLATERAL] = float(loans[first].sum())
    found[fv.REO] = float(projection.collateral["reo_proceeds"][:, first].sum())
    found[fv.OTHER_ASSETS] = float(paid.account_cash[first].sum())
    found[fv.RESIDUAL_INTEREST] = float(paid.residual[first].sum())
    found |= {fv.DERIVATIVE_ASSETS: 0.0, fv.DERIVATIVE_LIABILITIES: 0.0, fv.OTHER_LIABILITIES: 0.0}
    worth = hedge_values(projection)
    for row, name in enumerate(projection.trust["hedges"]["hedge"]):
        if str(name) in worth:
            net = float((paid.record.hedges[row, first, 1] - paid.record.hedges[row, first, 2]).sum())
            owed = worth[str(name)] < 0.0
            found[fv.DERIVATIVE_LIABILITIES if owed else fv.DERIVATIVE_ASSETS] += -net if owed else net
    return found


def _shapley(states: States, items: Sequence[str]) -> dict[str, dict[str, float]]:
    """Each factor's effect averaged over all orders of the factors between time and model."""
    players = [factor for factor in FREE if factor in states.changed]
    subsets = [s for size in range(len(players) + 1) for s in itertools.combinations(players, size)]
    states.prepare(subsets)
    values = {frozenset(s): {item: states.value(states.key(s)).value(item) for item in items} for s in subsets}
    effects = {factor: dict.fromkeys(items, 0.0) for factor in FREE}
    count = len(players)
    for factor in players:
        without = [s for s in values if factor not in s]
        for item in items:
            effects[factor][item] = math.fsum(
                (values[s | {factor}][item] - values[s][item])
                * math.factorial(len(s)) * math.factorial(count - len(s) - 1) / math.factorial(count)
                for s in without
            )  # fmt: skip
    return effects
