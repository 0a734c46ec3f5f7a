"""Standard Webhooks: any receiver's library can check what we sign."""

import json
from datetime import UTC, datetime

import pytest
from standardwebhooks.webhooks import Webhook as Verifier

from domain.errors import ConfigurationError
from notifiers.outbound import Outbound
from notifiers.payload import payload
from notifiers.webhook import Webhook, secret_key, signed_headers
from tests.kit.channels import SECRET, Clock
from tests.kit.notices import CODE, HASH, PAGE, TASK, asked, changed, ended, everything, notice
from tests.kit.strangers import HOSTILE
from tests.kit.tls import Authority

OTHER = "whsec_" + "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXoxMjM0NTY="


def test_it_is_what_the_specification_gives_as_its_example() -> None:
    key = secret_key("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
    at = datetime.fromtimestamp(1_614_265_330, UTC)
    headers = signed_headers([key], "msg_p5jXN8AQM9LWM0D4loKWxJek", at, b'{"test": 2432232314}')
    assert headers["webhook-signature"] == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="


@pytest.mark.parametrize("secret", [SECRET, OTHER])
def test_while_secrets_are_changed_either_of_them_checks(secret: str) -> None:
    body = json.dumps(payload(notice(changed()))).encode()
    headers = signed_headers([secret_key(SECRET), secret_key(OTHER)], "id", datetime.now(UTC), body)
    assert Verifier(secret).verify(body, headers)["type"] == "task.status_changed"


@pytest.mark.parametrize(
    "secret", ["", "whsec_", "whsec_###", "whsec_QUJD", "not base64 at all", "whsec_" + "QUJD" * 40]
)
def test_a_bad_secret_is_refused_without_being_repeated(secret: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        secret_key(secret)
    assert not secret or secret not in refused.value.message


def test_nothing_is_sent_unsigned() -> None:
    with pytest.raises(ConfigurationError, match="WEBHOOK_SECRETS"):
        Webhook(Outbound(Authority().trust()), (), Clock())


def test_a_status_change_says_what_changed() -> None:
    assert payload(notice(changed())) == {
        "type": "task.status_changed",
        "timestamp": "2026-11-21T09:30:00+00:00",
        "data": {
            "task_id": TASK,
            "status": "running",
            "seq": 7,
            "needs_review": False,
            "reason": "notes",
            "revision": 2,
            "plan_hash": HASH,
            "url": PAGE,
        },
    }


def test_kinds_are_named_for_what_they_are_about() -> None:
    assert [payload(notice(each))["type"] for each in everything()] == [
        "approval.required",
        "approval.reminder",
        "approval.escalated",
        "approval.approved",
        "approval.superseded",
        "task.blocked",
        "task.status_changed",
        "approvals.digest",
        "answer.not_taken",
        "answer.taken",
    ]


def test_a_question_carries_what_a_program_needs_to_answer_it() -> None:
    data = payload(notice(asked()))["data"]
    assert isinstance(data, dict)
    assert (data["code"], data["plan_hash"], data["roles"]) == (CODE, HASH, ["tech_lead"])


def test_programs_get_a_strangers_words_as_they_are() -> None:
    told = json.loads(json.dumps(payload(notice(ended("rejected", HOSTILE)))))
    assert told["data"]["reason"] == HOSTILE
