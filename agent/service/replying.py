"""Takes what people answer by way of a page, a link or a comment, and has it decided as every answer is."""

from dataclasses import dataclass

from agent.service.changing import Changed, Changing
from agent.service.comparing import Comparing
from agent.service.deciding import Deciding, Voice
from agent.store.answers import Answers, Use, Verb
from agent.store.approvals import Approvals
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.tasks import Tasks
from domain.approval import Approval
from domain.errors import InvalidInputError, OrchestratorError
from domain.plan import Plan
from domain.principal import Principal
from notifiers.links import ApprovalLink


@dataclass(frozen=True)
class Said:
    """What somebody says about the plan they saw."""

    verb: Verb
    by: Principal
    text: str = ""
    seen_hash: str | None = None


@dataclass(frozen=True)
class About:
    """What there is to know of an approval; `diff` is what changed since the revision before."""

    approval: Approval
    title: str
    plan: Plan
    successor: Approval | None = None
    diff: tuple[str, ...] = ()


class Replying:
    def __init__(
        self, database: Database, deciding: Deciding, changing: Changing, comparing: Comparing
    ) -> None:
        self._pool = database.pool
        self._deciding = deciding
        self._changing = changing
        self._comparing = comparing
        self._answers = Answers(database.pool)

    async def about(self, reference: str) -> About:
        """By id or short code. Raises NotFoundError."""
        approvals = Approvals(self._pool)
        approval = await approvals.get(reference)
        latest = (await approvals.of(approval.task_id))[-1]
        plan = (await Plans(self._pool).get(approval.task_id, approval.revision)).open()
        diff: tuple[str, ...] = ()
        if approval.revision > 1:
            one, other = approval.revision - 1, approval.revision
            diff = await self._comparing.lines(approval.task_id, one, other)
        return About(
            approval,
            (await Tasks(self._pool).get(approval.task_id)).title,
            plan,
            latest if latest.approval_id != approval.approval_id else None,
            diff,
        )

    async def used(self, link: ApprovalLink) -> Use | None:
        return await self._answers.used(link.use_id)

    async def answer(self, reference: str, said: Said, *, link: ApprovalLink | None = None) -> Approval:
        """What is stored in the end. Raises what `Deciding.decide` raises, InvalidInputError for changes that change nothing.

        A link counts once. It is taken before the answer counts and given back where nothing came of that, so
        that two clicks at once are one answer; a crash in between uses it up, and there are other ways to answer.
        """
        if link is None:
            return await self._counted(reference, said)
        if not await self._answers.use(link.use_id, link.approval_id, said.verb):
            return (await self.about(reference)).approval
        try:
            return await self._counted(reference, said)
        except OrchestratorError:
            await self._answers.give_back(link.use_id)
            raise

    async def _counted(self, reference: str, said: Said) -> Approval:
        if said.verb != "changes":
            return await self._deciding.decide(
                reference, Voice(said.by, said.verb, said.text, said.seen_hash)
            )
        voice = Voice(said.by, "changes", said.text, said.seen_hash)
        became = await self._changing.change(reference, voice)
        if not became.changed:
            raise InvalidInputError(_came_to_nothing(became))
        return became.superseded


def _came_to_nothing(became: Changed) -> str:
    told = [f"{finding.message}; {finding.mend}" for finding in became.findings]
    told += [f"{each}: it is so already" for each in became.understood]
    return f"the plan stays as it is, and waits for an answer: {'. '.join(told) or 'the comment changes nothing of it'}"
