"""The loans of a trust: one row a loan, balances at the cut-off."""

from __future__ import annotations

import difflib

import numpy as np

from xlfv.market.names import INDICES, is_index
from xlfv.tables import Fault, Table
from xlfv.tables.schema import Column, Records, Schema

STATUSES = ("current", "d30", "d60", "d90", "bankruptcy", "foreclosure", "reo")
PROPERTIES = ("sf", "condo", "two_to_four", "multifamily", "commercial")

_COLUMNS = (
    Column("loan_id", "text", "the loan's name, once in the table", required=True, unique=True),
    Column("balance", "number", "unpaid principal at the cut-off", "$", required=True, low=0.0),
    Column("rate", "number", "note rate today", "rate", required=True, low=0.0),
    Column("remaining_term", "integer", "months to maturity", "months", required=True, low=1, high=600),
    Column("group", "text", "loan group", default="1"),
    Column("age", "integer", "months since the first payment fell due", "months", default=0, low=0, high=1200),
    Column("original_balance", "number", "balance at origination", "$", low=0.0),
    Column("rate_type", "text", "fixed or arm", default="fixed", allowed=("fixed", "arm")),
    Column("amortization_term", "integer", "months over which it amortizes, counted from today; longer than"
           " remaining_term means a balloon", "months", default=0, low=0, high=720),
    Column("interest_only_months", "integer", "interest-only months left", "months", default=0, low=0, high=600),
    Column("payment", "number", "level principal and interest today; blank: computed", "$ a month", low=0.0),
    Column("accrual_basis", "text", "how interest accrues", default="30/360", allowed=("30/360", "act/360", "simple")),
    Column("index", "text", "index of an adjustable rate"),
    Column("margin", "number", "margin over the index", "rate", default=0.0, low=-0.2),
    Column("lookback", "integer", "months before the first payment at a new rate whose index row is read",
           "months", default=1, low=0, high=24),
    Column("months_to_reset", "integer", "months still paid at today's rate", "months", default=0, low=0, high=600),
    Column("reset_frequency", "integer", "months between resets", "months", default=12, low=1, high=120),
    Column("payment_reset_frequency", "integer", "months between payment changes", "months", default=0, low=0),
    Column("initial_cap", "number", "largest change at the next reset where it is the first; blank: periodic_cap",
           "rate", low=0.0),
    Column("first_reset_age", "integer", "age at the first reset; a loan past it no longer takes initial_cap",
           "months", default=0, low=0),
    Column("periodic_cap", "number", "largest change at a reset; blank: none", "rate", low=0.0),
    Column("life_cap", "number", "highest rate ever; blank: none", "rate", low=0.0),
    Column("life_floor", "number", "lowest rate ever; blank: 0", "rate", default=0.0, low=0.0),
    Column("rate_rounding", "number", "a new rate is rounded to the nearest multiple; blank: none", "rate", low=0.0),
    Column("payment_cap", "number", "largest payment change of an option ARM", "rate", low=0.0),
    Column("negam_limit", "number", "balance limit of negative amortization", "multiple", low=0.0),
    Column("recast_frequency", "integer", "months between recasts of an option ARM", "months", default=0, low=0),
    Column("servicing_fee", "number", "servicing fee a year on the balance", "rate", default=0.0, low=0.0),
    Column("mi_premium", "number", "mortgage insurance premium a year, paid by the trust", "rate", default=0.0, low=0.0),
    Column("mi_coverage", "number", "mortgage insurance cover", "rate", low=0.0),
    Column("lien", "integer", "lien position", default=1, low=1, high=3),
    Column("property_type", "text", "kind of property", default="sf", allowed=PROPERTIES),
    Column("occupancy", "text", "owner, second home or investor"),
    Column("state", "text", "state of the property"),
    Column("ltv", "number", "loan to value", "ratio", low=0.0, high=5.0),
    Column("fico", "number", "credit score", low=0.0, high=900.0),
    Column("status", "text", "where the loan stands today", default="current", allowed=STATUSES),
    Column("months_delinquent", "integer", "payments missed", "months", default=0, low=0),
    Column("last_paid_date", "date", "due date of the last payment made"),
    Column("advances_outstanding", "number", "advances to be repaid to the servicer", "$", default=0.0, low=0.0),
    Column("advancing", "flag", "the servicer still advances", default=True),
    Column("deferred_balance", "number", "forbearance balance due at the end", "$", default=0.0, low=0.0),
    Column("prepay_penalty_months", "integer", "months left of a prepayment penalty", "months", default=0, low=0),
    Column("prepay_penalty_rate", "number", "penalty on the prepaid balance", "rate", low=0.0),
    Column("prepay_penalty_type", "text", "kind of penalty"),
    Column("curve", "text", "which curve set the loan follows", default="default"),
    Column("cpr_multiplier", "number", "multiplies the prepayment rate", default=1.0, low=0.0, high=100.0),
    Column("cdr_multiplier", "number", "multiplies the default rate", default=1.0, low=0.0, high=100.0),
    Column("severity_multiplier", "number", "multiplies the severity", default=1.0, low=0.0, high=100.0),
)  # fmt: skip


def _adjustable(loans: Records, table: Table) -> list[Fault]:
    """An adjustable loan names a known index."""
    faults = []
    for row in np.flatnonzero(loans["rate_type"] == "arm"):
        if not loans.sound(row, "index", "rate_type"):
            continue
        name = loans["index"][row].upper()
        who = f", loan_id {loans['loan_id'][row]}"
        if not name:
            faults.append(Fault("an adjustable loan has no index", table.where(row, "index") + who, "name its index"))
        elif not is_index(name):
            near = difflib.get_close_matches(name, INDICES, 1, 0.5)
            hint = f"did you mean {near[0]}? " if near else ""
            todo = f"{hint}write one of {', '.join(INDICES[:8])} ..., or CUSTOM_NAME for one of your own"
            faults.append(
                Fault(f"the index '{loans['index'][row]}' is not known", table.where(row, "index") + who, todo)
            )
    return faults


def _terms(loans: Records, table: Table) -> list[Fault]:
    """A loan cannot amortize in less than its remaining term, nor pay interest only after it."""
    term, interest_only = loans["remaining_term"], loans["interest_only_months"]
    short = (loans["amortization_term"] > 0) & (loans["amortization_term"] < term)
    beyond = [
        Fault(
            f"interest_only_months is {interest_only[row]}, beyond remaining_term {term[row]}",
            table.where(row, "interest_only_months") + f", loan_id {loans['loan_id'][row]}",
            "give the interest-only months that are left, at most remaining_term",
        )
        for row in np.flatnonzero(interest_only > term)
        if loans.sound(row, "remaining_term")
    ]
    return beyond + [
        Fault(
            f"amortization_term is {loans['amortization_term'][row]}, below remaining_term {loans['remaining_term'][row]}",
            table.where(row, "amortization_term") + f", loan_id {loans['loan_id'][row]}",
            "give the months over which it amortizes from today, or leave it blank",
        )
        for row in np.flatnonzero(short)
    ]


def _not_carried(loans: Records, table: Table) -> list[Fault]:
    """What this version does not project is refused where it would change cash."""
    tests = {
        "payment_cap": np.isfinite(loans["payment_cap"]),
        "negam_limit": np.isfinite(loans["negam_limit"]),
        "recast_frequency": loans["recast_frequency"] > 0,
        "accrual_basis": loans["accrual_basis"] != "30/360",
        "deferred_balance": loans["deferred_balance"] > 0,
        "payment_reset_frequency": (loans["payment_reset_frequency"] > 0)
        & (loans["payment_reset_frequency"] != loans["reset_frequency"]),
    }
    faults = []
    for column, given in tests.items():
        for row in np.flatnonzero(given):
            where = table.where(row, column) + f", loan_id {loans['loan_id'][row]}"
            what = f"{column} '{loans[column][row]}' is not projected by this version"
            faults.append(Fault(what, where, "take the loan out, or model it without this feature"))
    return faults


LOANS = Schema("loans", _COLUMNS, key="loan_id", checks=(_adjustable, _terms, _not_carried))


def notices(loans: Records) -> list[str]:
    """What of the loans this version leaves out of the cash, in words."""
    found = []
    if not loans.count:
        found.append("the tape holds no loans: nothing will be collected from any")
    for column, most in (("rate", 0.25), ("servicing_fee", 0.02)):
        high = loans[column] > most
        if np.any(high):
            who = loans["loan_id"][np.flatnonzero(high)[0]]
            found.append(f"{int(high.sum())} loans have a {column} above {most:.0%} (first: {who})")
    if np.any(loans["prepay_penalty_months"] > 0):
        found.append("prepayment penalties are not projected by this version")
    if np.any(loans["mi_coverage"] > 0):
        found.append("mortgage insurance proceeds are not projected by this version: put them into the severity")
    if np.any(loans["advances_outstanding"] > 0):
        found.append("advances outstanding today are taken as repaid inside the severity")
    late = np.isin(loans["status"], ("d30", "d60", "d90", "bankruptcy"))
    if np.any(late):
        found.append(
            f"{int(late.sum())} loans that are late today follow the same curves as current ones in this version"
        )
    return found
