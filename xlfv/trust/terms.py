"""The terms of a deal (dates, OC targets, step-down), its triggers and its schedules."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from xlfv.market.vectors import is_vector, parse_vector
from xlfv.tables import Fault, Refused, Table, plain
from xlfv.tables.cells import as_date, as_number, as_text
from xlfv.tables.columns import as_flag
from xlfv.tables.faults import resembling
from xlfv.tables.schema import Column, Records, Schema, allowed_word
from xlfv.tables.words import bare, near_word, same_word
from xlfv.trust.measurement import read_measurement
from xlfv.trust.term_bounds import bounded

TERM_KINDS: dict[str, str] = {
    "closing_date": "date",
    "cutoff_date": "date",
    "first_remittance": "date",
    "remittance_day": "day",
    "original_pool_balance": "number",
    "cumulative_loss": "number",
    "oc_target": "number",
    "oc_target_after_stepdown": "number",
    "oc_floor": "number",
    "stepdown_age": "number",
    "stepdown_enhancement": "number",
    "call_factor": "number",
    "call_exercised": "never | first | economic | auction | month n",
    "collateral_price": "price",
    "call_cost": "number",
    "auction_month": "month",
    "swap_termination": "market_value | none",
    "consolidated": "yes | no",
    "residual_cost": "number",
    "measurement": "words by date",
    "cash_in_transit": "number",
    "other_assets": "number",
    "other_liabilities": "number",
    "defaults_stop": "lag_before_maturity | at_maturity",
    "penalties": "interest | not_trust",
    "collateral_type": "text",
}
"""Each term and what its value is."""
TERM_MEANINGS: dict[str, str] = {
    "closing_date": "date of the deal; its age counts from there",
    "cutoff_date": "end of the collection period behind the balances (as_of)",
    "first_remittance": "first remittance date of the deal",
    "remittance_day": "day of the month on which bonds are paid; without one every month is a 30/360 month after as_of",
    "original_pool_balance": "pool balance at closing, dollars (today's)",
    "cumulative_loss": "losses realized so far, dollars (0)",
    "oc_target": "overcollateralization wanted: dollars, or below 1 a share of the original pool",
    "oc_target_after_stepdown": "the same after the step-down: dollars, or below 1 a share of the pool then",
    "oc_floor": "least overcollateralization: dollars, or below 1 a share of the original pool (0)",
    "stepdown_age": "months from closing_date before which there is no step-down",
    "stepdown_enhancement": "share of the pool below the seniors that the step-down asks for",
    "call_factor": "pool factor from which the deal can be called, a share of the original pool",
    "call_exercised": "when it is called: never, first (the first month after which the pool is at call_factor or below), or"
    " month n, loans then bought at their balance and property for what its sale brings; economic (the first month of these"
    " in which the loans at collateral_price and the property, less call_cost, are worth more than that price and than what"
    " the deal owes, the greater of which is paid); or auction (from auction_month on the first in which the same pays all"
    " that the deal owes, for which they are sold) (never)",
    "collateral_price": "what the loans would bring in the market, a share of their balance (1.02), or a vector in words by"
    " month of the projection (percent)",
    "call_cost": "what an economic call costs its holder, and an auction the trust, dollars (0)",
    "auction_month": "month of the projection from which on the loans are put to auction",
    "swap_termination": "at a call, swaps inside the trust whose notional is fixed or scheduled end for the market value of"
    " what remains of them, paid to the trust or by steps, or for none (market_value)",
    "consolidated": "the trust stands on the company's balance sheet (yes)",
    "residual_cost": "cost of a residual held as a security, dollars: what its unrealized gains are counted from",
    "measurement": "how collateral is measured, by date, as in blended; cfe_liabilities from 2014-01-01. blended: its cash at the"
    " yield at which it is worth what bonds, residual and the rest leave for it; independent: at its own yield (item collateral);"
    " cfe_liabilities: at what they leave for it, itself; cfe_assets: at its own yield, and the bonds from it (blended)",
    "cash_in_transit": "cash collected and not yet distributed, dollars (0)",
    "other_assets": "other trust assets, dollars (0)",
    "other_liabilities": "other trust liabilities, dollars (0)",
    "defaults_stop": "defaults stop a liquidation lag before a loan matures, or run to maturity (lag_before_maturity)",
    "penalties": "prepayment penalties are interest funds of the waterfall, or go to somebody outside the trust (interest)",
    "collateral_type": "kind of collateral, for the disclosure and for ranges of yields",
}
"""Each term in a phrase, with its default in brackets."""

TERMS = Schema(
    "terms",
    (
        Column("term", "text", "which term", required=True, unique=True),
        Column("value", "cell", "its value", required=True),
    ),
    key="term",
)

SHARES = ("cumulative_loss", "delinquency", "rolling_delinquency")
"""Measures whose threshold may be a share of the senior enhancement."""
MEASURES = (
    "cumulative_loss", "delinquency", "rolling_delinquency", "oc", "enhancement", "month", "deal_age", "pool_factor",
    "subordination",
)  # fmt: skip
TESTS = (">", "<", ">=", "<=")


def _thresholds(triggers: Records, table: Table) -> list[Fault]:
    """A threshold is a number, or a vector in words."""
    faults = []
    for row, cell in enumerate(triggers["threshold"]):
        try:
            if triggers.sound(row, "threshold"):
                _check_threshold(str(cell), str(triggers["measure"][row]) if triggers.sound(row, "measure") else "")
        except Refused as refusal:
            where = table.where(row, "threshold") + f", trigger {triggers['trigger'][row]}"
            misspelt = near_word(str(cell).rpartition(" of ")[2], ("enhancement",)) if " of " in str(cell) else ""
            hint = f"did you mean {misspelt}? " if misspelt and not of_enhancement(str(cell)) else ""
            faults.append(Fault(f"threshold: {refusal.faults[0].what}", where, hint + refusal.faults[0].todo))
    return faults


_OF_ENHANCEMENT = re.compile(
    r"^(.*?)\s*of\s+(?:the\s+)?(?:senior\s+)?enhancement(?:\s+percentage)?$", re.IGNORECASE | re.DOTALL
)


def of_enhancement(cell: str) -> bool:
    """The threshold is a share of the senior enhancement, like ``40% of enhancement``."""
    return bool(_OF_ENHANCEMENT.match(cell.strip()))


def _check_threshold(cell: str, measure: str) -> None:
    values = _threshold(cell, 1200)
    if not of_enhancement(cell):
        return
    if measure and measure not in SHARES:
        what = f"{measure} is not measured against enhancement"
        raise Refused(Fault(what, todo=f"write a number, or measure one of {', '.join(SHARES)}"))
    if not (min(values) >= 0.0 and max(values) <= 2.0):
        what = f"'{cell}' is {max(values):.0%} of the enhancement"
        raise Refused(Fault(what, todo="write a share of it, like 40% of enhancement"))


def _threshold(cell: str, months: int) -> list[float]:
    match = _OF_ENHANCEMENT.match(cell.strip())
    words = match[1].strip() if match else cell
    if is_vector(words):
        return list(parse_vector(words, months))
    if match and words.endswith("%"):
        return [as_number(words.rstrip("% "), text=True) / 100.0] * months
    return [as_number(words, text=True)] * months


def _in_order(schedules: Records, table: Table) -> list[Fault]:
    """The months of a schedule ascend, each once."""
    faults = []
    last: dict[str, int] = {}
    for row, (name, month) in enumerate(zip(schedules["schedule"], schedules["month"], strict=True)):
        if not schedules.sound(row, "schedule", "month"):
            continue
        before = last.get(str(name), -1)
        if month <= before:
            what = f"month {month} of schedule {name} follows {before}: months out of order"
            faults.append(Fault(what, table.where(row, "month"), "sort the rows by month, each once"))
        last[str(name)] = int(month)
    return faults


TRIGGERS = Schema(
    "triggers",
    (
        Column("trigger", "text", "the trigger's name", required=True, unique=True),
        Column("measure", "text", "what is measured", required=True, allowed=MEASURES),
        Column("test", "text", "the trigger is on where measure test threshold holds", required=True, allowed=TESTS),
        Column("threshold", "cell", "a number, or a vector in words (percent) by month; of a delinquency or loss also so much"
               " of the senior enhancement at the start of the month: 40% of enhancement", required=True),
        Column("rolling_months", "integer", "months that a rolling delinquency averages", "months", default=3, low=1, high=24),
        Column("cure", "flag", "it goes off again when the test no longer holds", default=True),
        Column("delinquency_method", "text", "how 60 days late is counted: MBA; OTS is refused where loans are projected,"
               " whose balance 60 days late is known by MBA only", default="MBA", allowed=("MBA", "OTS")),
    ),
    key="trigger",
    checks=(_thresholds,),
)  # fmt: skip
SCHEDULES = Schema(
    "schedules",
    (
        Column("schedule", "text", "the schedule's name", required=True),
        Column("month", "integer", "month of the projection", "months", required=True, low=0, high=1200),
        Column("amount", "number", "amount in that month", "$", required=True, low=0.0),
    ),
    key="schedule",
    checks=(_in_order,),
)


@dataclass(frozen=True)
class Terms:
    """The terms that were given, by name; :meth:`get` answers None for the others."""

    values: dict[str, Any] = field(default_factory=dict)

    def get(self, name: str) -> Any:
        """The value of a term, or None."""
        return self.values.get(name)

    def number(self, name: str, default: float = 0.0) -> float:
        """The value of a numeric term, or ``default``."""
        value = self.values.get(name)
        return default if value is None else float(value)

    def date(self, name: str) -> dt.date | None:
        """The value of a date term, or None."""
        return self.values.get(name)


def read_terms(table: Table | None, records: Records, faults: list[Fault], notices: list[str]) -> Terms:
    """The values of the terms; what is wrong is added to ``faults``.

    Args:
        table: the table as it came in.
        records: the same, checked by :data:`TERMS`.
    """
    if table is None:
        return Terms()
    names = records["term"]
    values: dict[str, Any] = {}
    cells = table.columns.get("value", [])
    seen: dict[str, int] = {}
    for row, (name, cell) in enumerate(zip(names, cells, strict=False)):
        key = same_word(str(name), TERM_KINDS)
        if not str(name).strip() or not records.sound(row, "value"):
            continue  # blank or no value: told already
        if not key:
            _unknown_term(plain(name), table, row, faults, notices)
            continue
        if key in seen:  # two spellings of one term; the same spelling twice is told already
            if str(names[seen[key]]) != str(name):
                what, todo = (
                    f"the term {key} stands twice",
                    f"keep one; the other is at {table.where(seen[key], 'term')}",
                )
                faults.append(Fault(what, table.where(row, "term"), todo))
            continue
        seen[key], kind = row, TERM_KINDS[key]
        try:
            values[key] = _term_value(key, kind, cell, table.text)
        except Refused as refusal:
            fault = refusal.faults[0]
            faults.append(Fault(f"{key}: {fault.what}", table.where(row, "value"), fault.todo))
    _check_dates(values, table, faults)
    _check_call(values, table, faults)
    return Terms(values)


def _unknown_term(key: str, table: Table, row: int, faults: list[Fault], notices: list[str]) -> None:
    near = resembling(key, TERM_KINDS)
    if near:
        faults.append(Fault(f"the term '{key}' is not known", table.where(row, "term"), f"did you mean {near}?"))
    else:
        like = near_word(key, TERM_KINDS)
        hint = f"; did you mean {like}?" if like else ""
        notices.append(f"{table.where(row, 'term')}: the term {key} is not used{hint}")


def _term_value(key: str, kind: str, cell: Any, text: bool) -> Any:
    if kind == "date":
        return as_date(cell, text=text)
    if kind == "number":
        return bounded(key, as_number(cell, text=text))
    if kind == "day":
        day = as_number(cell, text=text, whole=True)
        if not 1 <= day <= 31:
            raise Refused(Fault(f"{day:g} is not a day of the month", todo="write 1 to 31"))
        return int(day)
    if kind == "text":
        return as_text(cell)
    if kind == "words by date":
        return read_measurement(as_text(cell))
    if kind == "month":
        month = as_number(cell, text=text, whole=True)
        if not 1 <= month <= 1200:
            raise Refused(Fault(f"{month:g} is no month of a projection", todo="write 1 to 1200"))
        return int(month)
    if kind == "price":
        return _price(cell, text)
    if kind.endswith("month n"):
        return _call(as_text(cell))
    if kind == "yes | no":
        return "yes" if as_flag(as_text(cell)) else "no"
    return allowed_word(as_text(cell), tuple(word.strip() for word in kind.split("|")), key)


_MONTH = re.compile(r"month([1-9]\d{0,3})")


_CALLS = ("never", "first", "economic", "auction")


def _call(text: str) -> str:
    """When a deal is called: never, first, economic, auction or month n."""
    word = bare(text)
    if word in _CALLS:
        return word
    if match := _MONTH.fullmatch(word):
        return f"month {match[1]}"
    near = near_word(word.rstrip("0123456789"), (*_CALLS, "month"))
    hint = f"did you mean {near}? " if near else ""
    todo = f"{hint}write never, first, economic, auction or month n, like month 24"
    raise Refused(Fault(f"'{text}' is no time of a call", todo=todo))


def _price(cell: Any, text: bool) -> float | str:
    """A price as a share of the balance, or a vector of such in words."""
    value = cell if is_vector(cell) else as_number(cell, text=text)
    values = parse_vector(value, 1200) if isinstance(value, str) else np.array([value])
    if not (values.min() >= 0.1 and values.max() <= 2.0):
        what = f"a price of {values.min() if values.min() < 0.1 else values.max():g} of the balance is none"
        raise Refused(Fault(what, todo="write 102% as 1.02, or in words in percent, like 98 for 24 then 102"))
    return value


def prices(terms: Terms, months: int) -> NDArray[np.float64]:
    """What the loans would bring in the market by month, a share of their balance, float64[months + 1]."""
    value = terms.get("collateral_price")
    if isinstance(value, str):
        return np.append(1.0, parse_vector(value, months))
    return np.full(months + 1, 1.0 if value is None else float(value))


def _check_call(values: dict[str, Any], table: Table, faults: list[Fault]) -> None:
    """A call at the first chance needs the factor that gives it; a factor is a share."""
    factor = values.get("call_factor")
    if factor is not None and not 0.0 < factor <= 1.0:
        what = f"call_factor is {factor:g}, not a share of the original pool"
        faults.append(Fault(what, term_place(table, "call_factor"), "write 10% as 0.1"))
    word = values.get("call_exercised")
    needs = {
        "first": {"call_factor": "the deal is called at the first chance"},
        "economic": {
            "call_factor": "the deal is called when it pays",
            "collateral_price": "the deal is called when it pays",
        },
        "auction": {"auction_month": "the loans are auctioned", "collateral_price": "the loans are auctioned"},
    }
    for name, what in needs.get(word or "", {}).items():
        if values.get(name) is None:
            faults.append(
                Fault(
                    f"{what} and has no {name}" if "deal" in what else f"{what} and there is no {name}",
                    term_place(table, "call_exercised"),
                    f"add {name}",
                )
            )


def _check_dates(values: dict[str, Any], table: Table, faults: list[Fault]) -> None:
    closing, cutoff = values.get("closing_date"), values.get("cutoff_date")
    if closing and cutoff and cutoff < closing.replace(day=1):
        where = term_place(table, "cutoff_date")
        faults.append(Fault(f"cutoff_date {cutoff} lies before closing_date {closing}", where, "mend one of them"))


def term_place(table: Table | None, name: str) -> str:
    """Where a term's value stands; ``terms`` where that is not known."""
    if table is None:
        return "terms"
    cells = table.columns.get("term", [])
    rows = [row for row, cell in enumerate(cells) if isinstance(cell, str) and same_word(cell, TERM_KINDS) == name]
    return table.where(rows[0], "value") if rows else table.place.start


def thresholds(triggers: Records, months: int) -> list[list[float]]:
    """Each trigger's threshold by month, ``months`` values from month 1.

    Raises:
        Refused: a threshold is neither a number nor a vector in words.
    """
    rows = []
    for cell, measure in zip(map(str, triggers["threshold"]), triggers["measure"], strict=True):
        # A vector in words is in percent, except where what is measured is no rate.
        scale = 100.0 if is_vector(cell) and measure in ("oc", "month", "deal_age", "subordination") else 1.0
        rows.append([scale * value for value in _threshold(cell, months)])
    return rows
