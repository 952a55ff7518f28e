"""Our functions inside LibreOffice: the part of the add-in that Calc loads.

It runs in LibreOffice's own Python and only passes on to :mod:`tests.hosts.libreoffice.calls`, which it can import once
the packages of the tests are on the path. ``functions.json`` beside it says where they lie and for which Python they were
made; under another one every call is the error ``#NAME?``, and it says why.
"""

import json
import os
import sys
import traceback

import unohelper
from com.sun.star.lang import XServiceInfo, XServiceName
from com.sun.star.task import XJob
from org.xlfv import XXlfv

# LibreOffice reads this file without making it a module with a path of its own in every release.
HERE = os.path.dirname(os.path.abspath(__file__.removeprefix("file://")))
with open(os.path.join(HERE, "functions.json"), encoding="utf-8") as stream:
    SETTINGS = json.load(stream)


def fault():
    """Why the functions cannot run in this Python; empty when they can."""
    wanted, mine = tuple(SETTINGS["python"]), tuple(sys.version_info[:2])
    if wanted == mine:
        return ""
    return (
        f"xlfv: the packages are those of Python {wanted[0]}.{wanted[1]}, LibreOffice runs {mine[0]}.{mine[1]}"
        f" -> make the environment with Python {mine[0]}.{mine[1]}"
    )


def calls():
    """The module that answers, imported at the first call: it takes a while."""
    for path in reversed(SETTINGS["path"]):
        if path not in sys.path:
            sys.path.insert(0, path)
    from tests.hosts.libreoffice import calls

    return calls


def answerer(name):
    """The method behind a function."""

    def answer(self, document, *args):
        try:
            return calls().answer(name, document, args) if not fault() else calls_nothing(fault())
        except Exception:
            return calls_nothing(traceback.format_exc())

    return answer


def calls_nothing(words):
    """The error ``#NAME?`` (Calc's 525), said aloud too: an error that Calc would show must not be silent."""
    import struct

    print(words, file=sys.stderr, flush=True)
    return ((struct.unpack("<d", struct.pack("<Q", 0x7FF8_0000_0000_0000 | 525))[0],),)


class Xlfv(unohelper.Base, XXlfv, XServiceInfo, XServiceName):
    """The add-in; its functions are added below, one method each."""

    def __init__(self, context):
        self.context = context

    def getServiceName(self):  # noqa: N802
        return SETTINGS["service"]

    def getImplementationName(self):  # noqa: N802
        return SETTINGS["service"]

    def supportsService(self, name):  # noqa: N802
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):  # noqa: N802
        return (SETTINGS["service"], "com.sun.star.sheet.AddIn")


class Bridge(unohelper.Base, XJob):
    """What the harness and Basic call: an interface that every process knows, unlike the add-in's own."""

    def __init__(self, context):
        self.context = context

    def execute(self, arguments):
        """Do what the named value ``what`` asks for, and answer with a text; of a failure, with its traceback."""
        try:
            given = {each.Name: each.Value for each in arguments}
            return fault() or calls().do(**given)
        except Exception:
            return traceback.format_exc()


for _method, _name in SETTINGS["methods"].items():
    setattr(Xlfv, _method, answerer(_name))

g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Xlfv, SETTINGS["service"], ("com.sun.star.sheet.AddIn",))
g_ImplementationHelper.addImplementation(Bridge, SETTINGS["bridge"], (SETTINGS["bridge"],))
