"""A valued month in the terminal: fair values by trust, the residuals, the rollforward."""

from __future__ import annotations

import math
from collections.abc import Sequence

from rich import box
from rich.console import Console
from rich.table import Table

from xlfv.months.valued import Rolled, ValuedMonth, ValuedTrust
from xlfv.reporting.forms import matrix
from xlfv.reporting.rollforward import COLUMNS, Rollforward
from xlfv.terminal import plainly
from xlfv.valuation import fair_value as fv
from xlfv.valuation.yields import yield_notices

WIDE = 130  # columns of a terminal that shows the whole rollforward
NARROW = 78  # columns that every table fits
HALF = 5  # of its columns are trust assets
SHORT = {
    "investment_securities_afs": "Invest.\nsecurities",
    "securitized_mortgage_collateral": "Mortgage\ncollateral",
    "derivative_assets": "Deriv.\nassets",
    "real_estate_owned": "REO\n(NRV)",
    "total_trust_assets": "Trust\nassets",
    "securitized_mortgage_borrowings": "Mortgage\nborrowings",
    "derivative_liabilities": "Deriv.\nliabilities",
    "total_trust_liabilities": "Trust\nliabilities",
    "long_term_debt": "Long-term\ndebt",
}


ROWS = (
    "Book value, opening",
    "Interest income",
    "Interest expense",
    "Change in FV, excl. REO",
    "Change in FV of debt",
    "Losses from REO at NRV",
    "Total gains (losses)",
    "Transfers",
    "Settlements",
    "Book value, closing",
)
"""The letter's rows in few words; the workbook has them whole."""


def thousands(dollars: float) -> str:
    """Dollars in thousands as reports print them: ``(1,234)`` for negative, ``-`` for nothing, ``n/a`` where it is not told."""
    if math.isnan(dollars):
        return "n/a"
    rounded = round(dollars / 1000.0)
    if rounded == 0:
        return "-"
    return f"({-rounded:,})" if rounded < 0 else f"{rounded:,}"


def wide_enough(console: Console) -> Console:
    """A console on which every table fits: lines of a narrower terminal wrap."""
    return console if console.width >= NARROW else Console(file=console.file, width=NARROW)


def show(valued: ValuedMonth, rolled: Rolled | None, console: Console) -> None:
    """Print a valued month; a terminal too narrow for the numbers wraps lines rather than cut them."""
    console = wide_enough(console)
    console.print(values_table(valued, rolled))
    if rolled is None:
        console.print("No rollforward: there is no folder of the month before.")
    else:
        month = valued.month.month
        _print_rollforward(rolled.total(), f"Rollforward of level 3 and REO, {month}, $ thousands", console)
        if rolled.year and not month.endswith("-01"):
            title = f"Rollforward of level 3 and REO, year to {valued.month.as_of}, $ thousands"
            _print_rollforward(rolled.total(year=True), title, console)
        if rolled.debt_note:
            console.print(f"Long-term debt is not rolled forward: {plainly(rolled.debt_note)}", style="yellow")
        for name, amount in unexplained(rolled).items():
            console.print(f"Unexplained in the ledger of {name}: {amount:,.2f} dollars", style="yellow")
    for name, trust in valued.trusts.items():
        for notice in _notices(trust):
            console.print(f"[yellow]note[/yellow] {plainly(name)}: {plainly(notice)}", soft_wrap=True)


def unexplained(rolled: Rolled) -> dict[str, float]:
    """Dollars of a month's cash, by trust and of long-term debt, that the states imply and the ledger has not; less than a dollar is rounding."""
    parts = {**rolled.month, **({"long-term debt": rolled.debt[0]} if rolled.debt else {})}
    left = {
        name: sum(abs(amount) for amount in one.activity.get("unexplained", {}).values()) for name, one in parts.items()
    }
    return {plainly(name): amount for name, amount in left.items() if amount >= 1.0}


def _notices(trust: ValuedTrust) -> list[str]:
    return [*yield_notices(trust.yields), *trust.projection.notices]


def values_table(valued: ValuedMonth, rolled: Rolled | None) -> Table:
    """Fair values, a column a trust and one for those consolidated; the residual against the month before."""
    table = plain_table(f"Fair value at {valued.month.as_of}, $ thousands")
    table.add_column("", no_wrap=True)
    for name, trust in valued.trusts.items():
        head = plainly(name) if trust.consolidated else f"{plainly(name)}\nnot consol."
        table.add_column(head, justify="right")
    table.add_column("Consoli-\ndated", justify="right", style="bold")
    trusts = [trust.value for trust in valued.trusts.values()]
    counted = [trust.consolidated for trust in valued.trusts.values()]

    def row(title: str, amounts: list[float], style: str = "", section: bool = False) -> None:
        together = sum(amount for amount, counts in zip(amounts, counted, strict=True) if counts)
        table.add_row(title, *map(thousands, [*amounts, together]), style=style, end_section=section)

    row("Mortgage collateral", [v.value(fv.COLLATERAL) for v in trusts])
    row("REO (NRV)", [v.value(fv.REO) for v in trusts])
    row(fv.DERIVATIVE_ASSETS, [v.value(fv.DERIVATIVE_ASSETS) for v in trusts])
    if any(v.value(fv.OTHER_ASSETS) for v in trusts):
        row(fv.OTHER_ASSETS, [v.value(fv.OTHER_ASSETS) for v in trusts])
    row("Trust assets", [v.total("asset") for v in trusts], "bold", True)
    row("Mortgage borrowings", [v.borrowings for v in trusts])
    row(fv.DERIVATIVE_LIABILITIES, [v.value(fv.DERIVATIVE_LIABILITIES) for v in trusts])
    if any(v.value(fv.OTHER_LIABILITIES) for v in trusts):
        row(fv.OTHER_LIABILITIES, [v.value(fv.OTHER_LIABILITIES) for v in trusts])
    row("Trust liabilities", [v.total("liability") for v in trusts], "bold", True)
    row(fv.RESIDUAL_INTEREST, [v.total("residual") for v in trusts], "bold")
    if rolled is not None:
        row("  a month before", [rolled.openings[name].total("residual") for name in valued.trusts])
    table.add_row("Collateral yield", *[f"{v.collateral_yield:.2%}" for v in trusts], "")
    return table


def _print_rollforward(rollforward: Rollforward, title: str, console: Console) -> None:
    """The letter's table: whole where the terminal is wide enough, else trust assets first, then the rest."""
    parts = (COLUMNS,) if console.width >= WIDE else (COLUMNS[:HALF], COLUMNS[HALF:])
    for part in parts:
        console.print(_rollforward(rollforward, title, part))


def _rollforward(rollforward: Rollforward, title: str, columns: Sequence[str]) -> Table:
    """The letter's rows, without those that are all nothing, and some of its columns."""
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    _, amounts = matrix(rollforward.letter)
    columns = [column for column in columns if column != "long_term_debt" or amounts[:, -1].any()]
    for column in columns:
        table.add_column(SHORT[column], justify="right", no_wrap=True)
    shown = [COLUMNS.index(column) for column in columns]
    for name, row in zip(ROWS, amounts[:-1], strict=True):
        if any(abs(amount) >= 0.5 for amount in row):
            strong = name.startswith(("Book", "Total"))
            table.add_row(name, *map(thousands, row[shown]), style="bold" if strong else "", end_section=strong)
    return table


def plain_table(title: str) -> Table:
    """A table without lines between its columns, titled at the left."""
    return Table(
        title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, padding=(0, 0, 0, 1), pad_edge=False
    )
