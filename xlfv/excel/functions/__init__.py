"""The functions, one file a family: the only place where Excel names are spelled.

Each file here is found and loaded; none needs mentioning.
"""
