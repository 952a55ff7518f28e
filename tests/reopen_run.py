"""One session in a process of its own: workbooks recalculated, or bare handles looked up; prints JSON.

``python reopen_run.py books FOLDER [times]`` recalculates every workbook of a folder; ``python reopen_run.py bare FUNCTION
ARGUMENT ...`` calls a function. Where handles are kept comes from XLFV_CACHE.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from xlfv.excel import call
from xlfv.excel.hosts.headless import recalculate
from xlfv.tables import ErrorCell


def shown(cell: Any) -> Any:
    """A cell to the last bit, an error with its reason."""
    if isinstance(cell, ErrorCell):
        return [str(cell), cell.reason]
    return cell.hex() if isinstance(cell, float) else cell


def books(folder: Path) -> dict[str, Any]:
    """Every cell of the sheet Values of every workbook."""
    out = {}
    for path in sorted(folder.glob("*.xlsx")):
        if not path.name.startswith("table"):
            done = recalculate(path)
            out[path.stem] = [shown(row[0]) for row in done.grid("Values", "A1:A12")]
    return out


def main() -> None:
    """As the module says."""
    what, *rest = sys.argv[1:]
    if what == "books":
        answer: Any = [books(Path(rest[0])) for _ in range(int(rest[1]) if len(rest) > 1 else 1)]
    else:
        calls = [line.split("|") for line in rest]
        answer = [shown(call(name, *[float(a) if a[0].isdigit() else a for a in args])[0][0]) for name, *args in calls]
    print("RESULT" + json.dumps(answer))


main()
