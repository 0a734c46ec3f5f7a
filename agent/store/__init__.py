"""The door to Postgres: one file per aggregate, SQL beside it."""
