"""Explain cell: what the selected cell is, where it comes from, where to look next; or why it fails."""

from __future__ import annotations

from dataclasses import dataclass

import xlwings as xw

from xlfv.excel import explain, handles, registry
from xlfv.excel.book.areas import Area
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
        if isinstance(content, Formula):
            parts.append(_formula(self.seen, self.sheet, content))
        elif cell is not None and not handles.parse(str(cell)):
            parts.append("Nothing of xlfv stands in this cell.")
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
    if isinstance(content, Formula):
        for home, area in reader.sources(sheet, content.text):
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
            if explain.at(Address(self._book.name, at[0], at[1][0] + 1, at[1][1] + 1)):
                return at
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
    except Refused as gone:
        return f"{words} {gone}"
    notices = tuple(getattr(thing, "notices", ()))
    return words + (f" To know: {'; '.join(notices)}" if notices else "")


def _formula(seen: Seen, sheet: str, content: Formula) -> str:
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
    parts = [f"{function.name}: {function.what}"]
    for arg, text in zip(function.args, call.arguments, strict=False):
        if text:
            parts.append(f"  {arg.name} = {_short(text, 60)}{_worth(seen, sheet, text)}")
    parts += [f"Next: {step}" for step in next_steps(call)]
    others = list(dict.fromkeys(each.function for each in calls if each != call))
    if others or comparable(content.text) != comparable(_spelled(call)):
        parts.append(f"The whole formula: {_short(content.text, 160)}")
    parts.append(f"Unit: {function.unit or function.result}. Source: {function.source}.")
    return "\n".join(parts)


def _spelled(call: Call) -> str:
    return f"={call.function}({','.join(call.arguments)})"


def _worth(seen: Seen, sheet: str, text: str) -> str:
    """What an argument is worth, where that says more than its text."""
    found = worth(seen, sheet, text)
    if found is None:
        return ""
    rows, columns = len(found.grid), len(found.grid[0])
    where = f" in {found.place.cell(-1, 0)}" if found.place else ""
    if rows > 1 or columns > 1:
        return f"  ({rows} rows, {columns} columns from{where.removeprefix(' in')})"
    value = _short(found.grid[0][0], 60)
    return "" if value == text.strip('"') else f"  ({value}{where})"


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else text[: _LONGEST - 4] + " ..."
