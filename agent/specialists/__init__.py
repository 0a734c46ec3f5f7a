"""One file per way of reaching an agent."""
