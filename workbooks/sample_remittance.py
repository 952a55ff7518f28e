"""The trustee's report of each month, in whole cents: the pool at the cut-off, what it paid, and what became of it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from workbooks.sample_deals import Deal, Row
from workbooks.sample_roll import Actual
from workbooks.sample_tapes import D30, REO, STATUSES, Pool, Tape
from workbooks.sample_trustee import Paid

HEADER = ("item", "tranche", "amount", "date")
DIGITS = 8  # of factors and rates


def remittance_rows(
    deal: Deal,
    pool: Pool,
    tape: Tape,
    bonds: dict[str, dict[str, int]],
    days: tuple[str, str],
    lost: int,
    flows: tuple[Actual, Paid] | None,
) -> list[Row]:
    """A month's report.

    Args:
        deal, pool: whose.
        tape: its loans at the cut-off.
        bonds: its classes after the distribution, in cents.
        days: distribution date and end of the period.
        lost: losses since closing, in cents.
        flows: collections and payments; None for the first month, of which only balances are told.
    """
    rows = [{"item": item, "date": day} for item, day in zip(("distribution_date", "period_end"), days, strict=True)]
    rows += _pool(deal, pool, tape)
    rows.append(_money("cumulative_losses", lost))
    if flows:
        rows += _collected(*flows)
    names = [c.name for c in deal.classes]
    for item, column in (
        ("balance", "balance"),
        ("interest_shortfall", "shortfall"),
        ("basis_risk_carryforward", "carryforward"),
    ):
        rows += [_money(item, bonds[name][column], name) for name in names]
    rows += [_share("factor", Fraction(bonds[name]["balance"], bonds[name]["original"]), name) for name in names]
    debt = sum(bonds[c.name]["balance"] for c in deal.classes if c.kind != "io")
    rows.append(_money("oc", int(tape["balance"].sum()) - debt))
    if flows:
        rows += _paid(flows[1])
    return rows


def _pool(deal: Deal, pool: Pool, tape: Tape) -> list[Row]:
    """The pool at the cut-off, and its loans by how late they are."""
    balance, status = tape["balance"], tape["status"]
    whole = int(balance.sum())
    rows = [
        _money("pool_balance", whole),
        _share("pool_factor", Fraction(whole, round(deal.original_pool * 100.0))),
        {"item": "loan_count", "amount": str(balance.size)},
    ]
    for late in range(D30, REO + 1):
        there = status == late
        rows.append(_money(f"{STATUSES[late]}_balance", int(balance[there].sum())))
        rows.append({"item": f"{STATUSES[late]}_count", "amount": str(int(there.sum()))})
    rows += [_money("bankruptcy_balance", 0), {"item": "bankruptcy_count", "amount": "0"}]
    bears = status != REO
    net = [Fraction(f"{round(float(r), 6):.6g}") - Fraction(f"{pool.servicing_fee:.5f}") for r in tape["rate"][bears]]
    weight = [int(x) for x in balance[bears]]
    wac = sum((w * n for w, n in zip(weight, net, strict=True)), Fraction(0)) / sum(weight)
    return [*rows, _share("net_wac", wac)]


def _collected(actual: Actual, paid: Paid) -> list[Row]:
    """What the pool paid."""
    amounts = {
        "interest_collected": actual.interest_paid + actual.interest_advanced,
        "scheduled_principal": actual.scheduled + actual.advanced_principal,
        "prepaid_principal": actual.prepaid,
        "liquidated_principal": actual.liquidated + actual.reo_sold,
        "liquidation_proceeds": actual.liquidation_proceeds + actual.reo_proceeds,
        "realized_losses": actual.losses + actual.reo_losses,
        "servicing_fee": actual.servicing,
        "trust_costs": paid.activity["costs_paid"],
    }
    return [_money(item, amount) for item, amount in amounts.items()]


def _paid(paid: Paid) -> list[Row]:
    """What classes, derivatives and residual were paid, and how the tests came out."""
    rows = []
    for name, one in paid.classes.items():
        rows += [
            _share("coupon", Fraction(paid.coupons[name]), name),
            _money("interest_paid", one.interest_paid, name),
            _money("principal_paid", one.principal_paid, name),
            _money("writedown", one.written_down, name),
        ]
    if paid.oc_target is not None:
        rows.append(_money("oc_target", paid.oc_target))
    rows += [{"item": "trigger", "tranche": name, "amount": str(int(on))} for name, on in paid.triggers.items()]
    for name, (received, settled) in paid.hedges.items():
        rows += [_money("hedge_received", received, name), _money("hedge_paid", settled, name)]
    return [*rows, _money("residual_paid", paid.activity["residual_cash"])]


def _money(item: str, amount: int, tranche: str = "") -> Row:
    sign, amount = ("-" if amount < 0 else ""), abs(int(amount))
    return {"item": item, "tranche": tranche, "amount": f"{sign}{amount // 100}.{amount % 100:02d}"}


def _share(item: str, share: Fraction, tranche: str = "") -> Row:
    """A share to the digits that are printed, halves up."""
    scaled = int(np.floor(share * 10**DIGITS + Fraction(1, 2)))
    return {"item": item, "tranche": tranche, "amount": f"{scaled // 10**DIGITS}.{scaled % 10**DIGITS:0{DIGITS}d}"}
