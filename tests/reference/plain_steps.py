"""The steps of the plain reference waterfall: what each finds, owes and pays."""

from __future__ import annotations

import math
from typing import Any

from xlfv.market.vectors import is_vector, parse_vector

COLLECTED = ("", "interest", "principal", "scheduled", "prepaid")
BUCKETS = ("interest", "principal", "scheduled", "prepaid", "excess", "hedge")


def rows_of(records) -> list[dict]:
    """Records as dictionaries of plain Python values; nan is None."""
    rows = []
    for k in range(records.count):
        row = {name: records[name][k].item() for name in records}
        rows.append({name: None if value != value else value for name, value in row.items()})
    return rows


def names_in(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def divide(cash: float, owed: list[float], rule: str, shares: list[float]) -> list[float]:
    """What each of some creditors gets of the cash."""
    cash = min(cash, sum(owed))
    if rule in ("sequential", "schedule", "target"):
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


class Steps:
    """One step at a time; the state stands in the attributes of the waterfall that is run."""

    trust: Any
    cash: Any
    bonds: list
    schedules: list
    groups: list
    called: int
    target: float
    balance: dict
    short: dict
    carry: dict
    unpaid: dict
    cost_due: dict
    hedge_due: dict
    account: dict
    wanted: dict
    drawn: dict
    brought: dict
    at_start: dict
    recovered: dict
    growing: set
    grown: list
    own: set
    out: dict
    floor: float
    pool: Any
    notes: Any

    def principal(self, money: dict, group: str) -> float:
        return sum(money[source, group] for source in ("principal", "scheduled", "prepaid"))

    def plan(self, name: str, month: int) -> float:
        """Planned balance of a class."""
        schedule = next(b["schedule"] for b in self.bonds if b["tranche"] == name)
        rows = [s for s in self.schedules if s["schedule"] == schedule and s["month"] <= month]
        return 0.0 if month == self.called else max(rows, key=lambda s: s["month"])["amount"]

    def ceiling(self, step, month: int, have: float) -> float:
        """The most a step may pay."""
        amount = step.amount
        if month == self.called and step.pay in ("principal", "oc"):
            return math.inf
        if not amount.kind:
            return amount.limit
        words = amount.words
        if is_vector(words):
            share = parse_vector(words, month)[-1]
        elif words.endswith("%"):
            share = float(words[:-1]) / 100.0
        else:
            share = float(words) / (1.0 if amount.kind == "part" else 100.0)
        source = step.source or "interest"
        groups = [step.group] if step.group and source in (*COLLECTED, "excess") else self.groups
        base = have
        if source == "principal":
            base = sum(self.principal(self.brought, g) for g in groups)
        elif source in BUCKETS or source in self.own:
            base = sum(self.brought[source, g] for g in groups)
        if amount.kind == "part":
            return base * share
        group = step.group if source in (*COLLECTED, "excess") else ""
        pool = self.pool(self.cash.begin_balance, month, group)
        if amount.kind.startswith("senior"):
            mine = [b for b in self.bonds if b["kind"] in ("senior", "po") and (not group or b["group"] == group)]
            own = sum(self.at_start[b["tranche"]] for b in mine)
        else:
            own = sum(self.at_start[name] for name in step.targets)
        part = min(own / pool, 1.0) if pool > 0.0 else 1.0
        return base * (part * share if amount.kind.endswith("times") else part + (1.0 - part) * share)

    def step(self, step, month: int, end: float, money: dict, may_take: dict, due: dict) -> float:
        source = step.source or "interest"
        groups = [step.group] if step.group and source in (*COLLECTED, "excess") else self.groups
        grouped = source in (*COLLECTED, "excess") or source in self.drawn
        mine = [step.group] if step.group and grouped else self.groups
        if step.pay == "writedown":
            self.write_down(step, month, end, money, may_take, mine)
            return 0.0
        if step.pay == "writeup":
            self.write_up(step, month, money, may_take, mine)
            return 0.0
        parts = ("principal", "scheduled", "prepaid") if source == "principal" else (source,)
        if source in self.account:
            have = self.account[source]
        elif source in self.drawn:
            have = math.inf
        else:
            have = sum(money[part, g] for g in groups for part in parts)
        missing = max(self.notes() - max(end - self.target, 0.0), 0.0)
        book: dict = {}
        if step.pay == "residual":
            owed = have
        elif step.pay == "release":
            owed = max(have - self.wanted[source], 0.0)
        elif step.pay == "cost":
            owed = self.cost_due[step.cost]
        else:
            book = {
                "interest": due, "interest_shortfall": self.short, "basis_risk": self.carry, "hedge": self.hedge_due,
                "principal": self.balance, "oc": self.balance, "unpaid_loss": self.unpaid, "reimbursement": self.drawn,
                "deposit": {name: max(self.wanted[name] - self.account[name], 0.0) for name in self.account},
            }[step.pay]  # fmt: skip
            if step.rule == "schedule":
                book = {name: max(self.balance[name] - self.plan(name, month), 0.0) for name in step.targets}
            owed = sum(book[name] for name in step.targets)
            if step.rule == "target":
                owed = min(owed, max(self.above_target(step, month, end, groups), 0.0))
            if step.pay == "oc":
                owed = min(owed, missing)
            elif step.pay == "principal" and source in COLLECTED[2:]:
                owed = min(owed, sum(may_take[g] for g in groups))
        paid = min(have, owed, self.ceiling(step, month, have))
        if step.pay == "cost":
            self.cost_due[step.cost] -= paid
            self.out["cost", step.cost][month] += paid
        elif book:
            before = dict(book)
            self.hand_out(paid, book, step, month, "principal" if step.pay == "oc" else step.pay)
            gone = {name: before[name] - book[name] for name in step.targets}
            if step.rule == "schedule":
                for name, part in gone.items():
                    self.balance[name] -= part
            if step.pay == "deposit":
                for name, part in gone.items():
                    self.account[name] += part
            if step.pay == "interest":
                self.accrete(step, month, gone, money, may_take)
            if step.pay == "principal" and source in COLLECTED[2:]:
                self.spend(may_take, groups, paid)
        self.out["step", step.name][month] += paid
        if source in self.account:
            self.account[source] -= paid
        elif source in self.drawn:
            self.drawn[source] += paid
        else:
            rest = paid
            for part in parts:
                for g in groups:
                    some = min(money[part, g], rest)
                    money[part, g] -= some
                    rest -= some
        for z, home, part in self.grown:
            money[z, home] += part
        self.grown = []
        if step.pay == "release":
            money["excess", self.groups[0]] += paid
        return paid if step.pay == "residual" else 0.0

    def accrete(self, step, month: int, gone: dict, money: dict, may_take: dict) -> None:
        """Interest of a z class joins its balance, and the cash becomes principal."""
        for name in step.targets:
            if name not in self.growing:
                continue
            home = next(b["group"] for b in self.bonds if b["tranche"] == name) or self.groups[0]
            self.balance[name] += gone[name]
            self.out["interest", name][month] -= gone[name]
            self.out["accreted", name][month] += gone[name]
            self.grown = [*self.grown, (name if name in self.own else "principal", home, gone[name])]
            if name not in self.own:
                may_take[home] += gone[name]

    def above_target(self, step, month: int, end: float, groups: list) -> float:
        """What classes down to the last of a step have too much of the pool."""
        names = [b["tranche"] for b in self.bonds]
        last = max(names.index(name) for name in step.targets)
        grouped = bool(step.group) and len(groups) == 1 and groups[0] == step.group
        pool = self.pool(self.cash.end_balance, month, step.group) if grouped else end
        least = 0.0 if grouped else self.floor
        ahead = [b for b in self.bonds[: last + 1] if b["kind"] != "io" and (not grouped or b["group"] == step.group)]
        share = next(b["target_enhancement"] for b in self.bonds if b["tranche"] == step.targets[0])
        return sum(self.balance[b["tranche"]] for b in ahead) - max(min((1.0 - share) * pool, pool - least), 0.0)

    @staticmethod
    def spend(purse: dict, groups: list, amount: float) -> None:
        for g in groups:
            part = min(purse[g], amount)
            purse[g] -= part
            amount -= part

    def write_down(self, step, month: int, end: float, money: dict, may_take: dict, groups: list) -> None:
        group = step.group if len(groups) == 1 and step.group else ""
        pool = self.pool(self.cash.end_balance, month, group)
        coming = sum(may_take[g] for g in groups) + sum(money[z, g] for z in self.own for g in groups)
        owed = min(max(self.notes(group) - coming - pool, 0.0), step.amount.limit)
        if owed < 1e-9 * max(pool, 1.0):
            owed = 0.0
        before = dict(self.balance)
        insured = step.source in self.drawn
        self.hand_out(owed, self.balance, step, month, "principal" if insured else "writedown")
        for name in step.targets:
            if insured:
                self.drawn[step.source] += before[name] - self.balance[name]
            else:
                self.unpaid[name] += before[name] - self.balance[name]

    def write_up(self, step, month: int, money: dict, may_take: dict, groups: list) -> None:
        have = sum(self.recovered[g] for g in groups)
        raised = min(have, sum(self.unpaid[name] for name in step.targets), step.amount.limit)
        before = dict(self.unpaid)
        self.hand_out(raised, self.unpaid, step, month, "writeup")
        for name in step.targets:
            self.balance[name] += before[name] - self.unpaid[name]
        self.spend(self.recovered, groups, raised)
        for g in groups:
            more = min(max(self.principal(money, g) - may_take[g], 0.0), raised)
            may_take[g] += more
            raised -= more

    def hand_out(self, cash: float, book: dict, step, month: int, what: str) -> None:
        shares = list(step.shares) or [1.0] * len(step.targets)
        parts = divide(cash, [book[name] for name in step.targets], step.rule, shares)
        for name, part in zip(step.targets, parts, strict=True):
            full = part >= book[name]
            book[name] = 0.0 if full else book[name] - part
            self.out[what, name][month] += part
