"""LibreOffice Basic compiles the VBA modules of a document.

Basic compiles a module when something in it is called, and tells nobody what it thinks of it. So each module is given a
harmless function that returns the module's name: it only does so when the whole module compiles.

Runs under the system's Python, which has ``uno``.
"""

from __future__ import annotations

from typing import Any

from tests.hosts.libreoffice import vba
from tests.hosts.libreoffice.office import Office

FILTER = "Calc MS Excel 2007 VBA XML"  # an .xlam is not taken for a workbook by its name
_PROBE = "XlfvCompiled"


def compiled(office: Office, book: str, trials: list[dict[str, str]]) -> dict[str, Any]:
    """Compile every module of a book, each in every branch of the compiler.

    Args:
        office: LibreOffice.
        book: the path of an .xlam or .xlsm.
        trials: for each trial, text to put at the end of modules, by their names: what must fail. An empty one leaves the
            book as it is.

    Returns:
        ``sources``, by module, as LibreOffice loaded them; ``failed``, for each trial by branch, the modules that do not
        compile.
    """
    document = office.open(book, FilterName=FILTER)
    libraries = document.BasicLibraries
    name = next(each for each in libraries.ElementNames if each != "Standard")
    libraries.loadLibrary(name)
    library = libraries.getByName(name)
    sources = {module: library.getByName(module) for module in library.ElementNames}
    failed = [
        {
            branch: _failed(document, name, library, {m: _prepared(s, m, added, true) for m, s in sources.items()})
            for branch, true in vba.BRANCHES.items()
        }
        for added in trials
    ]
    document.close(True)
    return {"sources": sources, "failed": failed}


def _prepared(source: str, module: str, added: dict[str, str], true: tuple[str, ...]) -> str:
    probe = f'Public Function {_PROBE}() As String\n{_PROBE} = "{module}"\nEnd Function\n'
    return f"{vba.altered(source, true)}\n{added.get(module, '')}\n{probe}"


def _failed(document: Any, name: str, library: Any, prepared: dict[str, str]) -> list[str]:
    """The modules whose function does not answer.

    One that does not compile gives nothing at all; it keeps the others from running, which give an empty text.
    """
    for module, source in prepared.items():
        library.replaceByName(module, source)
    provider = document.getScriptProvider()
    answers = {module: _called(provider, f"{name}.{module}.{_PROBE}") for module in prepared}
    silent = [module for module, answer in answers.items() if answer is None]
    return silent or [module for module, answer in answers.items() if answer != module]


def _called(provider: Any, function: str) -> Any:
    try:
        script = provider.getScript(f"vnd.sun.star.script:{function}?language=Basic&location=document")
    except Exception:  # so little was understood that the function is not even found
        return None
    return script.invoke((), (), ())[0]
