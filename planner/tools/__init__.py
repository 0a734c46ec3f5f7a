"""Plans over lists of tools: which tool the words of a clause mean, where no trade is known."""
