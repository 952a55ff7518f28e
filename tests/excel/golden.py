"""Calls that every host must answer alike: names and arguments as cells hold them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tests.excel import goldens
from tests.excel.golden_parts import (
    ACTIVITY,
    AS_OF,
    BLANK,
    BONDS,
    CASH,
    CLOSING,
    CURVES,
    DECEMBER,
    INDICES,
    LOANS,
    NOVEMBER,
    OPENING,
    PARTS,
    PROJECTION,
    RESERVE,
    RESERVED,
    STATUS_CURVES,
    TABLE,
    TRUST,
    WATERFALL,
    YIELDS,
    Of,
    changed,
)
from xlfv.excel.example_deal import DEAL

GOLDEN: list[tuple[str, list[Any]]] = [
    ("XLFV_SMM", [0.06]),
    ("XLFV_SMM", [6.0]),
    ("XLFV_SMM", [BLANK]),
    ("XLFV_SMM", ["0.06"]),
    ("XLFV_SMM", [True]),
    ("XLFV_SMM", ["#REF!"]),
    ("XLFV_SMM", ["#SPILL!"]),
    ("XLFV_SMM", [[[0.1, 0.2]]]),
    ("XLFV_CPR", [0.01]),
    ("XLFV_CPR", ["#N/A"]),
    ("XLFV_PSA", [150.0, 15.0]),
    ("XLFV_PSA", [150.0, -1.0]),
    ("XLFV_ABS", [0.015, 10.0]),
    ("XLFV_ABS", [1.5, 10.0]),
    ("XLFV_SDA", [100.0, 90.0]),
    ("XLFV_SDA", [100.0, "old"]),
    ("XLFV_VECTOR", ["6 ramp 3 to 12 then 4", 5.0]),
    ("XLFV_VECTOR", ["6", 2.5]),
    ("XLFV_VECTOR", ["six", 2.0]),
    ("XLFV_VECTOR", ["8 ramp 3 to 15 * 1.1 - 0.5", 3.0]),
    ("XLFV_VECTOR", ["8 * 1.1 then 6", 3.0]),
    ("XLFV_CURVES_CHANGE", [CURVES, "* 1.1 for cdr; severity + 100"]),
    ("XLFV_CURVES_CHANGE", [CURVES, "curves * 0"]),
    ("XLFV_CURVES_CHANGE", [STATUS_CURVES, "* 1.2 for cdr of subprime then months_to_liquidation - 3"]),
    ("XLFV_CURVES_CHANGE", [CURVES, "* 1.1 for crd, + 5% for smm"]),
    ("XLFV_CURVES_CHANGE", [changed(CURVES, 0, 1, "months_to_liquidation_fc"), "* 1.1"]),
    ("XLFV_CURVES_CHANGE", [changed(CURVES, 2, 2, "#N/A"), "* 1.1"]),
    ("XLFV_PAYMENT", [100_000.0, 0.08, 360.0]),
    ("XLFV_PAYMENT", [100_000.0, 0.08, 0.0]),
    ("XLFV_PV", [CASH, 0.06]),
    ("XLFV_PV", [CASH, 0.06, "Annual"]),
    ("XLFV_PV", [CASH, 0.06, BLANK]),
    ("XLFV_PV", [CASH, 0.06, "anual"]),
    ("XLFV_PV", [[[1.0], ["x"], [3.0]], 0.06]),
    ("XLFV_PV", [[[1.0], ["#DIV/0!"], [3.0]], 0.06]),
    ("XLFV_PV", [[[1.0, 2.0, None]], 0.06]),
    ("XLFV_IRR", [CASH, 140.0]),
    ("XLFV_IRR", [CASH, -140.0]),
    ("XLFV_WAL", [[[1.0], [None], [3.0]]]),
    ("XLFV_WAL", [[[0.0], [0.0]]]),
    ("XLFV_TABLE", [LOANS, "loans"]),
    ("XLFV_TABLE", ["nowhere.csv"]),
    ("XLFV_TABLE", [[["a", "a"], [1.0, 2.0]]]),
    ("XLFV_TABLE", [[["a", "b"], [1.0, "#N/A"]]]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, *PARTS]),
    ("XLFV_TRUST", ["RESERVE", AS_OF, *RESERVE]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, TABLE, *PARTS[1:]]),
    ("XLFV_TRUST", ["SAMPLE-1", "soon", LOANS, BONDS, BLANK]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, BONDS, LOANS, *PARTS[2:]]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, changed(changed(LOANS, 1, 2, 6.5), 2, 1, "#DIV/0!"), *PARTS[1:]]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, LOANS, changed(BONDS, 0, 2, "#N/A"), *PARTS[2:]]),
    ("XLFV_TRUST", ["SAMPLE-1", AS_OF, LOANS, BONDS, changed(WATERFALL, 10, 6, "#REF!"), *PARTS[3:]]),
    ("XLFV_TRUST_SUMMARY", [TRUST]),
    ("XLFV_TRUST_SUMMARY", [TABLE]),
    ("XLFV_TRUST_SUMMARY", [CASH]),
    ("XLFV_TRUST_SUMMARY", ["#REF!"]),
    ("XLFV_CHECK", [TRUST]),
    ("XLFV_CHECK", [TABLE]),
    ("XLFV_PROJECT", [TRUST, CURVES, INDICES, 6.0]),
    ("XLFV_PROJECT", [TRUST, CURVES]),
    ("XLFV_PROJECT", [TRUST, CURVES, INDICES, 0.0]),
    ("XLFV_PROJECT", [TRUST, changed(changed(CURVES, 1, 1, 6.0), 3, 0, 2.0), changed(INDICES, 1, 1, 2.5)]),
    ("XLFV_PROJECT", [TRUST, changed(CURVES, 2, 2, "#N/A"), INDICES]),
    ("XLFV_DISTRIBUTE", [TRUST, DEAL["cash"], INDICES]),
    ("XLFV_DISTRIBUTE", [Of("XLFV_TRUST", 1), DEAL["reserve_cash"]]),
    ("XLFV_DISTRIBUTE", [TRUST, DEAL["cash"]]),
    ("XLFV_DISTRIBUTE", [TRUST, changed(changed(DEAL["cash"], 2, 1, 1e6), 3, 0, 2.0), changed(INDICES, 1, 1, 2.5)]),
    ("XLFV_TRANCHE_COLLATERAL", [PROJECTION, "M", "2"]),
    ("XLFV_TRANCHE_COLLATERAL", [PROJECTION, "M", BLANK, "no"]),
    ("XLFV_TRANCHE_COLLATERAL", [PROJECTION, "Z"]),
    ("XLFV_LOAN_CASHFLOW", [Of("XLFV_DISTRIBUTE"), 1001.0]),
    ("XLFV_TRUST_CASHFLOW", [Of("XLFV_DISTRIBUTE"), "begin_balance,principal,all_losses,sixty_plus_balance,net_wac"]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, [["principal"], ["costs"]]]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, "principle"]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, [["principal", "#N/A"]]]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, BLANK, "2"]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, "sixty_plus_balance,gross_wac,net_wac,advances_outstanding", "1"]),
    ("XLFV_TRUST_CASHFLOW", [PROJECTION, "costs", "1"]),
    ("XLFV_LOAN_CASHFLOW", [PROJECTION, 1005.0]),
    ("XLFV_LOAN_CASHFLOW", [PROJECTION, "1006", [["reo_balance", "reo_proceeds", "loan_cash"]]]),
    ("XLFV_LOAN_CASHFLOW", [PROJECTION, "01001"]),
    ("XLFV_LOAN_CASHFLOW", [PROJECTION, 1001.0, "balanse"]),
    ("XLFV_TRANCHE_CASHFLOW", [PROJECTION, "m"]),
    ("XLFV_TRANCHE_CASHFLOW", [PROJECTION, "Z"]),
    (
        "XLFV_TRANCHE_CASHFLOW",
        [PROJECTION, "B", "capped_interest,shortfall_interest,basis_risk_interest,unpaid_loss,factor"],
    ),
    ("XLFV_TRANCHE_CASHFLOW", [PROJECTION, "B", [["principal", "writeups", "oc"]]]),
    ("XLFV_RESIDUAL_CASHFLOW", [PROJECTION]),
    ("XLFV_RESIDUAL_CASHFLOW", [TRUST]),
    ("XLFV_WATERFALL", [PROJECTION, 1.0]),
    ("XLFV_WATERFALL", [PROJECTION, 7.0]),
    ("XLFV_TRIGGERS", [PROJECTION]),
    ("XLFV_TRIGGERS", [PROJECTION, "Losses"]),
    ("XLFV_TRIGGERS", [PROJECTION, "oc"]),
    ("XLFV_ACCOUNTS", [RESERVED]),
    ("XLFV_ACCOUNTS", [PROJECTION, "reserve"]),
    ("XLFV_INSURERS", [RESERVED]),
    ("XLFV_INSURERS", [PROJECTION, "FSA"]),
    ("XLFV_HEDGE_CASHFLOW", [PROJECTION]),
    ("XLFV_HEDGE_CASHFLOW", [PROJECTION, "SWOP"]),
    ("XLFV_TRANCHE_PV", [PROJECTION, "A", 0.08]),
    ("XLFV_TRANCHE_PV", [PROJECTION, "A", 0.02, "dm"]),
    ("XLFV_TRANCHE_PV", [PROJECTION, "A", 8.0]),
    ("XLFV_TRANCHE_PV", [PROJECTION, "A", -12.0]),
    ("XLFV_TRANCHE_PRICE", [PROJECTION, "B", 0.3, "bond_equivalent"]),
    ("XLFV_TRANCHE_PRICE", [PROJECTION, "B", "#N/A"]),
    ("XLFV_TRANCHE_YIELD", [PROJECTION, "M", 2.0]),
    ("XLFV_TRANCHE_YIELD", [PROJECTION, "M", 0.0]),
    ("XLFV_TRANCHE_WAL", [PROJECTION, "A"]),
    ("XLFV_TRANCHE_WAL", [PROJECTION, "B"]),
    ("XLFV_TRANCHE_DURATION", [PROJECTION, "A", 0.08, "annual", "convexity"]),
    ("XLFV_TRANCHE_DURATION", [PROJECTION, "A", 0.08, "dm"]),
    ("XLFV_TRANCHE_LOSS", [PROJECTION, "B"]),
    ("XLFV_TRANCHE_LOSS", [PROJECTION, [["A"], ["B"]]]),
    ("XLFV_TRANCHE_DM", [PROJECTION, "A", 95.0]),
    ("XLFV_TRANCHE_DM", [PROJECTION, "A", 0.0]),
    ("XLFV_TRANCHE_DM", [PROJECTION, "C", 95.0]),
    ("XLFV_TRANCHE_WINDOW", [PROJECTION, "A"]),
    ("XLFV_TRANCHE_WINDOW", [PROJECTION, "B"]),
    ("XLFV_TRANCHE_WINDOW", [TRUST, "A"]),
    ("XLFV_TRANCHE_CONVEXITY", [PROJECTION, "M", 0.18, "bond_equivalent"]),
    ("XLFV_TRANCHE_CONVEXITY", [PROJECTION, "M", 0.18, "dm"]),
    ("XLFV_TRANCHE_SPREAD_DURATION", [PROJECTION, "A", 0.02, "dm"]),
    ("XLFV_TRANCHE_SPREAD_DURATION", [PROJECTION, "M", 0.18]),
    ("XLFV_TRANCHE_SPREAD_DURATION", [PROJECTION, "A", -13.0]),
    ("XLFV_TRANCHE_WRITEDOWN", [PROJECTION, "B"]),
    ("XLFV_TRANCHE_WRITEDOWN", [PROJECTION, "Z"]),
    ("XLFV_RESIDUAL_VALUE", [PROJECTION, 0.25]),
    ("XLFV_RESIDUAL_VALUE", [PROJECTION, BLANK]),
    ("XLFV_COLLATERAL_YIELD", [PROJECTION, YIELDS]),
    ("XLFV_COLLATERAL_YIELD", [PROJECTION, changed(YIELDS, 1, 1, 8.0)]),
    ("XLFV_COLLATERAL_VALUE", [PROJECTION, YIELDS]),
    ("XLFV_COLLATERAL_VALUE", [PROJECTION, changed(YIELDS, 3, 0, "Z")]),
    ("XLFV_REO_VALUE", [TRUST]),
    ("XLFV_REO_VALUE", [PROJECTION]),
    ("XLFV_HEDGE_VALUE", [PROJECTION]),
    ("XLFV_HEDGE_VALUE", [PROJECTION, [["month", "discount"], [0.0, 0.03]]]),
    ("XLFV_HEDGE_VALUE", [PROJECTION, [["month", "volatility"], [0.0, 0.3]]]),
    ("XLFV_FAIR_VALUE", [PROJECTION, YIELDS]),
    ("XLFV_FAIR_VALUE", [PROJECTION, changed(changed(YIELDS, 1, 1, "#NUM!"), 2, 0, "#N/A")]),
    ("XLFV_DECREMENT", [TRUST, CURVES, "M,B", [[0.0], [1.65]], INDICES, 18.0]),
    ("XLFV_DECREMENT", [TRUST, CURVES, BLANK, 165.0, INDICES]),
    ("XLFV_DECREMENT", [TRUST, CURVES, "Z", BLANK, INDICES]),
    ("XLFV_DECREMENT", [TRUST, changed(CURVES, 1, 1, 6.0), BLANK, BLANK, changed(INDICES, 1, 1, 2.5)]),
    ("XLFV_SCENARIOS", [TRUST, CURVES, DEAL["grid"], DEAL["measures"], INDICES, 120.0]),
    ("XLFV_SCENARIOS", [TRUST, CURVES, DEAL["grid"], [["item", "measure"], ["B", "wal"], ["B", "loss"]], INDICES]),
    (
        "XLFV_SCENARIOS",
        [TRUST, CURVES, changed(DEAL["grid"], 2, 1, -1.0), changed(DEAL["measures"], 2, 0, "Q"), INDICES],
    ),
    ("XLFV_SCENARIOS", [TRUST, CURVES, changed(DEAL["grid"], 4, 4, "* 2 for crd"), DEAL["measures"], INDICES]),
    ("XLFV_BREAK_EVEN", [TRUST, CURVES, "M", BLANK, INDICES]),
    ("XLFV_BREAK_EVEN", [TRUST, CURVES, "B", "cdr", INDICES]),
    ("XLFV_BREAK_EVEN", [TRUST, CURVES, "A", "Severity", INDICES]),
    ("XLFV_BREAK_EVEN", [TRUST, CURVES, "A", "losses", INDICES]),
    ("XLFV_ROLLFORWARD", [OPENING, ACTIVITY, CLOSING]),
    ("XLFV_ROLLFORWARD", [OPENING, changed(ACTIVITY, 1, 0, "interrest"), CLOSING]),
    ("XLFV_ROLLFORWARD", [OPENING, ACTIVITY, changed(CLOSING, 1, 0, "#N/A")]),
    ("XLFV_ACTUALS", [NOVEMBER, DECEMBER]),
    ("XLFV_ACTUALS", [NOVEMBER, DECEMBER[:-2], 3.0, "status"]),
    ("XLFV_ACTUALS", [changed(NOVEMBER, 1, 2, 6.0), changed(DECEMBER, 1, 5, "curent"), 1.0, "stat"]),
    ("XLFV_ACTUALS", [DECEMBER, NOVEMBER, 0.0]),
    ("XLFV_ACTUALS", [NOVEMBER, changed(DECEMBER, 7, 7, "#N/A")]),
]
HELP = ("XLFV_WHY", "XLFV_ABOUT")
"""Functions that answer about the host itself, tested on their own."""

ODD: dict[str, Any] = {
    "blank": BLANK,
    "error": "#N/A",
    "text": "odd",
    "long text": "long " * 400,
    "boolean": True,
    "huge": 1e300,
    "hugely negative": -1e300,
    "array": [[1.0, 2.0], [3.0, 4.0]],
}
"""What is put in the place of each argument of a good call, one at a time."""


def _varied() -> list[tuple[str, list[Any]]]:
    """Each function's first call (a good one) with each of its arguments odd in each way."""
    calls = []
    for name, args in dict(reversed(GOLDEN)).items():
        for k in range(len(args)):
            calls += [(name, [*args[:k], odd, *args[k + 1 :]]) for odd in ODD.values()]
    return calls


def _long(rows: int) -> list[tuple[str, list[Any]]]:
    """Ranges of so many rows."""
    cash = [["month", "cash"], *([float(k), 100.0 + k] for k in range(1, rows))]
    loans = [LOANS[0], *([f"L{k}", *LOANS[1 + k % 4][1:]] for k in range(rows))]
    return [
        ("XLFV_PV", [cash, 0.06]),
        ("XLFV_IRR", [cash, 1e5]),
        ("XLFV_WAL", [cash]),
        ("XLFV_TABLE", [loans, "loans"]),
        ("XLFV_TRUST", ["LONG", AS_OF, loans, *PARTS[1:]]),
    ]


GOLDEN += goldens.CALLS
GOLDEN += _varied() + _long(1_500)


def spot(of: Of) -> int:
    """Which call it is that is pointed to."""
    return [k for k, (name, _) in enumerate(GOLDEN) if name == of.name][of.nth]


def resolved(args: Sequence[Any], results: Sequence[list[list[Any]]]) -> list[Any]:
    """Arguments with the results of earlier calls in their places."""
    return [results[spot(arg)][0][0] if isinstance(arg, Of) else arg for arg in args]
