"""Market conventions and curves: prepayment, default, severity, index forwards, day counts, vectors in words."""
