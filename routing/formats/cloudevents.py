# SPDX-License-Identifier: EUPL-1.2
"""A report as a CloudEvents 1.0 event in structured mode, after the NL GOV profile.

Attributes hold nothing sensitive (they end up in logs), ``type`` is in the past tense and
carries its version, ``time`` is when it was logged, and an event fits in 64 KB.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from routing.formats.plain import plain
from routing.report import Report, Where

CONTENT_TYPE = "application/cloudevents+json; charset=UTF-8"
FORWARDED = "nl.buurtsignaal.signaal-doorgezet.v1"
RETRACTED = "nl.buurtsignaal.signaal-ingetrokken.v1"

#: Largest event that the profile lets every receiver accept.
MOST_BYTES = 64 * 1024


def forwarded(report: Report, *, event_id: str, source: str) -> bytes:
    """Return the event that hands a report over; an endless text is cut to what fits."""
    body = _encode(_event(FORWARDED, event_id, source, report, _data(report)))
    kept = report.words
    while len(body) > MOST_BYTES and kept:
        kept = kept[: len(kept) // 2]
        short = replace(report, text=kept, full_text=None if report.full_text is None else kept)
        data = {**_data(short), "textCut": True}
        body = _encode(_event(FORWARDED, event_id, source, report, data))
    return body


def retracted(report: Report, *, event_id: str, source: str) -> bytes:
    """Return the event that takes a report back; it repeats no words."""
    data = {"signalId": report.id, "incidentId": report.incident}
    return _encode(_event(RETRACTED, event_id, source, report, data))


def _event(
    kind: str, event_id: str, source: str, report: Report, data: dict[str, Any]
) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "type": kind,
        "source": source,
        "id": event_id,
        "time": _moment(report.decided_at),
        "subject": report.id,
        "datacontenttype": "application/json",
        "data": data,
    }


def _data(report: Report) -> dict[str, Any]:
    return {
        "signalId": report.id,
        "incidentId": report.incident,
        "municipality": report.municipality,
        "category": report.category.value,
        "categoryName": report.category_name,
        "subcategory": report.subcategory,
        "subcategoryName": report.subcategory_name,
        "lmc": report.lmc,
        "signalen": report.signalen,
        "urgency": report.urgency.value,
        "firstHand": report.first_hand,
        "sentAt": _moment(report.sent_at),
        "text": plain(report.words),
        "textMasked": report.full_text is None,
        "places": [_place(place) for place in report.places],
        "group": plain(report.group),
        "probability": round(report.probability, 4),
        "model": report.model,
        "decidedBy": report.decided_by,
        "decidedAt": _moment(report.decided_at),
    }


def _place(place: Where) -> dict[str, Any]:
    return {
        "text": plain(place.text),
        "kind": place.kind,
        "lat": place.lat,
        "lon": place.lon,
        "stated": place.stated,
    }


def _moment(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _encode(event: dict[str, Any]) -> bytes:
    return json.dumps(event, ensure_ascii=False, separators=(",", ":")).encode()
