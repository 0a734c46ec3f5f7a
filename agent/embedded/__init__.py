"""PostgreSQL and Redis from wheels, in the data folder, for whoever has none running."""
