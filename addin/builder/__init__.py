"""Builds what Excel loads, on any machine and without Excel: ``python -m addin.builder`` in the repository's root."""
