"""What the company records beside its trusts: ranges of risk premiums, facts of consolidation, long-term debt, scenarios.

The terms of the debt are those that Impac Mortgage Holdings tells in its annual report for 2009 (8.01% trust preferred
exchanged for notes at 2%, rising 1% a year from 2014, LIBOR + 3.75% from 2018); every amount, date and yield is made up.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from workbooks.sample_deals import DEALS, Class, Row
from workbooks.sample_market import LEVELS, MONTHS
from workbooks.sample_views import MOOD, business_day

STEP = 0.0025  # premiums are set in quarters of a percent
TRUST_PREFERRED, NOTES = "8.01% trust preferred 2035", "Junior subordinated notes 2034"
EXCHANGED, BOUGHT_BACK = MONTHS.index("2009-07"), MONTHS.index("2009-10")
PREFERRED = ((EXCHANGED, 34_000_000.0), (BOUGHT_BACK, 6_500_000.0), (len(MONTHS), 4_500_000.0))
"""Trust preferred outstanding before each month of :data:`MONTHS`, dollars."""
NOTES_GIVEN, NOTES_WORTH, CASH_GIVEN, BUY_BACK = 33_000_000.0, 3_780_000.0, 3_500_000.0, 640_000.0
PAID_IN = ("01", "04", "07", "10")


def range_rows(at: int, month_end: str, yields: dict[str, list[Row]]) -> list[Row]:
    """The policy of risk premiums in force for a month, a row a kind of class: what holds the register's ranges.

    Args:
        at: which month.
        month_end: its last day.
        yields: each trust's register.
    """
    rows = []
    base = f"{LEVELS[MONTHS[at]]['SWAP_5']:.4f}"
    for trust, register in yields.items():
        deal = DEALS[trust]
        kinds: dict[tuple[str, str], list[Row]] = {}
        for row in register:
            kinds.setdefault(_kind(row["item"], deal.classes), []).append(row)
        for (position, rating), own in kinds.items():
            low = min(float(row["low"]) for row in own) - float(base)
            high = max(float(row["high"]) for row in own) - float(base)
            rows.append({
                "collateral_type": dict(deal.terms)["collateral_type"], "vintage_from": deal.closing[:4],
                "vintage_to": deal.closing[:4], "rating": rating, "position": position, "base_rate": base,
                "risk_premium_low": f"{math.floor(low / STEP + 1e-9) * STEP:.4f}",
                "risk_premium_high": f"{math.ceil(high / STEP - 1e-9) * STEP:.4f}",
                "source": "5-year swap; premiums of dealers' research and the month's quotes",
                "reviewed_date": business_day(month_end, 4).isoformat(), "reviewed_by": "valuation committee",
            })  # fmt: skip
    return rows


def _kind(item: str, classes: Sequence[Class]) -> tuple[str, str]:
    """Position and letters of the rating at issue."""
    found = next((c for c in classes if c.name == item), None)
    return (found.kind, found.rating.rstrip("+-")) if found else (item, "")


def fact_rows() -> list[Row]:
    """Facts of consolidation, a row a fact: of the multifamily trust the company is not the master servicer."""
    rows = []
    for trust, deal in DEALS.items():
        serves = dict(deal.terms)["consolidated"] == "yes"
        agreement = f"pooling and servicing agreement of {deal.closing}"
        for fact, value, source in (
            ("master_servicer", "yes" if serves else "no", f"{agreement}, article III"),
            ("qspe", "no" if serves else "yes", f"accounting memorandum at closing of {trust}"),
            ("holds_residual", "yes", "register of certificates"),
            ("call_right", "yes" if serves else "no", f"{agreement}, section 10.01"),
        ):
            rows.append({"trust": trust, "date": deal.closing, "fact": fact, "value": value, "source": source})
    return rows


def debt_rows(at: int) -> list[Row]:
    """Long-term debt at a month-end."""
    base, spread = 0.085 + 0.03 * MOOD[at], 0.10 + 0.12 * MOOD[at]
    common = {"frequency": "4", "day_count": "30/360", "yield": f"{base:.4f}", "own_credit_spread": f"{spread:.4f}"}
    rows = [{
        "instrument": TRUST_PREFERRED, "balance": f"{preferred(at):.2f}",
        "coupon": "8.01% until 2010-07-30 then LIBOR_3M + 3.75%", "maturity": "2035-07-30", **common,
        "holder": "trust preferred holders",
    }]  # fmt: skip
    if at >= EXCHANGED:
        rows.append({
            "instrument": NOTES, "balance": f"{NOTES_GIVEN:.2f}",
            "coupon": "2% through 2013 then +1% a year through 2017 then LIBOR_3M + 3.75%", "maturity": "2034-07-30",
            **common, "holder": "former holders of trust preferred",
        })  # fmt: skip
    return rows


def scenario_rows() -> list[Row]:
    """The valuation committee's scenarios: multiples of the curves, severity in basis points, and weights."""
    return [
        {"scenario": name, "weight": weight, "prepay": prepay, "default": default, "severity": severity}
        for name, weight, prepay, default, severity in (
            ("as given", "0.50", "", "", ""), ("recovery", "0.15", "1.2", "0.85", "- 300"),
            ("slow", "0.20", "0.8", "1.1", "+ 200"), ("stress", "0.15", "0.7", "1.35", "+ 700"),
        )
    ]  # fmt: skip


def preferred(at: int) -> float:
    """Trust preferred outstanding at a month-end (dollars)."""
    return next(balance for until, balance in PREFERRED if at < until)


def debt_activity_rows(at: int) -> list[Row]:
    """What was paid on the debt in the month that ends there: a quarter's interest on the 30th, the exchange, a buy-back."""
    pays = MONTHS[at][-2:] in PAID_IN
    interest = preferred(at - 1) * 0.0801 / 4.0 if pays else 0.0
    given = {EXCHANGED: NOTES_WORTH + CASH_GIVEN, BOUGHT_BACK: BUY_BACK}.get(at, 0.0)
    told = {
        EXCHANGED: "27,500,000 exchanged for 3,500,000 in cash and notes worth 3,780,000",
        BOUGHT_BACK: "2,000,000 bought back for cash",
    }
    rows = [_paid(TRUST_PREFERRED, interest, given, 0.0, told.get(at, ""))]
    if at >= EXCHANGED:
        first = at == EXCHANGED
        interest = NOTES_GIVEN * 0.02 / 4.0 if pays and not first else 0.0
        rows.append(_paid(NOTES, interest, 0.0, NOTES_WORTH if first else 0.0, "given in exchange" if first else ""))
    return rows


def _paid(instrument: str, interest: float, principal: float, issued: float, text: str) -> Row:
    return {"instrument": instrument, "interest_paid": f"{interest:.2f}", "principal_paid": f"{principal:.2f}",
            "issued": f"{issued:.2f}", "text": text}  # fmt: skip
