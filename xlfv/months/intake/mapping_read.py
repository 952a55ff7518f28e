"""Mappings read from their files, with every fault told by its line."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from xlfv.months.book.pieces import COMPANY, INDICES
from xlfv.months.folder import month_end
from xlfv.months.intake.dates import form_fault
from xlfv.months.intake.mapping import STAR, Mapping, mapping_files
from xlfv.months.intake.tables import AS_OF_COLUMN, COLUMNS, TABLES, TRUST_COLUMN, column_of
from xlfv.tables import Fault, Refused, plain, refuse_if
from xlfv.tables.columns import parse_cell
from xlfv.tables.files import TEXTS, Layout
from xlfv.tables.paths import check_file, legible, name_fault
from xlfv.tables.words import near_word

MOST_BYTES = 1 << 18
_TEXTS = ("sender", "file", "table", "sheet", "separator", "encoding", "thousands", "decimal", "dates", "trust", "since", "until")  # fmt: skip
_TABLES = ("columns", "codes", "trusts", "constants", "date_forms")
_KEYS = (*_TEXTS, "header_row", "percent", "leave_out", *_TABLES)
_ENDINGS = (*TEXTS, ".xlsx", ".parquet")


def read_mappings(folder: Path) -> list[Mapping]:
    """Every mapping of a folder.

    Raises:
        Refused: with every fault of every mapping.
    """
    faults: list[Fault] = []
    found: list[Mapping] = []
    for file in mapping_files(folder):
        try:
            found.append(read_mapping(file))
        except Refused as refusal:
            faults += refusal.faults
    refuse_if(faults)
    return found


def read_mapping(path: Path) -> Mapping:
    """One mapping.

    Raises:
        Refused: with every fault, each with its line.
    """
    if path.is_symlink():
        raise Refused(Fault(f"{legible(path.name)} is a link", legible(str(path)), "put the mapping itself there"))
    check_file(path, MOST_BYTES)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as problem:
        raise Refused(Fault(f"{path.name} cannot be read: {problem}", str(path), "save it as UTF-8")) from None
    return mapping_of(text, path.name)


def mapping_of(text: str, name: str) -> Mapping:
    """A mapping from its text.

    Raises:
        Refused: with every fault, each with its line.
    """
    try:
        given = tomllib.loads(text)
    except (ValueError, RecursionError) as problem:  # a number of thousands of figures is no TOMLDecodeError
        line = re.search(r"line (\d+)", str(problem))
        where = f"{name} line {line[1]}" if line else name
        todo = 'write key = "value", with texts in quotation marks, and each key once'
        raise Refused(Fault(f"{name} is not TOML: {problem}", where, todo)) from None
    reading = _Reading(given, text, name)
    found = reading.mapping()
    refuse_if(reading.faults)
    return found


class _Reading:
    """One reading of a mapping's text."""

    def __init__(self, given: dict[str, Any], text: str, name: str) -> None:
        self.given, self.name = given, name
        self.lines = text.splitlines()
        self.faults: list[Fault] = []

    def fault(self, key: str, what: str, todo: str) -> None:
        """Add a fault at the line on which a key or word first stands."""
        mark = re.compile(rf"""(?:^|[\s\[.,"']){re.escape(key)}(?:$|[\s\].,="'])""")
        line = next((k for k, each in enumerate(self.lines, 1) if mark.search(each)), 0)
        self.faults.append(Fault(what, f"{self.name} line {line}" if line else self.name, todo))

    def mapping(self) -> Mapping:
        """The mapping; what is wrong stands in ``faults``."""
        for key in self.given.keys() - set(_KEYS):
            near = near_word(key, _KEYS)
            self.fault(key, f"'{legible(key)}' is no key of a mapping", f"did you mean {near}?" if near else f"keys: {', '.join(_KEYS)}")  # fmt: skip
        words = {key: self._text(key) for key in _TEXTS}
        tables = {key: self._table(key) for key in _TABLES if key != "codes"}
        header_row = self.given.get("header_row", 0)
        if type(header_row) is not int or not 0 <= header_row <= 10_000:
            self.fault("header_row", f"header_row is {header_row!r}", "write the number of the row of headers, from 1")
            header_row = 0
        self._words(words)
        layout = Layout(words["separator"] or ",", words["encoding"] or "utf-8", header_row)
        found = Mapping(
            words["sender"], words["file"], words["table"], words["sheet"], layout, words["thousands"],
            words["decimal"] or ".", words["dates"], tables["date_forms"], words["trust"], tables["trusts"],
            tables["columns"], self._list("percent"), self._codes(), tables["constants"], self._list("leave_out"),
            words["since"], words["until"], self.name,
        )  # fmt: skip
        self._columns(found)
        return found

    def _text(self, key: str) -> str:
        value = self.given.get(key, "")
        if not isinstance(value, str):
            self.fault(key, f"{key} is {value!r}, not a text", "write it in quotation marks")
            return ""
        return value if key in ("separator", "thousands", "decimal") else value.strip()

    def _list(self, key: str) -> tuple[str, ...]:
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) for each in value):
            self.fault(key, f"{key} is {value!r}, not a list of headers", 'write it like ["Note Rate", "Margin"]')
            return ()
        return tuple(value)

    def _table(self, key: str) -> dict[str, Any]:
        value = self.given.get(key, {})
        flat = (str, int, float, bool) if key == "constants" else (str,)
        if not isinstance(value, dict) or not all(isinstance(each, flat) for each in value.values()):
            self.fault(key, f"{key} is not a table of texts", f'write [{key}] and below it "their word" = "our word"')
            return {}
        return value

    def _codes(self) -> dict[str, dict[str, str]]:
        value = self.given.get("codes", {})
        good = isinstance(value, dict) and all(
            isinstance(each, dict) and all(isinstance(word, str) for word in each.values()) for each in value.values()
        )
        if not good:
            self.fault(
                "codes", "codes is not a table for each column", 'write [codes.status] and below it "C" = "current"'
            )
            return {}
        return value

    def _words(self, words: dict[str, str]) -> None:
        """What the single words must be."""
        for key in ("sender", "file", "table"):
            if not words[key] and key not in {f.what.split()[0] for f in self.faults}:
                self.fault(key, f"{key} is missing", {"sender": 'write sender = "who sends it"', "file": 'write file = "tape_*.csv"', "table": f"write one of {', '.join(TABLES)}"}[key])  # fmt: skip
        self._file(words["file"])
        if words["table"] and words["table"] not in TABLES:
            near = near_word(words["table"], TABLES)
            self.fault("table", f"table '{legible(words['table'])}' is not known", f"did you mean {near}?" if near else f"write one of {', '.join(TABLES)}")  # fmt: skip
        if re.search(r"[/\\\[\]:?*]", words["sheet"]) or words["sheet"].startswith(".."):
            self.fault(
                "sheet", f"'{legible(words['sheet'])}' is no name of a sheet", "write the name on the sheet's tab"
            )
        self._signs(words)
        if words["dates"]:
            self._form("dates", words["dates"])
        for key in ("since", "until"):
            try:
                if words[key]:
                    month_end(words[key])
            except Refused as refusal:
                self.fault(key, f"{key}: {refusal.faults[0].what}", refusal.faults[0].todo)
        if words["since"] and words["until"] and words["until"] < words["since"]:
            self.fault("until", f"until {words['until']} is before since {words['since']}", "mend one of them")

    def _file(self, file: str) -> None:
        if re.search(r"[/\\]|^[A-Za-z]:", file) or ".." in file:
            self.fault(
                "file",
                f"'{legible(file)}' names a folder",
                "write the file's plain name; subfolders are looked through",
            )
        elif file and (fault := name_fault(file.replace(STAR, "x"))):
            self.fault("file", f"'{legible(file)}': {fault}", "write the file's plain name")
        if file.count(STAR) > 1:
            self.fault("file", f"'{legible(file)}' has more than one *", "write one * at most")
        if file and not file.lower().endswith(_ENDINGS):
            self.fault(
                "file", f"'{legible(file)}' is no kind of file that is read", f"one that ends in {', '.join(_ENDINGS)}"
            )

    def _signs(self, words: dict[str, str]) -> None:
        if len(words["separator"]) > 1 or words["separator"] in ('"', "\n", "\r"):
            self.fault("separator", f"separator {words['separator']!r} is not one sign", r'write ",", ";", "|" or "\t"')
        if words["thousands"] not in ("", ",", ".", " ", "'", "\u00a0"):
            self.fault("thousands", f"thousands '{legible(words['thousands'])}' is no sign between thousands", 'write ",", "." or " "')  # fmt: skip
        if words["decimal"] not in ("", ".", ","):
            self.fault("decimal", f"decimal '{legible(words['decimal'])}' is no decimal sign", 'write "." or ","')
        if words["thousands"] and words["thousands"] == (words["decimal"] or "."):
            self.fault("thousands", f"thousands and decimal are both '{words['thousands']}'", "mend one of them")
        try:
            if words["encoding"]:
                "a".encode(words["encoding"])  # an encoding of texts, not one of Python's others
        except (LookupError, ValueError):
            self.fault(
                "encoding", f"encoding '{legible(words['encoding'])}' is not known", "write utf-8, cp1252 or utf-16"
            )

    def _form(self, key: str, form: str) -> None:
        if what := form_fault(form):
            self.fault(key, what, "write it in YYYY, MM, DD (or YY, MON), as MM/DD/YYYY; excel for serial numbers")

    def _columns(self, found: Mapping) -> None:
        """Columns are ours, each once; what is said of a header is said of one that is mapped."""
        if not found.columns:
            self.fault("columns", "no column is mapped", 'write [columns] and below it "their header" = "our column"')
        names = self._ours(found.table)
        headers = {plain(header) for header in found.columns}
        self._twice([plain(header) for header in (*found.columns, *found.leave_out)], "header")
        self._twice([*found.columns.values(), *found.constants], "column")
        for header, column in [*found.columns.items(), *((c, c) for c in (*found.constants, *found.codes))]:
            if names and column not in names and column not in (TRUST_COLUMN, AS_OF_COLUMN):
                near = near_word(column, names)
                todo = f"did you mean {near}?" if near else f"its columns: {', '.join(names)}"
                self.fault(header, f"{found.table} has no column '{legible(column)}'", todo)
        for key, used in (("percent", found.percent), ("date_forms", tuple(found.date_forms))):
            for header in used:
                if plain(header) not in headers:
                    self.fault(header, f"{key} names the header '{legible(header)}', which is not among the columns", "map it under [columns]")  # fmt: skip
        for header, form in found.date_forms.items():
            self._form(header, form)
        for words in (*found.codes.values(), found.trusts):
            self._twice([word.strip().lower() for word in words], "code or name")
        for name in (found.trust, *found.trusts.values()):
            if name.strip().lower() in (COMPANY, INDICES) or re.search(r"[/\\]|\.\.", name):
                self.fault(
                    name, f"'{legible(name)}' is no name of a trust", "write the trust's name as the book has it"
                )
        self._values(found)

    def _values(self, found: Mapping) -> None:
        """Constants and codes give what their column takes."""
        given = [(column, column, value) for column, value in found.constants.items()]
        given += [(code, column, word) for column, words in found.codes.items() for code, word in words.items()]
        for key, name, value in given:
            column = column_of(found.table, name)
            if column is not None and column.allowed and not str(value).strip():
                self.fault(
                    key,
                    f"nothing says what the code '{key}' of {name} means",
                    f"write one of {', '.join(column.allowed)}",
                )
            try:
                if column is not None:
                    parse_cell(column, value if not isinstance(value, bool) else str(value), text=True)
            except Refused as refusal:
                self.fault(key, f"{name}: {refusal.faults[0].what}", refusal.faults[0].todo)

    def _ours(self, table: str) -> list[str]:
        schema = COLUMNS.get(table)
        return [column.name for column in schema.columns] if schema else []

    def _twice(self, names: Iterable[str], what: str) -> None:
        seen: set[str] = set()
        for name in names:
            if name in seen:
                self.fault(name, f"the {what} '{legible(name)}' is given twice", "keep one of them")
            seen.add(name)
