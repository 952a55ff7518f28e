"""A change in fair value in the terminal: factor by factor, by trust and in total, and in words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping

from rich.console import Console
from rich.table import Table

from xlfv.excel.report import plain_table, thousands, wide_enough
from xlfv.months.over_time import Change, changes_total
from xlfv.reporting.attribution import ASSETS, amounts_by_row, classes_of, explanation_grid
from xlfv.reporting.reprojection import Explained
from xlfv.terminal import plainly
from xlfv.valuation import fair_value as fv

ROWS = {
    "opening": "Opening", "cash": "Cash expected", "time": "Time", "performance": "Performance", "prepayment": "Prepayment",
    "default": "Default", "severity": "Severity", "index": "Index", "yield": "Yield", "model": "Model", "closing": "Closing",
    "check": "Not explained",
}  # fmt: skip
"""Rows of the table in a word or two."""
HEADS = ("Mortgage\ncollat.", "REO", "Deriv.", "Other\nassets", "Mortgage\nborrow.", "Other\nliab.", "Residual")


def show_change(changes: Mapping[str, Change], when: str, console: Console) -> None:
    """Print explained changes: each trust's table and sentences, and those of the trusts consolidated together.

    Args:
        changes: by trust.
        when: from when to when, in words.
        console: where to.
    """
    console = wide_enough(console)
    for name, one in changes.items():
        _print_one(name, one, f"{name}{'' if one.consolidated else ' (not consolidated)'}, {when}", console)
    together = {name: one for name, one in changes.items() if one.consolidated}
    if len(together) > 1:
        _print_one("All trusts", changes_total(together), f"Trusts consolidated, {when}", console)
    first = next(iter(changes.values())).explained
    words = (
        "averaged over all orders (Shapley)" if first.method == "shapley" else f"in the order {', '.join(first.order)}"
    )
    console.print(f"Effects are {words}.", style="dim", soft_wrap=True)


def _print_one(name: str, one: Change, title: str, console: Console) -> None:
    console.print(_table(one, f"{plainly(title)}, $ thousands"))
    for row in explanation_grid(name, one.explained, one.paid, one.posted)[1:]:
        line, words = str(row[1]), str(row[-1])
        text = textwrap.fill(plainly(f"{line}: {words}"), console.width, subsequent_indent="  ")
        console.print(text, highlight=False)
    console.print()


def _table(one: Change, title: str) -> Table:
    """A row a factor, as it changes the value of each line: liabilities are positive."""
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    rows = {name: _cells(amounts, one.explained) for name, amounts in _rows(one).items()}
    used = [k for k in range(len(HEADS)) if any(abs(cells[k]) >= 0.5 for cells in rows.values())]
    for k in used:
        table.add_column(HEADS[k], justify="right", no_wrap=True)
    for name, cells in rows.items():
        strong = name in ("opening", "closing")
        if strong or any(abs(cells[k]) >= 0.5 for k in used):
            amounts = [thousands(cells[k]) for k in used]
            head = "Cash paid" if name == "cash" and one.paid is not None else ROWS[name]
            table.add_row(head, *amounts, style="bold" if strong else "", end_section=name in ("opening", "model"))
    return table


def _rows(one: Change) -> dict[str, dict[str, float]]:
    """Amounts by row and item; cash that was paid beyond the expected is settled, and no effect of performance."""
    rows = amounts_by_row(one.explained)
    if one.paid is not None:
        beyond = {item: paid - one.explained.expected_cash[item] for item, paid in one.paid.items()}
        rows["cash"] = {item: amount - beyond[item] for item, amount in rows["cash"].items()}
        rows["performance"] = {item: amount + beyond[item] for item, amount in rows["performance"].items()}
    return rows


def _cells(amounts: Mapping[str, float], explained: Explained) -> list[float]:
    """Collateral, REO, derivatives (net: liabilities less than nothing), other assets, borrowings, other liabilities, residual."""
    collateral, reo, owned, other = (amounts[item] for item in ASSETS)
    return [
        collateral, reo, owned - amounts[fv.DERIVATIVE_LIABILITIES], other, sum(amounts[i] for i in classes_of(explained)),
        amounts[fv.OTHER_LIABILITIES], amounts[fv.RESIDUAL_INTEREST],
    ]  # fmt: skip
