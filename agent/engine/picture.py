"""What a runner knows of its task: the plan's sealed texts, how each subtask stands, what each left behind."""

from collections import Counter, deque
from collections.abc import Iterable, Sequence
from datetime import datetime

from agent.engine.approved import refuse_other
from agent.engine.brief import Left, assignment, left
from agent.engine.decide import AT_ONCE, Situation
from agent.engine.frontier import Frontier
from agent.engine.outcome import Tried
from agent.engine.reading import Runnable, runnable
from agent.store.runs import Run, Standing
from agent.store.step import Consent, End, Start
from approvals.gate import why_not_freed
from approvals.seal import verify_subtask
from domain.base import JsonObject
from domain.brief import Assignment
from domain.errors import PlanChangedError
from domain.graph import waves
from domain.ids import AgentId, Digest, SubtaskId
from domain.subtask import Question, SubtaskState
from domain.task import Task


class Picture:
    """Mutable, and the runner's own. Outputs are kept only while somebody may still need them."""

    def __init__(self, task: Task, run: Run) -> None:
        self._run = run
        self.standing: dict[SubtaskId, Standing] = dict(run.standing)
        self._subtasks: dict[SubtaskId, Runnable] = {}
        self._outputs: dict[SubtaskId, JsonObject] = {
            node: standing.outputs or {}
            for node, standing in run.standing.items()
            if standing.state == "completed"
        }
        self._artifacts = dict(run.artifacts)
        self._lefts: dict[SubtaskId, Left] = {}
        self.situation = Situation(
            task=task,
            frontier=Frontier(
                run.predecessors,
                {node: standing.state for node, standing in run.standing.items()},
                {node: s.next_at for node, s in run.standing.items() if s.next_at is not None},
                {node: standing.agent for node, standing in run.standing.items()},
            ),
            waves={node: depth for depth, level in enumerate(waves(run.predecessors)) for node in level},
        )

    def subtask(self, node: SubtaskId) -> Runnable:
        """The subtask as sealed. Raises PlanChangedError where the stored text is not the sealed one."""
        if (known := self._subtasks.get(node)) is not None:
            return known
        sealed = self._run.subtasks[node]
        if not verify_subtask(sealed.text, sealed.digest):
            raise PlanChangedError(f"the stored text of {node} does not match its digest")
        subtask = runnable(sealed.text)
        refuse_other(self._run, node, subtask)
        self._subtasks[node] = subtask
        return subtask

    def knot(self) -> str | None:
        """Why not all of it can ever start, if so: no sealed plan goes round in a circle."""
        if len(self.situation.waves) == len(self._run.subtasks):
            return None
        return "the stored edges go round in a circle; find out who changed them"

    def why_not_freed(self, node: SubtaskId, now: datetime) -> str | None:
        """Why it may not start although the plan runs, or None: nobody need say yes to it any more."""
        run = self._run
        if run.partly is None or node not in run.partly:
            return None
        begun = self.standing[node].attempt > 0
        return why_not_freed(run.approvals.get(run.plan_hash), run.plan_hash, node, now, begun=begun)

    def consent(self, starts: Iterable[Start]) -> Consent:
        """What must still hold, as the database sees it, when these attempts are written."""
        run = self._run
        if run.plan.verdict.demand is None:
            return Consent(run.plan_hash)
        approval = run.approvals.get(run.plan_hash)
        if run.partly is None:
            return Consent(run.plan_hash, None if approval is None else approval.approval_id)
        risky = [start for start in starts if start.subtask_id in run.partly]
        if not risky or approval is None:
            return Consent(run.plan_hash)
        return Consent(
            run.plan_hash,
            approval.approval_id,
            tuple(start.subtask_id for start in risky),
            anew=any(start.was_attempt == 0 for start in risky),
        )

    def digest(self, node: SubtaskId) -> Digest:
        return self._run.subtasks[node].digest

    def tried(self, node: SubtaskId, seconds: float | None = None) -> Tried:
        """The latest attempt of a subtask."""
        standing, subtask = self.standing[node], self.subtask(node)
        agent = standing.agent or subtask.agent or ""
        return Tried(subtask, standing.attempt, standing.attempts_allowed, agent, seconds, standing.slot)

    def assignment(self, node: SubtaskId, attempt: int) -> Assignment:
        """What the agent is told. Raises ValueError for a subtask without an agent."""
        return assignment(
            self.subtask(node),
            self._run.request,
            self._left_for(node),
            attempt=attempt,
            key=self.key(node),
            plan=self._run.plan,
        )

    def key(self, node: SubtaskId) -> str:
        """The idempotency key: the same for every attempt of this subtask of this very plan."""
        return f"{self._run.plan_hash[:16]}:{node}"

    def _left_for(self, node: SubtaskId) -> dict[SubtaskId, Left]:
        """What the predecessors left, and what it consumes of those before them."""
        found = {before: self._left(before) for before in self._run.predecessors[node]}
        if consumes := self.subtask(node).consumes:
            missing = set(consumes).difference(*[leaving.named for leaving in found.values()])
            for before in self._ancestors(found):
                if not missing:
                    break
                leaving = self._left(before)
                if names := missing & leaving.named.keys():
                    handed = {name: leaving.named[name] for name in sorted(names)}
                    found[before] = Left(handed, handed, leaving.artifacts)
                    missing -= names
        return found

    def _ancestors(self, start: Iterable[SubtaskId]) -> Iterable[SubtaskId]:
        """Nearest first."""
        seen, queue = set(start), deque(start)
        while queue:
            for before in self._run.predecessors[queue.popleft()]:
                if before not in seen:
                    seen.add(before)
                    queue.append(before)
                    yield before

    def _left(self, node: SubtaskId) -> Left:
        """Made once for all its successors."""
        if (known := self._lefts.get(node)) is None:
            artifacts = self._artifacts.get(node, ())
            if self.standing[node].state == "skipped":
                known = Left({}, {}, artifacts, skipped=True)
            else:
                known = left(node, self.subtask(node).produces, self._outputs.get(node, {}), artifacts)
            self._lefts[node] = known
        return known

    def apply(self, end: End) -> None:
        """An attempt ended; its subtask stands elsewhere now."""
        node, state = end.subtask_id, "ready" if end.state == "running" else end.state
        self.situation.in_flight.discard(node)
        self._stand(node, state, end.number, end.agent, end.question, due=end.next_at)
        if end.outputs is not None:
            self._outputs[node] = end.outputs
            self._artifacts[node] = end.artifacts
            self._lefts.pop(node, None)

    def started(self, node: SubtaskId, attempt: int, agent: AgentId, slot: int | None) -> None:
        self._stand(node, "running", attempt, agent, slot=slot)
        self.situation.in_flight.add(node)

    def asked(self, starts: Sequence[Start], refused: frozenset[SubtaskId]) -> None:
        """Slots were asked for: where some were refused, few are asked for next time; where none was, more are."""
        asks = self.situation.asks
        if not (asks or refused):
            return
        granted = Counter(start.agent for start in starts if start.subtask_id not in refused)
        short = {start.agent for start in starts if start.subtask_id in refused}
        for agent in {start.agent for start in starts if start.limited}:
            asks[agent] = granted[agent] + 2 if agent in short else min(AT_ONCE, 2 * asks.get(agent, AT_ONCE))

    def lined_up(self, node: SubtaskId) -> None:
        """It stands in line for a slot."""
        self._stand(node, "ready", self.standing[node].attempt, self.standing[node].agent)
        self.situation.in_line.add(node)

    def held(self, node: SubtaskId, question: Question) -> None:
        self._stand(node, "blocked", self.standing[node].attempt, self.standing[node].agent, question)

    def first_deadline(self) -> datetime | None:
        """When the first question falls due that nobody has answered."""
        asked = (s.question for s in self.standing.values() if s.state == "blocked")
        return min((q.deadline for q in asked if q is not None and q.deadline is not None), default=None)

    def asked_until(self) -> datetime | None:
        """Until when people may answer what they are asked about the plan, or about its subtasks."""
        task, approval = self.situation.task, self._run.approvals.get(self._run.plan_hash)
        if task.status == "approval_pending" and approval is not None:
            return approval.expires_at
        return self.first_deadline() if task.status == "blocked" else None

    def _stand(
        self,
        node: SubtaskId,
        state: SubtaskState,
        attempt: int,
        agent: AgentId | None,
        question: Question | None = None,
        *,
        slot: int | None = None,
        due: datetime | None = None,
    ) -> None:
        allowed = self.standing[node].attempts_allowed
        self.standing[node] = Standing(state, attempt, allowed, agent, None, None, question, slot)
        self.situation.frontier.move(node, state, due)
