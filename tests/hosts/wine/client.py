"""Stands in for Excel: runs scenarios in one session and prints what came of each as JSON. Runs in Windows Python only.

``python client.py SCENARIO ...``
"""

from __future__ import annotations

import importlib
import json
import sys
import time
import traceback
from pathlib import Path
from typing import Any

# The installed package comes first; of the checkout only the tests are wanted.
sys.path[:] = [*sys.path[1:], str(Path(__file__).resolve().parents[3])]

from tests.hosts.wine.excel import Excel  # noqa: E402
from tests.hosts.wine.settings import log_in, xlfv  # noqa: E402


def outcome(name: str, excel: Excel) -> dict[str, Any]:
    """What one scenario gave, how long it took, or what went wrong."""
    began = time.perf_counter()
    try:
        scenario = importlib.import_module(f"tests.hosts.wine.scenarios.{name}")
        return {"gave": scenario.run(excel), "seconds": time.perf_counter() - began}
    except Exception:  # the other scenarios still say what they have to say
        return {"problem": traceback.format_exc()}


def main() -> None:
    """Run the scenarios named on the command line."""
    log_in()
    code, said = xlfv("install", "--later")
    assert code == 0, said
    excel = Excel()
    outcomes = {name: outcome(name, excel) for name in sys.argv[1:]}
    excel.end()
    print("RESULT" + json.dumps(outcomes))


main()
