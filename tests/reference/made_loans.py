"""Made loans and curves for hypothesis: common ones, and everything a tape or a curve table can hold.

Binary decides an exact tie by chance, where what follows jumps rather than bends. So no made loan stands on one: index
rows lie off the grid of margins and roundings (a rate half way between two multiples), and payments off that of rates
(a payment that is the interest to the last digit, where a balance above its limit would be recast or not). Nor does a
balance grow without limit at 30% or for 40 years: to 140,000 times itself, whose last bit is above any tolerance in shares
of the original balance.
"""

from __future__ import annotations

import datetime as dt
import os

from hypothesis import settings
from hypothesis import strategies as st

INDEX = [0.0023123 + 0.0004 * m + 0.011 * ((m * 7) % 13) / 13 for m in range(90)]
YIELDS = [0.0, *(0.0451 - 0.0011 * ((m * 5) % 17) for m in range(1, 60))]
INDICES = {"LIBOR_6M": INDEX, "CMT_5Y": YIELDS}
STATUSES = ("d30", "d60", "d90", "bankruptcy", "foreclosure")
CUTOFFS = [
    dt.date(2009, 12, 31), dt.date(2009, 11, 30), dt.date(2009, 12, 15), dt.date(2009, 2, 28), dt.date(2009, 1, 30),
    dt.date(2008, 2, 29), dt.date(2008, 2, 28),
]  # fmt: skip
WORDS = ("axis", "starts", "severity_basis")  # of a curve, beside its columns


def examples(count: int):
    """Settings of a test over so many examples: always the same ones.

    With ``XLFV_EXAMPLES`` in the environment, that many times as many, and others each time (a long run by hand).
    """
    times = int(os.environ.get("XLFV_EXAMPLES", "1"))
    return settings(max_examples=count * times, derandomize=times == 1)


def exact(low: float, high: float):
    """Numbers of few digits, so that what is written is what is read."""
    return st.integers(round(low * 1e4), round(high * 1e4)).map(lambda n: n / 1e4)


def of_interest(low: float, high: float):
    """Shares of the interest that a payment is, never all of it to the last digit."""
    return exact(low, high).map(lambda share: share + 0.00003)


@st.composite
def loans(draw):
    """Loans as most tapes hold them: fixed, adjustable, interest-only, balloon."""
    term = draw(st.one_of(st.integers(1, 12), st.integers(13, 90), st.integers(13, 90), st.sampled_from([360, 480])))
    one = {
        "balance": draw(st.sampled_from([417000.0, 123456.78, 50000.0, 1e9, 1.0, 0.01])),
        "rate": draw(st.one_of(exact(0.01, 0.12), exact(0.01, 0.12), st.sampled_from([0.0, 1e-12, 1e-6, 0.3]))),
        "remaining_term": term,
        "age": draw(st.integers(0, 150)),
        "servicing_fee": draw(st.sampled_from([0.0, 0.0025, 0.00375])),
        "mi_premium": draw(st.sampled_from([0.0, 0.0, 0.005])),
        "status": draw(st.sampled_from(["current", "current", "d60", "foreclosure"])),
        "cpr_multiplier": draw(st.sampled_from([1.0, 1.0, 0.0, 0.5, 3.0])),
        "cdr_multiplier": draw(st.sampled_from([1.0, 1.0, 0.0, 2.5])),
        "severity_multiplier": draw(st.sampled_from([1.0, 1.0, 0.8, 1.7])),
    }
    shape = draw(st.sampled_from(["level", "level", "io", "balloon", "payment", "io balloon", "io payment"]))
    if "io" in shape:
        one["interest_only_months"] = draw(st.integers(1, term))
    if "balloon" in shape:
        one["amortization_term"] = min(term + draw(st.integers(0, 300)), 720)
    if "payment" in shape:
        one["payment"] = one["balance"] * draw(exact(0.002, 0.2))
    if draw(st.booleans()):
        one |= draw(adjustable())
    return one


@st.composite
def adjustable(draw):
    """The columns of an adjustable rate."""
    one = {
        "rate_type": "arm", "index": "LIBOR_6M", "margin": draw(st.one_of(exact(0.0, 0.04), exact(-0.02, 0.04))),
        "lookback": draw(st.sampled_from([0, 1, 2, 3, 24])), "months_to_reset": draw(st.integers(0, 30)),
        "reset_frequency": draw(st.sampled_from([1, 6, 12, 7, 60])),
    }  # fmt: skip
    for name, low, high in (
        ("initial_cap", 0.0, 0.06), ("periodic_cap", 0.0, 0.02), ("life_cap", 0.05, 0.15),
        ("life_floor", 0.0, 0.05), ("rate_rounding", 0.001, 0.01),
    ):  # fmt: skip
        if draw(st.booleans()):
            one[name] = draw(exact(low, high))
    if "life_cap" in one and "life_floor" in one:
        one["life_cap"] = max(one["life_cap"], one["life_floor"])
    one["first_reset_age"] = draw(st.sampled_from([0, 24, 60]))
    return one


@st.composite
def option_terms(draw, balance: float, rate: float, term: int):
    """Payments that change on their own dates, are capped, recast, and may not cover the interest."""
    one: dict = {}
    if draw(st.integers(0, 3)) > 0:
        one["payment_reset_frequency"] = draw(st.sampled_from([1, 6, 12, 12, 5]))
        if draw(st.booleans()):
            one["months_to_payment_reset"] = draw(st.integers(0, 20))
        if draw(st.booleans()):
            one["payment_cap"] = draw(st.sampled_from([0.0, 0.075, 0.075, 0.3]))
    if draw(st.booleans()) or ("payment_cap" in one and rate * term > 12.0):
        one["negam_limit"] = draw(st.sampled_from([1.01, 1.1, 1.15, 1.25]))
    if draw(st.booleans()):
        one["recast_frequency"] = draw(st.sampled_from([12, 60, 60, 17]))
    if draw(st.integers(0, 3)) > 0:  # a share of the interest, or somewhat more than all of it
        one["payment"] = balance * max(rate, 0.02) / 12.0 * draw(of_interest(0.3, 1.5))
    return one


@st.composite
def option_arms(draw, balance: float):
    """An option ARM whose payment does not cover the interest at first."""
    rate = draw(exact(0.03, 0.12))
    one = {"rate": rate, "remaining_term": draw(st.integers(20, 90))} | draw(adjustable())
    one |= draw(option_terms(balance, rate, one["remaining_term"]))
    one["payment"] = balance * rate / 12.0 * draw(of_interest(0.3, 1.0))
    if "payment_cap" not in one or draw(st.booleans()):
        one["negam_limit"] = draw(st.sampled_from([1.02, 1.05, 1.1, 1.15]))
        one["original_balance"] = balance * draw(st.sampled_from([0.97, 1.0, 0.9, 1.2]))
    if draw(st.booleans()):
        one["amortization_term"] = 360
    return one


@st.composite
def penalty_terms(draw):
    """A prepayment penalty or a lockout."""
    kind = draw(st.sampled_from(["percent", "step_down", "interest_months", "yield_maintenance", "lockout", None]))
    one: dict = {"prepay_penalty_months": draw(st.integers(0, 70))}
    if kind:
        one["prepay_penalty_type"] = kind
    if kind == "yield_maintenance":
        one["prepay_penalty_index"] = "CMT_5Y"
    if kind in ("percent", None) or draw(st.booleans()):
        one["prepay_penalty_rate"] = (
            float(draw(st.integers(1, 9))) if kind == "interest_months" else draw(exact(0, 0.05))
        )
    if draw(st.booleans()):
        one["lockout_months"] = draw(st.integers(0, 40))
    return one


@st.composite
def any_loans(draw):
    """Every kind of loan and every combination of what a tape can say of it."""
    one = draw(loans())
    balance = one["balance"]

    def sometimes(name: str, values) -> None:
        if draw(st.integers(0, 2)) == 2:
            one[name] = draw(values)

    one["status"] = draw(st.sampled_from(["current", "current", "current", *STATUSES]))
    kind = draw(st.sampled_from(["plain", "payments", "option arm", "option arm"]))
    if kind == "payments":
        one |= draw(option_terms(balance, one["rate"], one["remaining_term"]))
    if kind == "option arm":
        for name in ("interest_only_months", "amortization_term"):
            one.pop(name, None)
        one |= draw(option_arms(balance))
    if draw(st.booleans()):
        one |= draw(penalty_terms())
    if "original_balance" not in one:
        sometimes("original_balance", exact(0.8, 1.5).map(lambda share: balance * share))
    sometimes("accrual_basis", st.sampled_from(["30/360", "act/360", "simple"]))
    sometimes("deferred_balance", exact(0.0, 0.5).map(lambda share: balance * share))
    sometimes("other_fees", exact(0.0, 0.01))
    sometimes("mi_coverage", exact(0.0, 0.4))
    sometimes("lien", st.integers(1, 3))
    sometimes("months_delinquent", st.sampled_from([4, 1, 2, 0, 7]))
    sometimes("advancing", st.sampled_from(["yes", "no"]))
    if one["status"] != "current":
        sometimes("advances_outstanding", exact(0.0, 0.3).map(lambda share: balance * share))
    return one


@st.composite
def late_loans(draw):
    """Loans late today, of whatever kind, with a history of advances."""
    one = draw(st.one_of(loans(), any_loans()))
    one |= {"balance": 250000.0, "rate": draw(exact(0.02, 0.1)), "status": draw(st.sampled_from(STATUSES))}
    one["months_delinquent"] = draw(st.integers(0, 7))
    one["advances_outstanding"] = draw(st.sampled_from([12345.67, 0.0]))
    return one


def starts_of(draw, axis: str) -> list[int]:
    """Where the rows of a curve begin: in month 1, or at any age, which then also holds for younger loans."""
    starts = sorted({1, *draw(st.lists(st.integers(2, 60), max_size=3))})
    if axis == "month":
        return starts
    first = draw(st.sampled_from([0, 0, 1, 24]))
    return sorted({first, *(first + s * 3 for s in starts[1:])})


PREPAY = {"cpr": exact(0.0, 0.5), "smm": exact(0.0, 0.05), "psa": st.integers(0, 900).map(float)}
DEFAULT = {"cdr": exact(0.0, 0.4), "mdr": exact(0.0, 0.04), "sda": st.integers(0, 9000).map(float)}


@st.composite
def curve_of(draw, axis):
    """A curve as most are: name -> [(month or age, value)]."""
    starts = starts_of(draw, axis)

    def vector(values):
        return [(start, draw(values)) for start in starts]

    one: dict = {"axis": axis, "starts": starts}
    edge = st.sampled_from([0.0, 1.0])
    prepay, default = draw(st.sampled_from(list(PREPAY))), draw(st.sampled_from(list(DEFAULT)))
    one[prepay] = vector(PREPAY[prepay] if prepay == "psa" else st.one_of(PREPAY[prepay], PREPAY[prepay], edge))
    one[default] = vector(DEFAULT[default] if default == "sda" else st.one_of(*[DEFAULT[default]] * 4, edge))
    one["severity"] = vector(st.one_of(exact(0.0, 1.0), st.sampled_from([0.0, 1.0, 1.6])))
    one["recovery_lag"] = vector(st.sampled_from([0.0, 0.0, 1.0, 3.0, 12.0, 18.0, 60.0]))
    one["advance"] = vector(st.one_of(st.sampled_from([0.0, 1.0, 1.0]), exact(0.0, 1.0)))
    one["severity_basis"] = draw(st.sampled_from(["all_in", "liquidation_balance"]))
    return one


@st.composite
def any_curve(draw, axis, statuses=STATUSES):
    """Every column a curve table can hold; those of ``statuses`` more often than those of others."""
    one = draw(curve_of(axis))
    starts = one["starts"]

    def sometimes(name: str, values, odds: int = 2) -> None:
        if draw(st.integers(0, odds)) == odds:
            one[name] = [(start, float(draw(values))) for start in starts[draw(blank) :]]

    blank = st.sampled_from([0, 0, 0, min(1, len(starts) - 1)])  # first cells of a column that are blank

    if draw(st.integers(0, 3)) == 3:
        for name in PREPAY:
            one.pop(name, None)
        one["abs"] = [(start, draw(exact(0.0, 0.03))) for start in starts]
    if draw(st.integers(0, 3)) == 3:
        for name in DEFAULT:
            one.pop(name, None)
        shares = sorted(draw(st.lists(exact(0.0, 1.0), min_size=len(starts), max_size=len(starts))))
        one["cumulative_default"] = list(zip(starts, shares, strict=True))
    one["severity_basis"] = draw(st.sampled_from(["all_in", "liquidation_balance", "property", "property"]))
    sometimes("curtailment", exact(0.0, 0.3))
    sometimes("liquidation_expense", exact(0.0, 0.3))
    sometimes("advance_months", st.sampled_from([4, 6, 2, 12, 1, 0, 30]), 1)
    sometimes("subsequent_recovery", exact(0.0, 1.0))
    sometimes("subsequent_recovery_lag", st.sampled_from([0, 1, 6, 24]))
    cures = st.one_of(exact(0.0, 0.2), exact(0.0, 0.2), st.sampled_from([0.0, 1.0]))
    sometimes("cure", cures, 3)
    sometimes("months_to_liquidation", st.sampled_from([6, 18, 1, 2, 120]), 3)
    for status in STATUSES:
        odds = 1 if status in statuses else 5
        sometimes(f"severity_{status}", exact(0.0, 1.2), odds)
        sometimes(f"cure_{status}", cures, odds)
        sometimes(f"months_to_liquidation_{status}", st.sampled_from([9, 3, 1, 24]), odds)
    return one


@st.composite
def timeline_curve(draw, axis, statuses=STATUSES):
    """A curve with a timeline of its own for each of these statuses."""
    one = draw(any_curve(axis, statuses))

    def steps(values):
        return [(start, float(draw(values))) for start in one["starts"]]

    for status in sorted(statuses):
        one[f"months_to_liquidation_{status}"] = steps(st.integers(2, 14))
        one[f"severity_{status}"] = steps(exact(0.1, 0.7))
        one[f"cure_{status}"] = steps(exact(0.0, 0.1))
    one["advance"] = steps(st.one_of(exact(0.5, 1.0), st.just(1.0)))
    one["advance_months"] = steps(st.integers(2, 9))
    return one


def as_rows(name: str, curve: dict) -> list[dict]:
    """A curve as the rows of its table."""
    rows = []
    for start in curve["starts"]:
        row: dict = {curve["axis"]: start, "curve": name, "severity_basis": curve["severity_basis"]}
        row |= {column: dict(vector).get(start) for column, vector in curve.items() if column not in WORDS}
        rows.append(row)
    return rows
