"""Rollforwards of several trusts and months, the letter's sentence, real estate owned apart, long-term debt."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xlfv.excel import call
from xlfv.excel.example_deal import DEAL
from xlfv.reporting.forms import add_up, build_by_trust, grid, grid_by_trust, read_grid
from xlfv.reporting.net_gain import NetGain, net_gain, sentence
from xlfv.reporting.rollforward import ACTIVITY, FURTHER, ITEMS, Rollforward, build_rollforward
from xlfv.tables import Refused, from_grid

OPENING, MOVES, CLOSING = DEAL["opening"], DEAL["activity"], DEAL["closing"]


def stacked(*names: str) -> list[list]:
    return [
        [["trust", *grid_[0]], *[[name, *row] for name in names for row in grid_[1:]]]
        for grid_ in (OPENING, MOVES, CLOSING)
    ]


def tables(grids: list[list]) -> list:
    return [from_grid(name, grid_) for name, grid_ in zip(("begin", "activity", "end"), grids, strict=True)]


def test_trusts_stacked_are_rolled_forward_each_and_in_total():
    shown = call("XLFV_ROLLFORWARD", *stacked("T1", "T2"))
    single = call("XLFV_ROLLFORWARD", OPENING, MOVES, CLOSING)
    assert [row[1:] for row in shown if row[0] == "T1"] == single[1:]
    for twice, once in zip([row[2:] for row in shown if row[0] == "All trusts"], single[1:], strict=True):
        assert twice == pytest.approx([2.0 * amount for amount in once[1:]])


def test_a_trust_in_one_table_only_twice_in_another_or_without_a_name_is_refused():
    begin, moves, end = stacked("T1", "T2")
    with pytest.raises(Refused) as refusal:
        build_by_trust(*tables([[*begin, ["T3", *OPENING[1]]], moves, end]))
    assert "T3 is not in end" in str(refusal.value)
    with pytest.raises(Refused, match=r"T1: begin has 2 rows of amounts"):
        build_by_trust(*tables([[*begin, begin[1]], moves, end]))
    with pytest.raises(Refused, match="the trust is blank"):
        build_by_trust(*tables([begin, [*moves, [None, *moves[1][1:]]], end]))
    with pytest.raises(Refused, match="end has no column trust"):
        build_by_trust(*tables([begin, moves, CLOSING]))


amounts = st.fixed_dictionaries({item: st.floats(-1e7, 1e7) for item in ITEMS})
ROWS = [row for row in (*ACTIVITY, *FURTHER) if row != "transfers"]


@st.composite
def rollforwards(draw) -> Rollforward:
    rows = {row: draw(amounts) if row in ROWS else dict.fromkeys(ITEMS, 0.0) for row in (*ACTIVITY, *FURTHER)}
    return Rollforward(draw(amounts), rows, draw(amounts))


@given(rollforwards())
def test_a_printed_rollforward_is_read_back_as_it_was(one):
    read = read_grid(from_grid("r", grid(one, "later")))[""]
    assert len(read) == 1
    for item in ITEMS:
        assert (read[0].begin[item], read[0].end[item]) == pytest.approx((one.begin[item], one.end[item]), abs=1e-6)
        for row in ROWS:
            assert read[0].amount(row, item) == pytest.approx(one.amount(row, item), abs=1e-6)


@given(st.lists(rollforwards(), min_size=1, max_size=4).flatmap(lambda x: st.tuples(st.just(x), st.permutations(x))))
def test_trusts_add_up_in_any_order_to_the_last_bit(pair):
    parts, shuffled = pair
    assert add_up(parts) == add_up(shuffled)
    for item in ITEMS:
        assert add_up(parts).gap(item) == pytest.approx(sum(part.gap(item) for part in parts), abs=1e-3)


@given(rollforwards())
def test_the_letters_rows_hold_what_the_later_ones_do(one):
    folded, item = one.letter, ITEMS[1]
    missing = one.amount("oci", item) + one.amount("unexplained", item)
    assert folded.gap(item) == pytest.approx(one.gap(item) - missing, abs=1e-3)


def test_months_by_trust_are_chained_each_and_in_total():
    parts = read_grid(from_grid("r", DEAL["rollforwards"]))[""]
    names = {"T1": parts[0], "T2": parts[0]}, {"T1": parts[1], "T2": parts[1]}
    months = [row for k, month in enumerate(names) for row in grid_by_trust(month)[k and 0 :]]
    shown = call("XLFV_CHAIN_ROLLFORWARDS", months)
    last = {row[0]: row[3] for row in shown if row[1] == "Recorded book value, closing"}
    assert last == {"T1": 950.0, "T2": 950.0, "All trusts": 1900.0}
    assert call("XLFV_CHAIN_ROLLFORWARDS", months[:-12])[0][0] == "trust"


LETTER = (
    "a net loss of $186,704 ($218,157 minus $31,453) as a result of losses from REO of $218,157 offset by gains from other trust"
    " assets of $31,453. Correspondingly, net gains on trust liabilities were $199,709 ($254,007 minus $54,298)"
)
END = "in a net gain from trust assets and liabilities of $13,005 ($199,709 minus $186,704)."


def test_the_letters_sentence(published):
    """Impac Mortgage Holdings to the SEC, 3 February 2011, response 1; both halves stand there in these words."""
    printed = (published / "impac_letter_2011.txt").read_text().replace("\\$", "$").replace("\n\n3\n", "")
    words = call("XLFV_NET_TRUST_GAIN", OPENING, MOVES, CLOSING)[-1][0]
    assert LETTER in words
    assert END in words
    assert LETTER in printed
    assert "of $13,005 ($199,709 minus $186,704)" in printed
    assert call("XLFV_NET_TRUST_GAIN", call("XLFV_ROLLFORWARD", OPENING, MOVES, CLOSING))[-1][0] == words


@pytest.mark.parametrize(
    ("gain", "words"),
    [
        (NetGain(-10.0, -5.0, -7.0, -1.0), ["net loss of $15 ($10 plus $5)", "net losses on trust liabilities were $8 ($7 plus $1)",
                                            "net loss from trust assets and liabilities of $23 ($15 plus $8)"]),
        (NetGain(0.0, 5.0, -7.0, 0.0), ["a net gain of $5 as a result of gains from other trust assets of $5.",
                                        "net losses on trust liabilities were $7, resulting in a net loss"]),
        (NetGain(-5.0, 5.0, 0.0, 0.0), ["reflect no net gain or loss ($5 minus $5) as a result of losses from REO of $5 offset by",
                                        "there was no net gain or loss on trust liabilities, resulting in no net gain or loss from"]),
        (NetGain(0.0, 0.0, 0.0, 0.0), ["reflect no net gain or loss. Correspondingly", "assets and liabilities."]),
        (NetGain(2.0, 30.0, -40.0, 3.0), ["net gain of $32 ($30 plus $2)", "($40 minus $3)", "net loss from", "($37 minus $32)"]),
    ],
)  # fmt: skip
def test_the_sentence_says_what_the_figures_are(gain, words):
    for each in words:
        assert each in sentence(gain)


@given(rollforwards())
def test_the_net_gain_is_its_parts(one):
    gain = net_gain(one)
    assert gain.net == pytest.approx(one.net_trust_gain, abs=1e-3)


def test_real_estate_owned_stands_apart():
    """1006, worth 73,780, was sold for 92,000; 1005 came in at 112,000 and is worth 120,000 less 8% = 110,400."""
    parts = [[DEAL[k + end] for k in ("loans", "bonds")] for end in ("", "_after")]
    assert parts
    names = ("loans", "bonds", "waterfall", "costs", "terms", "triggers", "hedges", "reo")
    trust = call("XLFV_TRUST", "SAMPLE-1", 40178.0, *[DEAL[n] for n in names])
    later = call("XLFV_TRUST", "SAMPLE-1", 40209.0, *[DEAL.get(f"{n}_after", DEAL[n]) for n in names])
    shown = {row[0]: row[1:] for row in call("XLFV_REO_TABLE", trust, later, 92000.0, 2)[1:]}
    assert shown["Real estate owned, at net realizable value"] == [1.0, 0.0, 110400.0, 0.0, -1600.0]
    assert shown["Losses from REO"][-1] == pytest.approx(92000.0 - 73780.0 - 1600.0)
    assert "is still there" in call("XLFV_REO_TABLE", later, call("XLFV_TRUST", "SAMPLE-1", 40237.0, *[DEAL.get(f"{n}_after", DEAL[n]) for n in names]), 5.0)[0][0].reason  # fmt: skip
    assert "1006 stood among the properties of 2009-12-31, and no proceeds are given" in call("XLFV_REO_TABLE", trust, later)[0][0].reason  # fmt: skip


def test_later_rows_are_read_from_an_activity():
    moves = [["row", *ITEMS], ["Purchases", 5, *[0] * 6], ["Issuances", 0, 0, 0, 0, -7, 0, 0], ["Transfers out of level 3", -1, *[0] * 6],
             ["OCI", 2, *[0] * 6]]  # fmt: skip
    zero = [list(ITEMS), [0.0] * 7]
    end = [list(ITEMS), [6.0, 0, 0, 0, -7.0, 0, 0]]
    one = build_rollforward(*tables([zero, moves, end]))
    shown = {row[0]: row[1:] for row in grid(one, "later")}
    assert shown["Purchases"][0] == 5.0
    assert shown["Issuances"][5] == -7.0
    assert shown["Transfers out of level 3"][0] == -1.0
    assert shown["Footing difference (0 = foots)"] == [0.0] * 9
