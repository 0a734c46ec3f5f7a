"""Pages for people: one approval, shown and decided, without a line of JavaScript."""
