"""The sheets By hand (all months of the arithmetic) and Events (eight events, step by step, beside the engine's figures)."""

from __future__ import annotations

from dataclasses import dataclass

from workbooks.shelf_arithmetic import ENGINE, PARTS, Sum, spelled
from workbooks.shelf_deal import LATE_LIMIT, LOSS_LIMIT, MONTHS
from workbooks.shelf_months import class_column, story_column
from xlfv.excel.codec import cell_name
from xlfv.excel.pen import HEAD, NOTE, RIGHT, TEXT, Pen, Style, at, span

HAND, EVENTS = "By hand", "Events"
_TERM, _OPEN, _ONE = 2, 3, 4  # columns: terms, month 0, month 1
_LAST = _ONE + MONTHS - 1
_HEAD = 12
DIGITS = {"cents": 6, "rate3": 10, "rate4": 10, "count": 6}
"""To which differences are told, by what a line counts: less is the rounding of binary numbers."""
ALLOWED = {"cents": 0.005, "rate3": 1e-9, "rate4": 1e-9, "count": 0.5}
"""Below which a difference is none, by what a line counts."""


def column_letters(column: int) -> str:
    """The letters of a column, from 1."""
    return cell_name(1, column)[:-1]


def _rows() -> tuple[dict[str, int], list[tuple[int, Sum | str]]]:
    """The row (from 0) of each line, and every row with its line or heading."""
    cell: dict[str, int] = {}
    found: list[tuple[int, Sum | str]] = []
    row = _HEAD + 1
    for heading, lines in PARTS:
        found.append((row, heading))
        row += 1
        for line in lines:
            cell[line.key] = row
            found.append((row, line))
            row += 1
        row += 1
    return cell, found


CELL, ROWS = _rows()
BESIDE = ROWS[-1][0] + 3
NUMBER = {}
"""The number of each line: 3.04 is the fourth of part 3."""
for _heading, _lines in PARTS:
    for _k, _line in enumerate(_lines, 1):
        NUMBER[_line.key] = f"{_heading.partition('.')[0]}.{_k:02d}"
LINES = {line.key: line for _, line in ROWS if isinstance(line, Sum)}


def engine_of(key: str) -> str:
    """The engine's figure of a quantity, all months: a reference, or for a test's state the text of it."""
    kind, _, name = key.partition(" ")
    columns = {"due": "interest_paid", "capped": "capped_interest", "carried": "basis_risk_carryforward", "close": "end_balance",
               "down": "writedown", "up": "writeup", "loss": "unpaid_loss"}  # fmt: skip
    if kind in columns and key not in ("loss value", "loss fails"):
        return class_column(name, columns[kind])
    return story_column({"loss fails": "loss state", "late fails": "late state"}.get(key, key))


def by_hand(key: str, month: str) -> str:
    """A line's figure in a month, as an expression."""
    row = CELL[key]
    return f"INDEX('{HAND}'!{span(row, _ONE, row, _LAST)},{month})"


def by_engine(key: str, month: str) -> str:
    """The engine's, as an expression; 1 where a test fails."""
    shown = f"INDEX({engine_of(key)},{month})"
    return f'IF({shown}="on",1,0)' if key in ("loss fails", "late fails") else shown


def write_hand(pen: Pen) -> None:
    """All months, in plain arithmetic; beneath it the engine's figures and the differences."""
    pen.top(HAND, "The deal recomputed by plain spreadsheet arithmetic, a column a month, from the cash table, LIBOR, the terms and the opening balances:"
            " no function of xlfv, and each month follows from this sheet's own month before.")  # fmt: skip
    pen.put(2, 0, "What this arithmetic leaves out, as it does not occur in the run: seniors retired, interest still short after insurer and reserve fund,"
            " the clean-up call and margins after it.", NOTE)  # fmt: skip
    pen.put(4, 1, "Limits of the loss test, from the trigger's words: " + LOSS_LIMIT, Style("text", bold=True))
    for k, (month, limit) in enumerate(limits()):
        pen.put(5, _TERM + k, float(month), Style("count", role="input"))
        pen.put(6, _TERM + k, limit, Style("rate", role="input"))
    pen.put(5, 1, "from this month on", NOTE)
    pen.put(6, 1, "losses may be, of the original pool", NOTE)
    pen.name("loss_months", 5, _TERM, 5, _TERM + len(limits()) - 1)
    pen.name("loss_limits", 6, _TERM, 6, _TERM + len(limits()) - 1)
    pen.put(
        7,
        1,
        f"Limit of the delinquency test, from the trigger's words: {LATE_LIMIT:.0%} of enhancement",
        Style("text", bold=True),
    )
    pen.put(7, _TERM, LATE_LIMIT, Style("rate", role="input"))
    pen.name("late_limit", 7, _TERM)
    pen.put(
        9,
        1,
        "quantities that differ from the engine in any month, by half a cent or more (ratios: a billionth; states: at all); 0 = none",
        TEXT,
    )
    worst, allowed = (span(BESIDE + 1, column, BESIDE + len(ENGINE), column) for column in (_TERM, _OPEN))
    pen.formula(9, 0, f"=SUMPRODUCT(({worst}>={allowed})*1)", Style("check", align="center"))
    pen.name("hand_check", 9, 0)
    for k, title in enumerate(("", "in words", "from the terms", "at closing")):
        pen.put(_HEAD, k, title or None, HEAD if k < 2 else RIGHT)
    for column in range(_ONE, _LAST + 1):
        pen.put(_HEAD, column, f"month {column - _ONE + 1}", RIGHT)
    cell = {key: row + 1 for key, row in CELL.items()}
    for row, line in ROWS:
        if isinstance(line, str):
            for column in range(_LAST + 1):
                pen.put(row, column, line if column == 0 else None, Style(role="section"))
            continue
        look = Style(line.look)
        pen.put(row, 0, NUMBER[line.key], NOTE)
        pen.put(row, 1, line.words, TEXT)
        if line.term:
            pen.formula(row, _TERM, line.term, Style(_term_look(line), role="link"))
        if line.opening:
            pen.formula(row, _OPEN, spelled(line.opening, cell, column_letters(_OPEN + 1), "", "C"), look)
        for column in range(_ONE, _LAST + 1):
            letters, before = column_letters(column + 1), column_letters(column)
            pen.formula(row, column, spelled(line.formula, cell, letters, before, column_letters(_TERM + 1)), look)
    pen.name("pool_ends", CELL["end"], _OPEN, CELL["end"], _LAST)
    _beside(pen)
    pen.layout([7, 78, 13, 16, *[15] * MONTHS], (_HEAD + 1, _ONE), (_HEAD, _HEAD))
    pen.sheet.print_area(0, 0, BESIDE + len(ENGINE), _LAST)
    pen.pages(48, [])
    pen.sheet.repeat_columns(0, _OPEN)


def _term_look(line: Sum) -> str:
    if line.key in ("target", "refill"):
        return "cents"
    return "count" if line.key == "old" or line.key.startswith("notional") else "rate3"


def _beside(pen: Pen) -> None:
    """A row a quantity: this sheet's figure less the engine's."""
    for column in range(_LAST + 1):
        pen.put(
            BESIDE - 1,
            column,
            "11.  Beside the engine: this sheet's figure less the engine's" if column == 0 else None,
            Style(role="section"),
        )
    pen.put(BESIDE, 0, None, HEAD)
    pen.put(BESIDE, _TERM, "largest", RIGHT)
    pen.put(BESIDE, _OPEN, "allowed", RIGHT)
    pen.put(BESIDE, 1, "difference", HEAD)
    for k, (key, words) in enumerate(ENGINE, 1):
        row = BESIDE + k
        pen.put(row, 1, words, TEXT)
        body = span(row, _ONE, row, _LAST)
        pen.formula(row, _TERM, f"=MAX(MAX({body}),-MIN({body}))", Style("cents"))
        pen.put(row, _OPEN, ALLOWED[LINES[key].look], Style("plain", align="right"))
        for column in range(_ONE, _LAST + 1):
            month = at(CELL["month"], column)
            pen.formula(
                row,
                column,
                f"=ROUND({at(CELL[key], column)}-{by_engine(key, month)},{DIGITS[LINES[key].look]})",
                Style("cents"),
            )


def limits() -> list[tuple[int, float]]:
    """The loss test's limits: from which month, and how much."""
    found, month = [], 1
    for part in LOSS_LIMIT.split(" then "):
        limit, _, last = part.partition(" for ")
        found.append((month, float(limit) / 100.0))
        month += int(last or 0)
    return found


@dataclass(frozen=True)
class Event:
    """An event to be checked: its words, the months looked at, and the lines of the arithmetic that show it."""

    title: str
    words: str
    months: tuple[int, ...]
    keys: tuple[str, ...]


TOLD = (
    Event("1.  A coupon is capped by the net WAC, and what it lost is paid later",
          "LIBOR rises to 6.30% and more: class M-3 is due more than the pool's net rate earns. What is cut off is carried forward with interest on it, and"
          " made good out of swap receipts and excess spread once overcollateralization is at its target.",
          (10, 11, 14, 16, 17),
          ("libor", "coupon M-3", "full M-3", "cap ", "due M-3", "capped M-3", "carry M-3", "g M-3", "e M-3", "carried M-3")),
    Event("2.  The insurer and the reserve fund pay interest, and are made good",
          "In month 22 the servicer does not advance: group 2 brings less than class 2-A is due, so the rest is drawn on the insurer; the mezzanines are paid"
          " out of their reserve fund. In month 23 the insurer is paid back; the fund is refilled once excess cash flow reaches it.",
          (21, 22, 23, 44),
          ("interest 2", "have 2-A", "due 2-A", "drawn", "repaid", "owed", "left", "due M", "reserve drawn", "refill", "reserve")),
    Event("3.  The delinquency trigger fails and is cured",
          "The average of three months of 60+ day delinquency rises above 40% of what stands behind the seniors in month 25, and is below it again in month"
          " 44. While a test fails, principal goes to the seniors alone and the overcollateralization target stays where it is.",
          (24, 25, 43, 44),
          ("late 0", "late 1", "late 2", "late value", "enhancement", "late limit", "late fails")),
    Event("4.  The cumulative loss trigger fails and is cured",
          "Losses exceed the schedule in month 27; from month 37 on the schedule allows for more.",
          (26, 27, 36, 37),
          ("all lost", "loss value", "loss limit", "loss fails")),
    Event("5.  Losses eat up overcollateralization, and class B is written down",
          "From month 22 on losses exceed what excess spread makes good. In month 27 overcollateralization is gone and the bonds exceed the pool: the difference"
          " is written off class B.",
          (22, 26, 27, 28),
          ("begin", "end", "lost 1", "lost 2", "spread", "excess", "lack 2", "t 1-A-1", "t 1-A-M", "t 2-A", "over", "down B", "loss B", "close B", "oc", "target")),
    Event("6.  Subsequent recoveries write class B up",
          "Months 33 and 34 bring recoveries on losses taken before: class B rises by them, never above what it was written down by. The cash is principal of"
          " the seniors.",
          (32, 33, 34, 35),
          ("recovered 1", "recovered 2", "loss B", "up B", "close B", "principal 1", "paid 1", "residual")),
    Event("7.  Overcollateralization is rebuilt by turbo",
          "With losses low, all excess cash flow goes to the seniors as principal until overcollateralization is back at its target, in month 41.",
          (31, 36, 40, 41),
          ("excess", "lack 2", "t 1-A-1", "t 1-A-M", "t 2-A", "oc", "target", "residual")),
    Event("8.  The step-down is late",
          "The stated age of 36 months is reached in month 36, when less than 20% of the pool stands behind the seniors. In month 42 it is 20%: the step-down"
          " date. The delinquency test still fails, so the target stays where it was. In month 44 the test is cured: the target falls to 2.40% of the pool, and"
          " overcollateralization above it is released.",
          (35, 36, 41, 42, 43, 44),
          ("age", "old", "enhancement", "enough", "stepped", "late fails", "free", "share", "target", "keep", "paid 1", "paid 2", "p M-1", "p B", "oc")),
)  # fmt: skip
"""The events, in the order in which they happen."""


def checked(event: Event) -> list[str]:
    """Which of an event's lines have an engine's figure beside them."""
    known = {key for key, _ in ENGINE}
    return [key for key in event.keys if key in known]


def height(event: Event) -> int:
    """Rows of an event's block."""
    return 4 + len(event.keys) + 2 * len(checked(event)) + 1


def block(event: Event) -> int:
    """The row of an event's title."""
    return 4 + sum(height(each) for each in TOLD[: TOLD.index(event)])


def write_events(pen: Pen) -> None:
    """A block an event: the steps of the arithmetic, the engine's figure under each that has one, the difference, and a check."""
    pen.top(EVENTS, "Each event, step by step, in the months around it. Figures in black are arithmetic by hand (sheet By hand, where every formula stands);"
            " figures in green are the engine's. Months in blue may be changed.")  # fmt: skip
    most = _most()
    for event in TOLD:
        row = block(event)
        for k in range(most + 3):
            pen.put(row, k, event.title if k == 0 else None, Style(role="section"))
        pen.sheet.merge_range(row + 1, 0, row + 1, most + 2, event.words, pen.pens.style(Style("text", wrap=True)))
        pen.sheet.set_row(row + 1, 15.0 * -(-len(event.words) // 165) + 3)
        pen.heads(row + 2, 0, ("line", "month", *[""] * most, "check"), most + 2)
        for k, month in enumerate(event.months):
            pen.put(row + 2, 2 + k, float(month), Style("count", role="input", bold=True))
        _steps(pen, event, row + 3, [at(row + 2, 2 + k) for k in range(len(event.months))], most + 2)
    pen.layout([7, 76, *[16] * most, 9], (3, 2), (0, 1))
    pen.pages(61, _breaks(47))


def _steps(pen: Pen, event: Event, line: int, months: list[str], column: int) -> None:
    """The steps of an event from row ``line`` on, and its checks in ``column``."""
    shown = checked(event)
    for key in event.keys:
        look = LINES[key].look
        pen.put(line, 0, NUMBER[key], NOTE)
        pen.put(line, 1, LINES[key].words, TEXT)
        for k, month in enumerate(months):
            pen.formula(line, 2 + k, f"={by_hand(key, month)}", Style(look))
        if key in shown:
            pen.put(line + 1, 1, "the engine's figure", Style(role="link", indent=2))
            pen.put(line + 2, 1, "difference", NOTE.but(indent=2))
            for k, month in enumerate(months):
                pen.formula(line + 1, 2 + k, f"={by_engine(key, month)}", Style(look, role="link"))
                gap = f"=ROUND({at(line, 2 + k)}-{at(line + 1, 2 + k)},{DIGITS[look]})"
                pen.formula(line + 2, 2 + k, gap, Style("cents", role="note"))
            gaps = span(line + 2, 2, line + 2, 1 + len(months))
            pen.check(line, column, f"MAX(MAX({gaps}),-MIN({gaps}))<{ALLOWED[look]}")
        line += 3 if key in shown else 1


def _breaks(rows: int) -> list[int]:
    """Where a page ends: before a block that would not end on it."""
    found: list[int] = []
    start = block(TOLD[0])
    for event in TOLD:
        if block(event) + height(event) - start > rows:
            start = block(event)
            found.append(start)
    return found


def _most() -> int:
    return max(len(event.months) for event in TOLD)


def check_cells(event: Event) -> str:
    """The checks of an event, as a reference."""
    row, column = block(event), _most() + 2
    return f"'{EVENTS}'!{span(row + 3, column, row + height(event) - 2, column)}"
