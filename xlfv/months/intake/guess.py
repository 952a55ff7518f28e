"""A mapping proposed from a file's headers and values: for a person to read, mend and keep; it is never used by itself."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from xlfv.months.intake.dates import dated, likely_forms
from xlfv.months.intake.mapping import Mapping
from xlfv.months.intake.mapping_write import written
from xlfv.months.intake.sniff import Sniffed, sniff
from xlfv.months.intake.synonyms import bare_header, codes_of, words_of
from xlfv.months.intake.tables import AS_OF_COLUMN, COLUMNS, TABLES, TRUST_COLUMN, column_of
from xlfv.months.intake.values import median
from xlfv.tables import Fault, Refused, Table
from xlfv.tables.cells import as_text
from xlfv.tables.columns import Column
from xlfv.tables.words import same_word

__all__ = ["guess", "written"]
_NEAR = 0.84
_FEW = 40  # distinct codes that are listed
_MOST = {
    "ltv": 2.0,
    "servicing_fee": 0.02,
    "other_fees": 0.02,
    "mi_premium": 0.03,
    "margin": 0.2,
    "rate_rounding": 0.01,
}
"""Medians above which a share is a percent."""
_MONTH = re.compile(
    r"(?:19|20)\d\d[-_.]?(?:0[1-9]|1[0-2])(?:[-_.]?(?:[0-2]\d|3[01]))?|(?:0[1-9]|1[0-2])[-_.]?(?:[0-3]\d[-_.]?)?(?:19|20)\d\d"
)


def guess(file: str | Path, *, table: str = "", sheet: str = "", sender: str = "") -> Mapping:
    """Propose how a sender's file is read.

    Args:
        file: the file as it was sent.
        table: what it holds; guessed too where not given.
        sheet: of a workbook; the first where not given.
        sender: who sent it; made of the file's name where not given.

    Returns:
        A mapping whose ``remarks`` say why, and what is not sure. :func:`written` makes its text.

    Raises:
        Refused: the file cannot be read, the table is not known, or no header is like any of ours.
    """
    path = Path(file)
    if table and table not in TABLES:
        raise Refused(Fault(f"'{table}' is no table", todo=f"write one of {', '.join(TABLES)}"))
    seen = sniff(path, sheet)
    remarks: dict[str, str] = dict(seen.remarks)
    if not table:
        table = _likely_table(seen.table)
        remarks["table"] = "guessed from the headers; xlfv map --table says it otherwise"
    columns, left = _columns(seen, table, remarks)
    if not columns:
        here = ", ".join(seen.headers.values())
        raise Refused(
            Fault(
                f"no header of {path.name} is like a column of {table}",
                here[:400],
                "say --table, or write the mapping by hand",
            )
        )
    found = Mapping(
        sender or re.split(r"[-_. \d]", path.name)[0] or path.stem, _pattern(path.name, remarks), table, seen.sheet, seen.layout,
        seen.thousands, seen.decimal, columns=columns, leave_out=tuple(left), name=path.name,
    )  # fmt: skip
    found = _with_dates(found, seen, remarks)
    found = replace(found, percent=_percents(found, seen, remarks), codes=_codes(found, seen, remarks))
    return replace(_with_trust(found, seen, path, remarks), remarks=remarks)


def _likely_table(table: Table) -> str:
    """The table most of whose headers stand there, each known word counted; loans where two are alike."""

    def score(name: str) -> float:
        words, own = words_of(name), {c.name for c in COLUMNS[name].columns} if name in COLUMNS else set()
        hits = {words.get(bare_header(h), h if h in own else "") for h in table.columns} - {
            "",
            TRUST_COLUMN,
            AS_OF_COLUMN,
        }
        needed = [c.name for c in COLUMNS[name].columns if c.required] if name in COLUMNS else []
        missing = sum(1 for column in needed if column not in hits)
        return len(hits) - 2.0 * missing

    return max(sorted(COLUMNS, key=lambda name: name != "loans"), key=score)


def _columns(seen: Sniffed, table: str, remarks: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """Headers mapped: by our own name, by a word of the field, by a near word; the rest is left out."""
    schema, words = COLUMNS.get(table), words_of(table)
    own = {bare_header(c.name): c.name for c in schema.columns} if schema else {}
    chosen: dict[str, str] = {}
    ways: tuple[tuple[Callable[[str], str], str], ...] = (
        (lambda bare: own.get(bare, ""), ""),
        (lambda bare: words.get(bare, ""), ""),
        (lambda bare: _near(bare, {**words, **own}), "by a near word: check it"),
    )
    for way, remark in ways:
        for plain_header, header in seen.headers.items():
            column = way(bare_header(header))
            if (
                column
                and header not in chosen
                and column not in chosen.values()
                and _suits(column_of(table, column), seen.table.columns[plain_header])
            ):
                chosen[header] = column
                if remark:
                    remarks[f"columns.{header}"] = remark
    if not schema:  # indices: every other column is an index
        chosen |= {header: header for header in seen.headers.values() if header not in chosen}
    left = [header for header in seen.headers.values() if header not in chosen]
    for header in left:
        near = words.get(bare_header(header)) or own.get(bare_header(header))
        remarks[f"leave_out.{header}"] = (
            f"could be {near}, which another column is" if near else "nothing of ours is like it"
        )
    missing = [c.name for c in schema.columns if c.required and c.name not in chosen.values()] if schema else []
    if missing:
        remarks["columns"] = f"MISSING: {', '.join(missing)}: find the column, or give it under [constants]"
    return {header: chosen[header] for header in seen.headers.values() if header in chosen}, left


def _near(bare: str, words: dict[str, str]) -> str:
    near = difflib.get_close_matches(bare, list(words), 1, _NEAR) if len(bare) > 3 else []
    return words[near[0]] if near else ""


def _suits(column: Column | None, cells: list[Any]) -> bool:
    """False for a column of texts where numbers should stand, and of words where dates should."""
    given = [cell for cell in cells if cell is not None][:200]
    if column is None or not given:
        return True
    if column.kind in ("number", "integer"):
        figures = sum(
            any(c.isdigit() for c in str(cell)) and not re.search(r"[A-Za-z]{2}", str(cell)) for cell in given
        )
        return figures > len(given) / 2
    return column.kind != "date" or sum(any(c.isdigit() for c in str(cell)) for cell in given) > len(given) / 2


def _pattern(name: str, remarks: dict[str, str]) -> str:
    """The file's name with a star for its month."""
    match = _MONTH.search(name)
    if match is None:
        remarks["file"] = "put * for what changes in the name each month, if anything does"
        return name
    return name[: match.start()] + "*" + name[match.end() :]


def _with_dates(found: Mapping, seen: Sniffed, remarks: dict[str, str]) -> Mapping:
    """The form of the dates, told by their values; where two forms fit, that is a question."""
    forms: dict[str, str] = {}
    for header, name in found.columns.items():
        column = column_of(found.table, name)
        if name != AS_OF_COLUMN and (column is None or column.kind != "date"):
            continue
        cells = [cell for cell in seen.cells(header) if cell is not None]
        if not cells or len(dated(set(cells), "YYYY-MM-DD")) == len(set(cells)):
            continue
        likely = likely_forms(set(cells))
        if not likely:
            example = as_text(cells[0])
            remarks[f"columns.{header}"] = f"QUESTION: in what form are dates like {example}? say it under [date_forms]"
            continue
        forms[header] = likely[0]
        if len(likely) > 1:
            remarks[f"date_forms.{header}"] = f"QUESTION: {as_text(cells[0])} may be {' or '.join(likely)}: choose"
    same = set(forms.values())
    if len(same) == 1 and not any(f"date_forms.{header}" in remarks for header in forms):
        return replace(found, dates=same.pop())
    return replace(found, date_forms=forms)


def _percents(found: Mapping, seen: Sniffed, remarks: dict[str, str]) -> tuple[str, ...]:
    """Columns of rates and shares whose numbers are percents."""
    percents = []
    for header, name in found.columns.items():
        column = column_of(found.table, name)
        share = column is not None and (
            column.unit in ("rate", "share", "ratio") or (found.table == "yields" and name == "yield")
        )
        share = (
            share
            or (found.table == "curves" and name in ("cpr", "cdr", "severity", "smm", "mdr"))
            or (found.table == "indices" and name != "month")
        )
        if not share:
            continue
        middle = median(seen.numbers(header))
        low = _MOST.get(name, 0.5 if column is not None and column.unit == "rate" else 1.0)
        if middle > low or "%" in header:
            percents.append(header)
            remarks[f"percent.{header}"] = f"its median is {middle:g}"
        elif 0.25 < middle <= low and name != "ltv" and found.table != "curves":
            remarks[f"columns.{header}"] = f"QUESTION: its median is {middle:g}: percent or decimal?"
    return tuple(percents)


def _codes(found: Mapping, seen: Sniffed, remarks: dict[str, str]) -> dict[str, dict[str, str]]:
    """Codes of columns that take only certain words; one that cannot be told is a question."""
    codes: dict[str, dict[str, str]] = {}
    for header, name in found.columns.items():
        column = column_of(found.table, name)
        if column is None or not column.allowed:
            continue
        words = sorted({as_text(cell) for cell in seen.cells(header) if cell is not None})
        known, own = codes_of(name), {}
        for word in words[:_FEW]:
            if same_word(word, column.allowed):
                continue
            own[word] = known.get(word.lower(), "")
            remark = "QUESTION" if not own[word] else "a guess: check it with the sender"
            remarks[f"codes.{name}.{word}"] = (
                f"{remark}; one of {', '.join(column.allowed)}" if not own[word] else remark
            )
        if len(words) > _FEW:
            remarks[f"codes.{name}"] = f"{len(words)} different codes: is it the right column?"
        if own:
            codes[name] = own
    return codes


def _with_trust(found: Mapping, seen: Sniffed, path: Path, remarks: dict[str, str]) -> Mapping:
    """Whose rows they are: a column's words, or a question."""
    header = next((h for h, name in found.columns.items() if name == TRUST_COLUMN), None)
    if header is None:
        if found.table != "indices":
            remarks["trust"] = (
                'QUESTION: whose is the file? write the trust\'s name, or "*" where the star of the name says it'
            )
        return found
    names = sorted({as_text(cell) for cell in seen.cells(header) if cell is not None})[:_FEW]
    remarks["trusts"] = "their name = ours: mend what differs"
    return replace(found, trusts={name: name for name in names})
