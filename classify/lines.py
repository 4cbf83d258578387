# SPDX-License-Identifier: EUPL-1.2
"""One message per line of JSON, in and out: what researchers pipe through the classifier."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec

from core.message import Origin
from core.verdict import Verdict

#: Longest line, in bytes; longer ones are no message.
LONGEST = 1_000_000
_ACCEPTED = "id and text, optionally chat, sent_at, sender and source (chat, public, report)"


class _Row(msgspec.Struct, frozen=True):
    id: str | int
    text: str
    chat: str | None = None
    sent_at: str | float | None = None
    sender: str | int | None = None
    source: Origin | None = None


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Line:
    """One message to judge; ``repr`` leaves the text out."""

    id: str | int
    text: str
    chat: str | None
    sender: str | None
    #: With a zone; UTC where the line named none.
    sent_at: datetime | None
    origin: Origin | None

    def __repr__(self) -> str:
        return f"<Line of {len(self.text)} characters>"


@dataclass(frozen=True, kw_only=True, slots=True)
class BadLine:
    """A line that cannot be used, and why; never what it says."""

    number: int
    why: str
    id: str | int | None = None


_FIELD = re.compile(r"required field `(?P<missing>\w+)`$|at `\$\.(?P<wrong>\w+)`$")
_decoder = msgspec.json.Decoder(_Row)
_encoder = msgspec.json.Encoder()


def read_line(raw: bytes, number: int) -> Line | BadLine | None:
    """Return the message in one line; None for an empty line. ``number`` counts from 1."""
    if not raw.strip():
        return None
    if len(raw) > LONGEST:
        return BadLine(number=number, why=f"longer than {LONGEST:,} bytes")
    try:
        row = _decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        return BadLine(number=number, why=_why(error), id=_id_of(raw))
    try:
        sent_at = _time(row.sent_at)
    except (ValueError, OverflowError, OSError):
        why = "sent_at is no time; accepted are ISO 8601 and seconds since 1970"
        return BadLine(number=number, why=why, id=row.id)
    origin = row.source or (Origin.CHAT if row.chat else None)
    sender = None if row.sender is None else str(row.sender)
    return Line(
        id=row.id, text=row.text, chat=row.chat, sender=sender, sent_at=sent_at, origin=origin
    )


def write_bad(bad: BadLine) -> bytes:
    """Return the output line of a line that could not be used."""
    return _encoder.encode({"id": bad.id, "error": f"line {bad.number}: {bad.why}"}) + b"\n"


def write_line(line: Line, verdict: Verdict, incident: str | None) -> bytes:
    """Return the output line of a judged message: one object of JSON and a line end."""
    return _encoder.encode(_answer(line, verdict, incident)) + b"\n"


def _time(written: str | float | None) -> datetime | None:
    if written is None or written == "":
        return None
    if isinstance(written, str):
        at = datetime.fromisoformat(written)
        return at if at.tzinfo else at.replace(tzinfo=UTC)
    return datetime.fromtimestamp(written, UTC)


def _answer(line: Line, verdict: Verdict, incident: str | None) -> dict[str, Any]:
    return {
        "id": line.id,
        "category": verdict.category,
        "probability": _round(verdict.probability),
        "probabilities": {c.value: _round(p) for c, p in verdict.probabilities.items()},
        "subcategory": verdict.subcategory,
        "urgency": verdict.urgency,
        "first_hand": verdict.first_hand,
        "incident": incident,
        "locations": [_place(line.text, place) for place in verdict.places],
        "personal_data": [
            {"text": p.of(line.text), "start": p.start, "end": p.end, "kind": p.kind}
            for p in verdict.personal
        ],
        "evidence": [
            {"text": e.of(line.text), "start": e.start, "end": e.end, "weight": e.weight}
            for e in verdict.evidence
        ],
        "without_evidence": None if verdict.without is None else _round(verdict.without),
        "review": verdict.review,
        "model": verdict.model,
    }


def _place(text: str, place: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "text": place.of(text),
        "start": place.start,
        "end": place.end,
        "kind": place.kind,
        "stated": place.stated,
    }
    if place.lat is not None and place.lon is not None:
        found |= {"lat": place.lat, "lon": place.lon, "radius": place.radius}
        found["inferred"] = place.inferred
    return found


def _round(probability: float) -> float:
    return round(probability, 6)


def _why(error: Exception) -> str:
    """Return what is wrong; of msgspec's words only the field, which is ours, never a value."""
    if not isinstance(error, msgspec.ValidationError):
        return f"not one object of JSON in UTF-8; accepted are {_ACCEPTED}"
    # msgspec names the field, and sometimes the value, which is never ours to repeat.
    named = _FIELD.search(str(error))
    field = named["missing"] or named["wrong"] if named else ""
    if field not in _Row.__struct_fields__:
        field = "the object"
    return f"{field} is missing or of a wrong kind; accepted are {_ACCEPTED}"


def _id_of(raw: bytes) -> str | int | None:
    """Return the id of an unusable line where it has one, so that its owner finds it."""
    try:
        row = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    found = row.get("id") if isinstance(row, Mapping) else None
    return found if isinstance(found, str | int) and not isinstance(found, bool) else None
