"""Fannie Mae REMIC Trust 2006-18: Group 1, two layers of planned classes with an accrual and support classes; Group 2, in order.

Source: Prospectus Supplement dated 2 February 2006: cover (classes), pages S-7, S-14, S-15 (assumed characteristics), S-18
(pricing assumptions; distributions of principal), S-23 to S-27 (decrement tables and lives), Schedules 1 and 2 (planned
balances of Aggregate Groups I and II). As transcribed in the public repository crmerrill/bma-standard-formulas, folder
tests/fixtures/fnr_2006_018; the schedules and the percentages stand in the folder beside this file. Settlement 28 February 2006.
At 0% PSA the loans are new ones at 8.00%, of 360 and 240 months.

Group 1: Aggregate Group I is PA, PB, PC, PD and EO, Group II TA and TB, each paid in order to the planned balance of the
group. What Z accretes goes to Group II as planned, then to Z. The cash flow goes to Group I and Group II as planned, to Z, then
95.6521694276% to WA to WG in order and the rest to PO, then to Group II and Group I without regard to their plans.
The planned balance of a class is what the group's leaves above the classes behind it.

Proved: all 120 lives of Group 1 (15 classes, 8 speeds) and all 30 of Group 2; of the percentages, 2 x 15 x 31 cells of
Group 1 and 5 x 31 of Group 2 at 0% PSA, except three cells of the transcription that cannot be what was printed:

- 0% PSA, WA and WB in 2035 stand there as 100. PO, which is paid 4.35% beside them, has 64% left and so have they all, 10.7 of
  16.7 million; WA is paid first, and the printed lives of WA and WB, 28.7 and 29.0 years, lie before that date;
- 0% PSA, EO in 2035 stands there as 0, where an asterisk is due (0.015%).

Not proved: the percentages of Group 2 above 0% PSA. The transcription gives Group 2 the 5.94% of Group 1; at that rate 7 of 310
cells differ by one, and at any rate from 5.88% to 5.90% none does, so that the rate is likely not what was printed.
"""

from __future__ import annotations

import csv
import datetime as dt
from pathlib import Path

import pytest

from tests.published.supplements import decrements, steps, trust
from xlfv.excel import call

FOLDER = Path(__file__).parent / "fannie_mae_2006_18"
SETTLES = dt.date(2006, 2, 28)
GROUP_I = {"PA": 33710000, "PB": 13470000, "PC": 13060000, "PD": 16020000, "EO": 12150000}
GROUP_II = {"TA": 25000000, "TB": 94599}
SUPPORT = {"WA": 4748972, "WB": 1688013, "WC": 3518626, "WD": 2165180, "WE": 1687590, "WG": 2880801}
PLANNED_I, PLANNED_II, SUPPORTS = (", ".join(names) for names in (GROUP_I, GROUP_II, SUPPORT))
INTEREST = "PA, PB, PC, PD, TA, TB, Z, WA, WB, WC, WD, WE, WG"
BONDS_1 = [
    *[{"tranche": name, "balance": size, "coupon": 0.055, "schedule": name} for name, size in GROUP_I.items()],
    *[{"tranche": name, "balance": size, "coupon": 0.055, "schedule": name} for name, size in GROUP_II.items()],
    *[{"tranche": name, "balance": size, "coupon": 0.0575} for name, size in SUPPORT.items()],
    {"tranche": "PO", "balance": 758600, "coupon": 0.0, "kind": "po"},
    {"tranche": "Z", "balance": 1700680, "coupon": 0.055, "kind": "z"},
]
BONDS_1[4] |= {"coupon": 0.0, "kind": "po"}
# A split of what is left once planned classes are paid goes through an account, which takes no deposit in the last month.
RULES_1 = steps(
    ("interest", "interest", INTEREST, "pro_rata"),
    ("Z", "principal", PLANNED_II, "schedule"),
    ("Z", "principal", "Z"),
    ("principal", "principal", PLANNED_I, "schedule"),
    ("principal", "principal", PLANNED_II, "schedule"),
    ("principal", "principal", "Z"),
    ("principal", "deposit", "support"),
    ("support", "principal", SUPPORTS, "sequential", "95.6521694276%"),
    ("support", "principal", "PO"),
    ("support", "principal", f"{PLANNED_II}, {PLANNED_I}"),
    ("principal", "principal", f"{SUPPORTS}, PO, {PLANNED_II}, {PLANNED_I}"),
    ("excess", "residual"),
)
LOANS_1 = [
    {"loan_id": "A", "balance": 37414966, "rate": 0.0594, "remaining_term": 349, "age": 9, "servicing_fee": 0.0044},
    {"loan_id": "B", "balance": 95238095, "rate": 0.0594, "remaining_term": 348, "age": 10, "servicing_fee": 0.0044},
]
NEW_1 = [{"loan_id": "A", "balance": 132653061, "rate": 0.08, "remaining_term": 360, "servicing_fee": 0.025}]
SPEEDS_1 = [0, 100, 147, 180, 227, 250, 375, 500]
LIVES_1 = {
    "PA": [10.1, 3.0, 3.0, 3.0, 3.0, 3.0, 2.7, 2.2],
    "PB": [17.7, 6.0, 6.0, 6.0, 6.0, 6.0, 4.4, 3.4],
    "PC": [20.5, 8.0, 8.0, 8.0, 8.0, 8.0, 5.5, 4.2],
    "PD": [22.9, 11.0, 11.0, 11.0, 11.0, 11.0, 7.6, 5.7],
    "EO": [24.9, 17.7, 17.7, 17.7, 17.7, 17.7, 12.7, 9.6],
    "TA": [23.2, 10.7, 4.7, 4.7, 4.7, 2.8, 1.6, 1.3],
    "TB": [28.3, 28.3, 28.3, 28.3, 28.3, 8.0, 2.8, 2.0],
    "Z": [28.0, 18.3, 9.8, 0.7, 0.3, 0.3, 0.2, 0.1],
    "PO": [29.2, 24.0, 19.1, 11.8, 2.8, 2.1, 1.1, 0.8],
    "WA": [28.7, 20.6, 13.3, 2.5, 1.2, 1.0, 0.5, 0.4],
    "WB": [29.0, 22.3, 16.2, 5.2, 1.9, 1.5, 0.8, 0.6],
    "WC": [29.2, 23.8, 18.5, 11.2, 2.5, 2.0, 1.1, 0.8],
    "WD": [29.5, 25.4, 21.3, 15.9, 3.3, 2.5, 1.3, 0.9],
    "WE": [29.7, 26.6, 23.5, 19.1, 4.0, 2.9, 1.4, 1.0],
    "WG": [29.9, 28.1, 26.7, 24.3, 5.4, 3.5, 1.6, 1.2],
}
MISTYPED = {(0, "WA", 29): 0, (0, "WB", 29): 27, (0, "EO", 29): "*"}  # what the rules give there

BONDS_2 = [
    {"tranche": "BA", "balance": 104600000, "coupon": 0.055}, {"tranche": "BC", "balance": 6700000, "coupon": 0.055},
    {"tranche": "BD", "balance": 5400000, "coupon": 0.055},
    {"tranche": "DO", "balance": 11925424, "coupon": 0.0, "kind": "po"},
    {"tranche": "DI", "balance": 11925424, "coupon": 0.055, "kind": "io", "notional_of": "DO"},
]  # fmt: skip
RULES_2 = steps(
    ("interest", "interest", "BA, BC, BD, DI", "pro_rata"), ("principal", "principal", "BA, BC, BD, DO"),
    ("excess", "residual"),
)  # fmt: skip
POOL_2 = {"loan_id": "C", "balance": 128625424}
LOANS_2 = [{**POOL_2, "rate": 0.0594, "remaining_term": 214, "age": 24, "servicing_fee": 0.0044}]
NEW_2 = [{**POOL_2, "rate": 0.08, "remaining_term": 240, "servicing_fee": 0.025}]
SPEEDS_2 = [0, 100, 206, 300, 400, 500]
LIVES_2 = {
    "BA": [11.1, 5.5, 3.6, 2.7, 2.0, 1.6],
    "BC": [18.3, 13.3, 9.8, 7.5, 5.8, 4.7],
    "BD": [18.8, 14.5, 11.3, 8.8, 6.9, 5.5],
    "DO": [19.6, 16.4, 14.4, 12.2, 10.1, 8.3],
    "DI": [19.6, 16.4, 14.4, 12.2, 10.1, 8.3],
}


def _read(name: str) -> list[dict[str, str]]:
    with (FOLDER / name).open(newline="") as stream:
        return list(csv.DictReader(stream))


def _plans() -> list[dict[str, object]]:
    """Planned balances of the classes: what their group's leaves above the classes behind them."""
    plans = []
    for row in _read("planned_balances.csv"):
        for group, column in ((GROUP_I, "group_1"), (GROUP_II, "group_2")):
            behind = sum(group.values())
            for name, size in group.items():
                behind -= size
                amount = min(max(float(row[column]) - behind, 0.0), size)
                plans.append({"schedule": name, "month": int(row["month"]), "amount": amount})
    return plans


def _group_1(loans):
    accounts = [{"account": "support", "balance": 0, "target": 1e9}]
    return trust("FNR-2006-18-1", SETTLES, loans, BONDS_1, RULES_1, _plans(), accounts)


@pytest.fixture(scope="module")
def group_1():
    return decrements(_group_1(NEW_1), [0]), decrements(_group_1(LOANS_1), SPEEDS_1[1:])


@pytest.fixture(scope="module")
def group_2():
    new, assumed = (trust("FNR-2006-18-2", SETTLES, loans, BONDS_2, RULES_2) for loans in (NEW_2, LOANS_2))
    return decrements(new, [0]), decrements(assumed, SPEEDS_2[1:])


def _lives(tables):
    new, assumed = tables
    return {name: [*new.lives[name], *assumed.lives[name]] for name in new.lives}


def test_weighted_average_lives_of_group_1(group_1):
    assert _lives(group_1) == LIVES_1


def test_weighted_average_lives_of_group_2(group_2):
    assert _lives(group_2) == LIVES_2


def test_percent_of_original_balance_outstanding(group_1, group_2):
    rows = _read("percent_outstanding.csv")
    assert len(rows) == 2 * 15 + 5
    for row in rows:
        psa, name = int(row["psa"]), row["tranche"]
        tables = group_1 if name in LIVES_1 else group_2
        wanted = [share if share == "*" else int(share) for share in [*row.values()][2:]]
        wanted = [MISTYPED.get((psa, name, year), share) for year, share in enumerate(wanted)]
        assert tables[0 if psa == 0 else 1].column(name, 0) == wanted, (psa, name)


@pytest.mark.parametrize(
    ("group", "column", "speeds"), [(GROUP_I, "group_1", (100, 250)), (GROUP_II, "group_2", (147, 227))]
)
def test_each_group_stands_at_its_planned_balance_at_the_speeds_it_was_made_from(group, column, speeds):
    """At the two ends of its structuring range the cash just suffices for the plan: 349 balances to a cent at each.

    Printed balances are cut to the cent, so that the cash of 100 PSA misses the plan of Group I by up to a cent in 36 months.
    """
    handle, plan = _group_1(LOANS_1), [float(row[column]) for row in _read("planned_balances.csv")]
    for psa in speeds:
        run = call("XLFV_PROJECT", handle, [["month", "psa"], [1, psa]])[0][0]
        flows = [call("XLFV_TRANCHE_CASHFLOW", run, name) for name in group]
        end = flows[0][0].index("end_balance")
        stands = [sum(flow[month][end] for flow in flows) for month in range(1, 350)]
        assert stands == pytest.approx(plan, abs=0.01), psa


def test_what_stripping_eo_leaves_is_all_that_is_left_of_interest():
    """5.75% on WA to WG and none on PO is 5.50% on both to a cent: only EO's 5.50% goes to a class that is not transcribed."""
    run = call("XLFV_PROJECT", _group_1(LOANS_1), [["month", "psa"], [1, 180]])[0][0]
    left, eo = call("XLFV_RESIDUAL_CASHFLOW", run), call("XLFV_TRANCHE_CASHFLOW", run, "EO")
    cash, begin = left[0].index("cash"), eo[0].index("begin_balance")
    for residual, row in zip(left[1:], eo[1:], strict=True):
        assert residual[cash] == pytest.approx(row[begin] * 0.055 / 12, abs=0.02)
