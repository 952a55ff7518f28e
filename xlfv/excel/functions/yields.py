"""The yield register in cells: quotes on one basis, acceptable ranges, and the review of the yields chosen."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Callable
from typing import TypeVar

from xlfv.excel.arguments import Arg
from xlfv.excel.functions.projection import PROJECTION, attempt
from xlfv.excel.functions.value import BASIS, YIELDS
from xlfv.excel.registry import Example, function
from xlfv.projection.projection import Projection
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.valuation.quotes import STALE_DAYS, by_item, normalize, read_quotes
from xlfv.valuation.yield_ranges import COMBINE, all_ranges, read_ranges
from xlfv.valuation.yield_review import BP, Limits, Reviewed, read_others, register_quotes
from xlfv.valuation.yield_review import review as review_yields
from xlfv.valuation.yields import read_yields

T = TypeVar("T")
_LETTER = "Impac Mortgage Holdings, letter to the SEC of 3 February 2011, response 1"
_SF = "Bond Market Association, Standard Formulas (1999), SF-44 to SF-55"
_QUOTES = "one row a quote: item, source, date, quote, quote_type (price, yield, dm); settlement, basis, orderly, weight as given"
QUOTES = Arg("quotes", "table", _QUOTES)
MAYBE_QUOTES = Arg("quotes", "table", f"{_QUOTES}; blank: none, in a review those beside the yields", default=None)
MAYBE_PROJECTION = Arg("projection", "handle", "the projection, without which only quoted yields say a yield",
                       default=None, of="projection")  # fmt: skip
RANGES = Arg("ranges", "table", "risk premiums by collateral_type, vintage_from, vintage_to, rating, position: base_rate,"
             " risk_premium_low, risk_premium_high", default=None)  # fmt: skip
STALE = Arg("stale_days", "integer", "a quote older than so many days counts for nothing", unit="days",
            default=STALE_DAYS, low=0, high=3660)  # fmt: skip
COMBINED = Arg("combine", "text", "base rate + premium and quotes: widest (from the lowest to the highest), overlap, or one alone",
               default="widest", choices=COMBINE)  # fmt: skip
AS_OF = Arg(
    "as_of", "date", "valuation date; blank: that of the projection, else the date of the latest quote", default=None
)


def _number(value: float) -> float | None:
    """A number, or a blank where it is not known."""
    return None if math.isnan(value) else value


def _points(gap: float) -> float | None:
    """Basis points of a difference, to a millionth."""
    return None if math.isnan(gap) else round(gap / BP, 6) + 0.0


def _given(reader: Callable[[Table], T], table: Table | None, faults: list[Fault]) -> T | None:
    """A table read where it is given; its faults join the others'."""
    return None if table is None else attempt(reader, table, faults)


def _dated(projection: Projection | None, as_of: dt.date | None) -> dt.date | None:
    """The valuation date.

    Raises:
        Refused: it is given and is not the projection's.
    """
    if projection is not None and as_of is not None and as_of != projection.as_of:
        raise Refused(Fault(f"as_of is {as_of}, the projection's {projection.as_of}", "as_of", "leave it blank"))
    return projection.as_of if projection is not None else as_of


@function(
    "XLFV_QUOTES",
    family="value",
    args=[QUOTES, MAYBE_PROJECTION, BASIS, AS_OF, STALE],
    result="grid",
    unit="yields in decimals a year, prices per 100 of balance, age in days",
    source=_SF,
    errors=[
        "#VALUE!: when a quote is from the future, of an item that the trust does not have, stands twice or is in percent"
    ],
    example=Example("=XLFV_QUOTES(quotes, projection)", [
        ["trust", "item", "source", "date", "quote", "quote_type", "settlement", "age", "basis", "yield", "price", "weight", "why"],
        ["SAMPLE-1", "A", "pricing service", dt.date(2009, 12, 31), 85.25, "price", dt.date(2010, 1, 5), 0, "monthly", 0.07932747,
         85.163375, 2, ""],
        ["SAMPLE-1", "A", "dealer 1", dt.date(2009, 12, 29), 0.0815, "yield", dt.date(2009, 12, 31), 2, "monthly", 0.08014969,
         84.98951, 1, ""],
        ["SAMPLE-1", "A", "dealer 2", dt.date(2009, 11, 16), 83, "price", dt.date(2009, 12, 31), 45, "monthly", 0.08976653, 83, 0,
         "stale: 45 days old, more than 30"],
    ]),
)  # fmt: skip
def quotes_on_one_basis(
    quotes: Table, projection: Projection | None, basis: str, as_of: dt.date | None, stale_days: int
) -> list[list[object]]:
    """Every quote as a yield of our own expected cash on one basis, its weight, and why where it counts for nothing.

    A price is that of payments after its settlement date, accrued interest added where it is clean: from accrual_start,
    else from the last remittance settled (without remittance dates from the as-of date). A quoted yield or margin is one of the quoter's cash: where assumed_cpr, assumed_cdr, assumed_severity or
    assumed_delay_days are given, the trust is projected so, and our cash yields what that value says; else it only changes its
    basis. price is the clean price on the as-of date at that yield. What is not orderly, stale, of weight 0, or says no yield
    has a weight of 0, and why says so. Without a projection prices and margins say no yield.
    """
    date = _dated(projection, as_of)
    read = read_quotes(quotes, projection.trust if projection else None, date)
    rows: list[list[object]] = [
        [
            "trust",
            "item",
            "source",
            "date",
            "quote",
            "quote_type",
            "settlement",
            "age",
            "basis",
            "yield",
            "price",
            "weight",
            "why",
        ]
    ]
    for one in normalize(read, projection, as_of=date, basis=basis, stale_days=stale_days):
        quote = one.quote
        rows.append([
            quote.trust, quote.item, quote.source, quote.date, quote.value, quote.kind,
            quote.settlement or (projection.as_of if projection else None), float(one.age), one.basis, _number(one.rate),
            _number(one.price), one.weight, one.why,
        ])  # fmt: skip
    return rows


@function(
    "XLFV_YIELD_RANGE",
    family="value",
    args=[MAYBE_QUOTES, MAYBE_PROJECTION, RANGES, BASIS, AS_OF, STALE, COMBINED],
    result="grid",
    unit="decimals a year on the basis; numbers of quotes",
    source=_LETTER,
    errors=["#VALUE!: when quotes or ranges have faults, ranges are given without a projection, or nothing is given"],
    example=Example("=XLFV_YIELD_RANGE(quotes, projection, ranges)", [
        ["trust", "item", "basis", "low", "high", "mid", "quotes", "used", "quotes_low", "quotes_high", "base_rate", "base_index",
         "premium_low", "premium_high", "premium", "source", "notes"],
        ["SAMPLE-1", "A", "monthly", 0.0573094, 0.0923094, 0.07960155, 3, 2, 0.07932747, 0.08014969, 0.0023094, "LIBOR_1M", 0.055,
         0.09, 0.07729215, "dealers' research", "dealer 2: stale: 45 days old, more than 30"],
        ["SAMPLE-1", "M", "monthly", 0.1423094, 0.2223094, 0.175, 2, 1, 0.175, 0.175, 0.0023094, "LIBOR_1M", 0.14, 0.22, 0.1726906,
         "dealers' research", "dealer 1: not orderly"],
    ]),
)  # fmt: skip
def yield_range(
    quotes: Table | None, projection: Projection | None, ranges: Table | None, basis: str, as_of: dt.date | None,
    stale_days: int, combine: str,
) -> list[list[object]]:  # fmt: skip
    """The acceptable range of yields of each class and the residual: base rate plus risk premium, and what quotes say.

    Quotes are put on one basis as XLFV_QUOTES does. mid is the weighted average of those that count, without one the middle of
    the range; premium is mid less base_rate. The row of ranges is the most specific that fits the trust's collateral_type,
    the year of its closing_date, the class's original_rating and its kind; that none or several fit is told in notes. A base rate
    by name is that index in month 0, quoted on base_basis; ranges add it and the premium on their own basis, and all rates here are
    on the basis asked for: base_rate + premium_low is the policy's low (of a discount margin neither stands). From quotes alone (yields) no projection is needed: items are then those quoted.
    """
    date = _dated(projection, as_of)
    if quotes is None and (projection is None or ranges is None):
        raise Refused(Fault("there is nothing to make a range of", todo="give quotes, or a projection and ranges"))
    if ranges is not None and projection is None:
        raise Refused(Fault("ranges are given without a projection", "ranges", "give the projection of the trust"))
    faults: list[Fault] = []
    trust = projection.trust if projection else None
    read = _given(lambda table: read_quotes(table, trust, date), quotes, faults)
    policy = _given(read_ranges, ranges, faults)
    refuse_if(faults)
    found = by_item(normalize(read or [], projection, as_of=date, basis=basis, stale_days=stale_days))
    rows: list[list[object]] = [[
        "trust", "item", "basis", "low", "high", "mid", "quotes", "used", "quotes_low", "quotes_high", "base_rate", "base_index",
        "premium_low", "premium_high", "premium", "source", "notes",
    ]]  # fmt: skip
    for one in all_ranges(found, projection, policy, basis, combine):
        numbers = (
            one.low,
            one.high,
            one.mid,
            float(one.quotes),
            float(one.used),
            one.quotes_low,
            one.quotes_high,
            one.base_rate,
        )
        rows.append([
            one.trust, one.item, one.basis, *map(_number, numbers), one.base, _number(one.premium_low),
            _number(one.premium_high), _number(one.premium), one.source, "; ".join(one.notes),
        ])  # fmt: skip
    return rows


_HEAD = [
    "trust", "item", "kind", "rating", "basis", "yield", "low", "high", "in_range", "acceptable_low", "acceptable_high",
    "base_rate", "risk_premium", "last_month", "change_bp", "quotes_used", "quoted", "quoted_difference_bp", "peers", "peer_group",
    "peer_median", "peer_difference_bp", "needs_reason", "reason", "chosen_by", "chosen_date", "approved_by", "flags",
]  # fmt: skip


def _row(trust: str, one: Reviewed) -> list[object]:
    chosen, acceptable = one.chosen, one.acceptable
    base = chosen.base_rate if not math.isnan(chosen.base_rate) else acceptable.base_rate
    premium = chosen.risk_premium
    if math.isnan(premium) and chosen.basis != "dm":  # a margin is a premium itself, over another rate
        premium = chosen.rate - base
    return [
        trust, one.item, one.kind, one.rating, chosen.basis, chosen.rate, _number(one.low), _number(one.high), one.in_range,
        _number(acceptable.low), _number(acceptable.high), _number(base), _number(premium), _number(one.before),
        _points(one.change), float(acceptable.used), _number(one.quoted), _points(one.difference), float(one.peers), one.alike,
        _number(one.peer), _points(one.peer_difference), "; ".join(one.needs), chosen.reason, chosen.chosen_by,
        chosen.chosen_date, chosen.approved_by, "; ".join(one.flags),
    ]  # fmt: skip


@function(
    "XLFV_YIELD_REVIEW",
    family="value",
    args=[
        PROJECTION, YIELDS, MAYBE_QUOTES,
        Arg("previous", "table", "the trust's yields of last month, columns as in yields", default=None),
        Arg("peers", "table", "yields of other trusts, columns as in yields with trust, kind and rating", default=None),
        RANGES, STALE,
        Arg("change_limit", "number", "change against last month that needs a reason", unit="decimal", default=0.01, low=0,
            high=1),
        Arg("difference_limit", "number", "difference to quotes, or to peers, that needs a reason", unit="decimal", default=0.01,
            low=0, high=1),
        COMBINED,
    ],
    result="grid",
    unit="decimals a year on the basis of each yield; differences in basis points",
    source=_LETTER,
    errors=["#VALUE!: when a table has a fault: a yield outside its range without a reason, a quote from the future and so on"],
    example=Example("=XLFV_YIELD_REVIEW(projection, register, quotes, last_month, peers, ranges)", [
        [*_HEAD],
        ["SAMPLE-1", "A", "senior", "BB", "monthly", 0.0825, 0.06, 0.1, "yes", 0.0573094, 0.0923094, 0.0023, 0.0802, 0.085, -25, 2,
         0.07960155, 28.984547, 2, "senior BB", 0.08, 25, "", "quotes of two sources", "analyst", dt.date(2010, 1, 8), "",
         "dealer 2: stale: 45 days old, more than 30"],
        ["SAMPLE-1", "M", "mezzanine", "CCC", "monthly", 0.185, 0.14, 0.18, "no", 0.1423094, 0.2223094, 0.0023, 0.1827, 0.18, 50, 1,
         0.175, 100, 1, "mezzanine CCC", 0.19, -50, "outside its range", "thinly traded: above the one quote", "analyst",
         dt.date(2010, 1, 8), "", "outside its range; dealer 1: not orderly"],
    ]),
)  # fmt: skip
def yield_review(
    projection: Projection, yields: Table, quotes: Table | None, previous: Table | None, peers: Table | None,
    ranges: Table | None, stale_days: int, change_limit: float, difference_limit: float, combine: str,
) -> list[list[object]]:  # fmt: skip
    """Chosen yields under review: in range, against last month, against quotes on our cash, against peers; what needs a reason.

    low and high are the register's, where it gives none the acceptable ones of XLFV_YIELD_RANGE. Without a table of quotes those
    beside the yields count (quote, quote_type, source, quote_date, settlement, orderly, weight). Quotes and last month are put on
    the basis of the yield. Peers are yields of the same kind in other trusts, of the same rating where any has it. needs_reason
    says why a reason is needed: outside its range or that of a policy, no range, or further than the limits from last month, quotes or
    peers; where it is missing, flags begin with "reason missing". base_rate and risk_premium are the register's, else those of ranges.
    """
    faults: list[Fault] = []
    trust = projection.trust
    chosen = attempt(lambda table: read_yields(table, trust), yields, faults)
    quoted = _given(lambda table: read_quotes(table, trust), quotes, faults)
    if quotes is None:
        quoted = attempt(lambda table: register_quotes(table, trust), yields, faults) if chosen is not None else None
    last = _given(lambda table: read_others(table, trust, peers=False), previous, faults)
    others = _given(lambda table: read_others(table, trust, peers=True), peers, faults)
    policy = _given(read_ranges, ranges, faults)
    refuse_if(faults)
    assert chosen is not None
    limits = Limits(stale_days, change_limit, difference_limit, combine)
    found = review_yields(projection, chosen, quoted or (), last, others, policy, limits)
    return [list(_HEAD), *(_row(trust.name, one) for one in found)]
