"""A shelf deal as tables: two loan groups, an insured class, mezzanines, swaps, a cap, a reserve fund and a step-down.

The trust never was. Its rules are of the kind that the depositor's supplements of 2005 to 2007 describe: two loan groups
that support each other, seniors of which one is insured, overcollateralization with a step-down, swaps and a cap inside
the trust (prospectus supplement of Impac Secured Assets Corp., Mortgage Pass-Through Certificates, Series 2007-2, dated
March 29, 2007, cover page), and a class of support seniors (Series 2007-3, pooling and servicing agreement, section 1.01). The
reserve fund is our own: that of Series 2007-3 pays net WAC shortfalls of four mezzanines and is not filled again ("Class M
Interest Reserve Fund"). Numbers are our own. A note begins with the section that such a supplement has for it.
"""

from __future__ import annotations

from typing import NamedTuple

NAME, FOLDER = "ISAC-2006-S", "deal"
AS_OF, CLOSING = "2006-03-31", "2006-03-30"
INSURER, RESERVE = "Guaranty", "reserve_fund"
MONTHS = 54
ORIGINAL = {"1": 350_000_000.0, "2": 150_000_000.0}
OC_TARGET, OC_AFTER, OC_FLOOR = 0.012, 0.024, 0.005
STEPDOWN_AGE, STEPDOWN_ENHANCEMENT = 36, 0.20
LOSS_LIMIT = "1.25 for 24 then 2 for 12 then 4 for 12 then 5"
LATE_LIMIT = 0.40
Cells = list[list[str]]


class Class(NamedTuple):
    """A class: name, balance at issue, loan group (blank: both), kind, margin, enhancement behind it after the step-down."""

    name: str
    balance: float
    group: str
    kind: str
    margin: float
    behind: float
    rating: str


CLASSES = (
    Class("1-A-1", 252_640_000.0, "1", "senior", 0.0018, 0.2000, "AAA"),
    Class("1-A-M", 63_160_000.0, "1", "senior", 0.0026, 0.2000, "AAA"),
    Class("2-A", 135_300_000.0, "2", "senior", 0.0021, 0.2000, "AAA"),
    Class("M-1", 16_000_000.0, "", "mezzanine", 0.0036, 0.1360, "AA"),
    Class("M-2", 12_000_000.0, "", "mezzanine", 0.0042, 0.0880, "A"),
    Class("M-3", 9_000_000.0, "", "mezzanine", 0.0060, 0.0520, "BBB+"),
    Class("B", 7_900_000.0, "", "subordinate", 0.0090, 0.0240, "BBB-"),
)
SENIORS = tuple(c.name for c in CLASSES if c.kind == "senior")
BELOW = tuple(c.name for c in CLASSES if c.kind != "senior")
_ALL = ", ".join(c.name for c in CLASSES)
_A, _A1, _M = ", ".join(SENIORS), "1-A-1, 1-A-M", ", ".join(BELOW)
_UP = ", ".join(reversed(BELOW))

_INTEREST = "Distributions of Interest"
_PRINCIPAL = "Distributions of Principal"
_EXCESS = "Overcollateralization Provisions"
_SWAP = "The Swap Agreements and the Cap Contract"
_LOSSES = "Allocation of Losses; Subordination"
_POLICY = "The Certificate Guaranty Insurance Policy"
_RESERVE = "The Reserve Fund"


class Line(NamedTuple):
    """A step: its number, what cash, what it pays, whom, how shared, when, of which loan group, section, plain sentence."""

    step: str
    source: str
    pay: str
    to: str
    rule: str
    when: str
    group: str
    section: str
    words: str


def _seniors_first(letter: str, when: str) -> tuple[Line, ...]:
    """The four steps of principal while nothing may reach the mezzanines."""
    return (
        Line(f"{letter}1", "principal", "principal", _A, "pro_rata", when, "", _PRINCIPAL,
             "each group's principal goes to its own seniors, alike by balance, until they are retired"),
        Line(f"{letter}2", "principal", "principal", "2-A", "sequential", when, "1", _PRINCIPAL,
             "once the group 1 seniors are retired, group 1 principal goes to the seniors of group 2"),
        Line(f"{letter}3", "principal", "principal", _A1, "pro_rata", when, "2", _PRINCIPAL,
             "once the group 2 seniors are retired, group 2 principal goes to the seniors of group 1"),
        Line(f"{letter}4", "principal", "principal", _M, "sequential", when, "", _PRINCIPAL,
             "once all seniors are retired, the mezzanines in turn, the highest first"),
    )  # fmt: skip


WATERFALL: tuple[tuple[str, tuple[Line, ...]], ...] = (
    ("A.  Interest remittance amount: what the loans paid in interest, group by group", (
        Line("A1", "interest", "trustee_fee_1", "Trustee", "", "", "1", _INTEREST, "fees of the trustee and master servicer on group 1"),
        Line("A2", "interest", "trustee_fee_2", "Trustee", "", "", "2", _INTEREST, "the same on group 2"),
        Line("A3", "interest", "premium", INSURER, "", "", "2", _POLICY, "the insurer's premium on the balance of class 2-A"),
        Line("A4", "interest", "hedge", "SWAP-1", "", "", "1", _SWAP, "net swap payment of group 1, where the trust owes one"),
        Line("A5", "interest", "hedge", "SWAP-2", "", "", "2", _SWAP, "net swap payment of group 2, where the trust owes one"),
        Line("A6", "interest", "interest", _A1, "pro_rata", "", "1", _INTEREST, "interest of the month of the group 1 seniors, alike"),
        Line("A7", "interest", "interest", "2-A", "", "", "2", _INTEREST, "interest of the month of the group 2 seniors"),
        Line("A8", INSURER, "interest", "2-A", "", "", "", _POLICY,
             "what class 2-A is still due this month is drawn on the insurer: its policy covers this class only"),
        Line("A9", "interest", "interest_shortfall", _A, "pro_rata", "", "", _INTEREST,
             "interest that seniors were not paid in earlier months, with interest on it"),
        Line("A10", "interest", "reimbursement", INSURER, "", "", "2", _POLICY, "the insurer is paid back what was drawn on it"),
        Line("A11", "interest", "interest", _M, "sequential", "", "", _INTEREST, "interest of the month of the mezzanines, class by class"),
        Line("A12", RESERVE, "interest", _M, "sequential", "", "", _RESERVE,
             "what they are still due this month is taken out of the reserve fund"),
    )),
    ("B.  Subsequent recoveries: what came in on losses taken earlier", (
        Line("B1", "principal", "writeup", _M, "sequential", "", "", _LOSSES,
             "balances written down rise by the recoveries of the month, the highest class first, never above what it lost"),
    )),
    ("C.  Principal distribution amount before the step-down date", _seniors_first("C", "before_stepdown")),
    ("D.  The same while a trigger event is in effect: cumulative losses", _seniors_first("D", "loss_test")),
    ("E.  The same while a trigger event is in effect: delinquency", _seniors_first("E", "delinquency_test")),
    ("F.  Principal distribution amount from the step-down date on, no trigger event in effect", (
        Line("F1", "principal", "principal", _A, "target", "after_stepdown", "", _PRINCIPAL,
             "the seniors, until 20.00% of their loan group stands behind them; in group 1 first 1-A-1, then 1-A-M"),
        Line("F2", "principal", "principal", "M-1", "target", "after_stepdown", "", _PRINCIPAL,
             "M-1, until 13.60% of the pool stands behind it"),
        Line("F3", "principal", "principal", "M-2", "target", "after_stepdown", "", _PRINCIPAL,
             "M-2, until 8.80% of the pool stands behind it"),
        Line("F4", "principal", "principal", "M-3", "target", "after_stepdown", "", _PRINCIPAL,
             "M-3, until 5.20% of the pool stands behind it"),
        Line("F5", "principal", "principal", "B", "target", "after_stepdown", "", _PRINCIPAL,
             "B, until the overcollateralization target stands behind it"),
    )),
    ("G.  What the swaps and the cap pay to the trust", (
        Line("G1", "hedge", "interest_shortfall", _ALL, "sequential", "", "", _SWAP, "first, interest that any class is short of"),
        Line("G2", "hedge", "oc", _A, "pro_rata", "", "", _SWAP,
             "then principal to the seniors, until overcollateralization is at its target"),
        Line("G3", "hedge", "basis_risk", _A, "pro_rata", "", "", _SWAP, "then capped interest carried forward, of the seniors"),
        Line("G4", "hedge", "basis_risk", _M, "sequential", "", "", _SWAP, "and of the mezzanines; what is left joins the excess"),
    )),
    ("H.  Net monthly excess cash flow: all that is left", (
        Line("H1", "excess", "oc", _A, "pro_rata", "", "", _EXCESS,
             "principal to the seniors, until overcollateralization is at its target"),
        Line("H2", "excess", "oc", _M, "sequential", "", "", _EXCESS, "the same to the mezzanines once the seniors are retired"),
        Line("H3", "excess", "interest_shortfall", _M, "sequential", "", "", _EXCESS, "interest that mezzanines were not paid earlier"),
        Line("H4", "excess", "unpaid_loss", _M, "sequential", "", "", _EXCESS, "cash for losses that mezzanines were written down by"),
        Line("H5", "excess", "basis_risk", _A, "pro_rata", "", "", _EXCESS, "capped interest carried forward, of the seniors"),
        Line("H6", "excess", "basis_risk", _M, "sequential", "", "", _EXCESS, "capped interest carried forward, of the mezzanines"),
        Line("H7", "excess", "deposit", RESERVE, "", "", "", _RESERVE, "the reserve fund, up to what it should hold"),
        Line("H8", RESERVE, "release", "", "", "", "", _RESERVE,
             "what the reserve fund holds above that joins the excess"),
        Line("H9", "excess", "residual", "Class C", "", "", "", _EXCESS, "the rest, to the holder of the residual"),
    )),
    ("I.  Losses: by how much the classes exceed the pool after all that was paid", (
        Line("I1", "excess", "writedown", _UP, "sequential", "", "", _LOSSES, "the mezzanines, the lowest first"),
        Line("I2", "excess", "writedown", "1-A-M", "", "no_subordination", "1", _LOSSES,
             "once the mezzanines are gone, of group 1 the support class 1-A-M"),
        Line("I3", INSURER, "writedown", "2-A", "", "no_subordination", "2", _POLICY,
             "and in group 2 the insurer pays the loss of class 2-A as principal"),
    )),
)  # fmt: skip
"""The steps under their headings, in the order run."""


def tables() -> dict[str, Cells]:
    """Every small table of the deal, header first, as a CSV holds it."""
    lines = [line for _, part in WATERFALL for line in part]
    return {
        "bonds": [
            ["tranche", "balance", "group", "original_balance", "kind", "coupon_type", "index", "margin", "margin_after_call",
             "net_wac_cap", "carryforward_interest", "day_count", "accrual_start", "target_enhancement", "insured_by",
             "original_rating"],
            *(
                [c.name, _money(c.balance), c.group, _money(c.balance), c.kind, "floating", "LIBOR_1M", f"{c.margin:.4f}",
                 f"{c.margin * (2.0 if c.kind == 'senior' else 1.5):.5f}", c.group or "pool", "yes", "act/360", CLOSING,
                 f"{c.behind:.4f}", INSURER if c.name == "2-A" else "", c.rating]
                for c in CLASSES
            ),
        ],
        "waterfall": [
            ["step", "from", "pay", "to", "rule", "when", "group", "note"],
            *([*line[:7], f"{line.section}: {line.words}"] for line in lines),
        ],
        "terms": [
            ["term", "value"], ["closing_date", CLOSING], ["cutoff_date", AS_OF], ["first_remittance", "2006-04-25"],
            ["remittance_day", "25"], ["original_pool_balance", _money(sum(ORIGINAL.values()))],
            ["oc_target", f"{OC_TARGET}"], ["oc_target_after_stepdown", f"{OC_AFTER}"], ["oc_floor", f"{OC_FLOOR}"],
            ["stepdown_age", f"{STEPDOWN_AGE}"], ["stepdown_enhancement", f"{STEPDOWN_ENHANCEMENT}"],
            ["call_factor", "0.1"], ["call_exercised", "first"], ["consolidated", "yes"],
            ["collateral_type", "Alt-A hybrid ARM (group 1) and multifamily (group 2)"],
        ],
        "triggers": [
            ["trigger", "measure", "test", "cure", "threshold"],
            ["loss_test", "cumulative_loss", ">", "yes", LOSS_LIMIT],
            ["delinquency_test", "rolling_delinquency", ">", "yes", f"{LATE_LIMIT:.0%} of enhancement"],
            ["no_subordination", "subordination", "<=", "no", "0"],
        ],
        "costs": [
            ["cost", "basis", "rate", "group", "bonds", "payee"],
            ["trustee_fee_1", "pool_balance", "0.00035", "1", "", "trustee"],
            ["trustee_fee_2", "pool_balance", "0.00035", "2", "", "trustee"],
            ["premium", "bond_balance", "0.0009", "2", "2-A", "insurer"],
        ],
        "hedges": [
            ["hedge", "type", "schedule", "pay_rate", "receive_index", "strike", "end", "day_count", "group", "counterparty", "in_trust"],
            ["SWAP-1", "swap", "SWAP-1", "0.0505", "LIBOR_1M", "", "48", "act/360", "1", "Bank A", "yes"],
            ["SWAP-2", "swap", "SWAP-2", "0.0510", "LIBOR_1M", "", "48", "act/360", "2", "Bank A", "yes"],
            ["CAP", "cap", "CAP", "", "LIBOR_1M", "0.0625", "36", "act/360", "", "Bank B", "yes"],
        ],
        "schedules": [
            ["schedule", "month", "amount"],
            *(
                [name, str(month), _money(first * 0.85 ** (month // 6))]
                for name, first, last in (("SWAP-1", 90e6, 48), ("SWAP-2", 40e6, 48), ("CAP", 60e6, 36))
                for month in range(1, last + 1, 6)
            ),
        ],
        "accounts": [
            ["account", "balance", "target"],
            [RESERVE, "400000.00", "400000"],
        ],
    }  # fmt: skip


def _money(amount: float) -> str:
    return f"{amount:.2f}"
