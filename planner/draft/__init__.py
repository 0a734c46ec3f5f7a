"""Planning by rules: a request to a first graph, before any check."""
