"""Rules of principal by example."""

from __future__ import annotations

from xlfv.excel.codec import Cell, Grid
from xlfv.excel.rule_examples.parts import TENTH, RuleExample, cash, residual, steps, tranche


def _classes(**balances: float) -> Grid:
    return [["tranche", "balance", "coupon"], *[[name, balance, 0.06] for name, balance in balances.items()]]


def _plan() -> list[list[Cell]]:
    return [["plan of P", float(month), 88_000.0 - 3_000.0 * month] for month in (1, 2, 3)]


PRINCIPAL = (
    RuleExample(
        "Sequential principal",
        "A is paid all principal until it is retired in month 2; B takes what is left.",
        {
            "bonds": _classes(A=15_000.0, B=75_000.0),
            "waterfall": steps(
                "interest | interest | A, B | pro_rata", "principal | principal | A, B | sequential", "excess | residual |",
                more="rule",
            ),
            "cash": TENTH,
        },
        (
            tranche("A", "principal_paid,end_balance", [10_000.0, 5_000.0], [5_000.0, 0.0], [0.0, 0.0]),
            tranche("B", "principal_paid,end_balance", [0.0, 75_000.0], [4_000.0, 71_000.0], [8_100.0, 62_900.0]),
        ),
    ),
    RuleExample(
        "Pro rata principal",
        "A and B are paid in proportion to their balances, a third and two thirds.",
        {
            "bonds": _classes(A=30_000.0, B=60_000.0),
            "waterfall": steps(
                "interest | interest | A, B | pro_rata", "principal | principal | A, B | pro_rata", "excess | residual |",
                more="rule",
            ),
            "cash": TENTH,
        },
        (
            tranche("A", "principal_paid", [3_333.33], [3_000.0], [2_700.0]),
            tranche("B", "principal_paid", [6_666.67], [6_000.0], [5_400.0]),
        ),
    ),
    RuleExample(
        "Planned class (PAC, TAC) and its support",
        "P is paid down to its planned balance, 3,000 a month, and its support S takes the rest. S is gone in month 2, and P takes"
        " all from then on. A targeted class (TAC) is written the same way, with the plan of one speed.",
        {
            "bonds": [
                ["tranche", "balance", "coupon", "schedule"], ["P", 88_000.0, 0.06, "plan of P"], ["S", 12_000.0, 0.06, None],
            ],
            "waterfall": steps(
                "interest | interest | P, S | pro_rata", "principal | principal | P | schedule",
                "principal | principal | S, P | sequential", "excess | residual |", more="rule",
            ),
            "schedules": [["schedule", "month", "amount"], *_plan()],
            "cash": TENTH,
        },
        (
            tranche("P", "principal_paid,end_balance", [3_000.0, 85_000.0], [4_000.0, 81_000.0], [8_100.0, 72_900.0]),
            tranche("S", "principal_paid,end_balance", [7_000.0, 5_000.0], [5_000.0, 0.0], [0.0, 0.0]),
        ),
    ),
    RuleExample(
        "Shifting interest (senior prepayment percentage)",
        "Scheduled principal goes to the seniors by their percentage of the pool (90%, then 8/9). Of prepayments they take all in"
        " month 1, then their percentage and half of the rest.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "coupon"], ["A", 90_000.0, "senior", 0.06], ["B", 10_000.0, "subordinate", 0.06],
            ],
            "waterfall": steps(
                "interest | interest | A, B |", "scheduled | principal | A | senior",
                "prepaid | principal | A | senior + 100 for 1 then 50", "principal | principal | B, A |",
                "excess | writedown | B, A |", "excess | residual | |",
                more="amount",
            ),
            "cash": cash([100_000.0, 1_000.0, 1_000.0, 9_900.0], [89_100.0, 891.0, 900.0, 8_820.0],
                         also="scheduled_principal,prepaid_principal"),
        },
        (
            tranche("A", "principal_paid,end_balance", [10_800.0, 79_200.0], [9_130.0, 70_070.0]),
            tranche("B", "principal_paid,end_balance", [100.0, 9_900.0], [590.0, 9_310.0]),
        ),
    ),
    RuleExample(
        "Lockout (non-accelerated senior, NAS)",
        "N is a fifth of the pool. It is locked out of principal in month 1, and takes half of its share (20,000 of 90,000) from then on.",
        {
            "bonds": _classes(A=80_000.0, N=20_000.0),
            "waterfall": steps(
                "interest | interest | A, N |", "principal | principal | N | own * 0 for 1 then 50",
                "principal | principal | A, N |", "excess | residual | |", more="amount",
            ),
            "cash": TENTH[:3],
        },
        (
            tranche("N", "principal_paid,end_balance", [0.0, 20_000.0], [1_000.0, 19_000.0]),
            tranche("A", "principal_paid,end_balance", [10_000.0, 70_000.0], [8_000.0, 62_000.0]),
        ),
    ),
    RuleExample(
        "Loan groups that support each other",
        "A class takes the principal of its own loan group. Once A-1 is retired in month 1, what group 1 brings goes to A-2 by a"
        " step that names the group whose cash it takes.",
        {
            "bonds": [
                ["tranche", "balance", "group", "coupon"], ["A-1", 9_000.0, "1", 0.06], ["A-2", 60_000.0, "2", 0.06],
            ],
            "waterfall": steps(
                "interest | interest | A-1, A-2 |", "principal | principal | A-1, A-2 |", "principal | principal | A-2 | 1",
                "principal | principal | A-1 | 2", "excess | residual | |", more="group",
            ),
            "cash": [
                ["month", "group", "balance", "net_interest", "prepaid_principal"],
                [1.0, "1", 40_000.0, 400.0, 10_000.0], [1.0, "2", 60_000.0, 600.0, 6_000.0],
                [2.0, "1", 30_000.0, 300.0, 3_000.0], [2.0, "2", 54_000.0, 540.0, 5_400.0],
            ],
        },
        (
            tranche("A-1", "principal_paid", [9_000.0], [0.0]),
            tranche("A-2", "principal_paid", [7_000.0], [8_400.0]),
        ),
    ),
    RuleExample(
        "Target enhancement after the step-down",
        "Before the step-down date principal is sequential. From month 2 on (38 months of age) each class is paid to where its"
        " target enhancement of the pool stands behind it: A may be 60% of 81,000, A and M 80%, A, M and B 95%. The rest is released.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "coupon", "target_enhancement"],
                ["A", 60_000.0, "senior", 0.06, 0.40], ["M", 20_000.0, "mezzanine", 0.06, 0.20],
                ["B", 15_000.0, "subordinate", 0.06, 0.05],
            ],
            "waterfall": steps(
                "interest | interest | A, M, B | |", "principal | principal | A, M, B | sequential | before_stepdown",
                "principal | principal | A | target | after_stepdown", "principal | principal | M | target | after_stepdown",
                "principal | principal | B | target | after_stepdown", "excess | writedown | B, M, A | |", "excess | residual | | |",
                more="rule,when",
            ),
            "terms": [["term", "value"], ["closing_date", "2006-12-31"], ["stepdown_age", 38.0]],
            "cash": TENTH[:3],
        },
        (
            tranche("A", "principal_paid,end_balance", [10_000.0, 50_000.0], [1_400.0, 48_600.0]),
            tranche("M", "principal_paid,end_balance", [0.0, 20_000.0], [3_800.0, 16_200.0]),
            tranche("B", "principal_paid,end_balance", [0.0, 15_000.0], [2_850.0, 12_150.0]),
            residual([525.0, 5_000.0, 0.0], [1_425.0, 4_050.0, 0.0]),
        ),
    ),
    RuleExample(
        "Overcollateralization: build and release",
        "Excess interest repays A until overcollateralization is at its target of 3,000 (month 2). At the step-down in month 3 the"
        " target is 1% of the pool, 900: principal is held back from A and 2,100 are released.",
        {
            "bonds": [["tranche", "balance", "coupon"], ["A", 98_000.0, 0.06]],
            "waterfall": steps(
                "interest | interest | A", "principal | principal | A", "excess | oc | A", "excess | residual |"
            ),
            "terms": [
                ["term", "value"], ["closing_date", "2006-12-31"], ["oc_target", 3_000.0], ["stepdown_age", 39.0],
                ["oc_target_after_stepdown", 0.01],
            ],
            "cash": cash([100_000.0, 1_000.0, None], [100_000.0, 1_000.0, None], [100_000.0, 1_000.0, 10_000.0]),
        },
        (
            tranche("A", "principal_paid,end_balance", [510.0, 97_490.0], [490.0, 97_000.0], [7_900.0, 89_100.0]),
            residual([0.0, 2_510.0, 3_000.0], [22.55, 3_000.0, 3_000.0], [2_615.0, 900.0, 900.0]),
        ),
    ),
)  # fmt: skip
