"""What a trust is on a date: loans, bonds, the deal's rules, hedges, REO and costs, each a checked table."""
