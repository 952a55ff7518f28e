"""The deal's rules as a table: one row a step, run in order every month."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.tables import Fault, Refused, Table
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import bare, near_word, same_word
from xlfv.trust.amounts import Amount, parse_amount
from xlfv.trust.bonds import split_names
from xlfv.trust.conditions import ALWAYS, NAMED, Condition, words_of

SOURCES = ("interest", "principal", "scheduled", "prepaid", "excess", "hedge")
PAYS = (
    "interest", "interest_shortfall", "principal", "oc", "basis_risk", "unpaid_loss", "writedown", "writeup", "hedge",
    "termination", "deposit", "release", "reimbursement", "residual",
)  # fmt: skip
CONDITIONS = ("always", "before_stepdown", "after_stepdown", "called", "not_called")
RULES = ("sequential", "pro_rata", "schedule", "target")
"""How a step divides what it pays; and by shares."""
_NOT = re.compile(r"not[\s_-]+(.+)", re.IGNORECASE)
_OPPOSITE = {"before_stepdown": "after_stepdown", "after_stepdown": "before_stepdown", "not_called": "called"}
INSURED_PAYS = ("interest", "interest_shortfall", "principal", "writedown")
"""What an insurer pays."""
OVER_CAP = " over cap"
"""What follows a cost's name where a step pays what it exceeds its cap by."""
_NO_CLASSES = ("cost", "hedge", "termination", "deposit", "release", "reimbursement", "residual")
"""What is not paid to classes."""

WATERFALL = Schema(
    "waterfall",
    (
        Column("step", "text", "the step's name or number, in the order run", required=True),
        Column("from", "text", "which cash it takes: interest, principal (or its parts: scheduled, prepaid), excess, hedge,"
               " an account, what a z class accretes (by the name of the class), or an insurer", required=True),
        Column("pay", "text", "what it pays: a cost's name, or NAME over cap (what it exceeds its cap by), interest, interest_shortfall, principal, oc, basis_risk,"
               " unpaid_loss (cash for write-downs), writedown, writeup (by subsequent recoveries), hedge, termination (of swaps at a"
               " call; without such a step hedge pays it), deposit (to an"
               " account), release (to the excess, what an account holds above its target), reimbursement (of an insurer),"
               " residual", required=True),
        Column("to", "text", "tranches (hedges, accounts, insurers), in order, separated by commas"),
        Column("rule", "text", "sequential, pro_rata, share a:b, schedule (each down to its planned balance; all of them together where"
               " they share one), or"
               " target (down to where target_enhancement of the pool stands behind them)",
               default="sequential"),
        Column("amount", "cell", "due; the most a month in dollars; or the most as a share of what its cash was this month:"
               " 70%, a vector in words, 70% of rest (of what earlier steps left), senior or own (their percentage of the pool), senior * or + a vector",
               default="due"),
        Column("when", "text", "always; a trigger's name, not and a trigger's name, before_stepdown, after_stepdown,"
               " called, not called; or several of them joined by or, or by and", default="always"),
        Column("group", "text", "loan group whose cash it takes; blank: all"),
        Column("note", "text", "where the prospectus says so"),
    ),
    key="step",
    may_be_empty=False,
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """One step of the waterfall, checked.

    Attributes:
        name: its name in the table.
        source: one of :data:`SOURCES`, or the name of an account, a z class or an insurer.
        pay: one of :data:`PAYS`, or ``cost``.
        cost: the cost's name where ``pay`` is ``cost``.
        targets: tranches (or hedges, accounts, insurers), in order.
        rule: sequential, pro_rata, share, schedule or target.
        shares: the weights of ``share``, one a target.
        amount: the most it pays a month.
        when: the condition under which it is run.
        group: loan group, "" for all.
        note: the reader's note.
    """

    name: str
    source: str
    pay: str
    cost: str
    targets: tuple[str, ...]
    rule: str
    shares: tuple[float, ...]
    amount: Amount
    when: Condition
    group: str
    note: str


@dataclass(frozen=True)
class Names:
    """The names a waterfall may use.

    Attributes:
        notes: classes that are not written down.
        accruals: z classes.
        planned: classes with a schedule of planned balances.
        behind: the target enhancement of each class that has one.
        insured: the insurer of each insured class.
        unsure: the kinds (``tranches``, ``costs`` ...) of which not every name could be read: a name that is not known
            is then no fault of the waterfall.
    """

    tranches: tuple[str, ...]
    notes: tuple[str, ...]
    ios: tuple[str, ...]
    residuals: tuple[str, ...]
    accruals: tuple[str, ...]
    planned: tuple[str, ...]
    behind: Mapping[str, float]
    insured: Mapping[str, str]
    accounts: tuple[str, ...]
    costs: tuple[str, ...]
    hedges: tuple[str, ...]
    triggers: tuple[str, ...]
    groups: tuple[str, ...]
    unsure: frozenset[str] = frozenset()

    @property
    def insurers(self) -> tuple[str, ...]:
        """Insurers in order of name."""
        return tuple(sorted(set(self.insured.values())))


def read_waterfall(rows: Records, table: Table, names: Names, faults: list[Fault]) -> tuple[Step, ...]:
    """Check every step against the names of the deal; what is wrong is added to ``faults``."""
    to_classes = set(PAYS) - set(_NO_CLASSES)
    if "to" not in table.columns and any(same_word(str(pay), to_classes) for pay in rows["pay"]):
        todo = "add it: the tranches that a step pays"
        faults.append(Fault("the column to is missing from waterfall", table.place.start, todo))
    before = len(faults)
    steps = tuple(_Reader(rows, table, names, faults, row).step() for row in range(rows.count))
    if len(faults) == before:  # else a step that is misspelt would be missed
        for z in names.accruals:
            faults.extend(_accretion(z, steps, table))
    return steps


def _accretion(z: str, steps: tuple[Step, ...], table: Table) -> list[Fault]:
    """What a z class accretes is principal that a later step pays."""
    pays = [row for row, step in enumerate(steps) if step.pay == "interest" and z in step.targets]
    own = any(step.source == z for step in steps)
    sources = (z,) if own else ("principal",)
    if not pays or any(step.source in sources for step in steps[max(pays) + 1 :]):
        return []
    what = f"what the z class {z} accretes in step {steps[max(pays)].name} is paid by no later step"
    todo = f"put a step that pays principal from {' or '.join(dict.fromkeys(('principal', z)))} after it"
    return [Fault(what, table.where(max(pays), "to"), todo)]


_WHOM = {"hedge": "hedge", "termination": "hedge", "deposit": "account", "reimbursement": "insurer"}
_PRINCIPAL = ("principal", "oc", "writedown", "writeup", "unpaid_loss")
"""What an io, which has no principal, is never paid."""


class _Reader:
    """Reads one row of the table."""

    def __init__(self, rows: Records, table: Table, names: Names, faults: list[Fault], row: int) -> None:
        self.rows, self.table, self.names, self.faults, self.row = rows, table, names, faults, row
        self.unread: set[str] = set()  # columns whose word is not known: what hangs on it is not told too

    def text(self, column: str) -> str:
        return str(self.rows[column][self.row]).strip()

    def fault(self, what: str, column: str, todo: str) -> None:
        self.faults.append(Fault(what, self.table.where(self.row, column) + f", step {self.text('step')}", todo))

    def unknown(self, word: str, column: str, known: tuple[str, ...], what: str, kind: str = "") -> None:
        self.unread.add(column)
        if kind in self.names.unsure:
            return
        near = near_word(word, known)
        hint = f"did you mean {near}? " if near else ""
        self.fault(f"{what} '{word}' does not exist", column, f"{hint}known: {', '.join(known) or 'none'}")

    def step(self) -> Step:
        source = self._source()
        pay, cost = self._pay()
        targets = self._targets(pay)
        rule, shares = self._rule(targets, pay)
        self._fits(source, pay, targets)
        when = self._when()
        group = self.text("group")
        if group and group not in self.names.groups:
            self.unknown(group, "group", self.names.groups, "the loan group", "groups")
        amount = self._amount(pay, source)
        return Step(
            self.text("step"), source, pay, cost, targets, rule, shares, amount, when, group, self.text("note")
        )  # fmt: skip

    def _source(self) -> str:
        word = self.text("from")
        own = (*self.names.accounts, *self.names.accruals, *self.names.insurers)
        found = same_word(word, SOURCES) or same_word(word, own)
        if found or not word:
            return found
        unsure = "accounts" if "accounts" in self.names.unsure else "tranches"
        ours = near_word(word, SOURCES, 0.75)
        self.unknown(word, "from", SOURCES + own, "the source of cash", "" if ours else unsure)
        return word

    def _fits(self, source: str, pay: str, targets: tuple[str, ...]) -> None:
        """The cash, what is paid and to whom belong together."""
        if {"from", "pay"} & self.unread:
            return
        if pay == "release" and source not in self.names.accounts:
            self.fault("only an account is released", "from", "name the account whose cash is released")
        if pay == "deposit" and source in targets:
            self.fault(f"{source} is deposited to itself", "to", "name another account")
        if source in self.names.accruals and pay != "principal":
            self.fault(f"what {source} accretes is principal, not {pay}", "pay", "write principal")
        if source not in self.names.insurers:
            return
        if pay not in INSURED_PAYS:
            todo = f"an insurer pays {', '.join(INSURED_PAYS)}"
            self.fault(f"{source} is an insurer and pays no {pay}", "pay", todo)
        for name in targets:
            if self.names.insured.get(name) != source:
                self.fault(f"{name} is not insured by {source}", "to", "give its insured_by in bonds, or take it out")

    def _pay(self) -> tuple[str, str]:
        word = self.text("pay")
        costs = self.names.costs + tuple(f"{cost}{OVER_CAP}" for cost in self.names.costs)
        pay, cost = same_word(word, PAYS), same_word(word, costs)
        if pay or cost:
            return pay or "cost", "" if pay else cost
        if word:
            # Where not every cost is known it may be one, unless it is nearly a word of ours.
            ours = near_word(word, PAYS, 0.75)
            self.unknown(word, "pay", PAYS + costs, "what is paid,", "" if ours else "costs")
        return "cost", word

    def _targets(self, pay: str) -> tuple[str, ...]:
        if "pay" in self.unread:
            return ()
        whom = _WHOM.get(pay, "tranche")
        known = {
            "tranche": self.names.tranches, "hedge": self.names.hedges, "account": self.names.accounts,
            "insurer": self.names.insurers,
        }[whom]  # fmt: skip
        found: list[str] = []
        for written in split_names(self.text("to")):
            if pay in ("cost", "residual", "release"):
                continue  # a payee's name, told only
            name = same_word(written, known)
            if not name and same_word(written, self.names.residuals):
                self.fault(
                    f"{written} is the residual", "to", "write residual in the column pay: it takes what is left"
                )
            elif not name:
                self.unknown(written, "to", known, f"the {whom}", "tranches" if whom == "insurer" else f"{whom}s")
            elif name in found:
                self.fault(f"{name} stands twice in one step", "to", "name it once")
            elif pay in _PRINCIPAL and name in self.names.ios:
                self.fault(f"{name} is an io: it has a notional and no principal", "to", "take it out of the step")
            elif pay == "writedown" and name in self.names.notes and not self._from_insurer():
                self.fault(
                    f"{name} is a note that stays whole (writes_down is no)", "to", "take it out of the write-down"
                )
            else:
                found.append(name)
        if pay in ("hedge", "termination", "reimbursement") and not found:
            return known
        if pay not in ("cost", "residual", "release") and "to" in self.table.columns and self._names_nobody():
            self.fault(f"the step pays {pay} to nobody", "to", f"name the {whom}s it pays, in order")
        return tuple(found)

    def _from_insurer(self) -> bool:
        return bool(same_word(self.text("from"), self.names.insurers))

    def _names_nobody(self) -> bool:
        return not self.text("to") and self.rows.sound(self.row, "to")

    def _rule(self, targets: tuple[str, ...], pay: str) -> tuple[str, tuple[float, ...]]:
        written = self.text("rule")
        rule = same_word(written, RULES) or bare(written)
        if rule in ("", "sequential", "pro_rata"):
            return rule or "sequential", ()
        if rule.startswith("share"):
            try:
                shares = tuple(float(s) for s in rule.removeprefix("share").split(":"))
            except ValueError:
                shares = ()
            count = len(split_names(self.text("to"))) if {"to", "pay"} & self.unread else len(targets)
            if len(shares) == count and all(0.0 < s <= 1e12 for s in shares):
                return "share", shares
            todo = f"write a share for each of the {count} tranches, like share 60:40"
            self.fault(f"'{self.text('rule')}' does not fit {count} tranches", "rule", todo)
            return "sequential", ()
        if rule in ("schedule", "target") and self._from_insurer():
            what = f"an insurer pays what is left of a class at its final maturity, and down to no {rule}"
            self.fault(what, "rule", "use sequential, pro_rata or share a:b")
            return "sequential", ()
        if rule in ("schedule", "target") and {"to", "pay"} & self.unread:
            return rule, ()
        if rule == "schedule":
            return self._schedule(targets, pay), ()
        if rule == "target":
            return self._target(targets, pay), ()
        self.unknown(written, "rule", (*RULES, "share a:b"), "the rule")
        return "sequential", ()

    def _schedule(self, targets: tuple[str, ...], pay: str) -> str:
        """Only principal is paid down to a schedule, to classes that have one."""
        if pay not in ("principal", "oc"):
            self.fault(f"{pay} has no schedule", "rule", "use sequential, pro_rata or share a:b")
            return "sequential"
        for name in targets:
            if name not in self.names.planned and "tranches" not in self.names.unsure:
                todo = "name its schedule in bonds, or use another rule"
                self.fault(f"{name} has no schedule of planned balances", "to", todo)
        return "schedule"

    def _target(self, targets: tuple[str, ...], pay: str) -> str:
        """Only principal is paid to a target, to classes that leave the same share of the pool behind them."""
        if pay not in ("principal", "oc"):
            self.fault(f"{pay} has no target", "rule", "use sequential, pro_rata or share a:b")
            return "sequential"
        if "tranches" in self.names.unsure:
            return "target"
        shares = {self.names.behind.get(name) for name in targets}
        if len(shares) > 1 or None in shares:
            what = f"{', '.join(targets)} have no target_enhancement in common"
            self.fault(what, "to", "give it in bonds, the same for all classes of a step")
        return "target"

    def _when(self) -> Condition:
        text = self.text("when")
        if not text or same_word(text, ("always",)):
            return ALWAYS
        whole = self._state(text, told=False)
        if whole:
            return Condition((whole,))
        words, joins = words_of(text)
        if len(set(joins)) > 1:
            self.fault(f"'{text}' has both or and and", "when", "use one of them, or two steps")
            return ALWAYS
        states = [self._state(word) for word in words]
        return Condition(tuple(dict.fromkeys(state for state in states if state)), "or" not in joins)

    def _state(self, word: str, *, told: bool = True) -> tuple[str, bool] | None:
        """A state of the deal, and whether it must not hold; one that is not known is told."""
        known = same_word(word, CONDITIONS[1:])
        if known:
            return NAMED[known]
        trigger = same_word(word, self.names.triggers)
        if trigger:
            return trigger, False
        negation = _NOT.match(word)
        bare = negation[1] if negation else word
        trigger = same_word(bare, self.names.triggers)
        if negation and trigger:
            return trigger, True
        if not told:
            return None
        known = same_word(bare, CONDITIONS)
        if known:
            other = _OPPOSITE.get(known)
            todo = f"write {other}" if other else "leave the step out"
            self.fault(f"the condition '{word}' does not exist", "when", todo)
            return None
        ours = near_word(bare, CONDITIONS, 0.75)
        self.unknown(bare, "when", CONDITIONS + self.names.triggers, "the condition", "" if ours else "triggers")
        return None

    def _amount(self, pay: str, source: str) -> Amount:
        try:
            amount = parse_amount(self.text("amount"))
        except Refused as refusal:
            self.fault(refusal.faults[0].what, "amount", refusal.faults[0].todo)
            return Amount()
        if {"from", "pay"} & self.unread:
            return amount
        odd = amount.kind and (pay in ("writedown", "writeup") or source in self.names.insurers)
        if odd or (amount.kind.startswith("own") and pay in _NO_CLASSES):
            self.fault(
                f"the amount '{self.text('amount')}' does not fit {pay}", "amount", "write due, or dollars a month"
            )
        return amount
