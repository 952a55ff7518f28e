"""Rollforwards of several trusts and months, stacked: each trust once, each month once, and every fault named."""

from __future__ import annotations

from xlfv.excel import call

HEAD = ["trust", "row", "securitized_mortgage_collateral", "securitized_mortgage_borrowings"]


def month(trust: str, opening: float, change: float) -> list[list[object]]:
    """A made rollforward of a trust whose collateral and borrowings change by so much."""
    return [
        [trust, "opening", opening, -opening],
        [trust, "change in fair value", change, -change],
        [trust, "closing", opening + change, -opening - change],
    ]


def reason(answer: list[list[object]]) -> str:
    """Why a call was refused."""
    return getattr(answer[0][0], "reason", "")


def test_a_trust_that_stands_twice_among_trusts_is_refused_and_named():
    twice = [HEAD, *month("T1", 100.0, 5.0), *month("T2", 50.0, 1.0), *month("t1", 100.0, 5.0)]
    assert "T1 stands 2 times among trusts" in reason(call("XLFV_CHAIN_ROLLFORWARDS", twice, "trusts"))
    once = call("XLFV_CHAIN_ROLLFORWARDS", twice[:7], "trusts")
    assert once[1][2] == 150.0


def test_the_gain_of_a_month_given_twice_is_not_counted_twice():
    gain = call("XLFV_NET_TRUST_GAIN", [HEAD, *month("T1", 100.0, 5.0), *month("T1", 105.0, 2.0)])
    assert gain[2][1] == 7.0
    twice = reason(call("XLFV_NET_TRUST_GAIN", [HEAD, *month("T1", 100.0, 5.0), *month("T1", 100.0, 5.0)]))
    assert "Securitized mortgage collateral of T1 closes with 105.00 and opens the next with 100.00" in twice


def test_months_that_do_not_follow_are_named_for_every_trust():
    rows = [HEAD, *month("T1", 100.0, 5.0), *month("T1", 101.0, 1.0), *month("T2", 7.0, 1.0), *month("T2", 9.0, 1.0)]
    told = reason(call("XLFV_CHAIN_ROLLFORWARDS", rows))
    assert "collateral of T1 closes" in told
    assert "collateral of T2 closes" in told
