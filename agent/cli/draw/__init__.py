"""What people are shown: plans, gates, running tasks and lists, as values that rich can print."""
