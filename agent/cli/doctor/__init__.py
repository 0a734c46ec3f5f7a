"""Looks at every part that the service stands on, and says what to do about each that is not well."""
