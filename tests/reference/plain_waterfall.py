"""A plain, slow, separately written waterfall, to hold the kernel against.

It reads the trust's checked rows and steps and the collateral's cash, and keeps everything in dictionaries by name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections import defaultdict

from tests.reference.plain_steps import BUCKETS, COLLECTED, Steps, names_in, rows_of
from xlfv.market.indices import Indices
from xlfv.market.vectors import is_vector, parse_vector
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.timeline import Timeline
from xlfv.trust.trust import Trust


def accrual(timeline: Timeline, day_count: str, month: int, start: dt.date | None = None) -> float:
    """Share of a year, counted day by day."""
    if day_count == "30/360" or not timeline.dated:
        return 1.0 / 12.0
    first, last = timeline.dates[month - 1], timeline.dates[month]
    if month == 1 and start is not None and start < last:
        first = start
    if day_count == "act/360":
        return (last - first).days / 360.0
    share, day = 0.0, first
    while day < last:
        share += 1.0 / (366.0 if day.year % 4 == 0 and (day.year % 100 or day.year % 400 == 0) else 365.0)
        day += dt.timedelta(days=1)
    return share


class Waterfall(Steps):
    """Runs a trust's rules; results by (what, name) as lists by month."""

    def __init__(
        self, trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline, called: int = 0
    ) -> None:
        self.trust, self.cash, self.indices, self.timeline = trust, cash, indices, timeline
        self.groups = list(cash.groups)
        self.bonds = [row for row in rows_of(trust["bonds"]) if row["kind"] != "residual"]
        self.hedges, self.costs = rows_of(trust["hedges"]), rows_of(trust["costs"])
        self.triggers, self.schedules = rows_of(trust["triggers"]), rows_of(trust["schedules"])
        self.out: dict = defaultdict(lambda: [0.0] * (cash.months + 1))
        self.balance = {b["tranche"]: b["balance"] for b in self.bonds}
        self.short = {b["tranche"]: b["interest_shortfall"] for b in self.bonds}
        self.carry = {b["tranche"]: b["basis_risk_carryforward"] for b in self.bonds}
        self.cost_due = {c["cost"]: 0.0 for c in self.costs}
        self.hedge_due = {h["hedge"]: 0.0 for h in self.hedges}
        self.on = {x["trigger"]: False for x in self.triggers}
        self.unpaid = {b["tranche"]: b["writedown"] for b in self.bonds}
        self.account = {a["account"]: a["balance"] for a in rows_of(trust["accounts"])}
        self.drawn = {b["insured_by"]: 0.0 for b in self.bonds if b["insured_by"]}
        self.own = {s.source for s in trust.steps} & {b["tranche"] for b in self.bonds if b["kind"] == "z"}
        self.split = any(s.source in ("scheduled", "prepaid") for s in trust.steps)
        self.called = called
        self.at_start: dict = {}
        self.grown: list = []
        term = trust.terms.get
        self.original = term("original_pool_balance")
        if self.original is None:
            self.original = float(cash.end_balance[:, 0].sum())

        def dollars(name: str) -> float:
            value = term(name) or 0.0
            return value * self.original if value < 1.0 else value

        self.floor = dollars("oc_floor")
        self.target = max(dollars("oc_target"), self.floor)
        self.lost = term("cumulative_loss") or 0.0
        self.stepped = False
        factor = term("call_factor")
        self.call_at = None if factor is None else factor * self.original
        self.callable = self.call_at is not None and float(cash.end_balance[:, 0].sum()) <= self.call_at

    # What the collateral brings, of one group or of all.
    def pool(self, array, month: int, group: str = "") -> float:
        return float(sum(array[k, month] for k, name in enumerate(self.groups) if not group or name == group))

    def late(self, month: int) -> float:
        end = self.pool(self.cash.end_balance, month)
        behind = self.pool(self.cash["late_balance"], month)
        behind += self.pool(self.cash["foreclosure_balance"], month) + self.pool(self.cash["reo_balance"], month)
        return behind / end if end > 0.0 else 0.0

    def notes(self, group: str = "") -> float:
        return sum(
            self.balance[b["tranche"]] for b in self.bonds if b["kind"] != "io" and (not group or b["group"] == group)
        )

    def seniors(self) -> float:
        return sum(self.balance[b["tranche"]] for b in self.bonds if b["kind"] in ("senior", "po"))

    def index(self, name: str, month: int) -> float:
        values = self.indices.rates[name.upper()]
        return float(values[min(max(month, 0), len(values) - 1)])

    def net_rate(self, group: str, month: int) -> float:
        # The balance that accrues: a foreclosed property does not.
        loans = self.cash["performing_balance"] + self.cash["foreclosure_balance"]
        begin = self.pool(loans, month - 1, group)
        if begin <= 0.0:
            return 0.0
        due = self.pool(self.cash["interest_due"] - self.cash["servicing_due"], month, group)
        whole = self.pool(loans, month - 1)
        # A cost of a group lowers that group's rate and the pool's; others lower every rate alike.
        shared = sum(x for c, x in self.month_costs.items() if not (group and self.cost_group[c]))
        own = sum(x for c, x in self.month_costs.items() if group and self.cost_group[c] == group)
        return max(12.0 * (due / begin - shared / whole - own / begin), 0.0)

    def net_cap(self, group: str, month: int) -> float:
        # After the month's net payments of swaps and other derivatives inside the trust.
        loans = self.cash["performing_balance"] + self.cash["foreclosure_balance"]
        whole = self.pool(loans, month - 1)
        rate = self.net_rate(group, month)
        return max(rate - 12.0 * self.swaps_paid / whole, 0.0) if whole > 0.0 else rate

    def run(self) -> dict:
        for month in range(1, self.cash.months + 1):
            self.month(month)
        return self.out

    def month(self, month: int) -> None:
        cash = self.cash
        begin, end = self.pool(cash.begin_balance, month), self.pool(cash.end_balance, month)
        self.lost += self.pool(cash.all_losses, month)
        money = {(source, g): 0.0 for source in (*BUCKETS, *sorted(self.own)) for g in self.groups}
        money |= {("interest", g): self.pool(cash.net_interest, month, g) for g in self.groups}
        for g in self.groups:
            whole = self.pool(cash.principal, month, g)
            level = self.pool(cash["scheduled_principal"] + cash["advanced_principal"], month, g)
            if self.split:
                money["scheduled", g], money["prepaid", g] = level, whole - level
            else:
                money["principal", g] = whole
        self.recovered = {g: self.pool(cash["subsequent_recoveries"], month, g) for g in self.groups}
        self.set_notionals(begin)
        self.at_start = dict(self.balance)
        self.accrue_costs(month, begin)
        owed = sum(self.hedge_due.values())
        money["hedge", self.groups[0]] = self.settle_hedges(month, begin)
        self.swaps_paid = sum(self.hedge_due.values()) - owed
        due = self.accrue_interest(month)
        self.brought = dict(money)
        self.set_accounts(end)
        self.growing = {
            b["tranche"]
            for k, b in enumerate(self.bonds)
            if b["kind"] == "z" and sum(self.balance[name] for name in self.ahead(k)) >= 0.005
        }
        self.test_triggers(month, begin, end)
        self.step_down(month, begin, end)
        collected = sum(self.principal(money, g) for g in self.groups)
        keep = 1.0
        if self.trust.terms.get("oc_target") is not None and collected > 0.0:
            keep = min(max(self.notes() - max(end - self.target, 0.0), 0.0) / collected, 1.0)
        may_take = {g: self.principal(money, g) * keep for g in self.groups}
        residual = 0.0
        steps = self.by_group()
        for at, step in enumerate(steps):
            if not self.applies(step, month):
                continue
            if step.source == "excess":
                later = {s.source or "interest" for s in steps[at:] if s.pay not in ("writedown", "writeup")}
                later |= {"scheduled", "prepaid"} if "principal" in later else set()
                for source in {*BUCKETS, *self.own} - later - {"excess"}:
                    for g in self.groups:
                        money["excess", g] += money[source, g]
                        money[source, g] = 0.0
            residual += self.step(step, month, end, money, may_take, due)
            if step.pay == "interest":
                for name in step.targets:
                    if not any(s.pay == "interest" and name in s.targets for s in steps[at + 1 :]):
                        self.short[name] += due[name]
                        due[name] = 0.0
        residual += sum(money.values())
        self.set_notionals(end)
        for b in self.bonds:
            name = b["tranche"]
            self.short[name] += due[name]
            self.out["short", name][month] = self.short[name]
            self.out["carry", name][month] = self.carry[name]
            self.out["balance", name][month] = self.balance[name]
            self.out["unpaid", name][month] = self.unpaid[name]
        for name, held in self.account.items():
            self.out["account", name][month] = held
        for name, owing in self.drawn.items():
            self.out["insurer", name][month] = owing
        if self.call_at is not None and end <= self.call_at:
            self.callable = True
        self.out["residual", ""][month] = residual
        self.out["target", ""][month] = self.target
        self.out["stepped", ""][month] = float(self.stepped)

    def ahead(self, k: int) -> list[str]:
        """Classes that a z class waits for."""
        z = self.bonds[k]
        before = [b for b in self.bonds[:k] if b["kind"] != "io" and (not z["group"] or b["group"] in ("", z["group"]))]
        return names_in(z["accretes_while"]) or [b["tranche"] for b in before]

    def set_accounts(self, end: float) -> None:
        self.wanted = {}
        for a in rows_of(self.trust["accounts"]):
            wanted = a["target"]
            if wanted < 1.0:
                wanted *= {"original": self.original, "pool": end, "bonds": self.notes()}[a["target_of"]]
            least = a["floor"] * self.original if a["floor"] < 1.0 else a["floor"]
            self.wanted[a["account"]] = max(wanted, least) if end > 0.0 else 0.0

    def set_notionals(self, pool: float) -> None:
        for b in self.bonds:
            if b["notional_of"]:
                whole = b["notional_of"].lower() == "pool"
                self.balance[b["tranche"]] = pool if whole else sum(self.balance[n] for n in names_in(b["notional_of"]))

    def by_group(self) -> list:
        """Steps that name no group and pay grouped classes out of collections, once for each group."""
        home = {b["tranche"]: b["group"] for b in self.bonds}
        found = []
        for step in self.trust.steps:
            split = step.source in COLLECTED and step.pay in (
                "interest", "interest_shortfall", "basis_risk", "unpaid_loss", "principal", "oc"
            )  # fmt: skip
            if step.group or not split:
                found.append(step)
                continue
            for group in dict.fromkeys(home[t] for t in step.targets):
                mine = [k for k, t in enumerate(step.targets) if home[t] == group]
                shares = tuple(step.shares[k] for k in mine) if step.shares else ()
                targets = tuple(step.targets[k] for k in mine)
                found.append(dataclasses.replace(step, targets=targets, shares=shares, group=group))
        return found

    def accrue_costs(self, month: int, begin: float) -> None:
        self.cost_group = {c["cost"]: c["group"] for c in self.costs}
        self.month_costs = {}
        for c in self.costs:
            if c["basis"] == "pool_balance":
                amount = self.pool(self.cash.begin_balance, month, c["group"]) * c["rate"] / 12.0
            elif c["basis"] == "bond_balance":
                amount = self.notes(c["group"]) * c["rate"] / 12.0
            else:
                amount = 0.0
            counted = [g for g in self.trust["loans"]["group"] if not c["group"] or g == c["group"]]
            count = len(counted) if c["basis"] == "loan_count" else 1
            amount = max(amount + c["amount"] * count / 12.0, c["minimum"] / 12.0)
            if c["cap"] is not None:
                amount = min(amount, c["cap"] / 12.0)
            if begin <= 0.0:
                amount = 0.0
            self.cost_due[c["cost"]] += amount
            self.month_costs[c["cost"]] = amount

    def accrue_interest(self, month: int) -> dict[str, float]:
        due = {}
        for b in self.bonds:
            name, later = b["tranche"], b["margin_after_call"] if self.callable else None
            margin = b["margin"] if later is None else later
            if b["coupon_type"] == "none":
                rate = 0.0
            else:
                rate = {
                    "net_wac": lambda b=b, m=margin: self.net_rate(b["group"], month) + m,
                    "fixed": lambda b=b, x=later: b["coupon"] + (x or 0.0),
                    "floating": lambda b=b, m=margin: (
                        b["multiplier"] * self.index(b["index"], month - b["lookback"]) + m
                    ),
                }[b["coupon_type"]]()
                rate = max(min(rate, math.inf if b["cap"] is None else b["cap"]), b["floor"])
            year = accrual(self.timeline, b["day_count"], month, b["accrual_start"])
            amount = self.balance[name] * rate * year
            if b["carryforward_interest"]:
                self.carry[name] *= 1.0 + rate * year
            earned = rate * year
            if b["net_wac_cap"]:
                group = b["net_wac_cap"] if b["net_wac_cap"] in self.groups else b["group"]
                earned = min(earned, self.net_cap(group, month) / 12.0)
                most = self.balance[name] * self.net_cap(group, month) / 12.0
                if amount > most:
                    self.carry[name] += amount - most
                    amount = most
            if b["shortfall_interest"]:
                self.short[name] *= 1.0 + earned
            due[name] = amount
        return due

    def settle_hedges(self, month: int, begin: float) -> float:
        received = 0.0
        for h in self.hedges:
            index = self.index(h["receive_index"], month - h["lookback"]) + h["margin"]
            rate = {
                "swap": lambda h=h, x=index: x - h["pay_rate"],
                "cap": lambda h=h, x=index: max(x - h["strike"], 0.0),
                "corridor": lambda h=h, x=index: max(min(x, h["ceiling"]) - h["strike"], 0.0),
                "floor": lambda h=h, x=index: max(h["strike"] - x, 0.0),
            }[h["type"]]() * accrual(self.timeline, h["day_count"], month)
            if h["schedule"]:
                mine = sorted((s["month"], s["amount"]) for s in self.schedules if s["schedule"] == h["schedule"])
                notional = ([amount for at, amount in mine if at <= month] or [0.0])[-1]
            elif h["notional_of"]:
                pool = h["notional_of"] == "pool"
                notional = begin if pool else sum(self.balance[n] for n in names_in(h["notional_of"]))
            else:
                notional = h["notional"]
            if not max(h["start"], 1) <= month <= h["end"]:
                notional = 0.0
            if h["in_trust"] and self.called and month > self.called:
                notional = 0.0
            if h["in_trust"]:
                received += max(notional * rate, 0.0)
                self.hedge_due[h["hedge"]] += max(-notional * rate, 0.0)
        return received

    def test_triggers(self, month: int, begin: float, end: float) -> None:
        values = {
            "cumulative_loss": self.lost / self.original,
            "delinquency": self.late(month),
            "rolling_delinquency": sum(map(self.late, range(max(month - 2, 0), month + 1)))
            / (month + 1 - max(month - 2, 0)),
            "oc": begin - self.notes(),
            "enhancement": 1.0 - self.seniors() / begin if begin > 0.0 else 0.0,
            "month": float(month),
            "deal_age": self.age(month),
            "pool_factor": end / self.original,
            "subordination": self.notes() - self.seniors() if self.notes() - self.seniors() >= 0.005 else 0.0,
        }
        for x in self.triggers:
            text = x["threshold"]
            level = parse_vector(text, month)[-1] if is_vector(text) else float(text)
            value = values[x["measure"]]
            fails = {">": value > level, "<": value < level, ">=": value >= level, "<=": value <= level}[x["test"]]
            self.on[x["trigger"]] = bool(fails) or (self.on[x["trigger"]] and not x["cure"])
            self.out["trigger", x["trigger"]][month] = float(self.on[x["trigger"]])

    def age(self, month: int) -> float:
        closing = self.trust.terms.get("closing_date")
        if closing is None:
            return float(month)
        date = self.timeline.dates[month]
        return float(12 * (date.year - closing.year) + date.month - closing.month)

    def step_down(self, month: int, begin: float, end: float) -> None:
        term = self.trust.terms.get
        age, enhancement = term("stepdown_age"), term("stepdown_enhancement")
        seniors = self.seniors()
        now = any(b["kind"] in ("senior", "po") for b in self.bonds) and seniors < 0.005
        if not now and (age is not None or enhancement is not None):
            now = (age is None or self.age(month) >= age) and (
                enhancement is None or (begin > 0.0 and 1.0 - seniors / begin >= enhancement)
            )
        self.stepped = self.stepped or now
        after = term("oc_target_after_stepdown")
        holds = ("cumulative_loss", "delinquency", "rolling_delinquency")
        held = any(self.on[x["trigger"]] for x in self.triggers if x["measure"] in holds)
        if term("oc_target") is not None and self.stepped and not held and after is not None:
            self.target = max(min(self.target, after * end if after < 1.0 else after), self.floor)

    def applies(self, step, month: int) -> bool:
        if step.when in ("called", "not_called"):
            return (month == self.called) == (step.when == "called")
        if step.when == "always":
            return True
        if step.when == "before_stepdown":
            return not self.stepped
        if step.when == "after_stepdown":
            return self.stepped
        return self.on[step.when] != step.negated
