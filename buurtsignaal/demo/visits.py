# SPDX-License-Identifier: EUPL-1.2
"""People of the demo who use the pages before anybody looks, so that none of them is empty.

They come in through the front door: a resident fills in the report form, an operator opens a
dossier, the administrator opens an evaluation room and two researchers label in it.
"""

from __future__ import annotations

import asyncio
import re

import httpx

from buurtsignaal.demo.operators import PATIENCE, csrf_in, signed_in
from buurtsignaal.demo.scene import ACCOUNTS, TENANT, DemoAccount

_TICKET = re.compile(r'name="ticket" value="([^"]+)"')
_SIGNAL = re.compile(r'<article class="kaart[^>]*data-id="([^"]+)"', re.DOTALL)
_ROOM = re.compile(r'href="/onderzoek/kamer/([0-9a-f-]+)"')
_LABEL = re.compile(r'action="(/onderzoek/kamer/[^"]+/label/[^"]+)"')
#: Nobody fills a form in faster, in seconds; the form knows that.
_FILLING = 6.0

_REPORT = {
    "soort.straatintimidatie/volgen": "ja",
    "verhaal": "Een man liep achter mij aan vanaf het station tot bij de Molenlaan en bleef vragen "
    "waar ik woon. Ik ben een winkel in gegaan.",
    "waar": "Molenlaan",
    "rol": "slachtoffer",
    "veilig": "ja",
}
_DOSSIER = {
    "onderwerp": "Geluid en vuurwerk rond het plein",
    "doel": "Zien of vaker toezicht op vrijdagavond de overlast vermindert.",
    "wijk": "zeewijk",
    "dagen": "30",
}
_NOTES = {
    "feit": "Handhaving liep op vrijdag twee keer langs, om 21.00 en om 23.30 uur.",
    "oordeel": "Toezicht na middernacht lijkt meer op te leveren dan toezicht vroeg op de avond.",
}
_ROOM_FORM = {
    "naam": "Meting van het najaar",
    "doel": "Meten of het model nog klopt",
    "grondslag": "artikel 172 Gemeentewet",
    "dagen": "30",
}
_FILL = {"hoe": "willekeurig", "aantal": "40"}
#: How many messages each researcher labels; the second is not through yet.
_LABELLED = (30, 24)


async def all_visits(url: str) -> None:
    """Let everybody come by once."""
    await asyncio.gather(_resident(url), _operator(url))
    await _research(url)


async def _resident(url: str) -> None:
    async with httpx.AsyncClient(base_url=url, trust_env=False, timeout=PATIENCE) as client:
        page = (await client.get(f"/melden/{TENANT}")).text
        await asyncio.sleep(_FILLING)
        ticket = _TICKET.search(page)
        if ticket is not None:
            await client.post(f"/melden/{TENANT}", data={"ticket": ticket[1], **_REPORT})


async def _operator(url: str) -> None:
    async with signed_in(url, _account("meldkamer")) as client:
        queue = (await client.get("/meldkamer")).text
        token = {"csrf": csrf_in(queue)}
        opened = await client.post("/dossiers", data=token | _DOSSIER)
        dossier = opened.url.path
        for signal in _SIGNAL.findall(queue)[:4]:
            gathered = {"dossier": dossier.rsplit("/", 1)[1]}
            await client.post(f"/signaal/{signal}/dossier", data=token | gathered)
        for kind, text in _NOTES.items():
            note = {"soort": kind, "notitie": text, "signaal": ""}
            await client.post(f"{dossier}/notitie", data=token | note)


async def _research(url: str) -> None:
    people = [account for account in ACCOUNTS if account.role == "onderzoek"]
    async with signed_in(url, _account("beheer")) as client:
        token = {"csrf": csrf_in((await client.get("/onderzoek/kamers")).text)}
        chosen = {f"mens-{person.username}": "ja" for person in people}
        await client.post("/onderzoek/kamers", data=token | _ROOM_FORM | chosen)
    for turn, person in enumerate(people):
        async with signed_in(url, person) as client:
            await _label(client, turn)


async def _label(client: httpx.AsyncClient, turn: int) -> None:
    page = (await client.get("/onderzoek/kamers")).text
    found = _ROOM.search(page)
    if found is None:
        return
    room, token = f"/onderzoek/kamer/{found[1]}", {"csrf": csrf_in(page)}
    if turn == 0:
        await client.post(f"{room}/vul", data=token | _FILL)
    page = (await client.get(f"{room}/label")).text
    for number in range(_LABELLED[turn]):
        asked = _LABEL.search(page)
        if asked is None:
            return
        answer = {"categorie": _judge(page, number, turn), "urgentie": "actueel"}
        page = (await client.post(asked[1], data=token | answer)).text


#: What a word in a message says to both researchers; the first that fits.
_WORDS = (
    ("inbra", "inbraak"),
    ("ingebroken", "inbraak"),
    ("fiets", "voertuigcriminaliteit"),
    ("vuurwerk", "overlast"),
    ("muziek", "overlast"),
    ("herrie", "overlast"),
    ("afval", "afval"),
    ("container", "afval"),
    ("geslagen", "geweld"),
    ("vermist", "vermissing"),
    ("lantaarn", "openbare-ruimte"),
    ("parke", "foutparkeren"),
)


def _judge(page: str, number: int, turn: int) -> str:
    """Return what this researcher makes of the message; people differ now and then."""
    text = page.partition("<blockquote")[2].partition("</blockquote>")[0].lower()
    found = next((slug for word, slug in _WORDS if word in text), "verdachte-situatie")
    return "overlast" if turn and number % 7 == 3 else found


def _account(role: str) -> DemoAccount:
    return next(account for account in ACCOUNTS if account.role == role)
