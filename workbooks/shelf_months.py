"""What the engine says of the shelf deal, month by month: the story with its charts, every class, and one month's steps."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from workbooks.shelf_deal import BELOW, CLASSES, INSURER, MONTHS, RESERVE, SENIORS
from xlfv.excel.book.styles import COLOURS, FONT, NAVY, OWN
from xlfv.excel.pen import HEAD, RIGHT, SECTION, TEXT, Pen, Style, at, span

STORY, CLASSES_SHEET, STEPS = "Month by month", "Classes", "One month"
CLASS_COLUMNS = ("begin_balance", "coupon", "interest_due", "interest_paid", "interest_shortfall", "capped_interest",
                 "basis_risk_paid", "basis_risk_carryforward", "principal_paid", "loss_paid", "writedown", "writeup",
                 "unpaid_loss", "end_balance")  # fmt: skip
_FLOW, _COUNT, _DATE = Style("flow"), Style("count"), Style("date", align="right")
_TOP, _BLOCK = 4, MONTHS + 4


def class_column(name: str, column: str) -> str:
    """All months of a column of a class, as a reference."""
    first = _TOP + 2 + _BLOCK * [c.name for c in CLASSES].index(name)
    at_column = 2 + CLASS_COLUMNS.index(column)
    return f"'{CLASSES_SHEET}'!{span(first, at_column, first + MONTHS - 1, at_column)}"


def write_classes(pen: Pen) -> None:
    """Every class, one under another."""
    pen.top(
        "Classes",
        "What each class is due and paid, by month: XLFV_TRANCHE_CASHFLOW of the projection. Dollars; coupons a year.",
    )
    looks = [_COUNT, _DATE, *[Style("rate3") if c == "coupon" else _FLOW for c in CLASS_COLUMNS]]
    for k, c in enumerate(CLASSES):
        row = _TOP + _BLOCK * k
        pen.section(row, f"Class {c.name}", len(looks))
        formula = f'=XLFV_TRANCHE_CASHFLOW(projection,"{c.name}","{",".join(CLASS_COLUMNS)}")'
        pen.spill(row + 1, 0, formula, MONTHS + 1, looks)
    pen.layout([7, 11, *[13.5] * len(CLASS_COLUMNS)], (3, 2))


@dataclass(frozen=True)
class Shown:
    """A column of the story: its title, its formula (of one month where it has ``{r}``, else of all), look, width, group."""

    key: str
    title: str
    formula: str
    look: Style
    width: float
    group: str


def _sum(names: tuple[str, ...], column: str) -> str:
    return "+".join(f"INDEX({class_column(name, column)},{{m}})" for name in names)


def _told(column: str) -> str:
    return f'=INDEX(XLFV_TRUST_CASHFLOW(projection,"{column}"),0,3)'


def _tested(trigger: str, column: int) -> str:
    return f'=INDEX(XLFV_TRIGGERS(projection,"{trigger}"),0,{column})'


_ALL = tuple(c.name for c in CLASSES)
_STATE = Style("text", align="center")
SHOWN: tuple[Shown, ...] = (
    Shown("month", "month", "=INDEX(XLFV_TRUST_CASHFLOW(projection,\"oc\"),0,1)", _COUNT, 7, ""),
    Shown("date", "paid on", "=INDEX(XLFV_TRUST_CASHFLOW(projection,\"oc\"),0,2)", _DATE, 11, ""),
    Shown("end", "pool", _told("end_balance"), Style("thousands"), 10, "Balances, $ thousands"),
    Shown("bonds", "bonds", f"={_sum(_ALL, 'end_balance')}", Style("thousands"), 10, "Balances, $ thousands"),
    Shown("oc", "OC", _told("oc"), Style("thousands"), 9, "Balances, $ thousands"),
    Shown("target", "OC target", _told("oc_target"), Style("thousands"), 9, "Balances, $ thousands"),
    Shown("loss value", "lost so far", _tested("loss_test", 5), Style("rate"), 9, "Cumulative loss test"),
    Shown("loss limit", "limit", _tested("loss_test", 7), Style("rate"), 8, "Cumulative loss test"),
    Shown("loss state", "fails?", _tested("loss_test", 8), _STATE, 7, "Cumulative loss test"),
    Shown("late value", "60+ days late", _tested("delinquency_test", 5), Style("rate"), 10, "Delinquency test"),
    Shown("late limit", "limit", _tested("delinquency_test", 7), Style("rate"), 8, "Delinquency test"),
    Shown("late state", "fails?", _tested("delinquency_test", 8), _STATE, 7, "Delinquency test"),
    Shown("enhancement", "enhance-ment", f"=1-({_sum(SENIORS, 'begin_balance')})/SUMIFS(cash_balance,cash_month,{{m}})", Style("rate"), 9,
          "Step-down"),
    Shown("stepped", "stepped down", _told("stepped_down"), _COUNT, 8, "Step-down"),
    Shown("capped", "capped", f"={_sum(_ALL, 'capped_interest')}", _FLOW, 10, "Net WAC cap, $"),
    Shown("carried", "carried forward", f"={_sum(_ALL, 'basis_risk_carryforward')}", _FLOW, 10, "Net WAC cap, $"),
    Shown("down", "written down", f"={_sum(BELOW, 'writedown')}", _FLOW, 11, "Losses and recoveries, $"),
    Shown("up", "written up", f"={_sum(BELOW, 'writeup')}", _FLOW, 10, "Losses and recoveries, $"),
    Shown("reserve", "reserve fund", f'=INDEX(XLFV_ACCOUNTS(projection,"{RESERVE}"),0,8)', _FLOW, 10, "Support, $"),
    Shown("drawn", "insurer pays", f'=INDEX(XLFV_INSURERS(projection,"{INSURER}"),0,4)', _FLOW, 10, "Support, $"),
    Shown("repaid", "is paid back", f'=INDEX(XLFV_INSURERS(projection,"{INSURER}"),0,5)', _FLOW, 10, "Support, $"),
    Shown("residual", "to the residual", _told("residual_cash"), _FLOW, 11, "Support, $"),
    Shown("events", "what happens", "", Style("text", indent=1), 66, ""),
)  # fmt: skip
_AT = {shown.key: k for k, shown in enumerate(SHOWN)}
CHART_ROWS = 21
HEAD_ROW = 4 + CHART_ROWS  # groups; then titles; then the functions' own headers
FIRST = HEAD_ROW + 3
DRAWN = len(SHOWN) + 1


def story_column(key: str) -> str:
    """All months of a column of the story, as a reference."""
    return f"'{STORY}'!{span(FIRST, _AT[key], FIRST + MONTHS - 1, _AT[key])}"


EVENTS = (
    # words; when it happens, of this row's cells and those of the month before (with a minus)
    ("Coupons are capped by the net WAC. ", "AND([capped]>0.005,[capped-]<=0.005)"),
    ("Capped interest is made good. ", "AND([carried]<=0.005,[carried-]>0.005)"),
    ("OC falls below its target. ", "AND([target]-[oc]>0.005,[target-]-[oc-]<=0.005)"),
    ("Insurer and reserve fund pay interest. ", "[drawn]>0.005"),
    ("The insurer is paid back. ", "[repaid]>0.005"),
    ("Delinquency test fails. ", 'AND([late state]="on",[late state-]<>"on")'),
    ("Delinquency test is cured. ", 'AND([late state]="off",[late state-]="on")'),
    ("Loss test fails. ", 'AND([loss state]="on",[loss state-]<>"on")'),
    ("Loss test is cured. ", 'AND([loss state]="off",[loss state-]="on")'),
    ("Class B is written down. ", "[down]>0.005"),
    ("A recovery writes class B up. ", "[up]>0.005"),
    ("The stated age is reached: no step-down yet. ", "AND([month]=stepdown_age,[stepped]=0)"),
    ("OC reaches its target. ", "AND([target]-[oc]<=0.005,[target-]-[oc-]>0.005)"),
    ("Step-down date. ", "AND([stepped]=1,[stepped-]=0)"),
    (
        "The target steps down. ",
        "AND([target-]-[target]>0.005,[stepped]=1,MAX({first_target}:{before_target})-[target-]<0.005)",
    ),
)
"""Events, in words, and the condition of a month."""


def _event_formula(row: int) -> str:
    def filled(condition: str) -> str:
        for key, column in _AT.items():
            condition = condition.replace(f"[{key}-]", at(row - 1, column)).replace(f"[{key}]", at(row, column))
        column = _AT["target"]
        return condition.replace("{first_target}", at(FIRST, column)).replace("{before_target}", at(row - 1, column))

    return "=" + "&".join(f'IF({filled(condition)},"{words}","")' for words, condition in EVENTS)


def write_story(pen: Pen) -> None:
    """Charts above, the table below."""
    pen.top(STORY, "The whole story of the run, as the engine has it. Bars in the charts mark the months in which something happens: the"
            " last column says what.")  # fmt: skip
    groups = [shown.group for shown in SHOWN]
    for k, group in enumerate(groups):
        first = k == 0 or groups[k - 1] != group
        pen.put(HEAD_ROW, k, (group if first else None), Style(role="group") if group else Style())
    for k, shown in enumerate(SHOWN):
        pen.put(HEAD_ROW + 1, k, shown.title, HEAD.but(indent=1) if shown.key == "events" else RIGHT)
        if "{m}" in shown.formula or not shown.formula:
            pen.put(HEAD_ROW + 2, k, None, OWN)
            for row in range(FIRST, FIRST + MONTHS):
                formula = shown.formula.replace("{m}", at(row, 0)) or _event_formula(row)
                if not shown.formula and row == FIRST:
                    pen.put(
                        row,
                        k,
                        "The deal begins below its target: excess spread builds overcollateralization.",
                        shown.look,
                    )
                else:
                    pen.formula(row, k, formula, shown.look)
        else:
            pen.spill(HEAD_ROW + 2, k, shown.formula, MONTHS + 1, [shown.look], OWN)
    pen.sheet.set_row(HEAD_ROW + 1, 42)
    _drawn(pen)
    _charts(pen)
    pen.layout([shown.width for shown in SHOWN] + [3, 9, 9, 9], (0, 2), tall=1)
    pen.sheet.print_area(0, 0, FIRST + MONTHS - 1, len(SHOWN) - 1)


def _drawn(pen: Pen) -> None:
    """Bars of the months in which something happens, as high as each chart."""
    pen.put(HEAD_ROW, DRAWN, "what the charts draw", SECTION)
    events, month = _AT["events"], _AT["month"]
    for k, (title, height) in enumerate((("event bar", 6_500_000.0), ("event bar", 0.055), ("event bar", 0.1))):
        pen.put(HEAD_ROW + 1, DRAWN + k, title, RIGHT)
        pen.put(HEAD_ROW + 2, DRAWN + k, height, Style("flow" if k == 0 else "rate", role="input"))
        for row in range(FIRST, FIRST + MONTHS):
            pen.formula(row, DRAWN + k, f"=IF(OR({at(row, events)}=\"\",{at(row, month)}=1),0,{span(HEAD_ROW + 2, DRAWN + k)})",
                        Style("flow" if k == 0 else "rate"))  # fmt: skip


def _charts(pen: Pen) -> None:
    charts = (
        ("Overcollateralization against its target, $ millions", "0.0,,", (("oc", "OC"), ("target", "OC target")), 6_500_000.0),
        ("Cumulative losses against their limit", "0.0%", (("loss value", "losses, of the original pool"), ("loss limit", "limit")), 0.055),
        ("60+ day delinquency against its limit", "0%", (("late value", "three-month average, of the pool"), ("late limit", "40% of the senior enhancement")), 0.1),
    )  # fmt: skip
    widths = [7 * shown.width + 5 for shown in SHOWN]
    wide = int(sum(widths) / 3)
    for k, (title, number, lines, height) in enumerate(charts):
        chart = _chart(pen, k, title, number, lines, height)
        chart.set_size({"width": wide - 12, "height": 20 * CHART_ROWS - 10})
        pen.sheet.insert_chart(3, 0, chart, {"x_offset": wide * k, "object_position": 3})


def _chart(pen: Pen, k: int, title: str, number: str, lines: tuple[tuple[str, str], ...], height: float) -> Any:
    """Lines over bars of events."""
    last = FIRST + MONTHS - 1
    months = [pen.title, FIRST, 0, last, 0]
    chart = pen.pens.workbook.add_chart({"type": "column"})
    chart.add_series({
        "name": "month with an event", "categories": months, "values": [pen.title, FIRST, DRAWN + k, last, DRAWN + k],
        "fill": {"color": COLOURS[4]}, "border": {"none": True}, "gap": 150,
    })  # fmt: skip
    over = pen.pens.workbook.add_chart({"type": "line"})
    for (key, name), colour, dash in zip(lines, (NAVY, COLOURS[2]), ("solid", "dash"), strict=True):
        over.add_series({
            "name": name, "categories": months, "values": [pen.title, FIRST, _AT[key], last, _AT[key]],
            "line": {"color": colour, "width": 2.25, "dash_type": dash},
        })  # fmt: skip
    chart.combine(over)
    font = {"name": FONT, "size": 9, "color": "#404040"}
    chart.set_title(
        {"name": title, "name_font": {"name": FONT, "size": 11, "bold": True, "color": NAVY}, "overlay": False}
    )
    chart.set_x_axis({"interval_unit": 6, "interval_tick": 6, "num_font": font, "line": {"color": "#808080"}, "name": "month",
                      "name_font": {**font, "bold": False}})  # fmt: skip
    chart.set_y_axis({"num_format": number, "num_font": font, "min": 0, "max": height, "line": {"none": True},
                      "major_gridlines": {"visible": True, "line": {"color": "#E3E6EA", "width": 0.75}}})  # fmt: skip
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_chartarea({"border": {"none": True}})
    return chart


def write_steps(pen: Pen, count: int) -> None:
    """Every step of one month, as the engine ran it; the month is chosen on the sheet Waterfall."""
    pen.top(
        STEPS,
        "What every step of the waterfall saw, owed and paid in the month chosen on the sheet Waterfall: XLFV_WATERFALL. Dollars.",
    )
    pen.put(2, 0, "Month")
    pen.formula(2, 1, "=shown_month", Style("count", align="left"))
    looks = [TEXT, TEXT, TEXT, Style("text", role="shrink"), *[Style("cents")] * 4]
    pen.spill(4, 0, "=XLFV_WATERFALL(projection,shown_month)", count + 2, looks)
    pen.layout([10, 16, 20, 40, 18, 18, 18, 18], (5, 1), (4, 4), tall=1)
