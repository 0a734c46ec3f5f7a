from hypothesis import given, settings
from hypothesis import strategies as st

from planner.ancestry import Ancestry
from planner.implied import lacking
from planner.supply import unsupplied
from tests.kit.plans import subtask

NAMES = st.lists(st.sampled_from("xyz"), unique=True).map(tuple)
NODE = st.tuples(st.sets(st.integers(0, 7)), NAMES, NAMES)


@settings(max_examples=40)
@given(st.lists(NODE, max_size=8))
def test_what_a_whole_graph_lacks_is_what_each_of_it_lacks(
    nodes: list[tuple[set[int], tuple[str, ...], tuple[str, ...]]],
) -> None:
    graph = [
        subtask(
            "t",
            str(number),
            " ".join(str(other) for other in before if other < number),
            consumes=consumes,
            produces=produces,
        )
        for number, (before, consumes, produces) in enumerate(nodes)
    ]
    assert unsupplied(graph) == [lacking(each, Ancestry(graph)) for each in graph]
