from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from agent.engine.frontier import Frontier
from domain.ids import SubtaskId
from domain.subtask import SUBTASK_STATES

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> tuple[dict[SubtaskId, list[SubtaskId]], list[tuple[SubtaskId, str, int]]]:
    """An acyclic graph, and moves of its nodes; a move may set a timer some seconds ahead."""
    size = draw(st.integers(1, 12))
    nodes = [SubtaskId(f"n{i}") for i in range(size)]
    graph = {
        node: draw(st.lists(st.sampled_from(nodes[:i]), unique=True, max_size=3)) if i else []
        for i, node in enumerate(nodes)
    }
    moves = st.tuples(st.sampled_from(nodes), st.sampled_from(SUBTASK_STATES), st.integers(0, 3))
    return graph, draw(st.lists(moves, max_size=40))


@given(histories())
def test_the_incremental_frontier_is_the_recomputed_one(
    history: tuple[dict[SubtaskId, list[SubtaskId]], list[tuple[SubtaskId, str, int]]],
) -> None:
    graph, moves = history
    frontier = Frontier(graph, dict.fromkeys(graph, "pending"))
    for tick, (node, state, wait) in enumerate(moves):
        now = NOW + timedelta(seconds=tick)
        due = now + timedelta(seconds=wait) if state == "ready" and wait else None
        frontier.move(node, state, due)  # type: ignore[arg-type]
        frontier.pass_time(now)
        assert set(frontier.open) == frontier.recomputed()
        assert {n for line in frontier.lines.values() for n in line} == set(frontier.open)
        assert frontier.count(*SUBTASK_STATES) == len(graph)
        assert {s: frontier.count(s) for s in SUBTASK_STATES} == {
            s: list(frontier.states.values()).count(s) for s in SUBTASK_STATES
        }


def test_the_next_timer_is_the_earliest_that_still_counts() -> None:
    a, b = SubtaskId("a"), SubtaskId("b")
    frontier = Frontier({a: [], b: []}, {a: "pending", b: "pending"})
    frontier.move(a, "ready", NOW + timedelta(seconds=1))
    frontier.move(b, "ready", NOW + timedelta(seconds=2))
    frontier.move(a, "running")
    assert frontier.next_due() == NOW + timedelta(seconds=2)


def test_a_back_off_that_is_longer_than_any_is_over() -> None:
    a, b = SubtaskId("a"), SubtaskId("b")
    frontier = Frontier({a: [], b: []}, {a: "pending", b: "pending"})
    frontier.move(a, "ready", NOW + timedelta(seconds=30))
    frontier.move(b, "ready", NOW + timedelta(seconds=50))
    frontier.pass_time(NOW)
    assert set(frontier.open) == set()
    frontier.pass_time(NOW - timedelta(hours=3))
    assert set(frontier.open) == {a, b}
