"""Installing an extension into the profile of a running soffice.

Runs under the system's Python, which has ``uno``. (``unopkg`` refuses to work for root, whom CI often is.)
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import uno
import unohelper
from com.sun.star.task import XInteractionHandler
from com.sun.star.ucb import XCommandEnvironment

from tests.hosts.libreoffice.office import Office

_MANAGER = "/singletons/com.sun.star.deployment.ExtensionManager"
_APPROVE = "com.sun.star.task.XInteractionApprove"


class Approving(unohelper.Base, XInteractionHandler):
    """Says yes to whatever is asked."""

    def handle(self, request: Any) -> None:
        """Take the continuation that approves."""
        for each in request.getContinuations():
            approve = each.queryInterface(uno.getTypeByName(_APPROVE))
            if approve is not None:
                approve.select()
                return


class Quiet(unohelper.Base, XCommandEnvironment):
    """Shows nothing and approves of everything."""

    def getInteractionHandler(self) -> Any:  # noqa: N802
        """Who answers questions."""
        return Approving()

    def getProgressHandler(self) -> Any:  # noqa: N802
        """Who shows progress: nobody."""
        return None


def install(office: Office, oxt: str) -> str:
    """Install it for the profile's user and give its identifier."""
    manager = office.context.getValueByName(_MANAGER)
    package = manager.addExtension(Path(oxt).resolve().as_uri(), (), "user", manager.createAbortChannel(), Quiet())
    return str(package.getIdentifier().Value)
