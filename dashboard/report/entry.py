# SPDX-License-Identifier: EUPL-1.2
"""From the fields of the form to a report, or to what has to be mended first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from core import errors
from core.clock import AMSTERDAM
from core.ownreport import Kind, OwnReport, Part
from dashboard import forms
from dashboard.report.form import Form, Sent
from dashboard.report.wording import Wording
from ingest.report_form import photo

#: Longest texts, in characters.
WORDS, PLACE, CONTACT, ANSWER = 4_000, 300, 200, 2_000
#: Field that people do not see and programs fill in.
TRAP = "website"
#: Clocks of phones run ahead this far.
_AHEAD = timedelta(minutes=10)
_LONGEST_AGO = timedelta(days=5 * 365)


@dataclass(frozen=True, kw_only=True, slots=True)
class Mistake:
    """Something to mend, with the field that it is about."""

    field: str
    text: str


@dataclass(kw_only=True, slots=True, repr=False)
class Entry:
    """What was filled in, to be shown again, and what is wrong with it."""

    values: Mapping[str, str] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)
    #: A photo cannot be shown again; it must be chosen again.
    had_photo: bool = False

    def value(self, name: str) -> str:
        """Return what stands in a field."""
        return self.values.get(name, "")

    def wrong(self, name: str) -> str:
        """Return what is wrong with a field; empty when nothing is."""
        return next((m.text for m in self.mistakes if m.field == name), "")


class Reader:
    """Reads one form that was sent."""

    def __init__(self, form: Form, wording: Wording, given: forms.Form, now: datetime) -> None:
        self._form = form
        self._say = wording
        self._given = given
        self._now = now
        self.entry = Entry(
            values={name: text[: WORDS + 1] for name, text in given.fields.items()},
            had_photo=self._file() is not None,
        )

    def report(self, seed: str) -> Sent | None:
        """Return the report; None when there is something to mend."""
        kinds = self._kinds()
        own = OwnReport(
            kinds=kinds or self._form.kinds[:1],
            part=self._part(),
            safe={"ja": True, "nee": False}.get(self._field("veilig")),
            happened_at=self._moment(),
            contact=self._contact(),
            photo=self._photo(),
            language=self._say.lang,
        )
        words, place = self._text("verhaal", WORDS), self._place()
        if self.entry.mistakes:
            return None
        return Sent(seed=seed, words=words, place=place, own=own, wording=self._say)

    def mistake(self, name: str, key: str, **fields: object) -> None:
        """Note something to mend."""
        self.entry.mistakes.append(Mistake(field=name, text=self._say(key, **fields)))

    def is_trapped(self) -> bool:
        """Whether the field is filled in that no person sees."""
        return bool(self._field(TRAP))

    def _kinds(self) -> tuple[Kind, ...]:
        chosen = tuple(k for k in self._form.kinds if self._field(f"soort.{k.name}"))
        if not chosen:
            self.mistake("soort", "error_kinds")
        return chosen

    def _part(self) -> Part | None:
        given = self._field("rol")
        return Part(given) if given in set(Part) else None

    def _contact(self) -> str:
        if self._field("bereikbaar") != "ja":
            return ""
        return " ".join(self._text("contact", CONTACT).split())

    def _place(self) -> str:
        """Return the place in words; a chosen neighbourhood is said as people say it."""
        told = self._text("waar", PLACE)
        areas = self._form.tenant.areas if self._form.tenant else {}
        area = areas.get(self._field("buurt"), "")
        known = not area or area.lower() in told.lower()
        return told if known else ", ".join(part for part in (told, area) if part)

    def _moment(self) -> datetime | None:
        day, hour = self._field("datum"), self._field("tijd")
        if not day and not hour:
            return None
        try:
            at = self._combined(day, hour)
        except ValueError:
            self.mistake("datum", "error_date")
            return None
        if at > self._now + _AHEAD:
            self.mistake("datum", "error_future")
        elif at < self._now - _LONGEST_AGO:
            self.mistake("datum", "error_date")
        return at

    def _combined(self, day: str, hour: str) -> datetime:
        """Return the moment in the Netherlands; a day alone is its noon, an hour the last one."""
        today = self._now.astimezone(AMSTERDAM)
        on = date.fromisoformat(day) if day else today.date()
        at = time.fromisoformat(hour).replace(tzinfo=None) if hour else time(12)
        moment = datetime.combine(on, at, AMSTERDAM)
        if not day and moment > self._now + _AHEAD:
            moment -= timedelta(days=1)
        if not hour and on == today.date():
            moment = min(moment, self._now)
        return moment

    def _photo(self) -> bytes:
        file = self._file()
        # For a program nothing is decoded; somebody who has to try again sends it again.
        if file is None or self.entry.wrong("verstuur"):
            return b""
        try:
            return photo.clean(file.data)
        except errors.TooLarge:
            self.mistake("foto", "error_photo_large")
        except errors.BadInput:
            self.mistake("foto", "error_photo")
        return b""

    def _file(self) -> forms.File | None:
        file = self._given.files.get("foto")
        return file if file is not None and file.data else None

    def _text(self, name: str, longest: int) -> str:
        text = self._given.fields.get(name, "").strip()
        if len(text) > longest:
            self.mistake(name, "error_long", tekens=longest)
        return text

    def _field(self, name: str) -> str:
        return self._given.fields.get(name, "").strip()[:200]
