"""What a bare xlwings function costs: the yardstick of the speed bar. Served by xlwings' own server in Windows Python."""

import xlwings as xw


@xw.func
def add(a, b):
    """The sum."""
    return a + b
