# SPDX-License-Identifier: EUPL-1.2
"""Answers with a mark, so that nobody has to take the same answer twice (RFC 9110, ETag)."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from pydantic import BaseModel
from starlette.responses import Response

from dashboard.api.caller import Call


def answer(call: Call, found: BaseModel, *, seen: Callable[[], None] | None = None) -> Response:
    """Return ``found`` as JSON, or 304 when the caller has it already.

    ``seen`` writes down that the caller gets to see it, before it leaves.
    """
    body = found.model_dump_json(by_alias=True).encode()
    mark = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    if _knows(call.request.headers.get("if-none-match", ""), mark):
        return Response(status_code=304, headers={"ETag": mark})
    if seen is not None:
        seen()
    return Response(body, media_type="application/json", headers={"ETag": mark})


def _knows(header: str, mark: str) -> bool:
    given = {tag.strip().removeprefix("W/") for tag in header.split(",")}
    return mark in given or "*" in given
