"""Rules of losses, tests, accounts, insurers, fees and calls by example."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.codec import Cell
from xlfv.excel.rule_examples.parts import PAID_ON, TENTH, RuleExample, Shown, cash, pool, residual, steps, tranche


def _late(month: int, value: float, threshold: float, state: str) -> list[Cell]:
    date: dt.date = PAID_ON[month]
    return ["losses", float(month), date, "cumulative_loss", value, ">", threshold, state]


LOSSES = (
    RuleExample(
        "Write-down from the bottom, and write-up by recoveries",
        "A loss of 6,000 in month 1 writes down B, then M, then A. In month 3 recoveries of 4,800 raise A and M by all they lost"
        " and B by the rest; the cash is principal and goes to A.",
        {
            "bonds": [
                ["tranche", "balance", "kind"], ["A", 96_000.0, "senior"], ["M", 2_000.0, "mezzanine"], ["B", 2_000.0, "subordinate"],
            ],
            "waterfall": steps(
                "interest | interest | A, M, B", "principal | writeup | A, M, B", "principal | principal | A, M, B",
                "excess | writedown | B, M, A", "excess | residual |",
            ),
            "cash": cash(
                [100_000.0, 0.0, 4_000.0, 6_000.0, None], [90_000.0, 0.0, None, None, None],
                [90_000.0, 0.0, None, None, 4_800.0], also="liquidation_proceeds,losses,subsequent_recoveries",
            ),
        },
        (
            tranche("A", "principal_paid,writedown,writeup,end_balance",
                    [4_000.0, 2_000.0, 0.0, 90_000.0], [0.0, 0.0, 0.0, 90_000.0], [4_800.0, 0.0, 2_000.0, 87_200.0]),
            tranche("B", "principal_paid,writedown,writeup,end_balance",
                    [0.0, 2_000.0, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0], [0.0, 0.0, 800.0, 800.0]),
        ),
    ),
    RuleExample(
        "Notes that stay whole",
        "Nothing writes the notes down (writes_down is no). Losses of 5,000 and 4,500 leave the deal undercollateralized by 9,500:"
        " the notes exceed the pool by as much, and the projection says so.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "writes_down"], ["A", 80_000.0, "senior", "no"], ["B", 20_000.0, "subordinate", "no"],
            ],
            "waterfall": steps("interest | interest | A, B", "principal | principal | A, B", "excess | residual |"),
            "cash": cash(
                [100_000.0, 0.0, 5_000.0, 5_000.0], [90_000.0, 0.0, 4_500.0, 4_500.0], also="liquidation_proceeds,losses"
            ),
        },
        (
            tranche("B", "writedown,end_balance", [0.0, 20_000.0], [0.0, 20_000.0]),
            pool("end_balance,oc", [90_000.0, -5_000.0], [81_000.0, -9_500.0]),
        ),
    ),
    RuleExample(
        "Trigger that fails and cures",
        "Cumulative losses are 0.5% of the original pool. Their limit is 1%, 0.4% in month 2, then 1% again: the trigger is on"
        " in month 2 only, and all excess then repays A in place of going to the residual.",
        {
            "bonds": [["tranche", "balance", "coupon"], ["A", 90_000.0, 0.06]],
            "waterfall": steps(
                "interest | interest | A |", "principal | principal | A |", "excess | principal | A | losses",
                "excess | residual | |", more="when",
            ),
            "terms": [["term", "value"], ["original_pool_balance", 100_000.0]],
            "triggers": [
                ["trigger", "measure", "test", "threshold", "cure"],
                ["losses", "cumulative_loss", ">", "1 for 1 then 0.4 for 1 then 1", "yes"],
            ],
            "cash": cash(
                [100_000.0, 1_000.0, 9_000.0, 500.0, 500.0], [90_000.0, 900.0, 9_000.0, None, None],
                [81_000.0, 810.0, 8_100.0, None, None], also="prepaid_principal,liquidation_proceeds,losses",
            ),
        },
        (
            Shown("XLFV_TRIGGERS", (), [
                ["trigger", "month", "date", "measure", "value", "test", "threshold", "state"],
                _late(1, 0.005, 0.01, "off"), _late(2, 0.005, 0.004, "on"), _late(3, 0.005, 0.01, "off"),
            ]),
            tranche("A", "principal_paid,end_balance", [9_500.0, 80_500.0], [9_497.50, 71_002.50], [8_100.0, 62_902.50]),
            residual([550.0, 9_500.0, 0.0], [0.0, 9_997.50, 0.0], [454.99, 9_997.50, 0.0]),
        ),
    ),
    RuleExample(
        "Trigger against the senior enhancement",
        "Loans 60 days late may be 40% of the senior enhancement at the start of the month: 16% of the pool in month 1, when 10% are"
        " late, and 17.78% in month 2, when 20% are. The trigger is then on, and excess repays A.",
        {
            "bonds": [["tranche", "balance", "kind", "coupon"], ["A", 60_000.0, "senior", 0.06], ["M", 30_000.0, "mezzanine", 0.06]],
            "waterfall": steps(
                "interest | interest | A, M |", "principal | principal | A, M |", "excess | principal | A | late",
                "excess | writedown | M |", "excess | residual | |", more="when",
            ),
            "triggers": [["trigger", "measure", "test", "threshold"], ["late", "delinquency", ">", "40% of enhancement"]],
            "cash": cash(
                [100_000.0, 1_000.0, 10_000.0, 9_000.0], [90_000.0, 900.0, 9_000.0, 16_200.0],
                also="prepaid_principal,delinquent_60",
            ),
        },
        (
            Shown("XLFV_TRIGGERS", (), [
                ["trigger", "month", "date", "measure", "value", "test", "threshold", "state"],
                ["late", 1.0, PAID_ON[1], "delinquency", 0.1, ">", 0.16, "off"],
                ["late", 2.0, PAID_ON[2], "delinquency", 0.2, ">", 0.177778, "on"],
            ]),
            tranche("A", "principal_paid,end_balance", [10_000.0, 50_000.0], [9_500.0, 40_500.0]),
        ),
    ),
    RuleExample(
        "Seniors that share once subordination is depleted",
        "A-1 is paid before A-2 while B stands behind them. The losses of month 1 take all of B; from then on principal is pro rata"
        " (40 and 50 of 90), and losses are A-2's first.",
        {
            "bonds": [
                ["tranche", "balance", "kind"], ["A-1", 45_000.0, "senior"], ["A-2", 50_000.0, "senior"], ["B", 5_000.0, "subordinate"],
            ],
            "waterfall": steps(
                "interest | interest | A-1, A-2, B | |", "principal | principal | A-1, A-2 | pro_rata | depleted",
                "principal | principal | A-1, A-2, B | |", "excess | writedown | B, A-2, A-1 | |", "excess | residual | | |",
                more="rule,when",
            ),
            "triggers": [["trigger", "measure", "test", "threshold"], ["depleted", "subordination", "<=", 0.0]],
            "cash": cash(
                [100_000.0, 0.0, 5_000.0, 5_000.0], [90_000.0, 0.0, 4_500.0, 4_500.0], also="liquidation_proceeds,losses"
            ),
        },
        (
            tranche("A-1", "principal_paid,writedown,end_balance", [5_000.0, 0.0, 40_000.0], [2_000.0, 0.0, 38_000.0]),
            tranche("A-2", "principal_paid,writedown,end_balance", [0.0, 0.0, 50_000.0], [2_500.0, 4_500.0, 43_000.0]),
            tranche("B", "principal_paid,writedown,end_balance", [0.0, 5_000.0, 0.0], [0.0, 0.0, 0.0]),
        ),
    ),
    RuleExample(
        "Reserve account",
        "Excess fills the account to 700. In month 2 interest lacks 150 and the account pays it; once the loans are gone (month 3)"
        " nothing needs to be held, and what is there is released to the residual.",
        {
            "bonds": [["tranche", "balance", "coupon"], ["A", 90_000.0, 0.06]],
            "waterfall": steps(
                "interest | interest | A", "reserve | interest | A", "principal | principal | A", "excess | deposit | reserve",
                "reserve | release |", "excess | residual |",
            ),
            "accounts": [["account", "balance", "target"], ["reserve", 100.0, 700.0]],
            "cash": cash([100_000.0, 1_000.0, None], [100_000.0, 300.0, None], [100_000.0, 1_000.0, 100_000.0]),
        },
        (
            Shown("XLFV_ACCOUNTS", (), [
                ["account", "month", "date", "begin", "deposited", "drawn", "released", "end", "target"],
                ["reserve", 1.0, PAID_ON[1], 100.0, 550.0, 0.0, 0.0, 650.0, 700.0],
                ["reserve", 2.0, PAID_ON[2], 650.0, 0.0, 150.0, 0.0, 500.0, 700.0],
                ["reserve", 3.0, PAID_ON[3], 500.0, 0.0, 0.0, 500.0, 0.0, 0.0],
            ]),
            tranche("A", "interest_due,interest_paid", [450.0, 450.0], [450.0, 450.0], [450.0, 450.0]),
            residual([0.0, 10_000.0, 0.0], [0.0, 10_000.0, 0.0], [11_050.0, 0.0, 0.0]),
        ),
    ),
    RuleExample(
        "Bond insurer",
        "The insurer is paid a premium first. In month 1 it pays the 120 of interest that is missing and the loss of 5,000 as"
        " principal, so that A is not written down; from month 2 on excess pays it back.",
        {
            "bonds": [["tranche", "balance", "coupon", "insured_by"], ["A", 100_000.0, 0.06, "FSA"]],
            "waterfall": steps(
                "interest | premium |", "interest | interest | A", "FSA | interest | A", "principal | principal | A",
                "FSA | writedown | A", "excess | reimbursement | FSA", "excess | residual |",
            ),
            "costs": [["cost", "basis", "rate", "payee"], ["premium", "bond_balance", 0.0024, "FSA"]],
            "cash": cash([100_000.0, 400.0, 5_000.0, 5_000.0], [90_000.0, 900.0, None, None], also="liquidation_proceeds,losses"),
        },
        (
            Shown("XLFV_INSURERS", (), [
                ["insurer", "month", "date", "drawn", "reimbursed", "outstanding"],
                ["FSA", 1.0, PAID_ON[1], 5_120.0, 0.0, 5_120.0], ["FSA", 2.0, PAID_ON[2], 0.0, 432.0, 4_688.0],
            ]),
            tranche("A", "interest_paid,principal_paid,writedown,end_balance",
                    [500.0, 10_000.0, 0.0, 90_000.0], [450.0, 0.0, 0.0, 90_000.0]),
        ),
    ),
    RuleExample(
        "Capped expenses with overflow",
        "Expenses of 300 a month are paid first up to their cap, a twelfth of 2,400; what exceeds it waits until the class has"
        " its interest and is paid out of excess. In month 1 that pays 50 of 100; the 50 left are due again in month 2.",
        {
            "bonds": [["tranche", "balance", "coupon"], ["A", 90_000.0, 0.06]],
            "waterfall": steps(
                "interest | expenses |", "interest | interest | A", "principal | principal | A", "excess | expenses over cap |",
                "excess | residual |",
            ),
            "costs": [["cost", "basis", "amount", "cap"], ["expenses", "fixed", 3_600.0, 2_400.0]],
            "cash": [row[:3] for row in cash([100_000.0, 700.0], [100_000.0, 900.0])],
        },
        (
            Shown("XLFV_WATERFALL", (1.0,), [
                ["step", "from", "pay", "to", "available", "due", "paid", "short"],
                ["1", "interest", "expenses", "", 700.0, 200.0, 200.0, 0.0],
                ["2", "interest", "interest", "A", 500.0, 450.0, 450.0, 0.0],
                ["3", "principal", "principal", "A", 0.0, 0.0, 0.0, 0.0],
                ["4", "excess", "expenses over cap", "", 50.0, 100.0, 50.0, 50.0],
                ["5", "excess", "residual", "", 0.0, 0.0, 0.0, 0.0],
                ["left over", "", "residual", "", 0.0, 0.0, 0.0, 0.0],
            ]),
            Shown("XLFV_WATERFALL", (2.0,), [
                ["step", "from", "pay", "to", "available", "due", "paid", "short"],
                ["1", "interest", "expenses", "", 900.0, 200.0, 200.0, 0.0],
                ["2", "interest", "interest", "A", 700.0, 450.0, 450.0, 0.0],
                ["3", "principal", "principal", "A", 0.0, 0.0, 0.0, 0.0],
                ["4", "excess", "expenses over cap", "", 250.0, 150.0, 150.0, 0.0],
                ["5", "excess", "residual", "", 100.0, 100.0, 100.0, 0.0],
                ["left over", "", "residual", "", 0.0, 0.0, 0.0, 0.0],
            ]),
        ),
    ),
    RuleExample(
        "Clean-up call",
        "At 85% of the original pool the deal may be called, and is at the first chance: after month 2 the loans left are bought"
        " for 81,000, A is paid off, and the residual takes the rest.",
        {
            "bonds": [["tranche", "balance", "coupon"], ["A", 80_000.0, 0.06]],
            "waterfall": steps("interest | interest | A", "principal | principal | A", "excess | residual |"),
            "terms": [["term", "value"], ["original_pool_balance", 100_000.0], ["call_factor", 0.85], ["call_exercised", "first"]],
            "cash": TENTH,
        },
        (
            pool("call_price,end_balance", [0.0, 90_000.0], [81_000.0, 0.0], [0.0, 0.0]),
            tranche("A", "interest_paid,principal_paid,end_balance",
                    [400.0, 10_000.0, 70_000.0], [350.0, 70_000.0, 0.0], [0.0, 0.0, 0.0]),
            residual([600.0, 20_000.0, 0.0], [20_550.0, 0.0, 0.0], [0.0, 0.0, 0.0]),
        ),
    ),
)  # fmt: skip
