"""A valued month in the terminal: fair values by trust, the residuals, the rollforward."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from xlfv.months.valued import Rolled, ValuedMonth, ValuedTrust
from xlfv.reporting.rollforward import COLUMNS, TITLES, Rollforward, matrix
from xlfv.valuation import fair_value as fv

SHORT = {
    "investment_securities_afs": "Investment\nsecurities",
    "securitized_mortgage_collateral": "Mortgage\ncollateral",
    "derivative_assets": "Derivative\nassets",
    "real_estate_owned": "REO\n(NRV)",
    "total_trust_assets": "Trust\nassets",
    "securitized_mortgage_borrowings": "Mortgage\nborrowings",
    "derivative_liabilities": "Derivative\nliabilities",
    "total_trust_liabilities": "Trust\nliabilities",
    "long_term_debt": "Long-term\ndebt",
}


def thousands(dollars: float) -> str:
    """Dollars in thousands as reports print them: ``(1,234)`` for negative, ``-`` for nothing."""
    rounded = round(dollars / 1000.0)
    if rounded == 0:
        return "-"
    return f"({-rounded:,})" if rounded < 0 else f"{rounded:,}"


def show(valued: ValuedMonth, rolled: Rolled | None, console: Console) -> None:
    """Print a valued month."""
    console.print(_values(valued, rolled))
    if rolled is None:
        console.print("No rollforward: there is no folder of the month before.")
    else:
        console.print(
            _rollforward(
                rolled.total(), f"Rollforward of level 3 and REO, {valued.month.month}, all trusts, $ thousands"
            )
        )
        if rolled.year and not valued.month.month.endswith("-01"):
            title = f"Rollforward, year to {valued.month.as_of}, all trusts, $ thousands"
            console.print(_rollforward(rolled.total(year=True), title))
        console.print("Change in fair value is the balancing amount of its column in this version.", style="dim")
    for name, trust in valued.trusts.items():
        for notice in _notices(trust):
            console.print(f"[yellow]note[/yellow] {name}: {notice}", soft_wrap=True)


def _notices(trust: ValuedTrust) -> list[str]:
    outside = [
        f"the yield of {item} ({one.rate:.2%}) lies outside its range {one.low:.2%} to {one.high:.2%}"
        for item, one in trust.yields.items()
        if one.outside
    ]
    return [*outside, *trust.projection.notices]


def _values(valued: ValuedMonth, rolled: Rolled | None) -> Table:
    """Fair values, a column a trust and one for those consolidated; the residual against the month before."""
    table = Table(title=f"Fair value at {valued.month.as_of}, $ thousands", title_justify="left")
    table.add_column("")
    for name, trust in valued.trusts.items():
        table.add_column(name if trust.consolidated else f"{name}\n(not consolidated)", justify="right")
    table.add_column("Consolidated", justify="right", style="bold")
    trusts = [trust.value for trust in valued.trusts.values()]
    counted = [trust.consolidated for trust in valued.trusts.values()]

    def row(title: str, amounts: list[float], style: str = "", section: bool = False) -> None:
        together = sum(amount for amount, counts in zip(amounts, counted, strict=True) if counts)
        table.add_row(title, *map(thousands, [*amounts, together]), style=style, end_section=section)

    row(fv.COLLATERAL, [v.value(fv.COLLATERAL) for v in trusts])
    row("Real estate owned (NRV)", [v.value(fv.REO) for v in trusts])
    row(fv.DERIVATIVE_ASSETS, [v.value(fv.DERIVATIVE_ASSETS) for v in trusts])
    if any(v.value(fv.OTHER_ASSETS) for v in trusts):
        row(fv.OTHER_ASSETS, [v.value(fv.OTHER_ASSETS) for v in trusts])
    row("Trust assets", [v.total("asset") for v in trusts], "bold", True)
    row("Securitized mortgage borrowings", [v.borrowings for v in trusts])
    row(fv.DERIVATIVE_LIABILITIES, [v.value(fv.DERIVATIVE_LIABILITIES) for v in trusts])
    if any(v.value(fv.OTHER_LIABILITIES) for v in trusts):
        row(fv.OTHER_LIABILITIES, [v.value(fv.OTHER_LIABILITIES) for v in trusts])
    row("Trust liabilities", [v.total("liability") for v in trusts], "bold", True)
    row(fv.RESIDUAL_INTEREST, [v.total("residual") for v in trusts], "bold")
    if rolled is not None:
        row("  the month before", [rolled.openings[name].total("residual") for name in valued.trusts])
    table.add_row("Collateral yield", *[f"{v.collateral_yield:.2%}" for v in trusts], "")
    return table


def _rollforward(rollforward: Rollforward, title: str) -> Table:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for column in COLUMNS:
        table.add_column(SHORT.get(column, TITLES[column]), justify="right")
    titles, amounts = matrix(rollforward)
    for name, row in zip(titles[:-1], amounts[:-1], strict=True):
        strong = name.startswith(("Recorded", "Total"))
        table.add_row(name, *map(thousands, row), style="bold" if strong else "", end_section=strong)
    return table
