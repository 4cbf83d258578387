# SPDX-License-Identifier: EUPL-1.2
"""A message that somebody has to look at, and what people decide about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from core.label import Category, Queue
from core.message import Admitted
from core.verdict import Verdict


class SignalState(StrEnum):
    """Where a signal is in its life."""

    OPEN = "open"
    DECIDED = "decided"
    ERASED = "erased"


class Act(StrEnum):
    """What an operator can decide about a signal."""

    #: It is what the model says; it goes to the targets that the routes name.
    CONFIRM = "bevestigd"
    #: It is no signal.
    REJECT = "geen-signaal"
    #: It is a signal of another category.
    RECATEGORISE = "andere-categorie"
    #: It belongs in the other queue; stays open there.
    REROUTE = "andere-ontvanger"


class Reason(StrEnum):
    """Why something is no signal; for learning, never about a person."""

    KNOWN = "al-bekend"
    PAST = "verleden"
    JOKE = "grap"
    QUESTION = "vraag"
    ELSEWHERE = "niet-hier"
    MISREAD = "verkeerd-begrepen"


class View(StrEnum):
    """What of the model's judgement stood on the card when somebody decided."""

    FULL = "vol"
    #: Drawn for the sample: urgency only.
    BLIND = "blind"
    #: The scores were switched off for everybody.
    OFF = "uit"


@dataclass(frozen=True, kw_only=True, slots=True)
class NewSignal:
    """A judged message on its way into the store; the text is still in the clear here."""

    #: Time-ordered id made by the composition root.
    id: str
    message: Admitted
    verdict: Verdict
    incident: str
    queues: tuple[Queue, ...]
    #: Why it landed there: the path of rule names.
    route: tuple[str, ...]
    #: Outside targets that the route names, used when an operator confirms.
    targets: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Decision:
    """A named person's decision about one signal."""

    id: str
    signal: str
    act: Act
    #: Account name of the person who decided.
    actor: str
    at: datetime
    #: The category that the operator found right (RECATEGORISE).
    category: Category | None = None
    #: The queue it goes to (REROUTE).
    queue: Queue | None = None
    #: Optional reason, never free text about a person.
    reason: str | None = None
    shown: View = View.FULL
    #: The version of the signal that the operator saw (compare-and-set).
    seen_version: int = 0
