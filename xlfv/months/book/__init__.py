"""The book of months: every table of every trust and month, by version; runs, signatures, locks, and a log that proves them."""
