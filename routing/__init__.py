"""Who does each part: eligibility, fit, load, and why not the others."""
