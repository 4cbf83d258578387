# SPDX-License-Identifier: EUPL-1.2
"""What the pages need from the rest of the house."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Protocol
from urllib.parse import urlsplit

from core import errors
from core.clock import Clock
from core.label import Taxonomy
from core.lesson import Card, Lesson
from core.outcome import Outcome
from core.tenant import Tenant
from core.topic import Identifies
from core.verdict import Classifier
from dashboard.report.form import NoReporting, Reporting
from dashboard.report.house import House
from routing.tree import Tree
from store.database import Store


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Upload:
    """A chat export that a group's own admin hands over; lives in memory only."""

    tenant: str
    #: Our own group id; the admin governs this group and its consent holds.
    group: str
    #: As the browser named it; only good for telling ``.txt`` from ``.zip``.
    filename: str
    data: bytes
    #: Account name of the person who uploads.
    actor: str


class Intake(Protocol):
    """The way in for what people upload; the same gate and pipeline as every connector."""

    async def upload(self, upload: Upload) -> Outcome:
        """Return what became of the messages, after the commit; raise ``BadInput``."""
        ...


class Texts(Protocol):
    """What goes back to groups, in the municipality's own wording (``ingest.texts``)."""

    @property
    def version(self) -> str:
        """Written in the consent ledger: says which wording people saw."""
        ...

    def say(self, key: str, tenant: Tenant, **fields: str) -> str:
        """Return the text ``key`` with its fields filled in."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ConnectorSeen:
    """When a source was last read, and how it is doing now."""

    #: Connector name.
    source: str
    #: Which stream inside the source: a bot, a file …
    stream: str
    at: datetime | None
    #: When it last answered us; None: not since the start.
    ok_at: datetime | None = None
    #: Between the writing of the newest message and its storing.
    lag: timedelta | None = None
    #: How often it did not answer, since the start.
    failures: int = 0
    #: It does not answer now.
    failing: bool = False
    #: How many places it reads, feeds for one, and how many of them do not answer.
    places: int = 0
    down: int = 0
    #: Since when nothing was heard of the place that is silent longest; None: see ``ok_at``.
    silent_since: datetime | None = None
    #: When it is tried again.
    again_at: datetime | None = None


def no_connectors(_tenant: str) -> Sequence[ConnectorSeen]:
    """Say nothing about connectors."""
    return ()


def anybody(_text: str) -> bool:
    """Take every text for a person's name: without a finder nothing can be searched for."""
    return True


def hidden(_text: str) -> str:
    """Show nothing of a text: without a finder nobody can tell what is personal in it."""
    return "[…]"


class Models(Protocol):
    """The models of this installation, by ``name/version``."""

    def names(self) -> Sequence[str]:
        """Return all of them."""
        ...

    def active(self) -> str:
        """Return the one that judges after the next start."""
        ...

    def place(self, name: str) -> Path:
        """Return its folder, with card.md and metrics.json; raise ``NotFound``."""
        ...

    def load(self, name: str) -> Classifier:
        """Return it ready to judge; raise ``ModelRefused`` when it is not what was signed."""
        ...

    def activate(self, name: str) -> str:
        """Make it the active one and return the one before."""
        ...


@dataclass(frozen=True, kw_only=True, slots=True)
class ResearchInfo:
    """Where the active model lies: ``models/<name>/<version>`` with card.md and metrics.json."""

    folder: Path | None = None
    #: None: nothing can be compared or chosen here.
    models: Models | None = None


@dataclass(frozen=True, kw_only=True, slots=True)
class WebSettings:
    """What a deployment decides about its web pages."""

    #: How browsers reach us; ``https`` unless the host is this very machine.
    public_url: str = "http://127.0.0.1:8000"
    #: Shows on every page that all messages are invented.
    demo: bool = False
    #: These are the pages of a lesson: all say so, and nothing leaves.
    practice: bool = False
    version: str = ""
    #: ``mailto:`` or ``https:`` address for security.txt.
    security_contact: str = "mailto:security@example.org"
    #: Without activity a session ends; operators watch a screen for a whole shift.
    idle: timedelta = timedelta(minutes=15)
    operator_idle: timedelta = timedelta(hours=9)
    #: No session outlives this.
    absolute: timedelta = timedelta(hours=12)
    #: Wrong passwords before a name is locked, and for how long.
    attempts: int = 5
    lockout: timedelta = timedelta(minutes=15)
    #: Tries per client address in ``lockout``, over all names.
    attempts_per_client: int = 50
    #: Largest chat export, in bytes; it is held in memory, never in a temporary file.
    upload_bytes: int = 50_000_000
    #: Nobody fills in the report form faster than this, in seconds; programs do.
    report_seconds: float = 5.0
    #: Reports, answers and codes from one connection in ten minutes; many homes share one.
    report_crowd: int = 30
    #: Calls that one token, or one address without token, may make in a minute at ``/api/v1``.
    api_calls: int = 120
    #: Mail address of whoever answers questions about ``/api/v1``.
    api_contact: str = "api@example.org"
    #: Seconds between heartbeats on the stream, and between looks at the events table.
    heartbeat: float = 15.0
    poll: float = 1.0
    #: Seconds between looks for what nobody acknowledged and for snoozes that are over.
    lookout: float = 2.0

    @property
    def secure(self) -> bool:
        """Whether browsers come over https; raise when they would come unprotected."""
        parts = urlsplit(self.public_url)
        if parts.scheme == "https":
            return True
        if parts.scheme == "http" and _is_loopback(parts.hostname or ""):
            return False
        raise errors.ConfigurationError(
            f"public_url {self.public_url!r}: use https, or http on 127.0.0.1 for a trial"
        )


@dataclass(frozen=True, kw_only=True, slots=True)
class Services:
    """Everything ``create_app`` needs; made by the composition root."""

    store: Store
    #: Route tree per municipality.
    trees: Mapping[str, Tree]
    tenants: Mapping[str, Tenant]
    taxonomy: Taxonomy
    clock: Clock
    intake: Intake
    #: Wording per municipality.
    texts: Mapping[str, Texts]
    #: Draws the signals that are judged without the model's opinion.
    sample_key: bytes
    #: Sources in which the bot can speak; the others get no replies and no questions.
    speaking: frozenset[str] = frozenset({"telegram"})
    #: Sources that a chat export can be uploaded for.
    uploads: frozenset[str] = frozenset({"whatsapp_export"})
    #: Tells of a municipality's connectors when they were last heard of.
    connectors: Callable[[str], Sequence[ConnectorSeen]] = no_connectors
    #: Says whether a text names a person; searches and dossiers refuse those.
    identifies: Identifies = anybody
    #: Replaces personal data in what people answer to questionnaires.
    hides: Callable[[str], str] = hidden
    settings: WebSettings = field(default_factory=WebSettings)
    research: ResearchInfo = field(default_factory=ResearchInfo)
    #: The public report forms.
    reporting: Reporting = field(default_factory=NoReporting)
    #: The look of each municipality that has one of its own.
    houses: Mapping[str, House] = field(default_factory=dict)
    practice: Practice = field(default_factory=lambda: NoPractice())  # noqa: PLW0108 - stands below


class Stage(Protocol):
    """One lesson of one municipality, with a store of its own."""

    @property
    def services(self) -> Services:
        """What the pages of the lesson work with."""
        ...

    def say(self, cards: Sequence[Card]) -> tuple[str, ...]:
        """Let these messages come in now; return their signals, in the same order."""
        ...

    def close(self) -> None:
        """Throw everything away."""
        ...


class Practice(Protocol):
    """Lessons for people who learn the work."""

    def lessons(self) -> Sequence[Lesson]:
        """Return all lessons."""
        ...

    def stage(self, services: Services, tenant: str, lesson: Lesson) -> Stage:
        """Set a lesson up for one municipality."""
        ...


class NoPractice:
    """An installation without lessons."""

    def lessons(self) -> Sequence[Lesson]:
        """There are none."""
        return ()

    def stage(self, services: Services, tenant: str, lesson: Lesson) -> Stage:
        """Refuse: ``NotFound``."""
        name = services.tenants[tenant].name
        raise errors.NotFound(f"no lesson '{lesson.slug}' for {name} here")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
