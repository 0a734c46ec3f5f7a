"""An exported log, tampered with in every way: the first bad entry is named."""

import base64
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from agent.audit.chain import START, digest_of_entry, entry_of, onward, signed_text
from agent.audit.check import check
from agent.audit.key import SigningKey
from domain.errors import AuditBrokenError, ConfigurationError

KEY = SigningKey(base64.b64encode(b"k" * 32).decode())
OTHER = SigningKey(base64.b64encode(b"o" * 32).decode())
NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SECRET = "the launch code is 0000"

Lines = list[dict[str, Any]]


def entry(seq: int) -> dict[str, Any]:
    data = {"reason": SECRET, "approver": "ann", "hits": [{"rule": "x", "facts": {"why": SECRET}}]}
    return dict(
        entry_of(
            seq=seq, at=NOW, actor="ann", kind="approval_voted", task_id="t1", subtask_id=None, data=data
        )
    )


def block(number: int, head: bytes, *seqs: int, key: SigningKey = KEY) -> tuple[Lines, bytes]:
    heads = []
    for seq in seqs:
        head = onward(head, entry(seq))
        heads.append(head.hex())
    told = {
        "number": number,
        "at": NOW.isoformat(),
        "seqs": list(seqs),
        "heads": heads,
        "key": key.public,
        "signature": key.sign(signed_text(number, seqs[-1], head)).hex(),
    }
    return [*({"entry": entry(seq)} for seq in seqs), {"block": told}], head


def book(*, key: SigningKey = KEY) -> Lines:
    """Entries 3, 4, 7 in a block and 8, 9 in the next."""
    first, head = block(1, START, 3, 4, 7, key=key)
    second, _ = block(2, head, 8, 9, key=key)
    return [{"format": "orchestrator audit 1"}, *first, *second]


def lines(made: Lines) -> list[str]:
    return [json.dumps(line) for line in made]


def test_a_whole_log_is_good_and_holds_no_bodies() -> None:
    found = check(lines(book()), trusted=[KEY.public])
    assert (found.entries, found.blocks, found.last, found.pinned) == (5, 2, 9, True)
    assert not check(lines(book())).pinned
    text = "".join(lines(book()))
    assert SECRET not in text
    assert '"approver": "ann"' in text


def change(place: int, name: str, value: Any) -> Callable[[Lines], None]:
    def do(made: Lines) -> None:
        made[place]["entry"][name] = value

    return do


def remove(*places: int) -> Callable[[Lines], None]:
    def do(made: Lines) -> None:
        for place in sorted(places, reverse=True):
            del made[place]

    return do


def insert(place: int, line: dict[str, Any]) -> Callable[[Lines], None]:
    return lambda made: made.insert(place, line)


def swap(made: Lines) -> None:
    made[1], made[2] = made[2], made[1]


def forge(made: Lines) -> None:
    """Whoever may write to the database makes the chain anew, and signs with what they have."""
    made[2]["entry"]["actor"] = "eve"
    head = START
    heads = []
    for line in made[1:4]:
        head = onward(head, line["entry"])
        heads.append(head.hex())
    made[4]["block"]["heads"] = heads


def unsign(made: Lines) -> None:
    made[4]["block"]["signature"] = "00" * 64


BAD: dict[str, tuple[Callable[[Lines], None], str]] = {
    "an actor": (change(2, "actor", "eve"), "entry 4 was changed"),
    "a time": (change(1, "at", "2026-11-21T09:31:00+00:00"), "entry 3 was changed"),
    "a body's digest": (change(5, "data", {"reason": {"sha256": "0" * 64}}), "entry 8 was changed"),
    "a field more": (change(6, "note", "x"), "entry 9 was changed"),
    "an entry gone": (remove(2), "entry 4 is missing"),
    "the last of a block gone": (remove(3), "entry 7 is missing"),
    "an entry more": (insert(3, {"entry": entry(5)}), "entry 5 was added"),
    "an entry more at the end": (insert(4, {"entry": entry(99)}), "entry 99 was added"),
    "an entry behind everything": (insert(8, {"entry": entry(10)}), "entry 10 belongs to no block"),
    "entries swapped": (swap, "entry 3 is missing"),
    "a block gone": (remove(1, 2, 3, 4), "block 1 is missing"),
    "all made anew": (forge, "block 1 is not signed"),
    "no signature": (unsign, "entry 3 is the first that may have been changed"),
    "no head": (remove(0), "line 1 is not the head"),
    "half a line": (lambda made: made.append({"x": 1}), "line 9 is neither"),
}


@pytest.mark.parametrize("name", BAD)
def test_the_first_bad_entry_is_named(name: str) -> None:
    made = json.loads(json.dumps(book()))
    spoil, told = BAD[name]
    spoil(made)
    with pytest.raises(AuditBrokenError, match=told):
        check(lines(made), trusted=[KEY.public])


def test_a_log_that_somebody_else_signed_is_only_good_for_those_who_do_not_ask_whose_it_is() -> None:
    forged = lines(book(key=OTHER))
    assert not check(forged).pinned
    with pytest.raises(AuditBrokenError, match="none of those"):
        check(forged, trusted=[KEY.public])


@pytest.mark.parametrize("text", ["", "x", "[]", '{"format": "other"}', "[" * 5_000])
def test_what_is_no_exported_log_is_refused(text: str) -> None:
    with pytest.raises(AuditBrokenError):
        check([text])


@pytest.mark.parametrize("secret", ["", "short", base64.b64encode(b"k" * 31).decode(), "é"])
def test_a_key_that_is_none_is_refused_and_not_repeated(secret: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        SigningKey(secret)
    assert not secret or secret not in refused.value.message


def pruned(made: Lines, place: int) -> None:
    """Leave the digest alone of what stands at a place."""
    gone = made[place]["entry"]
    made[place] = {"pruned": {"seq": gone["seq"], "sha256": digest_of_entry(gone).hex()}}


def test_an_entry_that_is_left_out_without_a_record_of_its_pruning_is_missed() -> None:
    made = book()
    pruned(made, 2)
    with pytest.raises(
        AuditBrokenError, match="1 entries are left out as pruned, and the log has 0 on record"
    ):
        check(lines(made))


@pytest.mark.parametrize("digest", ["", "zz", "00"])
def test_a_digest_that_is_none_is_not_taken_for_one(digest: str) -> None:
    made = book()
    pruned(made, 2)
    made[2]["pruned"]["sha256"] = digest
    with pytest.raises(AuditBrokenError):
        check(lines(made))
