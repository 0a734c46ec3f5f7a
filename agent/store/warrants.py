"""Delegations and earlier yeses in the database."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from agent.store.changes import Revoked
from agent.store.queries import queries
from agent.store.rows import Connection, Pool, Row
from domain.errors import NotFoundError
from domain.warrant import Delegation, Preapproval

_SQL = queries("warrants")


def read_delegation(row: Row) -> Delegation:
    return Delegation.model_validate(dict(row))


def read_preapproval(row: Row) -> Preapproval:
    return Preapproval.model_validate(dict(row))


async def insert(connection: Connection, warrant: Delegation | Preapproval) -> bool:
    match warrant:
        case Delegation():
            await connection.execute(
                _SQL["insert_delegation"],
                warrant.delegation_id,
                warrant.delegator,
                warrant.delegate,
                list(warrant.roles),
                warrant.reason,
                warrant.starts_at,
                warrant.until,
                warrant.created_at,
            )
        case Preapproval():
            await connection.execute(
                _SQL["insert_preapproval"],
                warrant.preapproval_id,
                warrant.kind,
                warrant.like,
                warrant.level,
                warrant.vote,
                warrant.created_at,
                warrant.until,
            )
    return True


async def revoke(connection: Connection, revoked: Revoked) -> bool:
    match revoked.warrant:
        case Delegation(delegation_id=warrant_id):
            done = await connection.execute(_SQL["revoke_delegation"], warrant_id, revoked.by)
        case Preapproval(preapproval_id=warrant_id):
            done = await connection.execute(_SQL["revoke_preapproval"], warrant_id, revoked.by)
    return done == "UPDATE 1"


async def lent_to(connection: Connection, delegate: str, now: datetime) -> tuple[Delegation, ...]:
    """What this person may use now; nobody takes it back before the transaction ends."""
    return tuple(map(read_delegation, await connection.fetch(_SQL["lent_to"], delegate, now)))


async def revoked_among(connection: Connection, warrants: Iterable[UUID]) -> frozenset[UUID]:
    asked = list(warrants)
    if not asked:
        return frozenset()
    return frozenset(row["warrant"] for row in await connection.fetch(_SQL["revoked_among"], asked))


async def of_kind(connection: Connection, kind: str, now: datetime) -> tuple[Preapproval, ...]:
    """Yeses that were given to plans of this kind; nobody takes one back before the transaction ends."""
    return tuple(map(read_preapproval, await connection.fetch(_SQL["preapprovals_of_kind"], kind, now)))


class Warrants:
    """Reading what stands now."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    async def delegations(self) -> tuple[Delegation, ...]:
        return tuple(map(read_delegation, await self._pool.fetch(_SQL["delegations"])))

    async def preapprovals(self) -> tuple[Preapproval, ...]:
        return tuple(map(read_preapproval, await self._pool.fetch(_SQL["preapprovals"])))

    async def any_preapproval(self) -> bool:
        found: bool = await self._pool.fetchval(_SQL["any_preapproval"])
        return found

    async def delegation(self, delegation_id: UUID) -> Delegation:
        """Raises NotFoundError."""
        row = await self._pool.fetchrow(_SQL["delegation"], delegation_id)
        if row is None:
            raise NotFoundError(
                f"there is no delegation {delegation_id}; GET /delegations lists those that stand"
            )
        return read_delegation(row)

    async def preapproval(self, preapproval_id: UUID) -> Preapproval:
        """Raises NotFoundError."""
        row = await self._pool.fetchrow(_SQL["preapproval"], preapproval_id)
        if row is None:
            raise NotFoundError(
                f"there is no pre-approval {preapproval_id}; GET /preapprovals lists those that stand"
            )
        return read_preapproval(row)
