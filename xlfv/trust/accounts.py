"""Accounts of a trust: reserve funds and others that keep cash from month to month."""

from __future__ import annotations

from xlfv.tables.schema import Column, Schema

TARGETS_OF = ("original", "pool", "bonds")

ACCOUNTS = Schema(
    "accounts",
    (
        Column("account", "text", "the account's name, as the waterfall draws on it and deposits to it", required=True,
               unique=True),
        Column("balance", "number", "cash it holds today; it is a trust asset", "$", default=0.0, low=0.0),
        Column("target", "number", "what it should hold: dollars, or below 1 a share", default=0.0, low=0.0),
        Column("target_of", "text", "what a target below 1 is a share of: the original pool, the pool at the end of the"
               " month, or the bonds at its start", default="original", allowed=TARGETS_OF),
        Column("floor", "number", "least target: dollars, or below 1 a share of the original pool", default=0.0,
               low=0.0),
    ),
    key="account",
)  # fmt: skip
