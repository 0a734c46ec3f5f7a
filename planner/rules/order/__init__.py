"""Which piece of work comes before which, and why."""
