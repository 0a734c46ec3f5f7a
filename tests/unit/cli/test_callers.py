"""Whether anybody who reaches a service may say yes there, as the doctor tells it."""

from pathlib import Path

import pytest

from agent.cli.doctor.callers import callers, told
from agent.config import Settings


def settings(**given: object) -> Settings:
    return Settings.model_validate({"orchestrator_data": Path("/nowhere"), **given})


@pytest.mark.parametrize(
    ("host", "state"),
    [
        ("127.0.0.1", "off"),
        ("::1", "off"),
        ("localhost", "off"),
        ("0.0.0.0", "warning"),
        ("10.0.0.5", "warning"),
    ],
)
def test_without_keys_it_matters_who_reaches_the_service(host: str, state: str) -> None:
    found = callers(settings(host=host))
    assert found.state == state
    assert "AUTH_MODE=keys" in (found.mend or "")
    assert "no key is asked for" in told(settings(host=host))


def test_the_file_of_principals_is_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "principals.yaml"
    keyed = settings(auth_mode="keys", auth_principals=file)
    assert callers(settings(auth_mode="keys")).state == "broken"
    assert callers(keyed).state == "broken"
    file.write_text("schema_version: '1.0'\nprincipals:\n  - {id: ann, roles: [tech_lead]}\n")
    assert (callers(keyed).state, callers(keyed).says) == ("ok", f"need a key; 1 person in {file}")
    assert told(keyed) == f"need a key of {file}"
