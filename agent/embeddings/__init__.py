"""Sentence embeddings: likeness of meaning, for words that share no letters. Comes with the extra `[embeddings]`."""
