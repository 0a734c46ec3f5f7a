"""HTTP: one file per noun, errors spoken in one place."""
