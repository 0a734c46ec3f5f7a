"""One segment read: what is asked, of what, where, and in which manner."""
