"""Security settings of Excel: set by the firm's policy, or else by the user."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from xlfv.excel.install.machine import Machine, RegistryValue

# Where a policy may stand; the first that has a value counts.
_POLICIES = (
    r"HKCU\Software\Policies\Microsoft\Cloud\Office",
    r"HKCU\Software\Policies\Microsoft\Office",
    r"HKLM\Software\Policies\Microsoft\Office",
)
_USER = r"HKCU\Software\Microsoft\Office"
_DEFENDER = r"HKLM\SOFTWARE{}\Microsoft\Windows Defender"
_BLOCK = 1


@dataclass(frozen=True)
class Setting:
    """A number set in the registry, and whether a policy set it (then the user cannot change it)."""

    number: int
    by_policy: bool

    @property
    def whose(self) -> str:
        """Who can change it, in words."""
        return "your firm's policy" if self.by_policy else "Excel's Trust Center"


def setting(machine: Machine, version: str, key: str, name: str) -> Setting | None:
    r"""A setting of Office, like ``VBAWarnings`` of the key ``Excel\Security``; None where nobody set it."""
    for home in _POLICIES:
        number = _number(machine.registry.value(rf"{home}\{version}\{key}", name))
        if number is not None:
            return Setting(number, True)
    number = _number(machine.registry.value(rf"{_USER}\{version}\{key}", name))
    return None if number is None else Setting(number, False)


def is_on(machine: Machine, version: str, key: str, name: str) -> Setting | None:
    """A setting that is 1; None where it is anything else."""
    found = setting(machine, version, key, name)
    return found if found and found.number == 1 else None


def policy_values(machine: Machine, version: str, key: str) -> dict[str, RegistryValue]:
    """All values that policies set under a key, names in small letters."""
    values: dict[str, RegistryValue] = {}
    for home in reversed(_POLICIES):
        found = machine.registry.values(rf"{home}\{version}\{key}")
        values.update({name.lower(): value for name, value in found.items()})
    return values


def policy_keys(machine: Machine, version: str, key: str) -> list[str]:
    """Full names of the keys below a policy's key."""
    parents = [rf"{home}\{version}\{key}" for home in _POLICIES]
    return [rf"{parent}\{name}" for parent in parents for name in machine.registry.keys(parent)]


def blocking_rules(machine: Machine) -> set[str]:
    """Attack surface reduction rules of Defender that block: their ids in small letters."""
    rules: dict[str, int | None] = {}
    for home in (_DEFENDER.format(""), _DEFENDER.format(r"\Policies")):
        key = rf"{home}\Windows Defender Exploit Guard\ASR\Rules"
        rules.update({name.lower(): _number(value) for name, value in machine.registry.values(key).items()})
        rules.update(_listed(machine.registry.values(rf"{home}\Policy Manager")))
    return {rule for rule, state in rules.items() if state == _BLOCK}


def _listed(values: Mapping[str, RegistryValue]) -> dict[str, int | None]:
    """Rules as device management writes them: ``id=1|id=2``."""
    text = next((value for name, value in values.items() if name.lower() == "asrrules"), "")
    if not isinstance(text, str):
        return {}
    pairs = [pair.partition("=") for pair in text.split("|")]
    return {rule.strip().lower(): _number(state.strip()) for rule, _, state in pairs}


def _number(value: RegistryValue | None) -> int | None:
    if isinstance(value, int):
        return value
    return int(value) if isinstance(value, str) and value.isdecimal() else None
