"""One hostile request, looked at in every place where people look: it is read there, and does nothing."""

import asyncio
import io
import json
import logging
import re
import subprocess
import sys
from collections.abc import Awaitable, Callable, Sequence
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path
from urllib.parse import quote

from agent.api.events import encode
from agent.service.deciding import Voice
from agent.store import deliveries
from agent.store.approvals import Approvals
from agent.store.plans import Plans
from agent.telemetry.facts import log_facts
from agent.telemetry.logs import recording
from agent.telling.composing import Composing
from agent.telling.destinations import Destinations
from domain.event import Event
from domain.principal import Principal
from notifiers.email import compose
from notifiers.notice import Notice
from notifiers.payload import payload
from notifiers.render import Renderer
from notifiers.slack import blocks
from notifiers.wording import worded
from tests.kit.api import LINKING, Api, api
from tests.kit.channels import html_skeleton, markdown_skeleton
from tests.kit.command import PATIENCE_S, environment
from tests.kit.plans import DEMAND, gated, plan
from tests.kit.strangers import HOSTILE, RAN, UNSEEN

WORD = HOSTILE.replace("\x00", "")
SHORT = WORD[:50] + "\u202e\u2066\x9b31m\x1b[2J"
"""For where less is read, or a stroke would part it."""
RENDERER = Renderer()
EVERYWHERE = Destinations(
    linear=True, slack=True, mail=True, mailboxes=("ops@example.com",), webhooks=("https://h.example/x",)
)

Sink = Callable[[Api, Path], Awaitable[str]]


async def submit(a: Api, word: str) -> None:
    made = gated(plan("t1", {"a": "", "b": "a"}), "b")
    steps = tuple(
        step.model_copy(
            update={
                "title": word,
                "objective": f"{word}\n{word}",
                "depends_on": tuple(e.model_copy(update={"reason": word}) for e in step.depends_on),
            }
        )
        for step in made.subtasks
    )
    await a.house.submit(
        made.model_copy(update={"subtasks": steps}),
        execute=False,
        title=word[:400],
        description=word,
        metadata={"requester": word, "context": {word: word}},
    )


async def undelivered(a: Api) -> None:
    """One notice that never arrived, with what the other side said."""
    notice = (await notices(a))["linear"]
    async with a.house.database.transaction("courier") as tx:
        later = notice.at + timedelta(days=1)
        await deliveries.add(tx.connection, [deliveries.Parcel(notice, "t1", later)])
        await deliveries.settle(tx.connection, notice.notice_id, deliveries.Settled("dead", why=WORD))


async def notices(a: Api) -> dict[str, Notice]:
    pool = a.house.database.pool
    composing = Composing(a.house.tasks, Plans(pool), Approvals(pool), EVERYWHERE)
    parcels = [p for event in await a.house.events.after(0) for p in await composing.parcels(event)]
    return {parcel.notice.channel: LINKING.dressed(parcel.notice) for parcel in parcels}


SPEAKER = """
import contextlib, io, json, sys
from agent.cli.app import run
said = {}
for name, arguments in json.load(sys.stdin).items():
    heard = io.StringIO()
    with contextlib.redirect_stdout(heard), contextlib.redirect_stderr(heard):
        run(arguments)
    said[name] = heard.getvalue()
print(json.dumps(said))
"""
"""All commands in one process: starting one takes longer than most commands do."""


async def terminals(a: Api, home: Path) -> dict[str, str]:
    """What each command says, on both of its outputs."""
    code = (await Approvals(a.house.database.pool).of("t1"))[-1].code
    url = str(a.client.base_url)
    typed = {
        name: [code if each == "CODE" else each for each in arguments]
        + ([] if name in LOCAL else ["--url", url])
        for name, arguments in TERMINALS.items()
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-c", SPEAKER],
        input=json.dumps(typed),
        cwd=home,
        env=environment(home),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=True,
    )
    said: dict[str, str] = json.loads(done.stdout)
    return said


def page(path: str) -> Sink:
    async def look(a: Api, home: Path) -> str:
        approval = (await Approvals(a.house.database.pool).of("t1"))[-1]
        link = LINKING.link_for(approval, "ops@example.com").removeprefix(LINKING.base)
        return (await a.get(path.replace("CODE", approval.code).replace("LINK", link))).text

    return look


def call(method: str, path: str, **body: object) -> Sink:
    """An answer over HTTP that repeats what was sent."""

    async def look(a: Api, home: Path) -> str:
        return (await a.client.request(method, path, json=body)).text

    return look


async def log_lines(a: Api, home: Path) -> str:
    return await asyncio.to_thread(logged, await a.house.events.after(0), home / "logs")


def logged(events: Sequence[Event], folder: Path) -> str:
    """What a service's log and console say of these events, and of somebody who was refused."""
    console = io.StringIO()
    with recording(folder, console=console) as path:
        log_facts([event.fact for event in events])
        logging.getLogger("agent").error("refused: %s", WORD)
    return path.read_text() + console.getvalue()


async def linear(a: Api, home: Path) -> str:
    return RENDERER.markdown(worded((await notices(a))["linear"]))


async def mail(a: Api, home: Path) -> str:
    made: EmailMessage = compose((await notices(a))["email"], RENDERER, sender="o@example.com")
    assert made["Bcc"] is None
    assert made.as_bytes().split(b"\r\n\r\n")[0].count(b"evil") <= 1
    return str(made["Subject"]) + "\n" + RENDERER.text(worded((await notices(a))["email"]))


async def mail_html(a: Api, home: Path) -> str:
    return RENDERER.html(worded((await notices(a))["email"]))


async def slack(a: Api, home: Path) -> str:
    return encoded(blocks(worded((await notices(a))["slack"])))


async def webhook(a: Api, home: Path) -> str:
    return encoded(payload((await notices(a))["webhook"]))


async def stream(a: Api, home: Path) -> str:
    return "".join(encode(event).decode() for event in await a.house.events.after(0))


def encoded(value: object) -> str:

    return json.dumps(value)


SINKS: dict[str, Sink] = {
    "page": page("/page/CODE"),
    "page by link": page("LINK"),
    "page of what waits": page("/page"),
    "linear": linear,
    "mail": mail,
    "mail in HTML": mail_html,
    "slack": slack,
    "webhook": webhook,
    "stream": stream,
    "error over HTTP": call("GET", f"/tasks/{quote(SHORT, safe='')}"),
    "bad input over HTTP": call("POST", "/orchestrate", task_id=WORD, **{SHORT: 1}),
    "log": log_lines,
}
TERMINALS: dict[str, tuple[str, ...]] = {
    "inbox": ("inbox",),
    "tasks": ("tasks",),
    "approve": ("approve", "CODE", "--role", "nobody"),
    "watch": ("watch", "t1"),
    "diff": ("diff", "t1"),
    "edit": ("edit", "t1", "--print"),
    "changes": ("changes", "CODE", WORD, "--as", WORD, "--role", "nobody"),
    "reject": ("reject", "CODE", "--reason", WORD, "--role", WORD[:60]),
    "policy explain": ("policy", "explain", "t1"),
    "deliveries": ("deliveries", "--state", "dead"),
    "a task that there is not": ("watch", SHORT),
    "plan": ("plan", f"Write notes about {SHORT}"),
}
LOCAL = {"plan"}
"""Commands that ask no service."""
HTML = {"page", "page by link", "page of what waits", "mail in HTML"}


def tags(document: str) -> set[tuple[str, tuple[str, ...]]]:
    """Which tags there are, each with the names of its attributes."""
    found = html_skeleton(document)
    assert isinstance(found, list)
    return {(each[0], tuple(name for name, _ in each[1])) for each in found if isinstance(each, tuple)}


def told(sink: str, text: str, calm: str) -> list[str]:
    """What of the text does more there than say something."""
    wrong = [f"unseen {found!r}" for found in re.findall(UNSEEN, text)]
    if RAN in text:
        wrong.append("a template ran")
    if sink in HTML:
        wrong += [f"a tag of theirs: {tag}" for tag in tags(text) - tags(calm)]
        wrong += re.findall(r"(?i)javascript:|://evil|\son\w+=\"", text)
    if sink == "linear":
        wrong += re.findall(
            r"<img|\]\(|@ada|://evil|linear\.app",
            str(markdown_skeleton(text)).replace(f"](<{LINKING.base}", ""),
        )
    return wrong


async def test_a_strangers_words_are_read_everywhere_and_do_nothing_anywhere(
    dsn: str, tmp_path: Path
) -> None:
    seen: dict[str, dict[str, str]] = {}
    async with api(dsn) as a:
        await submit(a, WORD)
        # Somebody has changed it once, so that there is a comparison to look at.
        await a.house.changing.change(
            (await Approvals(a.house.database.pool).of("t1"))[-1].code,
            Voice(Principal.claimed(f"ann {WORD}", DEMAND.roles[0]), "changes", WORD),
        )
        await undelivered(a)
        seen["hostile"] = {name: await sink(a, tmp_path) for name, sink in SINKS.items()}
        seen["hostile"] |= await terminals(a, tmp_path)
        await a.house.database.pool.execute("TRUNCATE task, event CASCADE")
        await submit(a, "calm")
        seen["calm"] = {name: await SINKS[name](a, tmp_path) for name in HTML}
    wrong = {name: told(name, text, seen["calm"].get(name, "")) for name, text in seen["hostile"].items()}
    assert {name: each for name, each in wrong.items() if each} == {}
    # Without a terminal `watch` tells of agents and states, in no words of the request.
    hidden = [name for name, text in seen["hostile"].items() if "img" not in text and name != "watch"]
    assert hidden == [], "it is shown, not swallowed"
