"""Rollforwards in the terminal: the letter's table by trust and in total, and the sentence of the net trust gain."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from xlfv.excel.report import HALF, SHORT, WIDE, plain_table, thousands, wide_enough
from xlfv.months.over_time import RolledOver
from xlfv.months.real_estate import RealEstate
from xlfv.reporting.forms import CLOSING, FOOTING, OPENING, TOTAL, matrix
from xlfv.reporting.net_gain import NetGain, net_gain, sentence
from xlfv.reporting.rollforward import ACTIVITY, COLUMNS, FURTHER, ITEMS, Rollforward
from xlfv.terminal import plainly
from xlfv.valuation.reo import AMOUNTS

ROWS = {
    OPENING: "Book value, opening",
    ACTIVITY["change_in_fair_value"]: "Change in FV, excl. REO",
    ACTIVITY["change_in_debt"]: "Change in FV of debt",
    ACTIVITY["reo_losses"]: "Losses from REO at NRV",
    TOTAL: "Total gains (losses)",
    ACTIVITY["transfers"]: "Transfers",
    ACTIVITY["settlements"]: "Purch., iss., settlements",
    FURTHER["oci"]: "Gains in OCI",
    FURTHER["unrealized_change"]: "Of gains, on what is held",
    FURTHER["unrealized_held"]: "Unrealized gains held",
    FURTHER["unexplained"]: "Unexplained",
    CLOSING: "Book value, closing",
    FOOTING: "Footing difference",
}
"""Rows of a form in few words."""
STRONG = (OPENING, TOTAL, CLOSING)
DOLLAR = 1.0


def show_rollforward(rolled: RolledOver, estate: RealEstate, form: str, console: Console) -> None:
    """Print rollforwards: each trust's, the total with the company's debt, the net trust gain, REO, what is unexplained.

    Args:
        rolled: the months.
        estate: how real estate owned moved over them.
        form: ``letter``, ``gross`` (of settlements in the letter's rows) or ``later``.
        console: where to.

    Raises:
        Refused: the form has no row for something; nothing is printed then.
    """
    console = wide_enough(console)
    when = f"{rolled.months[0]} to {rolled.months[-1]}"
    title = "All trusts and long-term debt" if rolled.debt else "All trusts"
    parts = {**{plainly(name): one for name, one in rolled.trusts.items()}, title: rolled.total}
    # Made before any is printed: a form may have no row for what one of them holds.
    tables = [
        table for name, one in parts.items() for table in _tables(one, f"{name}, {when}, $ thousands", form, console)
    ]
    for table in tables:
        console.print(table)
    gain = net_gain(rolled.total)
    in_thousands = NetGain(*(round(x / 1000.0) for x in (gain.reo, gain.others, gain.borrowings, gain.derivatives)))
    console.print(textwrap.fill(f"In thousands: {sentence(in_thousands)}", console.width), highlight=False)
    if estate.amounts:
        console.print(_real_estate(estate, f"REO at NRV, {when}, $ thousands"))
    _print_notes(rolled, console)
    for notice in estate.notices:
        console.print(f"[yellow]note[/yellow] {plainly(notice)}", soft_wrap=True)


def _tables(rolled: Rollforward, title: str, form: str, console: Console) -> list[Table]:
    """Whole where the terminal is wide enough, else trust assets first, then the rest; columns of nothing are left out."""
    rows, amounts = matrix(rolled, "later" if form == "later" else "letter")
    parts: tuple[Sequence[int], ...] = (range(len(COLUMNS)),)
    if console.width < WIDE:
        parts = (range(HALF), range(HALF, len(COLUMNS)))
    used = [[k for k in part if any(abs(amount) >= 0.5 for amount in amounts[:, k])] for part in parts]
    return [_table(rows, amounts[:, part].tolist(), [COLUMNS[k] for k in part], title) for part in used if part]


def _table(rows: Sequence[str], amounts: Sequence[Sequence[float]], columns: Sequence[str], title: str) -> Table:
    """Rows that are all nothing are left out, those of the opening, the closing and what is unexplained never."""
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    for column in columns:
        table.add_column(SHORT[column], justify="right", no_wrap=True)
    kept = (*STRONG, FURTHER["unexplained"])
    for name, row in zip(rows, amounts, strict=True):
        if name in kept or any(abs(amount) >= 0.5 for amount in row):
            strong = name in STRONG
            table.add_row(
                ROWS.get(name, name), *map(thousands, row), style="bold" if strong else "", end_section=strong
            )
    return table


def _real_estate(estate: RealEstate, title: str) -> Table:
    """A row a kind of movement, a column a trust."""
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    for name in estate.amounts:
        table.add_column(plainly(name), justify="right")
    for amount in AMOUNTS:
        own = [amounts[amount] for amounts in estate.amounts.values()]
        strong = amount in ("opening", "closing")
        if strong or any(own):
            title = amount.replace("_", " ").capitalize()
            table.add_row(title, *map(thousands, own), style="bold" if strong else "", end_section=amount == "opening")
    return table


def _print_notes(rolled: RolledOver, console: Console) -> None:
    """What each trust's month says of itself, and every column in which something is unexplained."""
    for month, step in zip(rolled.months[1:], rolled.steps, strict=True):
        for name, one in step.items():
            for notice in dict.fromkeys(one.notices):
                console.print(f"[yellow]note[/yellow] {plainly(name)} {month}: {plainly(notice)}", soft_wrap=True)
            for item in ITEMS:
                left = one.rollforward.amount("unexplained", item)
                if abs(left) >= DOLLAR:
                    words = f"{name} {month}: {left:,.2f} of {item.replace('_', ' ')} is unexplained"
                    console.print(f"[red]unexplained[/red] {plainly(words)}", soft_wrap=True)
