from hypothesis import given
from hypothesis import strategies as st

from domain.graph import circle, reachable, successors, waves, without_shortcuts


def test_waves_need_only_earlier_ones() -> None:
    assert waves({"a": [], "b": ["a"], "c": ["a"], "d": ["b", "c"]}) == [["a"], ["b", "c"], ["d"]]


def test_a_circle_is_shown_in_order() -> None:
    found = circle({"a": ["c"], "b": ["a"], "c": ["b"], "d": []})
    assert sorted(found) == ["a", "b", "c"]
    graph = {"a": ["c"], "b": ["a"], "c": ["b"]}
    assert all(graph[x] == [y] for x, y in zip(found, found[1:] + found[:1], strict=True))


def test_no_circle_is_no_circle() -> None:
    assert circle({"a": [], "b": ["a"]}) == []


@st.composite
def acyclic(draw: st.DrawFn) -> dict[int, list[int]]:
    size = draw(st.integers(1, 10))
    return {n: draw(st.lists(st.sampled_from(range(n)), unique=True)) if n else [] for n in range(size)}


@given(acyclic())
def test_dropping_shortcuts_changes_nothing_that_can_be_reached(graph: dict[int, list[int]]) -> None:
    reduced = without_shortcuts(graph)
    for node in graph:
        assert reachable([node], reduced) == reachable([node], graph)
        for p in reduced[node]:
            others = {**reduced, node: tuple(q for q in reduced[node] if q != p)}
            assert p not in reachable([node], others)


@given(acyclic())
def test_every_node_of_an_acyclic_graph_has_a_wave_behind_its_predecessors(
    graph: dict[int, list[int]],
) -> None:
    depth = {node: d for d, level in enumerate(waves(graph)) for node in level}
    assert set(depth) == set(graph)
    assert all(depth[p] < depth[node] for node, before in graph.items() for p in before)
    assert sum(len(after) for after in successors(graph).values()) == sum(len(b) for b in graph.values())
