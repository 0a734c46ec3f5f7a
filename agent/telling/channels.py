"""Builds the channels that the settings configure."""

import base64
import os
import secrets
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import httpx

from agent.config import Settings
from agent.telling.destinations import Destinations
from domain.clock import Clock
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

OWN_SECRET: Final = Path("webhook.secret")
_SECRET_BYTES: Final = 32


@dataclass(frozen=True)
class Configured:
    """The channels there are, and where notices go."""

    channels: Mapping[ChannelName, Channel]
    destinations: Destinations


def configured(settings: Settings, http: httpx.AsyncClient, clock: Clock, *, served_at: str) -> Configured:
    """Raises ConfigurationError for a setting that no channel can work with. Reads certificates: do it early."""
    tls = ssl.create_default_context()
    renderer = Renderer()
    channels: dict[ChannelName, Channel] = {"webhook": _webhook(settings, tls, clock)}
    if settings.linear_api_key is not None:
        linear = Linear(http, settings.linear_api_key.get_secret_value(), clock, url=settings.linear_api_url)
        channels["linear"] = LinearComments(linear, renderer, hub=settings.linear_approval_hub_issue_id)
    if settings.slack_webhook_url is not None:
        channels["slack"] = Slack(http, settings.slack_webhook_url.get_secret_value())
    if settings.smtp_host is not None:
        channels["email"] = _email(settings, settings.smtp_host, tls, renderer)
    return Configured(channels, _destinations(settings, channels, served_at))


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
        links=Links(service=settings.public_url or served_at),
    )


def _webhook(settings: Settings, tls: ssl.SSLContext, clock: Clock) -> Webhook:
    given = settings.webhook_secrets
    keys = [key.strip() for key in given.get_secret_value().split(",")] if given else [_own(settings)]
    reach = Reach(networks(settings.webhook_networks), _ports(settings))
    return Webhook(Outbound(tls, reach=reach), keys, clock)


def _ports(settings: Settings) -> frozenset[int]:
    extra = (port.strip() for port in settings.webhook_ports.split(",") if port.strip())
    return frozenset(PORTS) | frozenset(int(port) for port in extra)


def _own(settings: Settings) -> str:
    """A secret of this data folder's own, made once. Several hosts need WEBHOOK_SECRETS to share one."""
    path = settings.orchestrator_data / OWN_SECRET
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        _write_private(path, PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode())
    return path.read_text(encoding="ascii").strip()


def _write_private(path: Path, text: str) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(f"{text}\n")


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
