"""What is told of the values: the level 3 rollforward and its footing."""
