"""A month as it stands in the sheets of an open book: its tables as analysts left them, its tapes from their files."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from xlfv.excel import registry
from xlfv.excel.arguments import Arg
from xlfv.excel.book.sketch import Content, Formula
from xlfv.excel.codec import first_error
from xlfv.excel.inplace.arguments import worth
from xlfv.excel.inplace.opened import Opened
from xlfv.excel.inplace.spelling import Call, outer_call
from xlfv.excel.inplace.writing import cell_of
from xlfv.excel.reading import read_argument
from xlfv.months.folder import Month, TrustMonth, trust_month
from xlfv.months.valued import ValuedMonth
from xlfv.tables import Fault, Refused, Table, refuse_if

_TRUST, _PROJECT = "XLFV_TRUST", "XLFV_PROJECT"
_AGAIN = "Load month writes that cell anew"
_SAME = 0.005  # dollars


def sheets_month(opened: Opened) -> Month:
    """The month of Control from the sheets.

    Raises:
        Refused: with every fault of every trust.
    """
    faults: list[Fault] = []
    trusts: dict[str, TrustMonth] = {}
    yields = _yields(opened, faults)
    place = opened.seen.place("trusts")
    assert place is not None
    for k, name in enumerate(opened.trusts):
        with _collecting(faults):
            trusts[name] = _trust(opened, name, place[0], place[1][0] + k, yields)
    refuse_if(_once(faults))
    return Month(opened.month, opened.as_of, opened.data, trusts)


@contextmanager
def _collecting(faults: list[Fault]) -> Iterator[None]:
    """Faults of a refusal are kept, and the work goes on."""
    try:
        yield
    except Refused as refused:
        faults.extend(refused.faults)


def _once(faults: list[Fault]) -> list[Fault]:
    """Each fault once: trusts share the register of yields and the indices."""
    return list(dict.fromkeys(faults))


def _yields(opened: Opened, faults: list[Fault]) -> Table | None:
    """The register of yields."""
    with _collecting(faults):
        return read_table(opened, "Yields", "yields", "yields")
    return None


def _trust(opened: Opened, name: str, sheet: str, row: int, yields: Table | None) -> TrustMonth:
    """One trust, from the formulas that make it: each argument is read as the function would read it."""
    if not name:
        raise Refused(Fault("a trust has no name", cell_of(sheet, (row, 0)), "write its name, or load the month again"))
    faults: list[Fault] = []
    tables: dict[str, Table] = {}
    sources: dict[str, str] = {}
    for function, offset in ((_TRUST, 2), (_PROJECT, 3)):
        spot = (row, offset)
        call = _call(opened.cells(sheet).get(spot), function)
        if call is None:
            faults.append(Fault(f"no {function} stands here for {name}", cell_of(sheet, spot), _AGAIN))
            continue
        for arg, text in _table_arguments(call):
            with _collecting(faults):
                found = read_table(opened, sheet, arg.name, text)
                if found is not None:
                    tables[arg.name], sources[arg.name] = found, found.place.label
                elif arg.required:
                    faults.append(Fault(f"{name} has no {arg.name}", cell_of(sheet, spot), _AGAIN))
    if yields is not None:
        tables["yields"] = yields
    try:
        return trust_month(name, opened.as_of, tables, sources, faults)
    except Refused as refused:
        raise Refused(_named(fault, name) for fault in refused.faults) from None


def _named(fault: Fault, trust: str) -> Fault:
    """The fault with its trust, unless its sheet's cell or its file says so."""
    return fault if fault.where else replace(fault, where=trust)


def _call(cell: Content, function: str) -> Call | None:
    call = outer_call(cell.text) if isinstance(cell, Formula) else None
    return call if call and call.function == function else None


def _table_arguments(call: Call) -> Iterator[tuple[Arg, str]]:
    declared = registry.find(call.function)
    assert declared is not None
    return ((arg, text) for arg, text in zip(declared.args, call.arguments, strict=False) if arg.kind == "table")


def rows_of(table: Table, trust: str) -> Table:
    """A trust's rows of a table in which those of all trusts stand; all where it names no trust."""
    names = table.columns.get("trust")
    if names is None:
        return table
    own = [k for k, cell in enumerate(names) if cell is not None and str(cell).strip().lower() == trust.lower()]
    lines = table.lines or range(len(table))
    columns = {name: [cells[k] for k in own] for name, cells in table.columns.items()}
    return replace(table, columns=columns, lines=tuple(lines[k] for k in own))


def read_table(opened: Opened, sheet: str, name: str, text: str) -> Table | None:
    """The table that an argument stands for: a range, or the path of a file; None where it is blank.

    Raises:
        Refused: it cannot be told what it stands for, or it cannot be read.
    """
    found = worth(opened.seen, sheet, text)
    if found is None:
        what = f"what the {name} are cannot be told without calculating: {text[:120]}"
        raise Refused(Fault(what, f"'{sheet}'", "point to a range, or write the path of a file"))
    single = len(found.grid) == 1 and len(found.grid[0]) == 1
    error = first_error(found.grid) if single else None
    if error is not None:
        where = found.place.cell(-1, 0) if found.place else f"'{sheet}'"
        raise Refused(Fault(f"the {name} are the error {error[2]}", where, "mend that cell"))
    table = read_argument(Arg(name, "table", name, default=None), found.grid, found.place, opened.seen.folder)
    assert table is None or isinstance(table, Table)
    return table


def refuse_other_values(sheets: ValuedMonth, files: ValuedMonth) -> None:
    """What the sheets make of a month must be what its files make of it: the next month opens from the files.

    Raises:
        Refused: naming each trust and line that differs.
    """
    faults = []
    month = files.month.month
    for name, trust in sheets.trusts.items():
        other = files.trusts.get(name)
        if other is None:
            faults.append(
                Fault(f"{name} stands in the sheets and has no folder {month}", f"{name}/{month}", "add its folder")
            )
            continue
        for line in trust.value.lines:
            filed = other.value.value(line.item)
            if abs(line.value - filed) > _SAME:
                what = f"{name}, {line.item}: {line.value:,.2f} from the sheets, {filed:,.2f} from the files of {month}"
                todo = "bring what was changed here into the files, or press Load month to take the files"
                faults.append(Fault(what, f"{name}/{month}", todo))
    refuse_if(faults)
