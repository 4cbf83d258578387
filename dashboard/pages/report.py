# SPDX-License-Identifier: EUPL-1.2
"""The public report form: no account, no cookie, no script."""

from __future__ import annotations

from datetime import timedelta

import segno
from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from markupsafe import Markup
from starlette.responses import RedirectResponse, Response

from core import errors
from core.audit import Tag
from core.clock import AMSTERDAM
from core.label import Queue, Urgency
from dashboard import words
from dashboard.report import entry as entries
from dashboard.report.desk import AtDesk, Desk
from dashboard.report.entry import Entry, Reader
from dashboard.report.following import receiver_name
from dashboard.report.form import Form, NotTaken, Sent, Taken, Way
from dashboard.report.helping import national_help
from dashboard.report.picture import Step, draw
from dashboard.report.ticket import Ticket
from dashboard.visit import Here
from store.signalrow import SignalRow

router = APIRouter(include_in_schema=False)

#: A form that was open for longer is asked for again.
_OPEN = timedelta(hours=6)
#: How long somebody has to wait who filled in the field that people do not see.
_PENALTY = timedelta(seconds=25)


@router.get("/melden", name="report-choose")
def choose(at: AtDesk) -> Response:
    """Let somebody choose where it happened."""
    forms = sorted(at.reporting.forms.values(), key=lambda form: form.name)
    connected = [form for form in forms if form.way is Way.LINE]
    elsewhere = [form for form in forms if form.way is not Way.LINE]
    return at.page("kies.html", connected=connected, elsewhere=elsewhere)


@router.get("/en/report", name="report-en")
def english() -> Response:
    """Lead to the same page in English."""
    return RedirectResponse("/melden?taal=en", 303)


@router.get("/en/report/{slug}", name="report-en-form")
def english_form(at: AtDesk, slug: str) -> Response:
    """Lead to the same form in English."""
    return RedirectResponse(f"/melden/{at.form(slug).slug}?taal=en", 303)


@router.get("/melden/{slug}", name="report")
def show(at: AtDesk, slug: str) -> Response:
    """Show an empty form, or only the notice where nobody would get the report."""
    form = at.form(slug)
    if form.way is Way.NOWHERE:
        return at.page("letop.html", form, places=_places(form), checked=_checked(at, form))
    return _form(at, form, Entry(), at.tickets.issue(_purpose(form)))


@router.get("/melden/{slug}/huisstijl.css", name="report-sheet")
def sheet(at: AtDesk, slug: str) -> Response:
    """Return the municipality's own colours."""
    return Response(at.form(slug).house.sheet(), media_type="text/css")


@router.get("/melden/{slug}/logo", name="report-logo")
def logo(at: AtDesk, slug: str) -> Response:
    """Return the municipality's own logo."""
    found = at.form(slug).house.logo
    if found is None:
        raise errors.NotFound
    return Response(found.data, media_type=found.media_type)


@router.post("/melden/{slug}", name="report-submit")
async def submit(at: AtDesk, slug: str) -> Response:
    """Take a report in, or show what has to be mended; nothing that was typed gets lost."""
    form = at.form(slug)
    if form.way is Way.NOWHERE:
        raise errors.NotFound
    reader = Reader(form, form.wordings[at.lang], at.given, at.services.clock.now())
    given = at.given.text("ticket", longest=200)
    ticket = at.tickets.read(_purpose(form), given)
    given = _inspect(at, form, reader, ticket, given)
    # Decoding a photo takes a while; others must not wait for it.
    sent = await run_in_threadpool(reader.report, ticket.seed if ticket else "")
    if sent is None:
        return _form(at, form, reader.entry, given, status=400)
    try:
        taken = await at.reporting.send(form, sent)
    except (NotTaken, errors.Overloaded):
        reader.mistake("verstuur", "error_busy")
        return _form(at, form, reader.entry, given, status=503)
    return await run_in_threadpool(_thanks, at, form, sent, taken)


@router.get("/beheer/melden", name="report-share")
def share(here: Here) -> Response:
    """Show an administrator how to lead people to the form: a link and a code to scan."""
    form = here.services.reporting.forms.get(here.tenant.slug)
    base = here.services.settings.public_url.rstrip("/")
    link = f"{base}/melden/{here.tenant.slug}"
    code = segno.make(link, error="m").svg_inline(
        scale=5, border=4, omitsize=False, svgclass=None, lineclass=None, light="#fff"
    )
    today = here.services.clock.now().astimezone(AMSTERDAM).date()
    return here.page(
        "meldlink.html",
        form=form,
        link=link,
        checked=form.house.help_checked if form and form.house.knows_numbers(today) else None,
        places=_places(form) if form else (),
        code=Markup(code),  # noqa: S704
    )


@router.get("/signaal/{id}/foto", name="report-photo")
def photo(here: Here, id: str) -> Response:
    """Show an operator the photo that came with a report."""
    with here.services.store.write() as work:
        row = work.signals.get(id)
        if row.tenant != here.tenant.slug or here.queue not in row.queues:
            raise errors.NotFound
        found = work.reports.photo(id)
        if found is None:
            raise errors.NotFound
        here.audit(work, Tag.SIGNAL_CONSULTED, f"signal/{id}", photo=True)
    return Response(found, media_type="image/jpeg")


def _purpose(form: Form) -> str:
    return f"report {form.slug}"


def _inspect(at: Desk, form: Form, reader: Reader, ticket: Ticket | None, given: str) -> str:
    """Note what speaks for a program; return the ticket with which to try again."""
    now = at.services.clock.now()
    if reader.is_trapped():
        reader.mistake("verstuur", "error_robot")
        return at.tickets.issue(_purpose(form), ahead=_PENALTY)
    if ticket is None or ticket.age(now) > _OPEN:
        reader.mistake("verstuur", "error_expired")
        return at.tickets.issue(_purpose(form))
    if ticket.age(now).total_seconds() < at.services.settings.report_seconds:
        reader.mistake("verstuur", "error_fast")
    return given


def _form(at: Desk, form: Form, entry: Entry, ticket: str, *, status: int = 200) -> Response:
    return at.page(
        "formulier.html",
        form,
        status=status,
        entry=entry,
        ticket=ticket,
        trap=entries.TRAP,
        longest={"words": entries.WORDS, "place": entries.PLACE, "contact": entries.CONTACT},
        terms=_terms(form),
        areas=form.tenant.areas if form.tenant else {},
        by_mail=form.way is Way.MAIL,
    )


def _thanks(at: Desk, form: Form, sent: Sent, taken: Taken) -> Response:
    row = _row(at, taken)
    urgent = sent.own.safe is False or (row is not None and row.urgency is Urgency.SPOED)
    return at.page(
        "bedankt.html",
        form,
        code=taken.code,
        urgent=urgent,
        drawing=_drawing(at, form, sent, row) if form.way is Way.LINE else None,
        places=_places(form),
        checked=_checked(at, form),
        by_mail=form.way is Way.MAIL,
    )


def _row(at: Desk, taken: Taken) -> SignalRow | None:
    """Return the signal that a report became, also when this was a repeat."""
    found = at.reporting.find(taken.code) if taken.code else None
    if found is None:
        return None
    with at.services.store.read() as work:
        return work.signals.by_message(found[1])


def _drawing(at: Desk, form: Form, sent: Sent, row: SignalRow | None) -> Markup:
    say = sent.wording
    queues = row.queues if row else (Queue.MELDKAMER, Queue.HANDHAVING)
    readers = [say(f"reader_{queue.value}") for queue in queues]
    and_ = " en " if say.lang == "nl" else " and "
    category = row.category if row else sent.own.category
    subcategory = row.subcategory if row else sent.own.subcategory
    fields = _terms(form) | {
        "wie": and_.join(readers),
        "ontvanger": receiver_name(at.services.taxonomy, category, subcategory, say),
    }
    names = ("sent", "sorted", "read", "decided", "erased")
    steps = [Step(title=say(f"step_{n}"), text=say(f"step_{n}_who", **fields)) for n in names]
    return draw(say("picture_title"), steps)


def _terms(form: Form) -> dict[str, str]:
    """Return what a municipality's own file says about keeping and its ground."""
    if form.tenant is None:
        return {}
    retention = form.tenant.retention
    return {
        "dagen_beslist": str(retention.decided.days),
        "dagen_onbeslist": str(retention.undecided.days),
        "grondslag": form.tenant.legal_basis.rstrip(". "),
    }


def _checked(at: Desk, form: Form) -> str:
    """Return the day on which the numbers were checked; empty when that is unknown or too old."""
    today = at.services.clock.now().astimezone(AMSTERDAM).date()
    known = form.house.help_checked
    if known is None or not form.house.knows_numbers(today):
        return ""
    return words.calendar(known.isoformat()) if at.lang == "nl" else f"{known.day} {known:%B %Y}"


def _places(form: Form) -> tuple[object, ...]:
    return (*form.house.places, *national_help())
