"""Linear as it really answers: its schema, its tokens, its limits, its threads, and the comments people write."""

import os
from collections.abc import AsyncIterator, Collection
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from graphql import GraphQLInputObjectType, GraphQLObjectType, GraphQLSchema, build_schema, parse, validate

from agent.telling.calling import Calling
from domain.errors import ForbiddenError, UnreachableError
from domain.verdict import Demand
from notifiers.answers import Command, Ignored, Spoken, heard, spoken
from notifiers.graphql import QUERIES, REST_S, UNTIL_MENDED_S
from notifiers.graphql import Linear as Client
from notifiers.linear import LinearComments
from notifiers.notice import Notice
from notifiers.ports import Dead, Later, Sent, Unsure
from notifiers.render import Renderer
from tests.kit.linear import ADA, APP, HUB, HUB_ID, KEY, SDL, SECRET, Linear, User, delivery, linear
from tests.kit.notices import CODE, NOW, PROFILE, asked, ended, not_taken, notice, told
from tests.kit.serving import Receive, Scope, Send, answer, body_of, serving

FULL = Path(
    os.environ.get("LINEAR_SCHEMA") or Path(__file__).parents[3] / "shared/data/linear/schema.graphql"
)


class Clock:
    """Stands still until it is set."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
async def double() -> AsyncIterator[Linear]:
    async with linear() as made:
        yield made


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False) as client:
        yield client


@pytest.fixture
def channel(double: Linear, http: httpx.AsyncClient, clock: Clock) -> LinearComments:
    return LinearComments(Client(http, KEY, clock, url=double.url), Renderer(), hub=HUB)


def test_every_query_fits_linears_schema() -> None:
    schema = build_schema(SDL.read_text())
    assert [validate(schema, parse(query)) for query in QUERIES] == [[]] * len(QUERIES)


def test_our_part_of_the_schema_is_linears() -> None:
    if not FULL.exists():
        pytest.skip(f"Linear's whole schema is not at {FULL}; name its place in LINEAR_SCHEMA")
    theirs, ours = build_schema(FULL.read_text()), build_schema(SDL.read_text())
    assert [validate(theirs, parse(query)) for query in QUERIES] == [[]] * len(QUERIES)
    for name, kind in ours.type_map.items():
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType) and not name.startswith("__"):
            _same(name, ours, theirs)


def _same(name: str, ours: GraphQLSchema, theirs: GraphQLSchema) -> None:
    for key, field in ours.type_map[name].fields.items():  # type: ignore[attr-defined]
        real = theirs.type_map[name].fields[key]  # type: ignore[attr-defined]
        assert str(real.type) == str(field.type), f"{name}.{key}"
        for argument, given in getattr(field, "args", {}).items():
            assert str(real.args[argument].type) == str(given.type), f"{name}.{key}({argument})"


@pytest.mark.parametrize(("key", "sent"), [(KEY, KEY), (f"lin_oauth_{KEY}", f"Bearer lin_oauth_{KEY}")])
async def test_both_kinds_of_token_are_sent_as_linear_wants_them(
    double: Linear, http: httpx.AsyncClient, clock: Clock, key: str, sent: str
) -> None:
    channel = LinearComments(Client(http, key, clock, url=double.url), Renderer(), hub=HUB)
    assert isinstance(await channel.send(notice()), Sent)
    assert double.authorizations == [sent]


async def test_a_question_opens_a_thread_on_the_hub_issue_and_all_that_follows_is_in_it(
    double: Linear, channel: LinearComments
) -> None:
    root = notice(asked())
    for message in (
        asked(),
        asked(kind="approval_reminder"),
        asked(kind="approval_escalated"),
        ended(),
        told(),
        not_taken(),
    ):
        assert isinstance(await channel.send(notice(message)), Sent)
    first, *rest = double.comments.values()
    assert (first.id, first.parent_id) == (str(root.notice_id), None)
    assert [comment.parent_id for comment in rest] == [str(root.notice_id)] * 5
    assert {request["variables"]["input"]["issueId"] for request in double.requests} == {HUB}


async def test_an_end_is_told_even_where_its_thread_is_gone(double: Linear, channel: LinearComments) -> None:
    assert isinstance(await channel.send(notice(ended())), Sent)
    (comment,) = double.comments.values()
    assert comment.parent_id is None
    assert len(double.requests) == 2


async def test_people_are_called_by_their_profiles(double: Linear, channel: LinearComments) -> None:
    await channel.send(notice())
    assert double.comments[str(notice().notice_id)].body.rstrip().endswith(f"\n{PROFILE}")


async def test_a_comment_that_is_there_already_counts_as_sent(
    double: Linear, channel: LinearComments
) -> None:
    double.moods.append("failed_after_commit")
    assert isinstance(await channel.send(notice()), Unsure)
    assert await channel.send(notice()) == Sent(receipt=str(notice().notice_id), repeated=True)
    assert len(double.comments) == 1


async def test_errors_in_an_answer_of_200_are_errors(double: Linear, channel: LinearComments) -> None:
    double.moods.append("errors")
    assert isinstance(await channel.send(notice()), Unsure)
    assert double.comments == {}


@pytest.mark.parametrize("mood", ["refuses", "forbidden"])
async def test_what_linear_will_never_take_is_dead_and_says_why(
    double: Linear, channel: LinearComments, mood: str
) -> None:
    double.moods.append(mood)  # type: ignore[arg-type]
    outcome = await channel.send(notice())
    assert isinstance(outcome, Dead)
    assert "Linear refused it" in outcome.why


@pytest.mark.parametrize(
    ("mood", "outcome"),
    [("forbidden_outright", Dead), ("not_confirmed", Unsure), ("no_data", Unsure), ("refuses_oddly", Unsure)],
)
async def test_odd_answers_are_never_taken_for_success(
    double: Linear, channel: LinearComments, mood: str, outcome: type
) -> None:
    double.moods.append(mood)  # type: ignore[arg-type]
    assert isinstance(await channel.send(notice()), outcome)


async def test_a_hub_issue_that_is_not_there_is_told(
    double: Linear, http: httpx.AsyncClient, clock: Clock
) -> None:
    channel = LinearComments(Client(http, KEY, clock, url=double.url), Renderer(), hub="PR-404")
    outcome = await channel.send(notice())
    assert isinstance(outcome, Dead)
    assert "Entity not found: Issue" in outcome.why


async def test_a_refused_key_waits_until_somebody_puts_it_right(
    double: Linear, http: httpx.AsyncClient, clock: Clock
) -> None:
    channel = LinearComments(Client(http, "lin_api_wrong", clock, url=double.url), Renderer(), hub=HUB)
    outcome = await channel.send(notice())
    assert isinstance(outcome, Later)
    assert outcome.after_s == UNTIL_MENDED_S
    assert "LINEAR_API_KEY" in outcome.why
    assert "lin_api_wrong" not in outcome.why


def reset_in(seconds: float) -> str:
    return str(int((NOW + timedelta(seconds=seconds)).timestamp() * 1000))


@pytest.mark.parametrize(
    ("headers", "wait_s"),
    [
        ({"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": reset_in(90)}, 90),
        ({"x-ratelimit-complexity-remaining": "0", "x-ratelimit-complexity-reset": reset_in(120)}, 120),
        (
            {
                "x-ratelimit-endpoint-requests-remaining": "0",
                "x-ratelimit-endpoint-requests-reset": reset_in(30),
                "x-ratelimit-requests-remaining": "7",
                "x-ratelimit-requests-reset": reset_in(3_000),
            },
            30,
        ),
        ({"retry-after": "17"}, 17),
        ({"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": "soon"}, REST_S),
        ({"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": reset_in(-5)}, REST_S),
        ({"x-other": "1"}, REST_S),
    ],
)
async def test_a_limit_is_obeyed_as_long_as_linear_says(
    double: Linear, channel: LinearComments, clock: Clock, headers: dict[str, str], wait_s: float
) -> None:
    double.moods.append("ratelimited")
    double.headers = headers
    outcome = await channel.send(notice())
    assert isinstance(outcome, Later)
    assert outcome.after_s == pytest.approx(wait_s, abs=0.01)
    # Until then Linear is not even asked.
    clock.at += timedelta(seconds=wait_s - 1)
    assert isinstance(await channel.send(notice()), Later)
    assert len(double.requests) == 1
    double.headers = {}
    clock.at += timedelta(seconds=2)
    assert isinstance(await channel.send(notice()), Sent)


async def test_the_last_request_before_a_limit_still_counts(
    double: Linear, channel: LinearComments, clock: Clock
) -> None:
    double.headers = {"x-ratelimit-requests-remaining": "0", "x-ratelimit-requests-reset": reset_in(60)}
    assert isinstance(await channel.send(notice()), Sent)
    assert isinstance(await channel.send(notice(ended())), Later)
    assert len(double.requests) == 1


async def test_an_answer_is_read_again_by_its_id_before_it_counts(
    double: Linear, channel: LinearComments
) -> None:
    written = double.says(f"approve {CODE}")
    # The webhook may tell of another text than stands there: what stands there counts.
    sent = delivery(written, at=NOW, body="reject everything")
    news = heard(sent.body, sent.headers["Linear-Signature"], secrets=(SECRET,), now=NOW)
    assert news is not None
    comment = await channel.comment(news.comment_id)
    assert comment is not None
    assert spoken(comment, hub=HUB) == Spoken(Command("approve", CODE), ADA.id, ADA.email, written.id)


async def test_a_comment_that_was_edited_since_is_no_answer(double: Linear, channel: LinearComments) -> None:
    written = double.says(f"approve {CODE}", edited_at="2026-11-21T09:31:00.000Z")
    comment = await channel.comment(written.id)
    assert comment is not None
    assert isinstance(spoken(comment, hub=HUB), Ignored)


async def test_our_own_comments_are_no_answers(double: Linear, channel: LinearComments) -> None:
    await channel.send(notice())
    comment = await channel.comment(str(notice().notice_id))
    assert comment is not None
    assert comment.user is not None
    assert comment.user.id == APP.id
    assert isinstance(spoken(comment, hub=HUB_ID), Ignored)


async def test_a_comment_that_is_gone_is_nobodys(channel: LinearComments) -> None:
    assert await channel.comment("8c1f0a52-0000-4000-8000-000000000000") is None


@pytest.mark.parametrize("mood", ["errors", "ratelimited", "nonsense", "unauthorized", "refuses"])
async def test_a_comment_that_cannot_be_read_now_is_read_later(
    double: Linear, channel: LinearComments, mood: str
) -> None:
    written = double.says(f"approve {CODE}")
    double.moods.append(mood)  # type: ignore[arg-type]
    with pytest.raises(UnreachableError):
        await channel.comment(written.id)


async def test_people_are_found_by_their_address(double: Linear, channel: LinearComments) -> None:
    double.users.append(User("u-2", "Bob@Example.com", active=False, name="bob"))
    assert await channel.profile("ADA@example.com") == PROFILE
    assert await channel.profile("bob@example.com") is None
    assert await channel.profile("eve@example.com") is None
    double.moods.append("errors")
    with pytest.raises(UnreachableError):
        await channel.profile("ada@example.com")


class Directory:
    """Ada and Bob may decide, Cat above them; Bob asked. Dan has no account in Linear."""

    def mailbox(self, name: str) -> str | None:
        return f"{name}@example.com"

    def mailboxes(self, roles: Collection[str]) -> tuple[str, ...]:
        people = {"release_manager": ("ada", "bob", "dan"), "chief": ("cat",)}
        return tuple(f"{name}@example.com" for role in roles for name in people.get(role, ()))


async def test_those_who_are_asked_are_called_by_their_pages(double: Linear, channel: LinearComments) -> None:
    double.users += [User("u-2", "bob@example.com", name="bob"), User("u-3", "cat@example.com", name="cat")]
    calling = Calling(channel.profile, Directory())
    demand = Demand(roles=("release_manager",), ttl_s=60, escalate_to=("chief",))

    def asking(kind: str) -> Notice:
        message = asked(kind=kind)
        held = message.approval.model_copy(update={"demand": demand, "requester": "bob"})
        plain = notice(message.model_copy(update={"approval": held}), "linear")
        return plain.model_copy(update={"mentions": ()})

    called = await calling.called(asking("approval_required"))
    assert called.mentions == (PROFILE,)
    assert isinstance(await channel.send(called), Sent)
    assert PROFILE in double.comments[str(called.notice_id)].body.splitlines()
    double.moods.append("errors")
    assert (await calling.called(asking("approval_escalated"))).mentions == ()
    above = await calling.called(asking("approval_escalated"))
    assert above.mentions == (double.users[-1].url,)


async def test_who_asked_is_called_to_hear_what_came_of_it(double: Linear, channel: LinearComments) -> None:
    double.users += [User("u-2", "bob@example.com", name="bob"), User("u-3", "cat@example.com", name="cat")]
    demand = Demand(roles=("release_manager",), ttl_s=60, escalate_to=("chief",))
    bob, cat = double.users[-2].url, double.users[-1].url

    def end(requester: str | None, **vote: object) -> Notice:
        message = ended("approved")
        votes = tuple(v.model_copy(update=vote) for v in message.approval.votes)
        changes = {"demand": demand, "requester": requester, "votes": votes}
        held = message.approval.model_copy(update=changes)
        plain = notice(message.model_copy(update={"approval": held}), "linear")
        return plain.model_copy(update={"mentions": ()})

    known = Calling(channel.profile, Directory())
    assert (await known.called(end("bob"))).mentions == (bob,)
    assert (await known.called(end(None))).mentions == ()
    broken = await known.called(end("bob", means="break_glass"))
    assert broken.mentions == (bob, PROFILE, cat), "those who were passed over hear of it"
    strangers = Calling(channel.profile, None)
    assert (await strangers.called(end("cat@example.com"))).mentions == (cat,)
    assert (await strangers.called(end("cat"))).mentions == ()


async def test_duplicated_late_and_forged_webhooks_come_over_the_wire_as_they_are(
    double: Linear, http: httpx.AsyncClient
) -> None:
    """The double's webhooks, for whoever serves the endpoint: posted twice they are the same, byte for byte."""
    taken: list[tuple[bytes, str]] = []

    async def endpoint(scope: Scope, receive: Receive, send: Send) -> None:
        headers = {key.decode(): value.decode() for key, value in scope["headers"]}
        taken.append((await body_of(receive), headers["linear-signature"]))
        await answer(send, 200, b"{}")

    written = double.says(f"approve {CODE}")
    now = datetime.now(UTC)
    async with serving(endpoint) as url:
        for sent in (
            delivery(written, at=now),
            delivery(written, at=now),
            delivery(written, at=now - timedelta(hours=1)),
        ):
            assert (await sent.post(http, url)).status_code == 200
        await delivery(written, at=now, secret="lin_wh_forged").post(http, url)
    assert taken[0] == taken[1]
    assert [_genuine(body, signature, now) for body, signature in taken] == [True, True, False, False]


def _genuine(body: bytes, signature: str, now: datetime) -> bool:
    try:
        return heard(body, signature, secrets=(SECRET,), now=now) is not None
    except ForbiddenError:
        return False


async def test_a_comment_whose_answer_was_lost_is_found_to_be_there(
    double: Linear, channel: LinearComments, http: httpx.AsyncClient, clock: Clock
) -> None:
    hasty = LinearComments(Client(http, KEY, clock, url=double.url, timeout_s=2.0), Renderer(), hub=HUB)
    double.moods.append("lost_after_commit")
    assert isinstance(await hasty.send(notice()), Unsure)
    outcome = await channel.send(notice())
    assert isinstance(outcome, Sent)
    assert outcome.repeated
    assert len(double.comments) == 1
