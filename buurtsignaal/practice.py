# SPDX-License-Identifier: EUPL-1.2
"""Practice: the whole house once more, with invented messages and no way out."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import count
from pathlib import Path

from buurtsignaal.bootstrap import House, build_pipeline
from buurtsignaal.importing import ConsentOnPaper, ensure_group, grant
from core import errors, resources
from core.lesson import Card, Lesson, load_lessons
from core.message import Batch, Message
from core.outcome import Outcome
from core.tenant import MapConfig, MapSource, Tenant
from core.verdict import Question, Verdict
from dashboard.report.form import NoReporting
from dashboard.services import ResearchInfo, Services, Upload, no_connectors
from ingest.pseudonym import Keys
from routing.tree import Tree
from store.practice import open_practice_store

#: What practice messages come from; no connector has this name.
SOURCE = "oefening"
_JUST_BEFORE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Scripted:
    """A classifier that says what the lesson makes it say."""

    lesson: Lesson
    said: Mapping[str, Verdict]

    @property
    def name(self) -> str:
        """The name under which its verdicts are stored."""
        return f"oefening/{self.lesson.slug}"

    def judge(self, questions: Sequence[Question]) -> list[Verdict]:
        """Return the verdict that stands in the script."""
        return [self.said[question.text] for question in questions]


class NoIntake:
    """Nobody uploads anything into a lesson."""

    async def upload(self, upload: Upload) -> Outcome:
        """Refuse."""
        raise errors.NotAllowed(f"In een oefening van {upload.tenant} leest u geen bestand in.")


class Stage:
    """One lesson of one municipality: a store, a line and pages of its own."""

    def __init__(self, house: House, services: Services, slug: str, lesson: Lesson) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="buurtsignaal-oefening-")
        store = open_practice_store(Path(self._folder.name), clock=house.clock)
        municipality = house.municipalities[slug]
        tenant = practice_tenant(municipality.tenant)
        tree = Tree(municipality.tree.root)
        self._slug = slug
        self._house = replace(
            house,
            store=store,
            # Nobody's pseudonym in a lesson can be tied to one outside of it.
            keys=Keys(secrets.token_bytes(32)),
            municipalities={slug: replace(municipality, tenant=tenant, tree=tree)},
        )
        self._line = build_pipeline(
            self._house,
            Scripted(lesson, {card.text: card.verdict for card in lesson.cards}),
            speaking=frozenset({SOURCE}),
        )
        self._numbers = count(1)
        self.services = _services(self._house, services, slug)
        for group in lesson.groups:
            self._let_in(group)

    def say(self, cards: Sequence[Card]) -> tuple[str, ...]:
        """Let these messages come in now; return their signals, in the same order."""
        outcomes = self._line.handle([self._batch(card) for card in cards])
        return tuple(signal for outcome in outcomes for signal in outcome.signals)

    def close(self) -> None:
        """Throw everything away."""
        self._house.store.close()
        self._folder.cleanup()

    def _batch(self, card: Card) -> Batch:
        message = Message(
            source=SOURCE,
            chat=card.group,
            external_id=str(next(self._numbers)),
            sender=card.writer,
            sent_at=self._house.clock.now(),
            text=card.text,
        )
        return Batch(tenant=self._slug, source=SOURCE, items=(message,))

    def _let_in(self, name: str) -> None:
        group = ensure_group(self._house, tenant=self._slug, source=SOURCE, chat=name, name=name)
        since = self._house.clock.now() - _JUST_BEFORE
        grant(self._house, group, ConsentOnPaper(reference="oefening", since=since))


@dataclass(frozen=True, slots=True)
class Practice:
    """The lessons there are, and how one is set up."""

    house: House

    def lessons(self) -> tuple[Lesson, ...]:
        """Return all lessons, in the order of their files."""
        return load_lessons(resources.folder("data") / "practice")

    def stage(self, services: Services, tenant: str, lesson: Lesson) -> Stage:
        """Set up a lesson; nothing in it is shared with the real house but routes and words."""
        return Stage(self.house, services, tenant, lesson)


def practice_tenant(tenant: Tenant) -> Tenant:
    """Return the municipality as a lesson knows it: the same receivers by name, and no line out."""
    targets = {
        name: replace(target, options={}, full_text=False)
        for name, target in tenant.targets.items()
    }
    # Browsers ask the national map for pictures; the own map file stays in the house.
    own_map = tenant.map if tenant.map.source is MapSource.FILE else MapConfig()
    return replace(
        tenant,
        name=f"{tenant.name} (OEFENING)",
        targets=targets,
        automatic=frozenset(),
        mailer="",
        map=own_map,
        connectors={},
        actions={},
    )


def _services(house: House, services: Services, slug: str) -> Services:
    return replace(
        services,
        store=house.store,
        trees={slug: house.municipalities[slug].tree},
        tenants=house.tenants,
        texts={slug: services.texts[slug]},
        intake=NoIntake(),
        speaking=frozenset({SOURCE}),
        uploads=frozenset(),
        connectors=no_connectors,
        research=ResearchInfo(),
        reporting=NoReporting(),
        settings=replace(services.settings, practice=True, demo=False),
    )
