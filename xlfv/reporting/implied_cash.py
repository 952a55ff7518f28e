"""The cash of a month as the two states of a trust themselves say it, item by item, whatever the ledger says.

- collateral: :mod:`xlfv.reporting.implied_collateral`;
- bonds: principal is the balance's drop less write-downs, plus what accreted; interest is what the coupon made due, and
  what its unpaid interest bore, less what shortfall and carryforward grew by;
- derivatives and trust costs: by the deal's own rules on the opening state and the forward index of month 1;
- accounts: the change in their balances; the residual: what is left of the month's cash.

What the deal's rules make due comes of running its waterfall for one month on the collateral's cash; what was paid comes of
the states. Where states cannot say, the trustee's figure counts if it is given, and the source says so.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.market.indices import Indices
from xlfv.projection.distributions import Distributions, distribute
from xlfv.projection.timeline import build_timeline
from xlfv.reporting.implied_collateral import Collected, Properties, as_collateral, collected
from xlfv.tables import Fault, refuse_if
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv

COSTS = "Trust costs"
ACCOUNTS = "Accounts"
INSURERS = "Insurers"
TRUSTEE = {
    "losses": "realized losses of loans liquidated without REO; counts where a tape has no cumulative_loss",
    "reo_losses": "realized losses of REO sold",
    "penalties_collected": "prepayment penalties of the trust",
    "interest_not_advanced": "interest due that was neither collected nor advanced, net of servicing",
}
"""Figures that states cannot say, by the trustee."""
DOLLAR = 1.0
SHORTEST, LONGEST = 25, 37
"""Days of a month between two month-ends, which may be its last business days."""


@dataclass(frozen=True)
class Amount:
    """A sum of the month.

    Attributes:
        item: whose it is, by the balance's items (:mod:`xlfv.valuation.fair_value`) or a tranche's name.
        what: interest, principal, and so on.
        amount: dollars; from an asset what came in (below 0: went out), to a liability or the residual what was paid.
        source: where it comes from, in words.
    """

    item: str
    what: str
    amount: float
    source: str


@dataclass(frozen=True)
class ImpliedCash:
    """The month's cash.

    Attributes:
        amounts: every sum.
        hedges: received and paid by each derivative inside the trust.
        properties: REO sold and taken.
        notices: what the reader should know.
    """

    amounts: tuple[Amount, ...]
    hedges: Mapping[str, tuple[float, float]]
    properties: Properties
    notices: tuple[str, ...]

    def total(self, item: str, *what: str) -> float:
        """Dollars of an item: of these kinds, or of all."""
        return sum(one.amount for one in self.amounts if one.item == item and (not what or one.what in what))

    def by_item(self) -> dict[str, float]:
        """Dollars to the holder of each item of the balance; the collateral's are net of servicing and trust costs."""
        found: dict[str, float] = {}
        for one in self.amounts:
            item, amount = (fv.COLLATERAL, -one.amount) if one.item == COSTS else (one.item, one.amount)
            if item not in (ACCOUNTS, INSURERS):
                found[item] = found.get(item, 0.0) + amount
        return found


def cents(dollars: float) -> float:
    """Dollars to the cent, half cents up: nobody is paid a part of one."""
    return math.floor(dollars * 100.0 + 0.5 + 1e-6) / 100.0


def months_between(before: Trust, after: Trust) -> int:
    """Calendar months from one trust's date to the other's."""
    return (after.as_of.year - before.as_of.year) * 12 + after.as_of.month - before.as_of.month


def check_months(before: Trust, after: Trust) -> None:
    """Refuse two states that are not one trust at two month-ends in a row.

    Raises:
        Refused: naming everything that is wrong.
    """
    refuse_if(month_faults(before, after))


def month_faults(before: Trust, after: Trust) -> list[Fault]:
    """What makes two states no month of one trust."""
    faults = []
    if before.name.lower() != after.name.lower():
        faults.append(Fault(f"the opening is of {before.name} and the closing of {after.name}", todo="give one trust"))
    days = (after.as_of - before.as_of).days
    if months_between(before, after) != 1 or not SHORTEST <= days <= LONGEST:
        what = f"{after.as_of} does not follow {before.as_of} by a month"
        faults.append(Fault(what, todo="give two month-ends in a row; a longer time is a chain of months"))
    new = sorted(set(after.tranches) - set(before.tranches))
    if new:
        what = f"{', '.join(new)} of {before.name} at {after.as_of}, and not at {before.as_of}: in one of the two states only"
        faults.append(
            Fault(what, todo="classes may retire, none may be new: mend the name, or add it to the opening at 0")
        )
    faults += [
        Fault(
            f"{trust.name} has no loans at {trust.as_of}", todo="what the collateral brought is told by two loan tapes"
        )
        for trust in (before, after)
        if not trust.has_loans
    ]
    return faults


def implied_cash(
    before: Trust, after: Trust, indices: Indices, trustee: Mapping[str, float] | None = None
) -> ImpliedCash:
    """The month's cash by item, as the two states say it.

    A class that the closing leaves out has retired where it was paid off: by the deal's rules on the month's collateral, or
    because the trustee's principal paid to bonds holds its whole balance.

    Args:
        before, after: one trust at two month-ends in a row, with loans.
        indices: those of the earlier date; month 1's coupons and settlements read them.
        trustee: figures of :data:`TRUSTEE` that states cannot say, and ``bond_principal_paid``; others are not looked at.

    Raises:
        Refused: the two are not one trust at two month-ends in a row, or have no loans; an index is missing; a class is left out
            of the closing and nothing says that it was paid off.
    """
    check_months(before, after)
    facts = {name: float(trustee[name]) for name in TRUSTEE if trustee and name in trustee}
    month = collected(before, after, indices, facts)
    rules = distribute(before, as_collateral(before, after, month), indices, build_timeline(before, 1))
    amounts = _collateral(month, facts)
    bonds = _bonds(before, after, rules)
    refuse_if(_left_out(before, after, rules, bonds, (trustee or {}).get("bond_principal_paid")))
    amounts += bonds
    amounts += _others(before, after, rules)
    amounts.append(_residual(amounts))
    paid = rules.record.hedges[:, 1, 1:]
    hedges = {str(name): (float(paid[k, 0]), float(paid[k, 1])) for k, name in enumerate(before["hedges"]["hedge"])}
    inside = dict(zip(map(str, before["hedges"]["hedge"]), before["hedges"]["in_trust"], strict=True))
    return ImpliedCash(
        tuple(amounts), {name: both for name, both in hedges.items() if inside[name]}, month.properties,
        _notices(before, after, month, facts),
    )  # fmt: skip


def _collateral(month: Collected, facts: Mapping[str, float]) -> list[Amount]:
    terms = "loans' own terms on opening balances, collected or advanced"
    told = terms if "interest_not_advanced" not in facts else f"{terms}, less the trustee's interest_not_advanced"
    proceeds = cents(float((month.liquidated - month.losses).sum()))
    found = [
        Amount(fv.COLLATERAL, "interest", float(month.interest.sum()), told),
        Amount(fv.COLLATERAL, "servicing", -float(month.servicing.sum()), terms),
        Amount(
            fv.COLLATERAL, "principal", cents(float(month.principal.sum())), "balances of the two tapes, loan by loan"
        ),
        Amount(fv.COLLATERAL, "liquidations", proceeds, month.losses_from),
    ]
    if "penalties_collected" in facts:
        found.append(Amount(fv.COLLATERAL, "penalties", facts["penalties_collected"], "trustee"))
    if month.bought.any():
        found.append(Amount(fv.COLLATERAL, "bought", -float(month.bought.sum()), "loans of the later tape only"))
    sold = cents(float((month.reo_sold - month.reo_losses).sum()))
    return [*found, Amount(fv.REO, "sales", sold, month.reo_from)]


def _bonds(before: Trust, after: Trust, rules: Distributions) -> list[Amount]:
    """Interest and principal of each class."""
    was, now = before.classes, after.classes
    place = {str(name): k for k, name in enumerate(now["tranche"])}
    tracked = "basis_risk_carryforward" in now.given
    found = []
    for row, name in enumerate(before.tranches):
        if name not in place:
            found += _retired(name, rules, float(was["balance"][row]) if str(was["kind"][row]) != "io" else 0.0)
            continue
        to = place[name]
        due = {key: float(values[1]) for key, values in rules.tranche(name).items()}
        kind = str(was["kind"][row])

        def grown(column: str, row: int = row, to: int = to) -> float:
            return float(now[column][to] - was[column][row])

        interest = due["interest_due"] + due["shortfall_interest"] - grown("interest_shortfall")
        source = "coupon due by the deal's rules, less the growth of interest_shortfall"
        if tracked:
            interest += due["capped_interest"] + due["basis_risk_interest"] - grown("basis_risk_carryforward")
            source += " and basis_risk_carryforward"
        accreted = due["accreted"] if kind == "z" else 0.0
        principal = 0.0 if kind == "io" else -grown("balance") - grown("writedown") + accreted
        found.append(Amount(name, "interest", cents(interest - accreted), source))
        told = "balance's drop less write-downs" + (", plus what accreted" if kind == "z" else "")
        found.append(Amount(name, "principal", cents(principal), told))
    return found


def _retired(name: str, rules: Distributions, balance: float) -> list[Amount]:
    """Interest and principal of a class that the closing leaves out: what the rules paid it, and its whole balance."""
    paid = {key: float(values[1]) for key, values in rules.tranche(name).items()}
    interest = paid["interest_paid"] + paid["shortfall_paid"] + paid["basis_risk_paid"]
    return [
        Amount(name, "interest", cents(interest), "paid by the deal's rules; it has retired"),
        Amount(name, "principal", cents(balance), "its balance; it has retired"),
    ]


def _left_out(
    before: Trust, after: Trust, rules: Distributions, bonds: list[Amount], posted: float | None
) -> list[Fault]:
    """Classes that the closing leaves out although neither the deal's rules nor the trustee paid them off."""
    gone = [name for name in before.tranches if name not in after.tranches]
    principal = sum(one.amount for one in bonds if one.what == "principal")
    if posted is not None and posted >= principal - DOLLAR:
        return []
    was = dict(zip(before.tranches, before.classes["balance"], strict=True))
    faults = []
    for name in gone:
        month = rules.tranche(name)
        lost = float(month["writedown"][1])
        if was[name] <= DOLLAR or (month["end_balance"][1] <= DOLLAR and lost <= DOLLAR):
            continue
        paid = f"the month's cash pays it {float(month['principal_paid'][1]):,.2f}" if posted is None else (
            f"bond_principal_paid is {posted:,.2f} where {principal:,.2f} would have to be paid"
        )  # fmt: skip
        faults.append(
            Fault(
                f"{name} of {before.name} stands at {before.as_of} with {was[name]:,.2f} dollars and is left out of the bonds at"
                f" {after.as_of}, in one of the two states only, and {paid}",
                todo="keep it in the closing bonds at what is left of it (0 and its writedown where it was written off), or post the"
                " principal that paid it off in bond_principal_paid",
            )
        )
    return faults


def _others(before: Trust, after: Trust, rules: Distributions) -> list[Amount]:
    """Derivatives, trust costs, accounts, insurers."""
    rule = "the deal's rules on the opening state, index of month 1"
    put_aside = cents(float(after["accounts"]["balance"].sum() - before["accounts"]["balance"].sum()))
    return [
        Amount(fv.DERIVATIVE_ASSETS, "received", cents(float(rules.hedge_received[1])), rule),
        Amount(fv.DERIVATIVE_LIABILITIES, "paid", cents(float(rules.hedge_paid[1])), rule),
        Amount(COSTS, "paid", cents(float(rules.costs_paid[1])), rule),
        Amount(ACCOUNTS, "deposited", put_aside, "balances of accounts"),
        Amount(INSURERS, "received", cents(float(rules.insurer_cash[1])), rule),
    ]


def _residual(amounts: list[Amount]) -> Amount:
    into = (fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, INSURERS)
    left = sum(one.amount if one.item in into else -one.amount for one in amounts)
    return Amount(fv.RESIDUAL_INTEREST, "paid", cents(left), "what is left of the month's cash")


def _notices(before: Trust, after: Trust, month: Collected, facts: Mapping[str, float]) -> tuple[str, ...]:
    found = []
    if facts.get("reo_losses") and not month.properties.sold:
        lost = facts["reo_losses"]
        found.append(f"the trustee has losses of {lost:,.2f} dollars on REO sold, and no property has left the list")
    slack = 0.01 * before.pool_balance
    if month.bought.any():
        found.append(
            f"loans of {month.bought.sum():,.2f} dollars came into {after.name}: taken as bought for cash at their balance"
            ", unless the ledger says at what (loans_bought, transfer_in)"
        )
    if abs(float(month.losses.sum())) > float(month.liquidated.sum()) + slack:
        lost, gone = float(month.losses.sum()), float(month.liquidated.sum())
        found.append(f"losses of {lost:,.2f} dollars stand against liquidations of {gone:,.2f}: check cumulative_loss")
    return tuple(found)
