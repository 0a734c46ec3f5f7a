"""Where commands look for the service, and how its word gets there and goes again."""

from pathlib import Path

import pytest

from agent.cli.address import Address, Where, leave_word, take_back
from agent.cli.refusal import Refusal


@pytest.fixture
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("ORCHESTRATOR_URL", raising=False)
    monkeypatch.setenv("ORCHESTRATOR_DATA", str(tmp_path))
    return tmp_path


def test_an_option_goes_before_the_environment_before_the_running_service_before_the_usual_place(
    data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert Where().find() == Address("http://127.0.0.1:8001", "the usual place")
    leave_word(data, "http://127.0.0.1:4242")
    assert Where().find() == Address("http://127.0.0.1:4242", str(data / "url"))
    monkeypatch.setenv("ORCHESTRATOR_URL", "http://other:1/")
    assert Where().find() == Address("http://other:1", "ORCHESTRATOR_URL")
    assert Where(url="https://third/").find() == Address("https://third", "--url")


def test_another_folder_has_its_own_service(data: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    leave_word(other, "http://127.0.0.1:1")
    assert Where(data=other).find().url == "http://127.0.0.1:1"
    assert Where().find().told_by == "the usual place"


def test_a_word_is_taken_back_by_whoever_left_it(data: Path) -> None:
    leave_word(data, "http://127.0.0.1:1")
    take_back(data, "http://127.0.0.1:2")
    assert Where().find().url == "http://127.0.0.1:1"
    take_back(data, "http://127.0.0.1:1")
    take_back(data, "http://127.0.0.1:1")
    assert Where().find().told_by == "the usual place"


def test_what_is_no_address_is_wrong_usage() -> None:
    with pytest.raises(Refusal, match="is no address") as refused:
        Where(url="localhost:8001").find()
    assert refused.value.exit_code == 2


def test_commands_that_are_shown_lead_to_the_same_service(tmp_path: Path) -> None:
    assert Where().suffix == ""
    assert Where(data=tmp_path / "my data").suffix == f" --data '{tmp_path / 'my data'}'"
    assert Where(url="http://x:1").suffix == " --url http://x:1"
