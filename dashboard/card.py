# SPDX-License-Identifier: EUPL-1.2
"""What stands on a card; ``dashboard.cards`` fills it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from core.signal import SignalState, View
from dashboard.figures import Worth
from dashboard.marking import Quote
from dashboard.timeline import Line
from dashboard.told import Told
from store.signalrow import SignalRow


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Other:
    """Another message about the same incident."""

    id: str
    at: datetime
    group: str
    category: str
    quote: Quote
    state: str


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Asked:
    """A question and what came back."""

    at: datetime
    who: str
    to: str
    text: str
    answers: tuple[tuple[datetime, Quote], ...]


@dataclass(frozen=True, kw_only=True, slots=True)
class Here:
    """How operators of this municipality judged a category lately."""

    right: int
    judged: int


@dataclass(frozen=True, kw_only=True, slots=True)
class Waiting:
    """How a signal waits in the operator's own queue."""

    #: Display name of who picked it up.
    acknowledged: str = ""
    #: Nobody picked it up in time, and still nobody did.
    raised: bool = False
    #: It went to the very person who looks at the card.
    to_me: bool = False
    #: Display name of whom it went to; empty: nobody in particular.
    raised_to: str = ""
    snoozed: str = ""
    until: datetime | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Card:
    """One signal, ready to show."""

    row: SignalRow
    quote: Quote
    #: True: the words are complete; False: personal data is replaced.
    full: bool
    category: str
    subcategory: str
    urgency: str
    #: Words, and the number behind them.
    certainty: str
    percent: str
    #: What such a verdict was worth in the test; None: not measured, or not shown.
    worth: Worth | None
    #: How operators here judged this category lately; None: too few, or not shown.
    here: Here | None
    #: The certainty without the marked words; empty when that was not judged or changes little.
    without: str
    alternatives: tuple[tuple[str, str], ...]
    place: str
    place_note: str
    group: str
    area: str
    source: str
    seen: str
    lmc: str
    kladblok: str
    other_queue: str
    others: tuple[Other, ...]
    #: How many messages the incident has in all.
    messages: int
    history: tuple[Line, ...]
    questions: tuple[Asked, ...]
    #: What the reporter filled in, when it came in by a form.
    told: Told | None
    #: The known police action that it passes on, and where the police tells of it.
    action: str
    action_link: str
    #: Who decided, when it is no longer open.
    decided: str
    #: The decision whose report somebody outside has and that can be retracted; empty: none.
    retractable: str
    #: How much of the model's judgement this card shows.
    view: View
    #: How it waits in the operator's own queue.
    waiting: Waiting

    @property
    def open(self) -> bool:
        """Whether somebody still has to decide."""
        return self.row.state is SignalState.OPEN

    @property
    def labelled(self) -> bool:
        """Whether the model's category and certainty may be read off this card."""
        return self.view is View.FULL

    @property
    def hurry(self) -> str:
        """The urgency as the screen shows it; without scores all are alike."""
        return "geen" if self.view is View.OFF else self.row.urgency.value

    @property
    def rank(self) -> int:
        """Where it belongs in the queue: 0 is first, but for what was escalated (-1)."""
        if self.view is View.OFF:
            return 1
        return -1 if self.waiting.raised else self.row.urgency.rank
