"""How well documents fit a query: BM25 over stems and concepts, from inverted lists.

BM25 after S. Robertson and H. Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009),
divided by what a perfect match would give, so that scores lie in 0–1.
"""

import heapq
import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from routing.concepts import concepts_of
from routing.nearby import Neighbours
from routing.query import Term
from routing.words import stem, words

K1 = 2.0
B = 0.5
CONCEPT = 1.0
"""What a shared concept counts beside a shared word; split among the concepts of a word of several."""

CONCEPT_K1 = 2.0
UNKNOWN = 0.3
"""What a look-alike of an unknown word counts, times its likeness."""

LOOKED_UP = 6
"""Unknown words of a query for which look-alikes are sought."""

DEPTH = 80
READ = 12
LEADERS = 24
"""A decision's time is bounded whatever the manifest holds: of each of the 12 weightiest terms the 80
strongest documents are read, and the 24 leaders are then scored on everything. Only the far field is
approximate; a manifest of up to 80 different agents is scored exactly for needs of up to 12 terms."""


class Passage(NamedTuple):
    """A piece of a document and how much a word in it counts."""

    text: str
    weight: float = 1.0


Document = tuple[Passage, ...]
Lists = dict[str, list[tuple[int, float]]]


class Scored(NamedTuple):
    """Scores in 0–1 of the documents that share anything with the query, and their order by it."""

    scores: Mapping[int, float]
    order: list[int]


class LexicalIndex:
    """Documents prepared once; a query then touches only the lists of its own terms."""

    def __init__(self, documents: Sequence[Document]) -> None:
        counts = [_counted(document) for document in documents]
        size = len(counts)
        spread = Counter(term for count in counts for term in count)
        self._idf = {t: math.log(1 + (size - n + 0.5) / (n + 0.5)) for t, n in spread.items()}
        self._unseen = math.log(1 + (size + 0.5) / 0.5)
        self.impacts = _impacts(counts, self._idf)
        """For each document, what each of its terms adds to a score."""
        self._lists, self._cut = _inverted(self.impacts)
        self._nearby = Neighbours(term for term in self._idf if not term.startswith("~"))

    def score(self, query: Sequence[Term]) -> Scored:
        weights = self._weighed(query)
        read = self._weightiest(weights)
        scores: defaultdict[int, float] = defaultdict(float)
        for term in read:
            weight = weights[term]
            for document, impact in self._lists[term]:
                scores[document] += weight * impact
        order = sorted(scores, key=scores.__getitem__, reverse=True)
        if len(read) < len(weights) or not self._cut.isdisjoint(read):
            self._complete(weights, scores, order)
        return Scored(scores, order)

    def _weighed(self, query: Sequence[Term]) -> dict[str, float]:
        weights: defaultdict[str, float] = defaultdict(float)
        perfect, unknown = 0.0, 0
        for _, stemmed, weight in query:
            idf = self._idf.get(stemmed)
            if idf is None:
                perfect += weight * self._unseen
                unknown += 1
                for other, likeness in self._nearby.of(stemmed) if unknown <= LOOKED_UP else ():
                    weights[other] = max(weights[other], UNKNOWN * likeness * weight)
            else:
                perfect += weight * idf
                weights[stemmed] = max(weights[stemmed], weight)
            concepts = concepts_of(stemmed)
            for concept in concepts:
                weights[concept] += CONCEPT * weight / len(concepts)
        scale = 1 / (perfect * (K1 + 1)) if perfect else 0.0
        return {term: weight * scale for term, weight in weights.items() if term in self._lists}

    def _weightiest(self, weights: Mapping[str, float]) -> Sequence[str]:
        if len(weights) <= READ:
            return list(weights)
        return heapq.nlargest(READ, weights, key=lambda term: weights[term] * self._idf[term])

    def _complete(self, weights: Mapping[str, float], scores: dict[int, float], order: list[int]) -> None:
        leaders = order[:LEADERS]
        for document in leaders:
            impacts = self.impacts[document]
            scores[document] = sum([weights[term] * impacts[term] for term in weights if term in impacts])
        order[:LEADERS] = sorted(leaders, key=scores.__getitem__, reverse=True)


def _counted(document: Document) -> dict[str, float]:
    counts: defaultdict[str, float] = defaultdict(float)
    for passage in document:
        for stemmed in map(stem, words(passage.text)):
            counts[stemmed] += passage.weight
            concepts = concepts_of(stemmed)
            for concept in concepts:
                counts[concept] += passage.weight / len(concepts)
    return dict(counts)


def _impacts(counts: Sequence[Mapping[str, float]], idf: Mapping[str, float]) -> list[dict[str, float]]:
    lengths = [sum(n for term, n in count.items() if not term.startswith("~")) for count in counts]
    average = (sum(lengths) / len(lengths) if lengths else 0.0) or 1.0
    return [
        {term: idf[term] * (K1 + 1) * _saturated(term, n, length / average) for term, n in count.items()}
        for count, length in zip(counts, lengths, strict=True)
    ]


def _saturated(term: str, count: float, length: float) -> float:
    damp = CONCEPT_K1 if term.startswith("~") else K1 * (1 - B + B * length)
    return count / (count + damp)


def _inverted(impacts: Iterable[Mapping[str, float]]) -> tuple[Lists, frozenset[str]]:
    """For each term the documents that have it, and the terms whose lists were cut."""
    whole: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for document, terms in enumerate(impacts):
        for term, impact in terms.items():
            whole[term].append((document, impact))
    lists = {term: sorted(entries, key=_strongest)[:DEPTH] for term, entries in whole.items()}
    return lists, frozenset(term for term, entries in whole.items() if len(entries) > DEPTH)


def _strongest(entry: tuple[int, float]) -> tuple[float, int]:
    return -entry[1], entry[0]
