"""A sentence cut into what is said in it."""
