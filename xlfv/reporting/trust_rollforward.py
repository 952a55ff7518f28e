"""A month's rollforward of one trust, each row computed on its own; what they leave is a row that can be nonzero.

- **Interest** is effective-yield interest: opening value times a month's yield (policy: the opening's, the closing's, their
  average). In the letter's form it is net: less the contractual interest that the two states make due, so that settlements
  are principal only; what the ledger has of interest beyond or short of it is settlement too, and told. In the gross form
  settlements are all cash.
- **Change in fair value** is the sum of the effects of independent reprojections (:mod:`xlfv.reporting.reprojection`), each
  item's cash as the two states imply it (:mod:`xlfv.reporting.implied_cash`) added and its effective interest taken off: time
  beyond effective interest, performance with implied less expected cash, prepayments, defaults, severity, index, yield, model.
- **Losses from REO**: properties kept, closing less opening net realizable value; sold, implied proceeds less the opening's;
  foreclosed, closing less the amount at which they came on the books.
- **Settlements** are what the ledger says, and loans foreclosed into REO, equal and opposite between collateral and REO, at
  the amount at which the properties came on the books (initial basis, else net realizable value).
- **Purchases and transfers** are what the ledger says; loans that appear in the later tape are the ones that it speaks of.
- **Unexplained**: closing less all of it. Neither interest nor change in fair value knows of the ledger's cash as a whole, so a
  receipt that is missing there, or posted twice, stands here to the dollar.

Bonds that the company holds are eliminated, or part of the security: see :mod:`xlfv.reporting.trust_columns`. A bond that comes
into its hands or leaves them does so at its closing value.

**A change of status** (consolidated or not) takes effect on its recorded date, and is a transfer at the fair values of the last
month-end on or before it: all that the trust was leaves level 3's columns and all that it is enters them there. So a change on 1
January or 15 January is at the values of 31 December and January is rolled forward under the new status; one on the closing
month-end is at the closing values.

Cash and other assets of the trust stand in no column of the letter.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from xlfv.reporting.forms import zeros
from xlfv.reporting.implied_cash import ImpliedCash, implied_cash
from xlfv.reporting.interest import monthly_yields, of_policy
from xlfv.reporting.ledger import Ledger
from xlfv.reporting.reprojection import Explained, MonthEnd, explain_change
from xlfv.reporting.rollforward import ACTIVITY, ITEMS, Amounts, Rollforward
from xlfv.reporting.trust_columns import (
    BORROWINGS,
    COLLATERAL,
    REO,
    SECURITY,
    Reconciled,
    book,
    columns_of,
    effect,
    factors_of,
    held_classes,
    sign_of,
)
from xlfv.reporting.trust_notices import notices_of
from xlfv.tables import Fault, Refused, refuse_if
from xlfv.trust.parts import net_realizable_values
from xlfv.trust.trust import Trust
from xlfv.valuation import fair_value as fv
from xlfv.valuation.hedges import hedge_values

INTERESTS = ("net", "gross")
GAINS_GO = ("earnings", "oci")
RESIDUAL_COST = "residual_cost"


@dataclass(frozen=True)
class TrustRollforward:
    """A trust's month.

    Attributes:
        rollforward: the rows.
        reconciled: interest and cash by column.
        factors: change in fair value by factor and column, as the rollforward signs it.
        explained: the reprojections behind it.
        implied: the states' cash.
        notices: what the reader should know.
    """

    rollforward: Rollforward
    reconciled: tuple[Reconciled, ...]
    factors: Mapping[str, Amounts]
    explained: Explained
    implied: ImpliedCash
    notices: tuple[str, ...]


def trust_rollforward(
    opening: MonthEnd, closing: MonthEnd, ledger: Ledger, *, interest: str = "net", policy: str = "opening",
    gains: str = "earnings", changed_on: dt.date | None = None,
) -> TrustRollforward:  # fmt: skip
    """The rollforward of one trust over one month.

    Args:
        opening, closing: its projections and yields at both month-ends.
        ledger: what was posted between.
        interest: ``net`` of contractual interest (the letter's form) or ``gross``.
        policy: whose yield the interest takes, of :data:`xlfv.reporting.interest.POLICIES`.
        gains: where those of the residual of a trust not consolidated go, ``earnings`` or ``oci``.
        changed_on: the day on which its status changed, where it did; None: the closing month-end.

    Raises:
        Refused: month-ends that are not of one trust in a row, a state that cannot be valued, unknown words, a change of
            status on a day outside the month, postings on bonds that the company does not hold.
    """
    for word, known in ((interest, INTERESTS), (gains, GAINS_GO)):
        if word not in known:
            raise Refused(Fault(f"'{word}' is not known", todo=f"one of {', '.join(known)}"))
    before, after = opening.projection.trust, closing.projection.trust
    early = _changes_early(before, after, changed_on)
    _check_held(before, ledger)
    implied = implied_cash(before, after, opening.projection.indices, ledger.amounts)
    explained = explain_change(opening, closing)
    yields = of_policy(
        monthly_yields(opening.projection, opening.yields, explained.opening),
        monthly_yields(closing.projection, closing.yields, explained.closing),
        policy,
    )
    status = after.consolidated if early else before.consolidated
    standing = hedge_values(opening.projection)
    columns = columns_of(explained, yields, implied, ledger, before, standing, consolidated=status)
    rolled = _Rolled(explained, implied, ledger, before, status)
    if early:
        rolled.begin = book(explained.opening, before, before.consolidated)
        rolled.transfer(rolled.begin, book(explained.opening, before, after.consolidated))
    rolled.fill(columns, interest, gains)
    rolled.reo(after)
    rolled.change_holder(after)
    if status != after.consolidated:
        now = book(explained.closing, after, after.consolidated)
        rolled.transfer(rolled.end, now)
        rolled.end = now
    rolled.close(after)
    factors = factors_of(explained, implied, columns, before)
    notices = (*implied.notices, *notices_of(implied, ledger, before, after, columns, changed_on))
    return TrustRollforward(rolled.rollforward(), tuple(columns), factors, explained, implied, notices)


def _changes_early(before: Trust, after: Trust, changed_on: dt.date | None) -> bool:
    """Its status changed before the closing month-end: the month is rolled forward under the new one.

    Raises:
        Refused: a day that is not of the month.
    """
    if before.consolidated == after.consolidated or changed_on is None:
        return False
    if not before.as_of < changed_on <= after.as_of:
        what = f"the status of {after.name} changed on {changed_on}, not between {before.as_of} and {after.as_of}"
        raise Refused(Fault(what, todo="mend the term consolidated of one of the months, or the date of the fact"))
    return changed_on < after.as_of


def _check_held(trust: Trust, ledger: Ledger) -> None:
    """Refuse postings on bonds held where there are none."""
    posted = [] if held_classes(trust) else [name for name in ("held_interest", "held_principal") if ledger.total(name)]
    what = f"{' and '.join(posted)} are posted, and the company holds no class of {trust.name} on {trust.as_of}"
    refuse_if([Fault(what, todo="write company in held_by of the class, or take the posting out")] if posted else [])


class _Rolled:
    """A rollforward as it is filled."""

    def __init__(
        self, explained: Explained, cash: ImpliedCash, ledger: Ledger, trust: Trust, consolidated: bool
    ) -> None:
        self.explained, self.cash, self.ledger, self.trust = explained, cash, ledger, trust
        self.consolidated = consolidated
        held = held_classes(trust)  # the closing's may be others: see change_holder
        self.begin = book(explained.opening, trust, consolidated)
        self.end = book(explained.closing, trust, consolidated, held)
        rows = (*ACTIVITY, "oci", "transfers_in", "transfers_out", "purchases", "issuances", "unexplained",
                "unrealized_change", "unrealized_held")  # fmt: skip
        self.rows: dict[str, Amounts] = {row: zeros() for row in rows}

    def fill(self, columns: list[Reconciled], interest: str, gains: str) -> None:
        """Interest, change in fair value and cash of each column."""
        for column in columns:
            line, sign = column.line, sign_of(column.line)
            net = interest == "net" and line in (COLLATERAL, BORROWINGS, SECURITY)
            earned = column.accretion if net else column.effective
            self.rows["interest_expense" if sign < 0.0 else "interest_income"][line] = sign * earned
            moved = sum(effect(self.explained, factor, line, self.trust) for factor in self.explained.effects)
            change = moved - column.effective + column.implied - column.entered
            change += self.cash.properties.taken_value if line == COLLATERAL else 0.0
            row = "oci" if line == SECURITY and gains == "oci" else "change_in_fair_value"
            self.rows[row][line] = sign * change
            out = column.cash - (column.due if net else 0.0)
            self.rows["settlements"][line] = -sign * out
        for word, line, row, sign in (
            ("loans_bought", COLLATERAL, "purchases", 1.0),
            ("bonds_issued", BORROWINGS, "issuances", -1.0),
            ("residual_bought", SECURITY, "purchases", 1.0),
        ):
            if word in self.ledger.amounts and any(column.line == line for column in columns):
                self.rows[row][line] += sign * self.ledger.amounts[word]
                self.rows["settlements"][line] -= sign * self.ledger.amounts[word]
        for (word, line), amount in self.ledger.transfers.items():
            way = 1.0 if word == "transfer_in" else -1.0
            self.rows["transfers_in" if way > 0.0 else "transfers_out"][line] += way * sign_of(line) * amount

    def reo(self, after: Trust) -> None:
        """REO: losses by property, sales by the ledger, and loans foreclosed, equal and opposite to collateral."""
        if not self.consolidated:
            return
        taken = self.cash.properties.taken_value
        self.rows["settlements"][COLLATERAL] -= taken
        self.rows["settlements"][REO] = taken - self.ledger.total("reo_sales_proceeds")
        self.rows["reo_losses"][REO] = reo_losses(self.trust, after, self.cash)

    def change_holder(self, after: Trust) -> None:
        """Bonds that the company bought or sold: at their closing values, out of the borrowings or into the security."""
        was, now = held_classes(self.trust), held_classes(after)
        for names, way in ((set(now) - set(was), 1.0), (set(was) - set(now), -1.0)):
            value = sum(self.explained.closing.value(name) for name in names)
            if not value:
                continue
            line = BORROWINGS if self.consolidated else SECURITY
            bought = "settlements" if self.consolidated else "purchases"
            self.rows[bought if way > 0.0 else "issuances" if self.consolidated else "settlements"][line] += way * value
            self.end[line] += way * value

    def transfer(self, was: Amounts, now: Amounts) -> None:
        """The trust enters or leaves the balance sheet: all that it was goes out, all that it is comes in."""
        for item in ITEMS:
            self.rows["transfers_out"][item] -= was[item]
            self.rows["transfers_in"][item] += now[item]

    def close(self, after: Trust) -> None:
        """What is left of each column; gains on what is still held."""
        rolled = self.rollforward()
        for item in ITEMS:
            self.rows["unexplained"][item] = -rolled.gap(item)
            moved = sum(self.rows[row][item] for row in ("change_in_fair_value", "oci"))
            self.rows["unrealized_change"][item] = moved if self.end[item] else 0.0
        cost = costs_of(after)
        for item in ITEMS:
            if self.end[item] and item != REO:
                self.rows["unrealized_held"][item] = self.end[item] - cost.get(item, 0.0)

    def rollforward(self) -> Rollforward:
        """The rows as they are."""
        return Rollforward(self.begin, self.rows, self.end)


def costs_of(trust: Trust) -> Amounts:
    """What unrealized gains are counted from, by column: unpaid principal, of a residual its cost (the term residual_cost).

    Of a residual whose cost is not given it is not a number, and so are the unrealized gains: nothing stands for them.
    """
    loans = trust["loans"].take(trust["loans"]["status"] != "reo")
    bonds = trust.classes
    notes, mine = bonds["kind"] != "io", bonds["held_by"] == "company"
    cost = trust.terms.number(RESIDUAL_COST) if trust.terms.get(RESIDUAL_COST) is not None else math.nan
    return {
        COLLATERAL: float((loans["balance"] + loans["deferred_balance"]).sum()),
        BORROWINGS: -float(bonds["balance"][notes & ~mine].sum()),
        SECURITY: cost + float(np.sum(bonds["balance"][notes & mine])),
    }


def reo_losses(before: Trust, after: Trust, cash: ImpliedCash) -> float:
    """Gains (losses) on REO at net realizable value by property (dollars): kept, sold, and foreclosed since."""
    was = dict(zip(map(str, before["reo"]["loan_id"]), net_realizable_values(before["reo"])[0], strict=True))
    now = dict(zip(map(str, after["reo"]["loan_id"]), net_realizable_values(after["reo"])[0], strict=True))
    kept = sum(float(now[name] - was[name]) for name in was if name in now)
    taken = sum(float(now[name]) for name in now if name not in was) - cash.properties.taken_value
    return kept + taken + cash.total(fv.REO) - cash.properties.sold_value
