"""The movement of real estate owned: by hand, footing, capped write-ups, and what is refused."""

from __future__ import annotations

import datetime as dt
import math
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.valuation.deals import AS_OF, BONDS, TERMS, WATERFALL, grid_table
from xlfv.tables import Refused
from xlfv.trust.trust import Trust, build_trust
from xlfv.valuation.collateral import reo_value
from xlfv.valuation.reo import AMOUNTS, Movement, measured_at_nrv, reo_movement

LATER = dt.date(2010, 1, 31)
COLUMNS = ("loan_id", "balance", "value", "initial_basis", "selling_cost", "haircut", "advances", "foreclosure_date")
Row = dict[str, Any]


def grid(columns: tuple[str, ...], rows: list[Row]) -> list[list[Any]]:
    return [list(columns), *([row.get(name) for name in columns] for row in rows)]


def trust(reo: list[Row], date: dt.date = AS_OF, lent: tuple[str, ...] = (), name: str = "T") -> Trust:
    """A trust of its REO (whose loans stand among the loans too) and of loans of 150,000 in foreclosure."""
    loans = [{"loan_id": r["loan_id"], "balance": r["balance"], "status": "reo"} for r in reo]
    loans += [{"loan_id": each, "balance": 150e3, "status": "foreclosure"} for each in lent]
    loans = [{"rate": 0.07, "remaining_term": 300, **row} for row in [{"loan_id": "GOOD", "balance": 1e7}, *loans]]
    tables = {
        "loans": grid(("loan_id", "balance", "rate", "remaining_term", "status"), loans),
        "bonds": BONDS, "waterfall": [row for row in WATERFALL if row[0] != "fee"], "terms": TERMS,
        "reo": grid(COLUMNS, reo) if reo else None,
    }  # fmt: skip
    return build_trust(name, date, {key: grid_table(key, rows) for key, rows in tables.items() if rows})


def owned(loan_id: str, value: float, basis: float | None = None, **more: Any) -> Row:
    return {"loan_id": loan_id, "balance": 200e3, "value": value, "initial_basis": basis, **more}


def moved(before: list[Row], after: list[Row], sales: list[list[Any]] | None = None, lent=()) -> Movement:
    sold = grid_table("sales", [["loan_id", "date", "proceeds", "initial_basis"], *sales]) if sales else None
    return reo_movement(trust(before, lent=lent), trust(after, LATER), sold)


def row(movement: Movement, name: str) -> tuple[float, ...]:
    (move,) = [m for m in movement.moves if m.loan_id == name]
    return tuple(getattr(move, amount) for amount in AMOUNTS)


def test_every_kind_of_movement_by_hand():
    """Costs to sell 10% everywhere.

    SOLD: carried at 90,000, brings 85,000: a loss of 5,000. DOWN: 100,000 becomes 80,000, so 90,000 becomes 72,000. UP: basis
    120,000; 100,000 becomes 150,000, so 90,000 becomes 120,000, and 15,000 of the 135,000 are not taken. NEW: a loan of
    150,000, in at 110,000, worth 108,000 at the end: 2,000 down. GONE: 45,000 that nobody explains. THRU: a loan of 150,000, in
    at 50,000 and sold at 51,000.
    """
    cost = {"selling_cost": 0.1}
    before = [
        owned("SOLD", 100e3, 95e3, **cost), owned("DOWN", 100e3, 95e3, **cost), owned("UP", 100e3, 120e3, **cost),
        owned("GONE", 50e3, **cost),
    ]  # fmt: skip
    after = [owned("NEW", 120e3, 110e3, **cost), owned("UP", 150e3, 120e3, **cost), owned("DOWN", 80e3, 95e3, **cost)]
    sales = [["SOLD", "2010-01-10", 85e3, None], ["THRU", "2010-01-31", 51e3, 50e3]]
    found = moved(before, after, sales, lent=("NEW", "THRU"))
    assert row(found, "SOLD") == pytest.approx((90e3, 0, -85e3, -5e3, 0, 0, 0, 0))
    assert row(found, "DOWN") == pytest.approx((90e3, 0, 0, 0, -18e3, 0, 0, 72e3))
    assert row(found, "UP") == pytest.approx((90e3, 0, 0, 0, 0, 30e3, 0, 120e3))
    assert row(found, "GONE") == pytest.approx((45e3, 0, 0, 0, 0, 0, -45e3, 0))
    assert row(found, "NEW") == pytest.approx((0, 110e3, 0, 0, -2e3, 0, 0, 108e3))
    assert row(found, "THRU") == pytest.approx((0, 50e3, -51e3, 1e3, 0, 0, 0, 0))
    totals = {amount: found.total(amount) for amount in AMOUNTS}
    assert list(totals.values()) == pytest.approx([315e3, 160e3, -136e3, -4e3, -20e3, 30e3, -45e3, 300e3])
    assert found.losses == pytest.approx(6e3)
    moves = {move.loan_id: move for move in found.moves}
    assert moves["UP"].not_taken == pytest.approx(15e3)
    assert [moves[name].loan_balance for name in ("NEW", "THRU", "UP")] == [150e3, 150e3, 200e3]
    assert "no sale is given" in moves["GONE"].note
    assert "between the dates" in moves["THRU"].note
    assert not moves["UP"].note + moves["DOWN"].note + moves["SOLD"].note + moves["NEW"].note
    assert [name for name, move in moves.items() if move.measured] == ["DOWN", "UP", "NEW"]
    assert measured_at_nrv(found.moves) == pytest.approx((72e3 + 120e3 + 108e3, -18e3 + 30e3 - 2e3))


def test_a_later_recovery_undoes_earlier_write_downs_and_no_more():
    """In at 100,000, down to 70,000, up to 90,000, up to 100,000 and no further; sold at 130,000, the gain comes then."""
    values = [100e3, 70e3, 90e3, 130e3]
    steps = [
        moved([owned("P", a, 100e3)], [owned("P", b, 100e3)]).moves[0]
        for a, b in pairwise(values)
    ]  # fmt: skip
    assert [step.closing for step in steps] == [70e3, 90e3, 100e3]
    assert sum(step.written_up for step in steps) == -sum(step.written_down for step in steps) == 30e3
    assert steps[-1].not_taken == 30e3
    (sale,) = moved([owned("P", 130e3, 100e3)], [], [["P", "2010-01-15", 130e3, None]]).moves
    assert sale.gain_on_sale == 30e3


def test_haircut_and_advances_are_in_the_value_that_moves():
    before, after = owned("P", 100e3, 90e3, haircut=0.1, selling_cost=0.1, advances=1e3), owned("P", 100e3, 90e3)
    assert row(moved([before], [after]), "P") == pytest.approx((80e3, 0, 0, 0, 0, 10e3, 0, 90e3))


def test_a_property_whose_basis_is_not_known_is_told():
    (up,) = moved([owned("P", 100e3)], [owned("P", 110e3)]).moves
    assert up.written_up == 10e3
    assert "no initial basis" in up.note
    (down,) = moved([owned("P", 100e3)], [owned("P", 90e3)]).moves
    assert not down.note
    (new,) = moved([], [owned("P", 90e3)]).moves
    assert (new.foreclosed_in, new.written_down, new.initial_basis) == (90e3, 0.0, 90e3)
    assert "stands for it" in new.note
    assert "was not in the trust before" in new.note


@pytest.mark.parametrize(("date", "told"), [("2009-12-31", True), ("2010-01-01", False), (None, False)])
def test_a_property_that_should_have_been_there_before_is_told(date, told):
    (new,) = moved([], [owned("P", 1e5, 1e5, foreclosure_date=date)], lent=("P",)).moves
    assert bool(new.note) is told
    assert not told or "foreclosed on 2009-12-31, and not among the properties of 2009-12-31" in new.note


def test_a_property_whose_loan_is_a_loan_again_is_told():
    found = reo_movement(trust([owned("P", 100e3)]), trust([], LATER, lent=("P",)))
    assert found.moves[0].note == "not owned any more, its loan is foreclosure again"
    assert found.total("not_explained") == -100e3


REFUSED: dict[str, tuple[list[Row], list[Row], list[list[Any]], str]] = {
    "not there": ([owned("P", 1e5)], [], [["Q", "2010-01-15", 1e5, None]], r"Q was sold and is not there .*owned on .*: P"),
    "still owned": ([owned("P", 1e5)], [owned("P", 1e5)], [["P", "2010-01-15", 1e5, None]], "is still owned on 2010-01-31"),
    "sold twice": ([owned("P", 1e5)], [], [["P", "2010-01-15", 1e5, None]] * 2, "P stands twice"),
    "too early": ([owned("P", 1e5)], [], [["P", "2009-12-31", 1e5, None]], "does not lie after 2009-12-31"),
    "too late": ([owned("P", 1e5)], [], [["P", "2010-02-01", 1e5, None]], "and up to 2010-01-31"),
    "no proceeds": ([owned("P", 1e5)], [], [["P", "2010-01-15", None, None]], "proceeds is blank"),
    "an owned property's basis": ([owned("P", 1e5)], [], [["P", "2010-01-15", 1e5, 9e4]], "gives an initial basis"),
    "a basis that changes": ([owned("P", 1e5, 9e4)], [owned("P", 1e5, 95e3)], [], "was 90,000.00 on 2009-12-31 and is 95,000.00"),
    "a basis that is gone": ([owned("P", 1e5, 9e4)], [owned("P", 1e5)], [], "90,000.00 on 2009-12-31, is not given any more"),
}  # fmt: skip


@pytest.mark.parametrize(("before", "after", "sales", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_what_cannot_be_is_refused(before, after, sales, words):
    with pytest.raises(Refused, match=words):
        moved(before, after, sales)


def test_a_loan_foreclosed_and_sold_in_between_needs_its_basis():
    with pytest.raises(Refused, match="give its initial_basis in the sales"):
        moved([], [], [["Q", "2010-01-15", 1e5, None]], lent=("Q",))


def test_all_faults_are_told_at_once():
    with pytest.raises(Refused) as refused:
        moved(
            [owned("P", 1e5, 9e4)],
            [owned("P", 1e5, 8e4)],
            [["P", "2010-01-15", 1e5, None], ["Q", "2010-01-15", 1, None]],
        )
    assert len(refused.value.faults) == 3


def test_two_trusts_and_dates_the_wrong_way_round_are_refused():
    with pytest.raises(Refused, match="T and U are two trusts"):
        reo_movement(trust([]), trust([], LATER, name="U"))
    for date in (AS_OF, dt.date(2009, 1, 31)):
        with pytest.raises(Refused, match="give the earlier first"):
            reo_movement(trust([]), trust([], date))


cents = st.integers(0, 10**9).map(lambda c: c / 100)
one = st.fixed_dictionaries({
    "opening": st.none() | cents, "closing": st.none() | cents, "basis": st.none() | cents, "sold": st.none() | cents,
})  # fmt: skip


@given(st.lists(one, max_size=8), st.randoms(use_true_random=False))
def test_it_foots_whatever_happens_and_in_any_order(made, shuffler):
    before, after, sales, lent = [], [], [], []
    for k, what in enumerate(made):
        name, basis = f"P{k}", what["basis"]
        if what["opening"] is not None:
            before.append(owned(name, what["opening"], basis))
        else:
            lent.append(name)
        if what["closing"] is not None:
            after.append(owned(name, what["closing"], basis))
        elif what["sold"] is not None and (basis is not None or what["opening"] is not None):
            sales.append([name, "2010-01-15", what["sold"], basis if what["opening"] is None else None])
    found = moved(before, after, sales, tuple(lent))
    for move in found.moves:
        parts = [getattr(move, amount) for amount in AMOUNTS]
        assert math.fsum(parts[:-1]) == pytest.approx(parts[-1], abs=1e-6)
        assert move.written_down <= 0.0 <= move.written_up
        if move.initial_basis is not None:
            assert move.closing <= move.initial_basis
    assert found.total("opening") == pytest.approx(reo_value(trust(before)), abs=1e-6)
    assert found.total("closing") == pytest.approx(reo_value(trust(after, LATER)), abs=1e-6)
    flows = found.total("foreclosed_in") + found.total("sold") + found.total("not_explained")
    assert found.total("closing") - found.total("opening") == pytest.approx(flows + found.losses, abs=1e-5)
    for rows in (before, after, sales, lent):
        shuffler.shuffle(rows)
    again = moved(before, after, sales, tuple(lent))
    assert [again.total(amount) for amount in AMOUNTS] == [found.total(amount) for amount in AMOUNTS]
    assert again.losses == found.losses
