from datetime import UTC, datetime

import pytest

from agent.engine import questions
from domain.subtask import Failure, Question

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ASKED = [
    questions.unknown_outcome("do a", Failure(code="LOST", message="the connection broke"), NOW),
    questions.agent_unavailable("do a", "worker", "no model", NOW),
    questions.unassigned("do a", NOW),
    questions.plan_changed("a", NOW),
    questions.not_approved("do a", "nobody has said yes to it", NOW),
    questions.deviation("do a", "agent worker asks for git.push", NOW),
]


@pytest.mark.parametrize("question", ASKED, ids=lambda q: q.cause)
def test_a_question_asks_one_thing_recommends_one_answer_and_says_what_silence_means(
    question: Question,
) -> None:
    assert question.required_input
    assert len(question.options) > 1
    assert sum(option.recommended for option in question.options) == 1
    assert "failed" in question.if_you_do_nothing
    assert question.deadline == NOW + questions.ANSWER_WITHIN
