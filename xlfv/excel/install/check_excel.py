"""Checks of Excel: which it is, and what its security settings allow."""

from __future__ import annotations

from pathlib import Path, PureWindowsPath

from xlfv.excel.install import places
from xlfv.excel.install.finding import Finding, first_of, note, ok, wrong
from xlfv.excel.install.machine import Machine
from xlfv.excel.install.office import find_office, version_in_use
from xlfv.excel.install.policies import Setting, blocking_rules, is_on, policy_keys, policy_values, setting

_SECURITY = r"Excel\Security"
_LOCATIONS = r"Excel\Security\Trusted Locations"
_IT = "ask your IT department to "
_NO_CHILDREN = "d4f940ab-401b-4efc-aadc-ad5f3c50688a"
_NO_CALLS = "92e97fa1-2edf-4476-bdd6-9dd0b4dddc7b"
_SIGNED_ONLY, _NONE = 3, 4


def check_excel(machine: Machine) -> Finding:
    """Excel for Windows, 2016 or later."""
    office = find_office(machine)
    if office is None:
        return wrong("no Excel for Windows was found in the registry", "install the desktop edition of Microsoft 365")
    if float(office.version) < 16:
        return wrong(f"Excel {office.version} is too old", "install Microsoft 365, or Excel 2016 or later")
    return ok(f"{office.version}, {office.folder}" if office.folder else office.version)


def check_edition(machine: Machine) -> Finding | None:
    """Excel of the Microsoft Store keeps private copies of AppData: an older add-in can stay in use."""
    office = find_office(machine)
    if office is None:
        return None
    if office.store:
        return wrong(
            "this Excel is the Microsoft Store edition: it may not see the add-in, or keep an older one",
            "uninstall it under Windows Settings > Apps, and install Microsoft 365 from office.com",
        )
    return ok("desktop edition")


def check_macros(machine: Machine) -> Finding:
    """What Excel, or the firm, does with macros. Those in the start folder run unless its trust is taken away."""
    version = version_in_use(machine)
    found = first_of(_vba_off(machine, version), _macro_level(machine, version))
    if found is not None:
        return found
    if is_on(machine, version, _SECURITY, "blockcontentexecutionfrominternet"):
        return ok("allowed in the start folder; blocked in workbooks that came by mail or from the web")
    return ok("allowed in the start folder")


def _vba_off(machine: Machine, version: str) -> Finding | None:
    off = is_on(machine, version, "Common", "VbaOff")
    return wrong("VBA is switched off for all of Office", _IT + "allow VBA in Excel") if off else None


def _macro_level(machine: Machine, version: str) -> Finding | None:
    level = setting(machine, version, _SECURITY, "VBAWarnings")
    untrusted = _untrusted(machine, version)
    if level is None or level.number not in (_SIGNED_ONLY, _NONE):
        return (
            note("Excel asks at every start whether the add-in's macros may run", "click Enable") if untrusted else None
        )
    which = "all macros" if level.number == _NONE else "macros without a signature"
    if untrusted:
        return wrong(f"{level.whose} forbids {which}, in the start folder too", _allow(level))
    return ok(f"{level.whose} forbids {which}, but not those in the start folder")


def _allow(level: Setting) -> str:
    if level.by_policy:
        return _IT + "trust the Excel start folder, or to sign xlfv.xlam with the firm's certificate"
    return "File > Options > Trust Center > Trust Center Settings > Macro Settings: with notification"


def check_trusted_locations(machine: Machine) -> Finding:
    """The start folder is a trusted location, unless trusted locations are switched off."""
    version = version_in_use(machine)
    off = _untrusted(machine, version)
    if not off:
        return ok("the start folder is trusted")
    todo = "make the Excel start folder a trusted location by policy" if off.by_policy else ""
    here = "File > Options > Trust Center > Trusted Locations: clear 'Disable all Trusted Locations'"
    return wrong(f"{off.whose} switches trusted locations off", _IT + todo if todo else here)


def _untrusted(machine: Machine, version: str) -> Setting | None:
    """The setting that takes the start folder's trust away."""
    everything = is_on(machine, version, _LOCATIONS, "AllLocationsDisabled")
    if everything:
        return everything
    mixed = setting(machine, version, r"Common\Security\Trusted Locations", "Allow User Locations")
    return mixed if mixed and mixed.number == 0 and not _named_by_policy(machine, version) else None


def _named_by_policy(machine: Machine, version: str) -> bool:
    start = PureWindowsPath(places.start_folder(machine, version))
    for key in policy_keys(machine, version, _LOCATIONS):
        path = machine.registry.value(key, "Path")
        if isinstance(path, str) and start.is_relative_to(PureWindowsPath(places.expanded(machine, path))):
            return True
    return False


def check_addin_policy(machine: Machine) -> Finding:
    """Some firms forbid add-ins, or those that nobody signed or listed; trusted folders do not help then."""
    version = version_in_use(machine)
    all_off = is_on(machine, version, _SECURITY, "DisableAllAddins")
    if all_off:
        return wrong(
            f"{all_off.whose} forbids all add-ins", _lift(all_off, "allow xlfv.xlam", "Disable all Application Add-ins")
        )
    signed = is_on(machine, version, _SECURITY, "RequireAddinSig")
    if signed:
        todo = _lift(signed, "sign xlfv.xlam with the firm's certificate", "Require Application Add-ins to be signed")
        return wrong(f"{signed.whose} wants add-ins to be signed, which xlfv.xlam is not", todo)
    listed = policy_values(machine, version, r"Excel\Resiliency\AddinList").get(places.ADDIN)
    closed = is_on(machine, version, r"Excel\Resiliency", "RestrictToList")
    if str(listed) == "0" or (closed and str(listed) not in ("1", "2")):
        return wrong("your firm's policy has a list of allowed add-ins without xlfv.xlam", _IT + "put it on that list")
    return ok("add-ins are allowed")


def _lift(what: Setting, by_it: str, box: str) -> str:
    return _IT + by_it if what.by_policy else f"File > Options > Trust Center > Add-ins: clear '{box}'"


def check_defender(machine: Machine) -> Finding:
    """Two rules of Windows Defender stop Excel from starting Python."""
    rules = blocking_rules(machine)
    if _NO_CHILDREN in rules:
        return wrong(
            "Windows Defender forbids Office to start other programs, so Python cannot start", _exclude(_NO_CHILDREN)
        )
    if _NO_CALLS in rules:
        return wrong(
            "Windows Defender forbids Office macros to call Windows, so Python cannot start", _exclude(_NO_CALLS)
        )
    return ok("no rule keeps Excel from starting Python")


def _exclude(rule: str) -> str:
    return f"{_IT}exclude xlfv.xlam and the xlfv interpreter from the attack surface reduction rule {rule}"


def check_start_folder(machine: Machine) -> Finding:
    """Excel trusts its start folder only on this machine's own drives."""
    version = version_in_use(machine)
    folder = places.start_folder(machine, version)
    if places.in_onedrive(machine, folder):
        return wrong(
            f"the start folder lies in OneDrive, which may take files away from Excel: {folder}",
            "right-click that folder > Always keep on this device; better, " + _IT + "keep AppData out of OneDrive",
        )
    if not places.on_network(machine, folder):
        return ok(str(folder))
    allowed = is_on(machine, version, _LOCATIONS, "AllowNetworkLocations")
    if allowed:
        return note(f"the start folder lies on the network, which Excel was told to trust: {folder}")
    return wrong(
        f"the start folder lies on the network, where Excel does not trust macros: {folder}",
        "File > Options > Trust Center > Trusted Locations: allow trusted locations on my network",
    )


def check_documents(machine: Machine) -> Finding:
    """For workbooks in OneDrive or SharePoint, Excel names a web address instead of a folder."""
    folder: Path = places.documents(machine)
    if not places.in_onedrive(machine, folder):
        return ok(str(folder))
    return note(
        f"Documents lies in OneDrive ({folder}); Excel gives workbooks there a web address, so that files beside them "
        "are not found by a relative path",
        "name month folders by their full path, or keep the workbook in a folder outside OneDrive",
    )
