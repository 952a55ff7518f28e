"""Acceptable ranges: the row of the policy that fits a class, base rate plus premium, and what quotes say beside it."""

from __future__ import annotations

from typing import Any

import pytest

from tests.valuation.deals import BONDS, INDICES, TERMS, grid_table, small_deal
from xlfv.projection.projection import Projection
from xlfv.tables import Refused
from xlfv.valuation.quote_cash import convert, rate_on
from xlfv.valuation.quotes import by_item, normalize, read_quotes
from xlfv.valuation.ratings import closeness, spelled_rating
from xlfv.valuation.yield_ranges import YieldRange, all_ranges, policy_for, read_ranges

HEADER = [
    "collateral_type",
    "vintage_from",
    "vintage_to",
    "rating",
    "position",
    "base_rate",
    "risk_premium_low",
    "risk_premium_high",
    "source",
]
TYPED = [*TERMS, ["collateral_type", "Alt-A"], ["closing_date", "2006-03-30"]]


@pytest.fixture(scope="module")
def deal() -> Projection:
    bonds = [[*BONDS[0], "original_rating"], *[[*row, r] for row, r in zip(BONDS[1:], ["Aaa", "AA-", ""], strict=True)]]
    return small_deal(bonds=bonds, terms=TYPED, indices=INDICES)


def policy(*rows: list[Any]) -> Any:
    return read_ranges(grid_table("ranges", [HEADER, *rows]))


def ranges(deal: Projection, rows: list[list[Any]], quoted: list[list[Any]], **more: Any) -> dict[str, YieldRange]:
    table = grid_table("quotes", [["item", "source", "date", "quote", "quote_type"], *quoted])
    found = (
        by_item(normalize(read_quotes(table, deal.trust), deal, basis=more.get("basis", "monthly"))) if quoted else {}
    )
    return {one.item: one for one in all_ranges(found, deal, policy(*rows) if rows else None, **more)}


@pytest.mark.parametrize(
    ("word", "spelled"),
    [("Aaa", "AAA"), ("aaa", "AAA"), ("Aa3", "AA-"), ("AA2", "AA"), ("baa1", "BBB+"), ("B1", "B+"), ("B", "B"), ("Ca", "CC"),
     ("BBB-", "BBB-"), ("D", "D"), ("", "NR"), ("NR", "NR"), ("AAA/Aaa", "AAA"), ("prime", ""), ("A9", "")],
)  # fmt: skip
def test_ratings_of_every_agency_are_one_scale(word: str, spelled: str) -> None:
    assert spelled_rating(word) == spelled


@pytest.mark.parametrize(
    ("policy_rating", "rating", "close"),
    [("", "AA", 0), ("AA", "Aa3", 2), ("AA-", "Aa3", 3), ("AA", "AA", 3), ("AA+", "AA", -1), ("A", "AA", -1),
     ("investment grade", "Baa3", 1), ("investment_grade", "BB+", -1), ("below_investment_grade", "CCC", 1), ("unrated", "", 1),
     ("NR", "", 3), ("AA", "", -1)],
)  # fmt: skip
def test_a_policy_names_a_rating_by_sign_letters_or_class(policy_rating: str, rating: str, close: int) -> None:
    assert closeness(policy_rating, rating) == close


def test_the_most_specific_row_counts(deal: Projection) -> None:
    rows = policy(
        [None, None, None, None, None, 0.01, 0.01, 0.02, "any"],
        ["alt-a", None, None, None, None, 0.01, 0.01, 0.02, "type"],
        ["Alt-A", 2004, 2007, None, None, 0.01, 0.01, 0.02, "wide"],
        ["Alt-A", 2006, 2006, None, None, 0.01, 0.01, 0.02, "narrow"],
        ["Alt-A", 2006, None, "AA", "mezzanine", 0.01, 0.01, 0.02, "letters"],
        ["Alt-A", 2006, None, "investment_grade", "mezzanine", 0.01, 0.01, 0.02, "class"],
        ["Alt-A", 2007, None, "AAA", "senior", 0.01, 0.01, 0.02, "later"],
        ["subprime", 2006, 2006, "AAA", "senior", 0.01, 0.01, 0.02, "other"],
    )
    found = {
        item: policy_for(rows, deal.trust, item, rating)
        for item, rating in (("A", "Aaa"), ("M", "AA-"), ("residual", ""))
    }
    assert {item: one.source for item, one in found.items() if not isinstance(one, str)} == {
        "A": "narrow", "M": "letters", "residual": "narrow",
    }  # fmt: skip


def test_none_and_several_are_told(deal: Projection) -> None:
    both = ranges(deal, [["Alt-A", None, None, None, None, 0.01, 0.04, 0.06, None],
                         [None, None, None, None, "senior", 0.01, 0.05, 0.07, None]], [])  # fmt: skip
    assert both["A"].notes == ("ranges are ambiguous: Alt-A and senior fit alike",)
    assert both["M"].low == pytest.approx(0.05)
    apart = ranges(deal, [[None, 2006, 2006, "AA", None, 0.01, 0.04, 0.06, None],
                          [None, 2000, 2009, "AA-", None, 0.01, 0.05, 0.07, None]], [])  # fmt: skip
    assert "ambiguous" in apart["M"].notes[0]  # fewer vintages here, a closer rating there
    none = ranges(deal, [["prime", None, None, None, None, 0.01, 0.04, 0.06, None]], [])["M"]
    assert none.notes == ("no row of ranges is for it (Alt-A, 2006, AA-, mezzanine)",)
    assert none.low != none.low


def test_base_rate_and_premium_make_the_range_on_its_basis(deal: Projection) -> None:
    rows = [["Alt-A", None, None, None, None, "LIBOR_1M", 0.04, 0.06, "desk"]]
    one = ranges(deal, rows, [])["A"]
    assert (one.low, one.high, one.mid) == pytest.approx((0.05, 0.07, 0.06))  # LIBOR_1M of month 0 is 1%
    assert (one.base_rate, one.base, one.premium_low, one.premium_high, one.source) == (
        0.01,
        "LIBOR_1M",
        0.04,
        0.06,
        "desk",
    )
    assert one.premium == pytest.approx(0.05)
    assert one.outside(0.0701)
    assert not one.outside(0.07)
    yearly = ranges(deal, rows, [], basis="annual")["A"]
    assert yearly.high == pytest.approx((1 + 0.07 / 12) ** 12 - 1)
    margin = ranges(deal, rows, [], basis="dm")
    assert margin["A"].high == pytest.approx(rate_on(deal, "A", 0.07, "monthly", "dm"))
    assert margin["A"].of_policy
    assert margin["A"].base_rate != margin["A"].base_rate  # a margin stands on another rate
    missing = ranges(deal, [["Alt-A", None, None, None, None, "SWAP_5Y", 0.04, 0.06, None]], [])["A"]
    assert missing.notes == ("the indices do not hold its base rate SWAP_5Y",)


@pytest.mark.parametrize("basis", ["monthly", "bond_equivalent", "annual"])
@pytest.mark.parametrize("policy_basis", ["monthly", "bond_equivalent", "annual", None])
@pytest.mark.parametrize("base_basis", ["monthly", "bond_equivalent", "annual", None])
def test_base_premium_and_range_each_compound_as_stated(
    deal: Projection, basis: str, policy_basis: str | None, base_basis: str | None
) -> None:
    """By hand: the base of 3% onto the policy's basis, plus 4% and 6% there, and the sums onto the basis asked for."""
    header = ["position", "base_rate", "risk_premium_low", "risk_premium_high", "basis", "base_basis"]
    rows = read_ranges(grid_table("ranges", [header, ["senior", 0.03, 0.04, 0.06, policy_basis, base_basis]]))
    one = all_ranges({}, deal, rows, basis)[0]
    count = {"monthly": 12, "bond_equivalent": 2, "annual": 1, None: 12}
    p = count[policy_basis]
    q = count[base_basis] if base_basis else p

    def on(rate: float, of: int, to: int) -> float:
        return to * ((1 + rate / of) ** (of / to) - 1)

    base, to = on(0.03, q, p), count[basis]
    assert (one.low, one.high) == pytest.approx((on(base + 0.04, p, to), on(base + 0.06, p, to)), abs=1e-14)
    assert one.base_rate == pytest.approx(on(base, p, to), abs=1e-14)
    assert (one.premium_low, one.premium_high) == pytest.approx((one.low - one.base_rate, one.high - one.base_rate))
    assert one.premium == pytest.approx((one.premium_low + one.premium_high) / 2)
    if (p, q, to) == (2, 2, 12):  # 7% bond equivalent is 6.9002% monthly; the two rates added as if monthly would be 7%
        assert one.low == pytest.approx(12 * (1.035 ** (1 / 6) - 1), abs=1e-14)
        assert one.low == pytest.approx(0.069, abs=5e-6)
        assert one.premium_low == pytest.approx(0.039187, abs=5e-6)


def test_quotes_and_premium_make_one_range_as_told(deal: Projection) -> None:
    rows = [["Alt-A", None, None, None, None, 0.01, 0.04, 0.06, None]]  # 5% to 7%
    inside = [["A", "X", "2009-12-31", 0.06, "yield"], ["A", "Y", "2009-12-31", 0.08, "yield"]]
    ends = {how: ranges(deal, rows, inside, combine=how)["A"] for how in ("widest", "overlap", "premium", "quotes")}
    assert {how: (round(one.low, 12), round(one.high, 12)) for how, one in ends.items()} == {
        "widest": (0.05, 0.08), "overlap": (0.06, 0.07), "premium": (0.05, 0.07), "quotes": (0.06, 0.08),
    }  # fmt: skip
    widest = ends["widest"]
    assert widest.mid == pytest.approx(0.07)
    assert (widest.quotes, widest.used, widest.quotes_low, widest.quotes_high) == (2, 2, 0.06, 0.08)
    apart = ranges(deal, rows, [["A", "X", "2009-12-31", 0.09, "yield"]], combine="overlap")["A"]
    assert (apart.low, apart.high) == pytest.approx((0.05, 0.07))
    assert "outside base rate + premium 5.0000% to 7.0000%" in apart.notes[0]
    assert "do not overlap" in apart.notes[1]


def test_quotes_alone_make_a_range(deal: Projection) -> None:
    quoted = [
        ["M", "X", "2009-12-31", 0.12, "yield"],
        ["M", "Y", "2009-12-01", 0.14, "yield"],
        ["A", "X", "2009-12-31", 0.1, "yield"],
    ]
    found = ranges(deal, [], quoted)
    assert (found["M"].low, found["M"].high, found["M"].mid) == pytest.approx((0.12, 0.14, 0.13))
    assert found["A"].notes == ("one quote: the range is a point",)
    assert found["B"].low != found["B"].low
    table = grid_table("quotes", [["trust", "item", "source", "date", "quote", "quote_type", "basis"],
                                  ["T", "M", "X", "2009-12-31", 0.12, "yield", "annual"],
                                  ["t", "m", "Y", "2009-12-31", 0.14, "yield", "annual"]])  # fmt: skip
    (alone,) = all_ranges(by_item(normalize(read_quotes(table))), None, None)
    assert (alone.trust, alone.item, alone.used) == ("T", "M", 2)
    assert alone.low == pytest.approx(convert(0.12, "annual", "monthly"))


FAULTS: dict[str, tuple[list[Any], str]] = {
    "premium upside down": (
        [None, None, None, None, "io", 0.01, 0.06, 0.04, None],
        "premiums runs from 0.06 down to 0.04",
    ),
    "vintage upside down": (
        [None, 2007, 2005, None, None, 0.01, 0.04, 0.06, None],
        "vintage runs from 2007 down to 2005",
    ),
    "percent premium": (
        [None, None, None, None, "senior", 0.01, 4, 6, None],
        "risk_premium_low is 4, a rate of 100% or more",
    ),
    "percent base": ([None, None, None, None, "z", 2.5, 0.04, 0.06, None], "write it as a decimal: 0.025"),
    "unknown index": ([None, None, None, None, "po", "SWAPS_5Y", 0.04, 0.06, None], "did you mean SWAP_5Y?"),
    "no rating": ([None, None, None, "prime", None, 0.01, 0.04, 0.06, None], "'prime' is not a rating"),
    "no position": ([None, None, None, None, "junior", 0.01, 0.04, 0.06, None], "position 'junior' is not known"),
    "no base": ([None, None, None, None, "residual", None, 0.04, 0.06, None], "base_rate is blank"),
}


@pytest.mark.parametrize(("row", "words"), FAULTS.values(), ids=FAULTS.keys())
def test_bad_ranges_are_refused(row: list[Any], words: str) -> None:
    with pytest.raises(Refused) as refusal:
        policy(row)
    assert words in str(refusal.value)


def test_every_fault_is_named_and_a_row_that_stands_twice() -> None:
    with pytest.raises(Refused) as refusal:
        policy(*[row for row, _ in FAULTS.values()])
    assert len(refusal.value.faults) == len(FAULTS) + 1  # both ends of the premium in percent
    with pytest.raises(Refused, match="the range for alt-a, senior stands twice"):
        policy(
            ["Alt-A", None, None, None, "senior", 0.01, 0.04, 0.06, None],
            ["alt-a", None, None, None, "senior", 0.01, 0.05, 0.06, None],
        )
