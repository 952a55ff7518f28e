"""A plain, slow, separately written projection of one loan, to hold the kernel against.

Nothing of xlfv is used. Dollars are tracked, not survival: the contract on its own, the performing balance, and every
month's new defaults as a cohort of their own until they are liquidated. Rows and curves are those a person would type.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

FIELDS = (
    "performing_balance", "foreclosure_balance", "scheduled_principal", "prepaid_principal", "new_defaults",
    "advanced_principal", "liquidated_balance", "liquidation_proceeds", "losses", "interest_due", "interest_paid",
    "interest_advanced", "interest_lost", "servicing_fee", "servicing_due",
)  # fmt: skip


@dataclass
class Cohort:
    """Balance that defaulted in one month."""

    at_default: float
    left: float
    dies: int


def held(rows: list[tuple[int, float]], at: int) -> float:
    """The value in force at a month (or age): the last row not after it, or the first."""
    value = rows[0][1]
    for start, number in rows:
        if start <= at:
            value = number
    return value


def monthly(annual: float) -> float:
    """A month's share of an annual rate."""
    return 1.0 if annual >= 1.0 else -math.expm1(math.log1p(-annual) / 12.0)


def hundred_psa(age: int) -> float:
    return 0.002 * min(max(age, 0), 30)


def hundred_sda(age: int) -> float:
    if age <= 30:
        return 0.0002 * age
    if age <= 60:
        return 0.006
    return max(0.006 - 0.000095 * (age - 60), 0.0003)


def rate_of(curve: dict, kinds: tuple[str, str, str], age_today: int, multiplier: float, month: int) -> float:
    """SMM or MDR of a month. ``kinds``: the names of the annual, the monthly and the standard rate."""
    annual, single, standard = kinds
    age = age_today + month
    at = age if curve["axis"] == "age" else month
    if annual in curve:
        return monthly(min(held(curve[annual], at) * multiplier, 1.0))
    if single in curve:
        return min(held(curve[single], at) * multiplier, 1.0)
    if standard in curve:
        shape = hundred_psa(age) if standard == "psa" else hundred_sda(age)
        return monthly(min(held(curve[standard], at) / 100.0 * shape * multiplier, 1.0))
    return 0.0


def level(balance: float, rate: float, periods: int) -> float:
    """Level payment by the sum of discount factors."""
    factor, total = 1.0, 0.0
    for _ in range(periods):
        factor /= 1.0 + rate
        total += factor
    return balance / total


@dataclass
class Contract:
    """The contract of a loan on which nobody prepays or defaults."""

    loan: dict
    index: list[float]

    def __post_init__(self) -> None:
        self.rate = self.loan["rate"]
        self.balance = self.loan["balance"]
        self.payment = self.loan.get("payment") or None
        self.resets = 0
        self.original_rate = self.rate

    def reset(self, month: int) -> None:
        loan = self.loan
        if loan.get("rate_type") != "arm" or month > loan["remaining_term"]:
            return
        since = month - (loan.get("months_to_reset", 0) + 1)
        if since < 0 or since % loan.get("reset_frequency", 12) != 0:
            return
        row = min(max(month - loan.get("lookback", 1), 0), len(self.index) - 1)
        new = self.index[row] + loan.get("margin", 0.0)
        if loan.get("rate_rounding"):
            new = math.floor(new / loan["rate_rounding"] + 0.5) * loan["rate_rounding"]
        cap = loan.get("periodic_cap")
        seasoned = 0 < loan.get("first_reset_age", 0) <= loan.get("age", 0)
        if self.resets == 0 and loan.get("initial_cap") is not None and not seasoned:
            cap = loan["initial_cap"]
        if cap is not None:
            new = max(self.rate - cap, min(self.rate + cap, new))
        new = max(new, loan.get("life_floor", 0.0))
        if loan.get("life_cap") is not None:
            new = min(new, loan["life_cap"])
        self.rate = new
        self.resets += 1
        self.payment = None

    def month(self, month: int) -> tuple[float, float, float]:
        """Monthly rate, share of the balance amortized, and the same without a balloon at maturity."""
        self.reset(month)
        loan, rate = self.loan, self.rate / 12.0
        term = loan["remaining_term"]
        if month > term:
            return rate, 1.0, 0.0
        io = loan.get("interest_only_months", 0)
        if month <= io:
            principal = 0.0
        else:
            if month == io + 1 and io:
                self.payment = None
            if self.payment is None:
                span = max(loan.get("amortization_term") or 0, term)
                self.payment = level(self.balance, rate, span - month + 1)
            principal = min(max(self.payment - self.balance * rate, 0.0), self.balance)
        share = principal / self.balance if self.balance > 0.0 else 1.0
        self.balance -= principal
        if self.balance <= 1e-9 * (self.balance + principal):
            self.balance, share = 0.0, 1.0
        return rate, 1.0 if month == term else share, share


def project_loan(
    loan: dict, curve: dict, index: list[float], months: int, stop: str = "lag_before_maturity"
) -> dict[str, list[float]]:
    """A loan's months by name, month 0 first."""
    out = {name: [0.0] * (months + 1) for name in FIELDS}
    contract = Contract(loan, index)
    age, term = loan.get("age", 0), loan["remaining_term"]
    span = max(loan.get("amortization_term") or 0, term)
    balloon = span > term or loan.get("interest_only_months", 0) >= term
    fee = (loan.get("servicing_fee", 0.0) + loan.get("mi_premium", 0.0)) / 12.0
    older = age if curve["axis"] == "age" else 0  # a curve by age is read at the age in that month
    lag_of = {m: math.floor(held(curve["recovery_lag"], m + older) + 0.5) for m in range(months + 1)}
    performing, cohorts = loan["balance"], []
    if loan.get("status") == "foreclosure":
        cohorts.append(Cohort(performing, performing, max(lag_of.get(1, 0), 1)))
        performing = 0.0
    out["performing_balance"][0] = performing
    out["foreclosure_balance"][0] = sum(c.left for c in cohorts)
    for t in range(1, months + 1):
        rate, paid_share, late_share = contract.month(t)
        mdr = rate_of(curve, ("cdr", "mdr", "sda"), age, loan.get("cdr_multiplier", 1.0), t)
        smm = rate_of(curve, ("cpr", "smm", "psa"), age, loan.get("cpr_multiplier", 1.0), t)
        if t > term or (stop != "at_maturity" and not balloon and t + lag_of[t] > term):
            mdr = 0.0
        advance = held(curve["advance"], t + older)
        in_foreclosure = sum(c.left for c in cohorts)
        new = performing * mdr
        scheduled = (performing - new) * paid_share
        prepaid = max(min(performing * (1.0 - paid_share) * smm, performing - new - scheduled), 0.0)
        out["interest_due"][t] = (performing + in_foreclosure) * rate
        out["interest_paid"][t] = (performing - new) * rate
        out["interest_advanced"][t] = (new + in_foreclosure) * rate * advance
        out["interest_lost"][t] = (new + in_foreclosure) * rate * (1.0 - advance)
        out["servicing_fee"][t] = (performing - new + (new + in_foreclosure) * advance) * fee
        out["servicing_due"][t] = (performing + in_foreclosure) * fee
        if new > 0.0:
            cohorts.append(Cohort(new, new, t + lag_of[t]))
        severity = held(curve["severity"], t + older) * loan.get("severity_multiplier", 1.0)
        for cohort in [c for c in cohorts if c.dies == t]:
            base = cohort.left if curve.get("severity_basis") == "liquidation_balance" else cohort.at_default
            loss = min(base * severity, cohort.left)
            out["liquidated_balance"][t] += cohort.left
            out["losses"][t] += loss
            out["liquidation_proceeds"][t] += cohort.left - loss
            cohorts.remove(cohort)
        for cohort in cohorts:
            part = cohort.left * late_share * advance
            cohort.left -= part
            out["advanced_principal"][t] += part
        performing = performing - new - scheduled - prepaid if t < term else 0.0
        out["scheduled_principal"][t] = scheduled
        out["prepaid_principal"][t] = prepaid
        out["new_defaults"][t] = new
        out["performing_balance"][t] = performing
        out["foreclosure_balance"][t] = sum(c.left for c in cohorts)
    return out
