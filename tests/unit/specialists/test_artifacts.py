"""Large values leave their outputs and come back; nothing else can be read that way."""

from pathlib import Path

import pytest

from agent.artifacts import REFERENCE, Artifacts
from domain.attempt import Artifact
from domain.base import Json, JsonObject
from domain.errors import NotFoundError


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    return Artifacts(tmp_path / "artifacts", inline_bytes=100)


def overwrite(artifact: Artifact, data: bytes) -> None:
    Path(artifact.uri.removeprefix("file://")).write_bytes(data)


def link(artifact: Artifact, target: Path) -> None:
    path = Path(artifact.uri.removeprefix("file://"))
    path.unlink()
    path.symlink_to(target)


async def test_small_outputs_stay_where_they_are(artifacts: Artifacts) -> None:
    assert await artifacts.spill("t", {"a": "b"}) == ({"a": "b"}, ())


async def test_only_as_much_is_moved_out_as_has_to_be(artifacts: Artifacts) -> None:
    left, kept = await artifacts.spill("t", {"large": "x" * 200, "small": [1, 2]})
    assert left["small"] == [1, 2]
    assert [artifact.name for artifact in kept] == ["large.json"]


async def test_what_was_moved_out_comes_back_wherever_it_lies(artifacts: Artifacts) -> None:
    outputs: JsonObject = {"large": ["{{ é }}" * 50, None], "small": 1}
    left, _ = await artifacts.spill("t", outputs)
    assert await artifacts.restore("t", {"a::t::1": left}) == {"a::t::1": outputs}


async def test_keeping_twice_is_keeping_once(artifacts: Artifacts, tmp_path: Path) -> None:
    first = await artifacts.keep("t", "../../notes of July.md", b"text", "text/markdown")
    assert await artifacts.keep("t", "../../notes of July.md", b"text", "text/markdown") == first
    assert [path.parent for path in (tmp_path / "artifacts").rglob("*.md")] == [tmp_path / "artifacts" / "t"]


@pytest.mark.parametrize(
    "uri",
    [
        "file:///etc/passwd",
        "file://{root}/other/secret",
        "http://localhost/x",
        "file://{root}/t/../other/secret",
    ],
)
async def test_a_reference_that_an_agent_made_up_opens_nothing(
    artifacts: Artifacts, tmp_path: Path, uri: str
) -> None:
    (tmp_path / "artifacts" / "other").mkdir(parents=True)
    (tmp_path / "artifacts" / "other" / "secret").write_text("1")
    made_up: Json = {REFERENCE: Artifact(name="x", uri=uri.format(root=tmp_path / "artifacts")).model_dump()}
    with pytest.raises(NotFoundError, match="not an artifact of task t"):
        await artifacts.restore("t", {"input": made_up})


async def test_a_reference_in_no_known_form_is_refused(artifacts: Artifacts) -> None:
    with pytest.raises(NotFoundError, match="form that nobody wrote"):
        await artifacts.restore("t", {REFERENCE: "x"})


async def test_an_artifact_that_was_changed_is_not_given_out(artifacts: Artifacts) -> None:
    artifact = await artifacts.keep("t", "a", b"1", "text/plain")
    overwrite(artifact, b"2")
    with pytest.raises(NotFoundError, match="has changed"):
        await artifacts.read("t", artifact)


async def test_a_symlink_in_place_of_an_artifact_is_not_followed(
    artifacts: Artifacts, tmp_path: Path
) -> None:
    artifact = await artifacts.keep("t", "a", b"1", "text/plain")
    (tmp_path / "elsewhere").write_bytes(b"1")
    link(artifact, tmp_path / "elsewhere")
    with pytest.raises(NotFoundError, match="cannot be read"):
        await artifacts.read("t", artifact)
