"""What a loan may say of its contract: what is refused, in which words, and what is only noticed."""

from __future__ import annotations

import pytest

from tests.builders import loan, make_trust, table
from xlfv.tables import Fault, Refused
from xlfv.trust.loans import LOANS, PENALTY_RATES, PENALTY_TYPES, notices

PENALTY = {"prepay_penalty_months": 36}
YIELD = {**PENALTY, "prepay_penalty_type": "yield_maintenance"}


def _read(*rows):
    faults: list[Fault] = []
    records = LOANS.read(table("loans", rows), faults)
    return records, faults


@pytest.mark.parametrize(
    ("terms", "column", "what", "todo"),
    [
        ({"payment_cap": 0.075}, "payment_cap", "payment_reset_frequency is not given", "12 for most option ARMs"),
        ({"payment_cap": 7.5}, "payment_cap", "a rate of 100% or more", "0.075"),
        ({"months_to_payment_reset": 6}, "months_to_payment_reset", "payment_reset_frequency is not given", "leave both"),
        ({"months_to_payment_reset": -2}, "months_to_payment_reset", "below -1", "at least -1"),
        ({"negam_limit": 0.1}, "negam_limit", "negam_limit is 0.1", "recast: 1.10"),
        ({"negam_limit": 110}, "negam_limit", "negam_limit is 110", "recast: 1.10"),
        ({"negam_limit": 15}, "negam_limit", "negam_limit is 15", "recast: 1.15"),
        ({"negam_limit": 0}, "negam_limit", "negam_limit is 0", "leave it blank"),
        ({"recast_frequency": -1}, "recast_frequency", "below 0", "at least 0"),
        ({"recast_frequency": 601}, "recast_frequency", "above 600", "at most 600"),
        ({"accrual_basis": "actual/360"}, "accrual_basis", "'actual/360' is not known", "did you mean act/360?"),
        ({"mi_coverage": 25}, "mi_coverage", "above 1", "a share of the balance at default"),
        ({"other_fees": 1.5}, "other_fees", "a rate of 100% or more", "0.015"),
        ({"deferred_balance": -1}, "deferred_balance", "below 0", "at least 0"),
        ({"lockout_months": -1}, "lockout_months", "below 0", "at least 0"),
        (PENALTY, "prepay_penalty_months", "no prepay_penalty_rate is given", "step_down"),
        ({**PENALTY, "prepay_penalty_type": "percent"}, "prepay_penalty_months", "no prepay_penalty_rate", "step_down"),
        ({**PENALTY, "prepay_penalty_type": "stepdwon"}, "prepay_penalty_type", "'stepdwon'", "did you mean step_down?"),
        ({**PENALTY, "prepay_penalty_rate": 2}, "prepay_penalty_rate", "rate of 100% or more", "decimal: 0.02"),
        ({**PENALTY, "prepay_penalty_rate": 0.5, "prepay_penalty_type": "interest_months"}, "prepay_penalty_rate",
         "0.5 months of interest", "as 6"),
        (YIELD, "prepay_penalty_months", "without prepay_penalty_index", "as CMT_5Y"),
        ({**YIELD, "prepay_penalty_index": "CMT_5"}, "prepay_penalty_index", "the index 'CMT_5' is not known",
         "did you mean CMT_5Y?"),
        ({"rate_rounding": 0.125}, "rate_rounding", "above 0.01", "a decimal (0.00125"),
        ({"rate_rounding": 0.3}, "rate_rounding", "above 0.01", "at most 0.01"),
        ({"life_floor": 0.09, "life_cap": 0.05}, "life_floor", "above life_cap 0.05", "leave blank"),
        ({"index": "LIBOR_6M", "margin": 0.02}, "rate_type", "a fixed rate with index LIBOR_6M", "say rate_type arm"),
        ({"rate_type": "fixed", "index": "MTA", "margin": 0.02}, "rate_type", "margin 0.02", "leave index and margin"),
        ({"prepay_penalty_rate": 0.02}, "prepay_penalty_rate", "prepay_penalty_months is not given", "months left"),
        ({"prepay_penalty_rate": 0.02, "prepay_penalty_months": " "}, "prepay_penalty_rate", "is not given", "0: none"),
        ({"balance": 1e13}, "balance", "above 1e+12", "at most 1e+12"),
        ({"original_balance": 1e13}, "original_balance", "above 1e+12", "at most 1e+12"),
        ({"payment": 1e13}, "payment", "above 1e+12", "at most 1e+12"),
    ],
)  # fmt: skip
def test_each_fault_says_what_where_and_what_to_do(terms, column, what, todo):
    _, faults = _read(loan("17", **terms))
    assert len(faults) == 1, faults
    assert what in faults[0].what
    assert todo in faults[0].todo
    assert "loan_id 17" in faults[0].where
    assert table("loans", [loan("17", **terms)]).where(0, column) in faults[0].where


@pytest.mark.parametrize(
    "terms",
    [
        {"payment_cap": 0.075, "payment_reset_frequency": 12, "negam_limit": 1.1, "recast_frequency": 60},
        {"negam_limit": 1.0}, {"negam_limit": 1.25}, {"recast_frequency": 60}, {"months_to_payment_reset": 0},
        {"payment_reset_frequency": 12, "months_to_payment_reset": 0}, {"payment_reset_frequency": 6},
        {"accrual_basis": "act/360"}, {"accrual_basis": "simple"}, {"deferred_balance": 1000.0},
        {"mi_coverage": 1.0}, {"mi_coverage": 0.25}, {"lockout_months": 24}, {"other_fees": 0.0001},
        {**PENALTY, "prepay_penalty_rate": 0.02}, {**PENALTY, "prepay_penalty_type": "step_down"},
        {**PENALTY, "prepay_penalty_type": "interest_months"}, {**PENALTY, "prepay_penalty_type": "lockout"},
        {**PENALTY, "prepay_penalty_type": "interest_months", "prepay_penalty_rate": 6},
        {**YIELD, "prepay_penalty_index": "cmt_5y"}, {**YIELD, "prepay_penalty_index": "CUSTOM_SWAP"},
        {"prepay_penalty_type": "yield_maintenance", "prepay_penalty_months": 0},
        {"prepay_penalty_rate": 0.02, "prepay_penalty_months": 0}, {"prepay_penalty_rate": 0.0},
        {"rate_rounding": 0.00125}, {"rate_rounding": 0.01}, {"life_floor": 0.05, "life_cap": 0.06}, {"life_floor": 0.06},
        {"index": "MTA"}, {"margin": 0.02}, {"payment": 500.0}, {"payment": 400.0, "interest_only_months": 12},
        {"payment": 400.0, "negam_limit": 1.1}, {"payment": 0.0}, {"status": "d30", "months_delinquent": 2},
        {"status": "d90", "months_delinquent": 14}, {"status": "d60"}, {"status": "foreclosure", "months_delinquent": 1},
    ],
)  # fmt: skip
def test_what_is_carried_is_read_without_a_word(terms):
    records, faults = _read(loan(**terms))
    assert not faults
    assert not notices(records)


def test_a_misread_cell_is_one_fault_and_not_two():
    for terms in (
        {"payment_cap": 0.075, "payment_reset_frequency": "yearly"},
        {**PENALTY, "prepay_penalty_rate": "two"},
        {**YIELD, "prepay_penalty_index": "CMT_5Y", "prepay_penalty_rate": "x"},
    ):
        assert len(_read(loan(**terms))[1]) == 1, terms


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"negam_limit": 1.1, "original_balance": 9e4}, "above their negam_limit today"),
        ({"recast_frequency": 5}, "recast more often than once a year"),
        ({"months_delinquent": 2}, "are current with payments missed"),
        ({"prepay_penalty_type": "lockout"}, "no penalty is taken"),
        ({"other_fees": 0.05}, "other_fees above 2%"),
        ({"life_cap": 0.05}, "above their life_cap or below"),
        ({"life_floor": 0.07}, "below their life_floor"),
        ({"status": "d30", "months_delinquent": 7}, "contradict their status"),
        ({"status": "d60", "months_delinquent": 1}, "contradict their status"),
        ({"status": "d90", "months_delinquent": 1}, "contradict their status"),
        ({"payment": 400.0}, "interest is taken as paid in full"),
    ],
)
def test_what_is_odd_is_noticed_with_a_loan_that_shows_it(terms, told):
    records, faults = _read(loan("1"), loan("2", **terms))
    assert not faults
    (notice,) = notices(records)
    assert told in notice
    assert notice.startswith("1 loans ")
    assert "(first: 2)" in notice


def test_blanks_take_what_the_reference_says():
    records, _ = _read(loan())
    assert records["months_to_payment_reset"][0] == -1
    assert records["lockout_months"][0] == records["other_fees"][0] == records["deferred_balance"][0] == 0
    assert PENALTY_RATES == {"step_down": 0.01, "interest_months": 6.0, "yield_maintenance": 0.01}
    assert set(PENALTY_RATES) < set(PENALTY_TYPES)


def test_a_trust_with_every_feature_packs_and_unpacks():
    everything = {
        "rate_type": "arm", "index": "MTA", "payment_cap": 0.075, "payment_reset_frequency": 12, "negam_limit": 1.1,
        "recast_frequency": 60, "accrual_basis": "simple", "deferred_balance": 500.0, "mi_coverage": 1.0,
        "lockout_months": 3, "other_fees": 1e-4, "prepay_penalty_index": "CMT_5Y", "original_balance": 98000.0, **YIELD,
    }  # fmt: skip
    made = make_trust([loan("1"), loan("2", **everything)], terms=[{"term": "penalties", "value": "not_trust"}])
    again = type(made).unpack(made.pack())
    assert again.digest == made.digest
    assert made.terms.get("penalties") == "not_trust"


def test_an_unknown_use_of_penalties_is_refused():
    with pytest.raises(Refused, match="write one of: interest, not_trust"):
        make_trust([loan()], terms=[{"term": "penalties", "value": "residual"}])
