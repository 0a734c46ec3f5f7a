"""`eval`: how good plans, routing and risk ratings are, measured here and now, with no service and nothing stored."""
