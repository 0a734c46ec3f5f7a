"""Which addresses and URLs a stranger may have us call."""

from ipaddress import ip_address, ip_network

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifiers.outbound import Refused, Target, parsed
from notifiers.reachable import Reach, networks, refusal

REACH = Reach()


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.100.100.200", "127.0.0.1", "127.255.255.254", "169.254.169.254",
        "169.254.170.2", "168.63.129.16", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1",
        "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255",
        "::", "::1", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "64:ff9b::127.0.0.1",
        "64:ff9b::a9fe:a9fe", "64:ff9b:1::1", "100::1", "2001::1", "2001:0:1:2:3:4:5:6", "2001:db8::1", "2002:7f00:1::",
        "2002:a9fe:a9fe::1", "3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fe80::1", "fe80::1%eth0", "fec0::1", "ff02::1",
    ],
)  # fmt: skip
def test_what_is_not_public_is_refused(address: str) -> None:
    assert refusal(ip_address(address), REACH)


@pytest.mark.parametrize(
    "address",
    ["1.1.1.1", "93.184.216.34", "172.32.0.1", "2606:4700::1111", "::ffff:1.1.1.1", "64:ff9b::1.1.1.1"],
)
def test_what_is_public_may_be_called(address: str) -> None:
    assert refusal(ip_address(address), REACH) is None


@given(st.ip_addresses())
@settings(deadline=None)
def test_nothing_is_public_that_python_calls_otherwise(address: object) -> None:
    found = ip_address(str(address))
    inner = getattr(found, "ipv4_mapped", None)
    nat64 = found in ip_network("64:ff9b::/96") if found.version == 6 else False
    if refusal(found, REACH) is None and inner is None and not nat64:
        assert found.is_global
        assert not found.is_multicast


@pytest.mark.parametrize("address", ["10.1.2.3", "::ffff:10.1.2.3", "64:ff9b::10.1.2.3", "fd12::1"])
def test_settings_may_allow_a_network(address: str) -> None:
    reach = Reach(allowed=networks("10.1.0.0/16, fd12::/16"))
    assert refusal(ip_address(address), reach) is None
    assert refusal(ip_address("10.2.0.1"), reach)


def test_a_bad_network_is_named() -> None:
    with pytest.raises(ValueError, match=r"10\.0\.0\.1/8"):
        networks("10.0.0.1/8")


@pytest.mark.parametrize(
    "url",
    [
        "ftp://hooks.example/x", "file:///etc/passwd", "gopher://hooks.example/", "//hooks.example/x", "hooks.example", "", "http://",
        "http://user@hooks.example/", "http://user:pass@hooks.example/", "http://@hooks.example/", "http://hooks.example:22/",
        "http://hooks.example:0/", "http://hooks.example:65536/", "http://hooks.example:x/", "http://hooks.example\\@evil.example/",
        "http://hooks.example/\r\nX: y", "http://hooks.example/ x", "http://hooks.exämple/", "http://hooks_.-example/",
        "http://2130706433/", "http://0x7f000001/", "http://0x7f.1/", "http://0177.0.0.1/", "http://127.1/", "http://127.0.0.1./",
        "http://1.2.3/", "http://1.2.3.4.5/", "http://0x/", "http://[::1/", "http://[1.2.3.4]/", "http://a..b/", "http://%31%32/",
        "http://hooks.example/" + "x" * 2_000,
    ],
)  # fmt: skip
def test_what_is_no_plain_url_is_refused_before_anything_is_looked_up(url: str) -> None:
    refused = parsed(url, REACH)
    assert isinstance(refused, Refused), refused
    assert refused.why


@pytest.mark.parametrize(
    ("url", "host", "port", "path", "header"),
    [
        ("https://hooks.example", "hooks.example", 443, "/", "hooks.example"),
        ("http://Hooks.Example:8080/a/b?c=d#e", "hooks.example", 8080, "/a/b?c=d", "hooks.example:8080"),
        ("https://hooks2.example./x", "hooks2.example.", 443, "/x", "hooks2.example."),
        ("https://1.1.1.1/x", "1.1.1.1", 443, "/x", "1.1.1.1"),
        ("https://[2606:4700::1111]:8443/x", "2606:4700::1111", 8443, "/x", "[2606:4700::1111]:8443"),
        ("http://xn--bcher-kva.example/", "xn--bcher-kva.example", 80, "/", "xn--bcher-kva.example"),
        ("http://localhost/", "localhost", 80, "/", "localhost"),
    ],
)
def test_a_plain_url_is_taken_apart(url: str, host: str, port: int, path: str, header: str) -> None:
    target = parsed(url, REACH)
    assert isinstance(target, Target)
    assert (target.host, target.port, target.path, target.header) == (host, port, path, header)
