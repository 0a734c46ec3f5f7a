"""Word lists, written as people read them: words with blanks between."""


def wordlist(text: str) -> frozenset[str]:
    return frozenset(text.split())
