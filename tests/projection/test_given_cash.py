"""The waterfall on collateral cash from a table: the same as on our own, by hand where the table says more, and every refusal."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from tests.builders import AS_OF, Row, loan, make_curves, make_indices, make_trust, table
from tests.valuation.deals import BONDS, COSTS, TERMS, WATERFALL, grid_table, small_deal, yields_of
from xlfv.market.indices import NO_INDICES
from xlfv.projection.collateral import CollateralCash
from xlfv.projection.projection import Projection, distribute_cash, project
from xlfv.tables import Refused
from xlfv.trust.trust import Trust, build_trust
from xlfv.valuation.fair_value import fair_value
from xlfv.valuation.tranches import tranche_price
from xlfv.valuation.yields import read_yields

STEPS = [
    {"step": 1, "from": "interest", "pay": "interest", "to": "A"},
    {"step": 2, "from": "principal", "pay": "principal", "to": "A"},
    {"step": 3, "from": "excess", "pay": "writedown", "to": "A"},
]


def rows_of(cash: CollateralCash) -> list[Row]:
    """A cash table of collateral."""
    found = []
    for g, group in enumerate(cash.groups):
        for t in range(1, cash.months + 1):
            paid = cash["scheduled_principal"] + cash["advanced_principal"]
            found.append(
                {
                    "month": t, "group": group, "balance": cash.begin_balance[g, t], "scheduled_principal": paid[g, t],
                    "prepaid_principal": cash["prepaid_principal"][g, t],
                    "liquidation_proceeds": cash["liquidation_proceeds"][g, t], "losses": cash["losses"][g, t],
                    "gross_interest": cash.gross_interest[g, t], "net_interest": cash.net_interest[g, t],
                    "delinquent_60": cash.behind[g, t],
                }
            )  # fmt: skip
    return found


def bare(**changed: Any) -> Trust:
    """A trust without loans: one class of 1,000 at 6%."""
    bonds = [{"tranche": "A", "balance": 1000.0, "coupon": 0.06, **changed.pop("bond", {})}]
    tables = {"bonds": bonds, "waterfall": changed.pop("waterfall", STEPS), **changed}
    return build_trust("BARE", AS_OF, {name: table(name, rows) for name, rows in tables.items()})


def month(t: int, balance: float, **more: Any) -> Row:
    return {"month": t, "balance": balance, "net_interest": 5.0, **more}


FIVE = [month(t, 1000.0 - 200.0 * (t - 1), scheduled_principal=200.0) for t in range(1, 6)]


def test_our_own_cash_from_a_table_pays_the_bonds_the_same_with_loans_or_without():
    own = small_deal()
    cash = table("cash", rows_of(own.collateral))
    again = distribute_cash(own.trust, cash)
    grids = {"bonds": BONDS, "waterfall": WATERFALL, "costs": COSTS, "terms": TERMS}
    without = distribute_cash(build_trust("SMALL", AS_OF, {k: grid_table(k, g) for k, g in grids.items()}), cash)
    for run in (again, without):
        for name in own.trust.tranches:
            for column, numbers in own.distributions.tranche(name).items():
                np.testing.assert_allclose(run.distributions.tranche(name)[column], numbers, atol=1e-6)
        np.testing.assert_allclose(run.distributions.residual, own.distributions.residual, atol=1e-6)
    assert "no loans are given" in without.notices[0]


def test_two_groups_pay_their_own_classes():
    loans = [loan("1"), loan("2", group="2", rate=0.08, remaining_term=240)]
    bonds = [{"tranche": f"A{g}", "group": g, "balance": 100_000.0, "coupon": 0.05, "net_wac_cap": g} for g in "12"]
    steps = [{"step": pay, "from": pay, "pay": pay, "to": "A1, A2"} for pay in ("interest", "principal")]
    own = project(make_trust(loans, bonds, steps), make_curves(cpr=0.1))
    made = rows_of(own.collateral)
    trust = build_trust("T", AS_OF, {"bonds": table("bonds", bonds), "waterfall": table("waterfall", steps)})
    run = distribute_cash(trust, table("cash", list(reversed(made))))
    assert run.collateral.groups == trust.groups == ("1", "2")
    for name in ("A1", "A2"):
        np.testing.assert_allclose(
            run.distributions.tranche(name)["cash"], own.distributions.tranche(name)["cash"], atol=1e-6
        )
    with pytest.raises(Refused, match="the deal has the loan group '2' and the cash has no rows for it"):
        distribute_cash(trust, table("cash", [row for row in made if row["group"] == "1"]))


def test_a_projection_of_given_cash_is_made_again_of_what_it_packs():
    days = [{"days": 30 + t % 2, "payment_date": dt.date(2010, t, 25)} for t in range(1, 6)]
    run = distribute_cash(bare(), table("cash", [{**row, **more} for row, more in zip(FIVE, days, strict=True)]))
    again = Projection.unpack(run.pack())
    assert (again.digest, again.cash_hash) == (run.digest, run.cash_hash)
    assert again.timeline == run.timeline
    assert run.digest != distribute_cash(bare(), table("cash", FIVE)).digest


def test_actual_days_come_from_the_table_and_else_from_its_dates():
    """1,000 at 3% + 1%: of 31 days 1,000 x 4% x 31 / 360 = 3.4444."""
    trust = bare(bond={"coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.01, "day_count": "act/360"})
    flat = make_indices(LIBOR_1M=[0.03])
    dates = [dt.date(2010, t, 25) for t in range(1, 6)]
    dated = [{**row, "payment_date": date} for row, date in zip(FIVE, dates, strict=True)]
    run = distribute_cash(trust, table("cash", dated), flat)
    balances = np.array([1000.0, 800.0, 600.0, 400.0, 200.0])
    due = run.distributions.tranche("A")["interest_due"][1:]
    np.testing.assert_allclose(due, balances * 0.04 * np.array([31, 31, 28, 31, 30]) / 360)
    assert run.timeline.dates == (dt.date(2009, 12, 25), *dates)
    told = [{**row, "days": days} for row, days in zip(dated, [25, 33, 28, 31, 29], strict=True)]
    due = distribute_cash(trust, table("cash", told), flat).distributions.tranche("A")["interest_due"][1:]
    np.testing.assert_allclose(due, balances * 0.04 * np.array([25, 33, 28, 31, 29]) / 360)
    # Without dates of its own it is paid on those of the deal.
    terms = [{"term": "remittance_day", "value": 20}]
    own = distribute_cash(bare(terms=terms), table("cash", FIVE))
    assert own.timeline.dates[1:3] == (dt.date(2010, 1, 20), dt.date(2010, 2, 20))


def test_a_cash_table_in_whole_dollars_rolls_and_interest_added_to_balances_is_no_cash():
    rows = [month(1, 1000.0, scheduled_principal=-8.0), month(2, 1009.0, scheduled_principal=1007.0)]
    run = distribute_cash(bare(bond={"balance": 900.0}), table("cash", rows))
    assert run.collateral.end_balance[0].tolist() == [1000.0, 1009.0, 0.0]
    assert run.collateral.principal[0].tolist() == [0.0, 0.0, 1007.0]
    assert run.distributions.tranche("A")["end_balance"][-1] == 0.0


def test_losses_write_down_recoveries_and_penalties_are_cash():
    rows = [
        month(1, 1000.0, prepaid_principal=100.0, liquidation_proceeds=60.0, losses=40.0, penalties=2.0),
        month(2, 800.0, scheduled_principal=800.0, subsequent_recoveries=15.0),
    ]
    run = distribute_cash(bare(), table("cash", rows))
    a = run.distributions.tranche("A")
    assert a["principal_paid"].tolist() == pytest.approx([0, 160, 800])
    assert a["writedown"].tolist() == pytest.approx([0, 40, 0])
    assert run.distributions.residual.tolist() == pytest.approx([0, 2, 5 - 4 + 15])
    terms = [{"term": "penalties", "value": "not_trust"}]
    assert distribute_cash(bare(terms=terms), table("cash", rows)).distributions.residual[1] == pytest.approx(0)


def test_a_net_wac_is_taken_where_it_is_given():
    rows = [month(1, 1000.0, scheduled_principal=500.0, net_wac=0.048), month(2, 500.0, scheduled_principal=500.0)]
    capped = bare(bond={"net_wac_cap": "pool"})
    due = distribute_cash(capped, table("cash", rows)).distributions.tranche("A")["interest_due"]
    assert due.tolist() == pytest.approx([0, 1000 * 0.048 / 12, 500 * 0.06 / 12])  # then 12 x 5 / 500 = 12%


def test_delinquency_of_the_table_moves_a_trigger():
    rows = [{**row, "delinquent_60": late} for row, late in zip(FIVE, [80.0, 90.0, 60.0, 0.0, 0.0], strict=True)]
    triggers = [{"trigger": "late", "measure": "rolling_delinquency", "test": ">", "threshold": 0.12}]
    run = distribute_cash(bare(triggers=triggers), table("cash", rows))
    # 80 / 800 in months 0 and 1 (the table has no month 0, whose pool is 1,000: 8%), 90 / 600, 60 / 400, 0 / 200.
    rates = [0.08, 0.1, 0.15, 0.15, 0.0]
    expected = [np.mean(rates[:2]), np.mean(rates[:3]), np.mean(rates[1:4]), np.mean(rates[2:5])]
    assert run.distributions.record.triggers[0, 1:5, 0].tolist() == pytest.approx(expected)


def test_targets_and_losses_are_shares_of_the_pool_that_the_cash_begins_with():
    run = distribute_cash(bare(terms=[{"term": "oc_target", "value": 0.02}]), table("cash", FIVE))
    assert run.trust.pool_balance == 1000.0
    assert run.distributions.record.deal[0, 3] == pytest.approx(20.0)


def test_it_is_valued_like_any_other_projection():
    run = distribute_cash(bare(bond={"balance": 900.0}), table("cash", FIVE))
    assert 0.0 < tranche_price(run, "A", 0.05) < 110.0
    value = fair_value(run, read_yields(yields_of(A=0.06, residual=0.2), run.trust))
    assert value.lines[0].balance == 1000.0


def test_a_trust_without_loans_cannot_be_projected():
    with pytest.raises(Refused, match="BARE gives no loans"):
        project(bare(), make_curves(cpr=0.1))


def test_cash_that_differs_from_the_loans_and_reo_beside_it_are_told():
    notices = distribute_cash(make_trust(), table("cash", FIVE)).notices
    assert any("begins with a pool of 1,000.00; the loans have 100,000.00" in notice for notice in notices)
    owned = [{"loan_id": "R", "balance": 10.0, "value": 5.0}]
    assert any("table reo" in notice for notice in distribute_cash(bare(reo=owned), table("cash", FIVE)).notices)


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        ([FIVE[0], FIVE[2]], "month 2 of group 1 is missing before month 3"),
        ([*FIVE, FIVE[1]], "month 2 of group 1 stands twice"),
        ([FIVE[0], month(2, 790.0)], "month 1 of group 1 leaves a balance of 800.00; month 2 begins with 790.00"),
        ([month(1, 1000.0, losses=1010.0)], "principal and losses of month 1 of group 1 exceed its balance by 10.00"),
        ([month(1, 1000.0, delinquent_60=1200.0)], "delinquent_60 is 1,200.00 at the end of month 1"),
        ([month(1, 1000.0, gross_interest=4.0)], "net_interest 5.00 is above gross_interest 4.00"),
        ([{"month": 1, "balance": 1000.0}], "neither net_interest nor gross_interest"),
        ([month(1, 1000.0, net_wac=6.0)], "net_wac is 6"), ([month(0, 1000.0)], "month is 0, below 1"),
        ([month(1, -1.0)], "balance is -1"), ([{**FIVE[0], "payment_date": AS_OF}], "not after the as-of date"),
        ([{**FIVE[0], "days": 31}, FIVE[1]], "days of month 2, group 1, is blank and others are given"),
        ([{**FIVE[t], "payment_date": dt.date(2010, 3 - t, 25)} for t in (0, 1)], "month 2 is paid on 2010-02-25, not after"),
        ([*FIVE, month(1, 50.0, group="2")], "group 2 ends in month 1 with 50.00 outstanding; another runs to 5"),
        ([{**FIVE[0], "days": 31}, month(1, 9.0, group="2", days=30)], "days of month 1 is 30 for group 2 and 31 for another"),
        ([month(1, 1000.0, scheduled_principle=5.0)], "did you mean scheduled_principal?"),
        ([{"month": 1, "net_interest": 5.0}], "the column balance is missing from cash"),
    ],
)  # fmt: skip
def test_every_fault_is_refused_in_words(rows: list[Row], words: str):
    with pytest.raises(Refused) as refusal:
        distribute_cash(bare(), table("cash", rows), NO_INDICES)
    assert words in str(refusal.value)


def test_all_faults_are_told_at_once():
    floating = bare(
        bond={"coupon_type": "floating", "index": "LIBOR_1M"},
        costs=[{"cost": "fee", "basis": "loan_count", "amount": 10.0}],
        waterfall=[{"step": 0, "from": "interest", "pay": "fee"}, *STEPS],
    )
    with pytest.raises(Refused) as refusal:
        distribute_cash(floating, table("cash", [FIVE[0], month(2, 790.0), month(4, 5.0, losses=9.0)]))
    text = str(refusal.value)
    assert "month 3 of group 1 is missing" in text
    assert "needs the index LIBOR_1M" in text
    assert "counted by loan, and there are no loans" in text


def test_actual_years_need_dates():
    trust = bare(bond={"day_count": "act/act"})
    with pytest.raises(Refused, match="counts act/act, and no remittance is dated"):
        distribute_cash(trust, table("cash", [{**row, "days": 30} for row in FIVE]))


def test_a_gross_interest_alone_goes_to_the_waterfall_and_is_told():
    rows = [{"month": 1, "balance": 1000.0, "gross_interest": 5.0, "scheduled_principal": 1000.0}]
    run = distribute_cash(bare(), table("cash", rows))
    assert run.collateral.interest_funds[0, 1] == 5.0
    assert any("no net_interest is given" in notice for notice in run.notices)
