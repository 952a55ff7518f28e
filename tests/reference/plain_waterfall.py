"""A plain, slow, separately written waterfall, to hold the kernel against.

It reads the trust's checked rows and steps and the collateral's cash, and keeps everything in dictionaries by name.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import math
from collections import defaultdict

from xlfv.market.indices import Indices
from xlfv.market.vectors import is_vector, parse_vector
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.timeline import Timeline
from xlfv.trust.trust import Trust


def rows_of(records) -> list[dict]:
    """Records as dictionaries of plain Python values; nan is None."""
    rows = []
    for k in range(records.count):
        row = {name: records[name][k].item() for name in records}
        rows.append({name: None if value != value else value for name, value in row.items()})
    return rows


def names_in(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


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


def divide(cash: float, owed: list[float], rule: str, shares: list[float]) -> list[float]:
    """What each of some creditors gets of the cash."""
    cash = min(cash, sum(owed))
    if rule == "sequential":
        paid = []
        for amount in owed:
            paid.append(min(cash, amount))
            cash -= paid[-1]
        return paid
    if rule == "pro_rata":
        total = sum(owed)
        return [amount * cash / total if total > 0.0 else 0.0 for amount in owed]
    # Raise one level for all: each gets share times the level, or all it is owed.
    paid, left, open_ = [0.0] * len(owed), cash, sorted(range(len(owed)), key=lambda k: owed[k] / shares[k])
    while open_:
        k = open_[0]
        level = left / sum(shares[j] for j in open_)
        if owed[k] / shares[k] > level:
            for j in open_:
                paid[j] = shares[j] * level
            break
        paid[k] = owed[k]
        left -= owed[k]
        open_ = open_[1:]
    return paid


class Waterfall:
    """Runs a trust's rules; results by (what, name) as lists by month."""

    def __init__(self, trust: Trust, cash: CollateralCash, indices: Indices, timeline: Timeline) -> None:
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

    def net_rate(self, group: str, fees: float, month: int) -> float:
        # The balance that accrues: a foreclosed property does not.
        loans = self.cash["performing_balance"] + self.cash["foreclosure_balance"]
        begin = self.pool(loans, month - 1, group)
        if begin <= 0.0:
            return 0.0
        due = self.pool(self.cash["interest_due"] - self.cash["servicing_due"], month, group)
        return max(12.0 * (due / begin - fees / self.pool(loans, month - 1)), 0.0)

    def run(self) -> dict:
        for month in range(1, self.cash.months + 1):
            self.month(month)
        return self.out

    def month(self, month: int) -> None:
        cash = self.cash
        begin, end = self.pool(cash.begin_balance, month), self.pool(cash.end_balance, month)
        self.lost += self.pool(cash.all_losses, month)
        money = {("interest", g): self.pool(cash.net_interest, month, g) for g in self.groups}
        money |= {("principal", g): self.pool(cash.principal, month, g) for g in self.groups}
        money |= {(source, g): 0.0 for source in ("excess", "hedge") for g in self.groups}
        self.set_notionals(begin)
        fees = self.accrue_costs(month, begin)
        due = self.accrue_interest(month, fees)
        money["hedge", self.groups[0]] = self.settle_hedges(month, begin)
        self.test_triggers(month, begin, end)
        self.step_down(month, begin, end)
        collected = sum(money["principal", g] for g in self.groups)
        keep = 1.0
        if self.trust.terms.get("oc_target") is not None and collected > 0.0:
            keep = min(max(self.notes() - max(end - self.target, 0.0), 0.0) / collected, 1.0)
        may_take = {g: money["principal", g] * keep for g in self.groups}
        residual = 0.0
        steps = self.by_group()
        for at, step in enumerate(steps):
            if not self.applies(step):
                continue
            if step.source == "excess":
                later = {s.source or "interest" for s in steps[at:] if s.pay != "writedown"}
                for source in {"interest", "principal", "hedge"} - later:
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
        self.out["residual", ""][month] = residual
        self.out["target", ""][month] = self.target
        self.out["stepped", ""][month] = float(self.stepped)

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
            collections = step.source in ("", "interest", "principal")
            split = collections and step.pay in ("interest", "interest_shortfall", "basis_risk", "principal", "oc")
            if step.group or not split:
                found.append(step)
                continue
            for group in dict.fromkeys(home[t] for t in step.targets):
                mine = [k for k, t in enumerate(step.targets) if home[t] == group]
                shares = tuple(step.shares[k] for k in mine) if step.shares else ()
                targets = tuple(step.targets[k] for k in mine)
                found.append(dataclasses.replace(step, targets=targets, shares=shares, group=group))
        return found

    def accrue_costs(self, month: int, begin: float) -> float:
        total = 0.0
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
            total += amount
        return total

    def accrue_interest(self, month: int, fees: float) -> dict[str, float]:
        due = {}
        for b in self.bonds:
            if b["coupon_type"] == "net_wac":
                rate = self.net_rate(b["group"], fees, month) + b["margin"]
                rate = max(min(rate, math.inf if b["cap"] is None else b["cap"]), b["floor"])
            elif b["coupon_type"] == "none":
                rate = 0.0
            else:
                rate = b["coupon"]
                if b["coupon_type"] == "floating":
                    rate = self.index(b["index"], month - b["lookback"]) + b["margin"]
                rate = max(min(rate, math.inf if b["cap"] is None else b["cap"]), b["floor"])
            amount = (
                self.balance[b["tranche"]] * rate * accrual(self.timeline, b["day_count"], month, b["accrual_start"])
            )
            if b["net_wac_cap"]:
                group = b["net_wac_cap"] if b["net_wac_cap"] in self.groups else b["group"]
                most = self.balance[b["tranche"]] * self.net_rate(group, fees, month) / 12.0
                if amount > most:
                    self.carry[b["tranche"]] += amount - most
                    amount = most
            due[b["tranche"]] = amount
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

    def applies(self, step) -> bool:
        if step.when == "always":
            return True
        if step.when == "before_stepdown":
            return not self.stepped
        if step.when == "after_stepdown":
            return self.stepped
        return self.on[step.when] != step.negated

    def step(self, step, month: int, end: float, money: dict, may_take: dict, due: dict) -> float:
        source = step.source or "interest"
        groups = [step.group] if step.group and source != "hedge" else self.groups
        have = sum(money[source, g] for g in groups)
        missing = max(self.notes() - max(end - self.target, 0.0), 0.0)
        if step.pay == "writedown":
            pool = self.pool(self.cash.end_balance, month, step.group)
            coming = sum(may_take[g] for g in ([step.group] if step.group else self.groups))
            owed = min(max(self.notes(step.group) - coming - pool, 0.0), step.limit)
            if owed < 1e-9 * max(pool, 1.0):
                owed = 0.0
            self.hand_out(owed, self.balance, step, month, "writedown")
            return 0.0
        if step.pay == "residual":
            paid = min(have, step.limit)
        elif step.pay == "cost":
            paid = min(have, self.cost_due[step.cost], step.limit)
            self.cost_due[step.cost] -= paid
            self.out["cost", step.cost][month] += paid
        else:
            book = {
                "interest": due, "interest_shortfall": self.short, "basis_risk": self.carry, "hedge": self.hedge_due,
                "principal": self.balance, "oc": self.balance,
            }[step.pay]  # fmt: skip
            owed = sum(book[name] for name in step.targets)
            if step.pay == "oc":
                owed = min(owed, missing)
            elif step.pay == "principal" and source == "principal":
                owed = min(owed, sum(may_take[g] for g in groups))
            paid = min(have, owed, step.limit)
            self.hand_out(paid, book, step, month, "principal" if step.pay == "oc" else step.pay)
            if step.pay == "principal" and source == "principal":
                rest = paid
                for g in groups:
                    part = min(may_take[g], rest)
                    may_take[g] -= part
                    rest -= part
        self.out["step", step.name][month] += paid
        rest = paid
        for g in groups:
            part = min(money[source, g], rest)
            money[source, g] -= part
            rest -= part
        return paid if step.pay == "residual" else 0.0

    def hand_out(self, cash: float, book: dict, step, month: int, what: str) -> None:
        shares = list(step.shares) or [1.0] * len(step.targets)
        parts = divide(cash, [book[name] for name in step.targets], step.rule, shares)
        for name, part in zip(step.targets, parts, strict=True):
            full = part >= book[name]
            book[name] = 0.0 if full else book[name] - part
            self.out[what, name][month] += part
