"""Quotes of pricing services and dealers, and all of them on one basis: yields of our own expected cash.

A price is what it is: the yield is that at which our cash after the quote's settlement date is worth it. A yield (or discount
margin) is one of the quoter's cash: where the quote says how the quoter prepays, defaults, loses or delays, the trust is projected
so, the quoter's cash is valued at the quoted yield, and ours yields what that value says.
"""

from __future__ import annotations

import datetime as dt
import difflib
import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from xlfv.market.curves import Curves, CurveSet
from xlfv.projection.projection import Projection, project
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.schema import Column, Records, Schema
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import FREQUENCY
from xlfv.valuation.quote_cash import convert, settled_cash
from xlfv.valuation.yields import RESIDUAL, date_of

STALE_DAYS = 30
TYPES = ("price", "yield", "dm")
_ASSUMED = ("assumed_cpr", "assumed_cdr", "assumed_severity")
_LIMITS = {"price": (0.0, 1000.0), "yield": (-0.5, 1.0), "dm": (-0.5, 1.0)}
_YIELDS = (-0.5, 3.0)  # of a residual; and of what a quote may say of our cash


def _sensible(quotes: Records, table: Table) -> list[Fault]:
    """A quote is a price per 100 or a decimal; a residual is quoted a yield; settlement does not precede the quote."""
    faults = []
    for row in range(quotes.count):
        if quotes.sound(row, "quote", "quote_type", "item"):
            faults += _quote_faults(quotes, table, row)
        date, settled = date_of(quotes, row, "date"), date_of(quotes, row, "settlement")
        if date and settled and settled < date and quotes.sound(row, "date", "settlement"):
            what = f"the quote of {quotes['item'][row]} by {quotes['source'][row]} settles on {settled}, before its date {date}"
            faults.append(Fault(what, table.where(row, "settlement"), "give the date on which the price would be paid"))
    return faults


def _quote_faults(quotes: Records, table: Table, row: int) -> list[Fault]:
    kind, value, item = str(quotes["quote_type"][row]), float(quotes["quote"][row]), str(quotes["item"][row])
    who, where = f"{item} by {quotes['source'][row]}", table.where(row, "quote")
    residual = item.lower() == RESIDUAL
    if residual and kind != "yield":
        why = "no balance to be priced per 100" if kind == "price" else "no index for a discount margin"
        return [Fault(f"the quote of {who} is a {kind}: the residual has {why}", where, "give it as a yield")]
    low, high = _YIELDS if residual else _LIMITS[kind]
    if low <= value < high:
        return []
    if kind == "price":
        return [Fault(f"the price of {who} is {value:g}", where, "write it per 100 of balance: above 0")]
    todo = f"write it as a decimal: {value / (1e4 if kind == 'dm' and value >= 25 else 100):g}"
    return [Fault(f"the {kind} of {who} is {value:g}, {value:.0%}", where, todo)]


QUOTES = Schema(
    "quotes",
    (
        Column("trust", "text", "the trust; blank: the one valued"),
        Column("item", "text", "a tranche, or residual", required=True),
        Column("source", "text", "who quoted", required=True),
        Column("date", "date", "when; not after the as-of date", required=True),
        Column("quote", "number", "what was quoted: a price per 100 of balance, a yield or margin as a decimal", required=True),
        Column("quote_type", "text", "what kind of quote", required=True, allowed=TYPES),
        Column("price_type", "text", "a price without accrued interest, or with it", default="clean", allowed=("clean", "dirty")),
        Column("basis", "text", "how a quoted yield compounds", default="monthly", allowed=tuple(FREQUENCY)),
        Column("settlement", "date", "when the price would be paid; blank: the as-of date"),
        Column("assumptions", "text", "the quoter's assumptions in words"),
        Column("assumed_cpr", "number", "prepayment a year behind a quoted yield or margin; blank: as our curves", "rate", low=0.0),
        Column("assumed_cdr", "number", "default rate a year behind it; blank: as our curves", "rate", low=0.0),
        Column("assumed_severity", "number", "loss severity behind it; blank: as our curves", low=0.0, high=2.0),
        Column("assumed_delay_days", "integer", "payment delay behind it; blank: the class's own", "days", default=-1, low=0,
               high=90),
        Column("orderly", "flag", "from an orderly market; no: it counts for nothing", default=True),
        Column("weight", "number", "weight of the quote in the average", default=1.0, low=0.0, high=1e6),
    ),
    key="item",
    checks=(_sensible,),
)  # fmt: skip


@dataclass(frozen=True)
class Quote:
    """One quote as it was given; see :data:`QUOTES`.

    Attributes:
        kind: price, yield or dm.
        delay: days, None for the class's own.
        assumed: the quoter's cpr, cdr and severity; not a number where not given.
    """

    trust: str
    item: str
    source: str
    date: dt.date
    value: float
    kind: str
    clean: bool
    basis: str
    settlement: dt.date | None
    delay: int | None
    assumed: tuple[float, float, float]
    assumptions: str
    orderly: bool
    weight: float


@dataclass(frozen=True)
class Normalized:
    """A quote on our own cash.

    Attributes:
        quote: as given.
        basis: of ``rate``.
        rate: yield (or discount margin) of our cash that it says; not a number where there is none.
        price: clean price per 100 of balance at that yield on the as-of date; not a number where there is none.
        age: days from the quote to the as-of date.
        weight: in the average; 0 where it does not count.
        why: why it does not count, empty where it does.
    """

    quote: Quote
    basis: str
    rate: float
    price: float
    age: int
    weight: float
    why: str

    @property
    def used(self) -> bool:
        """It counts."""
        return self.weight > 0.0


def read_quotes(table: Table, trust: Trust | None = None, as_of: dt.date | None = None) -> list[Quote]:
    """The quotes of a table; of one trust where one is given, rows of other trusts are passed over.

    Args:
        table: see :data:`QUOTES`.
        trust: whose items they are of; None for quotes of any trust.
        as_of: the valuation date; None for the trust's.

    Raises:
        Refused: with every fault: a quote from the future, for an item that the trust does not have, twice, in percent.
    """
    faults: list[Fault] = []
    rows = QUOTES.read(table, faults)
    end = as_of or (trust.as_of if trust else None)
    found: list[Quote] = []
    seen: dict[tuple[object, ...], int] = {}
    spelled: dict[tuple[str, str], tuple[str, str]] = {}
    for row in range(rows.count):
        if trust is not None and str(rows["trust"][row]).lower() not in ("", trust.name.lower()):
            continue
        if not rows.sound(row, "trust", "item", "source", "date", "quote_type"):
            continue
        quote = _quote(rows, row)
        if end is not None and quote.date > end:
            what = f"the quote of {quote.item} by {quote.source} is a quote from the future: {quote.date}, after {end}"
            faults.append(Fault(what, table.where(row, "date"), "take quotes of the as-of date or before"))
        if trust is not None:
            name, fault = _spelled(quote.item, trust, table.where(row, "item"))
            faults += [fault] if fault else []
            quote = replace(quote, item=name, trust=trust.name)
        else:  # names as they were first spelled, so that each item is one
            first = spelled.setdefault((quote.trust.lower(), quote.item.lower()), (quote.trust, quote.item))
            quote = replace(quote, trust=first[0], item=first[1])
        key = (quote.trust.lower(), quote.item.lower(), quote.source.lower(), quote.date, quote.kind)
        if key in seen:
            what = f"{quote.source} quotes {quote.item} twice on {quote.date} (a {quote.kind})"
            faults.append(
                Fault(what, table.where(row, "item"), f"keep one; the other is at {table.where(seen[key], 'item')}")
            )
        seen.setdefault(key, row)
        found.append(quote)
    refuse_if(faults)
    return found


def _quote(rows: Records, row: int) -> Quote:
    text = {name: str(rows[name][row]) for name in ("trust", "item", "source", "quote_type", "basis", "assumptions")}
    date = date_of(rows, row, "date")
    assert date is not None
    delay = int(rows["assumed_delay_days"][row])
    cpr, cdr, severity = (float(rows[name][row]) for name in _ASSUMED)
    return Quote(
        text["trust"], text["item"].strip(), text["source"], date, float(rows["quote"][row]), text["quote_type"],
        str(rows["price_type"][row]) == "clean", text["basis"], date_of(rows, row, "settlement"),
        None if delay < 0 else delay, (cpr, cdr, severity), text["assumptions"], bool(rows["orderly"][row]),
        float(rows["weight"][row]),
    )  # fmt: skip


def _spelled(item: str, trust: Trust, where: str) -> tuple[str, Fault | None]:
    """An item as its trust spells it, or the fault that it has none."""
    spelled = {name.lower(): name for name in (*trust.tranches, RESIDUAL)}
    name = spelled.get(item.lower())
    if name is not None:
        return name, None
    near = difflib.get_close_matches(item.lower(), list(spelled), 1, 0.6)
    hint = f"did you mean {spelled[near[0]]}? " if near else ""
    what = f"a quote is given for '{item}', which {trust.name} does not have"
    return item, Fault(what, where, f"{hint}known: {', '.join(spelled.values())}")


def normalize(
    quotes: list[Quote],
    projection: Projection | None = None,
    *,
    as_of: dt.date | None = None,
    basis: str | Mapping[str, str] = "monthly",
    stale_days: int = STALE_DAYS,
) -> list[Normalized]:
    """Every quote as a yield of our own cash, with its weight and, where it does not count, why.

    Args:
        quotes: of the projection's trust, or of any where there is none.
        projection: our own; without it yields change their basis only, and prices and margins say nothing.
        as_of: the valuation date; None for the projection's, else the date of the latest quote.
        basis: of the yields, or by item (monthly where it is not named).
        stale_days: a quote older than so many days counts for nothing.
    """
    date = as_of or (projection.as_of if projection else max((q.date for q in quotes), default=dt.date.min))
    theirs = _Theirs(projection) if projection is not None else None

    def one(quote: Quote) -> Normalized:
        wanted = basis if isinstance(basis, str) else basis.get(quote.item, "monthly")
        age = (date - quote.date).days
        rate = price = float("nan")
        why = _set_aside(quote, age, stale_days)
        try:
            rate = _rate(quote, theirs, wanted)
            price = _price(quote, projection, rate, wanted)
            if not _YIELDS[0] <= rate <= _YIELDS[1]:
                raise Refused(Fault(f"it says a yield of {rate:.0%} of our cash"))
        except Refused as refused:
            why = "; ".join(filter(None, [why, "; ".join(fault.what for fault in refused.faults)]))
        return Normalized(quote, wanted, rate, price, age, 0.0 if why else quote.weight, why)

    return [one(quote) for quote in quotes]


def _set_aside(quote: Quote, age: int, stale_days: int) -> str:
    """Why a quote counts for nothing, whatever it says."""
    reasons = []
    if not quote.orderly:
        reasons.append("not orderly")
    if age > stale_days:
        reasons.append(f"stale: {age} days old, more than {stale_days}")
    if quote.weight == 0.0:
        reasons.append("its weight is 0")
    return "; ".join(reasons)


def _rate(quote: Quote, theirs: _Theirs | None, basis: str) -> float:
    """The yield of our own cash that a quote says."""
    if quote.kind == "yield" and not quote_assumes(quote) and "dm" not in (basis, quote.kind):
        return convert(quote.value, quote.basis, basis)
    if theirs is None:
        what = "its assumptions" if quote.kind == "yield" and basis != "dm" else f"a {quote.kind}"
        raise Refused(Fault(f"{what} cannot be put on our cash without the projection"), code="#NUM!")
    ours = settled_cash(theirs.own, quote.item, quote.settlement)
    if quote.kind == "price":
        dollars = ours.dollars(quote.value, clean=quote.clean)
    else:
        their = settled_cash(theirs.of(quote), quote.item, quote.settlement, quote.delay)
        dollars = their.worth_at(quote.value, "dm" if quote.kind == "dm" else quote.basis)
    return ours.rate_at(dollars, basis)


def quote_assumes(quote: Quote) -> bool:
    """The quote states in numbers what cash it is of."""
    return quote.delay is not None or any(not np.isnan(value) for value in quote.assumed)


def _price(quote: Quote, projection: Projection | None, rate: float, basis: str) -> float:
    """Clean price per 100 on the as-of date at the normalized yield; not a number where the item has no balance."""
    if projection is None:
        return float("nan")
    cash = settled_cash(projection, quote.item)
    return cash.price(cash.worth_at(rate, basis), clean=True) if cash.balance > 0.0 else float("nan")


class _Theirs:
    """The trust as quoters project it, each set of assumptions once."""

    def __init__(self, own: Projection) -> None:
        self.own = own
        self._made: dict[tuple[str, ...], Projection] = {}

    def of(self, quote: Quote) -> Projection:
        """The projection under a quote's assumptions; our own where it has none.

        Raises:
            Refused: the projection is of collateral cash that was given: there are no loans to project.
        """
        if all(np.isnan(value) for value in quote.assumed):
            return self.own
        if self.own.given is not None:
            what = "its assumptions need loans to be projected, and the collateral's cash was given"
            raise Refused(Fault(what), code="#NUM!")
        key = tuple(map(repr, quote.assumed))
        if key not in self._made:
            curves = assumed_curves(self.own.curves, *quote.assumed)
            self._made[key] = project(self.own.trust, curves, self.own.indices, self.own.months)
        return self._made[key]


def assumed_curves(curves: Curves, cpr: float, cdr: float, severity: float) -> Curves:
    """Curves with a quoter's flat rates in the place of ours; where one is not a number ours stays.

    A flat CPR counts curtailments in. Lags, advances and timelines stay ours.
    """

    def flat(value: float) -> np.ndarray:
        return np.array([value])

    def one(mine: CurveSet) -> CurveSet:
        changed: dict[str, Any] = {}
        if not np.isnan(cpr):
            changed |= {"prepay_kind": "cpr", "prepay": flat(cpr), "curtailment": flat(0.0)}
        if not np.isnan(cdr):
            changed |= {"default_kind": "cdr", "default": flat(cdr)}
        if not np.isnan(severity):
            changed |= {"severity": flat(severity), "severities": {}}
        return replace(mine, **changed)

    digest = hashlib.sha256(f"{curves.digest}|{cpr!r}|{cdr!r}|{severity!r}".encode()).hexdigest()
    return Curves({name: one(each) for name, each in curves.sets.items()}, digest, curves.notices, curves.table)


def by_item(normalized: list[Normalized]) -> dict[tuple[str, str], list[Normalized]]:
    """Quotes by trust and item, in the order in which they stand."""
    found: dict[tuple[str, str], list[Normalized]] = {}
    for one in normalized:
        found.setdefault((one.quote.trust, one.quote.item), []).append(one)
    return found


def average(normalized: list[Normalized], of: Callable[[Normalized], float] = lambda one: one.rate) -> float:
    """The weighted average of the quotes that count; not a number without one."""
    used = [one for one in normalized if one.used]
    if not used:
        return float("nan")
    return float(sum(one.weight * of(one) for one in used) / sum(one.weight for one in used))
