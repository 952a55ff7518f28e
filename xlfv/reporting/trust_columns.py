"""The columns of a trust's rollforward: what the company has of the trust, its interest and its cash of the month.

Of a trust that is consolidated the bonds that the company holds are eliminated (ASC 810-10-45-1): borrowings are what others
hold. Of one that is not, the security is what the company holds: the residual and those bonds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from xlfv.reporting.forms import zeros
from xlfv.reporting.implied_cash import COSTS, ImpliedCash
from xlfv.reporting.ledger import Ledger
from xlfv.reporting.reprojection import Explained
from xlfv.reporting.rollforward import Amounts
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv

SECURITY, COLLATERAL, ASSETS = "investment_securities_afs", "securitized_mortgage_collateral", "derivative_assets"
REO, BORROWINGS, OWED = "real_estate_owned", "securitized_mortgage_borrowings", "derivative_liabilities"
COMPANY = "company"


@dataclass(frozen=True)
class Reconciled:
    """A column's interest and cash of the month (dollars; assets: received, liabilities: paid).

    ``effective = due + accretion`` and ``cash = received + principal``; ``unexplained = implied - cash``.

    Attributes:
        effective: effective-yield interest on the opening value.
        due: contractual interest as the states imply it, of collateral net of servicing and trust costs.
        received: contractual interest in the ledger.
        principal: all other cash in the ledger.
        implied: cash as the states imply it.
        entered: fair value that came in without cash, as the ledger has it, of loans that appear.
    """

    line: str
    effective: float
    due: float
    received: float
    principal: float
    implied: float
    entered: float = 0.0

    @property
    def accretion(self) -> float:
        """Effective interest beyond what is contractually due."""
        return self.effective - self.due

    @property
    def cash(self) -> float:
        """All cash in the ledger."""
        return self.received + self.principal

    @property
    def unexplained(self) -> float:
        """Cash that the states imply and the ledger does not have."""
        return self.implied - self.cash


def held_classes(trust: Trust) -> tuple[str, ...]:
    """The classes that the company holds."""
    bonds = trust.classes
    return tuple(map(str, bonds["tranche"][bonds["held_by"] == COMPANY]))


def sign_of(line: str) -> float:
    """1 for what is owned, -1 for what is owed."""
    return -1.0 if line in (BORROWINGS, OWED) else 1.0


def book(value: fv.FairValue, trust: Trust, consolidated: bool, held: Sequence[str] | None = None) -> Amounts:
    """A trust's balance by the rollforward's items; liabilities negative.

    Args:
        value: the trust's balance at fair value.
        trust: who holds its classes.
        consolidated: its status.
        held: the classes that the company holds; None: as the trust says.
    """
    amounts = zeros()
    mine = sum(value.value(name) for name in (held_classes(trust) if held is None else held))
    if not consolidated:
        amounts[SECURITY] = value.total("residual") + mine
        return amounts
    amounts[COLLATERAL] = value.value(fv.COLLATERAL)
    amounts[ASSETS] = value.value(fv.DERIVATIVE_ASSETS)
    amounts[REO] = value.value(fv.REO)
    amounts[BORROWINGS] = -(value.borrowings - mine)
    amounts[OWED] = -value.value(fv.DERIVATIVE_LIABILITIES)
    return amounts


_ITEMS_OF = {
    COLLATERAL: (fv.COLLATERAL,), ASSETS: (fv.DERIVATIVE_ASSETS,), OWED: (fv.DERIVATIVE_LIABILITIES,), REO: (fv.REO,),
}  # fmt: skip


def items_of_line(line: str, trust: Trust) -> tuple[str, ...]:
    """The items of a trust's balance that stand in a column."""
    held = held_classes(trust)
    if line == BORROWINGS:
        return tuple(name for name in trust.tranches if name not in held)
    return (fv.RESIDUAL_INTEREST, *held) if line == SECURITY else _ITEMS_OF[line]


def effect(explained: Explained, factor: str, line: str, trust: Trust) -> float:
    """A factor's effect on a column's value, as the balance signs it (dollars)."""
    return sum(explained.effects[factor].get(item, 0.0) for item in items_of_line(line, trust))


def columns_of(
    explained: Explained, yields: Mapping[str, float], cash: ImpliedCash, ledger: Ledger, trust: Trust,
    standing: Mapping[str, float], *, consolidated: bool,
) -> list[Reconciled]:  # fmt: skip
    """Interest and cash of every column that a trust of this status has.

    Args:
        explained: the change in fair value.
        yields: the month's, by item.
        cash, ledger: as the states imply it, and as it was posted.
        trust: the opening's.
        standing: value of each derivative at the opening.
        consolidated: its status over the month.
    """
    if not consolidated:
        return [_security(explained, yields, cash, ledger, trust)]
    return [
        _collateral(explained, yields, cash, ledger),
        _borrowings(explained, yields, cash, ledger, trust),
        *_derivatives(cash, ledger, standing),
    ]


def _collateral(explained: Explained, yields: Mapping[str, float], cash: ImpliedCash, ledger: Ledger) -> Reconciled:
    """Loans that appear count at the value at which the ledger has them; at their balance, as paid, where it has none."""
    due = cash.total(fv.COLLATERAL, "interest", "servicing", "penalties") - cash.total(COSTS)
    appeared = -cash.total(fv.COLLATERAL, "bought")
    implied, entered = cash.by_item()[fv.COLLATERAL], 0.0
    bought, came = ledger.total("loans_bought"), ledger.transfers.get(("transfer_in", COLLATERAL), 0.0)
    if appeared > 0.0 and bought + came > 0.0:
        implied, entered = implied + appeared - bought, came
    return Reconciled(
        COLLATERAL,
        explained.opening.value(fv.COLLATERAL) * yields[fv.COLLATERAL],
        due,
        ledger.total("interest_collected", "penalties_collected") - ledger.total("servicing_paid", "costs_paid"),
        ledger.total("principal_collected", "liquidation_proceeds") - bought,
        implied,
        entered,
    )


def paid_to_held(cash: ImpliedCash, ledger: Ledger, trust: Trust) -> tuple[float, float]:
    """Interest and principal that the company was paid on bonds that it holds: as posted, else as the states imply."""
    names = held_classes(trust)
    interest = ledger.amounts.get("held_interest", sum(cash.total(name, "interest") for name in names))
    principal = ledger.amounts.get("held_principal", sum(cash.total(name, "principal") for name in names))
    return float(interest), float(principal)


def _borrowings(
    explained: Explained, yields: Mapping[str, float], cash: ImpliedCash, ledger: Ledger, trust: Trust
) -> Reconciled:
    names = items_of_line(BORROWINGS, trust)
    interest, principal = paid_to_held(cash, ledger, trust)
    return Reconciled(
        BORROWINGS,
        sum(explained.opening.value(name) * yields[name] for name in names),
        sum(cash.total(name, "interest") for name in names),
        ledger.total("bond_interest_paid") - interest,
        ledger.total("bond_principal_paid") - principal - ledger.total("bonds_issued"),
        sum(cash.total(name) for name in names),
    )


def derivative_shares(cash: ImpliedCash, standing: Mapping[str, float]) -> tuple[float, float]:
    """What part of all that derivatives brought is the assets', and what part of all that was paid the liabilities'.

    A derivative is an asset or a liability as it stood at the opening; where none moved cash, those that there are count, and
    where there are none receipts are of assets and payments of liabilities.
    """

    def share(side: int, asset: bool) -> float:
        mine = [both[side] for name, both in cash.hedges.items() if (standing.get(name, 0.0) >= 0.0) == asset]
        whole = sum(both[side] for both in cash.hedges.values())
        if whole > 0.0:
            return sum(mine) / whole
        return 1.0 if mine or not cash.hedges else 0.0

    return share(0, True), share(1, False)


def _derivatives(cash: ImpliedCash, ledger: Ledger, standing: Mapping[str, float]) -> list[Reconciled]:
    """Derivatives bear no interest here: all that moves is settlement."""
    came, went = derivative_shares(cash, standing)

    def both(received: float, paid: float) -> tuple[float, float]:
        return came * received - (1.0 - went) * paid, went * paid - (1.0 - came) * received

    posted = both(ledger.total("hedge_received"), ledger.total("hedge_paid"))
    said = both(cash.total(fv.DERIVATIVE_ASSETS), cash.total(fv.DERIVATIVE_LIABILITIES))
    return [Reconciled(line, 0.0, 0.0, 0.0, posted[k], said[k]) for k, line in enumerate((ASSETS, OWED))]


def _security(
    explained: Explained, yields: Mapping[str, float], cash: ImpliedCash, ledger: Ledger, trust: Trust
) -> Reconciled:
    """Of the residual income is all effective interest and cash distributions; bonds held have contractual interest too."""
    held = held_classes(trust)
    interest, principal = paid_to_held(cash, ledger, trust)
    bought = ledger.total("residual_bought") - ledger.total("residual_sold")
    return Reconciled(
        SECURITY,
        sum(explained.opening.value(name) * yields[name] for name in (fv.RESIDUAL_INTEREST, *held)),
        sum(cash.total(name, "interest") for name in held),
        interest,
        ledger.total("residual_cash") + principal - bought,
        cash.total(fv.RESIDUAL_INTEREST) + sum(cash.total(name) for name in held) - bought,
    )


def factors_of(
    explained: Explained, cash: ImpliedCash, columns: Sequence[Reconciled], trust: Trust
) -> dict[str, Amounts]:
    """Change in fair value by factor and column: interest in time, cash that came otherwise than expected in performance."""
    found = {factor: zeros() for factor in explained.effects}
    for column in columns:
        line = column.line
        expected = sum(explained.expected_cash.get(name, 0.0) for name in items_of_line(line, trust))
        came = column.implied - column.entered + (cash.properties.taken_value if line == COLLATERAL else 0.0)
        for factor in explained.effects:
            amount = effect(explained, factor, line, trust)
            amount += expected - column.effective if factor == "time" else 0.0
            amount += came - expected if factor == "performance" else 0.0
            found[factor][line] = sign_of(line) * amount
    return found
