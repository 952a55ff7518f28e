"""Intake: a month's files as senders give them, read by mappings, staged and checked whole before anything enters the book."""
