"""Discount yields to fair values: tranches, residual, collateral, hedges, REO."""
