"""Where the API is: as told, as set, or as the running service has written into its data folder."""

import os
import shlex
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

from pydantic import SecretStr

from agent.cli.refusal import usage
from agent.config import Settings, load

FILE: Final = "url"
"""In the data folder, for as long as a service runs on it: it may have taken any free port."""


class Address(NamedTuple):
    """`told_by` says whose word it is, for the message that nobody answers there."""

    url: str
    told_by: str
    key: SecretStr | None = None
    """What proves there who calls, if anything does."""


class Where(NamedTuple):
    """What a command was told about the service it shall speak to."""

    url: str | None = None
    data: Path | None = None

    def find(self) -> Address:
        """`--url`, then ORCHESTRATOR_URL, then the data folder's own word, then the usual place."""
        settings = settings_in(self.data)
        key = settings.orchestrator_api_key
        if self.url is not None:
            return Address(_checked(self.url), "--url", key)
        if "orchestrator_url" in settings.model_fields_set:
            return Address(settings.orchestrator_url.rstrip("/"), "ORCHESTRATOR_URL", key)
        told = settings.orchestrator_data / FILE
        with suppress(OSError):
            if written := told.read_text(encoding="utf-8").strip():
                return Address(written, str(told), key)
        return Address(settings.orchestrator_url.rstrip("/"), "the usual place", key)

    @property
    def suffix(self) -> str:
        """The same for another command, as it is typed."""
        given = (("--url", self.url), ("--data", self.data))
        return "".join(f" {name} {shlex.quote(str(value))}" for name, value in given if value is not None)


def settings_in(data: Path | None, **given: object) -> Settings:
    """The settings, with what options say; an option that was not given changes nothing."""
    chosen = {"orchestrator_data": data, **given}
    return load(**{name: value for name, value in chosen.items() if value is not None})


def leave_word(folder: Path, url: str) -> None:
    """Tell other commands where this service answers; whole or not at all."""
    partial = folder / f".{FILE}.{os.getpid()}"
    partial.write_text(f"{url}\n", encoding="utf-8")
    partial.replace(folder / FILE)


def take_back(folder: Path, url: str) -> None:
    """Unless another service has put its own address there meanwhile."""
    told = folder / FILE
    with suppress(OSError):
        if told.read_text(encoding="utf-8").strip() == url:
            told.unlink()


def _checked(url: str) -> str:
    if not url.startswith(("http://", "https://")):
        raise usage(f"--url {url!r} is no address; give one such as http://127.0.0.1:8001")
    return url.rstrip("/")
