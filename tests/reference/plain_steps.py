"""The payments of the second statement of a deal's rules: one step at a time, each as its row of the table says."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from tests.reference.plain_cash import ONE, ZERO
from tests.reference.plain_deal import COLLECTED, PRINCIPAL, Step, divide

BUCKETS = (*COLLECTED, "excess", "hedge")
HALF_A_CENT = Decimal("0.005")
"""A balance below it is retired."""
PAID = {
    "interest": "interest_paid", "interest_shortfall": "shortfall_paid", "basis_risk": "basis_risk_paid",
    "principal": "principal_paid", "oc": "principal_paid", "unpaid_loss": "loss_paid", "cost": "cost paid",
    "hedge": "hedge paid", "termination": "hedge paid", "deposit": "account deposited", "reimbursement": "insurer reimbursed",
}  # fmt: skip
"""The column in which a payment is told."""


class Payments:
    """What the steps do to the cash of a month and to what is outstanding; the state is that of ``Waterfall``."""

    groups: list[str]
    bonds: dict[str, dict]
    seniors: list[str]
    steps: list[Step]
    own_bucket: list[str]
    called: int
    has_oc: bool
    oc_floor: Decimal
    out: dict
    balance: dict[str, Decimal]
    begin: dict[str, Decimal]  # balances at the start of the month
    interest_due: dict[str, Decimal]
    shortfall: dict[str, Decimal]
    carryforward: dict[str, Decimal]
    written: dict[str, Decimal]
    cost_owed: dict[str, Decimal]
    hedge_owed: dict[str, Decimal]
    termination_owed: dict[str, Decimal]
    held: dict[str, Decimal]  # what accounts hold
    account_target: dict[str, Decimal]
    insurer_owed: dict[str, Decimal]
    stepped_down: bool
    on: dict[str, bool]
    cash: dict[str, dict[str, Decimal]]  # what is left in each bucket, by loan group
    brought: dict[str, dict[str, Decimal]]  # all that came into it this month
    distributable: dict[str, Decimal]  # principal that the classes may still take
    recovered: dict[str, Decimal]  # subsequent recoveries by which nobody was written up yet
    accreting: set[str]
    collateral: Any
    outstanding: Any
    notes_above_target: Any
    scheduled_amount: Any
    final_month: Any

    def distribute(self, month: int) -> Decimal:
        """Run the steps in order; returns what goes to the residual: what steps pay it, and what nobody took."""
        residual, self.month = ZERO, month
        self.spent_by_row: dict[int, Decimal] = {}
        for at, step in enumerate(self.steps):
            if step.source == "excess":
                self.sweep(at)
            if self.runs(step, month):
                residual += self.run_step(step, month)
            if step.pay == "interest":
                self.leave_short(at)
        left = sum((part for bucket in self.cash.values() for part in bucket.values()), ZERO)
        for what in ("available", "due", "paid"):
            self.out[f"left {what}", ""][month] = left
        return residual + left

    def runs(self, step: Step, month: int) -> bool:
        """Whether a step's condition holds."""
        if " or " in step.when:
            return any(self.state(word.strip(), month) for word in step.when.split(" or "))
        return all(self.state(word.strip(), month) for word in step.when.split(" and "))

    def state(self, text: str, month: int) -> bool:
        """Whether a state of the deal holds."""
        known = {
            "always": True, "before_stepdown": not self.stepped_down, "after_stepdown": self.stepped_down,
            "called": month == self.called, "not_called": month != self.called,
        }  # fmt: skip
        word = text.lower().replace(" ", "_")
        if word in known:
            return known[word]
        return self.on[text] if text in self.on else not self.on[text[4:].strip()]

    def sweep(self, at: int) -> None:
        """Excess is what the other buckets hold once no later step draws on them."""
        for bucket, parts in self.cash.items():
            if bucket != "excess" and not any(step.draws_on(bucket) for step in self.steps[at:]):
                if bucket == "hedge":  # of no loan group: every group's by its share of the pool
                    self.bring_to_all(sum(parts.values(), ZERO))
                for group in self.groups:
                    if bucket != "hedge":
                        self.bring("excess", group, parts[group])
                    parts[group] = ZERO

    def leave_short(self, at: int) -> None:
        """Interest that no later step of the table pays is short from here on."""
        for name in self.steps[at].to:
            if not any(step.pay == "interest" and name in step.to for step in self.steps[at + 1 :]):
                self.shortfall[name] += self.interest_due[name]
                self.interest_due[name] = ZERO

    # Cash.

    def bring(self, bucket: str, group: str, amount: Decimal) -> None:
        self.cash[bucket][group] += amount
        self.brought[bucket][group] += amount

    def bring_to_all(self, amount: Decimal) -> None:
        """Cash of no loan group becomes excess: of each group by its share of the pool at the start of the month."""
        pool = self.collateral("", self.month).begin
        for k, group in enumerate(self.groups):
            share = self.collateral(group, self.month).begin / pool if pool > ZERO else ZERO
            last = k == len(self.groups) - 1
            self.bring("excess", group, amount * share if pool > ZERO else amount if last else ZERO)

    def by_group(self, step: Step) -> bool:
        """Whether a step is confined to its loan group: derivatives, accounts and accretions belong to none."""
        return bool(step.group) and (step.source in (*COLLECTED, "excess") or step.source in self.insurer_owed)

    def groups_of(self, step: Step) -> list[str]:
        return [step.group] if self.by_group(step) else self.groups

    def group_of(self, step: Step) -> str:
        return step.group if self.by_group(step) else ""

    def in_bucket(self, purse: dict[str, dict[str, Decimal]], step: Step) -> Decimal:
        """What a purse holds for a step: all principal for ``principal``."""
        buckets = PRINCIPAL if step.source == "principal" else (step.source,)
        return sum((purse[bucket].get(group, ZERO) for bucket in buckets for group in self.groups_of(step)), ZERO)

    def available(self, step: Step) -> Decimal:
        return self.held[step.source] if step.source in self.held else self.in_bucket(self.cash, step)

    def take(self, step: Step, amount: Decimal) -> None:
        """Take cash: of each group in proportion to what it holds; of principal first what was accreted, then scheduled, then prepaid."""
        if step.source in self.held:
            self.held[step.source] -= amount
            kind = "released" if step.pay == "release" else "drawn"
            self.tell(f"account {kind}", step.source, self.month, amount)
            return
        for bucket in PRINCIPAL if step.source == "principal" else (step.source,):
            amount -= self.spend(self.cash[bucket], self.groups_of(step), amount)

    def tell(self, what: str, name: str, month: int, amount: Decimal) -> None:
        self.out[what, name][month] += amount

    # What a step owes.

    def owed_by_name(self, step: Step, month: int) -> dict[str, Decimal]:
        """What each of those whom a step pays is owed."""
        if step.pay == "deposit":
            return {name: max(self.account_target[name] - self.held[name], ZERO) for name in step.to}
        if step.pay == "principal" and step.source in self.insurer_owed:
            return {name: self.balance[name] if month >= self.final_month(name) else ZERO for name in step.to}
        if step.rule == "schedule" and not self.shares_plan(step):
            return {name: max(self.balance[name] - self.planned(name, month), ZERO) for name in step.to}
        book = {
            "interest": self.interest_due, "interest_shortfall": self.shortfall, "basis_risk": self.carryforward,
            "principal": self.balance, "oc": self.balance, "unpaid_loss": self.written, "cost": self.cost_owed,
            "hedge": self.hedge_owed, "reimbursement": self.insurer_owed, "termination": self.termination_owed,
        }[step.pay]  # fmt: skip
        return {name: book[name] for name in step.to}

    def shares_plan(self, step: Step) -> bool:
        """Whether a step pays several classes down to one planned balance of them all."""
        return step.rule == "schedule" and len(step.to) > 1 and len({self.bonds[n]["schedule"] for n in step.to}) == 1

    def planned(self, name: str, month: int) -> Decimal:
        """Planned balance of a class; a deal that is called is paid off."""
        return ZERO if month == self.called else self.scheduled_amount(self.bonds[name]["schedule"], month)

    def due(self, step: Step, month: int, owed: dict[str, Decimal]) -> Decimal:
        """What a step owes this month."""
        if step.pay == "residual":
            due = self.available(step)
        elif step.pay == "release":
            due = max(self.available(step) - self.account_target[step.source], ZERO)
        else:
            due = sum(owed.values(), ZERO)
        if self.shares_plan(step):
            due = max(due - self.planned(step.to[0], month), ZERO)
        if step.rule == "target":
            due = min(due, self.above_target(step, month))
        if step.pay == "oc":
            due = min(due, self.notes_above_target(month))
        elif step.pay == "principal" and step.source in PRINCIPAL:
            due = min(due, sum((self.distributable[group] for group in self.groups_of(step)), ZERO))
        if month == self.called and step.pay in ("principal", "oc"):
            return due
        most = self.most(step, month)
        return due if most is None else min(due, most)

    def most(self, step: Step, month: int) -> Decimal | None:
        """The most a step pays: dollars a month, or a share of all that came into its cash this month; None for no limit."""
        amount = step.amount
        if amount.dollars is not None:
            return max(amount.dollars - self.spent_by_row.get(step.row, ZERO), ZERO)
        if not amount.shares:
            return None
        if amount.of == "rest":
            return self.available(step) * amount.shares[month - 1]
        share, came = amount.shares[month - 1], self.in_bucket(self.brought, step)
        if not amount.of:
            return came * share
        percentage = self.percentage_of_pool(step, month)
        return came * (percentage * share if amount.sign == "*" else percentage + (ONE - percentage) * share)

    def percentage_of_pool(self, step: Step, month: int) -> Decimal:
        """The seniors', or the paid classes' own, percentage of the step's loans, both at the start of the month."""
        group = self.group_of(step)
        if step.amount.of == "senior":
            names = [name for name in self.seniors if not group or self.bonds[name]["group"] == group]
        else:
            names = list(step.to)
        pool = self.collateral(group, month).begin
        return min(sum((self.begin[name] for name in names), ZERO) / pool, ONE) if pool > 0 else ONE

    def above_target(self, step: Step, month: int) -> Decimal:
        """What the classes down to the last of a step exceed the pool by, less what is to stand behind them.

        That is their target enhancement of the pool, never less than the OC floor of the whole deal.
        """
        group, names = self.group_of(step), list(self.bonds)
        down_to = names[: max(names.index(name) for name in step.to) + 1]
        mine = [n for n in down_to if self.bonds[n]["kind"] != "io" and (not group or self.bonds[n]["group"] == group)]
        pool = self.collateral(group, month).end
        behind = max(self.bonds[step.to[0]]["target_enhancement"] * pool, ZERO if group else self.oc_floor)
        return max(sum((self.balance[name] for name in mine), ZERO) - max(pool - behind, ZERO), ZERO)

    # What a step does.

    def run_step(self, step: Step, month: int) -> Decimal:
        """Pay a step; returns what went to the residual."""
        self.month = month
        if step.pay == "writedown":
            self.write_down(step, month)
            return ZERO
        if step.pay == "writeup":
            self.write_up(step, month)
            return ZERO
        owed = {} if step.pay in ("residual", "release") else self.owed_by_name(step, month)
        due = self.due(step, month, owed)
        have = due if step.source in self.insurer_owed else self.available(step)
        paid = min(have, due)
        self.tell_step(step, month, have, due, paid)
        if step.source in self.insurer_owed:
            self.draw_on_insurer(step.source, month, paid)
        else:
            self.take(step, paid)
        if step.pay == "residual":
            return paid
        if step.pay == "release":
            self.bring_to_all(paid)
            return ZERO
        for name, part in zip(owed, divide(paid, list(owed.values()), step.rule, list(step.weights)), strict=True):
            self.pay(step, name, part, month)
        if step.pay == "principal" and step.source in PRINCIPAL:
            self.spend(self.distributable, self.groups_of(step), paid)
        return ZERO

    def tell_step(self, step: Step, month: int, have: Decimal, due: Decimal, paid: Decimal) -> None:
        self.spent_by_row[step.row] = self.spent_by_row.get(step.row, ZERO) + paid
        for what, value in {"available": have, "due": due, "paid": paid, "short": due - paid}.items():
            self.out[f"step {what}", str(step.row)][month] += value

    def pay(self, step: Step, name: str, amount: Decimal, month: int) -> None:
        """Pay one of those a step pays: what is owed to it falls."""
        if step.pay == "interest" and name in self.accreting:
            self.accrete(name, amount, month)
            return
        self.tell(PAID[step.pay], name, month, amount)
        if step.pay == "deposit":
            self.held[name] += amount
            self.brought[name][self.groups[0]] += amount
            return
        book = {
            "interest": self.interest_due, "interest_shortfall": self.shortfall, "basis_risk": self.carryforward,
            "unpaid_loss": self.written, "cost": self.cost_owed, "hedge": self.hedge_owed,
            "reimbursement": self.insurer_owed, "termination": self.termination_owed,
        }.get(step.pay, self.balance)  # fmt: skip
        book[name] = max(book[name] - amount, ZERO)

    def accrete(self, name: str, amount: Decimal, month: int) -> None:
        """Interest of a z class joins its balance; the cash is principal of the classes ahead of it."""
        self.interest_due[name] = max(self.interest_due[name] - amount, ZERO)
        self.balance[name] += amount
        self.tell("accreted", name, month, amount)
        home = self.bonds[name]["group"] or self.groups[0]
        self.bring(name if name in self.own_bucket else "principal", home, amount)
        if name not in self.own_bucket:
            self.distributable[home] += amount

    @staticmethod
    def spend(purse: dict[str, Decimal], groups: list[str], amount: Decimal) -> Decimal:
        """Take an amount off what groups hold, in proportion; returns what was there to be taken."""
        whole = sum((purse[group] for group in groups), ZERO)
        taken = min(whole, amount)
        for group in groups:
            purse[group] = purse[group] * (whole - taken) / whole if whole > ZERO else ZERO
        return taken

    def draw_on_insurer(self, insurer: str, month: int, amount: Decimal) -> None:
        self.insurer_owed[insurer] += amount
        self.tell("insurer drawn", insurer, month, amount)

    def still_to_be_paid(self, step: Step) -> Decimal:
        """Principal that the classes have still to receive: what they may take, so far as it is still there."""
        groups = self.groups_of(step)
        there = sum((self.cash[bucket][group] for bucket in PRINCIPAL for group in groups), ZERO)
        accreted = sum((self.cash[bucket][group] for bucket in self.own_bucket for group in groups), ZERO)
        return min(there, sum((self.distributable[group] for group in groups), ZERO)) + accreted

    def write_down(self, step: Step, month: int) -> None:
        """Losses nobody has borne: what the notes exceed the pool by, less principal they have still to receive.

        They lower the classes' balances in the step's order; an insurer pays them as principal instead.
        """
        group = self.group_of(step)
        over = self.outstanding(group) - self.still_to_be_paid(step) - self.collateral(group, month).end
        loss = max(over, ZERO)
        recovered = sum((self.recovered[g] for g in self.groups_of(step)), ZERO)
        # A recovery that has lessened the loss writes nothing up afterwards.
        self.spend(self.recovered, self.groups_of(step), max(recovered - max(-over, ZERO), ZERO))
        if step.amount.dollars is not None:
            loss = min(loss, step.amount.dollars)
        balances = {name: self.balance[name] for name in step.to}
        borne = min(loss, sum(balances.values(), ZERO))
        self.tell_step(step, month, sum(balances.values(), ZERO), loss, borne)
        insured = step.source in self.insurer_owed
        if insured:
            self.draw_on_insurer(step.source, month, borne)
        for name, part in zip(
            step.to, divide(borne, list(balances.values()), step.rule, list(step.weights)), strict=True
        ):
            self.balance[name] = max(self.balance[name] - part, ZERO)
            self.tell("principal_paid" if insured else "writedown", name, month, part)
            if not insured:
                self.written[name] += part

    def write_up(self, step: Step, month: int) -> None:
        """Subsequent recoveries raise classes written down, never above what they lost; the recovery is theirs as principal."""
        groups = self.groups_of(step)
        recovered = sum((self.recovered[group] for group in groups), ZERO)
        lost = {name: self.written[name] for name in step.to}
        due = sum(lost.values(), ZERO)
        if step.amount.dollars is not None:
            due = min(due, step.amount.dollars)
        raised = min(recovered, due)
        self.tell_step(step, month, recovered, due, raised)
        for name, part in zip(step.to, divide(raised, list(lost.values()), step.rule, list(step.weights)), strict=True):
            self.written[name] = max(self.written[name] - part, ZERO)
            self.balance[name] += part
            self.tell("writeup", name, month, part)
        self.spend(self.recovered, groups, raised)
        for group in groups:
            there = sum((self.cash[bucket][group] for bucket in PRINCIPAL), ZERO)
            more = min(max(there - self.distributable[group], ZERO), raised)
            self.distributable[group] += more
            raised -= more
