"""A second statement of a deal's rules, in plain Python and Decimal, to hold the engine against.

Written to be read beside a prospectus: the tables' own words, one small function a rule, everything kept by name.
Nothing of the engine's kernels or of how it compiles a deal is used; the loans' cash before a call comes in, the call is
made here. This file holds the months; ``plain_accruals`` holds what accrues in one, ``plain_tests`` what the deal tests,
``plain_steps`` the payments.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal, localcontext
from typing import Any

from tests.reference.plain_accruals import Accruals
from tests.reference.plain_cash import (
    DIGITS,
    ONE,
    ZERO,
    Collections,
    buy_pool,
    call_month,
    collections_of,
    exact,
    make_good_fees,
    of_groups,
)
from tests.reference.plain_deal import Calendar, amount_of, names_in, rate_rows, rows_of, steps_of, thresholds_of
from tests.reference.plain_steps import BUCKETS, HALF_A_CENT, Payments
from tests.reference.plain_tests import Measures
from xlfv.market.vectors import is_vector

CENT = Decimal("0.01")


class Waterfall(Accruals, Measures, Payments):
    """A trust's deal on its collateral's cash; ``out[what, name]`` is a list by month, dollars.

    Args:
        trust: its tables.
        cash: the collateral's columns by group and month, before any call.
        indices: published rows by index.
        timeline: remittance dates and days.
        never: the deal is never called, whatever its terms say.
    """

    def __init__(self, trust: Any, cash: Any, indices: Any, timeline: Any, never: bool = False) -> None:
        with localcontext() as context:
            context.prec = DIGITS
            self._read(trust, cash, indices, timeline, never)

    def _read(self, trust: Any, cash: Any, indices: Any, timeline: Any, never: bool) -> None:
        self.months = cash.months
        self.groups = list(cash.groups)
        self.years = [exact(value) for value in timeline.years()]
        self.calendar, self.rates, self.terms = Calendar(timeline), rate_rows(indices), trust.terms
        self.bonds = {b["tranche"]: b for b in rows_of(trust["bonds"]) if b["kind"] != "residual"}
        self.notes = [name for name, b in self.bonds.items() if b["kind"] != "io"]
        self.seniors = [name for name, b in self.bonds.items() if b["kind"] in ("senior", "po", "z")]
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
        self.steps = steps_of(
            trust,
            self.months,
            {"hedge": list(self.hedges), "termination": list(self.hedges), "reimbursement": insurers},
        )
        sources = {step.source for step in self.steps}
        self.own_bucket = [name for name, b in self.bonds.items() if b["kind"] == "z" and name in sources]
        self.divided = bool(sources & {"scheduled", "prepaid"})
        # What is outstanding, by name.
        self.balance = {name: b["balance"] for name, b in self.bonds.items()}
        self.shortfall = {name: b["interest_shortfall"] for name, b in self.bonds.items()}
        self.carryforward = {name: b["basis_risk_carryforward"] for name, b in self.bonds.items()}
        self.written = {name: b["writedown"] for name, b in self.bonds.items()}
        self.over_cap = [step.to[0] for step in self.steps if step.pay == "cost" and step.to[0] not in self.costs]
        self.cost_owed = dict.fromkeys([*self.costs, *self.over_cap], ZERO)
        self.cost_used = {name: c["used_this_year"] for name, c in self.costs.items()}
        self.hedge_owed = dict.fromkeys(self.hedges, ZERO)
        self.termination_owed = dict.fromkeys(self.hedges, ZERO)
        self.paid_apart = {name for step in self.steps if step.pay == "termination" for name in step.to}
        self.held = {name: a["balance"] for name, a in self.accounts.items()}
        self.insurer_owed = dict.fromkeys(insurers, ZERO)
        self.on = dict.fromkeys(self.triggers, False)
        self.out: dict = defaultdict(lambda: [ZERO] * (self.months + 1))
        self._read_terms(trust, cash, indices, timeline, never)

    def _read_terms(self, trust: Any, cash: Any, indices: Any, timeline: Any, never: bool) -> None:
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
        word = "never" if never else self.terms.get("call_exercised") or "never"
        self.called, premium = call_month(collections, word, self.callable_at), ZERO
        if word in ("economic", "auction"):
            self.called, premium = self.call_that_pays(word, trust, cash, indices, timeline)
        if self.called:
            owned, sale = dict.fromkeys(self.groups, ZERO), dict.fromkeys(self.groups, ZERO)
            for row, group in zip(rows_of(trust["reo"]), trust.reo_groups, strict=True):
                left = exact(cash["reo_balance"][self.groups.index(group), self.called])
                if row["months_to_sale"] > self.called and left > 0:
                    owned[group] = left
                    keeps = (ONE - row["haircut"]) * (ONE - row["selling_cost"])
                    sale[group] += max(row["value"] * keeps - row["advances"], ZERO)
            buy_pool(collections, self.called, owned, sale, premium)
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
        self.accrue_costs(month)
        self.collect(month)
        self.settle_hedges(month)
        self.accrue_interest(month)
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

    def final_month(self, name: str) -> int:
        """The month of a class's final maturity: as given, or the first remittance in its calendar month or after it."""
        b, dates = self.bonds[name], self.calendar.timeline.dates
        if b["final_date"] is None:
            return b["final_month"] or self.months + 1
        first = b["final_date"].replace(day=1)
        return next((month for month in range(1, self.months + 1) if dates[month] >= first), self.months + 1)

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

    # A call that pays.

    def call_that_pays(self, word: str, trust: Any, cash: Any, indices: Any, timeline: Any) -> tuple[int, Decimal]:
        """The month of an economic call or an auction, and what a dollar of the loans brings beyond itself.

        Economic: the first month at the call factor in which the loans at their market price and the property, less what it
        costs, are worth more than the call's price: the loans' balance and the property, never less than what the deal owes.
        Auction: the first month from auction_month on in which the same worth pays all that the deal owes.
        """
        alone = Waterfall(trust, cash, indices, timeline, never=True)
        paid = alone.run()
        market = str(self.terms.get("collateral_price"))
        prices = amount_of(market, self.months).shares if is_vector(market) else (exact(float(market)),) * self.months
        for month in range(1, self.months + 1):
            left, owned = alone.pools[month].end, ZERO
            for row, group in zip(rows_of(trust["reo"]), trust.reo_groups, strict=True):
                carried = exact(cash["reo_balance"][self.groups.index(group), 0]) > 0
                keeps = (ONE - row["haircut"]) * (ONE - row["selling_cost"])
                if carried and row["months_to_sale"] > month:
                    owned += max(row["value"] * keeps - row["advances"], ZERO)
            loans = left - sum((exact(cash["reo_balance"][g, month]) for g in range(len(self.groups))), ZERO)
            brings = loans * prices[month - 1] - (self.number("call_cost") or ZERO)
            owes = alone.owes(paid, month)
            if left < CENT or loans < CENT:
                continue
            if word == "economic" and left <= self.callable_at:
                price = max(loans + owned, owes)
                if brings + owned > price:
                    return month, (price - loans - owned) / loans
            late_enough = word == "auction" and month >= self.terms.get("auction_month")
            if late_enough and brings >= CENT and brings + owned >= owes:
                return month, brings / loans - ONE
        return 0, ZERO

    def owes(self, paid: dict, month: int) -> Decimal:
        """What a deal that was not called owes after a month: notes, unpaid interest, costs, derivatives, insurers.

        What is due on swaps as they end counts, and what they bring.
        """
        owed = paid["bonds", ""][month]
        owed += sum((paid["interest_shortfall", name][month] for name in self.bonds), ZERO)
        owed += sum((paid["insurer owed", name][month] for name in self.insurer_owed), ZERO)
        for name in self.costs:
            owed += sum(paid["cost due", name][1 : month + 1], ZERO) - sum(paid["cost paid", name][1 : month + 1], ZERO)
        for name, h in self.hedges.items():
            if h["in_trust"]:
                owed += sum(paid["hedge due", name][1 : month + 1], ZERO) - sum(
                    paid["hedge paid", name][1 : month + 1], ZERO
                )
                owed -= self.hedge_end(h, month)
        return max(owed, ZERO)
