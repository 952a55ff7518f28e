"""Which trust stands on the company's balance sheet and why, by recorded facts and the rule in force on a date.

- Until 2009-12-31, FIN 46(R): the transferor does not consolidate a qualifying special-purpose entity (FIN 46(R), 4(c) and (d);
  FAS 140, 46); of any other variable interest entity the primary beneficiary is who bears most of the expected losses or
  returns (FIN 46(R), 14): a recorded share above one half, or the residual where no share is recorded.
- From 2010-01-01, ASC 810-10-25-38A (FAS 167): who has both the power over what most matters to the entity's performance (the
  master servicer, unless a fact ``power`` says otherwise, or one party can remove it) and an interest that could be significant
  (the residual, or a recorded share above nothing).

Nothing is guessed: where no fact in force answers a question that the rule asks, the trust is refused.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, replace

from xlfv.tables import Fault, Refused, Table, plain, refuse_if
from xlfv.tables.cells import as_number, as_text
from xlfv.tables.schema import Column, Schema

FACTS = {
    "master_servicer": "the company is the master servicer (yes, no)",
    "qspe": "the trust is a qualifying special-purpose entity (yes, no)",
    "holds_residual": "the company holds the residual (yes, no)",
    "power": "the company directs what most matters to the trust's performance (yes, no); blank: the master servicer does",
    "kick_out_right": "one party alone can remove who has that power (yes, no)",
    "variable_interest_share": "share of expected losses or returns that the company bears (0 to 1)",
    "call_right": "the company may call the bonds (yes, no); recorded, it decides nothing by itself",
}
SCHEMA = Schema(
    "facts",
    (
        Column("trust", "text", "the trust", required=True),
        Column("date", "date", "from when on it is so", required=True),
        Column("fact", "text", "what is so", required=True, allowed=tuple(FACTS)),
        Column("value", "cell", "yes or no; a share for variable_interest_share", required=True),
        Column("source", "text", "where it is written: agreement and section, filing"),
    ),
    may_be_empty=False,
)
CHANGE = dt.date(2010, 1, 1)
OLD_RULE = "FIN 46(R), and FAS 140 for qualifying special-purpose entities"
NEW_RULE = "ASC 810-10-25-38A (FAS 167): power and economics"


@dataclass(frozen=True)
class Recorded:
    """A fact: from when on it holds, what it says (0 or 1 for no and yes) and where it is written."""

    date: dt.date
    value: float
    source: str


@dataclass(frozen=True)
class Decision:
    """A trust's status on a date.

    Attributes:
        consolidated: its assets and liabilities stand on the balance sheet.
        rule: the rule in force.
        reason: why, in words.
        used: the facts that decided.
    """

    trust: str
    consolidated: bool
    rule: str
    reason: str
    used: tuple[str, ...]


Register = Mapping[str, Mapping[str, tuple[Recorded, ...]]]


def read_facts(table: Table) -> Register:
    """Facts by trust and name, in order of date.

    Raises:
        Refused: with every fault: an unknown fact, a value that is none, a fact of a trust and date twice.
    """
    faults: list[Fault] = []
    rows = SCHEMA.read(table, faults)
    found: dict[str, dict[str, list[Recorded]]] = {}
    spelled: dict[str, str] = {}
    for k, name in enumerate(map(str, rows["trust"])):
        if not rows.sound(k, "trust", "date", "fact", "value"):
            continue
        trust = spelled.setdefault(name.lower(), name)
        fact, day = str(rows["fact"][k]), dt.date.fromisoformat(str(rows["date"][k].astype("datetime64[D]")))
        where = table.where(k, "value")
        try:
            value = _value(fact, table.columns["value"][k], table.text)
        except Refused as refusal:
            faults += [Fault(f"{fact} of {name}: {f.what}", where, f.todo) for f in refusal.faults]
            continue
        own = found.setdefault(trust, {}).setdefault(fact, [])
        if any(one.date == day for one in own):
            faults.append(Fault(f"{fact} of {trust} on {day} stands twice", table.where(k, "fact"), "keep one"))
        own.append(Recorded(day, value, str(rows["source"][k])))
    refuse_if(faults)
    return {
        trust: {fact: tuple(sorted(own, key=lambda one: one.date)) for fact, own in facts.items()}
        for trust, facts in found.items()
    }


def _value(fact: str, cell: object, text: bool) -> float:
    """A fact's value as a number; yes is 1."""
    if fact == "variable_interest_share":
        share = as_number(cell, text=text)
        if not 0.0 <= share <= 1.0:
            raise Refused(Fault(f"the share is {share:g}", todo="write it as a decimal of 0 to 1, 0.6 for 60%"))
        return share
    word = plain(as_text(cell))
    if word not in ("yes", "no", "true", "false"):
        raise Refused(Fault(f"'{cell}' is neither yes nor no", todo="write yes or no"))
    return 1.0 if word in ("yes", "true") else 0.0


class _Asked:
    """The facts of a trust in force on a date; what a rule asks and nobody has recorded becomes a fault."""

    def __init__(self, trust: str, facts: Mapping[str, tuple[Recorded, ...]], day: dt.date) -> None:
        self.trust, self.day = trust, day
        self.facts = {name: own[-1] for name, all_ in facts.items() if (own := [f for f in all_ if f.date <= day])}
        self.used: list[str] = []
        self.faults: list[Fault] = []

    def get(self, fact: str) -> float | None:
        """A fact's value, or None; it is noted as used."""
        if fact not in self.facts:
            return None
        one = self.facts[fact]
        told = f"{one.value:.4g}" if fact == "variable_interest_share" else ("yes" if one.value else "no")
        self.used.append(f"{fact} {told} since {one.date}" + (f" ({one.source})" if one.source else ""))
        return one.value

    def need(self, question: str, *facts: str) -> float:
        """The first of some facts that is recorded."""
        for fact in facts:
            value = self.get(fact)
            if value is not None:
                return value
        what = f"no fact in force on {self.day} says whether {question}"
        self.faults.append(Fault(f"{self.trust}: {what}", todo=f"record {' or '.join(facts)} with its date and source"))
        return 0.0


def decide(trust: str, facts: Mapping[str, tuple[Recorded, ...]], day: dt.date) -> Decision:
    """A trust's status on a date under the rule then in force.

    Raises:
        Refused: no fact answers what the rule asks.
    """
    asked = _Asked(trust, facts, day)
    consolidated, reason = _old(asked) if day < CHANGE else _new(asked)
    refuse_if(asked.faults)
    return Decision(trust, consolidated, OLD_RULE if day < CHANGE else NEW_RULE, reason, tuple(asked.used))


def _old(asked: _Asked) -> tuple[bool, str]:
    if asked.need("it is a qualifying special-purpose entity", "qspe"):
        return False, "a qualifying special-purpose entity is not consolidated by its transferor"
    share = asked.get("variable_interest_share")
    if share is not None:
        bears = share > 0.5
        return (
            bears,
            f"the company bears {'most' if bears else 'not most'} of the expected losses or returns ({share:.0%})",
        )
    if asked.need("the company bears most of its losses or returns", "holds_residual"):
        return True, "the company holds the residual, which bears most of the expected losses and returns"
    return False, "the company does not hold the residual"


def _new(asked: _Asked) -> tuple[bool, str]:
    power = asked.need("the company has power over it", "power", "master_servicer")
    removable = asked.get("kick_out_right")
    if not power:
        return (
            False,
            "the company has no power over what most matters to its performance (it is not the master servicer)",
        )
    if removable:
        return False, "one party alone can remove the company from that power"
    share = asked.get("variable_interest_share")
    if share:
        return True, f"power, and an interest that could be significant ({share:.0%})"
    if share is None and asked.need("the company has an interest in it", "holds_residual", "variable_interest_share"):
        return True, "power, and the residual, an interest that could be significant"
    return False, "power, and no interest that could be significant"


@dataclass(frozen=True)
class Change:
    """A day on which a trust's status began, and the decision then."""

    date: dt.date
    decision: Decision


def history(trust: str, facts: Mapping[str, tuple[Recorded, ...]], as_of: dt.date) -> tuple[Change, ...]:
    """The days on which a trust's status or the rule for it changed, up to a date; the first is that of its first facts."""
    days = sorted({one.date for own in facts.values() for one in own} | {CHANGE})
    found: list[Change] = []
    for day in [day for day in days if day <= as_of]:
        try:
            decision = decide(trust, facts, day)
        except Refused:  # not all facts were recorded yet
            continue
        if not found or found[-1].decision.consolidated != decision.consolidated:
            found.append(Change(day, decision))
    return tuple(found)


def contradiction(decision: Decision, consolidated: bool, where: str = "") -> Fault | None:
    """The fault of a trust whose facts say one thing and whose term ``consolidated`` another; None where they agree."""
    if decision.consolidated == consolidated:
        return None
    said = "consolidated" if decision.consolidated else "not consolidated"
    what = (
        f"{decision.trust} is {said} by its facts ({decision.reason}), and its terms say otherwise: consolidated is"
        f" {'yes' if consolidated else 'no'} there"
    )
    return Fault(what, where, "mend the term consolidated, or the fact")


def changed_between(
    trust: str, facts: Mapping[str, tuple[Recorded, ...]], opening: tuple[dt.date, bool], closing: tuple[dt.date, bool]
) -> dt.date | None:
    """The day between two dates since which a trust's status is what it is at the second; None where it did not change.

    Args:
        trust: its name.
        facts: its facts.
        opening, closing: the dates, and what the term ``consolidated`` says at each.

    Raises:
        Refused: no fact answers on one of them, or the terms contradict the facts; both named.
    """
    faults: list[Fault] = []
    for day, said in (opening, closing):
        try:
            fault = contradiction(decide(trust, facts, day), said, f"on {day}")
        except Refused as refusal:
            faults.extend(refusal.faults)
        else:
            faults += [fault] if fault else []
    refuse_if(faults)
    if opening[1] == closing[1]:
        return None
    return history(trust, facts, closing[0])[-1].date


def facts_of(register: Register, trust: str) -> Mapping[str, tuple[Recorded, ...]] | None:
    """A trust's facts, however it is spelled; None where it has none."""
    return next((own for name, own in register.items() if name.lower() == trust.lower()), None)


def decisions(register: Register, as_of: dt.date) -> dict[str, Decision]:
    """Every trust's status on a date.

    Raises:
        Refused: naming every trust whose facts do not answer.
    """
    faults: list[Fault] = []
    found = {}
    for trust, facts in register.items():
        try:
            found[trust] = decide(trust, facts, as_of)
        except Refused as refusal:
            faults.extend(refusal.faults)
    refuse_if(faults)
    return found


def trusts_grid(register: Register, as_of: dt.date) -> list[list[object]]:
    """A row a trust: its status, since when, rule, reason and facts."""
    rows: list[list[object]] = [["trust", "consolidated", "since", "rule", "reason", "facts"]]
    for trust, one in decisions(register, as_of).items():
        since = history(trust, register[trust], as_of)[-1].date
        status = "yes" if one.consolidated else "no"
        rows.append([trust, status, since, one.rule, one.reason, "; ".join(one.used)])
    return rows


def changes_grid(register: Register, as_of: dt.date) -> list[list[object]]:
    """A row for each day on which a trust's status began."""
    rows: list[list[object]] = [["trust", "date", "consolidated", "rule", "reason"]]
    for trust, facts in register.items():
        for change in history(trust, facts, as_of):
            one = change.decision
            rows.append([trust, change.date, "yes" if one.consolidated else "no", one.rule, one.reason])
    return rows


def without(table: Table, column: str, words: tuple[str, ...]) -> Table:
    """A table without the rows whose cell in a column is one of these words (totals, headers of stacked tables)."""
    cells = table.columns.get(column, [])
    keep = [k for k, cell in enumerate(cells) if cell is None or plain(as_text(cell)) not in words]
    columns = {name: [own[k] for k in keep] for name, own in table.columns.items()}
    return replace(table, columns=columns, lines=tuple(table.lines[k] if table.lines else k for k in keep))
