"""The deal's rules as a table: one row a step, run in order every month."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.bonds import split_names
from xlfv.trust.terms import Terms

SOURCES = ("interest", "principal", "excess", "hedge")
PAYS = ("interest", "interest_shortfall", "principal", "oc", "basis_risk", "writedown", "hedge", "residual")
CONDITIONS = ("always", "before_stepdown", "after_stepdown")

WATERFALL = Schema(
    "waterfall",
    (
        Column("step", "text", "the step's name or number, in the order run", required=True),
        Column("from", "text", "which cash it takes: interest, principal, excess or hedge", required=True),
        Column("pay", "text", "what it pays: a cost's name, interest, interest_shortfall, principal, oc, basis_risk,"
               " writedown, hedge, residual", required=True),
        Column("to", "text", "tranches (hedges for hedge), in order, separated by commas"),
        Column("rule", "text", "sequential, pro_rata, or share a:b", default="sequential"),
        Column("amount", "cell", "due, or the most a month in dollars", default="due"),
        Column("when", "text", "always, a trigger's name, not and a trigger's name, before_stepdown, after_stepdown",
               default="always"),
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
        source: interest, principal, excess or hedge.
        pay: one of :data:`PAYS`, or ``cost``.
        cost: the cost's name where ``pay`` is ``cost``.
        targets: tranches (or hedges), in order.
        rule: sequential, pro_rata or share.
        shares: the weights of ``share``, one a target.
        limit: the most it pays a month, infinity for none.
        when: always, before_stepdown, after_stepdown or a trigger's name.
        negated: the condition is ``not`` the trigger.
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
    limit: float
    when: str
    negated: bool
    group: str
    note: str


@dataclass(frozen=True)
class Names:
    """The names a waterfall may use.

    Attributes:
        unsure: the kinds (``tranches``, ``costs`` ...) of which not every name could be read: a name that is not known
            is then no fault of the waterfall.
    """

    tranches: tuple[str, ...]
    notes: tuple[str, ...]
    ios: tuple[str, ...]
    residuals: tuple[str, ...]
    costs: tuple[str, ...]
    hedges: tuple[str, ...]
    triggers: tuple[str, ...]
    groups: tuple[str, ...]
    unsure: frozenset[str] = frozenset()


def read_waterfall(rows: Records, table: Table, names: Names, faults: list[Fault]) -> tuple[Step, ...]:
    """Check every step against the names of the deal; what is wrong is added to ``faults``."""
    to_classes = set(PAYS) - {"hedge", "residual"}
    if "to" not in table.columns and any(str(pay).strip().lower() in to_classes for pay in rows["pay"]):
        todo = "add it: the tranches that a step pays"
        faults.append(Fault("the column to is missing from waterfall", table.place.start, todo))
    return tuple(_Reader(rows, table, names, faults, row).step() for row in range(rows.count))


class _Reader:
    """Reads one row of the table."""

    def __init__(self, rows: Records, table: Table, names: Names, faults: list[Fault], row: int) -> None:
        self.rows, self.table, self.names, self.faults, self.row = rows, table, names, faults, row

    def text(self, column: str) -> str:
        return str(self.rows[column][self.row]).strip()

    def fault(self, what: str, column: str, todo: str) -> None:
        self.faults.append(Fault(what, self.table.where(self.row, column) + f", step {self.text('step')}", todo))

    def unknown(self, word: str, column: str, known: tuple[str, ...], what: str, kind: str = "") -> None:
        if kind in self.names.unsure:
            return
        near = difflib.get_close_matches(word.lower(), [k.lower() for k in known], 1, 0.6)
        spelled = next((k for k in known if near and k.lower() == near[0]), "")
        hint = f"did you mean {spelled}? " if spelled else ""
        self.fault(f"{what} '{word}' does not exist", column, f"{hint}known: {', '.join(known) or 'none'}")

    def step(self) -> Step:
        source = self.text("from").lower()
        if source and source not in SOURCES:
            self.unknown(source, "from", SOURCES, "the source of cash")
        pay, cost = self._pay()
        targets = self._targets(pay)
        rule, shares = self._rule(targets)
        when, negated = self._when()
        group = self.text("group")
        if group and group not in self.names.groups:
            self.unknown(group, "group", self.names.groups, "the loan group", "groups")
        limit = self._limit()
        return Step(
            self.text("step"), source, pay, cost, targets, rule, shares, limit, when, negated, group, self.text("note")
        )  # fmt: skip

    def _pay(self) -> tuple[str, str]:
        word = self.text("pay")
        if word.lower() in PAYS:
            return word.lower(), ""
        for cost in self.names.costs:
            if cost.lower() == word.lower():
                return "cost", cost
        if word:
            # Where not every cost is known it may be one, unless it is nearly a word of ours.
            ours = difflib.get_close_matches(word.lower(), PAYS, 1, 0.75)
            self.unknown(word, "pay", PAYS + self.names.costs, "what is paid,", "" if ours else "costs")
        return "cost", word

    def _targets(self, pay: str) -> tuple[str, ...]:
        known = self.names.hedges if pay == "hedge" else self.names.tranches
        spelled = {name.lower(): name for name in known}
        found = []
        for name in split_names(self.text("to")):
            if pay in ("cost", "residual") and name.lower() not in spelled:
                continue  # a payee's name, told only
            if name.lower() not in spelled:
                kind = "hedge" if pay == "hedge" else "tranche"
                self.unknown(name, "to", known, f"the {kind}", f"{kind}s")
            elif spelled[name.lower()] in found:
                self.fault(f"{name} stands twice in one step", "to", "name it once")
            elif pay in ("principal", "oc", "writedown") and spelled[name.lower()] in self.names.ios:
                self.fault(f"{name} is an io: it has a notional and no principal", "to", "take it out of the step")
            elif pay == "writedown" and spelled[name.lower()] in self.names.notes:
                self.fault(
                    f"{name} is a note that stays whole (writes_down is no)", "to", "take it out of the write-down"
                )
            else:
                found.append(spelled[name.lower()])
        if pay == "hedge" and not found:
            return self.names.hedges
        if pay not in ("cost", "residual") and "to" in self.table.columns and self._names_nobody():
            self.fault(f"the step pays {pay} to nobody", "to", "name the tranches it pays, in order")
        return tuple(found)

    def _names_nobody(self) -> bool:
        return not self.text("to") and self.rows.sound(self.row, "to")

    def _rule(self, targets: tuple[str, ...]) -> tuple[str, tuple[float, ...]]:
        rule = self.text("rule").lower().replace(" ", "_").replace("-", "_")
        if rule in ("", "sequential", "pro_rata"):
            return rule or "sequential", ()
        if rule.startswith("share"):
            try:
                shares = tuple(float(s) for s in rule.removeprefix("share").strip("_").split(":"))
            except ValueError:
                shares = ()
            if len(shares) == len(targets) and all(s > 0 for s in shares):
                return "share", shares
            todo = f"write a share for each of the {len(targets)} tranches, like share 60:40"
            self.fault(f"'{self.text('rule')}' does not fit {len(targets)} tranches", "rule", todo)
            return "sequential", ()
        if rule in ("schedule", "target"):
            self.fault(
                f"the rule {rule} is not carried by this version", "rule", "use sequential, pro_rata or share a:b"
            )
        else:
            self.unknown(rule, "rule", ("sequential", "pro_rata", "share a:b"), "the rule")
        return "sequential", ()

    def _when(self) -> tuple[str, bool]:
        word = self.text("when").lower().replace(" ", "_") or "always"
        if word in CONDITIONS:
            return word, False
        negated = word.startswith("not_")
        bare = self.text("when")[4:].strip() if negated else self.text("when")
        for trigger in self.names.triggers:
            if trigger.lower() == bare.lower():
                return trigger, negated
        if word == "called":
            self.fault("a clean-up call is not carried by this version", "when", "take the step out")
        else:
            self.unknown(bare, "when", CONDITIONS + self.names.triggers, "the condition", "triggers")
        return "always", False

    def _limit(self) -> float:
        word = self.text("amount").lower()
        if word in ("", "due"):
            return float(np.inf)
        try:
            limit = float(word)
        except ValueError:
            limit = -1.0
        if limit < 1.0:
            self.fault(f"the amount '{word}' is not carried by this version", "amount", "write due, or dollars a month")
            return float(np.inf)
        return limit


def deal_notices(read: Mapping[str, Records], terms: Terms, steps: tuple[Step, ...]) -> list[str]:
    """What looks forgotten in a deal: costs, derivatives and classes that no step pays, and shares of an unknown whole."""
    found = [f"the cost {c} is never paid" for c in read["costs"]["cost"] if c not in {s.cost for s in steps}]
    hedges, bonds = read["hedges"], read["bonds"]
    paid = {pay: {t for s in steps if s.pay == pay for t in s.targets} for pay in PAYS}
    owing = hedges["in_trust"] & (hedges["type"] == "swap")
    found += [
        f"what the trust owes on the swap {h} is never paid" for h in hedges["hedge"][owing] if h not in paid["hedge"]
    ]
    for name, kind, coupon in zip(bonds["tranche"], bonds["kind"], bonds["coupon_type"], strict=True):
        if kind == "residual":
            continue
        if coupon != "none" and kind != "po" and name not in paid["interest"]:
            found.append(f"the interest of {name} is never paid")
        if kind != "io" and name not in paid["principal"] | paid["oc"]:
            found.append(f"the principal of {name} is never paid")
    ios = (bonds["kind"] == "io") & (bonds["notional_of"] == "")
    found += [f"the io {name} names no notional_of: its notional stays as it is" for name in bonds["tranche"][ios]]
    notes = ~np.isin(bonds["kind"], ("io", "residual"))
    outside = ~np.isin(read["reo"]["loan_id"], read["loans"]["loan_id"])
    loans = read["loans"]
    pool = float((loans["balance"] + loans["deferred_balance"]).sum() + read["reo"]["balance"][outside].sum())
    over = float(bonds["balance"][notes].sum()) - pool
    if pool > 0.0 and over > 1.0:
        found.append(f"the bonds exceed the pool by {over:,.0f} dollars")
    found += [
        f"the cost {c} is {r:.2%} a year"
        for c, r in zip(read["costs"]["cost"], read["costs"]["rate"], strict=True)
        if r > 0.01
    ]
    shares = any(0.0 < terms.number(name) < 1.0 for name in ("oc_target", "oc_floor"))
    measured = bool(np.any(np.isin(read["triggers"]["measure"], ("cumulative_loss", "pool_factor"))))
    if (shares or measured) and terms.get("original_pool_balance") is None:
        found.append("the terms give no original_pool_balance: today's pool stands for it")
    return found
