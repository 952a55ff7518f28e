"""What a trust's month may hold beside interest and principal: another status, loans that appear, a class that retires, REO without
a basis, a ledger that is wrong about interest, a residual without a cost. Worked by hand on the made trust."""

from __future__ import annotations

import datetime as dt
import math

import pytest

from tests.reporting import made
from tests.reporting.test_trust_rollforward import BONDS, COLLATERAL, REO, SECURITY, bullet, ends, row
from xlfv.reporting.consolidation import changed_between, read_facts
from xlfv.reporting.forms import add_up, chain, grid, read_grid
from xlfv.reporting.ledger import Ledger, of_actuals
from xlfv.reporting.rollforward import ITEMS
from xlfv.reporting.trust_rollforward import trust_rollforward
from xlfv.tables import Refused, from_grid

RESIDUAL, LATER = bullet(5500.0, 100000.0, 0.02, 24), bullet(5500.0, 100000.0, 0.02, 23)
A_VALUE = bullet(4500.0, 900000.0, 0.0075, 24)


def ledger(month: int, **more: float) -> Ledger:
    return of_actuals(made.LEDGERS[month]) if not more else Ledger({**made.LEDGERS[month], **more}, {}, 1)


# Interest in the letter's form


def test_the_letter_s_interest_takes_what_is_due_whatever_the_ledger_says():
    """The loans make 10,000 due and A 4,500; the ledger has 9,200 and 4,600: told, and unexplained, and in no other row."""
    posted = {**made.LEDGERS[0], "interest_collected": 9200.0, "bond_interest_paid": 4600.0}
    wrong, right = (trust_rollforward(*ends(0), of_actuals(own)) for own in (posted, made.LEDGERS[0]))
    for name in ("interest_income", "interest_expense", "change_in_fair_value"):
        assert row(wrong.rollforward, name) == row(right.rollforward, name)
    assert row(wrong.rollforward, "settlements") == {COLLATERAL: pytest.approx(800.0), BONDS: pytest.approx(100.0)}
    assert row(wrong.rollforward, "unexplained") == {COLLATERAL: pytest.approx(-800.0), BONDS: pytest.approx(-100.0)}
    told = " ".join(wrong.notices)
    assert (
        "collateral: the ledger has contractual interest of 9,200.00 dollars and the states make 10,000.00 due" in told
    )
    assert (
        "borrowings: the ledger has contractual interest of 4,600.00 dollars and the states make 4,500.00 due" in told
    )
    assert not right.notices
    gross = trust_rollforward(*ends(0), of_actuals(posted), interest="gross").rollforward
    assert row(gross, "unexplained") == row(wrong.rollforward, "unexplained")


# A change of status on its day


def test_a_change_of_status_within_the_month_is_a_transfer_at_the_last_month_end_before_it():
    pair = (made.month_end(0, consolidated="no"), made.month_end(1, consolidated="yes"))
    found = trust_rollforward(*pair, ledger(0), changed_on=dt.date(2009, 7, 15))
    one, whole = found.rollforward, trust_rollforward(*ends(0), ledger(0)).rollforward
    assert one.begin == {**dict.fromkeys(ITEMS, 0.0), SECURITY: pytest.approx(RESIDUAL, abs=0.01)}
    assert row(one, "transfers_out") == {SECURITY: pytest.approx(-RESIDUAL, abs=0.01)}
    assert row(one, "transfers_in") == {
        COLLATERAL: pytest.approx(A_VALUE + RESIDUAL, abs=0.01), BONDS: pytest.approx(-A_VALUE, abs=0.01)
    }  # fmt: skip
    for name in ("interest_income", "interest_expense", "change_in_fair_value", "settlements"):
        assert row(one, name) == row(whole, name)  # the month runs as that of a consolidated trust
    assert one.end == whole.end
    assert not row(one, "unexplained")
    assert any(
        "consolidated since 2009-07-15: transferred at the values of 2009-06-30" in told for told in found.notices
    )
    letter = {line[0]: line[1:] for line in grid(one)}
    assert letter["Transfers in and/or out of level 3"][0] == pytest.approx(-RESIDUAL, abs=0.01)
    assert letter["Footing difference (0 = foots)"] == [0.0] * 9


def test_a_trust_that_leaves_the_balance_sheet_in_the_month_runs_on_as_a_security():
    pair = (made.month_end(0, consolidated="yes"), made.month_end(1, consolidated="no"))
    one = trust_rollforward(*pair, ledger(0), changed_on=dt.date(2009, 7, 1)).rollforward
    assert row(one, "transfers_in") == {SECURITY: pytest.approx(RESIDUAL, abs=0.01)}
    assert set(row(one, "transfers_out")) == {COLLATERAL, BONDS}
    assert row(one, "interest_income") == {SECURITY: pytest.approx(RESIDUAL * 0.02, abs=0.01)}
    assert row(one, "settlements") == {SECURITY: -5500.0}
    assert one.end == {**dict.fromkeys(ITEMS, 0.0), SECURITY: pytest.approx(LATER, abs=0.01)}
    assert not row(one, "unexplained")


@pytest.mark.parametrize("day", [dt.date(2009, 6, 30), dt.date(2009, 8, 1)])
def test_a_change_on_a_day_outside_the_month_is_refused(day):
    pair = (made.month_end(0, consolidated="no"), made.month_end(1, consolidated="yes"))
    with pytest.raises(Refused, match=f"changed on {day}, not between 2009-06-30 and 2009-07-31"):
        trust_rollforward(*pair, ledger(0), changed_on=day)


def test_a_change_in_the_middle_of_the_time_chains():
    """Not consolidated until 9 August: July as a security, August and September on the balance sheet."""
    status = ("no", "no", "yes", "yes")
    facts = [["trust", "date", "fact", "value", "source"]]
    for day, value in (("2006-01-01", "yes"), ("2009-08-09", "no")):
        facts.append(["MADE", day, "qspe", value, ""])
    own = read_facts(from_grid("facts", [*facts, ["MADE", "2006-01-01", "holds_residual", "yes", ""]]))["MADE"]
    months = []
    for month in range(3):
        pair = [made.month_end(k, consolidated=status[k]) for k in (month, month + 1)]
        marks = [(made.DAYS[k], status[k] == "yes") for k in (month, month + 1)]
        day = changed_between("MADE", own, marks[0], marks[1])
        assert day == (dt.date(2009, 8, 9) if month == 1 else None)
        months.append(trust_rollforward(*pair, ledger(month), changed_on=day).rollforward)
    whole = chain(months)
    assert row(whole, "transfers_out") == {SECURITY: pytest.approx(-LATER, abs=0.01)}
    assert whole.activity["transfers_in"][COLLATERAL] + whole.activity["transfers_in"][BONDS] == pytest.approx(
        LATER, abs=0.01
    )
    assert whole.begin[SECURITY] == pytest.approx(RESIDUAL, abs=0.01)
    assert whole.end == trust_rollforward(*ends(2), ledger(2)).rollforward.end
    assert not row(whole, "unexplained")
    assert max(abs(whole.gap(item)) for item in ITEMS) < 1e-6
    with pytest.raises(Refused) as refusal:
        changed_between("MADE", own, (made.DAYS[1], True), (made.DAYS[2], False))
    told = [str(fault) for fault in refusal.value.faults]
    assert ["MADE is not consolidated by its facts" in told[0], "consolidated is yes there" in told[0]] == [True, True]
    assert ["MADE is consolidated by its facts" in told[1], "consolidated is no there" in told[1]] == [True, True]


# Loans that appear


def another(grids: made.Grids) -> None:
    grids["loans"].append(["L9", 200000.0, 0.12, 23, 23, "current"])


@pytest.mark.parametrize("word", ["loans_bought", "transfer_in"])
@pytest.mark.parametrize("worth", [150000.0, 200000.0])
def test_loans_that_appear_are_purchases_or_transfers_at_the_ledger_s_value(word, worth):
    pair = (made.month_end(0), made.month_end(1, another))
    amounts = dict(made.LEDGERS[0]) | ({word: worth} if word == "loans_bought" else {})
    transfers = {(word, COLLATERAL): worth} if word == "transfer_in" else {}
    one = trust_rollforward(*pair, Ledger(amounts, transfers, 4)).rollforward
    place = "purchases" if word == "loans_bought" else "transfers_in"
    assert row(one, place) == {COLLATERAL: worth}
    assert COLLATERAL not in row(one, "unexplained")
    assert COLLATERAL not in row(one, "settlements")
    plain = trust_rollforward(*ends(0), ledger(0)).rollforward
    gained = (
        one.end[COLLATERAL] - plain.end[COLLATERAL] - worth
    )  # what the pool is worth more for them, beyond what they cost
    more = one.activity["change_in_fair_value"][COLLATERAL] - plain.activity["change_in_fair_value"][COLLATERAL]
    assert more == pytest.approx(gained, abs=0.01)


def test_loans_that_appear_and_of_which_the_ledger_says_nothing_are_unexplained():
    found = trust_rollforward(made.month_end(0), made.month_end(1, another), ledger(0))
    assert found.rollforward.activity["unexplained"][COLLATERAL] == pytest.approx(200000.0, abs=0.01)
    assert any("loans of 200,000.00 dollars came into MADE" in told for told in found.notices)


# A class that retires


def second(balance: float):
    """A class B behind A, of a balance; None leaves it out."""

    def change(grids: made.Grids) -> None:
        grids["bonds"].append(["B", balance, 0.06, 0.0])
        grids["waterfall"] = [
            grids["waterfall"][0], [1, "interest", "interest", "A, B"], [2, "principal", "principal", "B, A"],
            [3, "excess", "residual", None],
        ]  # fmt: skip

    return change


LAST = {**made.LEDGERS[1], "bond_interest_paid": 4700.0, "bond_principal_paid": 50000.0, "residual_cash": 5300.0}


def retired(balance: float, *, kept: bool):
    """August: the curtailment of 50,000 goes to B first, then to A."""
    pays = min(balance, 50000.0)

    def closing(grids: made.Grids) -> None:
        if kept:
            second(balance - pays)(grids)
        grids["bonds"][1][1] = 900000.0 - (50000.0 - pays)

    return made.month_end(1, second(balance)), made.month_end(2, closing)


@pytest.mark.parametrize("balance", [40000.0, 50000.0])
def test_a_class_paid_off_and_left_out_closes_at_nothing(balance):
    cash = {**LAST, "bond_interest_paid": 4500.0 + balance * 0.005}
    gone = trust_rollforward(*retired(balance, kept=False), of_actuals(cash)).rollforward
    kept = trust_rollforward(*retired(balance, kept=True), of_actuals(cash)).rollforward
    assert gone.end == pytest.approx(kept.end)
    for name in ("interest_expense", "change_in_fair_value", "settlements", "unexplained"):
        assert gone.activity[name] == pytest.approx(kept.activity[name], abs=0.01), name
    assert gone.activity["settlements"][BONDS] == pytest.approx(50000.0)
    assert not {BONDS, COLLATERAL} & set(row(gone, "unexplained"))


def test_a_class_left_out_that_nothing_paid_off_is_refused_and_says_what_to_do():
    with pytest.raises(Refused) as refusal:
        trust_rollforward(*retired(60000.0, kept=False), of_actuals(LAST))
    (told,) = [str(fault) for fault in refusal.value.faults]
    assert "B of MADE stands at 2009-07-31 with 60,000.00 dollars and is left out of the bonds at 2009-08-31" in told
    assert "bond_principal_paid is 50,000.00 where 60,000.00 would have to be paid" in told
    assert "keep it in the closing bonds at what is left of it" in told
    posted = {**LAST, "bond_interest_paid": 4800.0, "bond_principal_paid": 60000.0}  # the trustee says that it was
    one = trust_rollforward(*retired(60000.0, kept=False), of_actuals(posted)).rollforward
    assert one.activity["settlements"][BONDS] == pytest.approx(60000.0)


# Real estate without an initial basis


def without_basis(value: float | None = None):
    def change(grids: made.Grids) -> None:
        grids["reo"][0] = [name for name in grids["reo"][0] if name != "initial_basis"]
        grids["reo"][1] = [*grids["reo"][1][:2], value or grids["reo"][1][2], *grids["reo"][1][4:]]

    return change


def test_reo_that_nothing_caps_is_told():
    pair = (made.month_end(1), made.month_end(2, without_basis()))
    found = trust_rollforward(*pair, ledger(1))
    assert any("REO L2 came at 247,000.00 dollars: its initial basis is not given" in told for told in found.notices)
    assert row(found.rollforward, "reo_losses") == {}  # its value stands for its basis
    assert found.rollforward.end[REO] == pytest.approx(247000.0)
    capped = trust_rollforward(*ends(1), ledger(1))
    assert not any("basis" in told for told in capped.notices)

    def owned(value: float):
        def change(grids: made.Grids) -> None:
            grids["loans"][-1] = ["L2", 400000.0, 0.12, 21, 21, "reo"]
            head = ["loan_id", "balance", "value", "months_to_sale", "selling_cost"]
            grids["reo"] = [head, ["L2", 400000.0, value, 1, 0.05]]

        return change

    def opening(grids: made.Grids) -> None:
        without_basis()(grids)

    later = made.month_end(3, lambda grids: (grids["loans"].append([]), owned(280000.0)(grids))[1])
    up = trust_rollforward(made.month_end(2, opening), later, ledger(1))
    assert any(
        "REO L2 is written up by 19,000.00 dollars, and no initial basis is given" in told for told in up.notices
    )


# Unrealized gains still held


def test_unrealized_gains_of_a_residual_are_counted_from_its_cost_or_not_told():
    pair = ends(0, consolidated="no", residual_cost=60000.0)
    told = trust_rollforward(*pair, ledger(0)).rollforward
    assert told.activity["unrealized_held"][SECURITY] == pytest.approx(LATER - 60000.0, abs=0.01)
    bare = trust_rollforward(*ends(0, consolidated="no"), ledger(0)).rollforward
    assert math.isnan(bare.activity["unrealized_held"][SECURITY])
    shown = grid(bare, "later")
    line = next(cells for cells in shown if str(cells[0]).startswith("Unrealized gains"))
    assert "cost (term residual_cost; blank without it)" in str(line[0])
    assert line[1] is None  # the security
    assert line[5] is None  # and the total that it is part of
    assert line[2] == 0.0
    (back,) = read_grid(from_grid("rolled", shown))[""]
    assert math.isnan(back.activity["unrealized_held"][SECURITY])
    assert grid(add_up([back, told]), "later")[-2][1] is None or math.isnan(
        add_up([back, told]).activity["unrealized_held"][SECURITY]
    )
