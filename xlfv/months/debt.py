"""The company's long-term debt over a month: what both months say of it, and what the books paid."""

from __future__ import annotations

from xlfv.months.company import CompanyMonth
from xlfv.months.folder import Month
from xlfv.reporting.debt_rollforward import activity_faults, debt_changes, debt_rollforward, pair_up
from xlfv.reporting.rollforward import Rollforward
from xlfv.tables import Fault, refuse_if
from xlfv.valuation.debt import DebtValue, debt_values


def company_debt(month: Month) -> dict[str, DebtValue]:
    """Each instrument of a month at fair value, by its name in small letters.

    Raises:
        Refused: an index that one of them floats on is not given.
    """
    company: CompanyMonth = month.company
    values = debt_values(company.debts, month.as_of, company.indices)
    return {one.debt.name.lower(): one for one in values}


def debt_month(before: Month, after: Month, interest: str = "net") -> Rollforward | None:
    """The rollforward of long-term debt over a month; None where there is none at either end.

    Args:
        before, after: two months in a row.
        interest: ``net`` of interest due, or ``gross``.

    Raises:
        Refused: payments on an instrument that stands at neither end, or none given for one of them; debt at one end and no
            table of it at the other.
    """
    opening, closing = before.company.debts, after.company.debts
    if not opening and not closing:
        return None
    ends = pair_up(opening, closing, (before.as_of, after.as_of), (before.company.indices, after.company.indices))
    table, paid = after.company.tables.get("debt_activity"), after.company.debt_paid
    faults: list[Fault] = []
    for month, own in ((before, opening), (after, closing)):
        if not own and "debt" not in month.company.tables:
            where = f"company/{month.month}"
            faults.append(
                Fault(f"long-term debt of {month.month} is not given", where, "add debt.csv, or take out both")
            )
    if table is None:
        what = f"nothing says what was paid on long-term debt in {after.month}"
        todo = "add debt_activity.csv: instrument, interest_paid, principal_paid, issued"
        faults.append(Fault(what, f"company/{after.month}", todo))
    else:
        faults += activity_faults(ends, paid, table)
    refuse_if(faults)
    return debt_rollforward(debt_changes(ends, paid), paid, interest)
