"""A URL that will never be called is told apart by itself; one that is only a name is looked at when it is called."""

import pytest

from notifiers.foreseen import foreseen
from notifiers.reachable import PORTS, Reach, networks

OURS = Reach(networks("127.0.0.0/8, 10.1.0.0/16"), PORTS | {9000})


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("http://127.0.0.1/hook", "WEBHOOK_NETWORKS"),
        ("http://10.1.2.3/hook", "WEBHOOK_NETWORKS"),
        ("http://169.254.169.254/latest/meta-data", "WEBHOOK_NETWORKS"),
        ("http://168.63.129.16/", "WEBHOOK_NETWORKS"),
        ("http://[::1]/", "WEBHOOK_NETWORKS"),
        ("http://[fd00:ec2::254]/", "WEBHOOK_NETWORKS"),
        ("http://[::ffff:10.0.0.1]/", "WEBHOOK_NETWORKS"),
        ("http://localhost/", "WEBHOOK_NETWORKS"),
        ("http://LOCALHOST./", "WEBHOOK_NETWORKS"),
        ("http://a.localhost:8080/", "WEBHOOK_NETWORKS"),
        ("https://metadata.google.internal/", "WEBHOOK_NETWORKS"),
        ("https://printer.local/", "WEBHOOK_NETWORKS"),
        ("https://caller.example:9000/", "WEBHOOK_PORTS"),
        ("https://me:secret@caller.example/", "user or a password"),
        ("http://2130706433/", "plainly written"),
        ("http:///hook", "with a host"),
    ],
)
def test_what_will_never_be_called_is_refused_with_the_setting(url: str, told: str) -> None:
    assert told in str(foreseen(url, Reach()))


@pytest.mark.parametrize(
    "url",
    [
        "https://caller.example/hook",
        "http://notlocalhost/",
        "https://local.example/",
        "https://internal.example./",
        "https://8.8.8.8:8443/",
    ],
)
def test_what_may_be_called_is_taken_and_no_name_is_looked_up(url: str) -> None:
    assert foreseen(url, Reach()) is None


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:9000/hook",
        "http://localhost:9000/hook",
        "http://10.1.2.3/",
        "http://ci.internal/",
        "http://printer.local/",
    ],
)
def test_what_the_settings_name_is_taken(url: str) -> None:
    assert foreseen(url, OURS) is None


@pytest.mark.parametrize("url", ["http://10.2.0.1/", "http://192.168.1.1/", "http://169.254.169.254/"])
def test_what_they_do_not_name_stays_refused(url: str) -> None:
    assert "WEBHOOK_NETWORKS" in str(foreseen(url, OURS))


def test_another_network_of_ones_own_is_not_this_host() -> None:
    assert foreseen("http://localhost/", Reach(networks("10.0.0.0/8"))) is not None
