"""What callers see: the shapes of answers."""
