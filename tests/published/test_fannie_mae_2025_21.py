"""Fannie Mae REMIC Trust 2025-21, both groups: sequential classes beside floaters, accrual classes that pay others off.

Source: Prospectus Supplement dated 25 February 2025, cover (balances, coupons), pages 5 and 6 (assumed characteristics,
interest rates, notional balances), 7 (weighted average lives), 10 (settlement 28 February 2025, the 25th; distributions of
principal). As transcribed in the public repository walk-on-the-wild-side/cashflow_model, config/deal_config.yaml and README.md.

Group 1: what BZ accretes goes to BV until it is retired, then to BZ; half of the cash flow to BA, BE, BV and BZ in order, half
to FB. Group 2: what CZ accretes to CA until it is retired, then to CZ; half to CA and CZ, half to FC. SB and SC are inverse ios
on FB and FC. All 64 printed lives agree: 6 classes at 6 speeds, 4 at 7. Those of BZ do only because what BZ is paid out of its
own accretion in the month in which BV is retired is no reduction of its balance. The loans at 0% PSA are the assumed ones (6.905%
with 334 months left, 7.454% with 336), as the lives of all ten classes at that speed show.
"""

from __future__ import annotations

import datetime as dt

import pytest

from tests.published.supplements import decrements, steps, trust
from xlfv.excel import call

SOFR = 0.0432927  # FB starts at 5.62927%, 1.30% above it
INDICES = [["month", "SOFR"], [0, SOFR]]
LOANS = [
    {"loan_id": "MA5073", "group": 1, "balance": 146244678, "rate": 0.06905, "remaining_term": 334, "age": 20,
     "servicing_fee": 0.00905},
    {"loan_id": "FS9996", "group": 2, "balance": 186362730, "rate": 0.07454, "remaining_term": 336, "age": 15,
     "servicing_fee": 0.00954},
]  # fmt: skip
FLOATING = {"coupon_type": "floating", "index": "SOFR"}
INVERSE = {**FLOATING, "kind": "io", "multiplier": -1, "floor": 0.0}
BONDS = [
    {"tranche": "BA", "group": 1, "balance": 49911000, "coupon": 0.055},
    {"tranche": "BE", "group": 1, "balance": 6232000, "coupon": 0.055},
    {"tranche": "BV", "group": 1, "balance": 7620000, "coupon": 0.055},
    {"tranche": "BZ", "group": 1, "balance": 9359339, "coupon": 0.055, "kind": "z", "accretes_while": "BV"},
    {"tranche": "FB", "group": 1, "balance": 73122339, **FLOATING, "margin": 0.013, "cap": 0.065, "floor": 0.013},
    {"tranche": "SB", "group": 1, "balance": 73122339, **INVERSE, "margin": 0.052, "cap": 0.052, "notional_of": "FB"},
    {"tranche": "CA", "group": 2, "balance": 82000000, "coupon": 0.05},
    {"tranche": "CZ", "group": 2, "balance": 11181365, "coupon": 0.05, "kind": "z", "accretes_while": "CA"},
    {"tranche": "FC", "group": 2, "balance": 93181365, **FLOATING, "margin": 0.009, "cap": 0.08, "floor": 0.009},
    {"tranche": "SC", "group": 2, "balance": 93181365, **INVERSE, "margin": 0.071, "cap": 0.071, "notional_of": "FC"},
]  # fmt: skip
RULES = steps(
    ("interest", "interest", "BA, BE, BV, BZ, FB, SB", "pro_rata", None, 1),
    ("interest", "interest", "CA, CZ, FC, SC", "pro_rata", None, 2),
    ("BZ", "principal", "BV, BZ"),
    ("principal", "principal", "BA, BE, BV, BZ", "sequential", "50%", 1),
    ("principal", "principal", "FB", "sequential", None, 1),
    ("CZ", "principal", "CA, CZ"),
    ("principal", "principal", "CA, CZ", "sequential", "50%", 2),
    ("principal", "principal", "FC", "sequential", None, 2),
    ("excess", "residual"),
)
SPEEDS = {1: [0, 100, 198, 300, 400, 600], 2: [0, 100, 324, 500, 650, 850, 1000]}
LIVES = {
    1: {
        "BA": [14.6, 6.0, 3.4, 2.3, 1.8, 1.2],
        "BE": [24.0, 15.0, 9.1, 6.2, 4.6, 3.0],
        "BV": [6.0, 6.0, 6.0, 5.3, 4.5, 3.2],
        "BZ": [26.3, 21.6, 15.7, 12.0, 9.4, 6.3],
        "FB": [18.1, 10.4, 6.7, 4.7, 3.6, 2.3],
        "SB": [18.1, 10.4, 6.7, 4.7, 3.6, 2.3],
    },
    2: {
        "CA": [14.1, 7.2, 3.1, 2.1, 1.7, 1.3, 1.1],
        "CZ": [25.6, 21.2, 11.8, 8.0, 6.1, 4.5, 3.6],
        "FC": [18.6, 10.6, 4.6, 3.0, 2.3, 1.7, 1.4],
        "SC": [18.6, 10.6, 4.6, 3.0, 2.3, 1.7, 1.4],
    },
}


@pytest.fixture(scope="module")
def deal():
    return trust("FNR-2025-21", dt.date(2025, 2, 28), LOANS, BONDS, RULES)


@pytest.mark.parametrize("group", [1, 2])
def test_weighted_average_lives(deal, group):
    lives = decrements(deal, SPEEDS[group], INDICES).lives
    assert {name: lives[name] for name in LIVES[group]} == LIVES[group]


def test_the_coupons_make_up_the_pass_through_rates_and_the_two_groups_stay_apart(deal):
    """5.50% on one half and SOFR + 1.30% and 5.20% - SOFR on the other are 6.00%; 5.00% and 8.00% are 6.50%."""
    run = call("XLFV_PROJECT", deal, [["month", "psa"], [1, 300]], INDICES)[0][0]
    left = call("XLFV_RESIDUAL_CASHFLOW", run)
    assert [round(row[left[0].index("cash")], 2) for row in left[1:]] == [0.0] * (len(left) - 1)
    fb, sb = (call("XLFV_TRANCHE_CASHFLOW", run, name) for name in ("FB", "SB"))
    coupon = fb[0].index("coupon")
    assert (round(fb[1][coupon], 7), round(sb[1][coupon], 7)) == (0.0562927, 0.0087073)  # printed for the first period
    for names, pool in (("BA BE BV BZ FB", 146244678), ("CA CZ FC", 186362730)):
        accreted = 0.0
        paid = 0.0
        for name in names.split():
            flow = call("XLFV_TRANCHE_CASHFLOW", run, name)
            paid += sum(row[flow[0].index("principal_paid")] for row in flow[1:])
            if name.endswith("Z"):
                begin, end, principal = (flow[0].index(c) for c in ("begin_balance", "end_balance", "principal_paid"))
                accreted += sum(row[end] - row[begin] + row[principal] for row in flow[1:])
        assert paid - accreted == pytest.approx(pool, abs=0.01)
