"""Planning without a model: clauses, phases, implied work."""
