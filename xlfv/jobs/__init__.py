"""The jobs of the command line, a family a file: what each takes, does and prints."""
