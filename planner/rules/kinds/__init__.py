"""Which kind of work words ask for."""
