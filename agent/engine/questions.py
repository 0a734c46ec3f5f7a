"""What a blocked subtask asks of people: one thing, with the answers there are, until when, and what then."""

from datetime import datetime, timedelta
from typing import Final

from domain.subtask import Failure, Option, Question

ANSWER_WITHIN: Final = timedelta(days=7)
"""Silence is a refusal here as well: whoever wants work done has a week to say so."""

_IF_NOTHING: Final = (
    "It stays blocked until its deadline and is then taken for failed; what depends on it does not run. "
    "The rest of the plan goes on."
)

_RETRY = Option(id="retry", label="make the attempt again")
_DONE = Option(id="done", label="it did happen; go on with what follows")
_SKIP = Option(id="skip", label="leave it out; what follows sees it as skipped")
_FAIL = Option(id="fail", label="take it for failed")
_ASSIGN = Option(id="assign", label="give it to another agent")


def _recommending(option: Option) -> Option:
    return option.model_copy(update={"recommended": True})


def unknown_outcome(title: str, error: Failure, now: datetime) -> Question:
    """Its call left, nobody heard how it ended, and making it twice may do harm."""
    return Question(
        cause="unknown_outcome",
        required_input=(
            f"Did {title!r} take effect? {error.message}, and its tool is not declared idempotent, "
            "so it is not made again without a word from you. Look at what it works on, then answer."
        ),
        options=(_recommending(_DONE), _RETRY, _SKIP, _FAIL),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )


def agent_unavailable(title: str, agent: str, reason: str, now: datetime) -> Question:
    return Question(
        cause="agent_unavailable",
        required_input=(
            f"Agent {agent!r} cannot do {title!r}: {reason}. Mend that and retry, or give it to another agent."
        ),
        options=(_recommending(_RETRY), _ASSIGN, _SKIP, _FAIL),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )


def unassigned(title: str, now: datetime) -> Question:
    return Question(
        cause="unassigned",
        required_input=f"No agent in the manifest can do {title!r}. Name one.",
        options=(_recommending(_ASSIGN), _SKIP, _FAIL),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )


def plan_changed(subtask_id: str, now: datetime) -> Question:
    """What is stored is not what was approved."""
    return Question(
        cause="plan_changed",
        required_input=(
            f"What is stored of {subtask_id} is not what was sealed with the plan, so it was not started. "
            "Find out who changed it; then submit the request again."
        ),
        options=(_recommending(_FAIL), _SKIP),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )


def not_approved(title: str, why: str, now: datetime) -> Question:
    """The rest of the plan runs; this part was not let."""
    return Question(
        cause="not_approved",
        required_input=(
            f"{title!r} may not run: {why}. Leave it out, or edit the plan, which asks for a new approval."
        ),
        options=(_recommending(_SKIP), _DONE, _FAIL),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )


def deviation(title: str, what: str, now: datetime) -> Question:
    """A tool or an argument outside what was approved: only people may let more happen."""
    return Question(
        cause="deviation",
        required_input=(
            f"{title!r} was stopped: {what}. Take it for failed, or make it again within what was approved; to let "
            "more happen, edit the plan, which asks for a new approval."
        ),
        options=(_recommending(_FAIL), _RETRY, _DONE, _SKIP, _ASSIGN),
        if_you_do_nothing=_IF_NOTHING,
        deadline=now + ANSWER_WITHIN,
    )
