"""Builds the channels that the settings configure."""

import base64
import binascii
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import httpx

from agent.config import Settings
from agent.own_secret import BYTES as OWN_BYTES
from agent.own_secret import own_secret
from agent.telling.destinations import Destinations
from agent.telling.linking import Linking
from domain.clock import Clock
from domain.errors import ConfigurationError
from notifiers.email import Email, MailServer, addresses, security_of
from notifiers.graphql import Linear
from notifiers.linear import LinearComments
from notifiers.notice import ChannelName, Links
from notifiers.outbound import Outbound
from notifiers.ports import Channel
from notifiers.reachable import PORTS, Reach, networks
from notifiers.render import Renderer
from notifiers.slack import Slack
from notifiers.webhook import PREFIX, Webhook

OWN_WEBHOOK: Final = "webhook.secret"
OWN_LINK: Final = "link.secret"


@dataclass(frozen=True)
class Configured:
    """The channels there are, and where notices go."""

    channels: Mapping[ChannelName, Channel]
    destinations: Destinations
    linking: Linking
    comments: LinearComments | None
    """Where comments are read again."""
    reach: Reach
    """Where webhooks may lead."""


def configured(settings: Settings, http: httpx.AsyncClient, clock: Clock, *, served_at: str) -> Configured:
    """Raises ConfigurationError for a setting that no channel can work with. Reads certificates: do it early."""
    tls = ssl.create_default_context()
    reach = Reach(networks(settings.webhook_networks), _ports(settings))
    renderer = Renderer()
    channels: dict[ChannelName, Channel] = {"webhook": _webhook(settings, reach, tls, clock)}
    comments: LinearComments | None = None
    if settings.linear_api_key is not None:
        linear = Linear(http, settings.linear_api_key.get_secret_value(), clock, url=settings.linear_api_url)
        comments = channels["linear"] = LinearComments(
            linear, renderer, hub=settings.linear_approval_hub_issue_id
        )
    if settings.slack_webhook_url is not None:
        channels["slack"] = Slack(http, settings.slack_webhook_url.get_secret_value())
    if settings.smtp_host is not None:
        channels["email"] = _email(settings, settings.smtp_host, tls, renderer)
    destinations = _destinations(settings, channels, served_at)
    linking = Linking(
        settings.public_url or served_at, link_keys(settings), frozenset(destinations.mailboxes)
    )
    return Configured(channels, destinations, linking, comments, reach)


def _destinations(
    settings: Settings, channels: Mapping[ChannelName, Channel], served_at: str
) -> Destinations:
    webhook = settings.notification_webhook_url
    return Destinations(
        linear="linear" in channels,
        slack="slack" in channels,
        mail="email" in channels,
        mailboxes=addresses(settings.notification_email_to or ""),
        webhooks=(webhook,) if webhook else (),
        callbacks=True,
        links=Links(service=settings.public_url or served_at, keys=settings.auth_mode == "keys"),
    )


def _webhook(settings: Settings, reach: Reach, tls: ssl.SSLContext, clock: Clock) -> Webhook:
    given = settings.webhook_secrets
    keys = (
        [key.strip() for key in given.get_secret_value().split(",")]
        if given
        else [_own_webhook_secret(settings)]
    )
    return Webhook(Outbound(tls, reach=reach), keys, clock)


def _ports(settings: Settings) -> frozenset[int]:
    extra = (port.strip() for port in settings.webhook_ports.split(",") if port.strip())
    return frozenset(PORTS) | frozenset(int(port) for port in extra)


def _own_webhook_secret(settings: Settings) -> str:
    own = own_secret(settings.orchestrator_data, OWN_WEBHOOK)
    return own if own.startswith(PREFIX) else f"{PREFIX}{own}"


def link_keys(settings: Settings) -> list[bytes]:
    """What signs links, the newest first. Raises ConfigurationError that does not repeat it."""
    given = settings.approval_link_secrets
    told = given.get_secret_value() if given else own_secret(settings.orchestrator_data, OWN_LINK)
    return [_key(secret.strip()) for secret in told.split(",")]


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret, validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) < OWN_BYTES:
        raise ConfigurationError(
            f"APPROVAL_LINK_SECRETS are Base64 of at least {OWN_BYTES} random bytes, parted by commas; "
            "make one with `openssl rand -base64 32`"
        )
    return key


def _email(settings: Settings, host: str, tls: ssl.SSLContext, renderer: Renderer) -> Email:
    password = settings.smtp_pass.get_secret_value() if settings.smtp_pass else None
    server = MailServer(
        host,
        settings.smtp_port,
        tls,
        user=settings.smtp_user,
        password=password,
        security=security_of(settings.smtp_port),
    )
    user = settings.smtp_user or ""
    sender = settings.notification_email_from or (user if "@" in user else f"orchestrator@{host}")
    return Email(server, renderer, sender=sender)
