"""Loans eight at a time against loans one at a time, a loan against the totals, scenarios together against each alone."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import make_curves, make_indices, make_trust
from tests.reference.made_loans import INDICES, STATUSES, any_curve, any_loans, as_rows, curve_of, examples, loans
from tests.reference.test_loans_agree import tolerance
from xlfv.kernels import layout as k
from xlfv.kernels.contract import contract
from xlfv.market.curves import Curves
from xlfv.projection import collateral, loan_arrays
from xlfv.projection.assumptions import loan_curves
from xlfv.projection.collateral import LEDGER, LOAN_FIELDS, project_collateral, project_loan, project_scenarios
from xlfv.trust.trust import Trust

INDEX = make_indices(**INDICES)
CUTOFF = dt.date(2009, 12, 31)
MONTHS = 150


def trust_of(pool: list[dict], apart: bool = False, **all_alike) -> Trust:
    """A trust of loans in the order given, in one group or each in its own."""
    rows = [
        {"loan_id": f"L{n}", "group": f"g{n:03}" if apart else "1", **one, **all_alike} for n, one in enumerate(pool)
    ]
    return make_trust(rows, as_of=CUTOFF)


def curves_of(**curves: dict) -> Curves:
    return make_curves(*[row for name, curve in curves.items() for row in as_rows(name, curve)])


def sums(trust: Trust, curves: Curves, months: int, singly: bool) -> dict[str, np.ndarray]:
    """What the kernels sum, by name: float64[groups, months + 1]; ``singly`` one loan at a time."""
    every = trust["loans"]
    made = collateral._project(trust, every, loan_curves(every, curves, months), INDEX, months, singly=singly)[0]
    return {name: made.column(column) for name, column in LOAN_FIELDS.items()}


@st.composite
def common_curve(draw, axis: str):
    """A curve under which nothing follows a default but its liquidation in turn, advanced until then."""
    one = draw(curve_of(axis))
    lags = sorted(lag for _, lag in one["recovery_lag"])
    one["advance"] = [(start, 1.0) for start in one["starts"]]
    one["recovery_lag"] = list(zip(one["starts"], lags, strict=True))
    return one


def common_loans():
    """Loans that go eight at a time, under a :func:`common_curve` without a timeline."""
    return loans().filter(lambda one: one["status"] != "foreclosure" and one["rate"] * one["remaining_term"] <= 60.0)


@st.composite
def pools(draw, most: int = 20):
    """Loans of all kinds that are common, on two curves."""
    pool = draw(st.lists(common_loans(), min_size=1, max_size=most))
    return [{**one, "curve": draw(st.sampled_from(["default", "default", "other"]))} for one in pool]


def is_common(trust: Trust) -> np.ndarray:
    every = trust["loans"]
    return loan_arrays.is_common(loan_arrays.loan_numbers(every), loan_arrays.loan_counts(every, INDEX, ""))


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(40)
@given(data=st.data())
def test_loans_eight_at_a_time_bring_what_they_bring_one_at_a_time(axis, data):
    pool = data.draw(pools())
    curves = curves_of(default=data.draw(common_curve(axis)), other=data.draw(common_curve(axis)))
    trust = trust_of(pool)
    assert is_common(trust).all()
    assert loan_curves(trust["loans"], curves, MONTHS).common.all()
    near = sum(map(tolerance, pool))
    eight, single = (sums(trust, curves, MONTHS, singly) for singly in (False, True))
    for name, values in eight.items():
        np.testing.assert_allclose(values, single[name], rtol=0.0, atol=near, err_msg=name)


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(40)
@given(data=st.data())
def test_a_loan_among_others_eight_at_a_time_brings_what_it_brings_by_itself(axis, data):
    """Each in a group of its own, to a millionth of a dollar a loan."""
    pool = data.draw(pools(6))
    curves = curves_of(default=data.draw(common_curve(axis)), other=data.draw(common_curve(axis)))
    trust = trust_of(pool, apart=True)
    eight, single = (sums(trust, curves, MONTHS, singly) for singly in (False, True))
    for n, one in enumerate(pool):
        for name, values in eight.items():
            np.testing.assert_allclose(values[n], single[name][n], rtol=0.0, atol=tolerance(one), err_msg=name)


def contracts(trust: Trust, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Balances and shares of interest of every loan's contract, one at a time: float64[loans, months + 1] each."""
    every = trust["loans"]
    numbers, counts = loan_arrays.loan_numbers(every), loan_arrays.loan_counts(every, INDEX, "")
    fractions, rows = loan_arrays.year_fractions(CUTOFF, months), loan_arrays.index_rows(INDEX)
    balances, shares, notes = np.zeros((3, every.count, months + 1))
    for n in range(every.count):
        contract(numbers[n], counts[n], rows, fractions, months, balances[n], shares[n], notes[n])
    return balances, shares


NOBODY = make_curves(cpr=0.0, cdr=0.0)  # prepays or defaults


@examples(60)
@given(pool=st.lists(common_loans(), min_size=1, max_size=12))
def test_contracts_eight_at_a_time_have_the_bits_of_contracts_one_at_a_time(pool):
    """Without prepayments and defaults the performing balance is the contract's, to the last bit, until it matures."""
    trust = trust_of(pool, apart=True)
    assert is_common(trust).all()
    balances, shares = contracts(trust, MONTHS)
    rolled = sums(trust, NOBODY, MONTHS, singly=False)
    for n, one in enumerate(pool):
        last = min(one["remaining_term"], MONTHS)
        # What is left of a balance that a payment repays but for rounding is nothing to the one, rounding to the other.
        dust = balances[n, :last] == 0.0
        assert np.array_equal(rolled["performing_balance"][n, :last][~dust], balances[n, :last][~dust])
        assert np.all(rolled["performing_balance"][n, :last][dust] <= 1e-9 * one["balance"])
        due = balances[n, :last] * shares[n, 1 : last + 1]
        assert np.array_equal(rolled["interest_paid"][n, 1 : last + 1][~dust], due[~dust])


@examples(60)
@given(pool=st.lists(common_loans(), min_size=1, max_size=12))
def test_monthly_rates_eight_at_a_time_have_the_bits_of_rates_one_at_a_time(pool):
    """A balance that is a power of two and never amortizes shows its monthly rate in its interest, bit by bit."""
    pool = [{**one, "balance": 2.0**17, "interest_only_months": one["remaining_term"], "payment": None} for one in pool]
    trust = trust_of(pool, apart=True)
    paid = sums(trust, NOBODY, MONTHS, singly=False)["interest_paid"]
    _, shares = contracts(trust, MONTHS)
    for n, one in enumerate(pool):
        last = min(one["remaining_term"], MONTHS)
        assert np.array_equal(paid[n, 1 : last + 1] / 2.0**17, shares[n, 1 : last + 1])


def of_loan(trust: Trust, name: str, curves: Curves, months: int) -> dict[str, np.ndarray]:
    cash = project_loan(trust, name, curves, INDEX, months)
    return {column: cash[column][0] for column in (*LOAN_FIELDS, *LEDGER)}


def in_turn(columns: list[np.ndarray]) -> np.ndarray:
    """Loans projected one at a time: added one after the other within a block, then block after block."""
    total = np.zeros_like(columns[0])
    for begin in range(0, len(columns), k.BLOCK):
        block = np.zeros_like(total)
        for column in columns[begin : begin + k.BLOCK]:
            block = block + column
        total = total + block
    return total


def eight_by_eight(columns: list[np.ndarray]) -> np.ndarray:
    """Loans side by side: each of eight places sums every eighth loan of a block, then the places are added in pairs."""
    total = np.zeros_like(columns[0])
    for begin in range(0, len(columns), k.BLOCK):
        places = np.zeros((8, *total.shape))
        for n, column in enumerate(columns[begin : begin + k.BLOCK]):
            places[n % 8] = places[n % 8] + column
        pairs = [places[n] + places[n + 1] for n in (0, 2, 4, 6)]
        total = total + ((pairs[0] + pairs[1]) + (pairs[2] + pairs[3]))
    return total


def assert_totals_are(trust: Trust, curves: Curves, months: int, added, names) -> None:
    whole = project_collateral(trust, curves, INDEX, months)
    each = [of_loan(trust, str(name), curves, months) for name in trust["loans"]["loan_id"]]
    for name in names:
        assert np.array_equal(whole[name][0], added([one[name] for one in each])), name


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(25)
@given(data=st.data())
def test_the_only_loan_of_a_trust_is_its_totals_to_the_bit(axis, data):
    one, curve = data.draw(st.one_of(loans(), any_loans())), data.draw(any_curve(axis))
    trust, curves = trust_of([one]), curves_of(default=curve)
    whole = project_collateral(trust, curves, INDEX, MONTHS)
    alone = project_loan(trust, "L0", curves, INDEX, MONTHS)
    for name in (*whole.fields, *LEDGER):
        assert np.array_equal(whole[name], alone[name]), name


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(25)
@given(data=st.data())
def test_a_loan_by_itself_is_to_the_bit_what_it_is_in_a_group_beside_others(axis, data):
    """Each loan in a group of its own: what the others are, and that they are there, changes no bit of it."""
    pool = data.draw(st.lists(st.one_of(loans(), any_loans()), min_size=2, max_size=5))
    trust, curves = trust_of(pool, apart=True), curves_of(default=data.draw(any_curve(axis)))
    whole = project_collateral(trust, curves, INDEX, MONTHS)
    for n, name in enumerate(trust["loans"]["loan_id"]):
        alone = project_loan(trust, str(name), curves, INDEX, MONTHS)
        for column in (*whole.fields, *LEDGER):
            assert np.array_equal(whole[column][n], alone[column][0]), column


@pytest.mark.parametrize("axis", ["month", "age"])
@examples(15)
@given(data=st.data())
def test_totals_of_loans_one_at_a_time_are_the_loans_in_turn_to_the_bit(axis, data):
    """A balance that bears no interest keeps every loan from being common."""
    pool = data.draw(st.lists(any_loans(), min_size=2, max_size=9))
    trust, curves = trust_of(pool, deferred_balance=100.0), curves_of(default=data.draw(any_curve(axis)))
    assert not is_common(trust).any()
    assert_totals_are(trust, curves, 60, in_turn, (*LOAN_FIELDS, *LEDGER))


@st.composite
def like_loans(draw, balloon: bool):
    """A loan that stands in the pool where the tape has it: fixed, of one term."""
    rate, term = draw(st.sampled_from([0.0, 0.04, 0.0625, 0.07125, 0.12])), 120
    one = {"rate": rate, "remaining_term": term, "balance": draw(st.floats(0.01, 1e6)), "servicing_fee": 0.0025}
    if balloon:
        one["amortization_term"] = draw(st.integers(term + 1, 360))
    if draw(st.booleans()):
        one["payment"] = one["balance"] * draw(st.floats(0.001, 0.1))
    for name in ("cpr_multiplier", "cdr_multiplier", "severity_multiplier"):
        one[name] = draw(st.sampled_from([0.5, 1.5, 2.0]))
    return one


@examples(15)
@given(data=st.data())
def test_totals_of_loans_eight_at_a_time_are_the_loans_eight_by_eight_to_the_bit(data):
    made = data.draw(st.lists(st.booleans().flatmap(like_loans), min_size=1, max_size=25))
    pool = [made[(n * 7) % len(made)] for n in range(data.draw(st.sampled_from([1, 7, 8, 9, 25, 64])))]
    trust, curves = trust_of(pool), curves_of(default=data.draw(common_curve("month")))
    assert is_common(trust).all()
    assert_totals_are(trust, curves, 130, eight_by_eight, LOAN_FIELDS)


def test_balloons_among_loans_that_amortize_leave_their_bits():
    """A balloon may default to its end, others not: from there they roll apart, and neither may change the other."""
    pool = [{"balance": 1e5 / (3 + n), "rate": 0.05, "remaining_term": 60} for n in range(8)]
    pool = [{**one, "amortization_term": 123} if n % 2 else one for n, one in enumerate(pool)]
    curves = make_curves(cpr=0.08, cdr=0.03, severity=0.4, recovery_lag=6)
    assert_totals_are(trust_of(pool), curves, 70, eight_by_eight, LOAN_FIELDS)


def test_blocks_are_added_one_after_the_other_to_the_bit():
    """Two blocks and a few loans more, eight at a time and one at a time."""
    curves = make_curves(cpr=0.08, cdr=0.03, severity=0.4, recovery_lag=6)
    pool = [
        {"balance": 10007.0 * (1 + n % 13) + n / 7, "rate": 0.05, "remaining_term": 24} for n in range(2 * k.BLOCK + 5)
    ]
    assert_totals_are(trust_of(pool), curves, 30, eight_by_eight, LOAN_FIELDS)
    assert_totals_are(trust_of(pool, deferred_balance=1.0), curves, 30, in_turn, (*LOAN_FIELDS, *LEDGER))


def test_common_loans_come_before_the_others_in_a_sum():
    curves = make_curves(cpr=0.08, cdr=0.03, severity=0.4, recovery_lag=6)
    pool = [{"balance": 1e5 / (3 + n), "rate": 0.05, "remaining_term": 24} for n in range(20)]
    pool = [{**one, "deferred_balance": 7.0} if n % 3 == 0 else one for n, one in enumerate(pool)]
    trust = trust_of(pool)
    whole = project_collateral(trust, curves, INDEX, 30)
    each = [of_loan(trust, f"L{n}", curves, 30) for n in range(20)]
    for name in LOAN_FIELDS:
        common, others = ([one[name] for n, one in enumerate(each) if (n % 3 == 0) is rare] for rare in (False, True))
        assert np.array_equal(whole[name][0], eight_by_eight(common) + in_turn(others)), name


WHOLE = (
    "recovery_lag", "advance_months", "subsequent_recovery_lag", "months_to_liquidation",
    *(f"months_to_liquidation_{status}" for status in STATUSES),
)  # fmt: skip
"""Columns of whole months."""


@st.composite
def stresses(draw):
    """Several scenarios of the same curves: rates, severities, lags and what else follows a default, changed at will."""
    base = {name: draw(any_curve("month")) for name in ("default", "other")}
    scenarios = [base]
    for _ in range(draw(st.integers(1, 3))):
        changed = {name: dict(curve) for name, curve in base.items()}
        for curve in changed.values():
            for column, cells in curve.items():
                if isinstance(cells, list) and column not in ("starts", "cumulative_default") and draw(st.booleans()):
                    times = draw(st.sampled_from([0.0, 0.5, 0.9, 1.0]))
                    least = 1.0 if column.startswith("months_to_liquidation") else 0.0
                    scaled = [(start, max(value * times, least)) for start, value in cells]
                    curve[column] = (
                        [(start, float(round(value))) for start, value in scaled] if column in WHOLE else scaled
                    )
            if draw(st.booleans()):
                curve["advance"] = [(start, 1.0) for start in curve["starts"]]
        scenarios.append(changed)
    return scenarios


@examples(30)
@given(data=st.data())
def test_scenarios_together_have_the_bits_of_each_alone(data):
    pool = data.draw(st.lists(st.one_of(loans(), any_loans()), min_size=1, max_size=6))
    pool = [{**one, "curve": data.draw(st.sampled_from(["default", "other"]))} for one in pool]
    trust, scenarios = trust_of(pool), [curves_of(**one) for one in data.draw(stresses())]
    together = project_scenarios(trust, scenarios, INDEX, 90)
    for curves, cash in zip(scenarios, together, strict=True):
        alone = project_collateral(trust, curves, INDEX, 90)
        for name in (*alone.fields, *LEDGER):
            assert np.array_equal(cash[name], alone[name]), name


def test_a_scenario_that_advances_less_leaves_the_bits_of_the_others():
    """Under the one the loans go eight at a time, under the other one at a time: then not together."""
    pool = [{"balance": 1e5 / (3 + n), "rate": 0.05, "remaining_term": 90} for n in range(30)]
    typed = {"cpr": 0.08, "cdr": 0.03, "severity": 0.4, "recovery_lag": 6}
    scenarios = [make_curves(**typed, advance=share) for share in (1.0, 0.9)]
    trust = trust_of(pool)
    for curves, cash in zip(scenarios, project_scenarios(trust, scenarios, INDEX, 90), strict=True):
        assert np.array_equal(cash["interest_paid"], project_collateral(trust, curves, INDEX, 90)["interest_paid"])


def test_curves_that_say_the_same_in_one_scenario_only_leave_its_bits():
    """Loans of two curves make one block where both have one severity, and two where they do not."""
    pool = [
        {"balance": 1e5 / (3 + n), "rate": 0.05, "remaining_term": 90, "curve": "default" if n % 2 else "other"}
        for n in range(30)
    ]

    def pair(severity: float) -> Curves:
        row = {"month": 1, "cpr": 0.08, "cdr": 0.03, "recovery_lag": 6}
        return make_curves(
            {"curve": "default", "severity": 0.4, **row}, {"curve": "other", "severity": severity, **row}
        )

    scenarios = [pair(0.4), pair(0.5)]
    trust = trust_of(pool)
    for curves, cash in zip(scenarios, project_scenarios(trust, scenarios, INDEX, 90), strict=True):
        for name, values in project_collateral(trust, curves, INDEX, 90).fields.items():
            assert np.array_equal(cash[name], values), name


@examples(25)
@given(data=st.data())
def test_a_projection_made_again_has_the_same_bits(data):
    """Also where the plan of the loans was kept."""
    pool = data.draw(st.lists(loans(), min_size=1, max_size=12))
    trust, curves = trust_of(pool), curves_of(default=data.draw(common_curve("month")))
    first, again = (project_collateral(trust, curves, INDEX, MONTHS) for _ in range(2))
    for name, values in first.fields.items():
        assert np.array_equal(values, again[name]), name
