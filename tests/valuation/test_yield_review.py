"""The register of yields and its review: outside needs a reason, and every comparison on one basis."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import INDICES, TERMS, grid_table, small_deal
from xlfv.projection.projection import Projection
from xlfv.tables import Refused
from xlfv.valuation import tranches
from xlfv.valuation.quotes import read_quotes
from xlfv.valuation.yield_ranges import read_ranges
from xlfv.valuation.yield_review import Limits, Reviewed, read_others, register_quotes, review
from xlfv.valuation.yields import read_yields, yield_notices

HEADER = [
    "item",
    "yield",
    "low",
    "high",
    "basis",
    "reason",
    "chosen_by",
    "chosen_date",
    "base_rate",
    "risk_premium",
    "rating",
]
ROWS: list[list[Any]] = [
    ["A", 0.07, 0.06, 0.08, None, None, "desk", "2010-01-08", 0.02, 0.05, "AA"],
    ["M", 0.12, 0.10, 0.14, None, None, "desk", "2010-01-08", None, None, None],
    ["B", 0.25, 0.20, 0.30, None, None, "desk", None, None, None, None],
    ["residual", 0.30, 0.25, 0.35, None, None, "desk", None, None, None, None],
]


@pytest.fixture(scope="module")
def deal() -> Projection:
    return small_deal(terms=[*TERMS, ["remittance_day", 25]], indices=INDICES)


def register(**changed: dict[str, Any]) -> Any:
    """The register with some cells of some items changed."""
    rows = [[changed.get(row[0], {}).get(name, cell) for name, cell in zip(HEADER, row, strict=True)] for row in ROWS]
    return grid_table("yields", [HEADER, *rows])


def reviewed(deal: Projection, table: Any, **others: Any) -> dict[str, Reviewed]:
    return {one.item: one for one in review(deal, read_yields(table, deal.trust), **others)}


@pytest.mark.parametrize(("rate", "words"), [(0.15, "15.0000%"), (0.09, "9.0000%")])
def test_a_yield_outside_its_range_is_refused_without_a_reason_and_told_with_one(
    deal: Projection, rate: float, words: str
) -> None:
    for empty in (None, "   "):
        with pytest.raises(Refused) as refusal:
            read_yields(register(M={"yield": rate, "reason": empty}), deal.trust)
        assert f"the yield of M ({words}) lies outside its range 10.0000% to 14.0000% and has no reason" in str(
            refusal.value
        )
    chosen = read_yields(register(M={"yield": rate, "reason": "forced sales"}), deal.trust)
    assert [item for item, one in chosen.items() if one.outside] == ["M"]
    assert yield_notices(chosen) == (
        f"the yield of M ({words}) lies outside its range 10.0000% to 14.0000%: forced sales",
    )
    assert yield_notices(read_yields(register(), deal.trust)) == ()


def test_one_end_is_a_range_and_the_ends_belong_to_it(deal: Projection) -> None:
    with pytest.raises(Refused, match=r"outside its range up to 11.0000%"):
        read_yields(register(M={"low": None, "high": 0.11}), deal.trust)
    with pytest.raises(Refused, match=r"outside its range from 13.0000%"):
        read_yields(register(M={"low": 0.13, "high": None}), deal.trust)
    assert read_yields(register(M={"low": 0.12, "high": 0.12}), deal.trust)["M"].rate == 0.12
    total = 0.1 + 0.2  # 0.30000000000000004 in any spreadsheet
    assert not read_yields(register(B={"yield": total, "high": 0.3}), deal.trust)["B"].outside


def test_every_fault_of_the_register_is_named(deal: Projection) -> None:
    rows = [*ROWS, ["Q", 0.1, *[None] * 9], ["A", 0.1, *[None] * 9]]
    rows[1] = ["M", 0.2, 0.1, 0.15, *[None] * 7]
    rows[2] = ["B", 0.2, 0.3, 0.25, *[None] * 7]
    rows[3] = ["residual", 30, *[None] * 9]
    header = [*HEADER, "quote_date", "kind"]
    full = [[*row, None, None] for row in rows]
    full[0][-2:] = ["2010-01-02", "mezzanine"]
    with pytest.raises(Refused) as refusal:
        read_yields(grid_table("yields", [header, *full]), deal.trust)
    told = str(refusal.value)
    for words in (
        "M (20.0000%) lies outside", "range of B runs from 0.3 down to 0.25", "yield is 30", "A has a quote from the future: 2010-01-02",
        "A is called mezzanine; the bonds say senior", "'Q', which SMALL does not have", "A has two yields",
    ):  # fmt: skip
        assert words in told
    assert len(refusal.value.faults) == 7


def test_an_item_twice_is_refused_in_other_trusts_too(deal: Projection) -> None:
    rows = [["SMALL", *row[:2]] for row in ROWS] + [["T2", "A", 0.1], ["t2", "a", 0.1], ["T3", "A", 0.1]]
    with pytest.raises(Refused, match="t2 a has two yields") as refusal:
        read_yields(grid_table("yields", [["trust", "item", "yield"], *rows]), deal.trust)
    assert len(refusal.value.faults) == 1


def test_who_chose_it_when_and_what_it_is_made_of_are_kept(deal: Projection) -> None:
    one = read_yields(register(A={"reason": "two quotes"}), deal.trust)["A"]
    assert (one.base_rate, one.risk_premium, one.chosen_by, str(one.chosen_date), one.reason, one.rating) == (
        0.02, 0.05, "desk", "2010-01-08", "two quotes", "AA",
    )  # fmt: skip


def test_a_row_for_every_class_and_the_residual(deal: Projection) -> None:
    rows = reviewed(deal, register())
    assert list(rows) == ["A", "M", "B", "residual"]
    assert {one.in_range for one in rows.values()} == {"yes"}
    assert [one.kind for one in rows.values()] == ["senior", "mezzanine", "subordinate", "residual"]
    assert not any(one.needs or one.flags for one in rows.values())
    outside = reviewed(deal, register(M={"yield": 0.15, "reason": "forced sales"}))["M"]
    assert (outside.in_range, outside.needs) == ("no", ("outside its range",))
    assert "reason missing" not in outside.flags
    free = reviewed(deal, register(M={"low": None, "high": None}))["M"]
    assert (free.in_range, free.needs, free.flags[0]) == ("no range", ("no range",), "reason missing")


def test_last_month_is_put_on_the_basis_of_this_one(deal: Projection) -> None:
    header = ["item", "yield", "basis"]
    rows = [["A", 0.0725, None], ["m", 1.01**12 - 1 + 0.02, "annual"], ["B", 0.1, "dm"]]
    last = read_others(grid_table("previous", [header, *rows]), deal.trust, peers=False)
    found = reviewed(deal, register(), previous=last)
    assert found["A"].change == pytest.approx(-0.0025)
    assert found["A"].needs == ()
    annual = 12 * ((1.01**12 + 0.02) ** (1 / 12) - 1)
    assert found["M"].change == pytest.approx(0.12 - annual, abs=1e-14)
    assert found["M"].needs == ("-178 bp against last month",)
    assert found["M"].flags[0] == "reason missing"
    assert found["B"].before != found["B"].before
    assert "basis was dm" in found["B"].flags
    assert "no yield last month" in found["residual"].flags
    assert reviewed(deal, register(), previous=last, limits=Limits(change=0.02))["M"].needs == ()


def test_quotes_are_put_on_our_cash_and_on_the_basis_of_the_yield(deal: Projection) -> None:
    rows = [
        ["A", "X", "2009-12-31", 92.0, "price", 3],
        ["A", "Y", "2009-12-31", 0.08, "yield", 1],
        ["M", "X", "2009-11-01", 60, "price", 1],
    ]
    given = read_quotes(
        grid_table("quotes", [["item", "source", "date", "quote", "quote_type", "weight"], *rows]), deal.trust
    )
    one = reviewed(deal, register(A={"basis": "annual"}), quotes=given)["A"]
    wanted = (3 * tranches.tranche_yield(deal, "A", 92.0, "annual") + ((1 + 0.08 / 12) ** 12 - 1)) / 4
    assert one.quoted == pytest.approx(wanted, abs=1e-12)
    assert one.difference == pytest.approx(0.07 - wanted, abs=1e-12)
    assert one.needs == (
        f"{1e4 * (0.07 - wanted):+.0f} bp against quotes",
    )  # without a policy quotes are no second range
    free = {"low": None, "high": None, "yield": 0.05}
    assert reviewed(deal, register(A=free), quotes=given)["A"].needs[0] == "outside its range"
    assert reviewed(deal, register(A=free), quotes=given[1:])["A"].in_range == "no range"  # one quote is none
    stale = reviewed(deal, register(), quotes=given)["M"]
    assert stale.quoted != stale.quoted
    assert stale.flags[0] == "no quote counts"
    assert reviewed(deal, register(), quotes=given, limits=Limits(stale_days=60))["M"].acceptable.used == 1


def test_quotes_beside_the_yields_count_where_no_table_of_quotes_is_given(deal: Projection) -> None:
    header = [
        "note",
        "item",
        "yield",
        "basis",
        "quote",
        "quote_type",
        "source",
        "quote_date",
        "settlement",
        "orderly",
        "weight",
    ]
    rows = [
        [None, "A", 0.07, None, 92, "price", "X", "2009-12-28", "2010-01-04", None, None],
        [None, "M", 0.12, "annual", 0.13, "yield", None, None, None, None, None],
        [None, "B", 0.25, None, 70, "price", "X", "2009-12-31", None, "no", None],
        [None, "residual", 0.3, None, None, None, "X", None, None, None, None],
        [None, "collateral", 0.3, None, 99, "price", None, None, None, None, None],
    ]
    table = grid_table("yields", [header, *rows])
    found = reviewed(deal, table, quotes=register_quotes(table, deal.trust))
    price = read_quotes(grid_table("quotes", [["item", "source", "date", "quote", "quote_type", "settlement"],
                                              ["A", "X", "2009-12-28", 92, "price", "2010-01-04"]]), deal.trust)  # fmt: skip
    assert found["A"].quoted == reviewed(deal, table, quotes=price)["A"].quoted
    assert found["M"].difference == pytest.approx(-0.01)
    assert "X: not orderly" in found["B"].flags
    rows[0][4:6] = [-5, None]
    rows[1][4] = 13
    with pytest.raises(Refused) as refusal:
        register_quotes(grid_table("yields", [header, *rows]), deal.trust)
    assert [(fault.what, fault.where) for fault in refusal.value.faults] == [
        ("quote_type is blank", "yields row 2, column F of the range, column quote_type, item A"),
        ("the yield of M by register is 13, 1300%", "yields row 3, column E of the range, column quote"),
    ]
    assert register_quotes(register(), deal.trust) == []


@given(
    rate=st.floats(0.0, 0.5),
    low=st.none() | st.floats(0.0, 0.5),
    high=st.none() | st.floats(0.0, 0.5),
    why=st.sampled_from(["", "w"]),
)
def test_a_yield_is_read_exactly_where_it_is_inside_or_has_a_reason(
    deal: Projection, rate: float, low: float | None, high: float | None, why: str
) -> None:
    ends = (-1.0 if low is None else low, 9.0 if high is None else high)
    inside = ends[0] - 1e-12 <= rate <= ends[1] + 1e-12
    table = register(M={"yield": rate, "low": low, "high": high, "reason": why})
    if ends[0] > ends[1] or not (inside or why):
        with pytest.raises(Refused) as refusal:
            read_yields(table, deal.trust)
        assert len(refusal.value.faults) == 1
    else:
        assert read_yields(table, deal.trust)["M"].outside is not inside


def test_peers_are_of_the_same_kind_and_rating_in_other_trusts(deal: Projection) -> None:
    header = ["trust", "item", "yield", "basis", "kind", "rating"]
    rows = [
        ["T2", "A-1", 0.080, None, "senior", "Aa2"], ["T2", "A-2", 0.5, None, "senior", "CCC"], ["T3", "A", 0.090, None, "senior", "AA"],
        ["SMALL", "A", 0.9, None, "senior", "AA"], ["T2", "M", 1.015**12 - 1, "annual", "mezzanine", None],
        ["T2", "residual", 0.31, None, None, None], ["T3", "residual", 0.35, None, None, None], ["T4", "residual", 0.32, None, None, None],
    ]  # fmt: skip
    others = read_others(grid_table("peers", [header, *rows]), deal.trust, peers=True)
    found = reviewed(deal, register(), peers=others)
    assert (found["A"].alike, found["A"].peers) == ("senior AA", 2)
    assert found["A"].peer == pytest.approx(0.085)
    assert found["A"].needs == ("-150 bp against peers",)
    assert (found["M"].alike, found["M"].peers) == ("mezzanine", 1)
    assert found["M"].peer == pytest.approx(0.18, abs=1e-14)
    assert "no peers" in found["B"].flags
    assert (found["residual"].peer, found["residual"].peer_difference) == pytest.approx((0.32, -0.02))


def test_the_policy_is_a_second_range(deal: Projection) -> None:
    header = ["position", "base_rate", "risk_premium_low", "risk_premium_high"]
    rows = [["senior", 0.02, 0.06, 0.08], [None, "LIBOR_1M", 0.05, 0.50]]
    ranges = read_ranges(grid_table("ranges", [header, *rows]))
    found = reviewed(deal, register(M={"low": None, "high": None}), ranges=ranges)
    assert found["A"].in_range == "yes"
    assert found["A"].needs == ("outside the acceptable range",)
    assert (found["M"].in_range, found["M"].low, found["M"].high) == ("yes", pytest.approx(0.06), pytest.approx(0.51))
    low = reviewed(deal, register(M={"low": None, "high": None, "yield": 0.05}), ranges=ranges)["M"]
    assert (low.in_range, low.needs[0], low.flags[0]) == ("no", "outside its range", "reason missing")


def test_other_things_to_look_at(deal: Projection) -> None:
    made = {"base_rate": 0.02, "risk_premium": 0.04}
    assert "base rate + risk premium is 6.0000%, not the yield" in reviewed(deal, register(A=made))["A"].flags
    high = reviewed(deal, register(residual={"yield": 1.1, "high": None}))["residual"]
    assert high.flags == ("over 100% a year",)
    assert "nobody is named" in reviewed(deal, register(B={"chosen_by": None}))["B"].flags
    rows = [*[[*row[:2]] for row in ROWS], ["collateral", 0.09]]
    assert list(reviewed(deal, grid_table("yields", [["item", "yield"], *rows])))[-1] == "collateral"


def test_bad_tables_of_others_are_refused(deal: Projection) -> None:
    header = ["trust", "item", "yield", "kind"]
    rows = [
        [None, "A", 0.1, "senior"],
        ["T", "A", 0.1, None],
        ["T", "B", 0.1, None],
        ["T", "a", 0.1, "senior"],
        ["T", "M", 10, "io"],
    ]
    with pytest.raises(Refused) as refusal:
        read_others(grid_table("peers", [header, *rows]), deal.trust, peers=True)
    told = str(refusal.value)
    for words in ("yield is 10", "T a has two yields", "peers without a trust: A", "peers without a kind: T A, T B"):
        assert words in told
    assert len(refusal.value.faults) == 4
    with pytest.raises(Refused, match="no other trust"):
        read_others(grid_table("peers", [header, ["SMALL", "A", 0.1, None]]), deal.trust, peers=True)
    with pytest.raises(Refused, match="no yield of SMALL"):
        read_others(grid_table("previous", [header, ["T", "A", 0.1, None]]), deal.trust, peers=False)
