"""The trustee's month: actual collections through the deal's own rules, in whole cents."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from workbooks.sample_roll import Actual
from xlfv.market.indices import read_indices
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.distributions import Distributions, distribute
from xlfv.projection.timeline import build_timeline
from xlfv.tables.files import read_file
from xlfv.trust.trust import SCHEMAS, Trust, build_trust


@dataclass(frozen=True)
class ClassMonth:
    """A class after the month, in cents."""

    interest_paid: int
    principal_paid: int
    written_down: int
    balance: int
    shortfall: int
    carryforward: int


@dataclass(frozen=True)
class Paid:
    """What the month paid, in cents: classes by name, the activity table, and what only the trustee's report says.

    Attributes:
        coupons: rate that each class was paid on.
        hedges: received and paid, of each derivative.
        triggers: which are on.
        oc_target: None where the deal has none.
    """

    classes: dict[str, ClassMonth]
    activity: dict[str, int]
    coupons: dict[str, float]
    hedges: dict[str, tuple[int, int]]
    triggers: dict[str, bool]
    oc_target: int | None


def read_trust(name: str, as_of: dt.date, folder: Path) -> Trust:
    """A trust from a month's folder."""
    files = {table: folder / (f"{table}.csv.gz" if table == "loans" else f"{table}.csv") for table in SCHEMAS}
    there = {table: file for table, file in files.items() if file.is_file()}  # these trusts keep no accounts
    return build_trust(name, as_of, {table: read_file(file, table) for table, file in there.items()})


def pay(trust: Trust, indices: Path, actual: Actual) -> Paid:
    """Distribute a month's collections.

    Payments are cut to whole cents; the cents left over by that stay with the trustee, in its costs. So cash in equals
    cash out to the cent.

    Args:
        trust: the trust at the month's start.
        indices: the indices file of the month's start.
        actual: the month's collections.
    """
    rates = read_indices(read_file(indices, "indices"))
    paid = distribute(trust, collateral_cash(actual), rates, build_timeline(trust, 1))
    classes = _classes(trust, paid, actual)
    interest = sum(c.interest_paid for c in classes.values())
    principal = sum(c.principal_paid for c in classes.values())
    received, settled = _nearest(paid.hedge_received[1]), _down(paid.hedge_paid[1])
    residual = _down(paid.residual[1])
    collected = actual.interest_paid + actual.interest_advanced
    repaid = actual.scheduled + actual.advanced_principal + actual.prepaid
    into = collected + repaid + actual.liquidation_proceeds + actual.reo_proceeds + received
    costs = into - actual.servicing - interest - principal - settled - residual
    assert abs(costs - 100.0 * paid.costs_paid[1]) < 50, "rounding is a matter of cents"
    activity = {
        "interest_collected": collected,
        "principal_collected": repaid,
        "liquidation_proceeds": actual.liquidation_proceeds,
        "losses": actual.losses,
        "reo_transfers": actual.reo_transfers,
        "reo_sales_proceeds": actual.reo_proceeds,
        "reo_losses": actual.reo_losses,
        "bond_interest_paid": interest,
        "bond_principal_paid": principal,
        "writedowns": sum(c.written_down for c in classes.values()),
        "hedge_received": received,
        "hedge_paid": settled,
        "costs_paid": costs,
        "servicing_paid": actual.servicing,
        "residual_cash": residual,
    }
    record = paid.record
    return Paid(
        classes,
        activity,
        {name: float(paid.tranche(name)["coupon"][1]) for name in trust.tranches},
        {
            str(name): (_nearest(record.hedges[row, 1, 1]), _down(record.hedges[row, 1, 2]))
            for row, name in enumerate(trust["hedges"]["hedge"])
        },
        {str(name): bool(record.triggers[row, 1, 2]) for row, name in enumerate(trust["triggers"]["trigger"])},
        _nearest(paid.oc_target[1]) if paid.deal.has_oc else None,
    )


def collateral_cash(actual: Actual) -> CollateralCash:
    """The month as the projection's collateral; loans 60 days late or worse count as foreclosed, as the tests do."""
    interest = actual.interest_paid + actual.interest_advanced
    flows = {
        "scheduled_principal": actual.scheduled,
        "prepaid_principal": actual.prepaid,
        "new_defaults": actual.new_foreclosures,
        "advanced_principal": actual.advanced_principal,
        "liquidated_balance": actual.liquidated,
        "liquidation_proceeds": actual.liquidation_proceeds,
        "losses": actual.losses,
        "interest_due": interest,
        "interest_paid": actual.interest_paid,
        "interest_advanced": actual.interest_advanced,
        "servicing_fee": actual.servicing,
        "servicing_due": actual.servicing,
        "reo_sold": actual.reo_sold,
        "reo_proceeds": actual.reo_proceeds,
        "reo_losses": actual.reo_losses,
    }
    fields = {name: np.array([[0.0, amount / 100.0]]) for name, amount in flows.items()}
    balances = {
        "performing_balance": actual.performing,
        "foreclosure_balance": actual.seriously_late,
        "reo_balance": actual.reo,
    }
    fields.update({name: np.array([both]) / 100.0 for name, both in balances.items()})
    return CollateralCash(("1",), fields)


def _down(dollars: float) -> int:
    """Whole cents, not above (a millionth of a cent forgiven)."""
    return int(np.floor(dollars * 100.0 + 1e-4))


def _nearest(dollars: float) -> int:
    return int(np.floor(dollars * 100.0 + 0.5))


def _classes(trust: Trust, paid: Distributions, actual: Actual) -> dict[str, ClassMonth]:
    """Each class's month; write-downs make notes equal the pool to the cent where losses reach them."""
    bonds = trust["bonds"]
    found: dict[str, ClassMonth] = {}
    lowest = ""
    for row, name in enumerate(trust.tranches):
        columns = {key: float(values[1]) for key, values in paid.tranche(name).items()}
        interest = sum(_down(columns[key]) for key in ("interest_paid", "shortfall_paid", "basis_risk_paid"))
        principal, written = _down(columns["principal_paid"]), _nearest(columns["writedown"])
        balance = _nearest(float(bonds["balance"][row])) - principal - written
        lowest = name if written > 0 and (not lowest or balance > 0) else lowest
        claims = _nearest(columns["interest_shortfall"]), _nearest(columns["basis_risk_carryforward"])
        found[name] = ClassMonth(interest, principal, written, balance, *claims)
    if lowest:
        notes = [n for n, kind in zip(trust.tranches, bonds["kind"], strict=True) if kind != "io"]
        over = sum(found[n].balance for n in notes) - actual.performing[1] - actual.seriously_late[1] - actual.reo[1]
        one = found[lowest]
        found[lowest] = ClassMonth(
            one.interest_paid, one.principal_paid, one.written_down + over, one.balance - over, one.shortfall,
            one.carryforward,
        )  # fmt: skip
    for row, name in enumerate(trust.tranches):
        if bonds["kind"][row] == "io":
            one, linked = found[name], str(bonds["notional_of"][row]).replace(" ", "").split(",")
            notional = sum(found[n].balance for n in linked)
            found[name] = ClassMonth(one.interest_paid, 0, 0, notional, one.shortfall, one.carryforward)
    return found
