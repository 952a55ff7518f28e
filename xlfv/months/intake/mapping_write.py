"""A mapping as its file: few lines, what is not sure beside them as comments."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from typing import Any

from xlfv.months.intake.mapping import Mapping

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def written(mapping: Mapping) -> str:
    """The text of a mapping's file, which reads back as the same mapping."""
    remark = mapping.remarks
    lines = ["# How one kind of a sender's files is read. What follows a # is a remark; mend what it asks, then keep the file", "# in the folder mappings."]  # fmt: skip
    layout = mapping.layout
    single: list[tuple[str, Any]] = [
        ("sender", mapping.sender), ("file", mapping.file), ("table", mapping.table), ("sheet", mapping.sheet),
        ("header_row", layout.header_row), ("separator", "" if layout.separator == "," else layout.separator),
        ("encoding", "" if layout.encoding == "utf-8" else layout.encoding), ("thousands", mapping.thousands),
        ("decimal", "" if mapping.decimal == "." else mapping.decimal), ("dates", mapping.dates), ("trust", mapping.trust),
        ("since", mapping.since), ("until", mapping.until),
    ]  # fmt: skip
    for key, value in single:
        if value or (key == "trust" and key in remark):
            lines.append(_beside(f"{key} = {_value(value)}", remark.get(key, "")))
        elif key in remark:
            lines.append(f"# {key}: {remark[key]}")
    for key, headers in (("percent", mapping.percent), ("leave_out", mapping.leave_out)):
        if headers:
            lines.append(f"{key} = [")
            lines += [_beside(f"    {_value(each)},", remark.get(f"{key}.{each}", "")) for each in headers]
            lines.append("]")
    lines += _table("columns", mapping.columns, remark)
    lines += _table("date_forms", mapping.date_forms, remark)
    for column, codes in mapping.codes.items():
        lines += _table(f"codes.{column}", codes, remark)
    lines += _table("trusts", mapping.trusts, remark)
    lines += _table("constants", mapping.constants, remark)
    return "\n".join(lines) + "\n"


def _table(name: str, rows: MappingOf[str, Any], remarks: MappingOf[str, str]) -> list[str]:
    if not rows:
        return []
    head = [""] + ([f"# {_line(remarks[name])}"] if name in remarks else []) + [f"[{name}]"]
    return head + [
        _beside(f"{_value(key)} = {_value(value)}", remarks.get(f"{name}.{key}", "")) for key, value in rows.items()
    ]


def _beside(line: str, remark: str) -> str:
    return f"{line}  # {_line(remark)}" if remark else line


def _line(text: str) -> str:
    return "".join(c if c.isprintable() else " " for c in text)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return repr(value)
    text = "".join(
        _ESCAPES.get(c) or (c if c.isprintable() else f"\\u{ord(c):04X}" if ord(c) < 0x10000 else f"\\U{ord(c):08X}")
        for c in str(value)
    )
    return f'"{text}"'
