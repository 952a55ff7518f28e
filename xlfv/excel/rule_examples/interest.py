"""Rules of interest by example."""

from __future__ import annotations

import datetime as dt

from xlfv.excel.rule_examples.parts import STILL, TENTH, RuleExample, Shown, cash, pool, residual, steps, tranche

PLAIN = steps("interest | interest | A", "principal | principal | A", "excess | residual |")

INTEREST = (
    RuleExample(
        "Day counts, a first-period stub and delay days",
        "The deal pays on the 25th. A counts actual days of 360 and accrues from 10 January, so its first period has 15 days; the"
        " next have 31 and 28. B counts 30/360 and is paid 20 days after the remittance date.",
        {
            "bonds": [
                ["tranche", "balance", "coupon", "day_count", "accrual_start", "delay_days"],
                ["A", 36_000.0, 0.05, "act/360", dt.date(2010, 1, 10), None],
                ["B", 24_000.0, 0.05, "30/360", None, 20.0],
            ],
            "waterfall": steps("interest | interest | A, B", "principal | principal | A, B", "excess | residual |"),
            "terms": [["term", "value"], ["remittance_day", 25.0]],
            "cash": cash([60_000.0, 500.0, None], [60_000.0, 500.0, None], [60_000.0, 500.0, 60_000.0]),
        },
        (
            Shown("XLFV_TRANCHE_CASHFLOW", ("A", "interest_due"), [
                ["month", "date", "interest_due"], [1.0, dt.date(2010, 1, 25), 75.0], [2.0, dt.date(2010, 2, 25), 155.0],
                [3.0, dt.date(2010, 3, 25), 140.0],
            ]),
            Shown("XLFV_TRANCHE_WINDOW", ("B",), [
                ["", "month", "date"], ["first", 3.0, dt.date(2010, 4, 14)], ["last", 3.0, dt.date(2010, 4, 14)],
            ]),
        ),
    ),
    RuleExample(
        "Net WAC cap with carryforward",
        "The loans bear 6% net, so the coupon of 8% is capped there for two months and what is cut off is carried forward. Excess"
        " interest pays it as basis_risk; in month 3 the loans bear 9%, the cap no longer binds, and more is made good.",
        {
            "bonds": [["tranche", "balance", "coupon", "net_wac_cap"], ["A", 90_000.0, 0.08, "pool"]],
            "waterfall": steps(
                "interest | interest | A", "principal | principal | A", "excess | basis_risk | A", "excess | residual |"
            ),
            "cash": [STILL[0], [1.0, 100_000.0, 500.0], [2.0, 100_000.0, 500.0], [3.0, 100_000.0, 750.0]],
        },
        (
            tranche("A", "coupon,interest_due,capped_interest,basis_risk_paid,basis_risk_carryforward",
                    [0.06, 450.0, 150.0, 50.0, 100.0], [0.06, 450.0, 150.0, 50.0, 200.0], [0.08, 600.0, 0.0, 150.0, 50.0]),
        ),
    ),
    RuleExample(
        "Unpaid interest, and interest on it",
        "The class is due 2% a month and 1% comes in. What is unpaid is carried as a shortfall and bears interest at the coupon,"
        " unless shortfall_interest is no.",
        {
            "bonds": [["tranche", "balance", "coupon", "shortfall_interest"], ["A", 100_000.0, 0.24, "yes"]],
            "waterfall": steps("interest | interest | A", "excess | interest_shortfall | A", "principal | principal | A"),
            "cash": STILL,
        },
        (
            tranche("A", "interest_due,interest_paid,shortfall_interest,interest_shortfall",
                    [2_000.0, 1_000.0, 0.0, 1_000.0], [2_000.0, 1_000.0, 20.0, 2_020.0], [2_000.0, 1_000.0, 40.40, 3_060.40]),
        ),
    ),
    RuleExample(
        "Margin that steps up after the call date",
        "The pool falls to 90% and 81% of its original balance; at 85% the deal can be called. It is not, and from the month after"
        " the margin is 0.40% in place of 0.20%.",
        {
            "bonds": [
                ["tranche", "balance", "coupon_type", "index", "margin", "margin_after_call"],
                ["A", 90_000.0, "floating", "LIBOR_1M", 0.002, 0.004],
            ],
            "waterfall": PLAIN,
            "terms": [["term", "value"], ["original_pool_balance", 100_000.0], ["call_factor", 0.85], ["call_exercised", "never"]],
            "cash": TENTH,
            "indices": [["month", "LIBOR_1M"], [0.0, 0.03]],
        },
        (tranche("A", "coupon,interest_due", [0.032, 240.0], [0.032, 213.33], [0.034, 201.17]),),
    ),
    RuleExample(
        "Interest-only classes on the pool and on a class",
        "X is paid 0.5% on the balance of the pool, Y 1% on that of A: their notionals fall as these are repaid. An io without"
        " notional_of keeps the notional that stands in balance.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "coupon", "notional_of"],
                ["A", 80_000.0, "senior", 0.06, None], ["X", 100_000.0, "io", 0.005, "pool"], ["Y", 80_000.0, "io", 0.01, "A"],
            ],
            "waterfall": steps("interest | interest | A, X, Y", "principal | principal | A", "excess | residual |"),
            "cash": TENTH,
        },
        (
            tranche("X", "begin_balance,interest_due", [100_000.0, 41.67], [90_000.0, 37.50], [81_000.0, 33.75]),
            tranche("Y", "begin_balance,interest_due", [80_000.0, 66.67], [70_000.0, 58.33], [61_000.0, 50.83]),
        ),
    ),
    RuleExample(
        "Principal-only class",
        "P bears no interest (coupon_type none) and is paid a fifth of all principal.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "coupon_type", "coupon"],
                ["A", 80_000.0, "senior", "fixed", 0.06], ["P", 20_000.0, "po", "none", None],
            ],
            "waterfall": steps(
                "interest | interest | A", "principal | principal | A, P | share 80:20", "excess | residual |", more="rule"
            ),
            "cash": TENTH,
        },
        (tranche("P", "interest_due,principal_paid,cash", [0.0, 2_000.0, 2_000.0], [0.0, 1_800.0, 1_800.0], [0.0, 1_620.0, 1_620.0]),),
    ),
    RuleExample(
        "Accrual (Z) class",
        "While A is outstanding the interest of Z joins its balance, and the cash is principal: A takes it first. Once A is"
        " retired (month 2) Z takes what is left, and from the month after it is paid its interest.",
        {
            "bonds": [
                ["tranche", "balance", "kind", "coupon"], ["A", 500.0, "senior", 0.06], ["Z", 40_000.0, "z", 0.12],
            ],
            "waterfall": steps("interest | interest | A, Z", "principal | principal | A, Z", "excess | residual |"),
            "cash": [STILL[0], *[[float(m), 50_000.0, 500.0] for m in (1, 2, 3)]],
        },
        (
            tranche("A", "principal_paid,end_balance", [400.0, 100.0], [100.0, 0.0], [0.0, 0.0]),
            tranche("Z", "accreted,interest_paid,principal_paid,end_balance",
                    [400.0, 0.0, 0.0, 40_400.0], [404.0, 0.0, 304.0, 40_500.0], [0.0, 405.0, 0.0, 40_500.0]),
        ),
    ),
    RuleExample(
        "Floater and inverse floater",
        "F is paid LIBOR and 0.5%, at most 10%; I is paid 28.5% less three times LIBOR, at least nothing. Together they always"
        " cost the 7.5% of the bond they were cut from.",
        {
            "bonds": [
                ["tranche", "balance", "coupon_type", "index", "multiplier", "margin", "cap", "floor"],
                ["F", 75_000.0, "floating", "LIBOR_1M", 1.0, 0.005, 0.10, None],
                ["I", 25_000.0, "floating", "LIBOR_1M", -3.0, 0.285, 0.285, 0.0],
            ],
            "waterfall": steps("interest | interest | F, I", "principal | principal | F, I", "excess | residual |"),
            "cash": [STILL[0], *[[float(m), 100_000.0, 625.0] for m in (1, 2, 3)]],
            "indices": [["month", "LIBOR_1M"], [0.0, 0.05], [1.0, 0.04], [2.0, 0.096]],
        },
        (
            tranche("F", "coupon,interest_due", [0.055, 343.75], [0.045, 281.25], [0.10, 625.0]),
            tranche("I", "coupon,interest_due", [0.135, 281.25], [0.165, 343.75], [0.0, 0.0]),
        ),
    ),
    RuleExample(
        "Swap and cap inside the trust",
        "On the swap the trust pays 5% on 50,000 and receives LIBOR (4%, 6%, 7%): it pays net in month 1, out of interest, and"
        " receives from month 2 on. The cap pays what LIBOR is above 6%. In month 3 their cash makes up what interest lacks.",
        {
            "bonds": [
                ["tranche", "balance", "coupon_type", "index", "margin"], ["A", 90_000.0, "floating", "LIBOR_1M", 0.005],
            ],
            "waterfall": steps(
                "interest | hedge | SWAP", "interest | interest | A", "hedge | interest | A", "principal | principal | A",
                "excess | residual |",
            ),
            "hedges": [
                ["hedge", "type", "notional", "pay_rate", "strike", "receive_index"],
                ["SWAP", "swap", 50_000.0, 0.05, None, "LIBOR_1M"], ["CAP", "cap", 50_000.0, None, 0.06, "LIBOR_1M"],
            ],
            "cash": [STILL[0], *[[float(m), 100_000.0, 500.0] for m in (1, 2, 3)]],
            "indices": [["month", "LIBOR_1M"], [0.0, 0.04], [1.0, 0.06], [2.0, 0.07]],
        },
        (
            pool("hedge_received,hedge_paid", [0.0, 41.67], [41.67, 0.0], [125.0, 0.0]),
            tranche("A", "interest_due,interest_paid", [337.50, 337.50], [487.50, 487.50], [562.50, 562.50]),
            residual([120.83, 10_000.0, 0.0], [54.17, 10_000.0, 0.0], [62.50, 10_000.0, 0.0]),
        ),
    ),
)  # fmt: skip
