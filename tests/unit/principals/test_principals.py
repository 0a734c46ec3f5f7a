import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from agent.principals import (
    KEY,
    digest_of,
    load_principals,
    parse_principals,
    principals_schema,
)
from agent.service.keyring import Keyring
from domain.errors import PrincipalsError, UnauthenticatedError
from tests.kit.people import People, entry, key_of

MANIFESTS = Path(__file__).parents[3] / "manifests"
NOW = datetime(2026, 1, 1, tzinfo=UTC)


class Noon:
    def now(self) -> datetime:
        return NOW


def written(*entries: dict[str, Any]) -> str:
    return yaml.safe_dump({"schema_version": "1.0", "principals": list(entries)})


def test_the_example_loads_and_fits_the_schema_beside_it() -> None:
    example = MANIFESTS / "principals.example.yaml"
    load_principals(example)
    schema = json.loads((MANIFESTS / "principals.schema.json").read_text())
    assert schema == principals_schema()
    jsonschema.Draft202012Validator(schema).validate(yaml.safe_load(example.read_text()))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("schema_version: '1.0'\nprincipals: []", "principals"),
        (written(entry("ann"), entry("ann")), "stands twice"),
        (written(entry("ann"), entry("bob", email="ANN")), "stands twice"),
        (written(entry("ann"), {**entry("bob"), "keys": entry("ann")["keys"]}), "stands twice"),
        (written({**entry("ann"), "keys": [{"id": "a", "sha256": key_of("ann")}]}), "sha256"),
        (written(entry("ann", may=("everything",))), "may"),
        (written({**entry("ann"), "password": "x"}), "password"),
        (written({**entry("ann"), "roles": ["Tech Lead"]}), "roles"),
        ("schema_version: '1.0'\nschema_version: '1.0'\nprincipals: []", "twice"),
        ("{", "no YAML"),
    ],
)
def test_a_file_that_is_not_understood_is_refused_with_the_place(text: str, told: str) -> None:
    with pytest.raises(PrincipalsError, match=told):
        parse_principals(text)


def test_a_file_that_is_not_there_lets_nobody_in(tmp_path: Path) -> None:
    with pytest.raises(PrincipalsError, match="cannot be read"):
        Keyring(tmp_path / "none.yaml", Noon())


def test_a_key_opens_for_its_owner_and_nobody_learns_why_another_does_not(tmp_path: Path) -> None:
    old = [{"id": "old", "sha256": digest_of(key_of("old")), "expires_at": NOW.isoformat()}]
    lost = [{"id": "lost", "sha256": digest_of(key_of("lost")), "revoked": True}]
    ann = entry("ann", "tech_lead", may=("submit",), email="ann@example.com")
    ann["keys"] += old + lost
    ring = People(tmp_path / "people.yaml", Noon(), ann).keyring
    known = ring.authenticate(key_of("ann"))
    assert (known.id, known.roles, known.authenticated) == ("ann", ("tech_lead",), True)
    said = set()
    for bad in ("old", "lost", "never-made"):
        with pytest.raises(UnauthenticatedError) as refused:
            ring.authenticate(key_of(bad))
        said.add(refused.value.message)
    for bad in ("orc_short", digest_of(key_of("ann")), "ann"):
        with pytest.raises(UnauthenticatedError):
            ring.authenticate(bad)
    assert len(said) == 1
    with pytest.raises(UnauthenticatedError, match="ORCHESTRATOR_API_KEY"):
        ring.authenticate(None)


async def test_what_is_taken_away_is_gone_without_a_restart(tmp_path: Path) -> None:
    people = People(tmp_path / "people.yaml", Noon(), entry("ann", "tech_lead"), entry("bob"))
    await people.change("ann", roles=[])
    assert people.keyring.authenticate(key_of("ann")).roles == ()
    await people.change("ann", keys=[{"id": "one", "sha256": digest_of(key_of("ann")), "revoked": True}])
    with pytest.raises(UnauthenticatedError):
        people.keyring.authenticate(key_of("ann"))
    await people.change("ann")
    assert people.keyring.known("ann") is None


async def test_a_file_that_breaks_while_the_service_runs_shuts_nobody_out_and_is_complained_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    people = People(tmp_path / "people.yaml", Noon(), entry("ann"))
    people.path.write_text("principals: oops")
    await people.keyring.refresh()
    assert people.keyring.authenticate(key_of("ann")).id == "ann"
    assert "refused" in caplog.text


def test_accounts_elsewhere_lead_to_their_owner_and_names_do_not(tmp_path: Path) -> None:
    ann = entry("ann", name="Ann Example", email="Ann@Example.com", linear="u-1")
    ring = People(tmp_path / "people.yaml", Noon(), ann).keyring
    found = [ring.called(name) for name in ("ann", "ann@example.com", "U-1", "Ann Example", "")]
    assert [person.id if person else None for person in found] == ["ann", "ann", "ann", None, None]


def test_admin_holds_the_ordinary_rights_and_not_the_hammer(tmp_path: Path) -> None:
    ring = People(tmp_path / "people.yaml", Noon(), entry("root", may=("admin",))).keyring
    root = ring.authenticate(key_of("root"))
    assert [root.may("submit"), root.may("operate"), root.may("admin"), root.may("break-glass")] == [
        True,
        True,
        True,
        False,
    ]


def test_a_key_that_is_made_is_one_that_is_known() -> None:
    assert KEY.fullmatch(key_of("ann"))
    late = parse_principals(written(entry("ann"))).by_key(digest_of(key_of("ann")), NOW + timedelta(days=9))
    assert late is not None
