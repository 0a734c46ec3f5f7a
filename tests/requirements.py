"""What was asked for, where it was asked, and which tests hold us to it.

Both ways: every requirement names tests that exist, and every test of the service, of durability and of Postgres
belongs to one (`tests/house/test_requirements.py`). What is not met is in GAPS, with the reason.
"""

from typing import NamedTuple


class Requirement(NamedTuple):
    source: str
    """The document that asks: the contract (`seed 004`), another seed, or the issue."""
    text: str
    tests: tuple[str, ...]
    """`path` or `path::test`, below `tests/`."""


REQUIREMENTS: dict[str, Requirement] = {
    "submit-once": Requirement(
        "seed 004, Idempotency",
        "duplicate submissions return the existing plan and status, also a hundred at once",
        (
            "service/test_tasks_api.py::test_submitting_again_answers_with_the_stored_plan",
            "service/test_tasks_api.py::test_a_hundred_submits_at_once_make_one_plan_and_one_approval",
        ),
    ),
    "submit-plans": Requirement(
        "seed 004, POST /orchestrate",
        "a request becomes a plan of subtasks with agents, edges and waves",
        (
            "service/test_tasks_api.py::test_a_request_is_planned_and_answered_with_its_plan",
            "service/test_tasks_api.py::test_a_caller_who_will_not_wait_is_told_that_it_is_being_planned",
            "unit/planner",
        ),
    ),
    "errors": Requirement(
        "seed 004, Validation error (400)",
        "structured diagnostics with every field's issue; 404, 409, 413",
        (
            "service/test_tasks_api.py::test_bad_input_is_told_with_every_field",
            "service/test_tasks_api.py::test_what_cannot_be_read_is_refused",
            "service/test_tasks_api.py::test_a_body_over_the_limit_is_refused_while_it_is_read",
            "service/test_tasks_api.py::test_unknown_things_are_not_found",
        ),
    ),
    "gate": Requirement(
        "seed 004, HITL runbook",
        "a risky plan waits for people; resume and execute answer 409, 403, 410; an approval frees exactly its plan",
        (
            "service/test_tasks_api.py::test_a_risky_plan_waits_and_says_whom_to_ask",
            "service/test_tasks_api.py::test_the_gate_answers_with_its_state",
            "service/test_tasks_api.py::test_a_rejection_is_told_as_403_and_an_expiry_as_410",
            "service/test_contest.py",
            "unit/approvals",
            "service/test_taskfile.py",
        ),
    ),
    "gate-binds": Requirement(
        "issue 2, approvals",
        "what is approved is what runs: a changed plan is refused, or approved anew",
        (
            "postgres/test_engine.py::test_a_plan_whose_stored_text_was_changed_is_not_run",
            "postgres/test_engine.py::test_a_plan_whose_digest_was_changed_is_not_run_at_all",
            "postgres/test_engine.py::test_a_gated_plan_that_is_changed_needs_a_new_approval",
            "unit/approvals/test_seal.py",
        ),
    ),
    "execute": Requirement(
        "seed 004, POST /execute",
        "auto or manual, checkpoints, and 503 with what is blocked where no agent can be reached",
        (
            "postgres/test_engine.py",
            "service/test_tasks_api.py::test_nothing_can_run_is_told_as_503_with_what_is_blocked",
            "service/test_tasks_api.py::test_a_blocked_subtask_is_routed_by_hand",
            "service/test_tasks_api.py::test_a_running_task_can_be_cancelled_and_an_ended_one_cannot",
            "unit/engine",
        ),
    ),
    "retries": Requirement(
        "seed 004, Timeout escalation",
        "up to three attempts with back-off, then the task is flagged for people",
        (
            "postgres/test_engine.py::test_a_failed_attempt_is_made_again_and_the_third_failure_is_for_people",
            "postgres/test_engine.py::test_an_attempt_that_outlasts_its_sla_is_cancelled_and_made_again",
            "unit/engine/test_outcome.py",
        ),
    ),
    "status": Requirement(
        "seed 004, GET /tasks/{task_id}",
        "status, assignments, outputs, artifacts, history, metrics",
        (
            "service/test_tasks_api.py::test_a_task_shows_how_everything_in_it_stands",
            "service/test_tasks_api.py::test_tasks_are_listed_newest_first_in_pages",
        ),
    ),
    "agents": Requirement(
        "seed 004, GET /agents",
        "agents with skills, health, load and limits, filtered",
        (
            "service/test_tasks_api.py::test_agents_are_shown_with_skills_health_load_and_limits",
            "unit/manifests",
        ),
    ),
    "one-log": Requirement(
        "issue 2, line 2",
        "a fold over the events gives every stored state column; streams lose and repeat nothing",
        ("service/test_events_api.py", "postgres/test_engine.py", "postgres/test_at_once.py", "durability"),
    ),
    "survives": Requirement(
        "issue 2, line 3",
        "kill -9 at named points: no idempotent subtask lost, none done twice, an unknown outcome is a question",
        ("durability/test_kill.py",),
    ),
    "measured": Requirement(
        "issue 4, bench",
        "throughput, latency, streams and submits measured beside the floor of the same run, the log checked after",
        ("service/test_bench.py", "unit/cli/test_proof.py", "unit/engine/test_trusted.py"),
    ),
    "redis-may-forget": Requirement(
        "issue 2, line 5",
        "flushing Redis between any two steps changes nothing",
        ("durability/test_redis.py",),
    ),
    "embedded": Requirement(
        "issue 2, up",
        "a real Postgres and Redis from wheels; adopted after a kill, stopped with the service, nothing left",
        ("service/test_embedded.py", "service/test_up.py", "service/test_up_end.py"),
    ),
    "demo": Requirement(
        "issue 2, line 1",
        "the demo publishes notes that mention every commit, and never notes that miss one",
        ("service/test_demo.py", "contract/test_shipped_agents.py"),
    ),
    "observability": Requirement(
        "seed 004, Observability; seed 002, metrics",
        "structured logs with ids, the named metrics, spans across the queue and into calls",
        ("service/test_tasks_api.py::test_health_readiness_and_metrics_answer", "unit/telemetry"),
    ),
    "specialists": Requirement(
        "issue 2, endpoints",
        "mcp-tool, llm, a2a, http and process over their real protocols",
        (
            "contract/test_specialist.py",
            "unit/specialists",
            "unit/gateway",
            "contract/test_workspace_server.py",
        ),
    ),
    "control": Requirement(
        "issue 4, Control",
        "pause, unpause, cancel, priority; retry, skip, assign, answer; the queue and a stop of all; 409 with the state",
        (
            "postgres/test_control.py",
            "service/test_control_api.py",
            "service/test_up.py::test_every_order_has_a_command_that_gives_it",
            "unit/engine/test_decide.py",
        ),
    ),
    "time": Requirement(
        "issue 4, Time",
        "attempts end with their SLA, people are called after the third, due dates order the work, heartbeats, fairness",
        (
            "postgres/test_control.py::test_people_are_called_as_soon_as_something_is_theirs_while_the_rest_runs_on",
            "postgres/test_control.py::test_a_task_that_runs_for_long_shows_that_it_lives",
            "postgres/test_control.py::test_a_task_of_many_subtasks_does_not_hold_up_a_small_one",
            "postgres/test_engine.py::test_an_agent_never_does_more_at_once_than_its_limit",
            "postgres/test_engine.py::test_a_task_that_waits_for_a_slot_holds_no_worker",
        ),
    ),
    "bring-a-plan": Requirement(
        "issue 4, Bring your own plan",
        "a ready graph is checked, routed, judged and gated like one of ours; its subtasks are listed in pages",
        (
            "service/test_given_api.py",
            "service/test_up.py::test_a_plan_comes_from_a_file_and_what_is_stuck_in_it_is_made_again_or_given_to_another",
            "unit/planner/test_given.py",
        ),
    ),
    "chaos": Requirement(
        "issue 4, Proof; It is done when 5",
        "crashes after every effect, random kills and freezes: no subtask lost, doubled, too early or unapproved",
        ("durability/test_chaos.py", "durability/test_postgres.py", "postgres/test_given_up.py"),
    ),
    "scale": Requirement(
        "issue 4, It is done when 4",
        "a million stored rows do not slow what is asked again and again",
        (
            "postgres/test_plans_of_queries.py",
            "postgres/test_control.py::test_a_worker_that_is_told_to_leave_hands_over_what_does_not_end_in_time",
        ),
    ),
    "blocked": Requirement(
        "issue 4, Blocked",
        "a blocked subtask asks one thing, offers answers with a recommended one, and says until when and what then",
        (
            "unit/engine/test_questions.py",
            "postgres/test_control.py::test_what_nobody_answers_in_time_is_taken_for_failed",
            "postgres/test_control.py::test_only_what_a_question_offers_is_an_answer",
        ),
    ),
    "hybrid": Requirement(
        "issue 3, line 3",
        "a model plans beside the rules; whatever it says or does, a valid plan comes out in time with its reason on it",
        (
            "contract/test_hybrid_planning.py",
            "contract/test_language_model.py",
            "contract/test_model_agent.py",
            "unit/planner/hybrid",
            "unit/llm",
            "service/test_model_up.py",
        ),
    ),
    "notified": Requirement(
        "seed 004, Approval notifications",
        "people are told where the question was asked, once, until it has arrived",
        ("postgres/test_telling.py", "unit/notifiers", "contract"),
    ),
    "notices-arrive": Requirement(
        "issue 5, line 4",
        "asked for on Linear within a second; a crash makes no second comment; after an hour of silence all arrived",
        ("durability/test_notices.py",),
    ),
    "approval-page": Requirement(
        "issue 5, E-mail",
        "a signed link, used once, opens a page without JavaScript: GET shows, POST decides, every end says what is stored",
        ("service/test_pages.py", "unit/notifiers/test_links.py"),
    ),
    "audit": Requirement(
        "issue 5, Audit",
        "the log is chained and signed, exported with digests for bodies, and a check offline names the first bad entry",
        ("postgres/test_audit.py", "unit/audit"),
    ),
    "linear-answers": Requirement(
        "issue 5, Answers from Linear",
        "signed, fresh, once, read again, from a known person, decided by the same function, answered in the thread",
        ("service/test_linear_answers.py", "unit/notifiers/test_answers.py"),
    ),
    "runbook": Requirement(
        "issue 5, line 5",
        "the seed's runbook runs as written: its numbered steps, with a real `task`",
        ("service/test_taskfile.py::test_the_runbook_runs_as_written",),
    ),
    "told-again": Requirement(
        "issue 5, Notifiers",
        "reminded at half of the time, escalated at four fifths, one digest where many wait",
        ("postgres/test_nudging.py",),
    ),
    "inert": Requirement(
        "issue 5, line 6",
        "untrusted text is inert in every channel, page and terminal",
        ("service/test_strangers_words.py", "contract/test_channel.py", "unit/notifiers/test_inert.py"),
    ),
    "dead-letters": Requirement(
        "issue 5, Notifiers",
        "dead letters are visible and can be sent again",
        ("service/test_deliveries_api.py",),
    ),
    "clocks": Requirement(
        "issue 4, Proof: clock moved",
        "clocks set by hours and both ways: nothing ends early, nobody alive is taken for dead, no limit is exceeded, "
        "nothing is left waiting; a question expires by the database's clock alone",
        ("durability/test_clock.py", "unit/engine/test_watch.py", "unit/engine/test_frontier.py"),
    ),
    "server-killed": Requirement(
        "issue 4, Proof",
        "kill -9 of an MCP server in the middle of calls: what may be repeated is made again, the rest asks a person",
        ("durability/test_server_killed.py",),
    ),
    "lifecycle": Requirement(
        "issue 4, Proof",
        "a state machine drives the API against a model of the task life cycle: every answer and every state agrees",
        ("service/test_lifecycle.py",),
    ),
    "prune": Requirement(
        "issue 4, Scale-out",
        "retention: what ended long ago goes whole, a dry run first, and the chain still proves the rest",
        ("postgres/test_pruning.py",),
    ),
    "schema": Requirement(
        "STYLE 5, 6",
        "every query fits the migrated schema, and the committed schema is the sum of the migrations",
        ("postgres/test_queries.py", "house/test_schema.py"),
    ),
    "who-calls": Requirement(
        "issue 5, Who",
        "keys of configured principals, stored as digests, revocable; who decides, and in which role, is what the key "
        "says; without authentication the record says so",
        ("service/test_auth_api.py", "unit/principals", "unit/cli/test_keys.py"),
    ),
    "changes": Requirement(
        "issue 5, decisions",
        "request changes gives revision n+1, its diff, a new hash and approval; at most five rounds; no gate is lost",
        (
            "postgres/test_changes.py",
            "service/test_changes.py",
            "unit/planner/test_comment.py",
            "unit/planner/test_amend.py",
            "unit/planner/test_diff.py",
            "unit/planner/test_edit.py",
            "unit/cli/test_sheet.py",
        ),
    ),
    "who-decides": Requirement(
        "issue 5, Decisions",
        "quorum, four eyes, delegation within one's own role and never to the requester, a yes in advance to plans of "
        "one kind for hours, break-glass out loud; each on record, each revocable at once",
        ("service/test_authority_api.py", "unit/approvals/test_quorum.py", "unit/approvals/test_kind.py"),
    ),
    "gate-scope": Requirement(
        "issue 5, policy as code",
        "with scope `subtask` the safe part of a plan runs while the risky part waits; nothing gated starts without a yes",
        ("postgres/test_scope.py", "unit/approvals/test_scope.py"),
    ),
    "approved-is-what-runs": Requirement(
        "issue 5, done when 3",
        "mutating any field of an approved plan, its arguments or its agent: dispatch refused; every dispatch re-checks "
        "hash, scope and expiry by the database's clock",
        ("postgres/test_dispatch.py", "unit/engine/test_approved.py"),
    ),
    "quorum-model": Requirement(
        "issue 5, done when 2",
        "a state machine (quorum 2 of 3, same person twice, requester, revoked role, delegation, expiry) agrees with the "
        "database",
        ("postgres/test_quorum.py",),
    ),
    "decided-once": Requirement(
        "issue 5, done when 1",
        "of approve, reject, expire and request changes at once one wins and everybody is told what is stored, from two "
        "processes and over HTTP; the long form is `task bench:decisions`",
        ("service/test_bench.py::test_of_four_who_decide_at_once_one_wins_and_everybody_is_told",),
    ),
    "deviation-asks": Requirement(
        "issue 5, decisions",
        "a deviation (a tool or argument outside what was approved) stops the subtask and asks",
        (
            "postgres/test_dispatch.py::test_a_deviation_stops_its_subtask_and_asks_while_the_rest_runs",
            "unit/specialists/test_deviation.py",
            "contract/test_specialist.py",
        ),
    ),
    "routing": Requirement(
        "issue 3, Routing",
        "candidates for words and for subtasks, with eligibility, score, matched, missing and why not the others; "
        "confirmed work becomes examples; only a configured margin asks a person",
        ("service/test_choosing_api.py", "unit/routing/test_learnt.py", "contract/test_scorer.py"),
    ),
    "memory": Requirement(
        "issue 3, Plan memory and Estimates",
        "plans that ended well are remembered per manifest version, advise later ones and can be forgotten; plans tell "
        "when they would be done, and say where that is a prior",
        ("service/test_choosing_api.py", "unit/planner/test_memory.py", "unit/planner/test_estimate.py"),
    ),
    "mece": Requirement(
        "issue 3, MECE that means something",
        "requirements with ids are covered exactly; every class of damage to a good plan is found and no good plan accused",
        (
            "unit/planner/test_mutations.py",
            "unit/planner/test_check.py",
            "unit/planner/test_repair.py",
            "unit/planner/test_pipeline.py::test_every_requirement_has_one_mark_in_the_coverage_matrix",
        ),
    ),
    "eval": Requirement(
        "issue 3, Measure",
        "plans, routing and risk are measured offline with agreed figures, compared, and held to a baseline",
        ("unit/cli/test_eval.py", "unit/planner/test_evaluate.py", "unit/routing/test_evaluate.py", "golden"),
    ),
    "nothing-asked": Requirement(
        "issue 3, Rules worth having",
        "what asks for nothing is a finding, never nonsense: it is not run, not told as done, and a person goes on with it",
        (
            "service/test_changes.py::test_a_request_that_asks_for_nothing_is_never_done_and_a_person_can_put_work_into_it",
            "unit/engine/test_decide.py",
            "unit/planner/test_pipeline.py",
        ),
    ),
    "policy-explains": Requirement(
        "issue 5, policy as code",
        "a policy is tried on cases, explained rule by rule, and held against stored plans; unknown keys are refused",
        ("service/test_policy.py", "unit/approvals/test_cases.py", "unit/approvals/test_policy_file.py"),
    ),
    "tickets": Requirement(
        "issue 4, Scale-out",
        "every ticket is seen to, by one at a time, by another where its taker is lost, and put away with what became of it",
        ("postgres/test_consumer.py", "unit/engine/test_near.py"),
    ),
    "upgrade": Requirement(
        "issue 4, Scale-out",
        "old and new workers side by side on one schema; a migration that leaves programs behind makes them leave first",
        ("durability/test_upgrade.py", "postgres/test_side_by_side.py", "postgres/test_newer_events.py"),
    ),
    "one-ear": Requirement(
        "issue 4, engine",
        "all that wait for word of the database in one process listen on one connection, and miss nothing when it breaks",
        ("postgres/test_ears.py",),
    ),
}

GAPS: dict[str, str] = {}
"""Requirements that are not met, by id, with the reason."""

OBLIGED = ("service", "durability", "postgres")
"""Folders in which every test belongs to a requirement."""
