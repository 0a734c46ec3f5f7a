"""`edit`: the plan as YAML in an editor; what was changed in it goes out as operations."""

import os
import shlex
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from agent.cli.address import Where
from agent.cli.api import Api
from agent.cli.ask import ask
from agent.cli.draw.diff import diff_lines, unchanged
from agent.cli.draw.now import to_decide
from agent.cli.draw.screen import emit, err, is_attended, say
from agent.cli.exits import OF_TASK, Exit
from agent.cli.read import read
from agent.cli.refusal import Refusal, usage
from agent.cli.sheet import operations_of, sheet
from agent.service.comparing import EditedView
from domain.base import Json, JsonObject

EDITOR: Final = "vi"


def edit(
    task_id: str, *, file: str | None, prints: bool, why: str | None, where: Where, as_json: bool
) -> Exit:
    """The command. With `--print` the YAML only goes out; with `--file` it comes back from there."""
    task = ask(where, lambda api: api.get("tasks", task_id))
    before = sheet(task)
    if prints:
        sys.stdout.write(before)
        return Exit.OK
    after = _from(file) if file is not None else _edited(before)
    try:
        operations = operations_of(before, after)
        if not operations:
            err().print("Nothing was changed.")
            return Exit.OK
        answer = ask(where, lambda api: _send(api, task_id, operations, _hash(task), why))
    except Refusal as refusal:
        raise (refusal if file is not None else _kept(after, task_id, refusal)) from None
    if as_json:
        emit(answer)
    else:
        stored = read(EditedView, answer)
        if stored.changed:
            say(diff_lines(stored.difference.lines))
        else:
            err().print(unchanged(stored.approval))
        if stored.approval is not None and stored.approval.status == "pending":
            say(to_decide(stored.approval, where.suffix))
    return OF_TASK[read(EditedView, answer).status]


async def _send(
    api: Api, task_id: str, operations: list[Json], plan_hash: str, why: str | None
) -> JsonObject:
    body: JsonObject = {"operations": operations, "plan_hash": plan_hash, "why": why or ""}
    return await api.post("tasks", task_id, "plan", "edit", body=body)


def _hash(task: JsonObject) -> str:
    plan = task.get("plan")
    return str(plan.get("plan_hash")) if isinstance(plan, dict) else ""


def _from(file: str) -> str:
    try:
        return sys.stdin.read() if file == "-" else Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise usage(f"--file {file} cannot be read: {error}") from error


def _kept(text: str, task_id: str, refusal: Refusal) -> Refusal:
    """The same refusal, with where the work of an editor is that came to nothing."""
    with tempfile.NamedTemporaryFile(
        "w", encoding="utf-8", prefix=f"orchestrator-edit-{task_id[:40]}-", suffix=".yaml", delete=False
    ) as kept:
        kept.write(text)
    again = f"orchestrator edit {task_id} --file {shlex.quote(kept.name)}"
    return Refusal(
        refusal.code,
        f"{refusal.message}; what you wrote is kept, mend it and give it back: {again}",
        fields=refusal.fields,
        exit_code=refusal.exit_code,
    )


def _edited(text: str) -> str:
    """What somebody made of it in their editor."""
    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or (EDITOR if is_attended() else "")
    if not editor:
        raise usage("nobody is there to edit; set EDITOR, or give the edited plan with --file")
    with tempfile.TemporaryDirectory(prefix="orchestrator-edit-") as folder:
        path = Path(folder) / "plan.yaml"
        path.write_text(text, encoding="utf-8")
        try:
            done = subprocess.run([*shlex.split(editor), str(path)], check=False)  # noqa: S603  their own editor
        except OSError as error:
            raise usage(f"the editor {editor!r} cannot be started: {error}; set EDITOR") from error
        if done.returncode != 0:
            raise usage(f"the editor {editor!r} ended with {done.returncode}; nothing was changed")
        return path.read_text(encoding="utf-8")
