"""What every scorer of routing keeps to, and that the sentence model's files are read, kept and refused as told.

`SENTENCE_MODEL=FOLDER` holds a real model, such as all-MiniLM-L6-v2, to the same (`task embeddings`).
"""

import asyncio
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from agent.bootstrap.models import planner_of
from agent.bootstrap.plans import plans
from agent.cli.doctor.agents import agents as looked_at
from agent.config import Settings, load
from agent.embeddings.encoder import Encoder
from agent.embeddings.meaning import Meaning, meaning
from agent.embeddings.shelf import Shelf
from domain.agent import Agent, HttpEndpoint, Manifest, Need, Skill
from domain.errors import ConfigurationError
from domain.request import Request
from routing.ports import Scorer
from routing.route import Router
from tests.kit.sentences import write_model


def an_agent(name: str, says: str, *examples: str) -> Agent:
    return Agent(
        id=name,
        description=says,
        skills=(Skill(id="work", examples=examples),),
        endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"),
    )


AGENTS = (
    an_agent("painter", "Paints walls and fences", "paint a mural"),
    an_agent("plumber", "Repairs pipes, taps and boilers"),
    an_agent("baker", "Bakes bread", "bake a loaf"),
)
MANIFEST = Manifest(schema_version="1.0", agents=AGENTS, version="f" * 64)
CROISSANT = "three croissants"
"""No word of it is an agent's."""

GOLDEN = Path(__file__).parents[1] / "golden" / "agents.json"
MODELS = ["table", "pooled", *(["real"] if os.environ.get("SENTENCE_MODEL") else [])]


@pytest.fixture(params=MODELS)
def model(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    if request.param == "real":
        return Path(os.environ["SENTENCE_MODEL"])
    return write_model(tmp_path / "model", pooled=request.param == "pooled")


@pytest.fixture
def scorer(model: Path, tmp_path: Path) -> Scorer:
    return meaning(MANIFEST, model, tmp_path)


def test_scores_are_shares_of_agents_that_there_are(scorer: Scorer) -> None:
    scores = scorer.scores(CROISSANT)
    assert set(scores) <= {agent.id for agent in AGENTS}
    assert all(0.0 <= score <= 1.0 for score in scores.values())
    assert scorer.weight > 0


def test_the_same_text_is_scored_the_same_way_also_by_many_threads_at_once(scorer: Scorer) -> None:
    texts = [f"{CROISSANT} and {number} loaf" for number in range(16)]
    alone = [dict(scorer.scores(text)) for text in texts]
    with ThreadPoolExecutor(4) as pool:
        assert [dict(scores) for scores in pool.map(scorer.scores, texts)] == alone


def test_an_empty_text_and_one_of_unknown_words_are_no_error(scorer: Scorer) -> None:
    for text in ("", "   ", "xyzzy", "\x00\u202e", "water " * 5_000):
        assert all(0.0 <= score <= 1.0 for score in scorer.scores(text).values())


def test_what_means_the_same_is_nearest_though_no_word_is_shared(scorer: Scorer) -> None:
    scores = scorer.scores(CROISSANT)
    assert max(scores, key=lambda agent: scores[agent]) == "baker"


def test_the_router_finds_by_meaning_what_it_does_not_find_by_words(scorer: Scorer) -> None:
    assert Router(MANIFEST).rank(Need(text=CROISSANT)).low_confidence
    ranking = Router(MANIFEST, scorers=[scorer]).rank(Need(text=CROISSANT))
    assert ranking.chosen == "baker"
    assert not ranking.low_confidence


def test_a_manifest_of_nobody_is_no_error(model: Path, tmp_path: Path) -> None:
    nobody = Manifest(schema_version="1.0", agents=(), version="0" * 64)
    assert meaning(nobody, model, tmp_path).scores(CROISSANT) == {}


class Counting(Encoder):
    def __init__(self, folder: Path) -> None:
        self.asked: list[int] = []
        super().__init__(folder)

    def encode(self, texts: list[str]) -> object:  # type: ignore[override]
        self.asked.append(len(texts))
        return super().encode(texts)


def test_a_manifests_vectors_are_computed_once_a_version_and_a_text_once(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model")
    first, second = Counting(folder), Counting(folder)
    said = Meaning(MANIFEST, first, Shelf(tmp_path)).scores(CROISSANT)
    again = Meaning(MANIFEST, second, Shelf(tmp_path))
    assert (again.scores(CROISSANT), again.scores(CROISSANT)) == (said, said)
    assert (first.asked[1:], second.asked) == ([1], [1])
    other = MANIFEST.model_copy(update={"version": "e" * 64, "agents": AGENTS[:2]})
    Meaning(other, second, Shelf(tmp_path))
    assert len(second.asked) == 2


def test_a_kept_file_that_is_cut_off_is_computed_anew(tmp_path: Path) -> None:
    folder = write_model(tmp_path / "model")
    said = meaning(MANIFEST, folder, tmp_path).scores(CROISSANT)
    (kept,) = (tmp_path / "embeddings").glob("*.npy")
    kept.write_bytes(kept.read_bytes()[:100])
    assert meaning(MANIFEST, folder, tmp_path).scores(CROISSANT) == said


def test_looking_makes_no_data_folder(tmp_path: Path) -> None:
    data = tmp_path / "not-there"
    meaning(MANIFEST, write_model(tmp_path / "model"), data)
    assert not data.exists()


def no_folder(folder: Path) -> None:
    """Nothing is there."""


def no_tokenizer(folder: Path) -> None:
    (write_model(folder) / "tokenizer.json").unlink()


def no_model(folder: Path) -> None:
    (write_model(folder) / "model.onnx").unlink()


def a_page(folder: Path) -> None:
    (write_model(folder) / "model.onnx").write_text("<html>not found</html>")


def no_words(folder: Path) -> None:
    (write_model(folder) / "tokenizer.json").write_text("{}")


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (no_folder, "there is no such folder"),
        (no_tokenizer, "it has no tokenizer.json"),
        (no_model, "it has no model.onnx"),
        (a_page, "its files cannot be read"),
        (no_words, "its files cannot be read"),
    ],
)
def test_files_that_are_no_model_are_refused_with_the_setting_the_reason_and_the_way_out(
    tmp_path: Path, spoil: Callable[[Path], None], reason: str
) -> None:
    spoil(tmp_path / "model")
    with pytest.raises(ConfigurationError, match="unset it") as refused:
        meaning(MANIFEST, tmp_path / "model", tmp_path)
    assert refused.value.message.startswith(f"ROUTING_EMBEDDINGS={tmp_path / 'model'}: {reason}")


def settings(tmp_path: Path, model: Path) -> Settings:
    return load(orchestrator_data=tmp_path / "data", orchestrator_manifest=GOLDEN, routing_embeddings=model)


def test_the_setting_gives_the_model_a_say_and_plans_are_made_beside_the_loop(tmp_path: Path) -> None:
    drawn = plans(settings(tmp_path, write_model(tmp_path / "model")))
    assert drawn.in_thread
    request = Request(task_id="t", title="Write the guide, then deploy it to staging")
    made = asyncio.run(planner_of(drawn, None).plan(request, revision=1, numbers={}))
    assert made == drawn.planning.plan_by_rules(request)


async def test_the_doctor_tells_whether_a_model_has_a_say(tmp_path: Path) -> None:
    async def told(model: Path) -> tuple[str, str]:
        seen = await looked_at(settings(tmp_path, model), asyncio.Event())
        found = [check for check in seen if check.name == "embeddings"]
        return found[0].state, found[0].says

    assert (await told(write_model(tmp_path / "model")))[0] == "ok"
    state, says = await told(tmp_path / "nowhere")
    assert state == "broken"
    assert "there is no such folder" in says
