"""Cases to measure routing on, read from the formats that suites come in."""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, ValidationError

from domain.errors import InvalidInputError


class RouteCase(NamedTuple):
    """A text, and the agents any of which is right for it."""

    text: str
    agents: frozenset[str]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    split: str = ""


class _Phrase(_Record):
    """One piece of work and its agent."""

    text: str
    agent: str

    def cases(self) -> Iterator[RouteCase]:
        yield RouteCase(self.text, frozenset({self.agent}))


class _Expected(_Record):
    agent: str
    implied: bool = False


class _Expectation(_Record):
    subtasks: tuple[_Expected, ...]


class _Request(_Record):
    """A whole request: whoever does a part of it that was asked for is right."""

    title: str
    description: str = ""
    expect: _Expectation

    def cases(self) -> Iterator[RouteCase]:
        agents = frozenset(s.agent for s in self.expect.subtasks if not s.implied)
        if agents:
            yield RouteCase(f"{self.title}. {self.description}", agents)


class _Node(_Record):
    task: str


class _Steps(_Record):
    """A request with its steps in words and the tool of each."""

    user_request: str
    task_steps: tuple[str, ...]
    task_nodes: tuple[_Node, ...]

    def cases(self) -> Iterator[RouteCase]:
        if len(self.task_steps) == len(self.task_nodes):
            for step, node in zip(self.task_steps, self.task_nodes, strict=True):
                yield RouteCase(step, frozenset({node.task}))
        elif len(self.task_nodes) == 1:
            yield RouteCase(self.user_request, frozenset({self.task_nodes[0].task}))


_FORMATS: tuple[type[_Phrase | _Request | _Steps], ...] = (_Phrase, _Request, _Steps)


def read_cases(
    lines: Iterable[str], agent_id: Callable[[str], str] = str, *, split: str | None = None
) -> list[RouteCase]:
    """All cases of a JSON-lines suite. `agent_id` turns a suite's names into the manifest's; `split` keeps only
    those of one split.

    Raises InvalidInputError naming the first line that fits no known format.
    """
    return [
        case._replace(agents=frozenset(map(agent_id, case.agents)))
        for number, line in enumerate(lines, start=1)
        if line.strip()
        for case in _read(number, line, split)
    ]


def _read(number: int, line: str, split: str | None) -> list[RouteCase]:
    for format_ in _FORMATS:
        try:
            record = format_.model_validate_json(line)
        except ValidationError:
            continue
        return list(record.cases()) if split in {None, record.split} else []
    raise InvalidInputError(
        f"line {number} of the suite is none of: text + agent, title + expect.subtasks, "
        f"user_request + task_steps + task_nodes"
    )
