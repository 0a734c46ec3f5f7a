"""Settings: from the environment and from `config/env/.env`, checked once, at the start."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from domain.errors import ConfigurationError, FieldIssue

ENV_FILE = Path("config/env/.env")
DATA_FOLDER = Path("~/.local/share/orchestrator")

Text = TypeVar("Text", bound=str | SecretStr)


def _url(*schemes: str, such_as: str) -> Callable[[Text], Text]:
    def check(value: Text) -> Text:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not text.startswith(tuple(f"{scheme}://" for scheme in schemes)):
            raise ValueError(f"should be a URL such as {such_as}")
        return value

    return check


def _absolute(path: Path) -> Path:
    try:
        return path.expanduser().absolute()
    except RuntimeError:
        raise ValueError(f"{path} needs a home folder and there is none; give an absolute path") from None


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


PostgresUrl = Annotated[
    SecretStr,
    AfterValidator(
        _url("postgresql", "postgres", such_as="postgresql://user:password@localhost:5432/orchestrator")
    ),
]
RedisUrl = Annotated[
    SecretStr, AfterValidator(_url("redis", "rediss", "unix", such_as="redis://localhost:6379/0"))
]
WebUrl = Annotated[str, AfterValidator(_url("http", "https", such_as="http://localhost:8000"))]
Folder = Annotated[Path, AfterValidator(_absolute)]
Level = Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL"], BeforeValidator(_upper)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]
Dollars = Annotated[float, Field(gt=0, allow_inf_nan=False)]
PlanningSeconds = Annotated[float, Field(gt=0, le=50, allow_inf_nan=False)]
"""Less than after which somebody else is asked to plan the task."""


def _with_prices(text: str) -> str:
    _prices(text)
    return text


Prices = Annotated[str, AfterValidator(_with_prices)]


class Settings(BaseSettings):
    """Everything that can be set from outside; a field's name is its variable's, in lower case.

    What is not given is embedded (database, Redis, gateway) or left out (model, Linear, mail, traces).
    Read it with `load()`, which tells of a bad value in the terms of whoever set it.
    """

    model_config = SettingsConfigDict(
        env_file=ENV_FILE,
        env_file_encoding="utf-8",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        validate_default=True,
    )

    database_url: PostgresUrl | None = Field(None, description="PostgreSQL; without it an embedded one runs")
    redis_url: RedisUrl | None = Field(
        None,
        description="Redis, for notes on what agents did and nothing else; without it an embedded one runs",
    )
    mcp_gateway_url: WebUrl | None = Field(
        None, description="MCP gateway, in place of the manifest's `gateway.url`"
    )

    openai_api_key: SecretStr | None = Field(None, description="Key of the language model's provider")
    openai_base_url: WebUrl | None = Field(None, description="Any OpenAI-compatible server")
    orchestrator_model: str | None = Field(
        None,
        description="Models that plan beside the rules, parted by commas: the first is asked, the others stand in for it; "
        "without any, rules plan alone",
    )
    orchestrator_model_timeout: PlanningSeconds = Field(
        30.0, description="Seconds that planning one request with models may take, retries and all"
    )
    orchestrator_model_tokens: int = Field(
        100_000, ge=1, le=10**9, description="Tokens that planning one request may spend"
    )
    orchestrator_model_answer_tokens: int = Field(
        8_000, ge=400, le=10**6, description="Tokens of one answer at most; less for a model of little memory"
    )
    orchestrator_model_usd: Dollars | None = Field(
        None, description="US dollars that planning one request may spend; every model then needs a price"
    )
    orchestrator_model_prices: Prices = Field(
        "",
        description="US dollars for a million tokens in and out, such as `small=0.15/0.6`, parted by commas",
    )

    orchestrator_data: Folder = Field(
        DATA_FOLDER, description="Data folder: embedded servers, artifacts, logs"
    )
    orchestrator_manifest: Folder | None = Field(
        None, description="Capability manifest; without it the shipped one"
    )
    orchestrator_policy: Folder | None = Field(None, description="Risk policy; without it the shipped one")
    routing_ask_below: float = Field(
        0.0,
        ge=0,
        le=1,
        description="Lead of the best agent, as a share of its score, below which a person assigns; 0 asks nobody",
    )
    routing_embeddings: Folder | None = Field(
        None,
        description="Folder of a sentence model (`model.onnx`, `tokenizer.json`) that routes beside the words; needs the extra "
        "`embeddings`",
    )
    host: str = Field("127.0.0.1", description="Address to serve on")
    port: int = Field(8001, ge=0, le=65_535, description="Port to serve on; 0 takes any free one")
    orchestrator_url: WebUrl = Field(
        "http://127.0.0.1:8001", description="Where the command line finds the API"
    )
    worker_concurrency: int = Field(100, ge=1, le=100_000, description="Tasks that one process runs at once")

    auth_mode: Literal["off", "keys"] = Field(
        "off", description="`keys`: every call needs a key of AUTH_PRINCIPALS; `off`: people are who they say"
    )
    auth_principals: Folder | None = Field(
        None, description="Who may call, with which keys, in which roles; see docs/how/approvals.md"
    )
    auth_metrics: bool = Field(True, description="Whether `/metrics` asks for a key, too")
    orchestrator_api_key: SecretStr | None = Field(
        None, description="Key that the command line sends (`orc_…`)"
    )

    approval_ttl_low: Seconds | None = Field(None, description="Seconds a low-risk approval stays open")
    approval_ttl_medium: Seconds | None = Field(None, description="The same for medium risk")
    approval_ttl_high: Seconds | None = Field(None, description="The same for high risk")
    approval_ttl_critical: Seconds | None = Field(None, description="The same for critical risk")

    linear_api_key: SecretStr | None = Field(
        None, description="Linear: a personal key, or an OAuth token (`lin_oauth_…`)"
    )
    linear_api_url: WebUrl = Field("https://api.linear.app/graphql", description="Where Linear's API is")
    linear_approval_hub_issue_id: str = Field(
        "PR-68", description="Linear issue on which approvals are announced"
    )
    smtp_host: str | None = Field(None, description="Mail server; without it no mail is sent")
    smtp_port: int = Field(587, ge=1, le=65_535, description="Its port")
    smtp_user: str | None = Field(None, description="Account on the mail server")
    smtp_pass: SecretStr | None = Field(None, description="Its password")
    notification_email_to: str | None = Field(
        None, description="Who is mailed about approvals; several addresses are parted by commas"
    )

    notification_email_from: str | None = Field(
        None, description="Sender of mails; by default SMTP_USER, or orchestrator@ the mail server"
    )
    slack_webhook_url: SecretStr | None = Field(None, description="Incoming webhook of a Slack channel")
    notification_webhook_url: WebUrl | None = Field(
        None, description="Gets every approval notice as a signed webhook"
    )
    webhook_secrets: SecretStr | None = Field(
        None, description="Signing secrets (`whsec_…`) of webhooks, the newest first, parted by commas"
    )
    webhook_networks: str = Field(
        "", description="Private networks that webhooks may reach all the same, as CIDR, parted by commas"
    )
    webhook_ports: str = Field(
        "", description="Ports that webhooks may reach besides 80, 443, 8080 and 8443, parted by commas"
    )
    approval_link_secrets: SecretStr | None = Field(
        None, description="Base64 keys that sign the links in mails, the newest first, parted by commas"
    )
    linear_webhook_secret: SecretStr | None = Field(
        None, description="Signing secret of Linear's webhook; without it answers in Linear are not taken"
    )
    audit_key: SecretStr | None = Field(
        None, description="Base64 of 32 bytes that sign the log; without it one in the data folder"
    )
    public_url: WebUrl | None = Field(
        None, description="Where people find this service; by default where it serves"
    )

    otel_exporter_otlp_endpoint: WebUrl | None = Field(
        None, description="OTLP/HTTP collector for traces; without it none are made"
    )
    log_dir: Folder = Field(
        default_factory=lambda data: data["orchestrator_data"] / "logs",
        description="Folder of `orchestrator.log`; by default `logs` in the data folder",
    )
    log_level: Level = Field("INFO", description="DEBUG, INFO, WARNING, ERROR or CRITICAL")

    @property
    def models(self) -> tuple[str, ...]:
        """The names of the models, the preferred one first."""
        return tuple(dict.fromkeys(_listed(self.orchestrator_model or "")))

    @property
    def model_prices(self) -> dict[str, tuple[float, float]]:
        return _prices(self.orchestrator_model_prices)

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must never be written anywhere; the longest first, so that none hides a part of another."""
        values = (getattr(self, name) for name in type(self).model_fields)
        whole = {value.get_secret_value() for value in values if isinstance(value, SecretStr)}
        passwords = {urlsplit(text).password or "" for text in whole}
        return tuple(sorted((whole | passwords) - {""}, key=len, reverse=True))


def _listed(text: str) -> list[str]:
    return [entry.strip() for entry in text.split(",") if entry.strip()]


def _prices(text: str) -> dict[str, tuple[float, float]]:
    found = {}
    for entry in _listed(text):
        name, _, both = entry.rpartition("=")
        amounts = both.split("/")
        if not name.strip() or len(amounts) != 2 or not all(map(_is_amount, amounts)):
            raise ValueError(f"{entry!r} should be a model's name and two prices, such as small=0.15/0.6")
        found[name.strip()] = (float(amounts[0]), float(amounts[1]))
    return found


def _is_amount(text: str) -> bool:
    try:
        return 0 <= float(text) < 1e6
    except ValueError:
        return False


def load(**given: Any) -> Settings:
    """The settings, `given` ones (a command's options) before the environment before the file.

    Raises ConfigurationError that names every bad variable, the reason, and where it can be mended.
    """
    try:
        return Settings(**given)
    except ValidationError as refused:
        issues = tuple(_issues(refused))
    except (OSError, UnicodeDecodeError) as unreadable:
        raise ConfigurationError(
            f"{ENV_FILE} cannot be read ({unreadable}); mend it, or set the variables in the environment"
        ) from None
    told = "; ".join(f"{name} {issue}" for name, issue in issues)
    raise ConfigurationError(f"{told}. Give another value or none.", fields=issues) from None


def _issues(refused: ValidationError) -> list[FieldIssue]:
    """One issue a variable. Values are repeated only where they cannot be secrets."""
    issues = []
    for error in refused.errors(include_url=False, include_context=False):
        if error["type"] == "default_factory_not_called":
            continue
        name = str(error["loc"][0])
        reason = error["msg"].removeprefix("Value error, ").removeprefix("Input ")
        secret = "SecretStr" in str(Settings.model_fields[name].annotation)
        shown = "" if secret else f"= {error['input']!r}"
        issues.append(FieldIssue(name.upper(), f"{shown} {_origin(name)}: {reason}".strip()))
    return issues


def _origin(name: str) -> str:
    named = name in {variable.lower() for variable in os.environ}
    return "(from the environment)" if named else f"(from {ENV_FILE} or an option)"
