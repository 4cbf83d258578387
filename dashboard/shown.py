# SPDX-License-Identifier: EUPL-1.2
"""How much of the model's judgement a screen may show."""

from __future__ import annotations

from collections.abc import Sequence

from core import errors
from core.blind import drawn
from core.label import Category, Taxonomy, Urgency
from core.signal import SignalState, View
from core.tenant import Tenant
from dashboard import words
from dashboard.services import Services
from dashboard.spoken import say
from store.signalrow import SignalRow
from store.switches import SCORES
from store.work import Work

#: What a signal without its label is called.
UNLABELLED = say("Zonder label")
SCORES_OFF = say(
    "De scores staan uit. U kunt nu niet kiezen op categorie of urgentie: die komen van het model."
)


class ScoresOff(errors.BadInput):
    """Somebody asks for a choice by label while nothing of the model is shown."""


class Shown:
    """Decides for one municipality within one transaction."""

    def __init__(self, services: Services, work: Work, tenant: Tenant) -> None:
        self._taxonomy: Taxonomy = services.taxonomy
        self._overview = work.overview
        self._key = services.sample_key
        self._share = tenant.blind_share
        #: False after somebody pressed the stop button: nothing of the model is shown.
        self.scores = work.switches.is_on(tenant.slug, SCORES)

    def view(self, row: SignalRow) -> View:
        """Return what a card may show of the model's judgement."""
        return self.of(row.id, row.state)

    def of(self, signal_id: str, state: SignalState) -> View:
        """Return the same for a signal of which only this is known."""
        if not self.scores:
            return View.OFF
        waits = state is SignalState.OPEN
        return View.BLIND if waits and self._drawn(signal_id) else View.FULL

    def labelled(self, signal_id: str, state: SignalState) -> bool:
        """Whether category and all that follows from it may be seen."""
        return self.of(signal_id, state) is View.FULL

    def category(self, signal_id: str, state: SignalState, category: Category) -> str:
        """Return the category's name, or what stands in its place."""
        known = self.labelled(signal_id, state)
        return self._taxonomy[category].name if known else UNLABELLED

    def urgency(self, urgency: Urgency) -> str:
        """Return the urgency in words; empty while scores are off."""
        return words.URGENCY[urgency] if self.scores else ""

    @property
    def samples(self) -> bool:
        """Whether some signals wait without their label."""
        return self.scores and self._share > 0

    def without_blind(self, ids: Sequence[str]) -> list[str]:
        """Leave out what nobody may know the category of, in the same order."""
        blind = self._overview.undecided([id for id in ids if self._drawn(id)])
        return [id for id in ids if id not in blind]

    def _drawn(self, signal_id: str) -> bool:
        return drawn(self._key, signal_id, self._share)
