"""What the client does to the server, one file a scenario; each gives what the tests on Linux look at, as JSON takes it.

Each has ``run(excel)``. All run in one session of the client, one after another.
"""
