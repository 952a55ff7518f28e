"""Curves and data held against actuals."""
