"""The speed bar of the Windows path: ``python -m tests.bench.addin_wine``.

A one-cell call through our entry may take at most twice what a bare xlwings ``add`` takes, in the same run. Under Wine, so
the ratios count and the milliseconds do not.
"""

from __future__ import annotations

import sys

from tests.hosts.wine.prepare import Unprepared, prepared
from tests.hosts.wine.stand import HERE, default_folder, windows

MOST = 2.0


def main() -> int:
    """Print the ratios; 1 where the bar is not met."""
    try:
        stand = prepared(default_folder())
    except Unprepared as problem:
        print(problem)
        return 1
    with stand.alone():
        ran = stand.result(windows(HERE / "client.py"), "bench", "amounts", seconds=180)
    for scenario in ran.values():
        if "problem" in scenario:
            print(scenario["problem"])
            return 1
    taken = ran["bench"]["gave"]
    bare = taken.pop("add")
    print(f"{'bare xlwings add':28}{bare:8.2f} ms")
    for name, each in taken.items():
        print(f"{'our entry, ' + name:28}{each:8.2f} ms {each / bare:7.2f} times")
    for name, seconds in ran["amounts"]["gave"]["seconds"].items():
        print(f"{AMOUNTS[name]:28}{1_000 * seconds:8.2f} ms")
    return int(taken["one cell"] > MOST * bare)


AMOUNTS = {"in": "5,000 x 20 cells in", "out": "361 x 14 cells out", "small": "200 small calls"}


if __name__ == "__main__":
    sys.exit(main())
