"""Tells by comments on Linear's hub issue, one thread an approval; and reads again what people wrote there."""

from uuid import UUID

from domain.base import JsonObject
from domain.errors import UnreachableError
from notifiers.answers import Comment, comment_of
from notifiers.graphql import COMMENT, COMMENT_CREATE, PROFILE, Linear, Refused
from notifiers.notice import Notice
from notifiers.ports import Dead, Later, Sent, Trouble, Unsure
from notifiers.render import Renderer
from notifiers.wording import worded


class LinearComments:
    """The channel. `hub` is the issue that everything is written on, by its id or as in `PR-68`."""

    def __init__(self, linear: Linear, renderer: Renderer, *, hub: str) -> None:
        self._linear = linear
        self._renderer = renderer
        self._hub = hub

    async def send(self, notice: Notice) -> Sent | Trouble:
        body = self._renderer.markdown(worded(notice))
        told = await self._comment(notice.notice_id, body, None if notice.opens else notice.thread)
        if isinstance(told, Refused) and told.lacks("comment"):
            # What opened the thread never arrived, or somebody deleted it: better told beside it than not at all.
            told = await self._comment(notice.notice_id, body, None)
        match told:
            case Refused() if told.conflicts_over(str(notice.notice_id)):
                return Sent(receipt=str(notice.notice_id), repeated=True)
            case Refused():
                return Dead(why=told.why)
            case Later() | Unsure() | Dead():
                return told
            case data:
                return _sent(data, notice.notice_id)

    async def comment(self, comment_id: str) -> Comment | None:
        """A comment as it stands in Linear now; None if there is none. Raises UnreachableError: ask again later."""
        match await self._linear.ask(COMMENT, {"id": comment_id}):
            case Refused() as refused if refused.lacks("comment"):
                return None
            case Refused() as refused:
                raise UnreachableError(f"comment {comment_id} cannot be read again: {refused.why}")
            case (Later() | Unsure() | Dead()) as trouble:
                raise UnreachableError(f"comment {comment_id} cannot be read again: {trouble.why}; try later")
            case data:
                return comment_of(data.get("comment"))

    async def profile(self, email: str) -> str | None:
        """The page of the one active person with this address, to call them by; None where that is nobody.

        Raises UnreachableError.
        """
        match await self._linear.ask(PROFILE, {"email": email}):
            case (Refused() | Later() | Unsure() | Dead()) as trouble:
                raise UnreachableError(f"Linear does not say who {email} is: {trouble.why}; try later")
            case data:
                return _only_url(data)

    async def _comment(
        self, comment_id: UUID, body: str, parent: UUID | None
    ) -> JsonObject | Refused | Trouble:
        given: JsonObject = {"id": str(comment_id), "issueId": self._hub, "body": body}
        if parent is not None:
            given["parentId"] = str(parent)
        return await self._linear.ask(COMMENT_CREATE, {"input": given})


def _sent(data: JsonObject, comment_id: UUID) -> Sent | Trouble:
    match data.get("commentCreate"):
        case {"success": True}:
            return Sent(receipt=str(comment_id))
        case _:
            return Unsure(why="Linear did not confirm the comment")


def _only_url(data: JsonObject) -> str | None:
    match data.get("users"):
        case {"nodes": [{"url": str(url)}]}:
            return url
        case _:
            return None
