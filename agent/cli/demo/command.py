"""`demo`: a folder, a repository and a service of its own; the story; and nothing left behind but the notes."""

import os
import shutil
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from rich.console import Console

from agent.cli.address import Address
from agent.cli.confirm import told
from agent.cli.demo import repository
from agent.cli.demo.audience import People, Program
from agent.cli.demo.proof import text_of
from agent.cli.demo.story import CHANGE, REQUEST, Ending, Script, perform
from agent.cli.draw.now import command
from agent.cli.draw.screen import emit, err, is_attended, out, say
from agent.cli.draw.words import count, line
from agent.cli.exits import Exit
from agent.cli.loop import run
from agent.cli.refusal import Refusal, usage
from agent.cli.service import Running, running
from agent.cli.up import places
from agent.config import Settings, load

NOTES: Final = "release-notes-demo"
"""Where the notes are left, in the folder that the demo was started in."""


@dataclass
class Demo:
    """One run of it. `folder` goes at its end unless it is to be kept."""

    folder: Path
    words: str
    commits: int
    keeps: bool
    yes: bool
    as_json: bool
    console: Console
    ending: Ending | None = field(default=None)

    @property
    def change(self) -> str | None:
        """The demo has an opinion about its own request only."""
        return CHANGE if self.words == REQUEST else None

    @property
    def people(self) -> People | None:
        return None if self.as_json else People(self.console, self.folder, yes=self.yes)

    def say(self, text: str) -> None:
        if not self.as_json:
            self.console.print(text)


def demo(*, request: str | None, commits: int, keep: Path | None, yes: bool, as_json: bool) -> Exit:
    """The command."""
    # The published notes belong into the demo's own folder, not into a workspace that is in use.
    os.environ.pop("WORKSPACE_DIR", None)
    with _folder(keep) as folder:
        made = Demo(
            folder,
            request or REQUEST,
            commits,
            keeps=keep is not None,
            yes=yes,
            as_json=as_json,
            console=err() if as_json else out(),
        )
        ending = _performed(made)
        if not made.keeps and ending.exit_code is not Exit.APPROVAL_PENDING:
            shutil.rmtree(folder, ignore_errors=True)
    if as_json and ending.task:
        emit(ending.task)
        if ending.refusal is not None:
            err().print(ending.refusal.message, style="red", soft_wrap=True)
    elif ending.refusal is not None:
        raise ending.refusal
    return ending.exit_code


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    """The given one, which must be new or empty; or a temporary one, which is gone if the block fails."""
    if keep is not None:
        folder = keep.expanduser().absolute()
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise usage(f"--keep {folder} is there already; name a folder that is new or empty")
        folder.mkdir(parents=True, exist_ok=True)
        yield folder
        return
    folder = Path(tempfile.mkdtemp(prefix="orchestrator-demo-"))
    if os.geteuid() == 0:
        # Root's PostgreSQL runs as somebody else, who has to pass through.
        folder.chmod(0o711)
    try:
        yield folder
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _performed(made: Demo) -> Ending:
    try:
        commits = repository.make(made.folder / "repository", made.commits, datetime.now(UTC))
        made.say(f"Made a git repository with {count(len(commits), 'commit')}.")
        run(_serve(made, commits))
    except KeyboardInterrupt:
        # After the end, ctrl-C is the way out.
        if made.ending is None:
            made.say("\nStopped; nothing was left running.")
            raise
    assert made.ending is not None
    return made.ending


async def _serve(made: Demo, commits: list[repository.Commit]) -> None:
    words = "Starting PostgreSQL, Redis and the service in a temporary folder …"
    waiting = made.console.status(words) if made.console.is_terminal and not made.as_json else None
    if waiting is None:
        made.say(words)
    else:
        waiting.start()
    try:
        async with running(_settings(made.folder)) as service:
            if waiting is not None:
                waiting.stop()
            await _tell(made, service, commits)
    finally:
        if waiting is not None:
            waiting.stop()


async def _tell(made: Demo, service: Running, commits: list[repository.Commit]) -> None:
    made.say(f"Serving at {service.url}.\n")
    script = Script(
        f"demo-{uuid.uuid4().hex[:6]}", made.words, made.folder / "repository", commits, made.change
    )
    audience = made.people or Program(made.console, made.folder, yes=made.yes)
    try:
        ending = await perform(lambda: Address(service.url, "the demo"), script, audience)
    except Refusal as refusal:
        ending = Ending(refusal.exit_code, {}, refusal=refusal)
    if ending.published is not None:
        notes = _survivor(made, ending.published)
        if made.people is not None:
            made.people.shown_notes(text_of(notes), notes)
    made.ending = ending
    if not made.as_json and ending.exit_code is not Exit.APPROVAL_PENDING:
        await _linger(made, service)


async def _linger(made: Demo, service: Running) -> None:
    """The pages can be opened for as long as somebody sits there and wants to."""
    stays = is_attended() and not made.yes
    pages = [command({"docs": "API docs"}.get(name, name), url) for name, url in places(service.url).items()]
    if made.keeps:
        pages.append(command("Serve it again", f"orchestrator up --data {made.folder / 'data'}"))
    say(pages, made.console)
    if stays:
        await told("\nThey answer until you press Enter. ")
    else:
        made.console.print(
            line(("They answered for as long as the demo ran; `orchestrator up` serves the same.", "dim"))
        )


def _survivor(made: Demo, published: Path) -> Path:
    """The notes where they outlive the demo: in the kept folder, or beside whoever started it."""
    if made.keeps:
        return published
    for place in (Path.cwd() / NOTES, Path(tempfile.gettempdir()) / NOTES):
        with suppress(OSError):
            place.mkdir(exist_ok=True)
            return Path(shutil.copy(published, place / published.name))
    return published


def _settings(folder: Path) -> Settings:
    """Everything embedded, whatever this machine is set to; the shipped manifest and policy."""
    data = folder / "data"
    return load(
        orchestrator_data=data,
        log_dir=data / "logs",
        host="127.0.0.1",
        port=0,
        database_url=None,
        redis_url=None,
        mcp_gateway_url=None,
        auth_mode="off",
        openai_api_key=None,
        openai_base_url=None,
        orchestrator_model=None,
        orchestrator_manifest=None,
        orchestrator_policy=None,
        otel_exporter_otlp_endpoint=None,
    )
