from planner.ancestry import Ancestry
from tests.kit.plans import subtask


def test_what_comes_before_is_told_in_the_order_of_the_plan_in_every_process() -> None:
    names = [f"n{number}" for number in range(12)]
    plan = [subtask("t", name) for name in names] + [subtask("t", "last", " ".join(names))]
    assert Ancestry(plan).behind(plan[-1]) == plan[:-1]
