"""Metrics count recorded facts by closed labels, and are read as Prometheus reads them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from prometheus_client.parser import text_string_to_metric_families

from agent.telemetry.instruments import STAGES
from agent.telemetry.metrics import Metrics
from agent.telemetry.running import MAX_AGENTS
from domain.approval import ApprovalStatus
from domain.attempt import AttemptState
from domain.drafting import Drafting, Spending
from domain.facts.agent import AgentUnavailable
from domain.facts.approval import ApprovalEnded
from domain.facts.subtask import SubtaskCompleted, SubtaskStarted, SubtaskStopped
from domain.facts.task import TaskChanged, TaskPlanned, TaskSubmitted
from domain.ids import ApprovalId, SubtaskId
from domain.plan import Planner

DIGEST = "0" * 64
FIRST = SubtaskId("coder::t::1")


@pytest.fixture
def metrics() -> Metrics:
    return Metrics(version="1.2.3")


def read(metrics: Metrics) -> dict[tuple[str, tuple[str, ...]], float]:
    """Every sample by its name and label values, as a scraper would see it."""
    text, _ = metrics.exposition()
    families = text_string_to_metric_families(text.decode())
    return {(s.name, tuple(s.labels.values())): s.value for family in families for s in family.samples}


def started(subtask: SubtaskId, agent: str) -> SubtaskStarted:
    return SubtaskStarted(task_id="t", subtask_id=subtask, attempt=1, agent=agent, epoch=1, digest=DIGEST)


def retrying(subtask: SubtaskId, attempt_state: AttemptState) -> SubtaskStopped:
    return SubtaskStopped(
        kind="subtask_retrying",
        task_id="t",
        subtask_id=subtask,
        state="ready",
        attempt=1,
        attempt_state=attempt_state,
    )


def completed(subtask: SubtaskId) -> SubtaskCompleted:
    return SubtaskCompleted(task_id="t", subtask_id=subtask, attempt=1, outputs_digest=DIGEST)


def ended(status: ApprovalStatus) -> ApprovalEnded:
    return ApprovalEnded.model_validate(
        {
            "kind": f"approval_{status}",
            "task_id": "t",
            "approval_id": ApprovalId(UUID(int=1)),
            "plan_hash": DIGEST,
            "subtask_ids": (),
        }
    )


def test_every_promised_name_is_there_before_anything_happened(metrics: Metrics) -> None:
    text = metrics.exposition()[0].decode()
    for name in (
        "orchestrator_tasks_active",
        "orchestrator_tasks_total",
        "orchestrator_subtasks_total",
        "orchestrator_subtask_failures_total",
        "orchestrator_latency_seconds",
        "orchestrator_recorder_batch_size",
        "orchestrator_queue_depth",
        "orchestrator_sse_clients",
        "orchestrator_build_info",
        "sessions_total",
        "sessions_active",
        "approvals_total",
        "rejections_total",
        "break_glass_total",
    ):
        assert f"# TYPE {name} " in text
    assert 'version="1.2.3"' in text
    assert "_created" not in text


def test_sessions_approvals_and_rejections_are_exposed_as_plain_numbers(metrics: Metrics) -> None:
    submitted = TaskSubmitted(
        task_id="t",
        title="x",
        priority="low",
        requester=None,
        request_digest=DIGEST,
        execute=False,
        on_failure="review",
    )
    metrics.count([submitted, submitted, ended("approved"), ended("rejected"), ended("expired")])
    lines = metrics.exposition()[0].decode().splitlines()
    assert "sessions_total 2.0" in lines
    assert "approvals_total 1.0" in lines
    assert "rejections_total 1.0" in lines


def test_a_subtask_is_counted_where_it_came_to_rest_under_the_agent_that_had_it(metrics: Metrics) -> None:
    second = SubtaskId("tester::t::1")
    metrics.count([started(FIRST, "coder"), retrying(FIRST, "timed_out")])
    metrics.count([started(FIRST, "coder"), completed(FIRST), started(second, "tester")])
    metrics.count(
        [
            SubtaskStopped(
                kind="subtask_failed",
                task_id="t",
                subtask_id=second,
                state="failed",
                attempt=3,
                attempt_state="failed",
            )
        ]
    )
    samples = read(metrics)
    assert samples["orchestrator_subtasks_total", ("coder", "completed")] == 1
    assert samples["orchestrator_subtasks_total", ("tester", "failed")] == 1
    assert samples["orchestrator_subtask_failures_total", ("coder", "timed_out")] == 1
    assert samples["orchestrator_subtask_failures_total", ("tester", "failed")] == 1
    assert ("orchestrator_subtasks_total", ("coder", "ready")) not in samples


def test_an_agent_that_is_not_there_is_a_failure_and_a_cancelled_attempt_is_none(metrics: Metrics) -> None:
    metrics.count(
        [
            AgentUnavailable(task_id="t", subtask_id=FIRST, agent="coder", reason="no tool"),
            started(FIRST, "coder"),
            SubtaskStopped(
                kind="subtask_cancelled",
                task_id="t",
                subtask_id=FIRST,
                state="cancelled",
                attempt=1,
                attempt_state="cancelled",
            ),
        ]
    )
    failures = {key: value for key, value in read(metrics).items() if "failures_total" in key[0]}
    assert failures == {("orchestrator_subtask_failures_total", ("coder", "unavailable")): 1}


def test_a_subtask_that_another_process_started_counts_under_unknown(metrics: Metrics) -> None:
    metrics.count([completed(FIRST)])
    assert read(metrics)["orchestrator_subtasks_total", ("unknown", "completed")] == 1


def test_tasks_are_counted_by_the_status_they_came_to(metrics: Metrics) -> None:
    planned = TaskPlanned(
        task_id="t",
        revision=1,
        plan_hash=DIGEST,
        planner="rules",
        degraded_reason=None,
        level="high",
        status="approval_pending",
        subtasks=3,
    )
    metrics.count([planned, TaskChanged(kind="task_completed", task_id="t", status="completed")])
    samples = read(metrics)
    assert samples["orchestrator_tasks_total", ("approval_pending",)] == 1
    assert samples["orchestrator_tasks_total", ("completed",)] == 1


def test_no_flood_of_agents_becomes_a_flood_of_series(metrics: Metrics) -> None:
    for n in range(MAX_AGENTS + 50):
        metrics.count([started(FIRST, f"agent-{n}"), completed(FIRST)])
    agents = {labels[0] for name, labels in read(metrics) if name == "orchestrator_subtasks_total"}
    assert len(agents) == MAX_AGENTS + 1
    assert "other" in agents


def held(subtask: str, agent: str | None) -> SubtaskStopped:
    return SubtaskStopped(
        kind="subtask_blocked",
        task_id="t",
        subtask_id=SubtaskId(subtask),
        state="blocked",
        reason="?",
        agent=agent,
    )


def test_a_subtask_that_is_blocked_before_it_began_counts_under_the_agent_it_waits_for(
    metrics: Metrics,
) -> None:
    metrics.count([held(FIRST, "coder"), held("unassigned::t::1", None)])
    metrics.count([started(FIRST, "coder"), held(FIRST, None)])
    samples = read(metrics)
    assert samples["orchestrator_subtasks_total", ("coder", "blocked")] == 2
    assert samples["orchestrator_subtasks_total", ("unknown", "blocked")] == 1


def test_however_much_is_blocked_no_label_tells_of_a_task_or_takes_ever_new_values(metrics: Metrics) -> None:
    for n in range(MAX_AGENTS + 50):
        metrics.count(
            [
                held(f"agent-{n}::secret-{n}::1", f"agent-{n}"),
                AgentUnavailable(
                    task_id=f"secret-{n}", subtask_id=FIRST, agent=f"agent-{n}", reason=f"secret-{n} is away"
                ),
                retrying(SubtaskId(f"agent-{n}::secret-{n}::2"), "timed_out"),
            ]
        )
    labelled = [labels for name, labels in read(metrics) if name.startswith("orchestrator_subtask")]
    assert not [labels for labels in labelled if any("secret" in label for label in labels)]
    assert len({labels[0] for labels in labelled}) <= MAX_AGENTS + 2
    assert {labels[1] for labels in labelled} == {"blocked", "unavailable", "timed_out"}


def test_what_the_database_says_is_shown_as_it_is(metrics: Metrics) -> None:
    metrics.standing(active=7, queued=3)
    samples = read(metrics)
    assert samples["orchestrator_tasks_active", ()] == 7
    assert samples["sessions_active", ()] == 7
    assert samples["orchestrator_queue_depth", ()] == 3


def test_streams_are_counted_while_they_are_open(metrics: Metrics) -> None:
    with metrics.streaming(), metrics.streaming():
        assert read(metrics)["orchestrator_sse_clients", ()] == 2
    assert read(metrics)["orchestrator_sse_clients", ()] == 0


def test_stages_are_timed_even_when_they_fail() -> None:
    now = iter([10.0, 10.2, 20.0, 20.4])
    metrics = Metrics(version="1", monotonic=lambda: next(now))
    with metrics.timing("plan"):
        pass
    with pytest.raises(ZeroDivisionError), metrics.timing("plan"):
        raise ZeroDivisionError
    metrics.committed(17, 0.002)
    samples = read(metrics)
    assert samples["orchestrator_latency_seconds_count", ("plan",)] == 2
    assert samples["orchestrator_latency_seconds_sum", ("plan",)] == pytest.approx(0.6)
    assert samples["orchestrator_latency_seconds_count", ("commit",)] == 1
    assert samples["orchestrator_recorder_batch_size_sum", ()] == 17
    assert {labels[0] for name, labels in samples if name == "orchestrator_latency_seconds_count"} == set(
        STAGES
    )


def test_two_of_them_share_nothing(metrics: Metrics) -> None:
    """Tests and embedded uses make many in one process."""
    metrics.standing(active=7, queued=0)
    assert read(Metrics(version="1"))["orchestrator_tasks_active", ()] == 0


def test_openmetrics_is_spoken_to_whom_asks_for_it(metrics: Metrics) -> None:
    assert metrics.exposition()[1].startswith("text/plain; version=0.0.4")
    body, content_type = metrics.exposition("application/openmetrics-text; version=1.0.0")
    assert content_type.startswith("application/openmetrics-text; version=1.0.0")
    assert body.endswith(b"# EOF\n")


def test_the_moment_is_read_from_no_clock_but_the_one_handed_in() -> None:
    at = datetime(2026, 11, 20, tzinfo=UTC)
    metrics = Metrics(version="1", monotonic=at.timestamp)
    with metrics.timing("task"):
        pass
    assert read(metrics)["orchestrator_latency_seconds_sum", ("task",)] == 0


def test_plans_are_counted_by_maker_and_by_what_came_of_a_model(metrics: Metrics) -> None:
    spent = Spending(calls=2, tokens_in=9, tokens_out=4, cost_usd=0.25)
    taken = Drafting(
        outcome="taken", model="small", rounds=1, spending=spent, mended=("hole",), refused=("size",)
    )
    late = Drafting(outcome="timed_out")
    made: list[tuple[Planner, Drafting | None]] = [("model", taken), ("rules", late), ("rules", None)]
    metrics.count(
        TaskPlanned(
            task_id="t",
            revision=1,
            plan_hash=DIGEST,
            planner=planner,
            degraded_reason=None,
            drafting=drafting,
            level="low",
            status="planned",
            subtasks=1,
        )
        for planner, drafting in made
    )
    samples = read(metrics)
    assert samples["orchestrator_plans_total", ("taken", "model")] == 1
    assert samples["orchestrator_plans_total", ("timed_out", "rules")] == 1
    assert samples["orchestrator_plans_total", ("no_model", "rules")] == 1
    assert samples["orchestrator_model_cost_usd_total", ()] == 0.25
    assert samples["orchestrator_model_findings_total", ("hole", "mended")] == 1
    assert samples["orchestrator_model_findings_total", ("size", "sent_back")] == 1


def test_what_is_not_chained_yet_is_told(metrics: Metrics) -> None:
    metrics.unchained(events=3, oldest_s=1.5)
    samples = read(metrics)
    assert samples["orchestrator_unchained_events", ()] == 3
    assert samples["orchestrator_oldest_unchained_seconds", ()] == 1.5
