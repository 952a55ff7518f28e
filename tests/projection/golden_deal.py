"""A fixed small deal with a bit of everything; run as a program, it prints the hash of its cash.

Its cash is pinned to the bit by ``test_same_bits``: a change of arithmetic must be meant.
"""

from __future__ import annotations

from tests.builders import make_curves, make_indices, make_trust
from xlfv.projection.projection import Projection, project

BONDS = [
    {"tranche": "A-1", "balance": 9.0e6, "coupon_type": "floating", "index": "LIBOR_1M", "margin": 0.0031,
     "net_wac_cap": "pool", "day_count": "act/360"},
    {"tranche": "A-2", "balance": 3.1e6, "coupon": 0.0475},
    {"tranche": "M-1", "balance": 1.7e6, "kind": "mezzanine", "coupon_type": "net_wac"},
    {"tranche": "X", "balance": 1.0, "kind": "io", "coupon": 0.0011, "notional_of": "A-1, A-2"},
]  # fmt: skip
RULES = [
    {"step": 1, "from": "interest", "pay": "trustee"},
    {"step": 2, "from": "interest", "pay": "hedge", "to": "swap"},
    {"step": 3, "from": "interest", "pay": "interest", "to": "A-1, A-2, X", "rule": "pro_rata"},
    {"step": 4, "from": "interest", "pay": "interest", "to": "M-1"},
    {"step": 5, "from": "principal", "pay": "principal", "to": "A-1, A-2", "rule": "share 70:30", "when": "not losses"},
    {"step": 6, "from": "principal", "pay": "principal", "to": "A-1, A-2, M-1"},
    {"step": 7, "from": "excess", "pay": "oc", "to": "A-1, A-2, M-1"},
    {"step": 8, "from": "excess", "pay": "writedown", "to": "M-1"},
    {"step": 9, "from": "excess", "pay": "basis_risk", "to": "A-1"},
]
TERMS = {
    "closing_date": "2006-05-30", "first_remittance": "2010-01-25", "remittance_day": 25, "oc_target": 0.03,
    "oc_target_after_stepdown": 0.06, "oc_floor": 50000, "stepdown_age": 50, "stepdown_enhancement": 0.2,
}  # fmt: skip


def pool() -> list[dict]:
    """120 loans whose terms are spread by whole-number arithmetic."""
    rows = []
    for k in range(120):
        row = {"loan_id": k, "balance": 40000.0 + 1371 * (k * 37 % 113), "rate": (450 + k * 53 % 400) / 10000}
        row |= {"remaining_term": 60 + k * 29 % 300, "age": k * 7 % 60, "servicing_fee": 0.0025}
        if k % 2:
            row |= {
                "rate_type": "arm", "index": "LIBOR_6M", "margin": 0.0225, "months_to_reset": k % 30,
                "reset_frequency": 6, "initial_cap": 0.05, "periodic_cap": 0.01, "life_cap": 0.11,
                "rate_rounding": 0.00125,
            }  # fmt: skip
        if k % 5 == 0:
            row["interest_only_months"] = 36
        if k % 3 == 0:
            row |= {"curve": "early", "cpr_multiplier": 1 + k / 300, "cdr_multiplier": 1 - k / 200}
        if k % 11 == 0:
            row["status"] = "foreclosure"
        rows.append(row)
    return rows


def rare() -> list[dict]:
    """Loans of every rarer kind, on curves of their own."""
    kinds: list[dict] = [
        {
            "rate_type": "arm", "index": "LIBOR_1M", "margin": 0.031, "months_to_reset": 0, "reset_frequency": 1,
            "payment": 205.0, "payment_cap": 0.075, "negam_limit": 1.15, "payment_reset_frequency": 12,
            "recast_frequency": 60, "life_cap": 0.0995,
        },
        {"accrual_basis": "simple", "status": "d30"},
        {"accrual_basis": "act/360", "prepay_penalty_months": 55, "prepay_penalty_type": "step_down"},
        {
            "prepay_penalty_months": 90, "prepay_penalty_type": "yield_maintenance", "prepay_penalty_index": "LIBOR_6M",
            "lockout_months": 17, "amortization_term": 400,
        },
        {"deferred_balance": 9100.0, "rate": 0.02, "status": "d60", "advances_outstanding": 800.0},
        {"status": "foreclosure", "mi_coverage": 0.22, "months_delinquent": 7, "advances_outstanding": 2100.0},
        {"status": "bankruptcy", "rate": 0.0},
        {"advancing": "no", "other_fees": 0.001, "mi_premium": 0.0045, "severity_multiplier": 1.9},
        {"status": "d90", "interest_only_months": 24, "cpr_multiplier": 0.7, "cdr_multiplier": 1.8},
        {"prepay_penalty_months": 31, "prepay_penalty_type": "interest_months", "interest_only_months": 31},
    ]  # fmt: skip
    return [
        {
            "loan_id": f"R{k}", "balance": 52000.0 + 777 * k, "rate": 0.0575, "remaining_term": 120 + 13 * k, "age": 30 + k,
            "original_balance": 60000.0 + 800 * k, "servicing_fee": 0.005, "curve": "rare", **kind,
        }
        for k, kind in enumerate(kinds * 2)
    ]  # fmt: skip


RARE = {
    "curve": "rare", "month": 1, "cpr": "9 ramp 12 to 14", "cumulative_default": "2 ramp 60 to 31", "curtailment": 0.011,
    "severity": 0.5, "severity_foreclosure": 0.62, "severity_basis": "property", "liquidation_expense": 0.06,
    "recovery_lag": 14, "advance": 0.85, "advance_months": 9, "cure": 0.03, "cure_d30": 0.4, "months_to_liquidation": 20,
    "months_to_liquidation_foreclosure": 11, "subsequent_recovery": 0.04, "subsequent_recovery_lag": 8,
}  # fmt: skip


def golden() -> Projection:
    """The projection."""
    curves = make_curves(
        {"month": 1, "psa": 250.0, "cdr": "2 ramp 18 to 7 then 3", "severity": 0.45, "recovery_lag": 9, "advance": 1.0},
        {"month": 30, "severity": 0.37, "advance": 0.6},
        {
            "curve": "early",
            "month": 1,
            "cpr": "12 ramp 9 to 8",
            "mdr": "0.1 ramp 20 to 0.4",
            "severity": 0.41,
            "recovery_lag": 11,
        },
        RARE,
    )
    libor = [(23 + 17 * (m % 40)) / 10000 for m in range(240)]
    indices = make_indices(LIBOR_1M=libor, LIBOR_6M=[rate + 0.0031 for rate in libor])
    trust = make_trust(
        [*pool(), *rare()], BONDS, RULES, name="GOLDEN",
        terms=[{"term": term, "value": value} for term, value in TERMS.items()],
        costs=[{"cost": "trustee", "basis": "pool_balance", "rate": 0.0002, "minimum": 2400}],
        triggers=[{"trigger": "losses", "measure": "cumulative_loss", "test": ">", "threshold": "0.5 ramp 36 to 4"}],
        hedges=[{"hedge": "swap", "type": "swap", "notional_of": "A-1", "pay_rate": 0.031,
                 "receive_index": "LIBOR_1M", "end": 40, "day_count": "act/360"}],
    )  # fmt: skip
    return project(trust, curves, indices)


if __name__ == "__main__":
    print(golden().cash_hash)
