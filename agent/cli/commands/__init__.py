"""Every command with its options. What does a command's work is imported when the command is called: the
service takes seconds to import, and `--help` must not.
"""
