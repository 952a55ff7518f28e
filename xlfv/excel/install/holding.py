"""Files that cannot be changed, most often because an open Excel holds them."""

from __future__ import annotations

from pathlib import Path

from xlfv.excel.install.changes import NotChangedError
from xlfv.excel.install.check_running import excel_runs
from xlfv.excel.install.machine import Machine
from xlfv.tables import Fault, Refused


def refuse_if_held(path: Path, job: str, machine: Machine) -> None:
    """Find out before long work whether a file could be changed.

    Raises:
        Refused: it could not.
    """
    try:
        if path.exists():
            with path.open("r+b"):
                pass
    except OSError as problem:
        raise not_changed(NotChangedError(path, problem), job, machine) from problem


def not_changed(problem: OSError, job: str, machine: Machine) -> Refused:
    """The refusal of a job because of a file that could not be changed."""
    cause = problem.problem if isinstance(problem, NotChangedError) else problem
    path = problem.path if isinstance(problem, NotChangedError) else cause.filename or "a file"
    # Where nobody can say whether Excel runs, it most likely does.
    if isinstance(cause, PermissionError) and excel_runs(machine) is not False:
        return Refused(Fault(f"Excel holds {path}", todo=f"close Excel and run: xlfv {job}"))
    why = cause.strerror or str(cause)
    return Refused(Fault(f"{path} cannot be changed ({why})", todo=f"mend that and run: xlfv {job}"))
