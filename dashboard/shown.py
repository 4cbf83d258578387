# SPDX-License-Identifier: EUPL-1.2
"""How much of the model's judgement a screen may show."""

from __future__ import annotations

from core.blind import drawn
from core.signal import SignalState, View
from core.tenant import Tenant
from dashboard.services import Services
from store.signalrow import SignalRow
from store.switches import SCORES
from store.work import Work


class Shown:
    """Decides for one municipality within one transaction."""

    def __init__(self, services: Services, work: Work, tenant: Tenant) -> None:
        self._key = services.sample_key
        self._share = tenant.blind_share
        #: False after somebody pressed the stop button: nothing of the model is shown.
        self.scores = work.switches.is_on(tenant.slug, SCORES)

    def view(self, row: SignalRow) -> View:
        """Return what a card may show of the model's judgement."""
        if not self.scores:
            return View.OFF
        waits = row.state is SignalState.OPEN
        return View.BLIND if waits and drawn(self._key, row.id, self._share) else View.FULL
