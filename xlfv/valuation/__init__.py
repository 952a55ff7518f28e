"""Discount yields to fair values: tranches, residual, collateral, hedges, REO, and the long-term debt of the company."""
