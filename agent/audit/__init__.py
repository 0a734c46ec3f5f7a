"""Makes the log provable: chained, signed, exported without bodies, and checked by whoever has the file."""
