"""Acceptable ranges of yields: a base rate plus a risk premium by kind of collateral and class, and what quotes say.

Source: Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1: "Based on that information [of bond pricing
services] and the collateral type and vintage, the Company determines an acceptable range of expected yields an investor would
require including an appropriate risk premium for each bond tranche."
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.schema import Column, Records, Schema
from xlfv.tables.words import near_word
from xlfv.trust.bonds import KINDS
from xlfv.trust.trust import Trust
from xlfv.valuation.discounting import FREQUENCY
from xlfv.valuation.quote_cash import convert, rate_on
from xlfv.valuation.quotes import Normalized, average
from xlfv.valuation.ratings import CLASSES, closeness, spelled_rating
from xlfv.valuation.yields import RESIDUAL, Chosen, date_of, lies_outside, position_of, span

NAN = float("nan")
COMBINE = ("widest", "overlap", "premium", "quotes")
"""How base rate + premium and quotes make one range: from the lowest end to the highest, what both allow, or one alone."""


def _upright(ranges: Records, table: Table) -> list[Fault]:
    """Ranges stand the right way up; base rates and ratings are known; no two rows are for the same classes."""
    faults: list[Fault] = []
    seen: dict[tuple[str, ...], int] = {}
    for row in range(ranges.count):
        pairs = (
            ("risk_premium_low", "risk_premium_high", "the range of premiums"),
            ("vintage_from", "vintage_to", "the vintage"),
        )
        for low, high, what in pairs:
            begin, end = ranges[low][row], ranges[high][row]
            if end and begin > end and ranges.sound(row, low, high):
                upside_down = f"{what} runs from {begin:g} down to {end:g}"
                faults.append(Fault(upside_down, table.where(row, low), f"{low} is the lower end"))
        if ranges.sound(row, "base_rate"):
            faults += _base_fault(str(ranges["base_rate"][row]), table.where(row, "base_rate"))
        rating = str(ranges["rating"][row])
        if rating and rating.lower().replace(" ", "_") not in CLASSES and not spelled_rating(rating):
            todo = f"write it as AA, AA- or Aa3, or one of: {', '.join(CLASSES)}"
            faults.append(Fault(f"'{rating}' is not a rating", table.where(row, "rating"), todo))
        key = tuple(str(ranges[name][row]).lower() for name in _KEYS)
        if key in seen and ranges.sound(row, *_KEYS):
            what = f"the range for {', '.join(k for k in key if k and k != '0') or 'every class'} stands twice"
            faults.append(
                Fault(what, table.where(row, "risk_premium_low"), f"keep one; the other is row {seen[key] + 1}")
            )
        seen.setdefault(key, row)
    return faults  # fmt: skip


_KEYS = ("collateral_type", "vintage_from", "vintage_to", "rating", "position")


def _base_fault(cell: str, where: str) -> list[Fault]:
    try:
        rate = float(cell)
    except ValueError:
        if is_index(cell.upper()):
            return []
        near = near_word(cell, INDICES)
        todo = f"did you mean {near}?" if near else "name an index like SWAP_5Y, or write a rate as a decimal"
        return [Fault(f"the base rate '{cell}' is no known index", where, todo)]
    if -0.05 <= rate <= 0.5:
        return []
    return [Fault(f"base_rate is {rate:g}, {rate:.0%}", where, f"write it as a decimal: {rate / 100:g}")]


RANGES = Schema(
    "ranges",
    (
        Column("collateral_type", "text", "the term collateral_type of the trusts it is for; blank: any"),
        Column("vintage_from", "integer", "first year of closing_date; blank: any", "years", low=1900, high=2200),
        Column("vintage_to", "integer", "last year of closing_date; blank: any", "years", low=1900, high=2200),
        Column("rating", "text", f"rating (AA covers AA+, AA- and Aa3 too), or {', '.join(CLASSES)}; blank: any"),
        Column("position", "text", "kind of the class; blank: any", allowed=KINDS),
        Column("base_rate", "cell", "index of whose row of month 0 it is, or a rate as a decimal", required=True),
        Column("risk_premium_low", "number", "lowest risk premium over it", "rate", required=True, low=-0.5),
        Column("risk_premium_high", "number", "highest risk premium over it", "rate", required=True, low=-0.5),
        Column("basis", "text", "how base rate plus premium compounds", default="monthly", allowed=tuple(FREQUENCY)),
        Column(
            "base_basis",
            "text",
            "how the base rate is quoted, put on basis before the premium is added (yields of swaps and"
            " treasuries: bond_equivalent); blank: as basis",
            allowed=tuple(FREQUENCY),
        ),
        Column("source", "text", "where the premium comes from"),
        Column("reviewed_date", "date", "when it was last reviewed"),
        Column("reviewed_by", "text", "who reviewed it"),
    ),
    key="position",
    may_be_empty=False,
    checks=(_upright,),
)


@dataclass(frozen=True)
class Premium:
    """One row of the policy; see :data:`RANGES`.

    Attributes:
        base: a rate, or the name of an index.
        low, high: risk premium, decimals.
        basis: of base rate plus premium.
        base_basis: of the base rate alone.
    """

    collateral_type: str
    vintages: tuple[int, int]
    rating: str
    position: str
    base: str
    low: float
    high: float
    basis: str
    base_basis: str
    source: str
    reviewed: dt.date | None
    reviewed_by: str

    @property
    def title(self) -> str:
        """What it is for, in words."""
        years = "-".join(str(year) for year in dict.fromkeys(self.vintages) if year)
        return " ".join(filter(None, (self.collateral_type, years, self.rating, self.position))) or "every class"

    @property
    def named(self) -> tuple[bool, bool, bool, bool]:
        """Which criteria it states: collateral type, vintage, rating, position."""
        return bool(self.collateral_type), any(self.vintages), bool(self.rating), bool(self.position)

    @property
    def years(self) -> int:
        """How many vintages it is for."""
        return (self.vintages[1] or 9999) - self.vintages[0]

    def fits(self, collateral_type: str, vintage: int | None, rating: str, position: str) -> bool:
        """It is for such a class."""
        first, last = self.vintages
        dated = vintage is not None and first <= vintage <= (last or 9999)
        return (
            self.collateral_type.lower() in ("", collateral_type.lower())
            and (dated or not any(self.vintages))
            and closeness(self.rating, rating) >= 0
            and self.position in ("", position)
        )

    def beats(self, other: Premium, rating: str) -> bool:
        """It is the more specific of two that fit: more criteria, or the same ones with a rating as close and no more years."""
        if sum(self.named) != sum(other.named):
            return sum(self.named) > sum(other.named)
        closer = closeness(self.rating, rating) - closeness(other.rating, rating)
        fewer = other.years - self.years
        return self.named == other.named and closer >= 0 and fewer >= 0 and closer + fewer > 0


@dataclass(frozen=True)
class YieldRange:
    """The acceptable range of an item's yield.

    Attributes:
        trust, item: whose.
        basis: of every rate here.
        low, high: the range; not numbers where nothing says one.
        mid: weighted average of the quotes that count; without one the middle of the range.
        quotes, used: how many there are, and how many count.
        quotes_low, quotes_high: lowest and highest of those that count.
        base_rate: the base rate; base: its index, or empty where the policy gives the rate itself.
        premium_low, premium_high: what the policy's range is over the base rate; not numbers of a discount margin.
        source: of the policy's row.
        of_policy: a row of the policy is behind it.
        notes: what there is to know.
    """

    trust: str
    item: str
    basis: str
    low: float
    high: float
    mid: float
    quotes: int
    used: int
    quotes_low: float
    quotes_high: float
    base_rate: float
    base: str
    premium_low: float
    premium_high: float
    source: str
    of_policy: bool = False
    notes: tuple[str, ...] = field(default=())

    @property
    def wide(self) -> bool:
        """A policy or two quotes make it: one quote is a point and no range."""
        return self.of_policy or self.used > 1

    @property
    def premium(self) -> float:
        """Mid over the base rate, both on the basis; of a discount margin none."""
        return self.mid - self.base_rate

    def outside(self, rate: float) -> bool:
        """A yield (of the same basis) lies outside."""
        return lies_outside(rate, self.low, self.high)


def read_ranges(table: Table) -> list[Premium]:
    """The rows of a policy of risk premiums.

    Raises:
        Refused: with every fault: a range upside down, a percent for a decimal, an unknown index, the same classes twice.
    """
    faults: list[Fault] = []
    rows = RANGES.read(table, faults)
    refuse_if(faults)
    return [
        Premium(
            str(rows["collateral_type"][k]).strip(), (int(rows["vintage_from"][k]), int(rows["vintage_to"][k])),
            str(rows["rating"][k]), str(rows["position"][k]), str(rows["base_rate"][k]), float(rows["risk_premium_low"][k]),
            float(rows["risk_premium_high"][k]), str(rows["basis"][k]), str(rows["base_basis"][k] or rows["basis"][k]),
            str(rows["source"][k]), date_of(rows, k, "reviewed_date"), str(rows["reviewed_by"][k]),
        )
        for k in range(rows.count)
    ]  # fmt: skip


def rating_of(trust: Trust, item: str, chosen: Chosen | None = None) -> str:
    """Today's rating of a class where its yield says one, else that at issue; empty without either."""
    if chosen is not None and chosen.rating:
        return chosen.rating
    return "" if item == RESIDUAL else str(trust.classes["original_rating"][trust.tranches.index(item)])


def policy_for(ranges: list[Premium], trust: Trust, item: str, rating: str) -> Premium | str:
    """The most specific row of a policy for a class or the residual, or in words why there is none."""
    closing = trust.terms.date("closing_date")
    kind = str(trust.terms.get("collateral_type") or "")
    vintage, position = closing.year if closing else None, position_of(trust, item)
    fitting = [each for each in ranges if each.fits(kind, vintage, rating, position)]
    if not fitting:
        facts = f"{kind or 'no collateral_type'}, {vintage or 'no closing_date'}, {rating or 'no rating'}, {position}"
        return f"no row of ranges is for it ({facts})"
    unbeaten = [each for each in fitting if not any(other.beats(each, rating) for other in fitting)]
    if len(unbeaten) > 1:
        return f"ranges are ambiguous: {' and '.join(each.title for each in unbeaten)} fit alike"
    return unbeaten[0]


def _base_rate(premium: Premium, projection: Projection) -> tuple[float, str]:
    """The base rate on the policy's basis, and the index it is of.

    Raises:
        Refused: the indices do not hold it.
    """
    try:
        rate, name = float(premium.base), ""
    except ValueError:
        name = premium.base.upper()
        if name not in projection.indices.rates:
            what = f"the indices do not hold its base rate {name}"
            raise Refused(Fault(what, "indices", f"add a column {name}")) from None
        rate = projection.indices.row(name, 0)
    return convert(rate, premium.base_basis, premium.basis), name


@dataclass(frozen=True)
class _Policy:
    """What a policy says of an item, on the basis of the result; not numbers where it says nothing."""

    low: float = NAN
    high: float = NAN
    base: float = NAN
    premium_low: float = NAN
    premium_high: float = NAN
    index: str = ""
    source: str = ""
    told: tuple[str, ...] = ()


def _policy(projection: Projection, ranges: list[Premium], item: str, rating: str, basis: str) -> _Policy:
    """Base rate plus premium, added on the policy's basis and then put on that of the result."""
    found = policy_for(ranges, projection.trust, item, rating)
    try:
        if isinstance(found, str):
            raise Refused(Fault(found))
        rate, name = _base_rate(found, projection)
        low, high = (rate_on(projection, item, rate + each, found.basis, basis) for each in (found.low, found.high))
        base = NAN if basis == "dm" else convert(rate, found.basis, basis)
    except Refused as refused:
        return _Policy(told=tuple(fault.what for fault in refused.faults))
    premiums = (found.low, found.high) if found.basis == basis else (low - base, high - base)
    return _Policy(low, high, base, *premiums, name, found.source)


def range_of(
    trust: str,
    item: str,
    quotes: list[Normalized],
    *,
    basis: str = "monthly",
    projection: Projection | None = None,
    ranges: list[Premium] | None = None,
    rating: str = "",
    combine: str = "widest",
) -> YieldRange:
    """The acceptable range of one item.

    Args:
        trust, item: whose.
        quotes: its quotes, normalized to ``basis``.
        basis: of the result.
        projection: needed with ``ranges``.
        ranges: the policy.
        rating: of the class.
        combine: of :data:`COMBINE`.
    """
    notes = [f"{each.quote.source}: {each.why}" for each in quotes if each.why]
    rates = [each.rate for each in quotes if each.used]
    policy = _Policy()
    if ranges is not None and projection is not None:
        policy = _policy(projection, ranges, item, rating, basis)
        notes += policy.told
    low, high = policy.low, policy.high
    quoted = (min(rates), max(rates)) if rates else (NAN, NAN)
    mean = average(quotes)
    if lies_outside(mean, low, high):
        notes.append(f"quotes average {mean:.4%}, outside base rate + premium {span(low, high)}")
    ends, told = _combined((low, high), quoted, combine)
    mid = mean if rates else 0.5 * (ends[0] + ends[1])
    return YieldRange(
        trust, item, basis, *ends, mid, len(quotes), len(rates), *quoted, policy.base, policy.index,
        policy.premium_low, policy.premium_high, policy.source, not np.isnan(low), (*notes, *told),
    )  # fmt: skip


def _combined(
    policy: tuple[float, float], quoted: tuple[float, float], combine: str
) -> tuple[tuple[float, float], list[str]]:
    """One range of the policy's and the quotes'."""
    if combine == "quotes" or (np.isnan(policy[0]) and combine != "premium"):
        return quoted, []
    if combine == "premium" or np.isnan(quoted[0]):
        return policy, []
    if combine == "widest":
        return (min(policy[0], quoted[0]), max(policy[1], quoted[1])), []
    low, high = max(policy[0], quoted[0]), min(policy[1], quoted[1])
    if low > high:
        return policy, ["quotes and base rate + premium do not overlap: the range is that of the premium"]
    return (low, high), []


def all_ranges(
    normalized: Mapping[tuple[str, str], list[Normalized]],
    projection: Projection | None,
    ranges: list[Premium] | None,
    basis: str = "monthly",
    combine: str = "widest",
) -> list[YieldRange]:
    """The acceptable range of every class and the residual of a projection; without one, of every item that is quoted."""
    if projection is None:
        return [_told(range_of(*key, found, basis=basis, combine=combine)) for key, found in normalized.items()]
    trust = projection.trust
    return [
        _told(range_of(
            trust.name, item, normalized.get((trust.name, item), []), basis=basis, projection=projection, ranges=ranges,
            rating=rating_of(trust, item), combine=combine,
        ))
        for item in (*trust.tranches, RESIDUAL)
    ]  # fmt: skip


def _told(one: YieldRange) -> YieldRange:
    """The range with a note where it is a point."""
    return replace(one, notes=(*one.notes, "one quote: the range is a point")) if one.used and not one.wide else one
