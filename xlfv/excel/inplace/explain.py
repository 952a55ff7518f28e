"""Explain cell: what the selected cell is, where it comes from, where to look next; or why it fails."""

from __future__ import annotations

from dataclasses import dataclass

import xlwings as xw

from xlfv.excel import explain, handles, registry
from xlfv.excel.arguments import Arg
from xlfv.excel.book.areas import Area, area_name
from xlfv.excel.book.sketch import Content, Formula, Spot
from xlfv.excel.codec import Cell
from xlfv.excel.explain import Address
from xlfv.excel.functions.help import why
from xlfv.excel.inplace.arguments import worth
from xlfv.excel.inplace.job import Tell
from xlfv.excel.inplace.next_steps import next_steps
from xlfv.excel.inplace.seen import Seen, SeenSheet, folder_of, names_of, read_sheet
from xlfv.excel.inplace.spelling import Call, calls_of, comparable, outer_call, reference, references
from xlfv.excel.reading import Given
from xlfv.tables import ErrorCell, Fault, Place, Refused
from xlfv.tables.cells import as_date

_LONGEST = 980  # characters of a message box
_DEEPEST = 20  # cells through which an error is followed


@dataclass(frozen=True)
class Explain:
    """Explain cell, on the cell that was selected.

    Attributes:
        seen: the sheets that it needed.
        sheet, spot: the cell.
        root: the cell from which its error comes; the cell itself where it shows none.
    """

    seen: Seen
    sheet: str
    spot: Spot
    root: tuple[str, Spot]

    def stage(self, tell: Tell) -> str:
        """Put it into words."""
        tell("explaining")
        cell, content = _cell(self.seen, self.sheet, self.spot)
        here = str(Address("", self.sheet, self.spot[0] + 1, self.spot[1] + 1))
        if isinstance(cell, ErrorCell):
            return _cut(_error(self, here, cell, content))
        parts = [f"{here} {_holds(cell, content)}"]
        if isinstance(cell, str) and handles.parse(cell):
            parts.append(_handle(cell))
        whole = _covering(self.seen.sheets[self.sheet], self.spot) if content is None else None
        if isinstance(content, Formula):
            parts.append(_formula(self.seen, self.sheet, content, _LONGEST - len(parts[0])))
        elif whole is not None:
            parts.append(
                f"It is part of what {area_name((*whole[0], *whole[0]))} gives. {_formula(self.seen, self.sheet, whole[1])}"
            )
        elif cell is not None:
            ranges = _ranges_with(self.seen, self.sheet, self.spot)
            parts.append(f"It stands in {', '.join(ranges)}." if ranges else "No function of xlfv stands in it.")
        return _cut("\n".join(parts))

    def finish(self, book: xw.Book, staged: str) -> str:
        """Nothing is written."""
        return staged


def begin_explain(book: xw.Book) -> Explain:
    """Explain cell on an open book.

    Raises:
        Refused: no cell of the book is selected.
    """
    try:
        selected = book.app.selection
    except AttributeError:  # of a chart or a picture xlwings asks what only a range has
        selected = None
    if selected is None or selected.sheet.book.name != book.name:
        raise Refused(Fault("no cell is selected", todo=f"select a cell of {book.name}, then press the button"))
    sheet, spot = selected.sheet.name, (int(selected.row) - 1, int(selected.column) - 1)
    reader = _Reader(book)
    seen = reader.seen(sheet, (*spot, *spot))
    cell, content = _cell(seen, sheet, spot)
    root = reader.root(sheet, spot) if isinstance(cell, ErrorCell) else (sheet, spot)
    whole = _covering(seen.sheets[sheet], spot) if content is None else None
    formula = whole[1] if whole else content
    if isinstance(formula, Formula):
        for home, area in reader.sources(sheet, formula.text):
            seen = reader.seen(home, area)
    return Explain(reader.whole(), sheet, spot, root)


class _Reader:
    """Reads sheets of a book as they are needed."""

    def __init__(self, book: xw.Book) -> None:
        self._book = book
        self._names = names_of(book)
        self._sheets: dict[str, SeenSheet] = {}
        self._there = {sheet.name for sheet in book.sheets}

    def whole(self) -> Seen:
        """All that was read."""
        return Seen(self._book.name, folder_of(self._book), self._names, self._sheets)

    def seen(self, sheet: str, area: Area) -> Seen:
        """The book with a sheet read, at least as far as an area."""
        read = self._sheets.get(sheet)
        if sheet in self._there and (read is None or len(read.shown) <= area[2] or len(read.shown[0]) <= area[3]):
            used = self._book.sheets[sheet].used_range
            rows, columns = used.row + used.shape[0] - 2, used.column + used.shape[1] - 2
            self._sheets[sheet] = read_sheet(
                self._book.sheets[sheet], (0, 0, max(rows, area[0]), max(columns, area[1]))
            )
        return self.whole()

    def sources(self, sheet: str, formula: str) -> list[tuple[str, Area]]:
        """The cells to which a formula refers."""
        found = (reference(self._names.get(text.casefold(), text)) for text in references(formula))
        return [(home or sheet, area) for home, area in filter(None, found)]

    def root(self, sheet: str, spot: Spot) -> tuple[str, Spot]:
        """The cell from which an error comes: back through the first cell with an error to which each formula refers."""
        at, passed = (sheet, spot), {(sheet, spot)}
        for _ in range(_DEEPEST):
            content = self._sheets[at[0]].cells.get(at[1]) if at[0] in self._sheets else None
            source = self._first_error(at[0], content) if isinstance(content, Formula) else None
            if source is None or source in passed:
                return at
            at = source
            passed.add(at)
        return at

    def _first_error(self, sheet: str, content: Formula) -> tuple[str, Spot] | None:
        for home, area in self.sources(sheet, content.text):
            read = self.seen(home, area).sheets.get(home)
            for r, row in enumerate(read.grid(area) if read else []):
                for c, cell in enumerate(row):
                    if isinstance(cell, ErrorCell):
                        return home, (area[0] + r, area[1] + c)
        return None


def _covering(sheet: SeenSheet, spot: Spot) -> tuple[Spot, Formula] | None:
    """The formula whose result spills into a cell, and where it stands."""
    for (row, column), cell in sheet.cells.items():
        if isinstance(cell, Formula) and cell.spill != (1, 1):
            height, width = cell.spill
            if row <= spot[0] < row + height and column <= spot[1] < column + width:
                return (row, column), cell
    return None


def _ranges_with(seen: Seen, sheet: str, spot: Spot) -> list[str]:
    """The names of the ranges in which a cell stands, the smallest first."""
    found = []
    for name in seen.names:
        place = seen.place(name)
        if place and place[0] == sheet and not name.startswith("layout"):
            top, left, bottom, right = place[1]
            if top <= spot[0] <= bottom and left <= spot[1] <= right:
                found.append(((bottom - top + 1) * (right - left + 1), name))
    return [f"the range {name}" for _, name in sorted(found)][:3]


def _cell(seen: Seen, sheet: str, spot: Spot) -> tuple[Cell, Content]:
    read = seen.sheets[sheet]
    return read.value(*spot), read.cells.get(spot)


def _holds(cell: Cell, content: Content) -> str:
    if cell is None or cell == "":
        return "is empty." if content is None else "shows nothing."
    kind = "a number" if isinstance(cell, float) else "yes or no" if isinstance(cell, bool) else "a text"
    if isinstance(content, Formula):
        return f"shows {_short(cell, 80)}"
    return f"holds {kind}, {_short(cell, 80)}: {'it was typed or loaded' if content is not None else 'a result spills into it'}."


def _short(cell: Cell, longest: int) -> str:
    if cell is None:
        return "blank"
    text = f"{cell:,.10g}" if isinstance(cell, float) else str(cell).upper() if isinstance(cell, bool) else str(cell)
    return text if len(text) <= longest else text[: longest - 3] + "..."


def _error(job: Explain, here: str, cell: ErrorCell, content: Content) -> str:
    """Why a cell shows an error, from the cell where it began."""
    sheet, spot = job.root
    begun = Address(job.seen.name, sheet, spot[0] + 1, spot[1] + 1)
    value, formula = _cell(job.seen, sheet, spot)
    kept = explain.at(begun)
    place = Place(sheet, begun.row, begun.column, "sheet")
    reason = (
        kept.text if kept else why(Given([[value]], place)) if isinstance(value, ErrorCell) else "no reason is kept"
    )
    parts = [f"{here} shows {cell}."]
    if (sheet, spot) != (job.sheet, job.spot):
        parts.append(f"It comes from {Address('', *begun.place)}.")
    parts.append(f"Why: {reason}")
    shown = formula if isinstance(formula, Formula) else content
    if isinstance(shown, Formula):
        parts.append(f"Its formula: {_short(shown.text, 200)}")
    return "\n".join(parts)


def _handle(text: str) -> str:
    """What a handle stands for, and its notices."""
    handle = handles.parse(text)
    assert handle is not None
    month = f" of {handle.month}" if handle.month else ""
    words = f"It is a handle: it stands for the {handle.kind} {handle.name}{month}."
    try:
        thing = handles.find(text, handle.kind)
    except Refused:
        return f"{words} It is not at hand now: recalculating the cell brings it back."
    notices = tuple(getattr(thing, "notices", ()))
    return words + (f" To know: {'; '.join(notices)}" if notices else "")


def _formula(seen: Seen, sheet: str, content: Formula, room: int = _LONGEST) -> str:
    """A function of ours: what it means, its arguments and where to look next."""
    calls = calls_of(content.text, "XLFV_")
    if not calls:
        return f"Its formula has no function of xlfv: {_short(content.text, 300)}"
    outer = outer_call(content.text)
    call = outer if outer in calls else calls[0]
    assert call is not None
    function = registry.find(call.function)
    if function is None:
        return f"xlfv has no function {call.function}: {_short(content.text, 300)}"
    rest = [f"Next: {step}" for step in next_steps(call)]
    if comparable(content.text) != comparable(_spelled(call)):
        rest.append(f"The whole formula: {_short(content.text, 160)}")
    rest.append(f"Unit: {function.unit or function.result}. Source: {function.source}.")
    head = f"{function.name}: {function.what}"
    arguments = [
        f"  {arg.name} = {_short(text, 60)}{_worth(seen, sheet, arg, text)}"
        for arg, text in zip(function.args, call.arguments, strict=False)
        if text
    ]
    return "\n".join([head, *_fitting(arguments, room - len(head) - sum(map(len, rest)) - 60), *rest])


def _fitting(lines: list[str], room: int) -> list[str]:
    """As many lines as there is room for, and how many are left out."""
    shown: list[str] = []
    for line in lines:
        if sum(map(len, shown)) + len(line) > room:
            return [*shown, f"  and {len(lines) - len(shown)} more"]
        shown.append(line)
    return shown


def _spelled(call: Call) -> str:
    return f"={call.function}({','.join(call.arguments)})"


def _worth(seen: Seen, sheet: str, arg: Arg, text: str) -> str:
    """What an argument is worth, where that says more than its text."""
    found = worth(seen, sheet, text)
    if found is None:
        return ""
    rows, columns = len(found.grid), len(found.grid[0])
    where = f" in {found.place.cell(-1, 0)}" if found.place else ""
    if rows > 1 or columns > 1:
        return f"  ({rows} rows, {columns} columns from{where.removeprefix(' in')})"
    cell = found.grid[0][0]
    if arg.kind == "date" and isinstance(cell, float):
        cell = as_date(cell).isoformat()
    value = _short(cell, 100)
    return "" if value == text.strip('"') else f"  ({value}{where})"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
