"""Which addresses a stranger's URL may lead to: the public internet, and what settings allow by name."""

import ipaddress
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from typing import Final, NamedTuple

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

PORTS: Final = frozenset({80, 443, 8080, 8443})

_V4: Final = {
    IPv4Network(network): why
    for network, why in {
        "0.0.0.0/8": "this host",
        "10.0.0.0/8": "private",
        "100.64.0.0/10": "shared between a carrier's customers",
        "127.0.0.0/8": "loopback",
        "168.63.129.16/32": "a cloud's metadata service",
        "169.254.0.0/16": "link-local, where clouds keep metadata and credentials",
        "172.16.0.0/12": "private",
        "192.0.0.0/24": "reserved",
        "192.0.2.0/24": "documentation",
        "192.31.196.0/24": "reserved",
        "192.52.193.0/24": "reserved",
        "192.88.99.0/24": "a relay to other addresses",
        "192.168.0.0/16": "private",
        "192.175.48.0/24": "reserved",
        "198.18.0.0/15": "benchmarks",
        "198.51.100.0/24": "documentation",
        "203.0.113.0/24": "documentation",
        "224.0.0.0/4": "multicast",
        "240.0.0.0/4": "reserved",
    }.items()
}
_V6: Final = {
    IPv6Network(network): why
    for network, why in {
        "2001::/23": "reserved, or a tunnel to other addresses",
        "2001:db8::/32": "documentation",
        "2002::/16": "a tunnel to other addresses",
        "2620:4f:8000::/48": "reserved",
        "3fff::/20": "documentation",
    }.items()
}
_GLOBAL: Final = IPv6Network("2000::/3")
"""All that is public in IPv6 lies in it: everything else is refused without a list."""
_NAT64: Final = IPv6Network("64:ff9b::/96")


class Reach(NamedTuple):
    """What may be reached besides the public internet, and on which ports."""

    allowed: tuple[Network, ...] = ()
    ports: Collection[int] = PORTS


def refusal(address: Address, reach: Reach) -> str | None:
    """Why this address may not be called, or None."""
    if any(address in network for network in reach.allowed if network.version == address.version):
        return None
    match address:
        case IPv6Address() if address.scope_id is not None:
            return "link-local"
        case IPv6Address() if (inner := _inner(address)) is not None:
            # A public address within a translated one is what a network with IPv6 alone gives for IPv4.
            return refusal(inner, reach)
        case IPv6Address():
            return _listed(address)
        case IPv4Address():
            return next((why for network, why in _V4.items() if address in network), None)


def networks(setting: str) -> tuple[Network, ...]:
    """The networks of a setting, parted by commas. Raises ValueError that names the one refused."""
    return tuple(ipaddress.ip_network(each.strip()) for each in setting.split(",") if each.strip())


def _listed(address: IPv6Address) -> str | None:
    if address not in _GLOBAL:
        return "loopback" if address.is_loopback else "not public"
    return next((why for network, why in _V6.items() if address in network), None)


def _inner(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 one stands for."""
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return IPv4Address(int(address) & 0xFFFF_FFFF) if address in _NAT64 else None
