"""The matrix of functions and hosts: every golden call of every host held against the direct call.

``python -m tests.hosts.matrix FOLDER`` joins the answers that the tests of the hosts left there (see
:mod:`tests.hosts.answers`), prints the matrix with every permitted difference by its name, and ends with 1 where a host
differs otherwise, no longer differs where it is permitted to, or did not answer.
"""

from __future__ import annotations

import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.excel.golden import GOLDEN
from tests.hosts import answers
from tests.hosts.answers import Answers
from tests.hosts.permitted import PERMITTED, permitted
from xlfv.excel import registry

DIRECT = "direct"
HOSTS = (DIRECT, "headless", "xlwings", "libreoffice", "wine")
_MOST, _WIDE = 50, 400  # of the faults that are printed: how many, how wide
_NO_REASON = "no reason is kept"
_ABOUT = ("xlfv", "model hash")  # the other lines name what each host runs on


@dataclass
class Square:
    """A function in a host: calls asked, calls that differ as permitted, and every other difference in words."""

    asked: int = 0
    permitted: int = 0
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        if not self.asked:
            return "not asked"
        told = f"{self.asked - len(self.faults)}/{self.asked}"
        return told + (f" ({self.permitted} permitted)" if self.permitted else "")


@dataclass
class Column:
    """A host: its squares by function, and how many calls each permitted difference touched."""

    squares: dict[str, Square]
    rules: Counter[str] = field(default_factory=Counter)

    @property
    def faults(self) -> list[str]:
        """Every difference that is not permitted."""
        return [fault for square in self.squares.values() for fault in square.faults]


def compare(direct: Answers, host: Answers) -> Column:
    """Hold a host's answers against those of direct calls."""
    column = Column({name: Square() for name in registry.functions()})
    stale = [each.host for each in (direct, host) if each.table != answers.fingerprint()]
    if stale:
        column.squares["XLFV_ABOUT"].faults.append(f"{stale[0]}: answered another golden table")
        return column
    for k, (name, _) in enumerate(GOLDEN):
        _compare_call(direct, host, k, column, column.squares[name])
    _compare_about(direct, host, column.squares["XLFV_ABOUT"])
    return column


def _compare_call(direct: Answers, host: Answers, k: int, column: Column, square: Square) -> None:
    name, args = GOLDEN[k]
    wanted, came = direct.grids[k], host.grids[k]
    rule = permitted(host.host, k, wanted)
    if rule:
        column.rules[rule.name] += 1
        wanted = rule.turn(name, args, wanted) or wanted
        square.permitted += bool(_difference(direct.grids[k], wanted))
    square.asked += 1
    difference = _difference(wanted, came)
    if difference:
        gone = bool(rule) and not _difference(direct.grids[k], came)
        words = ", although that difference is permitted: strike it off" if gone else ""
        square.faults.append(f"{host.host}: call {k}, {name}: {difference}{words}")
    if direct.whys is not None and host.whys is not None and direct.whys[k] is not None:
        silent = rule is not None and rule.silent
        _compare_why(direct.whys[k], host.whys[k], f"{host.host}: call {k}, why of {name}", silent, column)


def _compare_why(wanted: Any, came: Any, where: str, silent: bool, column: Column) -> None:
    """The reason of an error; where the error is the host's own there must be none."""
    square = column.squares["XLFV_WHY"]
    square.asked += 1
    square.permitted += silent
    if silent and not (came is None or _NO_REASON in came):
        square.faults.append(f"{where}: {came!r} came where none was thought possible: strike it off")
    if not silent and came != wanted:
        square.faults.append(f"{where}: {came!r} came, {wanted!r} wanted")


def _compare_about(direct: Answers, host: Answers, square: Square) -> None:
    if direct.about is None or host.about is None:
        return
    square.asked += 1
    wanted, came = ([row for row in each if row[0] in _ABOUT] for each in (direct.about, host.about))
    if wanted != came or [row[0] for row in direct.about] != [row[0] for row in host.about]:
        square.faults.append(f"{host.host}: XLFV_ABOUT gives {host.about!r}, {direct.about!r} wanted")


def _difference(wanted: list[list[Any]], came: list[list[Any]]) -> str:
    """The first cell that differs, in words; empty where all are equal, in kind too."""
    if (len(wanted), len(wanted[0])) != (len(came), len(came[0])):
        return f"{len(came)} x {len(came[0])} cells came, {len(wanted)} x {len(wanted[0])} wanted"
    for r, (row, other) in enumerate(zip(wanted, came, strict=True)):
        for c, (cell, there) in enumerate(zip(row, other, strict=True)):
            if type(cell) is not type(there) or cell != there:
                return f"row {r + 1}, column {c + 1}: {there!r} came, {cell!r} wanted"
    return ""


def table(columns: dict[str, Column]) -> str:
    """The matrix as text, and the permitted differences below it."""
    heads = ["function", *columns]
    rows = [[name, *(str(column.squares[name]) for column in columns.values())] for name in registry.functions()]
    total = [_total(column) for column in columns.values()]
    lines = [heads, *rows, ["all", *total]]
    widths = [max(len(line[k]) for line in lines) for k in range(len(heads))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    told = [
        f"{rule.host}, {rule.name} ({columns[rule.host].rules[rule.name]} calls): {rule.why}"
        for rule in PERMITTED
        if rule.host in columns
    ]
    return "\n".join([*text, "", "permitted differences", *(told or ["none"])])


def _total(column: Column) -> str:
    every = column.squares.values()
    whole = Square(sum(each.asked for each in every), sum(each.permitted for each in every), column.faults)
    return str(whole)


def unused(columns: dict[str, Column]) -> list[str]:
    """Permitted differences that touched no call: they say nothing and must go."""
    return [
        f"{rule.host}: no call shows the permitted difference '{rule.name}': strike it off"
        for rule in PERMITTED
        if rule.host in columns and not columns[rule.host].rules[rule.name]
    ]


def main(folder: Path) -> int:
    """Print the matrix of the answers in a folder; 1 where anything is wrong with it."""
    found = answers.read(folder)
    missing = [f"{host}: no answers in {folder}" for host in HOSTS if host not in found]
    if DIRECT not in found:
        print("\n".join(missing))
        return 1
    columns = {host: compare(found[DIRECT], found[host]) for host in HOSTS if host in found}
    silent = [
        f"{host}: {name} was not asked"
        for host, column in columns.items()
        for name, square in column.squares.items()
        if not square.asked
    ]
    faults = [fault for column in columns.values() for fault in column.faults]
    print(table(columns))
    wrong = [*missing, *silent, *unused(columns), *faults]
    told = [fault if len(fault) <= _WIDE else fault[:_WIDE] + " ..." for fault in wrong[:_MOST]]
    print("\n".join(["", f"{len(wrong)} other differences", *told] if wrong else ["", "no other difference"]))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
