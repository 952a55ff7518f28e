"""xlfv in cells: functions declared once, one codec, handles, and the reason of every error."""

from xlfv.excel.call import call

__all__ = ["call"]
