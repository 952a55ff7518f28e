"""The workbook over the book of months: change one cell and every page shows another month."""

from xlfv.excel.monthly.write import content, plan_of, write_months

__all__ = ["content", "plan_of", "write_months"]
