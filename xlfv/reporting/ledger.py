"""A month's rollforward of one trust, from its opening and closing balance and what really happened between.

Policies of this version, each a line of the rollforward:

- interest income and expense: opening value times its opening yield, a twelfth of a year;
- purchases, issuances and settlements: the cash that really moved, and loans foreclosed into REO, equal and opposite
  between collateral and REO, at their balance;
- losses from REO: closing less opening less transfers in plus sales;
- change in fair value: what is left. It is a balancing amount, and said to be one, until it is computed from
  reprojections of its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from xlfv.reporting.rollforward import ACTIVITY, ITEMS, Amounts, Rollforward
from xlfv.valuation import fair_value as fv

ACTUALS = {
    "interest_collected": "interest collected and advanced, before servicing, and prepayment penalties of the trust",
    "principal_collected": "scheduled, prepaid (in full or in part) and advanced principal",
    "liquidation_proceeds": "proceeds of loans liquidated without REO, mortgage insurance and subsequent recoveries included",
    "losses": "realized losses of such loans",
    "reo_transfers": "balance foreclosed into REO",
    "reo_sales_proceeds": "proceeds of REO sold",
    "reo_losses": "realized losses of REO sold",
    "bond_interest_paid": "interest paid to bonds",
    "bond_principal_paid": "principal paid to bonds",
    "writedowns": "bonds written down",
    "hedge_received": "received from derivatives",
    "hedge_paid": "paid to derivatives",
    "costs_paid": "trust costs paid",
    "servicing_paid": "servicing fees paid",
    "residual_cash": "paid to the residual",
}
"""What a month's table of actuals holds, all dollars."""


def trust_rollforward(
    opening: fv.FairValue, closing: fv.FairValue, actuals: Mapping[str, float], *, consolidated: bool
) -> Rollforward:
    """The rollforward of one trust over one month.

    Args:
        opening, closing: its balance at both month-ends.
        actuals: what happened between, by :data:`ACTUALS`; a missing item is 0.
        consolidated: its assets and liabilities stand on the balance sheet; else only the residual, as a security.
    """
    paid = {name: float(actuals.get(name, 0.0)) for name in ACTUALS}
    begin, end = _book(opening, consolidated), _book(closing, consolidated)
    activity = {row: dict.fromkeys(ITEMS, 0.0) for row in ACTIVITY}
    income, expense, settled = activity["interest_income"], activity["interest_expense"], activity["settlements"]
    if not consolidated:
        residual = next(line for line in opening.lines if line.side == "residual")
        income["investment_securities_afs"] = residual.value * (residual.rate or 0.0) / 12.0
        settled["investment_securities_afs"] = -paid["residual_cash"]
    else:
        income["securitized_mortgage_collateral"] = opening.value(fv.COLLATERAL) * opening.collateral_yield / 12.0
        expense["securitized_mortgage_borrowings"] = -sum(
            line.value * (line.rate or 0.0) / 12.0 for line in opening.lines if line.side == "liability"
        )
        collected = paid["interest_collected"] + paid["principal_collected"] + paid["liquidation_proceeds"]
        kept = collected - paid["servicing_paid"] - paid["costs_paid"]
        settled["securitized_mortgage_collateral"] = -kept - paid["reo_transfers"]
        settled["real_estate_owned"] = paid["reo_transfers"] - paid["reo_sales_proceeds"]
        settled["securitized_mortgage_borrowings"] = paid["bond_interest_paid"] + paid["bond_principal_paid"]
        settled["derivative_assets"] = -paid["hedge_received"]
        settled["derivative_liabilities"] = paid["hedge_paid"]
        moved = end["real_estate_owned"] - begin["real_estate_owned"] - settled["real_estate_owned"]
        activity["reo_losses"]["real_estate_owned"] = moved
    rollforward = Rollforward(begin, activity, end)
    for item in ITEMS:
        activity["change_in_fair_value"][item] = -rollforward.gap(item)
    return rollforward


def _book(value: fv.FairValue, consolidated: bool) -> Amounts:
    """A trust's balance by the rollforward's items; liabilities negative."""
    amounts = dict.fromkeys(ITEMS, 0.0)
    if not consolidated:
        amounts["investment_securities_afs"] = value.total("residual")
        return amounts
    amounts["securitized_mortgage_collateral"] = value.value(fv.COLLATERAL)
    amounts["derivative_assets"] = value.value(fv.DERIVATIVE_ASSETS)
    amounts["real_estate_owned"] = value.value(fv.REO)
    amounts["securitized_mortgage_borrowings"] = -value.borrowings
    amounts["derivative_liabilities"] = -value.value(fv.DERIVATIVE_LIABILITIES)
    return amounts


def add_up(parts: Iterable[Rollforward]) -> Rollforward:
    """The rollforward of several trusts over the same time."""
    begin = dict.fromkeys(ITEMS, 0.0)
    end = dict.fromkeys(ITEMS, 0.0)
    activity = {row: dict.fromkeys(ITEMS, 0.0) for row in ACTIVITY}
    for part in parts:
        for item in ITEMS:
            begin[item] += part.begin[item]
            end[item] += part.end[item]
            for row in ACTIVITY:
                activity[row][item] += part.activity[row][item]
    return Rollforward(begin, activity, end)


def chain(parts: Iterable[Rollforward]) -> Rollforward:
    """The rollforward over several months: opening of the first, closing of the last, activity added."""
    months = list(parts)
    whole = add_up(months)
    return Rollforward(months[0].begin, whole.activity, months[-1].end)
