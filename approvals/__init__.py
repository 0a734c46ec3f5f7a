"""Who must say yes: risk, gate, quorum, and the seal that binds a yes to exactly one plan."""
