"""Made collateral for hypothesis: pools of loans and REO with the curves they follow, and cash as a table gives it.

Binary decides an exact tie by chance, where what follows jumps rather than bends: whether a trigger is on, whether the deal
can be called. So no made level stands on one: :func:`off_grid` numbers lie off the grid of all that is measured.
"""

from __future__ import annotations

import datetime as dt

from hypothesis import strategies as st

from tests.builders import Row

AS_OF = dt.date(2009, 12, 31)


def few(low: float, high: float, digits: int = 4):
    """Numbers of few digits."""
    unit = 10.0**digits
    return st.integers(round(low * unit), round(high * unit)).map(lambda n: n / unit)


def off_grid(low: float, high: float, digits: int = 4):
    """Numbers that no measure of few digits ever equals."""
    return few(low, high, digits).map(lambda number: number + 0.37137 / 10.0**digits)


@st.composite
def pools(draw, groups: list[str]) -> tuple[list[Row], list[Row]]:
    """Loans of every group, and what is owned of them."""
    loans, owned = [], []
    statuses = ["current", "current", "current", "d60", "foreclosure", "reo", "reo"]
    for k, group in enumerate(groups + draw(st.lists(st.sampled_from(groups), max_size=3))):
        row: Row = {
            "loan_id": f"L{k}", "group": group, "balance": draw(few(1e4, 4e6, 2)), "rate": draw(few(0.02, 0.11)),
            "remaining_term": draw(st.integers(3, 60)), "servicing_fee": 0.0025,
            "status": draw(st.sampled_from(statuses)),
        }  # fmt: skip
        kind = draw(st.sampled_from(["", "", "", "modified", "penalty", "io"]))
        if kind == "modified":
            row["rate"] = draw(st.sampled_from([0.0, 0.001, 0.0025]))  # its fee takes more than its interest
        elif kind == "penalty":
            row |= {"prepay_penalty_months": draw(st.integers(1, 30)), "prepay_penalty_rate": 0.02}
        elif kind == "io":
            row |= {"interest_only_months": draw(st.integers(1, row["remaining_term"])), "amortization_term": 360}
        if row["status"] == "reo":
            value = row["balance"] * draw(few(0.2, 1.2, 2))
            owned.append(
                {
                    "loan_id": row["loan_id"], "balance": row["balance"], "value": value, "group": group,
                    "selling_cost": 0.06, "haircut": draw(st.sampled_from([0.0, 0.1])),
                    "advances": draw(st.sampled_from([0.0, 1234.5])), "months_to_sale": draw(st.integers(1, 40)),
                }
            )  # fmt: skip
        loans.append(row)
    return loans, owned


@st.composite
def stresses(draw) -> Row:
    """A row of curves; some have bad months that pass."""
    cdr = draw(
        st.one_of(
            few(0.0, 0.25),
            st.sampled_from(["0 for 3 then 60 for 5 then 0", "40 for 4 then 1", "5 for 10 then 80 for 6 then 2"]),
        )
    )
    return {
        "month": 1, "cpr": draw(few(0.0, 0.4)), "cdr": cdr, "severity": draw(few(0.0, 1.0, 2)),
        "subsequent_recovery": draw(st.sampled_from([0.0, 0.3, 0.5])), "subsequent_recovery_lag": draw(st.integers(0, 4)),
        "recovery_lag": draw(st.sampled_from([0, 3, 9])), "advance": draw(st.sampled_from([0.0, 0.5, 1.0])),
    }  # fmt: skip


def _cents(amount: float) -> float:
    return round(amount, 2)


@st.composite
def given_cash(draw, groups: list[str]) -> list[Row]:
    """Rows of the table cash, a month and group each, whose balances roll to the cent.

    Bad months come and pass: then much is late, and much is lost.
    """
    months = draw(st.integers(2, 30))
    first = draw(st.integers(1, 8))
    bad = range(first, first + draw(st.sampled_from([0, 6, 12, 24])))
    dated = draw(st.sampled_from(["", "", "dates", "dates and days"]))
    told_net_wac, gross_only = draw(st.booleans()), draw(st.booleans())
    date = AS_OF + dt.timedelta(days=draw(st.integers(1, 40)))
    gaps = [draw(st.integers(28, 33)) for _ in range(months)]
    rows: list[Row] = []
    for group in groups:
        balance = draw(few(1e4, 4e6, 2))
        worst, paid = draw(st.sampled_from([20, 100, 400])), draw(st.integers(0, 120))
        for month in range(1, months + 1):
            some = draw(st.integers(0, 999))  # one draw a month moves all of it
            lost = _cents(balance * (worst if month in bad else some % 3) * (some % 11) / 1e4)
            back = _cents(lost * (some % 7) / 10)
            level = _cents(balance * (some % 5 - (some % 29 == 0)) / 500)  # sometimes interest joins the balance
            left = balance - lost - back - max(level, 0.0)
            prepaid = _cents(max(left if some % 97 == 96 else left * paid * (some % 13) / 1e4, 0.0))
            gross = _cents(balance * (20 + some % 90) / 12e3)
            row: Row = {
                "month": month, "group": group, "balance": balance, "scheduled_principal": level,
                "prepaid_principal": prepaid, "liquidation_proceeds": back, "losses": lost,
                "subsequent_recoveries": _cents(some * (some % 3 == 2) * 1.7), "gross_interest": gross,
                "penalties": _cents(prepaid * 0.01 * (some % 2)),
            }  # fmt: skip
            if not gross_only:
                row["net_interest"] = _cents(gross * (1.0 - (some % 8) / 50))
            if told_net_wac:
                row["net_wac"] = None if some % 4 == 0 else (some % 60) / 1000
            if dated:
                row["payment_date"] = (date + dt.timedelta(days=sum(gaps[: month - 1]))).isoformat()
            if dated.endswith("days"):
                row["days"] = gaps[month - 1]
            balance = _cents(balance - level - prepaid - back - lost)
            row["delinquent_60"] = _cents(balance * (some % 100) * (3 if month in bad else 1) / 400)
            rows.append(row)
    return rows
