"""How well texts fit a query: BM25 over stems, cosine over letter groups, both from inverted lists.

BM25 after S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
divided by what a perfect match would give, so that scores lie in 0–1.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from routing.words import all_grams, stem, words

K1 = 1.2
B = 0.3
WORD_SHARE = 0.5
"""The rest goes to letter groups."""

BUDGET = 6_000
"""Postings read per measure and query. Rare terms are read first: they tell agents apart, and what
nearly everybody has in common would cost most and say least. It bounds a decision's time whatever the
manifest holds; up to a few dozen agents it is never reached."""

Postings = dict[str, list[tuple[int, float]]]


class Passage(NamedTuple):
    """A piece of a document and how much a word in it counts."""

    text: str
    weight: float = 1.0


Document = Sequence[Passage]


class LexicalIndex:
    """Documents prepared once; a query then touches only the lists of its own terms."""

    def __init__(self, documents: Sequence[Document]) -> None:
        self._size = len(documents)
        stems = [_count(document, _stems) for document in documents]
        letters = [_count(document, _letters) for document in documents]
        self._idf = _idf(stems)
        self._gram_idf = _idf(letters)
        self._unseen = math.log(1 + (self._size + 0.5) / 0.5)
        self._words = _bm25(stems, self._idf)
        self._grams = _cosine(letters, self._gram_idf)

    def scores(self, query: str) -> dict[int, float]:
        """Documents that share anything with the query, by their number, each 0–1."""
        found: defaultdict[int, float] = defaultdict(float)
        listed = list(words(query))
        self._add_words({stem(word) for word in listed}, found)
        self._add_grams(Counter(all_grams(listed)), found)
        return found

    def _add_words(self, stems: Iterable[str], found: defaultdict[int, float]) -> None:
        weights = {term: self._idf.get(term, self._unseen) for term in stems}
        perfect = sum(weights.values()) * (K1 + 1)
        if perfect:
            share = WORD_SHARE / perfect
            _read(self._words, dict.fromkeys(weights, share), found)

    def _add_grams(self, counts: Counter[str], found: defaultdict[int, float]) -> None:
        idf = self._gram_idf
        weights = {gram: count * idf[gram] for gram, count in counts.items() if gram in idf}
        norm = math.sqrt(sum(weight * weight for weight in weights.values()))
        if norm:
            share = (1 - WORD_SHARE) / norm
            _read(self._grams, {gram: weight * share for gram, weight in weights.items()}, found)


def _read(postings: Postings, weights: Mapping[str, float], found: defaultdict[int, float]) -> None:
    lists = [(postings[term], weight) for term, weight in weights.items() if term in postings]
    lists.sort(key=_length)
    left = BUDGET
    for entries, weight in lists:
        left -= len(entries)
        if left < 0:
            return
        for document, impact in entries:
            found[document] += weight * impact


def _length(entry: tuple[list[tuple[int, float]], float]) -> int:
    return len(entry[0])


def _stems(text: str) -> Iterable[str]:
    return (stem(word) for word in words(text))


def _letters(text: str) -> Iterable[str]:
    return all_grams(words(text))


def _count(document: Document, terms: Callable[[str], Iterable[str]]) -> dict[str, float]:
    counts: defaultdict[str, float] = defaultdict(float)
    for passage in document:
        for term in terms(passage.text):
            counts[term] += passage.weight
    return counts


def _idf(documents: Sequence[Mapping[str, float]]) -> dict[str, float]:
    size = len(documents)
    spread = Counter(term for counts in documents for term in counts)
    return {term: math.log(1 + (size - count + 0.5) / (count + 0.5)) for term, count in spread.items()}


def _bm25(documents: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> Postings:
    lengths = [sum(counts.values()) for counts in documents]
    average = sum(lengths) / len(lengths) if lengths else 1.0
    postings: Postings = defaultdict(list)
    for number, counts in enumerate(documents):
        damp = K1 * (1 - B + B * lengths[number] / (average or 1.0))
        for term, count in counts.items():
            postings[term].append((number, idf[term] * count * (K1 + 1) / (count + damp)))
    return dict(postings)


def _cosine(documents: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> Postings:
    postings: Postings = defaultdict(list)
    for number, counts in enumerate(documents):
        weights = {term: math.log1p(count) * idf[term] for term, count in counts.items()}
        norm = math.sqrt(sum(weight * weight for weight in weights.values()))
        for term, weight in weights.items():
            postings[term].append((number, weight / norm if norm else 0.0))
    return dict(postings)
