import io
import json
from pathlib import Path

import pytest

from agent.cli.app import run
from agent.cli.exits import Exit
from agent.principals import KEY, digest_of, parse_principals

EXAMPLE = Path(__file__).parents[3] / "manifests" / "principals.example.yaml"


def test_a_key_is_shown_once_with_the_entry_that_knows_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["keys", "make", "--id", "laptop", "--days", "30"]) == Exit.OK
    key, *entry = capsys.readouterr().out.splitlines()
    assert KEY.fullmatch(key)
    under = "\n".join(f"      {line}" for line in entry)
    text = f"schema_version: '1.0'\nprincipals:\n  - id: ann\n    keys:\n{under}\n"
    made = parse_principals(text).principals[0].keys[0]
    assert (made.id, made.sha256) == ("laptop", digest_of(key))
    assert made.expires_at is not None


def test_no_two_keys_are_the_same(capsys: pytest.CaptureFixture[str]) -> None:
    keys = set()
    for _ in range(20):
        run(["keys", "make", "--json"])
        keys.add(json.loads(capsys.readouterr().out)["key"])
    assert len(keys) == 20


def test_a_digest_is_made_of_a_key_and_of_nothing_that_people_think_up(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    run(["keys", "make", "--json"])
    made = json.loads(capsys.readouterr().out)
    monkeypatch.setattr("sys.stdin", io.StringIO(made["key"] + "\n"))
    assert run(["keys", "digest"]) == Exit.OK
    assert capsys.readouterr().out.strip() == made["entry"]["sha256"]
    monkeypatch.setattr("sys.stdin", io.StringIO("correct horse\n"))
    assert run(["keys", "digest"]) == Exit.USAGE


def test_the_file_is_checked_and_its_people_listed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert run(["keys", "check", "--file", str(EXAMPLE)]) == Exit.OK
    assert "tech_lead" in capsys.readouterr().out
    bad = tmp_path / "bad.yaml"
    bad.write_text("principals: []")
    assert run(["keys", "check", "--file", str(bad)]) == Exit.ERROR
    assert "schema_version" in capsys.readouterr().err
