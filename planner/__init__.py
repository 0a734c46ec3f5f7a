"""Words to plan: parse, draft, check, repair, gate."""
