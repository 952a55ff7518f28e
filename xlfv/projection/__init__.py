"""Trust and curves to expected cash: collateral, bonds, residual, month by month."""
