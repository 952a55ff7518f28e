"""A file read in a process of its own: what it was refused with, how long that took, and how much memory."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOM = 3 << 30  # bytes of address space beyond the start, so that a failing test does not take the machine with it
_READ = """
import json, resource, sys, time
from xlfv.tables import Refused
from xlfv.tables.files import read_file
soft, hard = resource.getrlimit(resource.RLIMIT_AS)
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
size = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (size + int(sys.argv[2]), hard))
start = time.perf_counter()
try:
    words, rows = "", len(read_file(sys.argv[1], "loans"))
except Refused as refused:
    words, rows = str(refused), 0
seconds = time.perf_counter() - start
grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
print(json.dumps({"words": words, "rows": rows, "seconds": seconds, "megabytes": grown / 1024}))
"""


@dataclass(frozen=True)
class Measured:
    """What reading a file came to.

    Attributes:
        words: of the refusal; empty where it was read.
        rows: read.
        seconds: it took.
        megabytes: of memory at most, beyond those before.
    """

    words: str
    rows: int
    seconds: float
    megabytes: float


def read(path: Path) -> Measured:
    """Read a file in a process of its own; an exception that is no refusal fails the test."""
    command = [sys.executable, "-c", _READ, str(path), str(ROOM)]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)
    assert run.returncode == 0, run.stderr[-2000:]
    return Measured(**json.loads(run.stdout.splitlines()[-1]))


def refused(path: Path, words: str, *, seconds: float = 15.0, megabytes: float = 100.0) -> None:
    """Demand that a file is refused with those words, soon, and with little memory taken."""
    found = read(path)
    assert words in found.words, found
    assert " -> " in found.words, "it does not say what to do"
    assert found.seconds < seconds, found
    assert found.megabytes < megabytes, found
