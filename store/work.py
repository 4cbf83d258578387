# SPDX-License-Identifier: EUPL-1.2
"""One transaction, with one door per aggregate."""

from __future__ import annotations

from store.accounts import Accounts
from store.actions import Actions
from store.admins import Admins
from store.attention import Watch
from store.audit import AuditLog
from store.consent import ConsentLedger
from store.counters import Counters
from store.cursors import Cursors
from store.decisions import Decisions
from store.dossiers import Dossiers
from store.erasures import Erasures
from store.events import Events
from store.exports import Exports
from store.handovers import Handovers
from store.heads import Heads
from store.incidents import Incidents
from store.labels import Labels
from store.looks import Looks
from store.orders import Orders
from store.outbox import Outbox
from store.overview import Overview
from store.quality import Quality
from store.questions import Questions
from store.ratings import Ratings
from store.reports import Reports
from store.rooms import Rooms
from store.seen import SeenKeys
from store.sessions import Sessions
from store.signals import Signals
from store.signups import Signups
from store.steps import Steps
from store.surveys import Surveys
from store.switches import Switches
from store.tallies import Tallies
from store.tokens import Tokens
from store.transaction import Transaction


class Work:
    """All that can be done in one transaction."""

    def __init__(self, transaction: Transaction) -> None:
        self.transaction = transaction
        self.consent = ConsentLedger(transaction)
        self.orders = Orders(transaction)
        self.actions = Actions(transaction)
        self.seen = SeenKeys(transaction)
        self.cursors = Cursors(transaction)
        self.counters = Counters(transaction)
        self.incidents = Incidents(transaction)
        self.signals = Signals(transaction)
        self.reports = Reports(transaction)
        self.handovers = Handovers(transaction)
        self.attention = Watch(transaction)
        self.decisions = Decisions(transaction)
        self.steps = Steps(transaction)
        self.outbox = Outbox(transaction)
        self.questions = Questions(transaction)
        self.erasures = Erasures(transaction)
        self._heads = Heads(transaction)
        self.events = Events(transaction, self._heads)
        self.audit = AuditLog(transaction, self._heads)
        self.accounts = Accounts(transaction)
        self.sessions = Sessions(transaction)
        self.tokens = Tokens(transaction)
        self.looks = Looks(transaction)
        self.switches = Switches(transaction)
        self.overview = Overview(transaction)
        self.tallies = Tallies(transaction)
        self.dossiers = Dossiers(transaction)
        self.admins = Admins(transaction)
        self.signups = Signups(transaction)
        self.ratings = Ratings(transaction)
        self.exports = Exports(transaction)
        self.surveys = Surveys(transaction)
        self.rooms = Rooms(transaction)
        self.labels = Labels(transaction)
        self.quality = Quality(transaction)

    def flush(self) -> None:
        """Write what was kept for the end: what everybody writes to is locked last and
        shortest, and always in this order."""
        self.counters.flush()
        if chains := self.audit.chains() | self.events.chains():
            self._heads.lock(chains)
        self.audit.flush()
        self.events.flush()
