"""Routers that learn, that ask people, and that hear another opinion."""

from domain.agent import Agent, HttpEndpoint, Manifest, Need, Skill
from domain.ids import AgentId
from routing.learnt import Learnt
from routing.route import Router


def agent(name: str, does: str) -> Agent:
    skill = Skill(id=name, description=does)
    return Agent(
        id=name,
        description=does,
        skills=(skill,),
        endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"),
    )


TWO = Manifest(
    schema_version="1.0",
    agents=(agent("painter", "paints walls green"), agent("plumber", "mends pipes, paints pipes")),
)


def test_whoever_holds_it_hears_what_was_learnt() -> None:
    learnt = Learnt(Router(TWO))
    need = Need(text="zorble the gate")
    assert learnt.rank(need).candidates[0].score == 0.0

    learnt.learn({AgentId("plumber"): ["zorble the fence"]})
    assert learnt.rank(need).chosen == "plumber"


def test_what_is_learnt_anew_takes_the_place_of_what_was_learnt_before() -> None:
    learnt = Learnt(Router(TWO))
    learnt.learn({AgentId("plumber"): ["zorble the fence"]})
    learnt.learn({})
    assert learnt.rank(Need(text="zorble the gate")).candidates[0].score == 0.0


def test_a_narrow_choice_is_a_persons_only_where_that_is_asked_for() -> None:
    need = Need(text="paint pipes and walls")
    by_itself, asking = Router(TWO).rank(need), Router(TWO, ask_below=0.9).rank(need)

    assert by_itself.needs_person is False
    assert asking.needs_person is True
    assert asking.chosen == by_itself.chosen


def test_a_clear_choice_is_made_without_anybody() -> None:
    assert Router(TWO, ask_below=0.3).rank(Need(text="mends pipes")).needs_person is False


def test_another_opinion_has_the_last_word() -> None:
    plain = Router(TWO).rank(Need(text="paint the walls green"))
    turned = Router(TWO).rank(
        Need(text="paint the walls green"),
        opinion=lambda agent, score: 90.0 if agent == "plumber" else score / 2,
    )
    assert (plain.chosen, turned.chosen) == ("painter", "plumber")
    assert turned.candidates[0].score == 90.0
