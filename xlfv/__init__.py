"""xlfv: fair value of mortgage securitization trusts, as functions in Excel."""

__version__ = "0.1.0"
