"""Takes a yes to every plan of one kind, for hours, and takes it back."""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from agent.service.deciding import Voice
from agent.service.revoking import revoke
from agent.store.approvals import Approvals
from agent.store.changes import Granted
from agent.store.database import Database
from agent.store.plans import Plans
from agent.store.warrants import Warrants
from approvals.authority import Known
from approvals.kind import kind_of
from approvals.warrants import preapprove, refuse_claimed
from domain.facts.warrant import PreapprovalGranted
from domain.ids import ApprovalId
from domain.principal import Principal
from domain.warrant import Preapproval


class Preapproving:
    def __init__(self, database: Database, known: Known | None, new_id: Callable[[], UUID]) -> None:
        self._database = database
        self._known = known
        self._new_id = new_id

    async def give(self, reference: str, voice: Voice, until: datetime) -> Preapproval:
        """Say yes to plans of the same kind as this approval's. It decides nothing about this one.

        Raises NotFoundError, and what `approvals.warrants.preapprove` raises.
        """
        refuse_claimed(voice.by)
        assert self._known is not None, "principals come from the file that tells who is known"
        approval = await Approvals(self._database.pool).get(reference)
        plan = (await Plans(self._database.pool).get(approval.task_id, approval.revision)).open()
        async with self._database.transaction(voice.by.id) as tx:
            given = preapprove(
                approval,
                voice.at(await tx.connection.fetchval("SELECT db_now()")),
                kind_of(plan),
                until=until,
                known=self._known,
                preapproval_id=self._new_id(),
            )
            await tx.record(Granted(given), _granted(given, approval.task_id))
        return given

    async def take_back(self, by: Principal, preapproval_id: UUID) -> Preapproval:
        """Raises NotFoundError, and what `revoke` raises."""
        warrants = Warrants(self._database.pool)
        await revoke(self._database, await warrants.preapproval(preapproval_id), by)
        return await warrants.preapproval(preapproval_id)


def _granted(given: Preapproval, task_id: str) -> PreapprovalGranted:
    return PreapprovalGranted(
        task_id=task_id,
        preapproval_id=given.preapproval_id,
        approval_id=ApprovalId(given.like),
        plan_kind=given.kind,
        approver=given.vote.approver,
        role=given.vote.role,
        level=given.level,
        reason=given.vote.reason,
        until=given.until,
    )
