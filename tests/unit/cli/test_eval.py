"""Measuring from the command line: keys that programs rely on, files that are wrong, and what a gate lets pass."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from agent.cli.app import run

GOLDEN = Path(__file__).parents[2] / "golden"
AGENTS = str(GOLDEN / "agents.json")
FIGURES = {
    *("n", "agent_f1", "precedence_f1", "edge_f1", "gate_precision", "gate_recall"),
    *("valid_rate", "exact_cover_rate", "cpu_ms_p95"),
}
TOOLS = {
    "nodes": [
        {
            "id": "Audio-to-Text",
            "desc": "Transcribes speech into text.",
            "input-type": ["audio"],
            "output-type": ["text"],
        },
        {
            "id": "Text Translator",
            "desc": "Translates text.",
            "input-type": ["text"],
            "output-type": ["text"],
        },
    ]
}
TOOL_CASE = {
    "id": "7",
    "user_request": "Transcribe the recording talk.wav, then translate the text into German.",
    "task_steps": ["Transcribe the recording", "Translate the text"],
    "task_nodes": [{"task": "Audio-to-Text"}, {"task": "Text Translator"}],
    "task_links": [{"source": "Audio-to-Text", "target": "Text Translator"}],
}
DEPLOY = {
    "id": "d",
    "title": "Fix the login handler, then deploy it to production",
    "expect": {
        "subtasks": [{"key": "f", "agent": "backend"}, {"key": "d", "agent": "release"}],
        "edges": [["f", "d"]],
        "gates": ["d"],
    },
}


def said(capsys: pytest.CaptureFixture[str], *arguments: str | Path) -> tuple[int, str, str]:
    code = run([str(argument) for argument in arguments])
    out, err = capsys.readouterr()
    return code, out, err


def written(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def figures(path: Path, **changed: float) -> Path:
    whole = dict.fromkeys(sorted(FIGURES), 80.0) | changed
    return written(path, whole)


def test_plans_are_scored_with_just_these_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = written(tmp_path / "suite.jsonl", DEPLOY)
    code, out, err = said(capsys, "eval", "plan", "--suite", suite, "--manifest", AGENTS, "--json")

    assert (code, err) == (0, "")
    found = json.loads(out)
    assert set(found) == FIGURES
    assert (found["n"], found["agent_f1"], found["precedence_f1"]) == (1, 100.0, 100.0)
    assert (found["gate_precision"], found["gate_recall"]) == (100.0, 100.0)


def test_a_dump_holds_every_plan_with_its_gates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite, dump = written(tmp_path / "suite.jsonl", DEPLOY), tmp_path / "plans.jsonl"
    said(capsys, "eval", "plan", "--suite", suite, "--manifest", AGENTS, "--dump", dump, "--json")

    (line,) = map(json.loads, dump.read_text("utf-8").splitlines())
    by_agent = {subtask["agent"]: subtask for subtask in line["plan"]["subtasks"] if not subtask["implied"]}
    ids = {subtask["subtask_id"] for subtask in line["plan"]["subtasks"]}
    assert line["id"] == "d"
    assert (by_agent["backend"]["gated"], by_agent["release"]["gated"]) == (False, True)
    assert set(by_agent["release"]["depends_on"]) <= ids
    assert by_agent["release"]["covers"]


def test_a_list_of_tools_is_a_manifest_and_past_plans_are_heard(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tools = tmp_path / "x_tools.json"
    tools.write_text(json.dumps(TOOLS), encoding="utf-8")
    suite = written(tmp_path / "suite.jsonl", TOOL_CASE)
    memory = written(
        tmp_path / "memory.jsonl",
        TOOL_CASE | {"id": "8", "user_request": "Do the usual with the tape of Monday, please"},
    )
    asked = written(
        tmp_path / "asked.jsonl", TOOL_CASE | {"user_request": "Do the usual with the tape of Friday"}
    )

    by_words = said(capsys, "eval", "plan", "--suite", suite, "--manifest", tools, "--json")
    alone = said(capsys, "eval", "plan", "--suite", asked, "--manifest", tools, "--json")
    advised = said(
        capsys, "eval", "plan", "--suite", asked, "--manifest", tools, "--memory", memory, "--json"
    )

    assert json.loads(by_words[1])["agent_f1"] == 100.0
    assert json.loads(alone[1])["agent_f1"] < 100.0
    assert json.loads(advised[1])["agent_f1"] == 100.0


def test_routing_and_risk_have_figures_of_their_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    phrases = written(
        tmp_path / "risk.jsonl",
        {"id": "1", "text": "Drop the customers table", "min_level": "high", "max_level": "critical"},
        {"id": "2", "text": "Drop the customers table", "min_level": "low", "max_level": "low"},
    )
    _, routed, _ = said(
        capsys, "eval", "route", "--suite", GOLDEN / "route.jsonl", "--manifest", AGENTS, "--json"
    )
    _, rated, _ = said(capsys, "eval", "risk", "--suite", phrases, "--json")
    _, planned, _ = said(capsys, "eval", "risk", "--suite", phrases, "--manifest", AGENTS, "--json")

    assert set(json.loads(routed)) == {"top1", "top3", "mrr", "top1_at_80pct_coverage", "cpu_ms_p99"}
    assert json.loads(rated) == {"n": 2, "under_rated": 0, "over_rated": 1, "exact_or_within": 1}
    assert json.loads(planned) == json.loads(rated)


def test_steps_of_a_suite_of_tools_are_routed_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    tools = tmp_path / "x_tools.json"
    tools.write_text(json.dumps(TOOLS), encoding="utf-8")
    suite = written(tmp_path / "suite.jsonl", TOOL_CASE)
    code, out, _ = said(capsys, "eval", "route", "--suite", suite, "--manifest", tools, "--json")

    assert code == 0
    assert json.loads(out)["top1"] == 100.0


BROKEN: Sequence[tuple[str, str]] = (
    ("{", "line 1 of the suite cannot be read: it is not JSON"),
    ('{"id": 1, "title": "x", "expect": {}}', "'subtasks' is missing"),
    ("[1]", "is no JSON object"),
    ('{"id": 1, "title": "", "expect": {"subtasks": []}}', "title: "),
    (
        '{"id": 1, "title": "x", "expect": {"subtasks": [], "edges": [["a", "b"]]}}',
        "'a' is missing",
    ),
    ("", "no case is in it"),
)


@pytest.mark.parametrize(("line", "reason"), BROKEN)
def test_a_bad_suite_is_refused_by_file_line_and_reason(
    line: str, reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = tmp_path / "bad.jsonl"
    suite.write_text(line, encoding="utf-8")
    code, out, _ = said(capsys, "eval", "plan", "--suite", suite, "--manifest", AGENTS, "--json")

    message = json.loads(out)["error"]["message"]
    assert code == 2
    assert message.startswith(f"{suite}: ")
    assert reason in message


def test_a_split_that_is_not_there_is_told_with_those_that_are(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with_splits = written(tmp_path / "s.jsonl", {**DEPLOY, "split": "dev"}, {**DEPLOY, "split": "held"})
    without = written(tmp_path / "w.jsonl", DEPLOY)
    for suite, told in ((with_splits, "its splits are dev, held"), (without, "it has no splits")):
        code, _, refused = said(
            capsys, "eval", "plan", "--suite", suite, "--manifest", AGENTS, "--split", "x"
        )
        assert (code, told in refused) == (2, True)


def test_texts_of_agents_that_nobody_knows_are_measured_with_a_warning(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suite = written(tmp_path / "s.jsonl", {"text": "Write the guide", "agent": "stranger"})
    code, shown, warned = said(capsys, "eval", "route", "--suite", suite, "--manifest", AGENTS, "--json")
    assert (code, json.loads(shown)["top1"]) == (0, 0.0)
    assert "does not have: stranger" in warned


def test_files_that_are_not_there_or_no_text_are_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    binary = tmp_path / "binary.jsonl"
    binary.write_bytes(b"\xff\xfe\x00")
    suite = written(tmp_path / "suite.jsonl", DEPLOY)
    tools = tmp_path / "tools.json"
    tools.write_text('{"nodes": [{"id": "a b"}, {"id": "a-b"}]}', encoding="utf-8")

    for arguments, word in (
        (("--suite", tmp_path / "gone.jsonl"), "No such file"),
        (("--suite", binary), "not UTF-8"),
        (("--suite", suite, "--manifest", tools), "twice"),
        (("--suite", suite, "--memory", binary), "not UTF-8"),
        (("--suite", suite, "--dump", tmp_path / "no" / "folder"), "cannot be written"),
        (("--suite", suite, "--planner", "hybrid"), "ORCHESTRATOR_MODEL"),
        (("--suite", suite, "--split", "nowhere"), "'nowhere'"),
    ):
        code, _, err = said(capsys, "eval", "plan", *arguments)
        assert code == 2
        assert word in err


def test_a_gate_lets_pass_what_is_hardly_worse_and_no_more(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    baseline = figures(tmp_path / "a.json")
    slower = figures(tmp_path / "b.json", agent_f1=79.5, cpu_ms_p95=900.0, edge_f1=95.0)
    worse = figures(tmp_path / "c.json", agent_f1=78.9)

    assert said(capsys, "eval", "gate", slower, "--baseline", baseline, "--max-drop", "1", "--json")[0] == 0
    code, out, _ = said(capsys, "eval", "gate", worse, "--baseline", baseline, "--max-drop", "1", "--json")
    assert code == 7
    assert json.loads(out)["worse"] == {"agent_f1": {"baseline": 80.0, "now": 78.9, "drop": 1.1}}


def test_a_gate_knows_figures_of_which_less_is_better(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written(tmp_path / "a", {"n": 9, "under_rated": 1, "over_rated": 2, "exact_or_within": 6})
    after = written(tmp_path / "b", {"n": 9, "under_rated": 3, "over_rated": 0, "exact_or_within": 6})

    code, out, _ = said(capsys, "eval", "gate", after, "--baseline", before, "--max-drop", "1", "--json")
    assert (code, list(json.loads(out)["worse"])) == (7, ["under_rated"])


def test_a_gate_can_measure_for_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    suite = written(tmp_path / "suite.jsonl", DEPLOY)
    measure = ("--suite", suite, "--manifest", AGENTS)
    baseline = tmp_path / "a.json"
    baseline.write_text(said(capsys, "eval", "plan", *measure, "--json")[1], encoding="utf-8")

    assert said(capsys, "eval", "gate", "--baseline", baseline, "--max-drop", "0", *measure)[0] == 0
    assert said(capsys, "eval", "gate", "--baseline", baseline, "--max-drop", "0")[0] == 2


def test_two_measurements_are_laid_side_by_side(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = figures(tmp_path / "a.json"), figures(tmp_path / "b.json", agent_f1=90.0)
    _, out, _ = said(capsys, "eval", "compare", before, after, "--json")
    shown = json.loads(out)

    assert shown["agent_f1"] == {"a": 80.0, "b": 90.0, "change": 10.0}
    assert "agent_f1" in said(capsys, "eval", "compare", before, after)[1]


@pytest.mark.parametrize(
    ("other", "word"),
    [({"n": 80, "top1": 3}, "do not measure the same"), ({"n": "many"}, "no figure"), ([], "no figures")],
)
def test_what_cannot_be_compared_is_said(
    other: Any, word: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "eval", "compare", figures(tmp_path / "a"), written(tmp_path / "b", other))
    assert code == 2
    assert word in err


def test_measurements_on_suites_of_different_size_are_not_compared(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, _, err = said(capsys, "eval", "compare", figures(tmp_path / "a"), figures(tmp_path / "b", n=81.0))
    assert code == 2
    assert "80 and 81 cases" in err
