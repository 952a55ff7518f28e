"""A trust's loans as the kernels read them, and which of them are common."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from xlfv.kernels import layout as k
from xlfv.kernels.contract import all_gentle
from xlfv.market.calendar import add_months, is_month_end
from xlfv.market.indices import Indices
from xlfv.tables.schema import Records
from xlfv.trust.loans import BLANK, PENALTY_RATES, STATUSES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

ACCRUALS = ("30/360", "act/360", "simple")  # in the order of k.THIRTY ..
PENALTIES = ("", "percent", "step_down", "interest_months", "yield_maintenance")  # in the order of k.NO_PENALTY ..
MISSED = {"current": 0, "d30": 1, "d60": 2, "d90": 3, "bankruptcy": 3, "foreclosure": 3, "reo": 0}
"""Payments missed by a loan that does not say how many."""


def loan_numbers(loans: Records) -> Floats:
    """Amounts and rates, float64[loans, LOAN_NUMBERS]."""
    out = np.zeros((loans.count, k.LOAN_NUMBERS))
    periodic = _or(loans["periodic_cap"], np.inf)
    past_first = (loans["first_reset_age"] > 0) & (loans["age"] >= loans["first_reset_age"])
    rate = loans["prepay_penalty_rate"].copy()
    for kind, blank in PENALTY_RATES.items():
        rate[np.isnan(rate) & (loans["prepay_penalty_type"] == kind)] = blank
    grows = np.isfinite(loans["payment_cap"]) | np.isfinite(loans["negam_limit"])
    columns = {
        k.L_BALANCE: loans["balance"],
        k.L_RATE: loans["rate"],
        k.L_MARGIN: loans["margin"],
        k.L_FIRST_CAP: np.where(np.isnan(loans["initial_cap"]) | past_first, periodic, loans["initial_cap"]),
        k.L_CAP: periodic,
        k.L_LIFE_CAP: _or(loans["life_cap"], np.inf),
        k.L_FLOOR: loans["life_floor"],
        k.L_ROUNDING: _or(loans["rate_rounding"], 0.0),
        k.L_PAYMENT: _or(loans["payment"], 0.0),
        k.L_FEE: loans["servicing_fee"] + loans["mi_premium"] + loans["other_fees"],
        k.L_SEVERITY: loans["severity_multiplier"],
        k.L_PREPAY: loans["cpr_multiplier"],
        k.L_DEFAULT: loans["cdr_multiplier"],
        k.L_ADVANCED: loans["advancing"],
        k.L_ORIGINAL: _or(loans["original_balance"], 0.0),
        k.L_PAYMENT_CAP: _or(loans["payment_cap"], np.inf),
        k.L_NEGAM_LIMIT: np.where(grows, _or(loans["negam_limit"], np.inf), 0.0),
        k.L_DEFERRED: loans["deferred_balance"],
        k.L_PENALTY: _or(rate, 0.0),
        k.L_COVER: _or(loans["mi_coverage"], 0.0),
        k.L_ADVANCES: loans["advances_outstanding"],
    }
    for row, values in columns.items():
        out[:, row] = values
    unknown = ~(out[:, k.L_ORIGINAL] > 0.0)
    out[unknown, k.L_ORIGINAL] = out[unknown, k.L_BALANCE]
    return out


def loan_counts(loans: Records, indices: Indices, defaults_stop: str) -> Ints:
    """Months and kinds, int64[loans, LOAN_COUNTS]."""
    out = np.zeros((loans.count, k.LOAN_COUNTS), dtype=np.int64)
    term, age = loans["remaining_term"], loans["age"]
    amortize = np.where(loans["amortization_term"] > 0, loans["amortization_term"], term)
    interest_only = np.minimum(loans["interest_only_months"], term)
    frequency = loans["payment_reset_frequency"]
    every = np.maximum(frequency, 1)
    anniversary = np.where((age > 0) & (age % every == 0), 0, every - age % every)
    until = loans["months_to_payment_reset"]
    locked = loans["prepay_penalty_type"] == "lockout"
    penalty_months = loans["prepay_penalty_months"]
    kinds = np.where(loans["prepay_penalty_type"] == "", "percent", loans["prepay_penalty_type"])
    missed = np.array([MISSED[str(status)] for status in loans["status"]], dtype=np.int64)
    # The standard stops defaults so that none is liquidated after the last level payment (SF-20). A balloon is due
    # whether or not there is time to foreclose, so such a loan can default until it matures.
    balloon = (amortize > term) | (interest_only >= term)
    stops = (defaults_stop == "lag_before_maturity") & ~balloon
    columns = {
        k.L_TERM: term,
        k.L_AMORTIZE: amortize,
        k.L_INTEREST_ONLY: interest_only,
        k.L_AGE: age,
        k.L_RESET: loans["months_to_reset"],
        k.L_FREQUENCY: loans["reset_frequency"],
        k.L_INDEX: _index_rows(loans["index"], loans["rate_type"] == "arm", indices),
        k.L_LOOKBACK: loans["lookback"],
        k.L_ACCRUAL: _places(loans["accrual_basis"], ACCRUALS),
        k.L_PAYMENT_RESET: np.where(until > BLANK, until, anniversary),
        k.L_PAYMENT_FREQUENCY: frequency,
        k.L_RECAST: loans["recast_frequency"],
        k.L_PENALTY_MONTHS: np.where(locked, 0, penalty_months),
        k.L_PENALTY_KIND: _places(np.where(locked | (penalty_months == 0), "", kinds), PENALTIES),
        k.L_PENALTY_INDEX: _index_rows(loans["prepay_penalty_index"], loans["prepay_penalty_index"] != "", indices),
        k.L_LOCKOUT: np.maximum(loans["lockout_months"], np.where(locked, penalty_months, 0)),
        k.L_LAST_DEFAULT: np.where(stops, term, k.NEVER),
        k.L_STATUS: _places(loans["status"], STATUSES),
        k.L_MISSED: np.where(loans["months_delinquent"] > 0, loans["months_delinquent"], missed),
    }
    for row, values in columns.items():
        out[:, row] = values
    return out


def is_common(numbers: Floats, counts: Ints) -> NDArray[np.bool_]:
    """Which loans have nothing rarer than a reset, interest-only months and a balloon, bool[loans].

    The others are projected one at a time; so is a loan whose curve asks for more (see ``assumptions``).
    """
    plain = (numbers[:, k.L_ADVANCED] == 1.0) & (numbers[:, k.L_NEGAM_LIMIT] == 0.0) & (numbers[:, k.L_DEFERRED] == 0.0)
    plain &= (numbers[:, k.L_COVER] == 0.0) & (counts[:, k.L_ACCRUAL] == k.THIRTY)
    plain &= (counts[:, k.L_PAYMENT_FREQUENCY] == 0) & (counts[:, k.L_RECAST] == 0) & (counts[:, k.L_LOCKOUT] == 0)
    plain &= (counts[:, k.L_PENALTY_KIND] == k.NO_PENALTY) & (counts[:, k.L_AMORTIZE] < 1000)
    gentle = np.zeros(plain.size, dtype=bool)
    all_gentle(numbers, counts, gentle)
    return np.asarray(plain & gentle)


def year_fractions(cutoff: dt.date, months: int) -> Floats:
    """Share of a year in each month by accrual, float64[3, months + 1]; entry 0 is 0.

    A month runs from the cut-off's day to the same day of the next; a cut-off at a month's end stays at month ends.
    """
    day = 31 if is_month_end(cutoff) else cutoff.day
    dates = [add_months(cutoff, t, day) for t in range(months + 1)]
    out = np.zeros((3, months + 1))
    out[k.THIRTY, 1:] = 1.0 / 12.0
    days = np.diff(np.array([date.toordinal() for date in dates], dtype=np.float64))
    out[k.ACTUAL, 1:] = days / 360.0
    out[k.DAILY, 1:] = days / 365.0
    return out


def index_rows(indices: Indices) -> Floats:
    """All indices as rows of one array, in order of name, row 0 for month 0; the last row holds on."""
    if not indices.rates:
        return np.zeros((1, 1))
    longest = max(v.size for v in indices.rates.values())
    at = np.arange(longest)
    return np.array([values[np.minimum(at, values.size - 1)] for _, values in sorted(indices.rates.items())])


def _or(values: Floats, blank: float) -> Floats:
    return np.where(np.isnan(values), blank, values)


def _places(words: NDArray[np.str_], known: tuple[str, ...]) -> Ints:
    """Which of ``known`` each word is."""
    unique, place = np.unique(words.astype(str), return_inverse=True)
    return np.array([known.index(word) for word in unique], dtype=np.int64)[place.reshape(-1)]


def _index_rows(names: NDArray[np.str_], named: NDArray[np.bool_], indices: Indices) -> Ints:
    """The row of each loan's index; -1 where it has none."""
    rows = {name: row for row, name in enumerate(sorted(indices.rates))}
    found = [rows[str(name).upper()] if is_named else -1 for name, is_named in zip(names, named, strict=True)]
    return np.array(found, dtype=np.int64)
