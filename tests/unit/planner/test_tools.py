"""Lists of tools: which tool the words of a clause mean, by names, descriptions and kinds of data."""

import pytest

from domain.agent import Agent, HttpEndpoint, Manifest, Skill
from planner.pipeline import Planning
from planner.rules.modes import Flow, flow_of
from planner.tools.fit import ToolFit
from planner.tools.reading import reading
from planner.tools.stems import stem
from routing.route import Router
from tests.kit.planning import GatesProduction, agents_of, request


def tool(name: str, description: str, takes: str = "", gives: str = "") -> Agent:
    skill = Skill(
        id=name.lower().replace(" ", "-"),
        name=name,
        description=description,
        input_modes=tuple(takes.split()),
        output_modes=tuple(gives.split()),
    )
    return Agent(
        id=skill.id,
        name=name,
        description=description,
        skills=(skill,),
        endpoint=HttpEndpoint(kind="http", url="http://127.0.0.1:9/"),
    )


OFFICE = Manifest(
    schema_version="1.0",
    agents=(
        tool("buy insurance", "Buy a policy from a company"),
        tool("stock operation", "Do an operation on a stock"),
        tool("online shopping", "Buy a product from a website"),
        tool("order taxi", "Order a taxi to a location"),
        tool("order food delivery", "Order food to be delivered to a location"),
        tool("make voice call", "Call a phone number"),
        tool("take note", "Take a note"),
        tool("see doctor", "See a doctor for a disease"),
    ),
)
STUDIO = Manifest(
    schema_version="1.0",
    agents=(
        tool("Text to Image", "Draws an image by a description", "text", "image"),
        tool("Image to Text", "Reads the text in an image", "image", "text"),
        tool("Text to Speech", "Speaks a text", "text", "audio"),
        tool("Audio to Audio", "Improves a recording", "audio", "audio"),
        tool("Image Classification", "Assigns a class to an image", "image", "text"),
        tool("Depth Estimation", "Predicts depth in an image", "image", "image"),
    ),
)


def planned(manifest: Manifest, text: str) -> list[str | None]:
    planning = Planning(manifest, Router(manifest), GatesProduction())
    return agents_of(planning.plan_by_rules(request(text)))


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Buy 20 shares of Acme", "stock-operation"),
        ("Buy a lamp from Amazon", "online-shopping"),
        ("Get me an Uber to the airport", "order-taxi"),
        ("Order sushi on Uber Eats", "order-food-delivery"),
        ("Phone my sister at 555 1234", "make-voice-call"),
        ("Write down that the rent is due", "take-note"),
        ("Talk to Dr. Lee about my rash", "see-doctor"),
    ],
)
def test_what_is_acted_on_tells_the_tool_more_than_a_verb_that_goes_with_anything(
    text: str, agent: str
) -> None:
    assert planned(OFFICE, text) == [agent]


@pytest.mark.parametrize(
    ("text", "agent"),
    [
        ("Read the text in scan.jpg", "image-to-text"),
        ("Draw a picture of a castle", "text-to-image"),
        ("Generate an audio file from the text", "text-to-speech"),
        ("Classify the picture", "image-classification"),
        ("Extract the text from the depth-estimated image", "image-to-text"),
    ],
)
def test_kinds_of_data_tell_tools_of_like_names_apart(text: str, agent: str) -> None:
    assert planned(STUDIO, text) == [agent]


def test_what_was_done_to_the_given_thing_is_not_done_again() -> None:
    read = reading("classify the edited image", Flow(frozenset(), frozenset()))
    assert read.spoken[stem("edit")] < read.spoken[stem("classify")]


def test_what_is_quoted_says_nothing_of_the_tool() -> None:
    read = reading("write down 'buy insurance'", Flow(frozenset(), frozenset()))
    assert stem("insurance") not in read.spoken
    assert stem("note") in read.spoken


def test_files_are_heard_in_quotation_marks() -> None:
    assert flow_of("crop", "'photo.jpg'").takes == {"image"}


@pytest.mark.parametrize(
    "forms",
    [
        "classify classification classifier classified",
        "translate translation translator translating",
        "summarize summary summarizer summarization",
        "transcribe transcript transcription",
        "estimate estimation",
        "modify modification",
        "buy buying buys bought",
        "similar similarity",
    ],
)
def test_the_forms_of_a_word_share_their_stem(forms: str) -> None:
    assert len({stem(word) for word in forms.split()}) == 1


def test_points_stay_within_their_scale() -> None:
    fit = ToolFit(STUDIO.agents)
    read = reading("text to speech: speak the text", Flow(frozenset({"text"}), frozenset({"audio"})))
    points = {agent.id: fit.points(agent.id, 100.0, read) for agent in STUDIO.agents}
    assert max(points, key=lambda agent: points[agent]) == "text-to-speech"
    assert all(0.0 <= value <= 100.0 for value in points.values())


def test_a_question_among_tools_goes_to_the_tool_its_words_mean() -> None:
    assert planned(STUDIO, "What is the depth of the objects in photo.jpg?") == ["depth-estimation"]


def test_a_clause_that_adds_nothing_joins_the_work_before_it() -> None:
    assert planned(STUDIO, "Estimate the depth in photo.jpg. Please process the image.") == [
        "depth-estimation"
    ]
