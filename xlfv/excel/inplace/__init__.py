"""A workbook that is open: read as plain values, staged without touching it, and changed in place or not at all."""
