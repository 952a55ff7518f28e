"""Changing an open book: in blocks, each kept before it is overwritten, so that all is put back if one fails.

Texts are written with an apostrophe in front, as one types a text that must not be read as anything else: spreadsheets
take it away and keep the rest as text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

import xlwings as xw

from xlfv.excel.book.areas import Area, rectangles, spots_of
from xlfv.excel.book.sketch import Content, Formula, Spot
from xlfv.excel.codec import cell_name
from xlfv.excel.inplace import host
from xlfv.excel.inplace.spelling import in_cell
from xlfv.tables import ErrorCell, Fault, Refused

LONG = 900  # longer texts go one by one: blocks with long texts have failed in more than one Excel
HEIGHT, WIDTH = 15.0, 8.43  # of a row or column that has none of its own
BARE = -1  # the number of no look at all: of cells past the columns that the book draws
Contents = Mapping[Spot, Content]
Samples = tuple[xw.Sheet, Area]
"""The samples of all looks by number: a sheet, and the column on it."""


class Writer:
    """Writes to an open book and remembers how to undo it."""

    def __init__(self, book: xw.Book) -> None:
        self.book = book
        self.cells_written = 0
        self._dynamic = host.dynamic_arrays(book)
        self._undo: list[Callable[[], None]] = []

    def undo(self) -> None:
        """Put everything back, the latest first. What cannot be put back does not keep the rest from it."""
        failed: list[Exception] = []
        for step in reversed(self._undo):
            try:
                step()
            except Exception as problem:  # whatever a spreadsheet raises
                failed.append(problem)
        if failed:
            raise failed[0]

    def _step(self, do: Callable[[], None], back: Callable[[], None]) -> None:
        self._undo.append(back)  # before: a block that fails may be half written
        do()

    # Cells

    def cells(self, sheet: str, old: Contents, new: Contents) -> None:
        """Bring cells from what they hold to what they are to hold.

        Args:
            sheet: its name.
            old: what the cells hold; those that are not here are empty.
            new: what they are to hold; None for nothing.
        """
        place = self.book.sheets[sheet]
        changed = {spot: old.get(spot) for spot in new}
        self._clear(place, changed, new)
        for block in self._blocks(new):
            before = {spot: old.get(spot) for spot in spots_of(block)}
            after = {spot: new[spot] for spot in spots_of(block)}
            whole = self._whole(block, new[block[:2]])
            self._step(
                lambda a=after: self._put(place, a),  # type: ignore[misc]
                lambda w=whole, b=before: self._put_back(place, w, b),  # type: ignore[misc]
            )
            self.cells_written += len(after)

    def _clear(self, sheet: xw.Sheet, old: Contents, new: Contents) -> None:
        """Empty the cells that are to be empty, and those from which a result spills: it would stand in the way."""
        gone = {
            spot: cell
            for spot, cell in old.items()
            if cell is not None and (new[spot] is None or spills(cell) or spills(new[spot]))
        }
        arrays = [self._whole((*spot, *spot), cell) for spot, cell in gone.items() if spills(cell)]
        single = rectangles(spot for spot, cell in gone.items() if not spills(cell))
        for area in [*arrays, *single]:
            before = {spot: gone.get(spot) for spot in spots_of(area)}
            self._step(
                lambda a=area: _clear(sheet, a),  # type: ignore[misc]
                lambda a=area, b=before: self._put_back(sheet, a, b),  # type: ignore[misc]
            )
            self.cells_written += sum(cell is not None for cell in before.values())

    def _whole(self, block: Area, cell: Content) -> Area:
        """The cells that go with a block: of an array all its cells, where arrays do not spill by themselves."""
        if self._dynamic or not isinstance(cell, Formula) or not spills(cell):
            return block
        height, width = cell.spill
        return block[0], block[1], block[0] + height - 1, block[1] + width - 1

    def _blocks(self, contents: Contents) -> Iterator[Area]:
        """The cells as blocks that one call can write: values, then formulas, then formulas that spill."""
        kinds: list[list[Spot]] = [[], [], []]
        for spot, cell in contents.items():
            if isinstance(cell, str) and len(cell) > LONG:
                yield (*spot, *spot)
            elif cell is not None:
                kinds[(2 if spills(cell) else 1) if isinstance(cell, Formula) else 0].append(spot)
        yield from rectangles(kinds[0])
        yield from rectangles(kinds[1])
        yield from ((*spot, *spot) for spot in kinds[2])

    def _put(self, sheet: xw.Sheet, block: Contents) -> None:
        """Write a block of one kind."""
        first, last = min(block), max(block)
        place = host.area_of(sheet, (*first, *last))
        rows = [[block[row, column] for column in range(first[1], last[1] + 1)] for row in range(first[0], last[0] + 1)]
        cell = rows[0][0]
        if not isinstance(cell, Formula):
            host.set_values(place, [[_typed(each) for each in row] for row in rows])
        elif spills(cell) and not self._dynamic:
            whole = self._whole((*first, *last), cell)
            host.area_of(sheet, whole).formula_array = in_cell(cell.text)
        else:
            written = [[in_cell(each.text) for each in row if isinstance(each, Formula)] for row in rows]
            host.set_formulas(place, written, dynamic=self._dynamic)

    def _put_back(self, sheet: xw.Sheet, whole: Area, before: Contents) -> None:
        """Write a block as it was, whatever stands there now."""
        _clear(sheet, whole)
        for block in self._blocks(before):
            self._put(sheet, {spot: before[spot] for spot in spots_of(block)})

    # Looks

    def paint(self, sheet: str, samples: Samples, old: Mapping[Spot, int], new: Mapping[Spot, int]) -> None:
        """Give cells the looks of samples.

        Args:
            sheet: its name.
            samples: where the samples stand.
            old, new: the numbers of the cells' looks, for the same cells; :data:`BARE` for none at all.
        """
        by_look: dict[int, list[Spot]] = {}
        for spot, number in new.items():
            if old[spot] != number:
                by_look.setdefault(number, []).append(spot)
        place = self.book.sheets[sheet]
        for number, spots in sorted(by_look.items()):
            for area in rectangles(spots):
                before = {spot: old[spot] for spot in spots_of(area)}
                after = dict.fromkeys(before, number)
                self._step(
                    lambda a=after: _paint(place, samples, a),  # type: ignore[misc]
                    lambda b=before: _paint(place, samples, b),  # type: ignore[misc]
                )

    def heights(self, sheet: str, old: Mapping[int, float], new: Mapping[int, float]) -> None:
        """Give rows their heights; a row that has none of its own gets the usual one."""
        place = self.book.sheets[sheet]
        changes: dict[tuple[float, float], list[Spot]] = {}
        for row in old.keys() | new.keys():
            before, after = old.get(row, HEIGHT), new.get(row, HEIGHT)
            if before != after:
                changes.setdefault((before, after), []).append((row, 0))
        for (before, after), rows in sorted(changes.items()):
            for area in rectangles(rows):
                self._step(
                    lambda a=area, h=after: _set_height(place, a, h),  # type: ignore[misc]
                    lambda a=area, h=before: _set_height(place, a, h),  # type: ignore[misc]
                )

    def widths(self, sheet: str, old: tuple[float, ...], new: tuple[float, ...]) -> None:
        """Give columns their widths."""
        place = self.book.sheets[sheet]
        for column in range(max(len(old), len(new))):
            before, after = (widths[column] if column < len(widths) else WIDTH for widths in (old, new))
            if before != after:
                self._step(
                    lambda c=column, a=after: _set_width(place, c, a),  # type: ignore[misc]
                    lambda c=column, b=before: _set_width(place, c, b),  # type: ignore[misc]
                )

    def footer(self, sheet: str, text: str) -> bool:
        """Set what a sheet prints at its foot, on the left; False where the spreadsheet does not let us."""
        place = self.book.sheets[sheet]
        before = host.footer(place)
        if before is None:
            return False
        if before != text:
            self._step(lambda: host.set_footer(place, text), lambda: host.set_footer(place, before))
        return True

    # Names

    def name(self, name: str, old: str | None, new: str | None) -> None:
        """Let a name refer to something else, or to nothing any more; None for no such name."""
        if old != new:
            self._step(lambda: self._set_name(name, new), lambda: self._set_name(name, old))

    def _set_name(self, name: str, refers_to: str | None) -> None:
        there = next((each for each in self.book.names if str(each.name).casefold() == name.casefold()), None)
        if refers_to is None:
            if there is not None:
                there.delete()
        elif there is None:
            self.book.names.add(name, refers_to)
        else:
            there.refers_to = refers_to


def spills(cell: Content) -> bool:
    """The result of a cell fills others too."""
    return isinstance(cell, Formula) and cell.spill != (1, 1)


def _typed(cell: Content) -> object:
    """A value as one types it: a text behind an apostrophe; an error in its own words, which read as that error."""
    if isinstance(cell, ErrorCell):
        return str(cell)
    return f"'{cell}" if isinstance(cell, str) else cell


def _clear(sheet: xw.Sheet, area: Area) -> None:
    host.area_of(sheet, area).clear_contents()


def _paint(sheet: xw.Sheet, samples: Samples, looks: Mapping[Spot, int]) -> None:
    by_look: dict[int, list[Spot]] = {}
    for spot, number in looks.items():
        by_look.setdefault(number, []).append(spot)
    home, (top, left, _, _) = samples
    for number, spots in by_look.items():
        if number != BARE:
            home.range((top + number + 1, left + 1)).copy()
        for area in rectangles(spots):
            place = host.area_of(sheet, area)
            if number == BARE:
                host.bare(place)
            else:
                place.paste("formats")


def _set_height(sheet: xw.Sheet, rows: Area, height: float) -> None:
    host.area_of(sheet, rows).row_height = height


def _set_width(sheet: xw.Sheet, column: int, width: float) -> None:
    sheet.range((1, column + 1)).column_width = width


@contextmanager
def writing(book: xw.Book) -> Iterator[Writer]:
    """Write to a book: either all of it, or nothing.

    Raises:
        Refused: something could not be written; everything is as it was before.
    """
    writer = Writer(book)
    with host.quiet(book.app):
        try:
            yield writer
        except BaseException as problem:
            left = _undone(writer)
            if not isinstance(problem, Exception) or isinstance(problem, Refused):
                raise
            what = f"{book.name} could not be written: {type(problem).__name__}: {problem}"
            todo = "see that no cell is being edited and no sheet is protected, then press the button again"
            raise Refused(Fault(f"{what}. {left}", todo=todo)) from problem
        finally:
            host.end_copying(book.app)


def _undone(writer: Writer) -> str:
    try:
        writer.undo()
    except Exception as problem:
        return f"And it could not be put back whole ({problem}): close the workbook without saving it"
    return "Everything is as it was"


def cell_of(sheet: str, spot: Spot) -> str:
    """A cell as messages name it."""
    return f"'{sheet}'!{cell_name(spot[0] + 1, spot[1] + 1)}"
