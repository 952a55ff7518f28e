"""An explained change as tables: a row a factor and a column an item; and why assets and borrowings gained or lost."""

from __future__ import annotations

from collections.abc import Mapping

from xlfv.projection.projection import Projection
from xlfv.reporting.change_words import posted_words, words_of
from xlfv.reporting.implied_cash import implied_cash, months_between
from xlfv.reporting.reprojection import Explained
from xlfv.tables import Fault, Refused, Table, refuse_if
from xlfv.tables.schema import Column, Schema
from xlfv.valuation import fair_value as fv

WHAT = {
    "cash": "cash that the opening projection expected until the closing",
    "time": "passing of time: opening yields earned on the opening values",
    "performance": "loans, bonds, derivatives and REO as they are now, against what was expected",
    "prepayment": "prepayment curves",
    "default": "default curves: default, cure, months to liquidation, advancing",
    "severity": "severity curves: severity, expenses, recovery lag, subsequent recoveries",
    "index": "forward indices, discount curve and volatility",
    "yield": "discount yields",
    "model": "model, options and measurement: the closing projection as it was made",
    "opening": "fair value at the opening",
    "closing": "fair value at the closing",
    "check": "closing - opening - all rows between (0 = explained)",
}
"""Rows of the table -> what changes in them."""
BORROWINGS = "Securitized mortgage borrowings"
ASSETS = (fv.COLLATERAL, fv.REO, fv.DERIVATIVE_ASSETS, fv.OTHER_ASSETS)
OTHER_LIABILITIES = (fv.DERIVATIVE_LIABILITIES, fv.OTHER_LIABILITIES)
TOTAL_ASSETS, TOTAL_LIABILITIES = "Total trust assets", "Total trust liabilities"
HEAD = (
    *ASSETS, TOTAL_ASSETS, BORROWINGS, *OTHER_LIABILITIES, TOTAL_LIABILITIES, fv.RESIDUAL_INTEREST, fv.DIFFERENCE, "check",
)  # fmt: skip
"""Columns of the table that every trust has."""
CASH = Schema(
    "cash",
    (
        Column("item", "text", "a line of the balance, as XLFV_FAIR_VALUE names it", required=True, unique=True),
        Column("amount", "number", "cash really paid between the two dates to who holds the item", "$", required=True),
    ),
    key="item",
    may_be_empty=False,
)


def amounts_by_row(explained: Explained) -> dict[str, dict[str, float]]:
    """Row of the table -> item -> dollars: opening, cash, time, the other factors in their order, closing, check."""
    items = explained.items
    rows = {"opening": {item: explained.opening.value(item) for item in items}}
    rows["cash"] = {item: 0.0 - explained.expected_cash[item] for item in items}
    rows["time"] = {item: explained.unwinding(item) for item in items}
    rows |= {factor: dict(explained.effects[factor]) for factor in explained.order[1:]}
    rows["closing"] = {item: explained.closing.value(item) for item in items}
    rows["check"] = {item: round(explained.unexplained(item), 4) + 0.0 for item in items}
    return rows


def classes_of(explained: Explained) -> tuple[str, ...]:
    """The tranches among the items."""
    others = (*ASSETS, *OTHER_LIABILITIES, fv.RESIDUAL_INTEREST, fv.DIFFERENCE)
    return tuple(item for item in explained.items if item not in others)


def attribution_grid(trust: str, explained: Explained) -> list[list[object]]:
    """The table of a change in fair value: a row a factor, from the opening to the closing; assets, liabilities, residual.

    Liabilities are positive. The row check is closing less opening less all rows between, the column check assets less
    liabilities less residual: both 0. Classes stand last, so that the columns before them are the same for every trust.
    """
    classes = classes_of(explained)
    grid: list[list[object]] = [["trust", "factor", "what", *HEAD, *classes]]
    for row, amounts in amounts_by_row(explained).items():
        assets, borrowings = sum(amounts[i] for i in ASSETS), sum(amounts[i] for i in classes)
        others = [amounts[i] for i in OTHER_LIABILITIES]
        liabilities = borrowings + sum(others)
        rest = [amounts[fv.RESIDUAL_INTEREST], amounts.get(fv.DIFFERENCE, 0.0)]
        gap = round(assets - liabilities - sum(rest), 2)
        cells = [*(amounts[i] for i in ASSETS), assets, borrowings, *others, liabilities, *rest, gap]
        cells += [amounts[i] for i in classes]
        grid.append([trust, row, WHAT[row], *(float(cell) + 0.0 for cell in cells)])
    return grid


LINES = {
    "discount yields": ("yield",),
    "expected losses": ("default", "severity"),
    "forward indices (LIBOR)": ("index",),
    "prepayments": ("prepayment",),
    "actual performance": ("performance",),
    "model": ("model",),
}
"""Lines of gains and losses -> the factors in them."""


def read_actual_cash(table: Table, explained: Explained) -> dict[str, float]:
    """Cash really paid between the dates, by item; an item not named was paid what was expected.

    Raises:
        Refused: with every fault: an item that the trust does not have, one named twice, an amount missing.
    """
    faults: list[Fault] = []
    read = CASH.read(table, faults)
    known = {item.lower(): item for item in explained.items}
    found = {}
    for row, item in enumerate(read["item"]):
        name = known.get(str(item).strip().lower())
        if name is None and read.sound(row, "item"):
            todo = f"its items: {', '.join(explained.items)}"
            faults.append(Fault(f"the balance has no item '{item}'", table.where(row, "item"), todo))
        elif name is not None:
            found[name] = float(read["amount"][row])
    refuse_if(faults)
    return found


def cash_by_states(
    opening: Projection, closing: Projection, trustee: Mapping[str, float] | None = None
) -> dict[str, float] | None:
    """Cash really paid by item, as the trust's two states say it; None where they do not lie a month apart or cannot say.

    Args:
        opening, closing: its projections at both dates.
        trustee: figures that states cannot say, of :data:`xlfv.reporting.implied_cash.TRUSTEE`; others are not looked at.
    """
    if months_between(opening.trust, closing.trust) != 1:
        return None
    try:
        return implied_cash(opening.trust, closing.trust, opening.indices, trustee).by_item()
    except Refused:
        return None  # the sentence on performance says that unexpected cash is in it


def gains(explained: Explained, actual: Mapping[str, float] | None = None) -> dict[str, dict[str, float]]:
    """Line -> side -> gain (below 0: loss) to the company in dollars: of assets, borrowings, other liabilities, and net.

    A liability that is worth more is a loss. Lines of :data:`LINES`, then ``all changes``, ``time`` (what opening yields
    earn), ``cash`` (what was paid: of a liability it is a gain in value, and no earnings) and ``change in value``, their sum.

    Args:
        actual: cash really paid by item; what is beyond the expected is no loss of performance but settled. Without it
            performance is told with the unexpected cash in it.
    """
    beyond = {
        i: (actual or {}).get(i, explained.expected_cash[i]) - explained.expected_cash[i] for i in explained.items
    }
    by_item = {
        line: {item: sum(explained.effects[factor][item] for factor in factors) for item in explained.items}
        for line, factors in LINES.items()
    }
    by_item["actual performance"] = {i: x + beyond[i] for i, x in by_item["actual performance"].items()}
    by_item["all changes"] = {i: sum(by_item[line][i] for line in LINES) for i in explained.items}
    by_item["time"] = {item: explained.unwinding(item) for item in explained.items}
    by_item["cash"] = {item: 0.0 - explained.expected_cash[item] - beyond[item] for item in explained.items}
    by_item["change in value"] = {
        i: by_item["all changes"][i] + by_item["time"][i] + by_item["cash"][i] for i in explained.items
    }
    return {line: _sides(amounts, explained) for line, amounts in by_item.items()}


def _sides(amounts: Mapping[str, float], explained: Explained) -> dict[str, float]:
    assets = sum(amounts[i] for i in ASSETS)
    borrowings = 0.0 - sum(amounts[i] for i in classes_of(explained))
    others = 0.0 - sum(amounts[i] for i in OTHER_LIABILITIES)
    return {"assets": assets, "borrowings": borrowings, "others": others, "net": assets + borrowings + others}


def explanation_grid(
    trust: str,
    explained: Explained,
    actual: Mapping[str, float] | None = None,
    posted: Mapping[str, float] | None = None,
) -> list[list[object]]:
    """Why assets and borrowings gained or lost: a row a line, gains positive and losses negative, and a sentence each.

    Args:
        trust: its name.
        explained: the change.
        actual: cash really paid by item.
        posted: the ledger's cash by side (:mod:`xlfv.reporting.posted_cash`); where it differs from ``actual`` the sentence
            on cash says by how much.
    """
    found = gains(explained, actual)
    told = words_of(explained, found, list(LINES), actual is not None)
    if posted is not None:
        told["cash"] += posted_words(posted, actual, classes_of(explained))
    grid: list[list[object]] = [["trust", "line", "trust_assets", "borrowings", "other_liabilities", "net", "in_words"]]
    for line, sides in found.items():
        cells = (sides[side] + 0.0 for side in ("assets", "borrowings", "others", "net"))
        grid.append([trust, line, *cells, told[line]])
    return grid
