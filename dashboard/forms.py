# SPDX-License-Identifier: EUPL-1.2
"""What a page sends back, read in memory: a chat export must never become a temporary file."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

from core import errors
from dashboard.spoken import say

#: Largest ordinary form, in bytes.
SMALL = 64 * 1024


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class File:
    """One uploaded file."""

    filename: str
    data: bytes


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Form:
    """Fields and files of one request; the last value of a name counts."""

    fields: dict[str, str] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)

    def text(self, name: str, *, longest: int = 200) -> str:
        """Return a field without outer spaces, or an empty string; refuse what is too long."""
        value = self.fields.get(name, "").strip()
        if len(value) > longest:
            raise errors.BadInput(
                say(
                    "Dit veld mag hoogstens %(longest)s tekens hebben: %(name)s.",
                    longest=longest,
                    name=name,
                )
            )
        if "\x00" in value:
            raise errors.BadInput(say("Dit veld konden wij niet lezen: %(name)s.", name=name))
        return value

    def number(self, name: str) -> int:
        """Return a field as a whole number; refuse anything else."""
        value = self.text(name, longest=18)
        if not value.isascii() or not value.isdigit():
            raise errors.BadInput(say("Hier hoort een getal: %(name)s.", name=name))
        return int(value)


async def read(request: Request, *, largest: int) -> Form:
    """Return the form; raise ``TooLarge`` beyond ``largest`` bytes of body."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    body = _limited(request, largest)
    if kind == "multipart/form-data":
        return await _multipart(request, body, largest)
    if kind != "application/x-www-form-urlencoded":
        return Form()
    data = b"".join([chunk async for chunk in body])
    try:
        pairs = parse_qsl(data.decode("ascii"), keep_blank_values=True, max_num_fields=100)
    except ValueError:
        raise errors.BadInput(say("Dit formulier konden wij niet lezen.")) from None
    return Form(fields=dict(pairs))


async def _limited(request: Request, largest: int) -> AsyncGenerator[bytes, None]:
    told = request.headers.get("content-length", "0")
    if told.isdigit() and int(told) > largest:
        raise errors.TooLarge
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > largest:
            raise errors.TooLarge
        yield chunk


async def _multipart(request: Request, body: AsyncGenerator[bytes, None], largest: int) -> Form:
    parser = MultiPartParser(request.headers, body, max_files=2, max_fields=50, max_part_size=SMALL)
    # Above this size Starlette writes to /tmp; so no size is above it.
    parser.spool_max_size = largest + 1
    try:
        parsed = await parser.parse()
    except MultiPartException:
        raise errors.BadInput(say("Dit formulier konden wij niet lezen.")) from None
    fields: dict[str, str] = {}
    files: dict[str, File] = {}
    for name, value in parsed.multi_items():
        if isinstance(value, str):
            fields[name] = value
        else:
            files[name] = File(filename=value.filename or "", data=await value.read())
            await value.close()
    return Form(fields=fields, files=files)
