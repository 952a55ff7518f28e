"""Jobs on this machine: the add-in, its state, its compiled core."""

from __future__ import annotations

import argparse

from rich.console import Console

from xlfv.terminal import plainly


def _about(options: argparse.Namespace, console: Console) -> None:
    from xlfv.excel import call

    for name, value in call("XLFV_ABOUT"):
        console.print(f"{name}: {plainly(value)}", highlight=False, soft_wrap=True)


def _install(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.here import this_machine
    from xlfv.excel.install.install import install

    return install(this_machine(), console, compiling=not options.later)


def _uninstall(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.here import this_machine
    from xlfv.excel.install.uninstall import uninstall

    return uninstall(this_machine(), console, everything=options.everything)


def _doctor(options: argparse.Namespace, console: Console) -> int:
    from xlfv.excel.install.doctor import doctor
    from xlfv.excel.install.here import this_machine

    return doctor(this_machine(), console)


def _warm(options: argparse.Namespace, console: Console) -> None:
    from xlfv.excel.install.install import compile_kernels, words_of

    warmed = compile_kernels(console)
    words = f"Kernels {words_of(warmed)}. They are kept in\n{warmed.folder}"
    console.print(words, highlight=False, markup=False, soft_wrap=True)


def add_jobs(jobs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``about``, ``install``, ``uninstall``, ``doctor`` and ``warm``."""
    about = jobs.add_parser("about", help="versions, and the hash of the model that makes the numbers")
    about.set_defaults(job=_about)
    job = jobs.add_parser("install", help="put the add-in into Excel, for this user (no admin rights needed)")
    job.add_argument(
        "--later", action="store_true", help="compile the numerical core at the first calculation, not now"
    )
    job.set_defaults(job=_install)
    job = jobs.add_parser("uninstall", help="take the add-in, its settings and compiled code away again")
    job.add_argument("--all", action="store_true", dest="everything", help="the kept handles too")
    job.set_defaults(job=_uninstall)
    job = jobs.add_parser("doctor", help="check this machine: what is wrong, and what to do, one line each")
    job.set_defaults(job=_doctor)
    job = jobs.add_parser("warm", help="compile the numerical core now, so that no cell waits for it")
    job.set_defaults(job=_warm)
