"""Load month and Roll forward: an open book brought in place to the book that its month makes, of its files or of the book of months."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import xlwings as xw

from xlfv.excel.book.areas import box
from xlfv.excel.book.datacheck import heights
from xlfv.excel.book.frame import CONTROL, DATA_CHECK, LAYOUT, Answers, Book, Buttons
from xlfv.excel.book.layout import LOOKS, SheetRecord, record_of
from xlfv.excel.book.page import Page
from xlfv.excel.book.sketch import Content, Formula, Spot
from xlfv.excel.book.write import calculate, draft
from xlfv.excel.book_tables import as_it_will_be
from xlfv.excel.inplace import host
from xlfv.excel.inplace.bookmonth import BookMonth, book_month, cells_after, entered_words, kept_now
from xlfv.excel.inplace.compare import MOST_NAMED, disagreeing, sides_words, verdict
from xlfv.excel.inplace.job import Tell, in_few_words, run_now, telling
from xlfv.excel.inplace.keyed import reads_book, refuse_typed
from xlfv.excel.inplace.opened import Opened, open_book, refuse_changed, refuse_locked, same
from xlfv.excel.inplace.seen import SeenSheet, read_sheet
from xlfv.excel.inplace.sheets import refuse_other_values, sheets_month
from xlfv.excel.inplace.spelling import reference
from xlfv.excel.inplace.writing import BARE, Writer, cell_of, spills, writing
from xlfv.months.folder import month_after
from xlfv.months.source import months_of, read_month
from xlfv.months.valued import Rolled, ValuedMonth, roll_month, value_month
from xlfv.tables import Fault, Refused, refuse_if


@dataclass(frozen=True)
class Target:
    """The book as it is to become: what it holds, the values of its formulas, a sentence of what it is, and what goes into the
    book of months before it is written; None of plain folders.
    """

    book: Book
    answers: Answers
    words: str
    month: BookMonth | None = None


@dataclass(frozen=True)
class Load:
    """Load month, or Roll forward where ``forward`` is set, on a book as it was read."""

    opened: Opened
    forward: bool = False

    def stage(self, tell: Tell) -> Target:
        """Read, check, value and roll the month, and compose its whole book in memory."""
        opened = self.opened
        with telling(tell) as told, in_few_words():
            if self.forward:
                _check_forward(opened, told)
            month = month_after(opened.month) if self.forward else opened.month
            kept = _of_book(opened, month, told) if opened.kept is not None else None
            valued, rolled = (kept.valued, kept.rolled) if kept is not None else _of_folders(opened, month, told)
            words = totals(valued)
            button = "roll_forward" if self.forward else "load_month"
            runs = {**opened.runs, button: run_now(f"{month}: {words}")}
            buttons = Buttons(runs, opened.record.drawn)
            told(f"composing the workbook of {month}")
            home = kept_now(opened, kept)
            plain = draft(valued, rolled, opened.folder, buttons=buttons, kept=home)
            if plain.frame != opened.record.frame:
                raise Refused(_other_frame(opened, month))
            name = f"staged {opened.seen.name}"  # reasons for its errors must not be taken for the open book's
            with as_it_will_be(kept.ahead if kept is not None else None):
                answers = calculate(plain.content(), name, told, opened.seen.folder)
            target = draft(valued, rolled, opened.folder, answers, buttons=buttons, kept=home)
            return Target(target, answers, f"{month} is loaded: {words}.", kept)

    def finish(self, book: xw.Book, staged: Target) -> str:
        """Take the month into the book of months, write the cells that differ, look at what they show, and say how it went."""
        now = open_book(book)
        refuse_changed(self.opened, now)
        pages = staged.book.pages
        there = {name: _reach(book, now, page) for name, page in pages.items()}
        _check_room(now, pages, there)
        _check_names(now, staged.book)
        replaced = _typed(now, staged.book, there)
        entered = staged.month.enter() if staged.month is not None else None
        with cells_after(entered_words(staged.book.valued.month.month, entered)), writing(book) as writer:
            foot = _bring(writer, now, staged.book, there)
        book.app.calculate()
        parts = [
            staged.words,
            *([str(entered)] if entered is not None else []),
            f"{writer.cells_written:,} cells were written.",
            _compared(book, staged),
        ]
        if replaced:
            whose = "files'" if staged.month is None else "book's"
            parts.append(f"Replaced by the {whose} figures: {_few(replaced)}.")
        if not foot:
            parts.append("The date printed at the foot of each page could not be set in this spreadsheet.")
        return " ".join(parts)


def begin_load(book: xw.Book) -> Load:
    """Load month on an open book."""
    opened = open_book(book)
    refuse_locked(opened)
    if opened.seen.text("status").lower() == "checked":
        todo = "save it, then set its status back to draft: Load month takes the files' figures for what was typed"
        raise Refused(Fault(f"{opened.seen.name} is checked", "'Control' Status", todo))
    return Load(opened)


def begin_roll(book: xw.Book) -> Load:
    """Roll forward on an open book; its own inputs are read too, to see that they are those of its month."""
    opened = open_book(book, whole=True)
    refuse_locked(opened)
    return Load(opened, forward=True)


def totals(valued: ValuedMonth) -> str:
    """Trusts, loans and what they are worth, in words."""
    values = [trust.value for trust in valued.trusts.values()]
    loans = sum(len(trust.source.tables["loans"]) for trust in valued.trusts.values())
    assets, liabilities, residual = (
        sum(value.total(side) for value in values) for side in ("asset", "liability", "residual")
    )
    trusts = f"{len(values)} trust{'s' if len(values) != 1 else ''}"
    return f"{trusts}, {loans:,} loans, {sides_words(assets, liabilities, residual)}"


def _of_book(opened: Opened, month: str, told: Tell) -> BookMonth:
    """A month as the book of months is to hold it, with the trusts of the workbook."""
    return book_month(opened, month, told, lambda trusts: _check_trusts(opened, trusts, month))


def _of_folders(opened: Opened, month: str, told: Tell) -> tuple[ValuedMonth, Rolled | None]:
    """A month of plain folders, valued and rolled forward."""
    source = read_month(opened.data, month, lambda name: told(f"reading {month} of {name}"))
    _check_trusts(opened, tuple(source.trusts), month)
    valued = value_month(source, lambda name: told(f"valuing {name}"))
    return valued, roll_month(valued, opened.data, lambda name: told(f"rolling forward, {name}"))


def _check_forward(opened: Opened, told: Tell) -> None:
    """The sheets hold the month of Control as its folder or the book of months has it, and the month after has a folder too."""
    faults = []
    if opened.loaded != opened.month:
        what = f"the sheets hold the tables of {opened.loaded or 'no month'}, As of says {opened.month}"
        faults.append(Fault(what, "'Control' As of", f"press Load month first, or set As of back to {opened.loaded}"))
    if opened.kept is not None:
        refuse_if(faults)
        told(f"comparing the sheets with the book's {opened.month}")
        refuse_typed(opened, sheets_month(opened))
        return
    after, have = month_after(opened.month), months_of(opened.data)
    for month in (opened.month, after):
        if month not in have:
            todo = f"months there: {', '.join(have) or 'none'}"
            faults.append(Fault(f"no trust in {opened.folder} has a folder {month}", todo=todo))
    refuse_if(faults)
    told(f"comparing the sheets with the files of {opened.month}")
    filed = value_month(read_month(opened.data, opened.month))
    refuse_other_values(value_month(sheets_month(opened)), filed)


def _check_trusts(opened: Opened, trusts: tuple[str, ...], month: str) -> None:
    faults = [
        Fault(f"{name} is a trust of {month} and not of this workbook", f"{name}/{month}", _new(opened, month))
        for name in trusts
        if name not in opened.trusts
    ]
    faults += [
        Fault(f"{name} is a trust of this workbook and has no {'folder ' if opened.kept is None else ''}{month}", "'Control' Trusts",
              _missing(opened, name, month))
        for name in opened.trusts
        if name not in trusts
    ]  # fmt: skip
    if faults:
        raise Refused(faults)


def _missing(opened: Opened, name: str, month: str) -> str:
    if opened.kept is None:
        return "add its folder, or " + _new(opened, month)
    return f"load its files; of a trust that ended: xlfv load --gone {name}=REASON, then {_new(opened, month)}"


def _new(opened: Opened, month: str) -> str:
    source = (
        f"--data {opened.folder}" if opened.kept is None else f"--book {opened.book} (once xlfv load took the month in)"
    )
    return f"make a workbook for these trusts: xlfv refresh NEW.xlsm --month {month} {source}"


def _other_frame(opened: Opened, month: str) -> Fault:
    what = f"the workbook of {month} has other charts or another form than this one"
    return Fault(what, todo=_new(opened, month))


def _reach(book: xw.Book, opened: Opened, page: Page) -> SeenSheet:
    """What a sheet holds, as far as the book goes now or is to go."""
    old, new = (box(looks) for looks in (opened.looks(page.name), page.looks))
    area = (0, 0, max(old[2], new[2]), max(old[3], new[3]))
    if area == old:
        return opened.seen.sheets[page.name]
    return read_sheet(book.sheets[page.name], area)


def _check_room(opened: Opened, pages: Mapping[str, Page], there: Mapping[str, SeenSheet]) -> None:
    """The reader's own cells stay as they are, so none may stand where the month needs room."""
    faults = [
        Fault(
            f"the month needs the cell {cell_of(name, spot)}, where something of your own stands ({_shown(there[name].cells[spot])})",
            cell_of(name, spot),
            "move it below or beside the book's own cells, or to a sheet of yours",
        )
        for name, page in pages.items()
        for spot in sorted(page.looks.keys() - opened.looks(name).keys())
        if spot in there[name].cells
    ]
    if faults:
        raise Refused(faults)


def _check_names(opened: Opened, target: Book) -> None:
    """A name that the reader gave to cells of his own is his."""
    own = {name.casefold() for name in opened.record.names}
    faults = []
    for name, refers in target.names.items():
        there = opened.seen.names.get(name.casefold())
        if there is not None and name.casefold() not in own and reference(there) != reference("=" + refers):
            what = f"the month needs the name {name}, which refers to something of your own ({there})"
            faults.append(Fault(what, name, "give your cells another name (Formulas, Name Manager)"))
    refuse_if(faults)


def _typed(now: Opened, target: Book, there: Mapping[str, SeenSheet]) -> list[str]:
    """Inputs that stand otherwise in the sheets than in the files of the same month: somebody typed them."""
    if now.loaded != target.valued.month.month:
        return []
    found = []
    for name, page in target.pages.items():
        if name in (CONTROL, DATA_CHECK, LAYOUT):
            continue
        for spot, wanted in sorted(page.cells.items()):
            held = there[name].cells.get(spot)
            if not isinstance(wanted, Formula) and wanted is not None and not same(held, wanted, dynamic=True):
                found.append(f"{cell_of(name, spot)} was {_shown(held) if held is not None else 'blank'}")
    return found


def _few(words: list[str]) -> str:
    more = f" and {len(words) - MOST_NAMED:,} more" if len(words) > MOST_NAMED else ""
    return "; ".join(words[:MOST_NAMED]) + more


def _shown(cell: Content) -> str:
    return repr((cell.text if isinstance(cell, Formula) else str(cell))[:40])


def _bring(writer: Writer, now: Opened, target: Book, there: Mapping[str, SeenSheet]) -> bool:
    """Everything that differs; False where what is printed at the foot of pages could not be set."""
    foot = True
    home = now.seen.place(LOOKS)
    assert home is not None
    samples = (writer.book.sheets[home[0]], home[1])
    _names(writer, now, target)
    for name, page in target.pages.items():
        record, wanted = now.record.sheets[name], record_of(page)
        held = there[name].cells
        changes = _changes(held, page.cells, record.looks, dynamic=host.dynamic_arrays(writer.book))
        if any(cell is not None and spot not in held and spot in record.looks for spot, cell in changes.items()):
            # A result may still spill there that is to end above: a formula that stays is written again, after all are gone.
            changes |= {spot: cell for spot, cell in page.cells.items() if spills(cell)}
        changes |= {spot: cell for spot, cell in page.cells.items() if reads_book(cell)}  # else Excel has no reason to
        writer.cells(name, held, changes)
        spots = record.looks.keys() | wanted.looks.keys()
        writer.paint(name, samples, _looks(record, spots), _looks(wanted, spots))
        listed = heights(held) if name == DATA_CHECK else {}  # of the list of faults, which the month takes away
        writer.heights(name, {**record.heights, **listed}, wanted.heights)
        writer.widths(name, record.widths, wanted.widths)
        foot = writer.footer(name, page.footer) and foot
    _drop_names(writer, now, target)
    return foot


def _looks(record: SheetRecord, spots: Iterable[Spot]) -> dict[Spot, int]:
    """The look of each cell; one that is not the book's looks as its column does."""
    drawn = len(record.widths)
    return {spot: record.looks.get(spot, 0 if spot[1] < drawn else BARE) for spot in spots}


def _changes(
    held: Mapping[Spot, Content], wanted: Mapping[Spot, Content], own: Mapping[Spot, int], *, dynamic: bool
) -> dict[Spot, Content]:
    """The cells to write: those that are to hold something else, and those of the book that are to hold nothing."""
    spots = wanted.keys() | (own.keys() & held.keys())
    return {
        spot: wanted.get(spot)
        for spot in sorted(spots)
        if not same(held.get(spot), wanted.get(spot), dynamic=dynamic)
    }  # fmt: skip


def _names(writer: Writer, now: Opened, target: Book) -> None:
    """Names that refer to other cells than before, and new ones; before the formulas that use them."""
    wanted = {name.casefold(): (name, "=" + refers) for name, refers in target.names.items()}
    for key, (name, refers) in wanted.items():
        there = now.seen.names.get(key)
        if there is None or reference(there) != reference(refers):
            writer.name(name, there, refers)


def _drop_names(writer: Writer, now: Opened, target: Book) -> None:
    """Names of the book that it needs no more, once no formula uses them."""
    wanted = {name.casefold() for name in target.names}
    for name in now.record.names:
        if name.casefold() not in wanted:
            writer.name(name, now.seen.names.get(name.casefold()), None)


def _compared(book: xw.Book, staged: Target) -> str:
    wrong: list[str] = []
    compared = 0
    for name, page in staged.book.pages.items():
        formulas = [spot for spot, cell in page.cells.items() if isinstance(cell, Formula)]
        spots = set(formulas) | page.spilled
        if spots:
            shown = read_sheet(book.sheets[name], box(spots)).shown
            wrong += disagreeing(name, spots, shown, staged.answers)
            compared += len(spots)
    return verdict(compared, wrong)
