"""The loans of a trust: one row a loan, balances at the cut-off."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Table
from xlfv.tables.columns import Array
from xlfv.tables.faults import resembling
from xlfv.tables.schema import Column, Records, Schema

STATUSES = ("current", "d30", "d60", "d90", "bankruptcy", "foreclosure", "reo")
PROPERTIES = ("sf", "condo", "two_to_four", "multifamily", "commercial")
PENALTY_TYPES = ("percent", "step_down", "interest_months", "yield_maintenance", "lockout")
PENALTY_RATES = {"step_down": 0.01, "interest_months": 6.0, "yield_maintenance": 0.01}
"""What a blank prepay_penalty_rate takes; a penalty in percent has none, and a lockout needs none."""
BLANK = -1  # of months_to_payment_reset, where 0 means this month
HIGHEST_LIMIT = 3.0  # of negative amortization: more is a percent
MOST_MONEY = 1e12  # of one loan: more is a slip, or a whole pool
MOST_ROUNDING = 0.01  # of a rate: more is a percent

_COLUMNS = (
    Column("loan_id", "text", "the loan's name, once in the table", required=True, unique=True),
    Column("balance", "number", "unpaid principal at the cut-off", "$", required=True, low=0.0, high=MOST_MONEY),
    Column("rate", "number", "note rate today", "rate", required=True, low=0.0),
    Column("remaining_term", "integer", "months to maturity", "months", required=True, low=1, high=600),
    Column("group", "text", "loan group", default="1"),
    Column("age", "integer", "payments that have fallen due so far", "months", default=0, low=0, high=1200),
    Column("original_balance", "number", "balance at origination; blank: balance", "$", low=0.0,
           high=MOST_MONEY),
    Column("rate_type", "text", "fixed or arm", default="fixed", allowed=("fixed", "arm")),
    Column("amortization_term", "integer", "months over which it amortizes, counted from today; longer than"
           " remaining_term means a balloon", "months", default=0, low=0, high=720),
    Column("interest_only_months", "integer", "interest-only months left", "months", default=0, low=0, high=600),
    Column("payment", "number", "level principal and interest today; blank: computed", "$ a month", low=0.0,
           high=MOST_MONEY),
    Column("accrual_basis", "text", "how interest accrues; simple is by actual days over 365", default="30/360",
           allowed=("30/360", "act/360", "simple")),
    Column("index", "text", "index of an adjustable rate"),
    Column("margin", "number", "margin over the index", "rate", default=0.0, low=-0.2),
    Column("lookback", "integer", "months before the first payment at a new rate whose index row is read",
           "months", default=1, low=0, high=24),
    Column("months_to_reset", "integer", "months still paid at today's rate", "months", default=0, low=0, high=600),
    Column("reset_frequency", "integer", "months between resets", "months", default=12, low=1, high=120),
    Column("payment_reset_frequency", "integer", "months between payment changes; 0: the payment changes with the rate",
           "months", default=0, low=0, high=120),
    Column("months_to_payment_reset", "integer", "months still paid at today's payment; -1: until age is next a multiple"
           " of payment_reset_frequency", "months", default=BLANK, low=BLANK, high=600),
    Column("initial_cap", "number", "largest change at the next reset where it is the first; blank: periodic_cap",
           "rate", low=0.0),
    Column("first_reset_age", "integer", "age at the first reset; a loan past it no longer takes initial_cap",
           "months", default=0, low=0),
    Column("periodic_cap", "number", "largest change at a reset; blank: none", "rate", low=0.0),
    Column("life_cap", "number", "highest rate ever; blank: none", "rate", low=0.0),
    Column("life_floor", "number", "lowest rate ever; blank: 0", "rate", default=0.0, low=0.0),
    Column("rate_rounding", "number", "a new rate is rounded to the nearest multiple, a decimal (0.00125 for an eighth of"
           " a percent); blank: none", "rate", low=0.0, high=MOST_ROUNDING),
    Column("payment_cap", "number", "largest payment change of an option ARM, a share of the payment; the balance may then"
           " grow", "rate", low=0.0),
    Column("negam_limit", "number", "the balance may grow to this multiple of original_balance (1.10), where the payment is"
           " recast; blank: no limit under a payment_cap, else no growth", "multiple", low=0.0),
    Column("recast_frequency", "integer", "months between recasts without the payment_cap, counted by age; 0: none",
           "months", default=0, low=0, high=600),
    Column("servicing_fee", "number", "servicing fee a year on the balance", "rate", default=0.0, low=0.0),
    Column("mi_premium", "number", "mortgage insurance premium a year, paid by the trust", "rate", default=0.0, low=0.0),
    Column("other_fees", "number", "other fees a year on the balance, before the pool's net rate", "rate", default=0.0,
           low=0.0),
    Column("mi_coverage", "number", "mortgage insurance cover, a share of the balance at default", "share", low=0.0,
           high=1.0),
    Column("lien", "integer", "lien position", default=1, low=1, high=3),
    Column("property_type", "text", "kind of property", default="sf", allowed=PROPERTIES),
    Column("occupancy", "text", "owner, second home or investor"),
    Column("state", "text", "state of the property"),
    Column("ltv", "number", "loan to value", "ratio", low=0.0, high=5.0),
    Column("fico", "number", "credit score", low=0.0, high=900.0),
    Column("status", "text", "where the loan stands today", default="current", allowed=STATUSES),
    Column("months_delinquent", "integer", "payments missed: months already advanced, where a curve stops advances",
           "months", default=0, low=0, high=600),
    Column("last_paid_date", "date", "due date of the last payment made"),
    Column("advances_outstanding", "number", "advances the servicer takes back at cure or liquidation", "$", default=0.0,
           low=0.0),
    Column("advancing", "flag", "the servicer still advances", default=True),
    Column("deferred_balance", "number", "balance beside balance that bears no interest and is due at payoff or the end;"
           " counts in the pool balance", "$", default=0.0, low=0.0),
    Column("prepay_penalty_months", "integer", "months left of a prepayment penalty", "months", default=0, low=0, high=600),
    Column("prepay_penalty_rate", "number", "percent: share of the balance paid off (0.02); step_down: share for each year"
           " left (0.01); interest_months: months of interest (6); yield_maintenance: least share (0.01)", low=0.0),
    Column("prepay_penalty_type", "text", "kind of penalty; blank: percent", allowed=PENALTY_TYPES),
    Column("prepay_penalty_index", "text", "index of a yield maintenance"),
    Column("lockout_months", "integer", "months left in which the loan cannot be prepaid", "months", default=0, low=0,
           high=600),
    Column("curve", "text", "which curve set the loan follows", default="default"),
    Column("cpr_multiplier", "number", "multiplies the prepayment rate", default=1.0, low=0.0, high=100.0),
    Column("cdr_multiplier", "number", "multiplies the default rate", default=1.0, low=0.0, high=100.0),
    Column("severity_multiplier", "number", "multiplies the severity", default=1.0, low=0.0, high=100.0),
)  # fmt: skip


def _found(loans: Records, table: Table, rows: Array, *columns: str) -> Iterator[tuple[int, str]]:
    """Rows where a mask holds and every column was read, each with the place of the first column."""
    for row in np.flatnonzero(rows):
        if loans.sound(row, *columns):
            yield int(row), table.where(row, columns[0]) + f", loan_id {loans['loan_id'][row]}"


def _index_fault(name: str, where: str) -> Fault | None:
    """The fault of an index that is not known."""
    if is_index(name.upper()):
        return None
    near = resembling(name.upper(), INDICES)
    todo = f"write one of {', '.join(INDICES[:8])} ..., or CUSTOM_NAME for one of your own"
    return Fault(f"the index '{name}' is not known", where, f"did you mean {near}? {todo}" if near else todo)


def _adjustable(loans: Records, table: Table) -> list[Fault]:
    """An adjustable loan names a known index."""
    faults: list[Fault | None] = []
    for row, where in _found(loans, table, loans["rate_type"] == "arm", "index", "rate_type"):
        name = str(loans["index"][row])
        if name:
            faults.append(_index_fault(name, where))
        else:
            faults.append(Fault("an adjustable loan has no index", where, "name its index"))
    fixed = (loans["rate_type"] != "arm") & (loans["index"] != "") & (loans["margin"] > 0.0)
    for row, where in _found(loans, table, fixed, "rate_type", "index", "margin"):
        what = f"a fixed rate with index {loans['index'][row]} and margin {loans['margin'][row]:g}"
        faults.append(Fault(what, where, "say rate_type arm, or leave index and margin blank"))
    return list(filter(None, faults))


def _bounds(loans: Records, table: Table) -> list[Fault]:
    """The lowest rate ever is not above the highest."""
    floor, cap = loans["life_floor"], loans["life_cap"]
    with np.errstate(invalid="ignore"):
        crossed = floor > cap
    return [
        Fault(
            f"life_floor is {floor[row]:g}, above life_cap {cap[row]:g}",
            where,
            "give the lowest and the highest rate ever, or leave blank the one the loan has not",
        )
        for row, where in _found(loans, table, crossed, "life_floor", "life_cap")
    ]


def _terms(loans: Records, table: Table) -> list[Fault]:
    """A loan cannot amortize in less than its remaining term, nor pay interest only after it."""
    term, interest_only, amortize = loans["remaining_term"], loans["interest_only_months"], loans["amortization_term"]
    beyond = [
        Fault(
            f"interest_only_months is {interest_only[row]}, beyond remaining_term {term[row]}",
            where,
            "give the interest-only months that are left, at most remaining_term",
        )
        for row, where in _found(loans, table, interest_only > term, "interest_only_months", "remaining_term")
    ]
    short = (amortize > 0) & (amortize < term)
    return beyond + [
        Fault(
            f"amortization_term is {amortize[row]}, below remaining_term {term[row]}",
            where,
            "give the months over which it amortizes from today, or leave it blank",
        )
        for row, where in _found(loans, table, short, "amortization_term", "remaining_term")
    ]


def _payments(loans: Records, table: Table) -> list[Fault]:
    """How often the payment changes is said where it decides cash.

    A payment cap without it has no default that would be safe: were the payment to change with a monthly rate, a cap of
    7.5% a year would be one of 138%.
    """
    cap, often, until = loans["payment_cap"], loans["payment_reset_frequency"], loans["months_to_payment_reset"]
    faults = [
        Fault(
            f"payment_cap is {cap[row]:g} and payment_reset_frequency is not given",
            where,
            "write the months between payment changes: 12 for most option ARMs",
        )
        for row, where in _found(
            loans, table, np.isfinite(cap) & (often == 0), "payment_cap", "payment_reset_frequency"
        )
    ]
    return faults + [
        Fault(
            f"months_to_payment_reset is {until[row]} and payment_reset_frequency is not given",
            where,
            "write the months between payment changes, or leave both blank where the payment changes with the rate",
        )
        for row, where in _found(
            loans, table, (until > 0) & (often == 0), "months_to_payment_reset", "payment_reset_frequency"
        )
    ]


def _limits(loans: Records, table: Table) -> list[Fault]:
    """A limit of negative amortization is a multiple of the original balance: 1.10, not 0.10 and not 110."""
    limit = loans["negam_limit"]
    with np.errstate(invalid="ignore"):
        wrong = (limit < 1.0) | (limit > HIGHEST_LIMIT)
    faults = []
    for row, where in _found(loans, table, wrong, "negam_limit"):
        value = float(limit[row])
        meant = 1.0 + value if value < 1.0 else value / 100.0 if value >= 100.0 else 1.0 + value / 100.0
        todo = f"write the multiple of original_balance at which the loan is recast: {meant:.2f}"
        faults.append(Fault(f"negam_limit is {value:g}", where, todo if value else "leave it blank for no limit"))
    return faults


def _penalties(loans: Records, table: Table) -> list[Fault]:
    """A prepayment penalty says what it is: a kind or a rate, a rate where it needs one, an index where it needs one."""
    kind, rate, index = loans["prepay_penalty_type"], loans["prepay_penalty_rate"], loans["prepay_penalty_index"]
    faults: list[Fault | None] = []
    for row, where in _found(loans, table, index != "", "prepay_penalty_index"):
        faults.append(_index_fault(str(index[row]), where))
    left = loans["prepay_penalty_months"] > 0
    columns = ("prepay_penalty_months", "prepay_penalty_type", "prepay_penalty_rate", "prepay_penalty_index")
    for row, where in _found(loans, table, left, *columns):
        what = f"prepay_penalty_months is {loans['prepay_penalty_months'][row]}"
        if np.isnan(rate[row]) and kind[row] in ("", "percent"):
            todo = f"give prepay_penalty_rate, or as prepay_penalty_type one of {', '.join(PENALTY_TYPES[1:])}"
            faults.append(Fault(f"{what} and no prepay_penalty_rate is given", where, todo))
        if kind[row] == "yield_maintenance" and not index[row]:
            faults.append(
                Fault(
                    f"{what}, a yield maintenance without prepay_penalty_index",
                    where,
                    "name the index of the yield to which it discounts, as CMT_5Y",
                )
            )
    for row, where in _found(loans, table, left, "prepay_penalty_rate", *columns):
        faults.append(_penalty_rate(str(kind[row]), float(rate[row]), where))
    endless = (rate > 0.0) & _blank(loans, table, "prepay_penalty_months")
    for row, where in _found(loans, table, endless, "prepay_penalty_rate", *columns):
        what = f"prepay_penalty_rate is {rate[row]:g} and prepay_penalty_months is not given"
        faults.append(Fault(what, where, "give the months left of the penalty (0: none are left)"))
    return list(filter(None, faults))


def _blank(loans: Records, table: Table, column: str) -> Array:
    """Rows whose cell is not filled, bool[rows]: a zero that is written is an answer."""
    cells = table.columns.get(column, [None] * loans.count)
    return np.array([cell is None or (isinstance(cell, str) and not cell.strip()) for cell in cells], dtype=bool)


def _penalty_rate(kind: str, rate: float, where: str) -> Fault | None:
    """The fault of a penalty's rate in the wrong unit."""
    if kind == "interest_months":
        todo = "write how many months of interest are due, as 6"
        return Fault(f"prepay_penalty_rate is {rate:g} months of interest", where, todo) if rate < 1.0 else None
    if kind != "lockout" and rate >= 1.0:
        todo = f"write it as a decimal: {rate / 100:g}"
        return Fault(f"prepay_penalty_rate is {rate:g}, a rate of 100% or more", where, todo)
    return None


LOANS = Schema("loans", _COLUMNS, key="loan_id", checks=(_adjustable, _bounds, _terms, _payments, _limits, _penalties))


def notices(loans: Records) -> list[str]:
    """What of the loans looks odd or counts for nothing, in words."""
    if not loans.count:
        return ["the tape holds no loans: nothing will be collected from any"]
    limit = loans["negam_limit"] * loans["original_balance"]
    penalty = (loans["prepay_penalty_type"] != "") & ("prepay_penalty_months" not in loans.given)
    with np.errstate(invalid="ignore"):
        odd = (
            *((loans[column] > most, f"have a {column} above {most:.0%}") for column, most in _HIGH.items()),
            (
                loans["balance"] > limit,
                "are above their negam_limit today: they recast when a payment does not cover the interest",
            ),
            ((loans["recast_frequency"] > 0) & (loans["recast_frequency"] < 12), "recast more often than once a year"),
            ((loans["status"] == "current") & (loans["months_delinquent"] > 0), "are current with payments missed"),
            (
                (loans["rate"] > loans["life_cap"]) | (loans["rate"] < loans["life_floor"]),
                "have a rate today above their life_cap or below their life_floor",
            ),
            (_contradicted(loans), "have months_delinquent that contradict their status"),
            (_short(loans), "have a payment below a month's interest: interest is taken as paid in full"),
            (penalty, "have a prepay_penalty_type and no prepay_penalty_months: no penalty is taken"),
        )
    return [_noticed(loans, rows, words) for rows, words in odd if np.any(rows)]


def _contradicted(loans: Records) -> Array:
    """Payments missed that neither way of counting days past due would call by that status, bool[loans]."""
    status, missed = loans["status"], loans["months_delinquent"]
    outside = ((status == "d30") & (missed > 2)) | ((status == "d60") & ((missed < 2) | (missed > 3)))
    return np.asarray((missed > 0) & (outside | ((status == "d90") & (missed < 3))))


def _short(loans: Records) -> Array:
    """Payments that do not cover a month's interest where the balance may not grow, bool[loans]."""
    payment, interest = loans["payment"], loans["balance"] * loans["rate"] / 12.0
    level = np.isnan(loans["payment_cap"]) & np.isnan(loans["negam_limit"]) & (loans["interest_only_months"] == 0)
    return np.asarray(level & (payment > 0.0) & (payment < interest - 0.01))


_HIGH = {"rate": 0.25, "servicing_fee": 0.02, "other_fees": 0.02}


def _noticed(loans: Records, rows: Array, words: str) -> str:
    return f"{int(rows.sum())} loans {words} (first: {loans['loan_id'][np.flatnonzero(rows)[0]]})"
