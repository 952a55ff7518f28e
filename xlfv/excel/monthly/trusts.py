"""The pages of trusts: fair values, tie-outs, and the chosen trust's inputs."""

from __future__ import annotations

from collections.abc import Sequence

from xlfv.excel.book.page import at
from xlfv.excel.codec import Grid
from xlfv.excel.monthly.plan import LAST, NUMBERS, TIEOUT, VALUES, Plan, area
from xlfv.excel.pen import HEAD, NOTE, RIGHT, SECTION, TEXT, Pen, Style


def write_values(pen: Pen, plan: Plan) -> None:
    """Each trust's fair value, worked out, and beside each line what the month's last run recorded."""
    pen.top(
        "Fair value",
        "Worked out in this workbook from the book's tables: XLFV_FAIR_VALUE. Beside it what the month's last run recorded.",
    )
    looks = [TEXT, TEXT, Style("dollars"), Style("rate"), Style("dollars"), Style("price")]
    for k, trust in enumerate(plan.trusts):
        row, name = plan.slot(VALUES, k), plan.trust(k)
        title(pen, row, name, 8)
        yields = f"XLFV_YIELDS({name},as_of,book)"
        pen.spill(
            row + 1, 0, f"=XLFV_FAIR_VALUE({plan.projection(k)},{yields})", plan.lines[trust], looks, heads_over(looks)
        )
        pen.heads(row + 1, 6, ("recorded", "less here"), 0)
        for line in range(row + 2, row + plan.tall[VALUES]):
            _recorded(pen, plan, k, line)
    pen.layout([13, 46, 16, 10, 16, 10, 16, 18], (2, 0))


def _recorded(pen: Pen, plan: Plan, k: int, line: int) -> None:
    """What the last run recorded of a line; the sheet Numbers has it under ``value LINE``, a column a month."""
    measures, months = plan.below(NUMBERS, k, "A"), area(NUMBERS, f"A:{LAST}", plan.slot(NUMBERS, k) + 1, 1)
    whole = plan.below(NUMBERS, k, f"A:{LAST}")
    item, fair = at(line, 1), at(line, 4)
    found = f'INDEX({whole},MATCH("value "&{item},{measures},0),MATCH(EOMONTH(as_of,0),{months},0))'
    pen.formula(line, 6, f'=IF({item}="","",IFERROR(IF({found}="","",{found}),""))', Style("dollars"))
    pen.formula(line, 7, f'=IF(OR({at(line, 6)}="",{fair}=""),"",{at(line, 6)}-{fair})', Style("cents"))


def write_tieouts(pen: Pen, plan: Plan) -> None:
    """Each trust's tie-out."""
    pen.top(
        "Tie-out",
        "Every trust held against its trustee's report: XLFV_TIEOUT. Those that differ stand first; the last columns say who signed for one.",
    )
    figure = Style("amount")
    looks = [
        TEXT,
        TEXT,
        figure,
        figure,
        Style("off"),
        Style("amount"),
        Style("text", indent=1),
        *[Style("text", role="shrink")] * 2,
        TEXT,
        TEXT,
    ]
    for k, trust in enumerate(plan.trusts):
        row, name = plan.slot(TIEOUT, k), plan.trust(k)
        title(pen, row, name, len(looks))
        pen.spill(
            row + 1,
            0,
            f"=XLFV_TIEOUT({name},as_of,book)",
            plan.rows("XLFV_TIEOUT", trust, plan.as_of),
            looks,
            heads_over(looks),
        )
    pen.layout([30, 12, 18, 18, 15, 11, 13, 44, 44, 12, 26], (2, 1))


def write_numbers(pen: Pen, plan: Plan) -> None:
    """Each trust's whole history."""
    pen.top(
        "Numbers",
        "Every measure of every month of the book: XLFV_HISTORY. Rates are decimals a year, delinquency is a share of the pool.",
    )
    for k, trust in enumerate(plan.trusts):
        row, name = plan.slot(NUMBERS, k), plan.trust(k)
        grid = plan.grid("XLFV_HISTORY", trust, "all")
        title(pen, row, name, len(grid[0]))
        looks = [TEXT, *[Style("figure")] * (len(grid[0]) - 1)]
        pen.spill(row + 1, 0, f'=XLFV_HISTORY({name},"all",book)', len(grid), looks, RIGHT.but(number="date"))
    pen.layout([48, *[14] * 24], (2, 1))


def write_trust(pen: Pen, plan: Plan) -> None:
    """The chosen trust's tables as the book has them."""
    pen.top(
        "Trust", "One trust's month as the book has it: where each table came from, its classes, yields and curves."
    )
    pen.put(2, 0, "Trust shown", Style("text", bold=True))
    pen.put(2, 1, plan.trusts[0], Style("text", role="input", align="left"))
    pen.put(2, 2, "choose another from the list", NOTE)
    pen.name("chosen", 2, 1)
    pen.sheet.data_validation(2, 1, 2, 1, {"validate": "list", "source": "=trusts"})
    pen.put(3, 0, "As of", Style("text", bold=True))
    pen.formula(3, 1, "=as_of", Style("date", align="left"))
    row = 5
    tables: tuple[tuple[str, str, list[Style]], ...] = (
        ("What the book has", "contents", [TEXT, Style("count"), Style("count"), Style("count"), *[Style("text", indent=1)] * 4]),
        ("Yields", "yields", []), ("Classes", "bonds", []), ("Curves", "curves", []),
    )  # fmt: skip
    for words, table, looks in tables:
        grid = plan.grid("XLFV_MONTH", plan.trusts[0], plan.as_of, table)
        pen.section(row, words, 8)
        shown = looks or [_look(grid, column) for column in range(len(grid[0]))]
        pen.spill(row + 1, 0, f'=XLFV_MONTH(chosen,as_of,"{table}",book)', len(grid), shown, heads_over(shown))
        row += plan.room(table) + 1
    pen.layout([18, 18, 17, 15, 17, *[14] * 16], (4, 1))


def _look(grid: Grid, column: int) -> Style:
    cells = [row[column] for row in grid[1:] if row[column] is not None]
    if not cells or not all(isinstance(cell, float) for cell in cells):
        return Style("text", align="left", indent=1)
    if str(grid[0][column]).endswith(("date", "accrual_start")):
        return Style("date", align="right")
    largest = max(abs(cell) for cell in cells if isinstance(cell, float))
    return Style("dollars") if largest > 10_000.0 else Style("count") if grid[0][column] == "month" else Style("plain")


def heads_over(looks: Sequence[Style]) -> list[Style]:
    """Headers over columns: left over texts, right over numbers."""
    return [HEAD.but(indent=look.indent) if look.number in ("", "text") else RIGHT for look in looks]


def title(pen: Pen, row: int, name: str, wide: int) -> None:
    """A trust's name as the heading of its slot."""
    pen.formula(row, 0, f"={name}", SECTION)
    for column in range(1, wide):
        pen.put(row, column, None, SECTION)
