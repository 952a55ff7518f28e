"""A second statement of a deal's rules, in plain Python and Decimal, to hold the engine against.

Written to be read beside a prospectus: the tables' own words, one small function a rule, everything kept by name.
Nothing of the engine's kernels or of how it compiles a deal is used; the loans' cash before a call comes in, the call is
made here. This file holds the months and what accrues in them; ``plain_tests`` holds what the deal tests, ``plain_steps``
the payments.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext
from typing import Any

from tests.reference.plain_cash import (
    DIGITS,
    ONE,
    TWELVE,
    ZERO,
    Collections,
    buy_pool,
    call_month,
    collections_of,
    exact,
    make_good_fees,
    of_groups,
)
from tests.reference.plain_deal import Calendar, names_in, rate_rows, rows_of, steps_of, thresholds_of
from tests.reference.plain_steps import BUCKETS, HALF_A_CENT, Payments
from tests.reference.plain_tests import Measures


class Waterfall(Measures, Payments):
    """A trust's deal on its collateral's cash; ``out[what, name]`` is a list by month, dollars.

    Args:
        trust: its tables.
        cash: the collateral's columns by group and month, before any call.
        indices: published rows by index.
        timeline: remittance dates and days.
    """

    def __init__(self, trust: Any, cash: Any, indices: Any, timeline: Any) -> None:
        with localcontext() as context:
            context.prec = DIGITS
            self._read(trust, cash, indices, timeline)

    def _read(self, trust: Any, cash: Any, indices: Any, timeline: Any) -> None:
        self.months = cash.months
        self.groups = list(cash.groups)
        self.calendar, self.rates, self.terms = Calendar(timeline), rate_rows(indices), trust.terms
        self.bonds = {b["tranche"]: b for b in rows_of(trust["bonds"]) if b["kind"] != "residual"}
        self.notes = [name for name, b in self.bonds.items() if b["kind"] != "io"]
        self.seniors = [name for name, b in self.bonds.items() if b["kind"] in ("senior", "po")]
        self.costs = {c["cost"]: c for c in rows_of(trust["costs"])}
        self.hedges = {h["hedge"]: h for h in rows_of(trust["hedges"])}
        self.triggers = {x["trigger"]: x for x in rows_of(trust["triggers"])}
        self.thresholds = {name: thresholds_of(x, self.months) for name, x in self.triggers.items()}
        self.accounts = {a["account"]: a for a in rows_of(trust["accounts"])}
        self.schedules = defaultdict(list)
        for row in rows_of(trust["schedules"]):
            self.schedules[row["schedule"]].append((row["month"], row["amount"]))
        insurers = sorted({b["insured_by"] for b in self.bonds.values() if b["insured_by"]})
        self.loans_in = dict.fromkeys(self.groups, 0)
        for group in trust["loans"]["group"]:
            self.loans_in[str(group)] += 1
        self.steps = steps_of(trust, self.months, {"hedge": list(self.hedges), "reimbursement": insurers})
        sources = {step.source for step in self.steps}
        self.own_bucket = [name for name, b in self.bonds.items() if b["kind"] == "z" and name in sources]
        self.divided = bool(sources & {"scheduled", "prepaid"})
        # What is outstanding, by name.
        self.balance = {name: b["balance"] for name, b in self.bonds.items()}
        self.shortfall = {name: b["interest_shortfall"] for name, b in self.bonds.items()}
        self.carryforward = {name: b["basis_risk_carryforward"] for name, b in self.bonds.items()}
        self.written = {name: b["writedown"] for name, b in self.bonds.items()}
        self.cost_owed = dict.fromkeys(self.costs, ZERO)
        self.hedge_owed = dict.fromkeys(self.hedges, ZERO)
        self.held = {name: a["balance"] for name, a in self.accounts.items()}
        self.insurer_owed = dict.fromkeys(insurers, ZERO)
        self.on = dict.fromkeys(self.triggers, False)
        self.out: dict = defaultdict(lambda: [ZERO] * (self.months + 1))
        self._read_terms(trust, cash)

    def _read_terms(self, trust: Any, cash: Any) -> None:
        collections = collections_of(cash)
        today = sum((rows[0].end for rows in collections.values()), ZERO)
        given = self.number("original_pool_balance")
        self.original = today if given is None else given
        self.oc_floor = self.dollars(self.number("oc_floor") or ZERO)
        self.has_oc = self.number("oc_target") is not None
        self.oc_target = max(self.dollars(self.number("oc_target") or ZERO), self.oc_floor)
        self.lost = self.number("cumulative_loss") or ZERO
        factor = self.number("call_factor")
        self.callable_at = None if factor is None else factor * self.original
        self.callable = self.callable_at is not None and today <= self.callable_at
        self.stepped_down = False
        self.called = call_month(collections, self.terms.get("call_exercised") or "never", self.callable_at)
        if self.called:
            owned, sale = dict.fromkeys(self.groups, ZERO), dict.fromkeys(self.groups, ZERO)
            for row, group in zip(rows_of(trust["reo"]), trust.reo_groups, strict=True):
                left = exact(cash["reo_balance"][self.groups.index(group), self.called])
                if row["months_to_sale"] > self.called and left > 0:
                    owned[group] = left
                    keeps = (ONE - row["haircut"]) * (ONE - row["selling_cost"])
                    sale[group] += max(row["value"] * keeps - row["advances"], ZERO)
            buy_pool(collections, self.called, owned, sale)
        for month in range(self.months + 1):
            make_good_fees([collections[group][month] for group in self.groups])
        self.collections = [{g: collections[g][month] for g in self.groups} for month in range(self.months + 1)]
        self.pools = [of_groups(list(one.values())) for one in self.collections]

    def number(self, term: str) -> Decimal | None:
        """A term's number, None where it is not given."""
        value = self.terms.get(term)
        return None if value is None else exact(value)

    def dollars(self, value: Decimal) -> Decimal:
        """Dollars, or below 1 a share of the original pool."""
        return value * self.original if value < 1 else value

    def collateral(self, group: str, month: int) -> Collections:
        """What a loan group brings, or all where no group is named."""
        return self.collections[month][group] if group else self.pools[month]

    def outstanding(self, group: str = "") -> Decimal:
        """Balance of the notes, those of a loan group alone where one is named."""
        return sum((self.balance[n] for n in self.notes if not group or self.bonds[n]["group"] == group), ZERO)

    def senior_balance(self) -> Decimal:
        return sum((self.balance[n] for n in self.seniors), ZERO)

    def run(self) -> dict:
        with localcontext() as context:
            context.prec = DIGITS
            self.set_notionals(self.pools[0].end)
            self.close(0, ZERO)
            for month in range(1, self.months + 1):
                self.run_month(month)
        return self.out

    def run_month(self, month: int) -> None:
        pool = self.pools[month]
        self.lost += pool.losses
        self.begin = dict(self.balance)
        fees = self.accrue_costs(month)
        self.accrue_interest(month, fees)
        self.collect(month)
        self.settle_hedges(month)
        self.set_account_targets(month)
        self.set_accretion()
        self.run_tests(month)
        self.step_down(month)
        self.set_principal_distribution(month)
        residual = self.distribute(month)
        self.set_notionals(pool.end)
        for name in self.bonds:
            self.shortfall[name] += self.interest_due[name]
        self.callable = self.callable or (self.callable_at is not None and pool.end <= self.callable_at)
        self.close(month, residual)

    # What is there at the start of a month.

    def collect(self, month: int) -> None:
        """Collections in their buckets: interest; principal, or its two parts where a step draws on one of them."""
        self.cash = {bucket: dict.fromkeys(self.groups, ZERO) for bucket in (*BUCKETS, *self.own_bucket)}
        self.brought = {bucket: dict.fromkeys(self.groups, ZERO) for bucket in self.cash}
        self.brought |= {name: {self.groups[0]: held} for name, held in self.held.items()}
        self.recovered = {}
        for group in self.groups:
            one = self.collateral(group, month)
            self.bring("interest", group, one.interest)
            if self.divided:
                self.bring("scheduled", group, one.scheduled)
                self.bring("prepaid", group, one.unscheduled)
            else:
                self.bring("principal", group, one.principal)
            self.recovered[group] = one.recoveries

    def accrue_costs(self, month: int) -> Decimal:
        """A month's costs join what is owed: a rate on a balance and an amount, within minimum and cap; none without loans."""
        total = ZERO
        for name, c in self.costs.items():
            base = ZERO
            if c["basis"] == "pool_balance":
                base = self.collateral(c["group"], month).begin
            elif c["basis"] == "bond_balance":
                base = self.outstanding(c["group"])
            count = 1
            if c["basis"] == "loan_count":
                count = self.loans_in[c["group"]] if c["group"] else sum(self.loans_in.values())
            yearly = max(base * c["rate"] + c["amount"] * count, c["minimum"])
            if c["cap"] is not None:
                yearly = min(yearly, c["cap"])
            accrued = yearly / TWELVE if self.pools[month].begin > 0 else ZERO
            self.cost_owed[name] += accrued
            self.out["cost due", name][month] = accrued
            total += accrued
        return total

    def net_rate(self, group: str, fees: Decimal, month: int) -> Decimal:
        """Annual net rate of a group's loans, or of all: interest accrued less servicing, less trust costs over the pool."""
        loans, pool = self.collateral(group, month), self.pools[month]
        if loans.accruing <= 0:
            return ZERO
        return max(TWELVE * (loans.accrued / loans.accruing - fees / pool.accruing), ZERO)

    def coupon(self, name: str, fees: Decimal, month: int) -> Decimal:
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
            rate = self.net_rate(b["group"], fees, month) + margin
        return max(rate if b["cap"] is None else min(rate, b["cap"]), b["floor"])

    def index(self, name: str, month: int) -> Decimal:
        rows = self.rates[name.upper()]
        return rows[min(max(month, 0), len(rows) - 1)]

    def accrue_interest(self, month: int, fees: Decimal) -> None:
        """Interest due on the balance at the start; what a net WAC cap takes off is carried forward.

        The cap is a twelfth of the collateral's net rate whatever days the class counts. Unpaid interest bears the coupon
        paid, capped interest the coupon before the cap, where the class says they do.
        """
        self.interest_due = {}
        for name, b in self.bonds.items():
            share = self.calendar.share(b["day_count"], month, b["accrual_start"])
            rate = self.coupon(name, fees, month) * share
            paid_rate = rate
            if b["net_wac_cap"]:
                whose = b["net_wac_cap"] if b["net_wac_cap"] in self.groups else b["group"]
                whose = "" if b["net_wac_cap"].lower() == "pool" else whose
                paid_rate = min(rate, self.net_rate(whose, fees, month) / TWELVE)
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
        """Each derivative is settled net: what the trust receives is its cash, what it owes is owed until paid."""
        for name, h in self.hedges.items():
            index = self.index(h["receive_index"], month - h["lookback"]) + h["margin"]
            rate = {
                "swap": lambda h=h, x=index: x - h["pay_rate"],
                "cap": lambda h=h, x=index: max(x - h["strike"], ZERO),
                "corridor": lambda h=h, x=index: max(min(x, h["ceiling"]) - h["strike"], ZERO),
                "floor": lambda h=h, x=index: max(h["strike"] - x, ZERO),
            }[h["type"]]()
            notional = self.hedge_notional(h, month)
            amount = notional * rate * self.calendar.share(h["day_count"], month)
            self.out["hedge notional", name][month] = notional
            self.out["hedge received", name][month] = max(amount, ZERO)
            if h["in_trust"]:
                self.bring("hedge", self.groups[0], max(amount, ZERO))
                self.hedge_owed[name] += max(-amount, ZERO)
            else:
                self.out["hedge paid", name][month] = max(-amount, ZERO)

    def hedge_notional(self, h: dict, month: int) -> Decimal:
        """Fixed, scheduled, or the balance of the pool or of classes at the start of the month; inside the trust until a call."""
        over = h["in_trust"] and self.called and month > self.called
        if over or not max(h["start"], 1) <= month <= h["end"]:
            return ZERO
        if h["schedule"]:
            return self.scheduled_amount(h["schedule"], month)
        if h["notional_of"].lower() == "pool":
            return self.pools[month].begin
        if h["notional_of"]:
            return sum((self.balance[name] for name in names_in(h["notional_of"])), ZERO)
        return h["notional"]

    def scheduled_amount(self, schedule: str, month: int) -> Decimal:
        """The amount of a schedule's last row up to a month."""
        rows = [(at, amount) for at, amount in self.schedules[schedule] if at <= month]
        return max(rows)[1] if rows else ZERO

    def set_notionals(self, pool: Decimal) -> None:
        """Notionals of ios that stand on the pool, or on classes."""
        for name, b in self.bonds.items():
            if b["notional_of"].lower() == "pool":
                self.balance[name] = pool * b["notional_share"]
            elif b["notional_of"]:
                whole = sum((self.balance[n] for n in names_in(b["notional_of"])), ZERO)
                self.balance[name] = whole * b["notional_share"]

    def set_account_targets(self, month: int) -> None:
        """Dollars, or a share of the original pool, the pool after the month, or the notes before it; nothing without loans."""
        self.account_target = {}
        for name, a in self.accounts.items():
            base = {"original": self.original, "pool": self.pools[month].end, "bonds": self.outstanding()}[
                a["target_of"]
            ]
            wanted = a["target"] * base if a["target"] < 1 else a["target"]
            self.account_target[name] = max(wanted, self.dollars(a["floor"])) if self.pools[month].end > 0 else ZERO
            self.out["account target", name][month] = self.account_target[name]
            self.out["account begin", name][month] = self.held[name]

    def set_accretion(self) -> None:
        """A z class accretes while a class ahead of it is outstanding: those it names, else the notes before it in the
        table of its own loan group or of none.
        """  # fmt: skip
        self.accreting = set()
        names = list(self.bonds)
        for name, b in self.bonds.items():
            if b["kind"] != "z":
                continue
            before = [n for n in names[: names.index(name)] if n in self.notes]
            before = [n for n in before if not b["group"] or self.bonds[n]["group"] in ("", b["group"])]
            ahead = names_in(b["accretes_while"]) or before
            if sum((self.balance[n] for n in ahead), ZERO) >= HALF_A_CENT:
                self.accreting.add(name)

    def close(self, month: int, residual: Decimal) -> None:
        """What is outstanding after the month."""
        books = {
            "end_balance": self.balance, "interest_shortfall": self.shortfall, "unpaid_loss": self.written,
            "basis_risk_carryforward": self.carryforward, "account end": self.held, "insurer owed": self.insurer_owed,
        }  # fmt: skip
        for what, book in books.items():
            for name, value in book.items():
                self.out[what, name][month] = value
        bonds = self.outstanding()
        deal = {"residual": residual, "bonds": bonds, "oc": self.pools[month].end - bonds, "target": self.oc_target}
        for what, value in {**deal, "stepped": ONE if self.stepped_down else ZERO}.items():
            self.out[what, ""][month] = value
