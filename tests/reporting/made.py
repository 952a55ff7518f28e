"""A made trust over three months, every figure of which can be worked by hand.

Two interest-only loans of 600,000 and 400,000 dollars at 12% (1% a month), due in 24 months; a class A of 900,000 at 6% (half a
percent a month); a residual. Nobody prepays or defaults, no fees, no day counts but a twelfth. In the first month nothing
happens but interest. In the second the loan of 400,000 goes into REO at an initial basis of 250,000 and still brings its month
of interest; a class-holder is paid the borrower's curtailment of 50,000 on the other loan. In the third the property is sold.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

from xlfv.market.curves import read_curves
from xlfv.market.indices import NO_INDICES
from xlfv.projection.projection import project
from xlfv.reporting.reprojection import MonthEnd
from xlfv.tables import from_grid
from xlfv.trust.trust import Trust, build_trust
from xlfv.valuation.yields import read_yields

DAYS = (dt.date(2009, 6, 30), dt.date(2009, 7, 31), dt.date(2009, 8, 31), dt.date(2009, 9, 30))
TERMS = 24
HEAD = ["loan_id", "balance", "rate", "remaining_term", "interest_only_months", "status"]
WATERFALL = [
    ["step", "from", "pay", "to"],
    [1, "interest", "interest", "A"],
    [2, "principal", "principal", "A"],
    [3, "excess", "residual", None],
]
CURVES = [["month", "cpr", "cdr", "severity"], [1, 0.0, 0.0, 0.0]]
L1 = (600000.0, 600000.0, 550000.0, 550000.0)
A = (900000.0, 900000.0, 850000.0, 650000.0)
YIELDS = ((0.09, 0.24), (0.09, 0.24), (0.12, 0.24), (0.12, 0.30))


Grids = dict[str, list[list[object]]]


def trust(month: int, change: Callable[[Grids], None] | None = None, **terms: object) -> Trust:
    """The trust at a month-end, its tables changed where that is asked for."""
    left = TERMS - month
    loans = [HEAD, ["L1", L1[month], 0.12, left, left, "current"]]
    loans += [["L2", 400000.0, 0.12, left, left, "reo" if month == 2 else "current"]] if month < 3 else []
    bonds = [["tranche", "balance", "coupon", "writedown"], ["A", A[month], 0.06, 0.0]]
    given = {"cumulative_loss": 0.0 if month < 3 else 160000.0, **terms}
    grids: Grids = {
        "loans": loans,
        "bonds": bonds,
        "waterfall": WATERFALL,
        "terms": [["term", "value"], *[[name, value] for name, value in given.items()]],
    }
    if month == 2:
        head = ["loan_id", "balance", "value", "initial_basis", "months_to_sale", "selling_cost"]
        grids["reo"] = [head, ["L2", 400000.0, 260000.0, 250000.0, 1, 0.05]]
    if change is not None:
        change(grids)
    tables = {name: from_grid(name, grid) for name, grid in grids.items()}
    return build_trust("MADE", DAYS[month], tables)


def month_end(month: int, change: Callable[[Grids], None] | None = None, **terms: object) -> MonthEnd:
    one = trust(month, change, **terms)
    yields = [["item", "yield"], *([name, YIELDS[month][0]] for name in one.tranches), ["residual", YIELDS[month][1]]]
    return MonthEnd(
        project(one, read_curves(from_grid("curves", CURVES)), NO_INDICES),
        read_yields(from_grid("yields", yields), one),
    )


LEDGERS = (
    {"interest_collected": 10000.0, "bond_interest_paid": 4500.0, "residual_cash": 5500.0},
    {
        "interest_collected": 10000.0,
        "principal_collected": 50000.0,
        "bond_interest_paid": 4500.0,
        "bond_principal_paid": 50000.0,
        "residual_cash": 5500.0,
    },
    {
        "interest_collected": 5500.0,
        "reo_sales_proceeds": 240000.0,
        "bond_interest_paid": 4250.0,
        "bond_principal_paid": 200000.0,
        "residual_cash": 41250.0,
    },
)
"""What was posted in each month; all of it is what the states imply."""
