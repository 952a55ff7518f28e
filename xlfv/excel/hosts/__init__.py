"""The places where cells live: Excel through xlwings, and a workbook recalculated in this process."""
