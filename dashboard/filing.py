# SPDX-License-Identifier: EUPL-1.2
"""What operators do with dossiers; each deed is one transaction with its audit line."""

from __future__ import annotations

from datetime import timedelta

from core import errors
from core.audit import Tag
from core.dossier import NOTE, PURPOSE, TITLE, Dossier, Note, NoteKind, check_dossier, check_note
from core.identity import new_id
from dashboard.spoken import say
from dashboard.visit import Visit
from store.work import Work

#: Days that a new dossier can be asked to last.
TERMS = (14, 30, 90, 183)


def open_dossier(here: Visit) -> Dossier:
    """Open the dossier that the form describes; raise ``BadInput``."""
    form, now = here.form, here.services.clock.now()
    days, area = form.number("dagen"), form.text("wijk", longest=100)
    if days not in TERMS or area not in here.tenant.areas:
        raise errors.BadInput(say("Kies een wijk en een einddatum uit de lijst."))
    dossier = Dossier(
        id=new_id(now),
        tenant=here.tenant.slug,
        title=" ".join(form.text("onderwerp", longest=TITLE).split()),
        purpose=" ".join(form.text("doel", longest=PURPOSE).split()),
        area=area,
        opened_by=here.visitor.username,
        opened_at=now,
        ends_at=now + timedelta(days=days),
    )
    check_dossier(dossier, here.services.identifies)

    def deed(work: Work) -> Dossier:
        work.dossiers.add(dossier)
        here.audit(work, Tag.DOSSIER_OPENED, f"dossier/{dossier.id}", days=days, area=area)
        return dossier

    return here.services.store.attempt(deed)


def gather(here: Visit, dossier_id: str, signal_id: str) -> None:
    """Put one of the visitor's own signals in a dossier."""
    now = here.services.clock.now()

    def deed(work: Work) -> None:
        _mine(here, work, signal_id)
        if work.dossiers.gather(
            here.tenant.slug, dossier_id, signal_id, here.visitor.username, now
        ):
            _changed(here, work, dossier_id, what="signal-in", signal=signal_id)

    here.services.store.attempt(deed)


def release(here: Visit, dossier_id: str, signal_id: str) -> None:
    """Take one of the visitor's own signals out of a dossier, with the notes about it."""
    now = here.services.clock.now()

    def deed(work: Work) -> None:
        _mine(here, work, signal_id)
        if work.dossiers.release(here.tenant.slug, dossier_id, signal_id, now):
            _changed(here, work, dossier_id, what="signal-out", signal=signal_id)

    here.services.store.attempt(deed)


def add_note(here: Visit, dossier_id: str) -> None:
    """Write the form's note in a dossier; raise ``BadInput``."""
    form, now = here.form, here.services.clock.now()
    try:
        kind = NoteKind(form.text("soort"))
    except ValueError:
        raise errors.BadInput(say("Kies of uw notitie een feit of een oordeel is.")) from None
    about = form.text("signaal", longest=36) or None
    note = Note(
        id=new_id(now),
        dossier=dossier_id,
        kind=kind,
        text=form.text("notitie", longest=NOTE),
        author=here.visitor.username,
        at=now,
        signal=about,
    )
    check_note(note, here.services.identifies)

    def deed(work: Work) -> None:
        if about:
            _mine(here, work, about)
        work.dossiers.note(here.tenant.slug, note)
        _changed(here, work, dossier_id, what=f"note-{kind.value}", signal=about)

    here.services.store.attempt(deed)


def close(here: Visit, dossier_id: str) -> None:
    """End the work on a dossier."""
    now = here.services.clock.now()

    def deed(work: Work) -> None:
        work.dossiers.close(here.tenant.slug, dossier_id, now)
        here.audit(work, Tag.DOSSIER_CLOSED, f"dossier/{dossier_id}")

    here.services.store.attempt(deed)


def _mine(here: Visit, work: Work, signal_id: str) -> None:
    row = work.signals.get(signal_id)
    if row.tenant != here.tenant.slug or here.queue not in row.queues:
        raise errors.NotFound


def _changed(here: Visit, work: Work, dossier_id: str, what: str, signal: str | None) -> None:
    tag = Tag.DOSSIER_CHANGED
    here.audit(work, tag, f"dossier/{dossier_id}", what=what, signal=signal)
