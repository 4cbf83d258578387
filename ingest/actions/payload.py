# SPDX-License-Identifier: EUPL-1.2
"""What an answer about police actions says, in the two shapes that are understood.

``alerts``: a list of alerts with ``AlertId``, ``AlertLevel`` and ``Message``, as the services
behind Burgernet and AMBER Alert give them. ``vermist``: a table with ``vermisten``, as in the
open data of the police (politie.nl, open data). Neither could be tried against its source: see
``docs/howto/know-police-actions.md``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from core.action import ActionKind
from core.clock import AMSTERDAM
from ingest.feed import FeedAway
from ingest.markup import words_of

#: Alerts of this level and higher are AMBER Alerts.
_AMBER = 10
#: Longest text that is compared, and longest link, in characters.
_MOST, _LONGEST = 4000, 500


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Told:
    """One action as its source tells of it; in memory only."""

    id: str
    kind: ActionKind
    link: str
    text: str
    published_at: datetime


def read(shape: str, body: bytes, now: datetime) -> list[Told]:
    """Return the actions in an answer; ``FeedAway`` when it has another shape."""
    try:
        found = json.loads(body)
        rows = _ROWS[shape](found)
    except (ValueError, RecursionError, TypeError, KeyError, AttributeError):
        raise FeedAway("an answer about police actions has another shape") from None
    return [told for row in rows if (told := _told(shape, row, now)) is not None]


def _told(shape: str, row: object, now: datetime) -> Told | None:
    """Return one action; None when it lacks what makes it one."""
    if not isinstance(row, Mapping):
        return None
    told = _alert(row, now) if shape == "alerts" else _missing(row, now)
    return told if told.text.strip() and told.published_at <= now else None


def _alert(row: Mapping[str, Any], now: datetime) -> Told:
    given = row.get("Message")
    message = given if isinstance(given, Mapping) else {}
    level = row.get("AlertLevel")
    amber = isinstance(level, int) and not isinstance(level, bool) and level >= _AMBER
    parts = ("Title", "Description", "DescriptionExt")
    return Told(
        id=_id("alerts", row.get("AlertId"), message.get("Title")),
        kind=ActionKind.AMBER if amber else ActionKind.BURGERNET,
        link=_link(message.get("Readmore_URL")),
        text=_text(message, parts),
        published_at=_moment(row.get("SentAt")) or now,
    )


def _missing(row: Mapping[str, Any], now: datetime) -> Told:
    return Told(
        id=_id("vermist", row.get("uid"), row.get("titel")),
        kind=ActionKind.MISSING,
        link=_link(row.get("url")),
        text=_text(row, ("titel", "introductie", "omschrijving")),
        published_at=_moment(row.get("publicatiedatum")) or now,
    )


def _alerts(found: Any) -> list[Any]:
    return _list(found)


def _vermisten(found: Any) -> list[Any]:
    return _list(found["vermisten"])


def _list(found: Any) -> list[Any]:
    if not isinstance(found, list):
        raise TypeError("no list")
    return found


_ROWS: Mapping[str, Callable[[Any], list[Any]]] = {"alerts": _alerts, "vermist": _vermisten}
#: Shapes that are understood.
SHAPES = tuple(_ROWS)


def _id(shape: str, given: object, title: object) -> str:
    named = str(given) if isinstance(given, str | int) and str(given).strip() else str(title)
    return hashlib.sha256(f"{shape} {named}".encode("utf-8", "surrogatepass")).hexdigest()[:40]


def _text(row: Mapping[str, Any], names: tuple[str, ...]) -> str:
    parts = [row.get(name) for name in names]
    return "\n".join(words_of(part) for part in parts if isinstance(part, str))[:_MOST]


def _link(given: object) -> str:
    """Return a link that is safe to show; empty when there is none."""
    if not isinstance(given, str) or len(given) > _LONGEST:
        return ""
    try:
        parts = urlsplit(given)
    except ValueError:
        return ""
    safe = parts.scheme == "https" and parts.hostname and "@" not in parts.netloc
    return given if safe else ""


def _moment(given: object) -> datetime | None:
    """Return a moment; without a zone it is Dutch time."""
    try:
        at = datetime.fromisoformat(given) if isinstance(given, str) else None
    except ValueError:
        return None
    if at is None:
        return None
    return (at if at.tzinfo else at.replace(tzinfo=AMSTERDAM)).astimezone(UTC)
