"""The reference page and the rows of the Functions sheet, written from the declarations."""

from __future__ import annotations

import re
from typing import Any

from xlfv.excel import registry
from xlfv.excel.arguments import KINDS, Arg
from xlfv.excel.codec import Grid
from xlfv.excel.examples import RANGES
from xlfv.excel.registry import Function
from xlfv.excel.rule_examples import RULES, RuleExample
from xlfv.excel.table_reference import INTRODUCTION as TABLES
from xlfv.excel.table_reference import markdown_table, sections

HEADERS = ("Family", "Function", "What it gives", "Arguments", "Result", "Errors", "Source", "Example", "gives")
_ROWS_SHOWN = 5  # of an example's grid, in a cell

_INTRODUCTION = """# Functions and tables

Written from the declarations in the code: do not edit; run `python -m addin.builder`.

- Rates are decimals (0.0625, or 6.25% in the cell), money is dollars, dates are dates.
- An argument in brackets may be left out or blank; it then takes its default.
- An error cell in any argument gives that same error. A function that fails shows a real Excel error, so that sums over
  it fail too; `=XLFV_WHY(cell)` says what is wrong, where, and what to do.
- A table is a range whose first row holds the headers, the path of a `.csv`, `.csv.gz` or `.xlsx` file (a sheet follows
  an exclamation mark), or a handle from `XLFV_TABLE`. A relative path is looked for beside the workbook first.
- A handle such as `table:loans:3f9a1c2e55d0` stands for something too large for a cell. Its tail is a hash of all that made
  it: equal inputs give equal handles.
- The examples stand on [a small deal](#the-deal-of-the-examples); a test runs every one of them.
"""
_RULES = """Each rule in the smallest deal that has it: its tables, and what calls on its projection give. `projection` is
`=XLFV_DISTRIBUTE(trust, cash, indices)`, `trust` an `XLFV_TRUST` as of 31 December 2009 of the other tables; loans projected by
`XLFV_PROJECT` go through the same waterfall. A test runs all of them.
"""
_DEAL = """Named ranges, in the order in which they are used. Made up, except for the rates of month 0 (31 December 2009) and the
rollforward (Impac's of 2009 in thousands, from its letter to the SEC of 3 February 2011).
"""


def markdown() -> str:
    """The reference page, in Markdown."""
    tables = sections()
    parts = [_INTRODUCTION, _contents([each.name for each in tables])]
    family = ""
    for f in registry.functions().values():
        if f.family != family:
            family = f.family
            parts.append(f"## {family.capitalize()}\n")
        parts.append(_section(f))
    parts += ["## Tables\n", TABLES, *[each.text for each in tables]]
    parts += ["## Deal rules by example\n", _RULES, *map(_rule, RULES)]
    parts += ["## The deal of the examples\n", _DEAL, *[_range(name, grid) for name, grid in RANGES.items()]]
    return "\n".join(parts).rstrip() + "\n"


def rows() -> Grid:
    """The Functions sheet: a header row, then one row a function."""
    return [list(HEADERS), *[_row(f) for f in registry.functions().values()]]


def _contents(tables: list[str]) -> str:
    by_family: dict[str, list[str]] = {}
    for f in registry.functions().values():
        by_family.setdefault(f.family, []).append(f"[{f.name}](#{f.name.lower()})")
    rows = [(family, ", ".join(names)) for family, names in by_family.items()]
    links = ", ".join(f"[{name}](#{name.replace(',', '').replace(' ', '-')})" for name in tables)
    rules = ", ".join(f"[{rule.title.lower()}](#{_anchor(rule.title)})" for rule in RULES)
    rows += [("[tables](#tables)", links), ("[deal rules](#deal-rules-by-example)", rules)]
    rows += [("examples", "[the deal of the examples](#the-deal-of-the-examples)")]
    return "## Contents\n\n" + markdown_table(("family", "functions and tables"), rows)


def _anchor(title: str) -> str:
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _rule(rule: RuleExample) -> str:
    """A rule's small deal: what happens, the tables, and what calls on its projection give."""
    lines = [f"### {rule.title}\n", f"{rule.text}\n"]
    lines += [f"**{name}**\n\n{_grid(grid)}" for name, grid in rule.tables.items()]
    lines += [f"`{shown.formula}` gives\n\n{_grid(shown.gives)}" for shown in rule.shows]
    return "\n".join(lines)


def _range(name: str, grid: Grid) -> str:
    if len(grid) == 1 and len(grid[0]) == 1:
        return f"**{name}**: `{_plain(grid[0][0])}`\n"
    if len(grid[0]) == 1:
        return f"**{name}**: one column, {', '.join(_plain(row[0]) for row in grid)}\n"
    return f"**{name}**\n\n" + _grid(grid)


def _grid(grid: Grid) -> str:
    header, *rows = [[_plain(cell) for cell in row] for row in grid]
    return markdown_table(header, rows)


def _section(f: Function) -> str:
    lines = [f"### {f.name}", "", f"`={f.syntax}`", "", f.what, ""]
    if f.notes:
        lines += [f.notes, ""]
    if f.args:
        lines += [markdown_table(("argument", "meaning", "unit", "allowed", "default"), map(_argument, f.args))]
    lines.append(f"Result: {result_words(f)}.  ")
    if f.errors:
        lines.append(f"Errors: {'; '.join(_code(error) for error in f.errors)}.  ")
    lines += [f"Source: {source_words(f)}.  ", _example(f), ""]
    return "\n".join(lines)


def _example(f: Function) -> str:
    result = f.example.result
    if not isinstance(result, list):
        return f"Example: `{f.example.formula}` gives `{_plain(result)}`"
    if len(result[0]) == 1:
        return f"Example: `{f.example.formula}` gives one column: {', '.join(_plain(row[0]) for row in result)}"
    return f"Example: `{f.example.formula}` gives (its first rows)\n\n{_grid(result)}"


def _argument(arg: Arg) -> tuple[str, ...]:
    allowed = ", ".join(filter(None, [kind_words(arg), arg.allowed]))
    return f"`{arg.name}`", arg.meaning, arg.unit, allowed, default_words(arg)


def kind_words(arg: Arg) -> str:
    """What kind of cell or range an argument is."""
    return f"{arg.of} handle" if arg.kind == "handle" else KINDS[arg.kind]


def default_words(arg: Arg) -> str:
    """An argument's default, in words."""
    if arg.required:
        return "required"
    if arg.default is None:
        return "none"
    return str(arg.default).upper() if isinstance(arg.default, bool) else f"{arg.default}"


def result_words(f: Function) -> str:
    """What comes back, with its unit."""
    if f.result == "handle":
        return f"a {f.makes} handle"
    kind = {"number": "a number", "text": "a text", "grid": "a range that spills"}[f.result]
    return f"{kind} ({f.unit})" if f.unit else kind


def source_words(f: Function) -> str:
    """The source; ``xlfv`` where a function is our own."""
    return "xlfv's own" if f.source == "xlfv" else f.source


def _code(error: str) -> str:
    code, _, words = error.partition(": ")
    return f"`{code}` {words}"


def _plain(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    return f"{cell:.15g}" if isinstance(cell, float) else str(cell)  # a date prints as 2009-12-31


def _row(f: Function) -> list[Any]:
    arguments = "\n".join(f"{arg.name}: {arg.help}" for arg in f.args)
    what = f"{f.what}\n{f.notes}" if f.notes else f.what
    result = float(f.example.result) if isinstance(f.example.result, int) else f.example.result
    example = _rows_shown(result) if isinstance(result, list) else result
    errors = "\n".join(f.errors)
    return [
        f.family, f.syntax, what, arguments, result_words(f), errors, source_words(f), f.example.formula[1:], example,
    ]  # fmt: skip


def _rows_shown(grid: Grid) -> str:
    lines = [" | ".join(_plain(cell) for cell in row) for row in grid[:_ROWS_SHOWN]]
    return "\n".join([*lines, "..."] if len(grid) > _ROWS_SHOWN else lines)
