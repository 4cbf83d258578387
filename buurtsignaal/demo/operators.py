# SPDX-License-Identifier: EUPL-1.2
"""Scripted operators for ``--once``: they sign in and confirm what waits, on the real pages.

A person's decision is what lets a report leave; here a script plays that person with the demo's
own accounts, so that the whole line can be seen without one.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from buurtsignaal.demo.scene import ACCOUNTS, DemoAccount

_CSRF = re.compile(r'name="csrf" value="([^"]+)"')
_CARD = re.compile(r'<article class="kaart[^>]*data-id="([^"]+)" data-versie="(\d+)"', re.DOTALL)
#: Pages that an operator may need before a queue is empty.
_ROUNDS = 50
#: Seconds for an answer; a machine that also judges a neighbourhood can be slow.
PATIENCE = 60.0


async def decide_all(url: str) -> int:
    """Confirm every open signal in both queues; return how many decisions that took."""
    operators = [account for account in ACCOUNTS if account.role in ("meldkamer", "handhaving")]
    return sum([await _empty(url, operator) for operator in operators])


async def _empty(url: str, operator: DemoAccount) -> int:
    async with signed_in(url, operator) as client:
        decided = 0
        for _ in range(_ROUNDS):
            page = (await client.get(f"/{operator.role}")).text
            cards = _CARD.findall(page)
            if not cards:
                break
            for signal, version in cards:
                decided += await _confirm(client, csrf_in(page), signal, version)
        return decided


@asynccontextmanager
async def signed_in(url: str, account: DemoAccount) -> AsyncIterator[httpx.AsyncClient]:
    """Give a browser in which somebody of the demo has signed in."""
    async with httpx.AsyncClient(
        base_url=url, trust_env=False, follow_redirects=True, timeout=PATIENCE
    ) as client:
        form = await client.get("/inloggen")
        fields = {
            "csrf": csrf_in(form.text),
            "naam": account.username,
            "wachtwoord": account.password,
        }
        await client.post("/inloggen", data=fields)
        yield client


async def _confirm(client: httpx.AsyncClient, csrf: str, signal: str, version: str) -> int:
    data = {"csrf": csrf, "versie": version, "besluit": "bevestigd"}
    answer = await client.post(f"/signaal/{signal}/besluit", data=data)
    return int(answer.is_success)


def csrf_in(page: str) -> str:
    """Return the token of the page's forms."""
    found = _CSRF.search(page)
    if found is None:
        raise RuntimeError("the page holds no form")
    return found[1]
