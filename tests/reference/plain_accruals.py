"""What accrues in a month in the second statement of a deal's rules: costs, coupons and their caps, derivatives."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.reference.plain_cash import ONE, TWELVE, ZERO
from tests.reference.plain_deal import names_in
from tests.reference.plain_steps import HALF_A_CENT


class Accruals:
    """The state is that of ``Waterfall``."""

    groups: list[str]
    months: int
    called: int
    callable: bool
    bonds: dict[str, dict]
    notes: list[str]
    costs: dict[str, dict]
    hedges: dict[str, dict]
    rates: dict[str, list[Decimal]]
    years: list[Decimal]
    schedules: dict[str, list]
    loans_in: dict[str, int]
    balance: dict[str, Decimal]
    shortfall: dict[str, Decimal]
    carryforward: dict[str, Decimal]
    over_cap: list[str]
    cost_owed: dict[str, Decimal]
    cost_used: dict[str, Decimal]
    hedge_owed: dict[str, Decimal]
    termination_owed: dict[str, Decimal]
    paid_apart: set[str]
    calendar: Any
    terms: Any
    collateral: Any
    pools: Any
    outstanding: Any
    bring: Any
    out: dict

    def accrue_costs(self, month: int) -> None:
        """A month's costs join what is owed so far as their caps have room; none without loans.

        What is over a cap is not owed, unless a step pays it: then it waits for that step, or for room under the cap.
        """
        self.costs_now = {}
        for name, c in self.costs.items():
            claim = self.cost_claim(c, month) if self.pools[month].begin > 0 else ZERO
            over = f"{name} over cap"
            waiting = self.cost_owed.get(over, ZERO)
            due = claim + waiting
            if c["cap"] is not None and c["cap_counts"] == "twelfths":
                due = min(due, c["cap"] / TWELVE)
            elif c["cap"] is not None:
                closing = self.terms.get("closing_date")
                if self.calendar.year(month, c["cap_counts"], closing) != self.calendar.year(
                    month - 1, c["cap_counts"], closing
                ):
                    self.cost_used[name] = ZERO
                due = min(due, max(c["cap"] - self.cost_used[name], ZERO))
                self.cost_used[name] += due
            self.cost_owed[name] += due
            self.costs_now[name] = due
            self.out["cost due", name][month] = due
            if over in self.over_cap:
                self.cost_owed[over] = claim + waiting - due
                self.out["cost due", over][month] = max(claim - due, ZERO)

    def cost_claim(self, c: dict, month: int) -> Decimal:
        """What a cost comes to in a month: a rate on a balance, dollars, dollars a loan, a schedule; no less than its minimum."""
        loans = self.collateral(c["group"], month)
        counted = self.loans_in[c["group"]] if c["group"] else sum(self.loans_in.values())
        dollars = c["amount"] * (counted if c["basis"] in ("loan_count", "loans_left") else 1) / TWELVE
        if c["schedule"]:
            dollars += self.scheduled_amount(c["schedule"], month)
        if c["basis"] == "loans_left":
            begun = self.collateral(c["group"], 0).end
            dollars = dollars * loans.begin / begun if begun > 0 else ZERO
        elif c["basis"] == "pool_balance":
            dollars += loans.begin * c["rate"] / TWELVE
        elif c["basis"] == "bond_balance":
            named = names_in(c["bonds"])
            balance = sum((self.balance[n] for n in named), ZERO) if named else self.outstanding(c["group"])
            dollars += balance * c["rate"] / TWELVE
        return max(dollars, c["minimum"] / TWELVE)

    def net_rate(self, group: str, month: int) -> Decimal:
        """Annual net rate of a group's loans, or of all: interest accrued less servicing and costs over the balance that accrues.

        A group bears its own costs, and its part of those of no group.
        """
        loans, pool = self.collateral(group, month), self.pools[month]
        if loans.accruing <= 0:
            return ZERO
        rate = loans.accrued / loans.accruing
        for name, c in self.costs.items():
            if c["in_net_wac"] and (not group or not c["group"]):
                rate -= self.costs_now[name] / pool.accruing
            elif c["in_net_wac"] and c["group"] == group:
                rate -= self.costs_now[name] / loans.accruing
        return max(TWELVE * rate, ZERO)

    def net_wac_cap(self, name: str, month: int) -> Decimal:
        """A class's net WAC cap a year: the net rate of its collateral after derivatives, over the balance it names."""
        b = self.bonds[name]
        group = b["net_wac_cap"] if b["net_wac_cap"] in self.groups else b["group"]
        group = "" if b["net_wac_cap"].lower() == "pool" else group
        rate, loans = self.net_rate(group, month), self.collateral(group, month).accruing
        if loans <= 0:
            return rate
        part, dollars = loans / self.pools[month].accruing, ZERO
        for hedge, h in self.hedges.items():
            counts = h["in_trust"] and b["cap_hedges"] != "none" and (not group or h["group"] in ("", group))
            brings = b["cap_hedges"] == "all" or (b["cap_hedges"] == "swaps" and h["type"] == "swap")
            settled = self.settled[hedge] if brings else min(self.settled[hedge], ZERO)
            dollars += settled * (ONE if h["group"] else part) if counts else ZERO
        if b["cap_balance"] == "pool":
            return max(rate + TWELVE * dollars / loans, ZERO)
        home = {n: self.bonds[n]["group"] for n in self.notes}
        bonds = sum((self.balance[n] for n in self.notes if not group or home[n] == group), ZERO)
        bonds += sum((self.balance[n] * part for n in self.notes if group and not home[n]), ZERO)
        return max((rate * loans + TWELVE * dollars) / bonds, ZERO) if bonds >= HALF_A_CENT else rate

    def coupon(self, name: str, month: int) -> Decimal:
        """A class's coupon before a net WAC cap, held to its cap and floor; after the first call date with the later margin."""
        b = self.bonds[name]
        later = b["margin_after_call"] if self.callable else None
        margin = b["margin"] if later is None else later
        if b["coupon_type"] == "none":
            return ZERO
        if b["coupon_type"] == "fixed":
            rate = b["coupon"] + (later or ZERO)
        elif b["coupon_type"] == "floating":
            rate = b["multiplier"] * self.index(b["index"], month - b["lookback"]) + margin
        else:
            rate = self.net_rate(b["group"], month) + margin
        return max(rate if b["cap"] is None else min(rate, b["cap"]), b["floor"])

    def index(self, name: str, month: int) -> Decimal:
        rows = self.rates[name.upper()]
        return rows[min(max(month, 0), len(rows) - 1)]

    def accrue_interest(self, month: int) -> None:
        """Interest due on the balance at the start; what a net WAC cap takes off is carried forward.

        The cap is a twelfth of the collateral's net rate whatever days the class counts. Unpaid interest bears the coupon
        paid, capped interest the coupon before the cap, where the class says they do.
        """
        self.interest_due = {}
        for name, b in self.bonds.items():
            share = self.calendar.share(b["day_count"], month, b["accrual_start"])
            rate = self.coupon(name, month) * share
            paid_rate = rate
            if b["net_wac_cap"]:
                paid_rate = min(rate, self.net_wac_cap(name, month) / TWELVE)
            capped = self.balance[name] * (rate - paid_rate)
            on_carryforward = self.carryforward[name] * rate if b["carryforward_interest"] else ZERO
            on_shortfall = self.shortfall[name] * paid_rate if b["shortfall_interest"] else ZERO
            self.carryforward[name] += on_carryforward + capped
            self.shortfall[name] += on_shortfall
            self.interest_due[name] = self.balance[name] * paid_rate
            self.out["begin_balance", name][month] = self.balance[name]
            self.out["coupon", name][month] = paid_rate / share
            self.out["interest_due", name][month] = self.interest_due[name]
            self.out["capped_interest", name][month] = capped
            self.out["basis_risk_interest", name][month] = on_carryforward
            self.out["shortfall_interest", name][month] = on_shortfall

    def settle_hedges(self, month: int) -> None:
        """Each derivative is settled net: what the trust receives is its cash, what it owes is owed until paid.

        In the month of a call a swap inside the trust that stands on no balance ends for the value of what remains of it.
        """
        self.settled = {}
        for name, h in self.hedges.items():
            over = h["in_trust"] and self.called and month > self.called
            notional = ZERO if over else self.hedge_notional(h, month)
            amount = notional * self.hedge_rate(h, month)
            self.settled[name] = amount
            ends = self.hedge_end(h, month) if month == self.called else ZERO
            self.out["hedge notional", name][month] = notional
            self.out["hedge received", name][month] = max(amount, ZERO) + max(ends, ZERO)
            if h["in_trust"]:
                self.bring("hedge", self.groups[0], max(amount, ZERO) + max(ends, ZERO))
                self.hedge_owed[name] += max(-amount, ZERO)
                self.out["hedge due", name][month] = max(-amount, ZERO)
                apart = self.termination_owed if name in self.paid_apart else self.hedge_owed
                apart[name] += max(-ends, ZERO)
            else:
                self.out["hedge paid", name][month] = max(-amount, ZERO)

    def hedge_rate(self, h: dict, month: int) -> Decimal:
        """What a dollar of notional settles at, to the trust."""
        x = self.index(h["receive_index"], month - h["lookback"]) + h["margin"]
        if h["type"] == "swap":
            rate = x - h["pay_rate"]
        elif h["type"] == "cap":
            rate = max(x - h["strike"], ZERO)
        elif h["type"] == "corridor":
            rate = max(min(x, h["ceiling"]) - h["strike"], ZERO)
        else:
            rate = max(h["strike"] - x, ZERO)
        return rate * self.calendar.share(h["day_count"], month)

    def hedge_notional(self, h: dict, month: int) -> Decimal:
        """Fixed, scheduled, the balance of the pool or of classes at the start of the month, or the lesser of two."""
        if not max(h["start"], 1) <= month <= h["end"]:
            return ZERO
        amounts = [h["notional"]] if h["notional"] is not None else []
        if h["schedule"]:
            amounts = [self.scheduled_amount(h["schedule"], month)]
        if h["notional_of"].lower() == "pool":
            amounts.append(self.pools[month].begin)
        elif h["notional_of"]:
            amounts.append(sum((self.balance[name] for name in names_in(h["notional_of"])), ZERO))
        return min(amounts)

    def hedge_end(self, h: dict, month: int) -> Decimal:
        """What a swap is worth to the trust after a month: its settlements to come, discounted at forward LIBOR_1M."""
        if not h["in_trust"] or h["type"] != "swap" or h["notional_of"] or self.terms.get("swap_termination") == "none":
            return ZERO
        factor, worth = ONE, ZERO
        for later in range(month + 1, self.months + 1):
            factor /= ONE + self.index("LIBOR_1M", later - 1) * (self.years[later] - self.years[later - 1])
            worth += self.hedge_notional(h, later) * self.hedge_rate(h, later) * factor
        return worth

    def scheduled_amount(self, schedule: str, month: int) -> Decimal:
        """The amount of a schedule's last row up to a month."""
        rows = [(at, amount) for at, amount in self.schedules[schedule] if at <= month]
        return max(rows)[1] if rows else ZERO
