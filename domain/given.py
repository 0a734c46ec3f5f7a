"""A plan that a caller brings along: a graph of subtasks under names of the caller's own."""

from typing import Annotated

from pydantic import Field, StringConstraints

from domain.base import Value
from domain.ids import AgentId
from domain.plan import MAX_SUBTASKS
from domain.request import Request, Text

Name = Annotated[Text, StringConstraints(min_length=1, max_length=200)]


class GivenEdge(Value):
    on: Name
    reason: Annotated[Text, StringConstraints(max_length=500)] = ""


class GivenSubtask(Value):
    """One node. Without an agent it is routed like any other work. How risky it is, the policy says."""

    id: Name
    title: Annotated[Text, StringConstraints(max_length=500)] = ""
    objective: Annotated[Text, StringConstraints(min_length=1, max_length=20_000)]
    acceptance: tuple[Annotated[Text, StringConstraints(max_length=2_000)], ...] = ()
    depends_on: tuple[GivenEdge | Name, ...] = Field(default=(), max_length=1_000)
    agent: AgentId | None = None
    required_tags: tuple[Name, ...] = ()
    consumes: tuple[Name, ...] = ()
    produces: tuple[Name, ...] = ()
    timeout_s: Annotated[float, Field(gt=0, le=86_400)] | None = None

    @property
    def edges(self) -> tuple[GivenEdge, ...]:
        return tuple(edge if isinstance(edge, GivenEdge) else GivenEdge(on=edge) for edge in self.depends_on)


class GivenPlan(Value):
    subtasks: tuple[GivenSubtask, ...] = Field(min_length=1, max_length=MAX_SUBTASKS)
    constraints: tuple[Annotated[Text, StringConstraints(max_length=2_000)], ...] = ()

    def text(self) -> str:
        """As JSON, written subtask by subtask: a thread that writes a large plan lets others have their turns."""
        rest = self.model_dump_json(exclude={"subtasks"}).removeprefix("{")
        return f'{{"subtasks":[{",".join(own.model_dump_json() for own in self.subtasks)}],{rest}'


class Submission(Request):
    """What may be sent: a request, and the plan for it where the caller has made one."""

    plan: GivenPlan | None = None

    @property
    def request(self) -> Request:
        return Request(**{name: getattr(self, name) for name in Request.model_fields})
