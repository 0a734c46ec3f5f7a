"""The demo: one request from words to published notes, on real servers, in a folder made for it."""
