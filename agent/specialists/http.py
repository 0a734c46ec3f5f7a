"""An agent behind an HTTP endpoint of its own: the brief in, its outputs out."""

from collections.abc import Mapping

import httpx

from agent.secret import reveal_all
from agent.specialists import deviation
from agent.specialists.answer import outcome_of
from agent.specialists.post import Posting, post
from domain.agent import HttpEndpoint
from domain.attempt import Outcome, Unsuccessful
from domain.brief import Assignment


class Http:
    def __init__(self, client: httpx.AsyncClient, environ: Mapping[str, str]) -> None:
        self._client = client
        self._environ = environ

    async def work(self, assignment: Assignment, endpoint: HttpEndpoint) -> Outcome:
        headers = reveal_all(endpoint.headers, self._environ, where=f"agent {assignment.agent}")
        posting = Posting(
            agent=f"agent {assignment.agent}",
            url=endpoint.url,
            body=assignment.brief.model_dump(mode="json"),
            headers={
                **headers,
                "Idempotency-Key": assignment.key,
                "Orchestrator-Attempt": str(assignment.attempt),
            },
        )
        answer = await post(self._client, posting, timeout_s=assignment.timeout_s)
        if isinstance(answer, Unsuccessful):
            return answer
        beyond = deviation.told(answer, agent=posting.agent, allowed=assignment.brief.tools)
        return beyond or outcome_of(answer, agent=posting.agent, local=False)
