"""Where notices go."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from notifiers.notice import ChannelName, Links

MAILBOX_OF_REQUESTER: Final = "@"
"""A requester who is an address can be written to; any other name is only a name."""


Place = tuple[ChannelName, str]


@dataclass(frozen=True)
class Destinations:
    """What is configured; a channel that is not is never written to."""

    linear: bool = False
    slack: bool = False
    mailboxes: tuple[str, ...] = ()
    webhooks: tuple[str, ...] = ()
    mail: bool = False
    """Whether there is a mail server at all."""
    callbacks: bool = False
    links: Links = field(default_factory=Links)

    def everybody(self) -> list[Place]:
        """Everywhere an approval is announced."""
        places: list[Place] = []
        if self.linear:
            places.append(("linear", ""))
        if self.slack:
            places.append(("slack", ""))
        places.extend(("email", mailbox) for mailbox in self.mailboxes if self.mail)
        places.extend(("webhook", url) for url in self.webhooks)
        return places

    def people(self, mailboxes: Iterable[str]) -> tuple[Place, ...]:
        """These besides everybody."""
        return tuple(("email", each) for each in mailboxes if self.mail and each not in self.mailboxes)

    def requester(self, name: str | None) -> tuple[Place, ...]:
        if not self.mail or name is None or MAILBOX_OF_REQUESTER not in name or name in self.mailboxes:
            return ()
        return (("email", name),)
