# SPDX-License-Identifier: EUPL-1.2
"""Why a request was refused, as RFC 9457 problem details; never quotes the request."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """A refusal and what is accepted instead."""

    status: int
    title: str
    detail: str
    #: The same in Dutch.
    detail_nl: str
    headers: Mapping[str, str] = field(default_factory=dict)
    #: More members, such as ``rejected``.
    more: Mapping[str, Any] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return what is answered."""
        return {
            "type": "about:blank",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
            "detail_nl": self.detail_nl,
            **self.more,
        }


class Refused(Exception):
    """The request ends here."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.title)
        self.problem = problem


NOT_FOUND = Problem(
    status=404,
    title="Not found",
    detail="There is no such sender. Use POST /intake/webhook/{municipality}/{app}.",
    detail_nl="Deze afzender is er niet. Gebruik POST /intake/webhook/{gemeente}/{app}.",
)
NO_METHOD = Problem(
    status=405,
    title="Method not allowed",
    detail="Only POST is accepted.",
    detail_nl="Alleen POST wordt aangenomen.",
    headers={"allow": "POST"},
)
NO_TYPE = Problem(
    status=415,
    title="Unsupported media type",
    detail="Only Content-Type: application/json in UTF-8, without Content-Encoding, is accepted.",
    detail_nl="Alleen Content-Type: application/json in UTF-8, zonder Content-Encoding, "
    "wordt aangenomen.",
)
NO_LENGTH = Problem(
    status=411,
    title="Length required",
    detail="Send Content-Length, or Transfer-Encoding: chunked.",
    detail_nl="Stuur Content-Length mee, of Transfer-Encoding: chunked.",
)
TOO_SLOW = Problem(
    status=408,
    title="Request timeout",
    detail="The body did not arrive in time. Send it again.",
    detail_nl="De inhoud kwam niet op tijd binnen. Stuur die opnieuw.",
    headers={"connection": "close"},
)
EMPTY = Problem(
    status=400,
    title="Empty body",
    detail="The body must be one event or a list of events, as JSON.",
    detail_nl="De inhoud moet een gebeurtenis of een lijst gebeurtenissen zijn, als JSON.",
)
NO_UTF8 = Problem(
    status=400,
    title="Not UTF-8",
    detail="The body must be JSON in UTF-8.",
    detail_nl="De inhoud moet JSON in UTF-8 zijn.",
)
NO_JSON = Problem(
    status=400,
    title="Not JSON",
    detail="The body must be valid JSON (RFC 8259), without NaN, Infinity or half characters.",
    detail_nl="De inhoud moet geldige JSON zijn (RFC 8259), zonder NaN, Infinity of halve tekens.",
)
TOO_DEEP = Problem(
    status=400,
    title="Nested too deeply",
    detail="An event is an object that holds objects, and no deeper.",
    detail_nl="Een gebeurtenis is een object met objecten erin, en niet dieper.",
)
UNSIGNED = Problem(
    status=401,
    title="Not signed",
    detail="Send webhook-id, webhook-timestamp and webhook-signature (Standard Webhooks).",
    detail_nl="Stuur webhook-id, webhook-timestamp en webhook-signature mee (Standard Webhooks).",
    headers={"www-authenticate": "StandardWebhooks"},
)


def not_authentic(what: str) -> Problem:
    """Say which part of the signature does not hold."""
    return Problem(
        status=401,
        title="Signature refused",
        detail=f"{what}. Sign '{{webhook-id}}.{{webhook-timestamp}}.{{body}}' as it is sent, with "
        "your current secret, within 5 minutes.",
        detail_nl="De handtekening klopt niet. Onderteken "
        "'{webhook-id}.{webhook-timestamp}.{inhoud}' zoals die verstuurd wordt, met uw huidige "
        "geheim, binnen 5 minuten.",
        headers={"www-authenticate": "StandardWebhooks"},
    )


def too_large(limit: int) -> Problem:
    """Say how large a body may be."""
    return Problem(
        status=413,
        title="Content too large",
        detail=f"A body may have at most {limit} bytes. Send fewer events at once.",
        detail_nl=f"De inhoud mag hooguit {limit} bytes zijn. Stuur er minder tegelijk.",
        headers={"connection": "close"},
    )


def list_length(most: int) -> Problem:
    """Say how many events a list may hold."""
    return Problem(
        status=422,
        title="Wrong number of events",
        detail=f"A list holds 1 to {most} events.",
        detail_nl=f"Een lijst bevat 1 tot {most} gebeurtenissen.",
    )


def all_rejected(rejected: list[dict[str, Any]]) -> Problem:
    """Say why no event could be used."""
    return Problem(
        status=422,
        title="No usable event",
        detail="No event was accepted; 'rejected' says for each of them which field and why.",
        detail_nl="Geen gebeurtenis is aangenomen; 'rejected' zegt per stuk welk veld en waarom.",
        more={"rejected": rejected},
    )


def later(seconds: int) -> Problem:
    """Ask to send it again, after some seconds."""
    return Problem(
        status=503,
        title="Try again later",
        detail=f"Nothing was stored. Send the same message again after {seconds} seconds.",
        detail_nl=f"Er is niets opgeslagen. Stuur hetzelfde bericht opnieuw na {seconds} seconden.",
        headers={"retry-after": str(seconds)},
    )
