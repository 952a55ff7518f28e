"""What the loans of each group bring month by month, in Decimal; servicing fees made good; and the pool bought by a call."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

DIGITS = 34
ZERO, ONE, TWELVE = Decimal(0), Decimal(1), Decimal(12)


def exact(number: Any) -> Decimal:
    """A binary number as it stands, to the last bit."""
    return Decimal(float(number))


@dataclass
class Collections:
    """One loan group in one month, dollars."""

    interest: Decimal = ZERO  # collected and advanced, net of servicing, with the penalties that are the trust's
    scheduled: Decimal = ZERO  # amortization and balloons, and what of them is advanced
    unscheduled: Decimal = ZERO  # all other principal: prepayments, liquidations, recoveries, sales of REO, a call
    recoveries: Decimal = ZERO  # of earlier losses; part of unscheduled
    losses: Decimal = ZERO
    begin: Decimal = ZERO  # pool balance
    end: Decimal = ZERO
    late: Decimal = ZERO  # 60 days late or more, in foreclosure, or owned, at the end of the month
    accruing: Decimal = ZERO  # balance that accrues interest: all but REO
    accrued: Decimal = ZERO  # interest accrued on it less servicing, collected or not

    @property
    def principal(self) -> Decimal:
        return self.scheduled + self.unscheduled


def collections_of(cash: Any) -> dict[str, list[Collections]]:
    """By group, month 0 first, of the collateral's columns."""
    found: dict[str, list[Collections]] = {}
    for g, group in enumerate(cash.groups):

        def of(name: str, month: int, row: int = g) -> Decimal:
            return exact(cash[name][row, month])

        months = []
        end, loans = ZERO, ZERO
        for month in range(cash.months + 1):
            begin, accruing = (end, loans) if month else (ZERO, ZERO)
            owned = of("reo_balance", month)
            loans = of("performing_balance", month) + of("delinquent_balance", month) + of("foreclosure_balance", month)
            end = loans + owned
            interest = of("interest_paid", month) + of("interest_advanced", month) - of("servicing_fee", month)
            other = [
                "prepaid_principal", "curtailed_principal", "liquidation_proceeds", "subsequent_recoveries", "reo_proceeds"
            ]  # fmt: skip
            months.append(
                Collections(
                    interest + (of("penalties", month) if cash.penalties_pass else ZERO),
                    of("scheduled_principal", month) + of("advanced_principal", month),
                    sum((of(name, month) for name in other), ZERO),
                    of("subsequent_recoveries", month),
                    of("losses", month) + of("reo_losses", month),
                    begin,
                    end,
                    of("late_balance", month) + of("foreclosure_balance", month) + owned,
                    accruing,
                    of("interest_due", month) - of("servicing_due", month),
                )
            )
        found[group] = months
    return found


def call_month(collections: dict[str, list[Collections]], exercised: str, trips_at: Decimal | None) -> int:
    """The month of the clean-up call, 0 for none: while there are loans left, never, in month n, or the first month
    after which the pool is at or below the balance ``trips_at``.
    """  # fmt: skip
    months = len(next(iter(collections.values())))
    left = [sum((rows[t].end for rows in collections.values()), ZERO) for t in range(months)]
    month = 0
    if exercised == "first" and trips_at is not None:
        month = next((t for t in range(1, months) if left[t] <= trips_at), 0)
    elif exercised.startswith("month"):
        month = int(re.sub(r"\D", "", exercised))
    return month if 0 < month < months and left[month] >= Decimal("0.01") else 0


def buy_pool(
    collections: dict[str, list[Collections]], month: int, owned: dict[str, Decimal], sale: dict[str, Decimal],
    premium: Decimal,
) -> None:  # fmt: skip
    """Buy the pool: loans at their balance after the month, property for what its sale would bring; then cash ends.

    Args:
        owned, sale: balance and sale of the property not sold by then, by group.
        premium: what a dollar of the loans brings beyond itself.
    """
    for group, rows in collections.items():
        last = rows[month]
        last.unscheduled += (last.end - owned[group]) * (ONE + premium) + sale[group]
        last.losses += owned[group] - sale[group]
        last.end, last.late = ZERO, ZERO
        for at in range(month + 1, len(rows)):
            rows[at] = Collections()


def make_good_fees(month: list[Collections]) -> None:
    """Servicers keep their fees out of all they collect.

    What a group's interest lacks comes out of its principal (what is not scheduled first), then out of the interest,
    then the principal, of all groups in proportion; what nothing covers the servicer goes without.
    """
    lack = ZERO
    for one in month:
        short = max(-one.interest, ZERO)
        one.interest += short
        own = min(short, one.principal)
        _less_principal(one, own)
        lack += short - own
    interest = sum((one.interest for one in month), ZERO)
    taken = min(lack, interest)
    for one in month:
        one.interest -= one.interest * taken / interest if interest > 0 else ZERO
    lack -= taken
    principal = sum((one.principal for one in month), ZERO)
    taken = min(lack, principal)
    for one in month:
        _less_principal(one, one.principal * taken / principal if principal > 0 else ZERO)


def _less_principal(one: Collections, amount: Decimal) -> None:
    first = min(amount, one.unscheduled)
    one.unscheduled -= first
    one.scheduled -= amount - first


def of_groups(month: list[Collections]) -> Collections:
    """The sum over groups."""
    names = [field.name for field in fields(Collections)]
    return Collections(**{name: sum((getattr(one, name) for one in month), ZERO) for name in names})
