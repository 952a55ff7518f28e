"""The company's balance sheet lines from its trusts: before eliminations, the eliminations, and after.

Trusts consolidated bring their assets and liabilities. Of the others the company has what it holds: the residual and bonds, as
investment securities. Between the company and the trusts consolidated three things are eliminated: bonds that the company holds
against borrowings; the residuals against the trusts' equity; fees that trusts owe the company against its receivable (the value
of the collateral is net of them, so they are added back to it). Source: ASC 810-10-45-1.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.projection.projection import Projection
from xlfv.reporting.consolidation import Decision, Register, contradiction, decisions, without
from xlfv.tables import Fault, Table, refuse_if
from xlfv.tables.schema import Column, Records, Schema
from xlfv.valuation import fair_value as fv

COMPANY = "company"
LONG_TERM_DEBT = "Long-term debt"
FEES = "Fees payable to the company"
VALUES = Schema(
    "values",
    (
        Column("trust", "text", "the trust; company for the company's own long-term debt", required=True),
        Column("side", "text", "asset, liability or residual; difference of these, where it is told; fee of fees that the trust"
               " owes the company", required=True, allowed=("asset", "liability", "residual", "difference", "fee")),
        Column("item", "text", "as XLFV_FAIR_VALUE names it; of a liability, any other name is a tranche's", required=True),
        Column("balance", "number", "unpaid balance or notional", "$"),
        Column("fair_value", "number", "fair value, as a positive amount", "$", required=True),
        Column("held_by", "text", "company where the company holds the tranche", allowed=(COMPANY,)),
        Column("consolidated", "text", "what the trust's own term consolidated says: its facts may not say otherwise; blank: not"
               " told", allowed=("yes", "no")),
    ),
    may_be_empty=False,
)  # fmt: skip
_ASSETS = (fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, fv.OTHER_ASSETS)
_DEBTS = (fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES)
SECURITIES, BONDS_HELD, RESIDUALS = (
    "Investment securities available for sale",
    "Bonds of the trusts held",
    "Residual interests",
)
RECEIVABLE, BORROWINGS = "Fees receivable from the trusts", "Securitized mortgage borrowings"
OTHERS = "Residual interests of others"
ASSET_LINES = (*_ASSETS, SECURITIES, BONDS_HELD, RESIDUALS, RECEIVABLE)
LIABILITY_LINES = (BORROWINGS, *_DEBTS, LONG_TERM_DEBT)
COLUMNS = ("trusts", "company", "before", "eliminations", "after")
DOLLAR = 1.0


@dataclass
class Sheet:
    """Dollars by line and by trusts, company and eliminations; liabilities positive."""

    trusts: dict[str, float]
    company: dict[str, float]
    eliminations: dict[str, float]

    def row(self, line: str) -> list[float]:
        """The amounts of :data:`COLUMNS`."""
        parts = [own.get(line, 0.0) for own in (self.trusts, self.company, self.eliminations)]
        before = parts[0] + parts[1]
        return [parts[0], parts[1], before, parts[2], before + parts[2]]


def read_values(table: Table, register: Register) -> tuple[Table, Records]:
    """The values of trusts: grids of XLFV_FAIR_VALUE stacked, with a column trust.

    Raises:
        Refused: every fault: an item of a trust twice, a trust without facts or without a residual, facts of a trust without
            values, a balance that does not balance, something of the company's that is not long-term debt.
    """
    table = without(table, "side", ("total", "check", "side"))
    faults: list[Fault] = []
    values = VALUES.read(table, faults)
    refuse_if(faults)
    known = {trust.lower(): trust for trust in register}
    seen: set[tuple[str, str, str]] = set()
    sums: dict[str, dict[str, float]] = {}
    spelled = dict(known)
    for k in range(values.count):
        trust, side, item = (str(values[name][k]) for name in ("trust", "side", "item"))
        key = (trust.lower(), side, item.lower())
        if key in seen:
            faults.append(Fault(f"{item} of {trust} stands twice", table.where(k, "item"), "keep one"))
        seen.add(key)
        if key[0] == COMPANY:
            if item.lower() != LONG_TERM_DEBT.lower() or side != "liability":
                todo = f"of the company give its liability {LONG_TERM_DEBT} only"
                faults.append(Fault(f"{item} is no line of the company's here", table.where(k, "item"), todo))
            continue
        if side == "asset" and item not in _ASSETS:
            faults.append(
                Fault(f"the asset '{item}' is not known", table.where(k, "item"), f"one of {', '.join(_ASSETS)}")
            )
        if key[0] not in known and key[0] not in sums:
            faults.append(Fault(f"{trust} has no facts", table.where(k, "trust"), "record who has power and interests"))
        spelled.setdefault(key[0], trust)
        own = sums.setdefault(key[0], {})
        own[side] = own.get(side, 0.0) + float(values["fair_value"][k])
    faults += [Fault(f"{trust} has facts and no values", table.place.start, "give its fair values")
               for lower, trust in known.items() if lower not in sums]  # fmt: skip
    for lower, own in sums.items():
        gap = own.get("asset", 0.0) - own.get("liability", 0.0) - own.get("residual", 0.0) - own.get("difference", 0.0)
        name = spelled[lower]
        if "residual" not in own:
            faults.append(Fault(f"{name} has no residual", table.place.start, "give its whole balance"))
        elif abs(gap) > max(DOLLAR, 1e-9 * abs(own.get("asset", 0.0))):
            what = f"assets less liabilities less residual of {name} is {gap:,.2f}"
            faults.append(Fault(what, table.place.start, "give its whole balance, each line once"))
    refuse_if(faults)
    return table, values


def check_status(table: Table, values: Records, decided: Mapping[str, Decision]) -> None:
    """Refuse trusts whose own term ``consolidated`` contradicts what the facts decide.

    Raises:
        Refused: naming each trust once, with what both say.
    """
    status = {trust.lower(): one for trust, one in decided.items()}
    faults: dict[str, Fault] = {}
    for k in range(values.count):
        trust, said = str(values["trust"][k]).lower(), str(values["consolidated"][k])
        if said and trust in status and trust not in faults:
            fault = contradiction(status[trust], said == "yes", table.where(k, "consolidated"))
            faults |= {trust: fault} if fault else {}
    refuse_if(list(faults.values()))


def build_sheet(values: Records, decided: Mapping[str, Decision], holds: Mapping[str, bool]) -> Sheet:
    """The lines of all trusts.

    Args:
        values: of :func:`read_values`.
        decided: each trust's status.
        holds: whether the company holds each trust's residual; where it is not recorded it does.
    """
    status = {trust.lower(): one.consolidated for trust, one in decided.items()}
    owns = {trust.lower(): own for trust, own in holds.items()}
    sheet = Sheet({}, {}, {})

    def add(part: dict[str, float], line: str, amount: float) -> None:
        part[line] = part.get(line, 0.0) + amount

    for k in range(values.count):
        trust, side, item = (str(values[name][k]) for name in ("trust", "side", "item"))
        amount, held = float(values["fair_value"][k]), str(values["held_by"][k]) == COMPANY
        mine = owns.get(trust.lower(), True)
        if trust.lower() == COMPANY:
            add(sheet.company, LONG_TERM_DEBT, amount)
        elif not status[trust.lower()]:
            if (side == "residual" and mine) or (side == "liability" and held):
                add(sheet.company, SECURITIES, amount)
            elif side == "fee":
                add(sheet.company, RECEIVABLE, amount)
        elif side == "difference":
            continue  # it stands between assets and liabilities already
        elif side == "fee":
            add(sheet.company, RECEIVABLE, amount)
            add(sheet.eliminations, RECEIVABLE, -amount)
            add(sheet.eliminations, fv.COLLATERAL, amount)
        elif side == "residual":
            if mine:
                add(sheet.company, RESIDUALS, amount)
                add(sheet.eliminations, RESIDUALS, -amount)
            else:
                add(sheet.eliminations, OTHERS, amount)
        else:
            line = item if side == "asset" or item in _DEBTS else BORROWINGS
            add(sheet.trusts, line, amount)
            if held and line == BORROWINGS:
                add(sheet.company, BONDS_HELD, amount)
                add(sheet.eliminations, BONDS_HELD, -amount)
                add(sheet.eliminations, BORROWINGS, -amount)
    return sheet


def balance_grid(table: Table, register: Register, as_of: dt.date) -> list[list[object]]:
    """The balance sheet lines of the company's trusts on a date."""
    decided = decisions(register, as_of)
    table, values = read_values(table, register)
    check_status(table, values, decided)
    holds = {
        trust: bool(own[-1].value)
        for trust, facts in register.items()
        if (own := [f for f in facts.get("holds_residual", ()) if f.date <= as_of])
    }
    sheet = build_sheet(values, decided, holds)
    rows: list[list[object]] = [["line", *COLUMNS]]
    sums = []
    for lines, title in ((ASSET_LINES, "Total assets"), (LIABILITY_LINES, "Total liabilities")):
        amounts = [sheet.row(line) for line in lines]
        rows += [[line, *own] for line, own in zip(lines, amounts, strict=True)]
        sums.append([sum(column) + 0.0 for column in zip(*amounts, strict=True)])
        rows.append([title, *sums[-1]])
    others = sheet.row(OTHERS)
    rows.append([OTHERS, *others])
    net = [one - other - third for one, other, third in zip(*sums, others, strict=True)]
    return [*rows, ["Net assets", *net]]


def trust_values(projection: Projection, value: fv.FairValue) -> list[list[object]]:
    """A trust's rows of :data:`VALUES`: its balance at fair value, who holds each class, next month's fees to the company, and its
    status by its terms."""
    trust = projection.trust
    held = dict(zip(map(str, trust["bonds"]["tranche"]), map(str, trust["bonds"]["held_by"]), strict=True))
    rows: list[list[object]] = [["trust", "side", "item", "balance", "fair_value", "held_by", "consolidated"]]
    status = "yes" if trust.consolidated else "no"
    for line in value.lines:
        holder = held.get(line.item, "") if line.side == "liability" else ""
        rows.append([trust.name, line.side, line.item, line.balance, line.value, holder or None, status])
    costs = trust["costs"]
    owed = projection.distributions.record.costs
    for k, payee in enumerate(map(str, costs["payee"])):
        if payee.strip().lower() == COMPANY:
            rows.append([trust.name, "fee", f"{FEES}: {costs['cost'][k]}", None, float(owed[k, 1, 0]), None, status])
    return rows
