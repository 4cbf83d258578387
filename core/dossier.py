# SPDX-License-Identifier: EUPL-1.2
"""A dossier: signals about one place or pattern, for a purpose, until a day; never a person."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from core import errors
from core.topic import Identifies

#: Longest time that a dossier is worked on; going on takes a new one with a new reason.
LONGEST = timedelta(days=183)
#: After its end it can still be read and exported for so long; then it is erased.
READABLE = timedelta(days=14)
#: Most signals and most notes of one dossier.
MOST = 500
#: Longest title, purpose and note, in characters.
TITLE, PURPOSE, NOTE = 100, 300, 2_000

_SHORTEST = 5
_NUMBERS = re.compile(r"(?:\d[\s.-]?){6,}")


class NoteKind(StrEnum):
    """Facts and opinions stand apart (Wpg article 4, third paragraph)."""

    FACT = "feit"
    OPINION = "oordeel"


class DossierState(StrEnum):
    """Where a dossier stands."""

    RUNNING = "loopt"
    #: Can be read, not added to.
    ENDED = "afgelopen"


@dataclass(frozen=True, kw_only=True, slots=True)
class Dossier:
    """What is gathered, why, and until when."""

    id: str
    tenant: str
    #: The place or the pattern: ``Speeltuin De Zeef, avondoverlast``.
    title: str
    #: What it is for, in words that a citizen understands.
    purpose: str
    #: Neighbourhood, a key of the municipality's areas.
    area: str
    opened_by: str
    opened_at: datetime
    ends_at: datetime
    #: Set when somebody ended it sooner.
    closed_at: datetime | None = None

    @property
    def until(self) -> datetime:
        """When the work on it ends, or ended."""
        return min(self.ends_at, self.closed_at or self.ends_at)

    @property
    def erased_at(self) -> datetime:
        """When everything in it is erased."""
        return self.until + READABLE

    def at(self, now: datetime) -> DossierState:
        """Return the state at ``now``: it ends by the clock alone."""
        return DossierState.ENDED if now >= self.until else DossierState.RUNNING


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Note:
    """What somebody wrote in a dossier."""

    id: str
    dossier: str
    kind: NoteKind
    text: str
    #: The account that wrote it.
    author: str
    at: datetime
    #: The signal that it is about; it is erased with that signal's text.
    signal: str | None = None


def check_dossier(dossier: Dossier, identifies: Identifies) -> None:
    """Raise ``BadInput`` unless the dossier is about a place or pattern, with an end."""
    for name, text, longest in (
        ("onderwerp", dossier.title, TITLE),
        ("doel", dossier.purpose, PURPOSE),
    ):
        if not _SHORTEST <= len(text) <= longest:
            raise errors.BadInput(f"Het {name} heeft {_SHORTEST} tot {longest} tekens.")
        if names_person(text, identifies):
            raise errors.BadInput(
                f"Het {name} noemt een persoon, of iets van een persoon. Een dossier gaat over een "
                "plek of een patroon, nooit over iemand."
            )
    if not dossier.opened_at < dossier.ends_at <= dossier.opened_at + LONGEST:
        raise errors.BadInput(f"Een dossier duurt hoogstens {LONGEST.days} dagen.")


def check_note(note: Note, identifies: Identifies) -> None:
    """Raise ``BadInput`` unless the note says something and names nobody."""
    if not 0 < len(note.text) <= NOTE:
        raise errors.BadInput(f"Een notitie heeft 1 tot {NOTE} tekens.")
    if names_person(note.text, identifies):
        raise errors.BadInput(
            "Uw notitie noemt een persoon, of iets van een persoon, zoals een naam, "
            "telefoonnummer of kenteken. Schrijf op wat er gebeurt, niet wie het doet."
        )


def names_person(text: str, identifies: Identifies) -> bool:
    """Whether the text points at a person: a name, a number, an address of an account."""
    return "@" in text or bool(_NUMBERS.search(text)) or identifies(text)
