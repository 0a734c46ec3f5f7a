"""Values, states, events and errors. Pure: the standard library and pydantic, nothing else."""
