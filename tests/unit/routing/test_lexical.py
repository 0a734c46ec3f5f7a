"""Words, their weights, and the time a search may take."""

import random

from routing.lexical import DEPTH, LEADERS, READ, LexicalIndex, Passage
from routing.nearby import Neighbours
from routing.query import GIVEN, LATER, VERB, terms
from routing.words import stem


def weights(text: str) -> dict[str, float]:
    return {term.word: term.weight for term in terms(text)}


def test_forms_of_a_word_share_a_stem() -> None:
    assert len({stem(word) for word in ("deploy", "deploys", "deployed", "deploying", "deployment")}) == 1
    assert stem("classification") == stem("classify") or stem("classes") == stem("class")


def test_the_verb_leads_and_circumstances_follow() -> None:
    found = weights("Classify the image based on the extracted text using the tagger")
    assert found["classify"] == VERB
    assert found["image"] == 1.0
    assert found["extracted"] == GIVEN
    assert found["text"] == LATER
    assert found["tagger"] == 1.0


def test_each_sentence_has_a_verb_of_its_own() -> None:
    found = weights("Fix the bug. Deploy it")
    assert found["fix"] == found["deploy"] == VERB


def test_unknown_words_find_their_neighbours_by_letters() -> None:
    nearby = Neighbours(["kubernetes", "database", "painting"])
    assert nearby.of("kubernets")[0][0] == "kubernetes"
    assert nearby.of("zzzz") == ()
    assert nearby.of("ab") == ()


def test_a_large_index_agrees_with_a_full_search_on_its_leader() -> None:
    draw = random.Random(7)
    vocabulary = [f"word{n}" for n in range(300)]
    documents = [
        tuple(Passage(" ".join(draw.choices(vocabulary, k=12))) for _ in range(2)) for _ in range(4 * DEPTH)
    ]
    index = LexicalIndex(documents)
    agreed = 0
    for _ in range(50):
        query = terms(" ".join(draw.choices(vocabulary, k=READ + 4)))
        scored = index.score(query)
        weighed = index._weighed(query)
        full = [sum(w * impacts.get(term, 0.0) for term, w in weighed.items()) for impacts in index.impacts]
        agreed += full[scored.order[0]] >= max(full) - 1e-9
        assert all(abs(full[n] - scored.scores[n]) < 1e-9 for n in scored.order[:LEADERS])
    assert agreed >= 45
