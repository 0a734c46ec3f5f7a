"""The same work in other engines: `python -m bench.rivals.NAME DSN TASKS WIDTH` prints its subtasks a second."""
