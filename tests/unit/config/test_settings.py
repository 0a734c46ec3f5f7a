"""Settings come from the environment and from one file, and a bad one is told in its own terms."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from agent.config import Settings, load
from agent.service.planning import PLANNING_TAKES
from domain.errors import ConfigurationError


@pytest.fixture(autouse=True)
def empty(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """No variable set, no file in the working directory."""
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write_env_file(folder: Path, text: str) -> None:
    (folder / "config/env").mkdir(parents=True)
    (folder / "config/env/.env").write_text(text, encoding="utf-8")


def test_with_nothing_set_everything_is_embedded_or_left_out() -> None:
    settings = load()
    assert settings.database_url is None
    assert settings.redis_url is None
    assert settings.openai_api_key is None
    assert (settings.host, settings.port, settings.worker_concurrency) == ("127.0.0.1", 8001, 100)
    assert settings.orchestrator_data == Path.home() / ".local/share/orchestrator"
    assert settings.log_dir == settings.orchestrator_data / "logs"
    assert settings.linear_approval_hub_issue_id == "PR-68"


def test_the_file_is_read_and_the_environment_wins_over_it(
    empty: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_env_file(empty, "PORT=9000\nSMTP_HOST=mail.example.org\nSOMEBODY_ELSES=1\n")
    monkeypatch.setenv("PORT", "9100")
    settings = load()
    assert settings.port == 9100
    assert settings.smtp_host == "mail.example.org"


def test_an_option_wins_over_both(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9100")
    assert load(port=9200).port == 9200


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose files and CI pass `NAME=` for what they do not have."""
    monkeypatch.setenv("DATABASE_URL", "")
    monkeypatch.setenv("APPROVAL_TTL_HIGH", "")
    settings = load()
    assert settings.database_url is None
    assert settings.approval_ttl_high is None


def test_logs_follow_the_data_folder_unless_told_otherwise(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_DATA", "~/elsewhere")
    assert load().log_dir == Path.home() / "elsewhere/logs"
    monkeypatch.setenv("LOG_DIR", "here")
    assert load().log_dir == Path.cwd() / "here"


@pytest.mark.parametrize(
    ("name", "value", "reason"),
    [
        ("PORT", "eighty", "valid integer"),
        ("PORT", "70000", "less than or equal to 65535"),
        ("APPROVAL_TTL_CRITICAL", "0", "greater than 0"),
        ("APPROVAL_TTL_LOW", "inf", "finite"),
        ("DATABASE_URL", "mysql://h/d", "postgresql://user:password@localhost:5432/orchestrator"),
        ("REDIS_URL", "localhost", "redis://localhost:6379/0"),
        ("MCP_GATEWAY_URL", "gateway:8000", "http://localhost:8000"),
        ("WORKER_CONCURRENCY", "0", "greater than or equal to 1"),
        ("LOG_LEVEL", "loud", "'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'"),
    ],
)
def test_a_bad_value_is_told_with_its_variable_reason_and_place(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, reason: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert refused.value.code == "CONFIG_INVALID"
    assert [issue.path for issue in refused.value.fields] == [name]
    assert name in refused.value.message
    assert reason in refused.value.message
    assert "environment" in refused.value.message


def test_all_bad_values_are_told_at_once_and_those_of_the_file_with_the_file(empty: Path) -> None:
    write_env_file(empty, "PORT=x\nLOG_LEVEL=y\n")
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert [issue.path for issue in refused.value.fields] == ["PORT", "LOG_LEVEL"]
    assert "config/env/.env" in refused.value.message


def test_a_refused_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "mysql://me:hush-hush@host/db")
    with pytest.raises(ConfigurationError) as refused:
        load()
    assert "hush-hush" not in refused.value.message


def test_a_file_that_is_no_text_is_told(empty: Path) -> None:
    write_env_file(empty, "")
    (empty / "config/env/.env").write_bytes(b"PORT=\xff\xfe\n")
    with pytest.raises(ConfigurationError, match=r"config/env/\.env cannot be read"):
        load()


def test_secrets_do_not_show_and_are_listed_for_whoever_must_hide_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-very-secret")
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:hush-hush@host/db")
    settings = load()
    assert "very-secret" not in repr(settings)
    assert "hush-hush" not in repr(settings)
    assert {"sk-very-secret", "hush-hush"} <= set(settings.secrets)


def test_settings_do_not_change() -> None:
    with pytest.raises(ValidationError):
        load().port = 1  # type: ignore[misc]


def test_every_setting_says_what_it_is_for() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_models_are_a_list_and_prices_have_their_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_MODEL", " small , other/large,, small")
    monkeypatch.setenv("ORCHESTRATOR_MODEL_PRICES", "small=0.15/0.6, other/large = 3/15")
    assert load().models == ("small", "other/large")
    assert load().model_prices == {"small": (0.15, 0.6), "other/large": (3.0, 15.0)}


@pytest.mark.parametrize("told", ["small", "small=1", "small=1/x", "=1/2", "small=-1/2", "small=nan/2"])
def test_prices_that_cannot_be_read_are_refused(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCHESTRATOR_MODEL_PRICES", told)
    with pytest.raises(ConfigurationError, match=r"ORCHESTRATOR_MODEL_PRICES.*such as small=0\.15/0\.6"):
        load()


def test_planning_with_models_ends_before_another_is_asked_to_plan(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().orchestrator_model_timeout < PLANNING_TAKES.total_seconds()
    monkeypatch.setenv("ORCHESTRATOR_MODEL_TIMEOUT", str(PLANNING_TAKES.total_seconds()))
    with pytest.raises(ConfigurationError, match="ORCHESTRATOR_MODEL_TIMEOUT"):
        load()
