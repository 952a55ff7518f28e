"""The log: every act of the book a line, each holding the hash of the one before, so that none can be changed or taken out."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any

from xlfv.months.book.pieces import Line, Load, Run, Signature, Version

FIRST = "0" * 64
"""Stands as the hash before the first line."""


def utc_now() -> dt.datetime:
    """The clock, UTC."""
    return dt.datetime.now(dt.UTC)


def written(detail: Mapping[str, Any]) -> str:
    """What was done as a line holds it: JSON with sorted keys."""
    return json.dumps(detail, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_spelled)


def _spelled(value: Any) -> Any:
    if hasattr(value, "item"):  # a number of numpy
        return value.item()
    return str(value)


def hash_of(number: int, at: dt.datetime, user: str, act: str, month: str, detail: str, before: str) -> str:
    """SHA-256 over a line, in hex."""
    parts = [number, at.astimezone(dt.UTC).isoformat(timespec="microseconds"), user, act, month, detail, before]
    return hashlib.sha256(json.dumps(parts, ensure_ascii=True).encode()).hexdigest()


def next_line(last: Line | None, user: str, act: str, month: str, detail: Mapping[str, Any]) -> Line:
    """The line after the last one; its time is never before that one's, and it says so where the clock was behind."""
    at = utc_now()
    detail = dict(detail)
    if last is not None and at < last.at:
        detail["clock_behind_seconds"] = round((last.at - at).total_seconds(), 3)
        at = last.at
    number, before = (last.number + 1, last.hash) if last is not None else (1, FIRST)
    text = written(detail)
    return Line(number, at, user, act, month, text, before, hash_of(number, at, user, act, month, text, before))


def of_load(load: Load, versions: Iterable[Version], headers: Mapping[int, tuple[list[str], list[str], bool]]) -> dict:
    """What a line says of a load: all that is kept of it and of its versions, but the rows, whose digests it holds."""
    return {
        "load": load.id,
        "why": load.why,
        "accepted": dict(load.accepted),
        "versions": [
            {
                "id": one.id, "trust": one.trust, "table": one.table, "number": one.number, "rows": one.rows,
                "digest": one.digest, "source": one.source, "source_hash": one.source_hash,
                "headers": headers[one.id][0], "extra": headers[one.id][1], "text": headers[one.id][2],
            }
            for one in versions
        ],
    }  # fmt: skip


def of_run(run: Run) -> dict[str, Any]:
    """What a line says of a run: its manifest, and the digest of its results."""
    return {
        "run": run.id, "kind": run.kind, "engine": dict(run.engine), "options": dict(run.options),
        "inputs": list(run.inputs), "results": len(run.results), "digest": run.digest,
    }  # fmt: skip


def of_signature(signature: Signature) -> dict[str, Any]:
    """What a line says of a signature; the numbers to the last bit."""
    return {
        "trust": signature.trust, "item": signature.item, "ours": float(signature.ours).hex(),
        "theirs": float(signature.theirs).hex(), "why": signature.why,
    }  # fmt: skip


def results_digest(results: Mapping[tuple[str, str, str], float], hashes: Mapping[str, str]) -> str:
    """SHA-256 over the results of a run and what was made on the way, in hex, whatever their order."""
    whole = hashlib.sha256()
    for key in sorted(results):
        whole.update(json.dumps([*key, float(results[key]).hex()]).encode() + b"\n")
    for name in sorted(hashes):
        whole.update(json.dumps([name, hashes[name]]).encode() + b"\n")
    return whole.hexdigest()


def in_words(detail: str) -> str:
    """What a line tells, for a person: ``load 2, 3 tables: T-1 loans v2 ...; why: ...``."""
    told = json.loads(detail)
    parts = []
    if "versions" in told:
        named = [f"{one['trust']} {one['table']} v{one['number']}" for one in told["versions"]]
        more = f" and {len(named) - _NAMED} more" if len(named) > _NAMED else ""
        parts.append(f"load {told['load']}, {len(named)} tables: {', '.join(named[:_NAMED])}{more}")
        parts += [f"accepted: {what} ({reason})" for what, reason in told["accepted"].items()]
    elif "results" in told and "run" in told:
        parts.append(
            f"run {told['run']}, {told['results']} numbers from {len(told['inputs'])} tables, {told['digest'][:12]}"
        )
    elif "ours" in told:
        ours, theirs = (float.fromhex(told[side]) for side in ("ours", "theirs"))
        parts.append(f"{told['trust']} {told['item']}: ours {ours:,.2f}, theirs {theirs:,.2f}")
    else:
        parts += [f"{name} {value}" for name, value in told.items() if name not in ("why", "clock_behind_seconds")]
    parts += [f"why: {told['why']}"] if told.get("why") else []
    behind = told.get("clock_behind_seconds")
    parts += [f"the clock was {behind:,.0f} seconds behind"] if behind else []
    return "; ".join(parts)


_NAMED = 3  # tables named in a line of words
