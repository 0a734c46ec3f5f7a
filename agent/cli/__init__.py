"""The command line over the HTTP API, and the embedded stack."""
