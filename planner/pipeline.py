"""Words to a checked plan: read, draft, add what is implied, judge, check, repair, check again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from domain.agent import Manifest, Need
from domain.errors import FieldIssue, PlanInvalidError
from domain.ids import AgentId
from domain.plan import MAX_SUBTASKS, Finding, Plan, Requirement, Subtask
from domain.request import Request
from domain.verdict import Judgement
from planner.assign import Assigned, Assigner
from planner.check import check, hard
from planner.digest import digest_of
from planner.draft.draft import Draft, draft
from planner.implied import House, with_implied
from planner.memory import NOTHING_REMEMBERED, Memory, Recollection, request_text
from planner.ports import Gate, Routes
from planner.repair import gated, reduced, renumbered, repair
from planner.rules.capability import Capabilities
from planner.subtasks import NONE_USED, Numbers, subtasks_of

LONGEST_TITLE = 400


@dataclass(frozen=True)
class Planning:
    """Plans requests for the agents of one manifest, under one policy."""

    manifest: Manifest
    routes: Routes
    gate: Gate
    memory: Memory | Recollection = NOTHING_REMEMBERED

    @cached_property
    def _capabilities(self) -> Capabilities:
        return Capabilities(self.manifest)

    @cached_property
    def _agents(self) -> frozenset[AgentId]:
        return frozenset(agent.id for agent in self.manifest.agents if agent.status == "enabled")

    @cached_property
    def assigner(self) -> Assigner:
        return Assigner(self.manifest, self.routes, self._capabilities)

    async def plan(
        self, request: Request, *, revision: int = 1, numbers: Mapping[AgentId, int] = NONE_USED
    ) -> Plan:
        """The best plan there is for a request; raises PlanInvalidError only if no valid one is possible."""
        return self.plan_by_rules(request, revision=revision, numbers=numbers)

    def drafted(self, text: str) -> Draft:
        """More work in plain words, read like a request of its own; no past plan has a say in it."""
        short = text if len(text) <= LONGEST_TITLE else f"{text[:LONGEST_TITLE]}…"
        return draft(
            Request(task_id="more", title=short, description="" if short == text else text), self.assigner
        )

    def plan_by_rules(
        self, request: Request, *, revision: int = 1, numbers: Mapping[AgentId, int] = NONE_USED
    ) -> Plan:
        """A plan without any model: CPU only. `numbers` are the highest `n` used per agent in the task."""
        advice = self.memory.advise(request_text(request), self.manifest.version, self._agents)
        drafted = draft(request, self.assigner, advice)
        house = self.house(request, numbers=numbers)
        made = subtasks_of(drafted, self.manifest, house.numbers)
        subtasks = renumbered(reduced(with_implied(made, house)))
        subtasks, judgement, findings = self.settled(request, subtasks, drafted.requirements, house)
        return Plan(
            task_id=request.task_id,
            revision=revision,
            planner="memory" if drafted.reused else "rules",
            request_digest=digest_of(request),
            manifest_version=self.manifest.version,
            policy_version=self.gate.version,
            requirements=drafted.requirements,
            constraints=drafted.constraints,
            findings=(*drafted.findings, *findings),
            verdict=judgement.verdict,
            subtasks=subtasks,
        )

    def house(
        self,
        request: Request,
        subtasks: Sequence[Subtask] = (),
        *,
        numbers: Mapping[AgentId, int] = NONE_USED,
    ) -> House:
        """What adding work to a plan of this request needs; ids of the given subtasks are not handed out again."""
        taken = (subtask.subtask_id for subtask in subtasks)
        return House(self.manifest, self.routes, self._capabilities, Numbers(request.task_id, numbers, taken))

    def given(self, agent: AgentId, text: str) -> Assigned:
        """A piece of work given to one agent by name, with what its words say of skills and of rivals."""
        return self.assigner.given(agent, self.routes.rank(Need(text=text)), text)

    def settled(
        self,
        request: Request,
        subtasks: tuple[Subtask, ...],
        requirements: Sequence[Requirement],
        house: House,
    ) -> tuple[tuple[Subtask, ...], Judgement, tuple[Finding, ...]]:
        """Judge, gate and check any set of subtasks; repair and do it all again where something is wrong."""
        judged, judgement = self.judged(request, subtasks)
        findings = self.checked(judged, requirements, judgement)
        if hard(findings) and len(subtasks) <= MAX_SUBTASKS:
            judged, judgement = self.judged(request, repair(judged, requirements, house))
            findings = self.checked(judged, requirements, judgement)
        if hard(findings):
            raise _invalid(hard(findings))
        return judged, judgement, findings

    def judged(self, request: Request, subtasks: Sequence[Subtask]) -> tuple[tuple[Subtask, ...], Judgement]:
        """The subtasks with the levels and gates of the policy, and its judgement."""
        judgement = self.gate.judge(request, subtasks)
        return gated(subtasks, judgement), judgement

    def checked(
        self, subtasks: Sequence[Subtask], requirements: Sequence[Requirement], judgement: Judgement
    ) -> tuple[Finding, ...]:
        return check(subtasks, requirements, self.manifest, judgement, capabilities=self._capabilities)


def _invalid(findings: Sequence[Finding]) -> PlanInvalidError:
    shown = "; ".join(f"{f.path}: {f.message} ({f.mend})" for f in findings[:5])
    more = f" and {len(findings) - 5} more" if len(findings) > 5 else ""
    return PlanInvalidError(
        f"no valid plan came out of the request: {shown}{more}",
        fields=[FieldIssue(finding.path, finding.message) for finding in findings],
    )
