"""Files written and deleted together: all of them, or none."""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path


@dataclass(frozen=True)
class Change:
    """A file and what it becomes; None deletes it."""

    path: Path
    content: bytes | None


class NotChangedError(OSError):
    """A file could not be changed; everything is as it was.

    Attributes:
        path: the file.
        problem: what the system said.
    """

    def __init__(self, path: Path, problem: OSError) -> None:
        self.path = path
        self.problem = problem
        super().__init__(f"{path}: {problem.strerror or problem}")


@dataclass
class _Undo:
    """What takes back what was done, last first."""

    steps: list[Callable[[], object]] = field(default_factory=list)

    def run(self) -> None:
        for step in reversed(self.steps):
            with contextlib.suppress(OSError):  # the rest must be taken back all the same
                step()


def apply(changes: Sequence[Change], stage: Path) -> list[Path]:
    """Make all changes, or none.

    New content is written whole into the folder ``stage`` and then moved in place, so that a file is never seen half
    written. (Excel opens whatever lies in its start folder: nothing is staged there.)

    Returns:
        The folders that had to be made, outermost first.

    Raises:
        NotChangedError: a file could not be changed; all are as they were before.
    """
    undo = _Undo()
    made: list[Path] = []
    path = stage
    try:
        made += _make(stage, undo)
        for change in changes:
            path = change.path
            before = path.read_bytes() if path.exists() else None
            if change.content == before:
                continue
            if change.content is None:
                path.unlink()
            else:
                made += _make(path.parent, undo)
                _put(path, change.content, stage)
            undo.steps.append(partial(_restore, path, before, stage))
    except BaseException as problem:  # Ctrl+C too leaves everything as it was
        undo.run()
        if isinstance(problem, OSError):
            raise NotChangedError(path, problem) from problem
        raise
    return made


def _make(folder: Path, undo: _Undo) -> list[Path]:
    """Make a folder with those above it that are missing; gives what was made."""
    missing = [each for each in (folder, *folder.parents) if not each.exists()][::-1]
    for each in missing:
        each.mkdir(exist_ok=True)
        undo.steps.append(each.rmdir)
    return missing


def _put(path: Path, content: bytes, stage: Path) -> None:
    try:
        _move_in(path, content, stage / f"{path.name}.new")
    except OSError as problem:
        if problem.errno != errno.EXDEV:
            raise
        # The stage is on another drive, where nothing can be moved in one go from.
        _move_in(path, content, path.with_name(f"~{path.name}.new"))


def _move_in(path: Path, content: bytes, staged: Path) -> None:
    try:
        staged.write_bytes(content)
        os.replace(staged, path)
    finally:
        with contextlib.suppress(OSError):
            staged.unlink()


def _restore(path: Path, before: bytes | None, stage: Path) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        _put(path, before, stage)


def remove_empty(folders: Sequence[Path]) -> list[Path]:
    """Remove those folders that are there and empty, given outermost first; gives what was removed."""
    removed = []
    for folder in reversed(folders):
        try:
            folder.rmdir()
        except OSError:
            continue
        removed.append(folder)
    return removed
