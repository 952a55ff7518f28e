"""Work shared by the cores of the machine, and room for eight numbers at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import pairwise

import numpy as np

MOST_THREADS = 8


@cache
def _threads(process: int) -> ThreadPoolExecutor:
    """Threads of our own: compiled kernels let go of the interpreter. One pool a process: a fork has no threads."""
    return ThreadPoolExecutor(MOST_THREADS, thread_name_prefix=f"xlfv-{process}")


def threads() -> int:
    """How many threads share the loans."""
    return max(min(os.cpu_count() or 1, MOST_THREADS), 1)


def side_by_side(job: Callable[[int, int], None], begin: int, end: int) -> None:
    """Run ``job(from, to)`` over parts of a range on all cores."""
    workers = threads()
    if workers == 1 or end - begin < 2 * workers:
        job(begin, end)
        return
    edges = np.linspace(begin, end, workers + 1).astype(int)
    for done in [_threads(os.getpid()).submit(job, int(a), int(b)) for a, b in pairwise(edges)]:
        done.result()
