"""A month's fair values in the terminal: each trust's whole balance, its blended yield by parts, yields to look at, checks."""

from __future__ import annotations

from collections.abc import Callable

from rich.console import Console
from rich.table import Table

from xlfv.excel.report import plain_table, thousands, values_table, wide_enough
from xlfv.months.debt import company_debt
from xlfv.months.valued import ValuedMonth, ValuedTrust
from xlfv.reporting.sensitivity import residual_sensitivity
from xlfv.tables import Refused
from xlfv.terminal import plainly
from xlfv.valuation import collateral as c
from xlfv.valuation import fair_value as fv
from xlfv.valuation.blended import Blended, blended
from xlfv.valuation.value_checks import value_checks
from xlfv.valuation.yield_review import Reviewed, review
from xlfv.valuation.yields import RESIDUAL, span, yield_notices

SHORT_ITEM = {fv.COLLATERAL: "Mortgage collateral", fv.REO: "REO, at NRV"}
PARTS = (
    ("Tranches", (c.TRANCHE,)),
    ("Residual", (RESIDUAL,)),
    ("Derivatives", (c.DERIVATIVE,)),
    ("REO at NRV", (c.REO,)),
    ("Other assets", (c.ASSET,)),
    ("Other liabilities", (c.LIABILITY,)),
)
"""Parts of C in the order in which they are added, and their kinds."""
BESIDE: tuple[tuple[str, Callable[[Blended], float | Refused]], ...] = (
    ("IRR of bonds and residual", lambda one: one.combined),
    ("Whole-asset yield", lambda one: one.whole),
    ("Of the blended, by NRV as it is", lambda one: one.from_discounting),
    ("Value-weighted average yield", lambda one: one.average),
)
"""What stands beside the collateral's yield."""


def show_value(valued: ValuedMonth, console: Console) -> None:
    """Print a valued month: all trusts, the company's debt and statuses, each trust line by line, and what to look at."""
    console = wide_enough(console)
    console.print(values_table(valued, None))
    for name, trust in valued.trusts.items():
        console.print(_balance(f"{plainly(name)}, {valued.month.as_of}", trust))
    console.print(_residuals(valued))
    console.print(_blended(valued))
    if valued.month.company.debts:
        console.print(_debt(valued))
    _print_statuses(valued, console)
    _print_yields(valued, console)
    _print_checks(valued, console)
    for name, trust in valued.trusts.items():
        told = yield_notices(trust.yields)  # with the yields above
        for notice in (*(each for each in trust.value.notices if each not in told), *trust.projection.notices):
            console.print(f"[yellow]note[/yellow] {plainly(name)}: {plainly(notice)}", soft_wrap=True)


def _balance(title: str, trust: ValuedTrust) -> Table:
    """Every line of a trust's balance."""
    table = plain_table(title)
    table.add_column("", no_wrap=True)
    for head in ("Balance\n$ thousands", "Fair value\n$ thousands", "Per 100", "Yield"):
        table.add_column(head, justify="right", no_wrap=True)
    sides = [line.side for line in trust.value.lines]
    for k, line in enumerate(trust.value.lines):
        if not line.value and line.balance is None and line.side != "residual":
            continue
        flag = " *" if line.item in trust.yields and trust.yields[line.item].outside else ""
        flag = " *" if line.side == "residual" and trust.yields[RESIDUAL].outside else flag
        table.add_row(
            plainly(SHORT_ITEM.get(line.item, line.item)) + flag,
            "" if line.balance is None else thousands(line.balance),
            thousands(line.value),
            "" if line.price is None else f"{line.price:.2f}",
            "" if line.rate is None else f"{line.rate:.2%}",
            end_section=k + 1 < len(sides) and sides[k + 1] != line.side,
        )
    return table


def _residuals(valued: ValuedMonth) -> Table:
    """What the residual, a sliver of each trust, would be worth with one input down and up."""
    table = plain_table("Residual with one input down / up, $ thousands")
    table.add_column("", no_wrap=True)
    found = [residual_sensitivity(one.projection, one.yields) for one in valued.trusts.values()]
    for name in valued.trusts:
        table.add_column(plainly(name), justify="right")
    table.add_row("as it is", *[thousands(one.value.total(RESIDUAL)) for one in valued.trusts.values()], style="bold")
    swings = dict.fromkeys(swing.shock for own in found for swing in own)
    for name in swings:
        own = [next((swing for swing in one if swing.shock == name), None) for one in found]
        table.add_row(name, *["" if one is None else f"{_dollars(one.down)} / {_dollars(one.up)}" for one in own])
    return table


def _blended(valued: ValuedMonth) -> Table:
    """The parts of C by trust, its yield, and the other yields that one might mean."""
    table = plain_table("Blended yield: what is left for the loans, and its yield, $ thousands")
    table.add_column("", no_wrap=True)
    found = [blended(one.projection, one.yields) for one in valued.trusts.values()]
    for name in valued.trusts:
        table.add_column(plainly(name), justify="right")
    for k, (title, kinds) in enumerate(PARTS):
        amounts = [sum(part.amount for part in one.claims.of(*kinds)) for one in found]
        if any(amounts):
            table.add_row(title, *map(thousands, amounts), end_section=k + 1 == len(PARTS))
    table.add_row("C, the collateral", *[thousands(one.claims.total) for one in found], style="bold")
    table.add_row("Loan cash, undiscounted", *[thousands(one.cash) for one in found])
    table.add_row("Blended yield", *[f"{one.rate:.4%}" for one in found], style="bold", end_section=True)
    for title, of in BESIDE:
        table.add_row(title, *[_rate(of(one)) for one in found])
    table.add_row("Collateral at the IRR, less C", *[_dollars(one.gap) for one in found])
    return table


def _rate(found: float | Refused) -> str:
    return "none" if isinstance(found, Refused) else f"{found:.4%}"


def _dollars(found: float | Refused) -> str:
    return "none" if isinstance(found, Refused) else thousands(found)


def _debt(valued: ValuedMonth) -> Table:
    """Long-term debt, and what the company's own credit does to its value."""
    table = plain_table("Long-term debt, $ thousands")
    table.add_column("")
    for head in ("Principal", "Fair value", "Yield", "Own credit\nspread", "Own credit\neffect"):
        table.add_column(head, justify="right", no_wrap=True)
    for one in company_debt(valued.month).values():
        debt = one.debt
        table.add_row(
            plainly(debt.name), thousands(debt.balance), thousands(one.value), f"{debt.discount_yield:.2%}",
            f"{debt.own_credit_spread:.2%}", thousands(one.own_credit_effect),
        )  # fmt: skip
    return table


def _print_statuses(valued: ValuedMonth, console: Console) -> None:
    """Why each trust stands on the balance sheet or not, where facts are recorded."""
    for name, one in valued.month.company.decisions.items():
        status = "consolidated" if one.consolidated else "not consolidated"
        console.print(f"{plainly(name)} is {status}: {plainly(one.reason)}. {plainly(one.rule)}.", soft_wrap=True)


def _print_yields(valued: ValuedMonth, console: Console) -> None:
    """Yields that lie outside their range, each with its reason; and how many more the review would ask about."""
    ranges = list(valued.month.company.ranges) or None
    outside: list[tuple[str, Reviewed]] = []
    further = 0
    for name, trust in valued.trusts.items():
        for row in review(trust.projection, trust.yields, trust.source.quotes, ranges=ranges):
            if row.in_range == "no" or row.acceptable.outside(row.chosen.rate):
                outside.append((name, row))
            elif set(row.needs) - {"no range"}:
                further += 1
    for name, row in outside:
        ranged = span(row.low, row.high) if row.in_range == "no" else span(row.acceptable.low, row.acceptable.high)
        reason = row.chosen.reason or "no reason is given"
        words = f"{name}: the yield of {row.item} ({row.chosen.rate:.4%}) lies outside its range {ranged}: {reason}"
        console.print(f"[yellow]* yield[/yellow] {plainly(words)}", soft_wrap=True)
    count = sum(len(trust.yields) for trust in valued.trusts.values())
    words = f"{count - len(outside)} of {count} yields lie inside their ranges"
    console.print(f"{words}; {further} of those more than 100 bp from their quotes." if further else f"{words}.")


def _print_checks(valued: ValuedMonth, console: Console) -> None:
    """How many checks of each balance hold, by other code than its own."""
    for name, trust in valued.trusts.items():
        checks = value_checks(trust.projection, trust.yields)
        failing = [check for check in checks if not check.holds]
        console.print(f"{plainly(name)}: {len(checks) - len(failing)} of {len(checks)} checks hold; {trust.value.said}.",
                      soft_wrap=True)  # fmt: skip
        for check in failing:
            words = f"check {check.name}: {check.difference:,.2f}"
            console.print(f"[red]fails[/red] {plainly(words)}", soft_wrap=True)
