"""The first pages: the month with its trusts, and what is open in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from xlfv.excel.book.page import at, span
from xlfv.excel.monthly.plan import CHECK, FAR, MONTH, MONTHS, NUMBERS, SHEETS, STATUS, TIEOUT, TOP, VALUES, Plan, area
from xlfv.excel.pen import NOTE, SECTION, TEXT, Pen, Style

_INPUT = Style("text", role="input", align="left")
_FAR_HEADS = ("Trust", "Loaded", "By", "Tied to the trustee", "Valued", "Rolled forward", "Locked")
_WORTH_HEADS = ("Trust", "Assets, $", "Bonds and other liabilities, $", "Residual, $", "Collateral, $", "Yield of collateral",
                "Recorded and here apart, $", "Projection")  # fmt: skip
_MOST_MONTHS = _MOST_TRUSTS = 400
_CHECKED = '"check"'


def write_month(pen: Pen, plan: Plan) -> None:
    """Inputs, how far each trust is, what each is worth."""
    pen.top(
        "Month end",
        "Change As of, and every page shows that month: all that is shown comes from the book of months by formulas.",
    )
    pen.section(2, "What is shown", 8)
    pen.put(3, 0, "As of", TEXT)
    pen.put(3, 1, plan.as_of, _INPUT.but(number="date"))
    pen.put(3, 2, "a month's end; the months of the book are in the list", NOTE)
    pen.put(4, 0, "Book", TEXT)
    pen.put(4, 1, plan.named, _INPUT)
    pen.put(
        4, 2, "its file; a name without a folder lies beside this workbook. After a load elsewhere: Ctrl+Alt+F9", NOTE
    )
    pen.put(5, 0, "Open points", Style("text", bold=True))
    pen.formula(5, 1, "=open_points", Style("check", align="left"))
    pen.formula(5, 2, f'=HYPERLINK("#{CHECK}!A1","counted on the sheet {CHECK}")', Style(role="link"))
    pen.button(4, 6)
    pen.name("as_of", 3, 1)
    pen.name("book", 4, 1)
    pen.sheet.data_validation(3, 1, 3, 1, {"validate": "list", "source": "=month_list", "error_type": "warning",
                              "error_message": "The book has no such month."})  # fmt: skip
    _far(pen, plan)
    _worth(pen, plan)
    row = plan.worth + len(plan.trusts) + 2
    pen.section(row, "The pages", 8)
    for k, (name, words) in enumerate(SHEETS.items()):
        if name != MONTH:
            pen.link(row + k, 0, name)
            pen.put(row + k, 1, words, TEXT)
    pen.layout([26, 22, 22, 20, 20, 18, 20, 40], (2, 0), tall=1)


def _far(pen: Pen, plan: Plan) -> None:
    pen.section(FAR - 2, "How far it is", 8)
    pen.heads(FAR - 1, 0, _FAR_HEADS)
    pen.put(FAR - 1, 7, None, Style(role="head"))
    status = area(MONTHS, "J:P", TOP + 1, _MOST_TRUSTS)
    count = len(plan.trusts)
    for k in range(count):
        for column in range(len(_FAR_HEADS)):
            cell = f"INDEX({status},{k + 1},{column + 1})"
            pen.formula(FAR + k, column, f'=IF({cell}="","",{cell})', Style("text", role="link"))
    names = area(MONTHS, "J", TOP + 1, _MOST_TRUSTS)
    more = f'COUNTIF({names},"?*")-{count}'
    pen.formula(
        FAR + count,
        0,
        f'=IF({more}>0,{more}&" more trusts in this month: write the workbook anew (xlfv months)","")',
        NOTE,
    )
    pen.name("trusts", FAR, 0, FAR + count - 1, 0)


def _worth(pen: Pen, plan: Plan) -> None:
    row, count = plan.worth, len(plan.trusts)
    pen.section(row - 2, "What it is worth, worked out here", 8)
    pen.heads(row - 1, 0, _WORTH_HEADS, 1)
    pen.put(row - 1, 7, "Projection", Style(role="head", align="left", indent=1))
    pen.sheet.set_row(row - 1, 30)
    for k in range(count):
        name = at(FAR + k, 0)
        pen.formula(row + k, 0, f"={name}", TEXT)
        items, fair = (plan.below(VALUES, k, column) for column in ("B", "E"))
        for column, item in enumerate(("Total trust assets", "Total trust liabilities", "Residual interest",
                                       "Securitized mortgage collateral"), 1):  # fmt: skip
            pen.formula(row + k, column, f'=IFERROR(INDEX({fair},MATCH("{item}",{items},0)),"")', Style("dollars"))
        rates = plan.below(VALUES, k, "D")
        pen.formula(
            row + k, 5, f'=IFERROR(INDEX({rates},MATCH("Securitized mortgage collateral",{items},0)),"")', Style("rate")
        )
        differences = plan.below(VALUES, k, "H")
        pen.formula(
            row + k,
            6,
            f'=IF(COUNT({differences})=0,"",SUMIF({differences},">0")-SUMIF({differences},"<0"))',
            Style("cents"),
        )
        whole = f"XLFV_MONTH({name},as_of,,book)"
        inputs = f'XLFV_CURVES({name},as_of,,book),XLFV_MONTH({name},as_of,"indices",book)'
        pen.formula(
            row + k,
            7,
            f'=IF({name}="","",XLFV_PROJECT({whole},{inputs}))',
            Style("text", role="shrink", align="left", indent=1),
        )
    total = Style("dollars", bold=True, top=True)
    pen.put(row + count, 0, "All trusts", Style("text", bold=True, top=True))
    for column in range(1, 8):
        cells = span(row, column, row + count - 1, column)
        if column == 5 or column == 7:
            pen.put(row + count, column, None, total)
        else:
            pen.formula(row + count, column, f"=SUM({cells})", total.but(number="cents") if column == 6 else total)


class Point(NamedTuple):
    """What is looked at for each trust: its name, how it is counted, where it stands, and what it means."""

    what: str
    counted: str
    sheet: str
    row: int
    means: str


def _points(plan: Plan, k: int) -> Iterator[Point]:
    trust, row = plan.trust(k), FAR + k + 1
    tie = plan.below(TIEOUT, k, "G")
    differs = plan.below(VALUES, k, "H")
    sides, fair = plan.below(VALUES, k, "A"), plan.below(VALUES, k, "E")
    status = {word: f"'{MONTH}'!${column}${row}" for word, column in (("tied", "D"), ("valued", "E"), ("rolled", "F"))}
    first = f"MIN({area(MONTHS, 'A', TOP + 1, _MOST_MONTHS)})"
    yield Point("differences to the trustee, not signed for", f'IF({status["tied"]}="no report",1,IF(ISERROR({plan.first(TIEOUT, k)}),1,COUNTIF({tie},"differs")))',
                TIEOUT, plan.slot(TIEOUT, k), "look at each; mend the input, or sign for it: xlfv sign")  # fmt: skip
    yield Point("not valued, or its inputs were corrected since", _stale(status["valued"]), MONTH, FAR + k,
                "xlfv value, or the button Refresh valuation")  # fmt: skip
    yield Point("not rolled forward, or corrected since", f"IF(as_of<=EOMONTH({first},0),0,{_stale(status['rolled'])})", MONTH, FAR + k,
                "xlfv roll; the book's first month has none before it")  # fmt: skip
    yield Point("lines that are not as the last run recorded them", _compared(plan, k, status["valued"], differs),
                VALUES, plan.slot(VALUES, k), "recalculate (Ctrl+Alt+F9); then xlfv reproduce RUN says what differs")  # fmt: skip
    yield Point("assets less liabilities less residual is not 0", f'IF(COUNTIF({sides},"check")=0,1,{_over(f"COUNTIFS({sides},{_CHECKED},{fair},")})',
                VALUES, plan.slot(VALUES, k), "the balance of fair values does not tie")  # fmt: skip
    yield Point("not projected", f'IF({trust}="",0,IF(ISNUMBER(SEARCH("projection:",{plan.projection(k)})),0,1))', MONTH, plan.worth + k,
                "select the cell and press Explain cell")  # fmt: skip


def _compared(plan: Plan, k: int, valued: str, differs: str) -> str:
    """Lines off; 1 where a run is recorded and nothing stands beside it."""
    missing = f'AND(LEFT({valued},3)="run",COUNT({differs})=0)'
    return f"IF(OR(ISERROR({plan.first(NUMBERS, k)}),{missing}),1,{_over(f'COUNTIF({differs},')})"


def _over(counting: str) -> str:
    """How many are more than half a cent off, of what a counting function with an open bracket looks at."""
    return f'{counting}">0.005")+{counting}"<-0.005")'


def _stale(cell: str) -> str:
    return f'IF(OR({cell}="",LEFT({cell},5)="stale"),1,0)'


def write_check(pen: Pen, plan: Plan) -> None:
    """Every point of every trust with its count and a link; the sum above."""
    pen.top("Check", "What is open in the month of As of, counted; 0 = nothing. The link leads to where it stands.")
    pen.put(2, 0, "As of", TEXT)
    pen.formula(2, 1, "=as_of", Style("date", align="left"))
    pen.put(3, 0, "Open points", Style("text", bold=True))
    names = area(MONTHS, "J", TOP + 1, _MOST_TRUSTS)
    pen.put(6, 0, "the book cannot be read, or has no such month", TEXT)
    pen.formula(6, 1, f'=IF(COUNTIF({names},"?*")=0,1,0)', Style("check", align="center"))
    pen.link(6, 2, MONTHS)
    pen.put(6, 3, "see that Book and As of on the sheet Month are right", NOTE)
    pen.put(7, 0, "trusts of the month that this workbook does not show", TEXT)
    pen.formula(7, 1, f'=MAX(COUNTIF({names},"?*")-{len(plan.trusts)},0)', Style("check", align="center"))
    pen.link(7, 2, MONTHS)
    pen.put(7, 3, "write the workbook anew: xlfv months", NOTE)
    row = 9
    last = row
    for k in range(len(plan.trusts)):
        pen.formula(row, 0, f"={plan.trust(k)}", SECTION)
        for column in range(1, 4):
            pen.put(row, column, None, SECTION)
        for point in _points(plan, k):
            row += 1
            pen.put(row, 0, point.what, TEXT)
            pen.formula(row, 1, f'=IF({plan.trust(k)}="",0,IFERROR({point.counted},1))', Style("check", align="center"))
            pen.link(row, 2, point.sheet, cell=f"A{point.row + 1}")
            pen.put(row, 3, point.means, NOTE)
        last = row
        row += 2
    pen.heads(5, 0, ("Point", "Count", "Where", "What to do"))
    pen.formula(3, 1, f"=SUM({span(6, 1, last, 1)})", Style("check", align="left"))
    pen.name("open_points", 3, 1)
    pen.layout([52, 12, 16, 60], (6, 0), (5, 5))


def write_list(pen: Pen, plan: Plan) -> None:
    """The months to choose from, and the status of the chosen one."""
    pen.top("Months", "The months of the book; beside them how far the month of As of is. Month shows it.")
    looks = [Style("date", align="left"), Style("count"), Style("count"), *[TEXT] * 5]
    pen.spill(TOP, 0, "=XLFV_STATUS(,book)", plan.rows("XLFV_STATUS", None), looks)
    pen.spill(TOP, STATUS, "=XLFV_STATUS(as_of,book)", plan.rows("XLFV_STATUS", plan.as_of), [TEXT] * 7)
    months = area(MONTHS, "A", TOP + 1, _MOST_MONTHS)
    first = f"'{MONTHS}'!$A${TOP + 2}"
    pen.pens.name("month_list", f"OFFSET({first},0,0,MAX(COUNT({months}),1),1)")
    pen.layout([13, 9, 9, 26, 14, 18, 18, 26, 3, 20, 26, 14, 18, 18, 18, 26], (TOP + 1, 1))
