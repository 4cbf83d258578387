# SPDX-License-Identifier: EUPL-1.2
"""Which open incident a signal speaks of, if any.

Places decide first: what contradicts is never joined, what agrees is. Then the course of the
chat decides where somebody followed it (``Clues.thread``). Without either the same chat and a
short time must do, and across chats only nearly the same words will.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta

from core import place, reach
from core.clues import Clues, clues_of
from core.incident import Incident, IncidentState
from core.place import Fit
from core.words import words

__all__ = ["Clues", "closes", "clues_of", "join", "words"]

#: A follow-up in the same chat that names no place comes within this time.
FOLLOW_UP = timedelta(minutes=15)
#: The same, when the follow-up is of a related kind instead of the same.
RELATED_FOLLOW_UP = timedelta(minutes=5)
#: A copy of a message in another chat comes within this time.
COPY = timedelta(hours=1)
#: "Loos alarm" is about something of today.
CLOSING = timedelta(hours=12)
#: How long the newest incident must have outlived the others to be the one that is closed.
CLEAR_LEAD = timedelta(minutes=30)


def join(clues: Clues, incidents: Collection[Incident], now: datetime) -> str | None:
    """Return the id of the open incident that this signal joins; None: it opens its own.

    The order of ``incidents`` does not matter; ties go to the one heard of last.
    """
    best: tuple[tuple[float, ...], str] | None = None
    for incident in incidents:
        rank = _rank(clues, incident, now)
        if rank and (best is None or (rank, incident.id) > best):
            best = (rank, incident.id)
    return best[1] if best else None


def closes(clues: Clues, incidents: Collection[Incident], now: datetime) -> str | None:
    """Return the incident of this chat that "loos alarm" or "is opgelost" ends.

    The message that it answers says which, else the place, else the words, else what the chat
    last spoke of. When that leaves a doubt nothing is closed: it falls silent by itself.
    """
    open_here = [i for i in incidents if _closable(clues, i, now)]
    for incident in open_here:
        if incident.id == clues.answers:
            return incident.id
    for score in (_agrees, _shared_words):
        found = _single_best(clues, open_here, score)
        if found is not None:
            return found.id
    return _clearly_last(open_here)


def _rank(clues: Clues, incident: Incident, now: datetime) -> tuple[float, ...]:
    """Return how well the two fit, higher is better; empty when they may not be joined."""
    same = incident.category is clues.category
    apart = _apart(clues, incident, now)
    if (
        incident.state is not IncidentState.OPEN
        or incident.tenant != clues.tenant
        or not reach.related(incident.category, clues.category)
        or apart > reach.window(incident.category)
    ):
        return ()
    strength = _strength(clues, incident, apart)
    if not strength:
        return ()
    return (strength, same, len(clues.words & incident.words), incident.last_at.timestamp())


def _strength(clues: Clues, incident: Incident, apart: timedelta) -> int:
    fit = _fit(clues, incident)
    if fit is Fit.CONTRADICTS:
        return 0
    told = {clues.thread: 5, clues.answers: 6}.get(incident.id)
    if told is not None:
        return told
    here = clues.group in incident.groups and not clues.alone
    # Inside one chat "the school" is one school.
    if fit is Fit.SAME or (fit is Fit.NAMED and here):
        return 4
    same = incident.category is clues.category
    alike = _overlap(clues, incident)
    if fit is Fit.AREA and same and (alike >= 0.3 or (here and apart <= FOLLOW_UP)):
        return 3
    # Whoever followed the chat knows better than a clock which incident a remark is about.
    followed = incident.id in clues.elsewhere
    if here and not followed and _follows(clues, fit, same=same, apart=apart, alike=alike):
        return 2
    return 1 if same and apart <= COPY and _is_copy(clues, incident) else 0


def _follows(clues: Clues, fit: Fit, *, same: bool, apart: timedelta, alike: float) -> bool:
    """Whether a message without a comparable place goes on about the chat's incident."""
    if fit is Fit.UNSURE and not clues.heading:
        return apart <= FOLLOW_UP and alike >= 0.2
    if apart <= (FOLLOW_UP if same else RELATED_FOLLOW_UP):
        return True
    return alike >= 0.3


def _fit(clues: Clues, incident: Incident) -> Fit:
    near = reach.near(incident.category)
    fit = place.compare(clues.places, clues.points, incident.places, incident.points, near=near)
    # Where somebody fled to says nothing against where it happened, in the chat that saw it.
    if fit is Fit.CONTRADICTS and clues.heading and clues.group in incident.groups:
        return Fit.UNSURE
    return fit


def _apart(clues: Clues, incident: Incident, now: datetime) -> timedelta:
    """Return the time between the signal and the incident; zero while it was going on."""
    # A sender's clock may run ahead; nothing was written later than now.
    at = min(clues.sent_at, now)
    return max(at - incident.last_at, incident.opened_at - at, timedelta())


def _overlap(clues: Clues, incident: Incident) -> float:
    """Return which share of the smaller set of words is in both; one word proves nothing."""
    shared = len(clues.words & incident.words)
    smaller = min(len(clues.words), len(incident.words))
    return shared / smaller if shared >= 2 else 0.0


def _is_copy(clues: Clues, incident: Incident) -> bool:
    return len(clues.words & incident.words) >= 4 and _overlap(clues, incident) >= 0.6


def _closable(clues: Clues, incident: Incident, now: datetime) -> bool:
    return (
        incident.state is IncidentState.OPEN
        and incident.tenant == clues.tenant
        and clues.group in incident.groups
        and incident.opened_at <= min(clues.sent_at, now)
        and _apart(clues, incident, now) <= max(CLOSING, reach.window(incident.category))
        and _fit(clues, incident) is not Fit.CONTRADICTS
    )


def _agrees(clues: Clues, incident: Incident) -> int:
    return {Fit.SAME: 2, Fit.NAMED: 2, Fit.AREA: 1}.get(_fit(clues, incident), 0)


def _shared_words(clues: Clues, incident: Incident) -> int:
    return len(clues.words & incident.words)


def _single_best(
    clues: Clues, incidents: list[Incident], score: Callable[[Clues, Incident], int]
) -> Incident | None:
    """Return the incident that scores more than all others; None when there is no such one."""
    scores = sorted(((score(clues, i), i.id, i) for i in incidents), reverse=True)
    if not scores or scores[0][0] == 0:
        return None
    if len(scores) > 1 and scores[0][0] == scores[1][0]:
        return None
    return scores[0][2]


def _clearly_last(incidents: list[Incident]) -> str | None:
    newest = sorted(incidents, key=lambda i: (i.last_at, i.id), reverse=True)
    if len(newest) > 1 and newest[0].last_at - newest[1].last_at < CLEAR_LEAD:
        return None
    return newest[0].id if newest else None
