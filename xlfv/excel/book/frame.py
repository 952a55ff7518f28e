"""The book being written: its sheets, its names, its trusts, its checks, and the values its formulas had."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol

import xlsxwriter

from xlfv.excel.book.page import Page
from xlfv.excel.book.palette import Styles
from xlfv.excel.book.plan import Spot, TrustPlan, YieldsPlan
from xlfv.excel.book.styles import FONT
from xlfv.excel.book.tables import Columns
from xlfv.months.book.address import Address, parse_address
from xlfv.months.valued import Rolled, ValuedMonth, ValuedTrust
from xlfv.months.walk import COMPANY
from xlfv.months.walk import INDICES as SHARED
from xlfv.tables import Table
from xlfv.tables.files import split_path

CONTROL, SUMMARY, CURVES, INDICES, YIELDS = "Control", "Summary", "Curves", "Indices", "Yields"
CASH, TRANCHES, CHARTS, WATERFALL = "Cash flows", "Tranches", "Charts", "Waterfall"
FAIR_VALUE, ROLLFORWARD, FUNCTIONS = "Fair value", "Rollforward", "Functions"
MONTH_BEFORE, LEDGER = "Month before", "Ledger"
TRUST_ROLLFORWARDS, CASH_AND_REO = "Trust rollforwards", "Cash and REO"
ATTRIBUTION, EXPLAINED, ATTRIBUTION_BY_TRUST = "Attribution", "Change explained", "Attribution by trust"
SENSITIVITY, SENSITIVITY_BY_TRUST = "Sensitivity", "Sensitivity by trust"
DISCLOSURE, INPUTS, NARRATIVE = "Disclosure", "Inputs", "Narrative"
QUOTES, REVIEW, SCENARIOS = "Quotes", "Yield review", "Scenarios"
BLENDED, HAND, CONSOLIDATION, TRUST_VALUES = "Blended yield", "By hand", "Consolidation", "Trust values"
DATA_CHECK, LAYOUT = "Data check", "Layout"  # of a book with buttons
BEFORE = (CONTROL, SUMMARY)
MOVED = (
    ROLLFORWARD, TRUST_ROLLFORWARDS, CASH_AND_REO, LEDGER, MONTH_BEFORE, ATTRIBUTION, EXPLAINED, ATTRIBUTION_BY_TRUST,
    SENSITIVITY, SENSITIVITY_BY_TRUST, DISCLOSURE, INPUTS, NARRATIVE,
)  # fmt: skip
"""Sheets of what changed since the month before, of what the values hang on, and of what is told of them."""
AFTER = (
    CURVES, INDICES,
    YIELDS, QUOTES, REVIEW,
    CASH, TRANCHES, CHARTS, WATERFALL,
    FAIR_VALUE, BLENDED, HAND,
    SCENARIOS,
    CONSOLIDATION, TRUST_VALUES,
    *MOVED,
    FUNCTIONS,
)  # fmt: skip
_RESERVED = (*BEFORE, *AFTER, DATA_CHECK, LAYOUT, "History")
_CALCULATION = 191029  # the engine of today's Excel: an older number would have it recalculate on opening
Progress = Callable[[str], None]


class Answers(Protocol):
    """What a recalculation answered."""

    def value(self, sheet: str, row: int, column: int) -> Any:
        """The value of a cell; row and column count from 1."""


@dataclass(frozen=True)
class TrustPlace:
    """A trust in the book.

    Attributes:
        name: the trust's.
        sheet: its own sheet.
        key: the tail of its range names: ``bonds_ICMB_2005_A``.
        row: its row on Control, from 0.
        valued: what was valued.
    """

    name: str
    sheet: str
    key: str
    row: int
    valued: ValuedTrust

    def named(self, what: str) -> str:
        """The name of one of its ranges."""
        return f"{what}_{self.key}"

    @property
    def projection(self) -> str:
        """The name of the cell with its projection."""
        return self.named("projection")

    @property
    def trust(self) -> str:
        """The name of the cell with its handle."""
        return self.named("trust")


@dataclass(frozen=True)
class Check:
    """A check, where it stands and what it says."""

    sheet: str
    what: str
    row: int
    column: int


@dataclass(frozen=True)
class Run:
    """What a button did last: when, what came out, and with which xlfv and model; texts, as Control shows them."""

    when: str
    result: str
    made_by: str


@dataclass(frozen=True)
class Buttons:
    """What makes a book one with buttons, and what such a book carries from month to month.

    Attributes:
        runs: the last run of each button.
        drawn: months that its charts draw; None to let the month decide.
    """

    runs: Mapping[str, Run] = field(default_factory=dict)
    drawn: int | None = None


@dataclass(frozen=True)
class Kept:
    """Where the month is kept: in a book of months, or in plain folders.

    Attributes:
        path: of the book of months, as Control shows it; empty for plain folders.
        locked: when the month was closed there and by whom; empty while it is open.
        state: a hash of the month's tables there, from which the sheets are filled.
    """

    path: str = ""
    locked: str = ""
    state: str = ""


PLAIN_FOLDERS = Kept()


class Book:
    """A workbook being written.

    Attributes:
        valued, rolled: the month.
        data_folder: what Control shows as the folder of the data.
        plain: write values in the place of formulas.
        buttons: of a book with buttons; None for one without.
        kept: where the month is kept.
        plans, yields, indices_names: where tables stand, settled before writing.
        names: every name defined, with what it refers to.
        drawn: months that its charts draw.
    """

    FIRST_TRUST = 22  # row (from 0) of the first trust on Control

    def __init__(
        self, valued: ValuedMonth, rolled: Rolled | None, data_folder: str, answers: Answers | None, plain: bool = False,
        buttons: Buttons | None = None, kept: Kept = PLAIN_FOLDERS,
    ) -> None:  # fmt: skip
        self.valued = valued
        self.rolled = rolled
        self.data_folder = data_folder
        self.plain = plain
        self.buttons = buttons
        self.kept = kept
        self.names: dict[str, str] = {}
        self.drawn = 0
        self._frame: list[str] = []
        self._answers = answers
        self._buffer = BytesIO()
        self.workbook = _workbook(self._buffer, valued.month.as_of, valued.month.month if buttons is None else None)
        self.styles = Styles(self.workbook)
        self.checks: list[Check] = []
        self.plans: dict[str, TrustPlan] = {}
        self.yields = YieldsPlan(Spot(0, 0, Columns((), [], ())), {})
        self.indices_names: dict[str, str] = {}
        self.trusts = _places(valued, self.FIRST_TRUST)
        more = (DATA_CHECK, LAYOUT) if buttons is not None else ()
        names = (*BEFORE, *(trust.sheet for trust in self.trusts), *AFTER, *more)
        self.pages = {name: Page(self, self.workbook.add_worksheet(name), name) for name in names}

    @property
    def as_of(self) -> dt.date:
        """The valuation date."""
        return self.valued.month.as_of

    def company(self, table: str) -> Table | None:
        """A table that the company keeps beside its trusts; None where it has none, or an empty one."""
        found = self.valued.month.company.tables.get(table)
        return found if found is not None and len(found) else None

    @property
    def answered(self) -> bool:
        """The values of formulas are known."""
        return self._answers is not None

    def answer(self, sheet: str, row: int, column: int) -> Any:
        """The value a formula's cell had (row and column from 0); None where it is blank or not known."""
        if self._answers is None:
            return None
        found = self._answers.value(sheet, row + 1, column + 1)
        return None if found == "" else found

    def add_check(self, page: Page, what: str, row: int, column: int) -> None:
        """List a check on Control."""
        self.checks.append(Check(page.name, what, row, column))

    def define(self, name: str, refers_to: str) -> None:
        """Give a name to a range."""
        self.names[name] = refers_to
        self.workbook.define_name(name, "=" + refers_to)

    def draws(self, sheet: str, *facts: object) -> None:
        """Note something of a sheet that is no cell: a chart, a rule for a cell, how it prints."""
        if sheet != LAYOUT:  # which tells of the frame, and is alike in every book
            self._frame.append(repr((sheet, *facts)))

    @property
    def frame(self) -> str:
        """A hash of all that is no cell: only between books that are alike in it can cells alone be exchanged."""
        facts = [*self.pages, *sorted(self._frame)]
        return hashlib.sha256("\n".join(facts).encode()).hexdigest()[:12]

    def content(self) -> bytes:
        """Finish the workbook and give its bytes."""
        self.workbook.close()
        return self._buffer.getvalue()

    def longest(self) -> int:
        """Months of the longest projection."""
        return max(trust.valued.projection.months for trust in self.trusts)


def _workbook(buffer: BytesIO, as_of: dt.date, month: str | None) -> Any:
    options = {"in_memory": True, "default_format_properties": {"font_name": FONT, "font_size": 10}}
    workbook = xlsxwriter.Workbook(buffer, options)
    created = dt.datetime(as_of.year, as_of.month, as_of.day)
    # The title is no cell, so that of a book which goes from month to month names none.
    title = "Valuation of securitization trusts" if month is None else f"Valuation {month}"
    workbook.set_properties({"title": title, "author": "xlfv", "created": created})
    workbook.set_calc_mode("auto", _CALCULATION)
    workbook.calc_on_load = False  # opened without the functions, it must keep the numbers it was written with
    return workbook


def _places(valued: ValuedMonth, first: int) -> tuple[TrustPlace, ...]:
    sheets = _distinct((_sheet_name(name) for name in valued.trusts), _RESERVED, 31)
    keys = _distinct((re.sub(r"[^A-Za-z0-9_]", "_", name) for name in valued.trusts), (), 200)
    found = zip(valued.trusts.items(), sheets, keys, strict=True)
    return tuple(TrustPlace(name, sheet, key, first + k, one) for k, ((name, one), sheet, key) in enumerate(found))


def _sheet_name(trust: str) -> str:
    return re.sub(r"[\[\]:*?/\\]", "-", trust).strip("' ")[:31] or "Trust"


def _distinct(names: Iterable[str], taken: Iterable[str], most: int) -> list[str]:
    """The names, numbered where spreadsheets could not tell them apart."""
    seen = {name.casefold() for name in taken}
    found = []
    for name in names:
        one, number = name, 2
        while one.casefold() in seen:
            tail = f"_{number}"
            one, number = name[: most - len(tail)] + tail, number + 1
        seen.add(one.casefold())
        found.append(one)
    return found


def source_words(
    trust: TrustPlace, table: str, data: Path, month: str, row: int, source: str = "", named: str = "month"
) -> str:
    """The place of a trust's table as a formula: in the book of months, in the data folder where it lies there, else whole.

    Args:
        trust: the trust.
        table: which table.
        data, month: the folder of all months, and the month.
        row: the row (from 0) whose column A holds the trust's name.
        source: the file, of another month than the book's.
        named: the name of the cell with the month.
    """
    source = source or trust.valued.source.sources[table]
    address = parse_address(source)
    if address is not None:
        shared = address.trust in (COMPANY, SHARED)
        return kept_words(address, named) if shared else f'book&"!"&$A{row + 1}&"/"&{named}&"/{table}"'
    file, sheet = split_path(source)
    mark = "!" if sheet else ""
    where = Path(file).resolve()
    if where.parent == (data / trust.name / month).resolve():
        tail = f"/{where.name}{mark}{sheet}".replace('"', '""')
        return f'data_folder&"/"&$A{row + 1}&"/"&{named}&"{tail}"'
    if where == (data / "indices" / f"{month}{where.suffix}").resolve() and not sheet:
        return f'data_folder&"/indices/"&{named}&"{where.suffix}"'
    whole = f"{where}{mark}{sheet}".replace('"', '""')
    return f'"{whole}"'


def kept_words(address: Address, named: str) -> str:
    """The place of a table of no trust in the book of months, as a formula; ``named`` is the cell with the month."""
    return f'book&"!{address.trust}/"&{named}&"/{address.table}"'
