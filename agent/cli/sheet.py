"""A plan as YAML that people edit, and what they changed in it as operations. Pure: texts in, values out."""

import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

import yaml
from pydantic import Field, ValidationError

from agent.cli.refusal import Refusal, usage
from domain.base import Json, JsonObject, Value
from domain.issue import said
from planner.operations import Add, Drop, Limit, Operation, Reassign, Rebrief, Reorder, Retime

HEAD: Final = """\
# The plan of task {task_id}, revision {revision}. Change it, save it, and close the editor.
#
# - Change `brief`, `title`, `agent`, `after`, `acceptance` or `timeout_s` of a subtask.
# - Delete a subtask to drop it: what waited for it waits for what it waited for.
# - Add one with a `brief`; `agent` and `after` may be given, and a name of your own as `id`, so that others
#   can wait for it.
# - Add a line to `limits`: something that everybody keeps in mind.
#
# What comes out is checked, estimated and judged anew. Nothing changed: nothing happens.
"""

UNSEEN: Final = re.compile(
    "[\x7f-\x9f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\U000e0000-\U000e007f]"
)
"""What turns the reading order or is not seen: nobody shall edit what they do not see."""


class Row(Value):
    """One subtask as it is edited; without `brief` it stays what it is."""

    id: str | None = None
    title: str | None = None
    brief: str | None = None
    agent: str | None = None
    after: tuple[str, ...] = ()
    acceptance: tuple[str, ...] = ()
    timeout_s: float | None = None


class Sheet(Value):
    limits: tuple[str, ...] = ()
    subtasks: Annotated[tuple[Row, ...], Field(max_length=10_000)] = ()


def sheet(task: JsonObject) -> str:
    """The YAML of a task's plan, as `GET /tasks/{task_id}` tells it."""
    plan = task.get("plan")
    subtasks = task.get("subtasks")
    if not isinstance(plan, dict) or not isinstance(subtasks, list):
        raise Refusal("WRONG_STATE", f"task {task.get('task_id')} has no plan yet; look again in a moment")
    head = HEAD.format(task_id=task.get("task_id"), revision=plan.get("revision"))
    rows: list[Json] = [_row(subtask) for subtask in subtasks if isinstance(subtask, dict)]
    body = {"limits": plan.get("constraints"), "subtasks": rows}
    return head + _shown(yaml.dump(body, Dumper=_Visible, sort_keys=False, allow_unicode=True, width=100))


class _Visible(yaml.SafeDumper):
    """Quotes a text in which something is unseen, for only there it can be written as an escape."""


def _quoted(dumper: yaml.SafeDumper, text: str) -> yaml.ScalarNode:
    return dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"' if UNSEEN.search(text) else None)


_Visible.add_representer(str, _quoted)


def _shown(text: str) -> str:
    return UNSEEN.sub(lambda found: f"\\U{ord(found[0]):08x}", text)


def _row(subtask: Mapping[str, Json]) -> JsonObject:
    row: JsonObject = {"id": subtask["subtask_id"], "title": subtask["title"], "brief": subtask["objective"]}
    row |= {"agent": subtask["agent"], "after": subtask["depends_on"], "acceptance": subtask["acceptance"]}
    return row | {"timeout_s": subtask["timeout_s"]}


def operations_of(before: str, after: str) -> list[Json]:
    """What was changed between the two. Raises Refusal that names what cannot be read."""
    was, now = _parsed(before), _parsed(after)
    return [operation.model_dump(mode="json", exclude_none=True) for operation in _operations(was, now)]


def _parsed(text: str) -> Sheet:
    try:
        return Sheet.model_validate(yaml.safe_load(text) or {})
    except yaml.YAMLError as error:
        raise usage(f"what was saved is no YAML: {_told(error)}") from error
    except ValidationError as error:
        fields = [(".".join(map(str, e["loc"])), said(e)) for e in error.errors(include_url=False)]
        told = "; ".join(f"{path}: {issue}" for path, issue in fields[:3])
        raise Refusal("INVALID_INPUT", f"what was saved is no plan: {told}", fields=fields) from error


def _told(error: yaml.YAMLError) -> str:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem}"
    return str(error)


def _operations(was: Sheet, now: Sheet) -> Iterator[Operation]:
    known = {row.id: row for row in was.subtasks if row.id is not None}
    kept = [row for row in now.subtasks if row.id in known]
    new = [row for row in now.subtasks if row.id not in known]
    names = {row.id for row in new if row.id is not None}
    gone = [node for node in known if all(row.id != node for row in kept)]
    for row in kept:
        yield from _changed(known[row.id or ""], row)
    yield from (Drop(subtask_id=node) for node in gone)
    for row in kept:
        yield from _moved(known[row.id or ""], row, set(gone), names)
    yield from (_added(row, kept, names) for row in new)
    if lifted := next((text for text in was.limits if text not in now.limits), None):
        raise usage(f"the limit {lifted!r} cannot be lifted by an edit; leave its line as it is")
    yield from (Limit(text=text) for text in now.limits if text not in was.limits)


def _changed(was: Row, now: Row) -> Iterator[Operation]:
    brief = now.brief if now.brief is not None and now.brief.strip() != (was.brief or "").strip() else None
    title = now.title if now.title is not None and now.title != was.title else None
    acceptance = now.acceptance if now.acceptance != was.acceptance else None
    if brief is not None or title is not None or acceptance is not None:
        yield Rebrief(subtask_id=was.id, brief=brief, title=title, acceptance=acceptance)
    if now.agent is not None and now.agent != was.agent:
        yield Reassign(subtask_id=was.id, agent=now.agent)
    if now.timeout_s is not None and now.timeout_s != was.timeout_s:
        yield Retime(subtask_id=was.id, timeout_s=now.timeout_s)


def _moved(was: Row, now: Row, gone: set[str], names: set[str]) -> Iterator[Operation]:
    """The order that was asked for; what only lost a dropped one is bridged by dropping it."""
    before, after = [n for n in was.after if n not in gone], [n for n in now.after if n not in gone | names]
    if sorted(before) != sorted(after):
        yield Reorder(subtask_id=was.id, after=tuple(after))


def _added(row: Row, kept: list[Row], names: set[str]) -> Add:
    label = row.id or row.title or "a new subtask"
    if not row.brief:
        raise usage(f"{label} is new and has no brief; say what is to be done")
    if other := sorted(names & set(row.after)):
        raise usage(f"{label} waits for {other[0]}, which is new as well; save one of them first")
    before = tuple(other.id for other in kept if row.id is not None and row.id in other.after)
    return Add(brief=row.brief, agent=row.agent, after=row.after, before=before, acceptance=row.acceptance)
