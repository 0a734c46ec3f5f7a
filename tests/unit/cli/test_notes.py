"""A Redis that was given and does not answer is told of where something starts."""

import socket

from agent.cli.notes import without_notes
from agent.embedded.stack import Stack


async def test_a_given_redis_that_does_not_answer_is_told_with_what_is_lost() -> None:
    with socket.socket() as taken:
        # Bound and not listened on: nobody else can take it meanwhile.
        taken.bind(("127.0.0.1", 0))
        url = f"redis://127.0.0.1:{taken.getsockname()[1]}/0"
        told = await without_notes(Stack("postgresql://", url, "given", "given"))
        assert told is not None
        assert "notes are lost until it does" in told
        assert await without_notes(Stack("postgresql://", url, "started", "started")) is None
