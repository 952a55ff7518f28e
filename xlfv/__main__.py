"""``python -m xlfv``: the same as the command ``xlfv``."""

from __future__ import annotations

import sys

from xlfv.cli import main

sys.exit(main())
