"""Everything the API serves from, wired once in `agent/bootstrap/services.py`."""

from collections.abc import Awaitable, Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from agent.feed import Feed
from agent.service.answering import Answering
from agent.service.assigning import Assigning
from agent.service.changing import Changing
from agent.service.choosing import Choosing
from agent.service.comparing import Comparing
from agent.service.control import Control
from agent.service.deciding import Deciding
from agent.service.editing import Editing
from agent.service.executing import Executing
from agent.service.hearing import Hearing
from agent.service.keyring import Keyring
from agent.service.learning import Learning
from agent.service.lending import Lending
from agent.service.looking import Looking
from agent.service.preapproving import Preapproving
from agent.service.pruning import Pruning
from agent.service.queueing import Queueing
from agent.service.replying import Replying
from agent.service.simulating import Simulating
from agent.service.submit import Submitting
from agent.service.undelivered import Undelivered
from agent.service.views.readiness import Readiness
from agent.store.agents import Agents
from agent.store.approvals import Approvals
from agent.store.audit import Blocks
from agent.store.events import Events
from agent.store.tasks import Tasks
from agent.store.warrants import Warrants
from agent.telling.linking import Linking
from approvals.policy import Policy
from domain.agent import Manifest
from domain.clock import Clock


@dataclass(frozen=True)
class Services:
    manifest: Manifest
    clock: Clock
    tasks: Tasks
    approvals: Approvals
    agents: Agents
    events: Events
    feed: Feed
    submitting: Submitting
    deciding: Deciding
    changing: Changing
    comparing: Comparing
    editing: Editing
    simulating: Simulating
    read_policy: Callable[[str], Policy]
    """A policy from its YAML, for this service's agents. Raises PolicyError."""
    lending: Lending
    preapproving: Preapproving
    warrants: Warrants
    choosing: Choosing
    learning: Learning
    executing: Executing
    assigning: Assigning
    control: Control
    answering: Answering
    queueing: Queueing
    pruning: Pruning
    looking: Looking
    undelivered: Undelivered
    keyring: Keyring | None
    """Who holds which key; null where callers are who they say they are."""
    open_paths: frozenset[str]
    """Paths that ask nobody who they are."""
    replying: Replying
    linking: Linking
    hearing: Hearing
    blocks: Blocks
    """The log's chain, to be exported."""
    ready: Callable[[], Awaitable[Readiness]]
    exposition: Callable[[str], Awaitable[tuple[bytes, str]]]
    """The metrics, and their media type; in the form that an `Accept` header asks for."""
    streaming: Callable[[], AbstractContextManager[None]]
    """Counts an event stream as open for a block."""
