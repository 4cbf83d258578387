# SPDX-License-Identifier: EUPL-1.2
"""The door for Meta, served by uvicorn: the handshake, who may send, what is read."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
import logging
import socket
import subprocess
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn

from core import errors
from core.clock import FrozenClock
from core.consent import ConsentState
from core.message import Command, Joined, Message, Moved, Origin, Role
from ingest.connector import Submit
from ingest.connectors.whatsapp_cloud import connect
from ingest.whatsapp_cloud.app import WhatsAppApp
from ingest.whatsapp_cloud.seal import LONGEST, Seal
from tests.ingest.house import House, Intake
from tests.ingest.knocking import Collected
from tests.samples.whatsapp_cloud import (
    ANNA,
    BEA,
    BODIES,
    KEY,
    OLD_SECRET,
    OPTIONS,
    SECRET,
    VERIFY,
    body_of,
    change,
    notification,
    post,
    signed,
    status,
    text,
    wamid,
)

NUMBER = connect("delft", OPTIONS).number
ADDRESS = "/intake/whatsapp/delft"


@dataclass
class Meta:
    """Sends what Meta would send."""

    http: httpx.AsyncClient
    door: WhatsAppApp
    port: int

    async def send(self, *messages: Any) -> httpx.Response:
        return await self.post(body_of(notification(change(*messages))))

    async def post(self, body: bytes, headers: dict[str, str] | None = None) -> httpx.Response:
        given = signed(body) if headers is None else headers
        return await self.http.post(ADDRESS, content=body, headers=given)


@asynccontextmanager
async def served(submit: Submit, clock: FrozenClock, **options: Any) -> AsyncIterator[Meta]:
    door = WhatsAppApp([NUMBER], submit, clock, **options)
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(door, log_config=None, lifespan="off"))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    while not server.started:
        await asyncio.sleep(0.01)
    port = listener.getsockname()[1]
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as http:
        yield Meta(http, door, port)
    server.should_exit = True
    await task


@pytest.fixture
def line() -> Collected:
    return Collected()


@pytest.fixture
async def meta(line: Collected, clock: FrozenClock) -> AsyncIterator[Meta]:
    async with served(line.submit, clock) as made:
        yield made


# The handshake


def _asking(**changed: str) -> dict[str, str]:
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY, "hub.challenge": "1158201444"}
    return asked | {name.replace("_", ".", 1): value for name, value in changed.items()}


async def test_the_handshake_repeats_the_challenge(meta: Meta) -> None:
    answer = await meta.http.get(ADDRESS, params=_asking())
    assert (answer.status_code, answer.text) == (200, "1158201444")
    assert answer.headers["content-type"].startswith("text/plain")


@pytest.mark.parametrize(
    ("changed", "status_code"),
    [
        ({"hub_verify_token": "iets-anders-van-die-lengte"}, 403),
        ({"hub_verify_token": ""}, 403),
        ({"hub_mode": "unsubscribe"}, 403),
        ({"hub_challenge": "<script>"}, 400),
        ({"hub_challenge": ""}, 400),
    ],
)
async def test_another_handshake_is_refused_and_repeats_nothing(
    meta: Meta, changed: dict[str, str], status_code: int
) -> None:
    answer = await meta.http.get(ADDRESS, params=_asking(**changed))
    assert (answer.status_code, answer.text) == (status_code, "")


async def test_other_addresses_and_methods_are_refused(meta: Meta) -> None:
    assert (await meta.http.get("/intake/whatsapp/gouda", params=_asking())).status_code == 404
    assert (await meta.http.post("/intake/whatsapp/")).status_code == 404
    assert (await meta.http.put(ADDRESS)).status_code == 405


# Who may send


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
async def test_what_was_signed_with_any_of_the_secrets_is_read(
    meta: Meta, line: Collected, secret: str
) -> None:
    body = body_of(notification(change(text("Hallo"))))
    assert (await meta.post(body, signed(body, secret))).status_code == 200
    assert len(line.batches) == 1


async def test_a_signature_of_openssl_holds(meta: Meta, line: Collected) -> None:
    body = body_of(notification(change(text("Er ligt glas, één meter breed 🔥"))))
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-hmac", SECRET, "-hex"],
        input=body,
        capture_output=True,
        check=True,
    )
    digest = made.stdout.decode().split()[-1]
    answer = await meta.post(body, {"x-hub-signature-256": f"sha256={digest}"})
    assert answer.status_code == 200
    assert line.items[-1].text == "Er ligt glas, één meter breed 🔥"


@pytest.mark.parametrize(
    "header",
    [None, "", "sha256=", "sha1=" + "a" * 40, "sha256=" + "a" * 64, "sha256=" + "g" * 64, "é" * 71],
)
async def test_without_a_signature_that_holds_nothing_is_read(
    meta: Meta, line: Collected, header: str | None, caplog: pytest.LogCaptureFixture
) -> None:
    headers = [] if header is None else [(b"x-hub-signature-256", header.encode("latin-1"))]
    body = body_of(notification(change(text("kanarie"))))
    answer = await meta.http.post(ADDRESS, content=body, headers=headers)
    assert answer.status_code == 401
    assert not line.batches
    assert "kanarie" not in caplog.text + answer.text


async def test_the_signature_is_of_the_bytes_and_not_of_their_meaning(meta: Meta) -> None:
    body = body_of(notification(change(text("a/b"))))
    same = json.dumps(json.loads(body)).encode()
    assert same != body
    assert (await meta.post(same, signed(body))).status_code == 401


@pytest.mark.parametrize(
    "body", [b"", b"geen json", b"[]", b"{}", b'{"object":"page","entry":[]}', b"[" * 5000]
)
async def test_a_body_that_is_no_notification_is_refused(
    meta: Meta, line: Collected, body: bytes
) -> None:
    assert (await meta.post(body)).status_code == 400
    assert not line.batches


async def test_a_body_that_is_too_large_is_refused(line: Collected, clock: FrozenClock) -> None:
    async with served(line.submit, clock, most_bytes=1000) as meta:
        body = body_of(notification(change(text("x" * 1000))))
        assert (await meta.post(body)).status_code == 413

        async def drip() -> AsyncIterator[bytes]:
            yield body

        answer = await meta.http.post(ADDRESS, content=drip(), headers=signed(body))
        assert answer.status_code == 413
    assert not line.batches


async def test_a_body_that_does_not_come_is_not_waited_for(
    line: Collected, clock: FrozenClock
) -> None:
    async with served(line.submit, clock, patience=0.05) as meta:
        reader, writer = await asyncio.open_connection("127.0.0.1", meta.port)
        writer.write(f"POST {ADDRESS} HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{{".encode())
        assert b" 408 " in await asyncio.wait_for(reader.readline(), 5)
        writer.close()


# Nothing lost


@pytest.mark.parametrize(
    "failure",
    [ConnectionError("kanarie"), errors.Overloaded(), errors.BadInput("kanarie"), TimeoutError()],
)
async def test_without_a_commit_there_is_no_200(
    meta: Meta, line: Collected, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    line.failure = failure
    answer = await meta.send(text("kanarie"))
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "kanarie" not in caplog.text + answer.text
    line.failure = None
    assert (await meta.send(text("kanarie"))).status_code == 200
    assert line.items[-1].text == "kanarie"


async def test_the_answer_waits_for_the_commit(clock: FrozenClock) -> None:
    commit = asyncio.Event()
    collected = Collected()

    async def slow(batch: Any) -> Any:
        await commit.wait()
        return await collected.submit(batch)

    async with served(slow, clock) as meta:
        sending = asyncio.create_task(meta.send(text("Hallo")))
        await asyncio.sleep(0.1)
        assert not sending.done()
        commit.set()
        assert (await sending).status_code == 200


async def test_the_same_bodies_again_change_nothing(intake: Intake, clock: FrozenClock) -> None:
    intake.consenting = False
    async with served(intake.submit, clock) as meta:
        for _ in range(3):
            for said in BODIES:
                assert (await meta.post(body_of(said))).status_code == 200
    assert [each.text for each in intake.stored] == [
        "Er ligt glas op de stoep bij nummer 12",
        "Het is er nog",
        "Zwerfafval",
    ]


# What is read


async def test_several_entries_changes_and_messages_come_in_one_batch(
    meta: Meta, line: Collected
) -> None:
    first, second = change(text("een"), text("twee", serial=2)), change(text("drie", serial=3))
    body = notification(first, second)
    body["entry"][0]["changes"].append(change(text("vier", sender=BEA, serial=4)))
    assert (await meta.post(body_of(body))).status_code == 200
    [batch] = line.batches
    said = [item.text for item in batch.items if isinstance(item, Message)]
    assert said == ["een", "twee", "vier", "drie"]
    assert (batch.tenant, batch.source) == ("delft", "whatsapp_cloud")


async def test_a_message_is_a_report_with_its_own_moment(meta: Meta, line: Collected) -> None:
    await meta.send(text("Er ligt glas", context={"forwarded": True}))
    greeting, message = line.items
    assert isinstance(greeting, Joined)
    assert greeting.name == ""
    assert message.sent_at.isoformat() == "2026-11-21T11:59:01+00:00"
    assert (message.origin, message.sender, message.reply_to) == (Origin.REPORT, ANNA, None)
    assert message.chat == greeting.chat != ANNA


@pytest.mark.parametrize(
    ("message", "words"),
    [
        (post("button", {"text": "Nog niet", "payload": "p"}), "Nog niet"),
        (
            post(
                "interactive", {"type": "button_reply", "button_reply": {"id": "1", "title": "A"}}
            ),
            "A",
        ),
        (
            post("interactive", {"type": "list_reply", "list_reply": {"id": "1", "title": "B"}}),
            "B",
        ),
    ],
)
async def test_what_was_chosen_is_read_as_words(
    meta: Meta, line: Collected, message: Any, words: str
) -> None:
    await meta.send(message)
    assert line.items[-1].text == words


@pytest.mark.parametrize(
    ("message", "kind", "greeted"),
    [
        (post("image", {"id": "1", "caption": "kanarie"}), "type-image", True),
        (post("audio", {"id": "1", "voice": True}), "type-audio", True),
        (post("location", {"latitude": 52.0, "longitude": 4.3}), "type-location", True),
        (post("contacts", [{"name": {"formatted_name": "kanarie"}}]), "type-contacts", True),
        (post("reaction", {"message_id": wamid(ANNA), "emoji": "👍"}), "type-reaction", False),
        (post("unsupported", {}, errors=[{"code": 131051}]), "type-unsupported", False),
        (post("hologram_van_morgen", {}), "type-hologram_van_morgen", True),
        (post("x" * 90, {}), "type-odd", True),
        (post("interactive", {"type": "nfm_reply", "nfm_reply": {}}), "type-interactive", True),
        (post("system", {"type": "iets_anders", "body": "kanarie"}), "type-system", False),
        ({"from": ANNA, "type": "text"}, "malformed", False),
        (text("x", sender="niemand"), "malformed", False),
        (text("x") | {"id": "w" * (LONGEST + 1)}, "malformed", False),
        (text("x") | {"timestamp": "gisteren"}, "malformed", False),
        ("kanarie", "malformed", False),
    ],
)
async def test_what_is_not_read_is_counted_and_spoils_nothing(
    meta: Meta, line: Collected, message: Any, kind: str, greeted: bool
) -> None:
    answer = await meta.send(message, text("Hallo", sender=BEA, serial=2))
    assert answer.status_code == 200
    assert meta.door.tally == {kind: 1}
    assert len(line.items) == (3 if greeted else 2)
    assert line.items[-1].text == "Hallo"


async def test_other_changes_and_numbers_are_counted_and_not_read(
    meta: Meta, line: Collected
) -> None:
    failed = status(status="failed", errors=[{"code": 131047, "title": "kanarie"}])
    other = {"field": "message_template_status_update", "value": {"event": "APPROVED"}}
    odd = {"field": "messages", "value": 5}
    body = notification(status(), failed, other, odd, change(text("x"), number="999999"))
    assert (await meta.post(body_of(body))).status_code == 200
    assert not line.batches
    assert meta.door.tally == {
        "status": 1,
        "status-failed-131047": 1,
        "other-field": 1,
        "malformed": 1,
        "other-number": 1,
    }


# What people say to the bot


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("JA", "toestemming"),
        (" ja! ", "toestemming"),
        ("Ja 👍", "toestemming"),
        ("/start", "toestemming"),
        ("/weermee", "toestemming"),
        ("STOP", "stop"),
        ("stop.", "stop"),
        ("/vergeetmij", "stop"),
        ("/Status", "status"),
        ("/help", "uitleg"),
    ],
)
async def test_a_word_is_a_command_of_the_chats_owner(
    meta: Meta, line: Collected, words: str, name: str
) -> None:
    await meta.send(text(words))
    [order] = line.items
    assert isinstance(order, Command)
    assert (order.name, order.role, order.sender) == (name, Role.OWNER, ANNA)


async def test_the_payload_of_a_button_can_be_a_command(meta: Meta, line: Collected) -> None:
    await meta.send(post("button", {"text": "Ik doe mee", "payload": "JA"}))
    assert [type(item) for item in line.items] == [Command]


@pytest.mark.parametrize("words", ["Ja, er ligt glas", "stop hiermee", "/onbekend", "jaja"])
async def test_a_sentence_is_no_command(meta: Meta, line: Collected, words: str) -> None:
    await meta.send(text(words))
    assert [type(item) for item in line.items] == [Joined, Message]


async def test_somebody_elses_words_are_no_command(meta: Meta, line: Collected) -> None:
    await meta.send(text("JA", context={"forwarded": True}))
    assert [type(item) for item in line.items] == [Joined, Message]


async def test_a_yes_under_a_question_is_an_answer_too(meta: Meta, line: Collected) -> None:
    await meta.send(text("Ja", context={"id": wamid("31152602222", 8)}))
    order, answer = line.items
    assert isinstance(order, Command)
    assert isinstance(answer, Message)
    assert answer.reply_to == NUMBER.seal.message(wamid("31152602222", 8))


async def test_a_yes_that_was_under_way_too_long_counts_no_more(
    meta: Meta, line: Collected, clock: FrozenClock
) -> None:
    clock.advance(timedelta(hours=49))
    await meta.send(text("JA"), text("STOP", serial=2))
    assert [type(item) for item in line.items] == [Joined, Command]
    assert line.items[1].name == "stop"
    assert meta.door.tally == {"late-yes": 1}


async def test_a_new_number_takes_the_chat_along(meta: Meta, line: Collected) -> None:
    told = {"type": "user_changed_number", "wa_id": BEA, "body": "Anna is nu Bea"}
    await meta.send(post("system", told))
    [moved] = line.items
    assert isinstance(moved, Moved)
    assert NUMBER.seal.number(moved.chat) == ANNA
    assert NUMBER.seal.number(moved.new_chat) == BEA


async def test_consent_is_the_senders_own(house: House, clock: FrozenClock) -> None:
    intake = Intake(house=house, consenting=False)
    async with served(intake.submit, clock) as meta:
        await meta.send(text("te vroeg", serial=1))
        await meta.send(text("JA", serial=2))
        await meta.send(text("gelezen", serial=3), text("van Bea", sender=BEA, serial=4))
        await meta.send(text("STOP", serial=5))
        await meta.send(text("te laat", serial=6))
        await meta.send(text("ja", serial=7), text("weer gelezen", serial=8))
    assert [each.text for each in intake.stored] == ["gelezen", "weer gelezen"]
    chat = NUMBER.seal.chat(ANNA)
    group = house.group(chat, "whatsapp_cloud")
    assert group.consent.state is ConsentState.GRANTED
    with house.store.read() as work:
        kinds = [event.kind.value for event in work.consent.ledger(group.id)]
    assert kinds == ["aangevraagd", "toegestaan", "ingetrokken", "toegestaan"]


async def test_who_writes_first_is_told_once_what_this_is(house: House, clock: FrozenClock) -> None:
    said: list[str] = []

    async def submit(batch: Any) -> Any:
        with house.store.write() as work:
            admission = house.gate.admit(work, batch)
        said.extend(reply.text for reply in admission.replies)

    async with served(submit, clock) as meta:
        for serial in range(1, 4):
            await meta.send(text("Hallo", serial=serial))
        await meta.send(text("JA", serial=4))
    first, second = said
    assert "Stuur JA" in first
    assert "Stuur STOP" in first
    assert "groep" not in first + second
    assert second.startswith("Dank u. Vanaf nu lees ik wat u naar dit nummer stuurt")


# Nobody's number


async def test_neither_number_nor_wamid_is_stored(
    intake: Intake, clock: FrozenClock, tmp_path: Path
) -> None:
    async with served(intake.submit, clock) as meta:
        for said in BODIES:
            await meta.post(body_of(said))
    assert intake.stored
    # A wamid holds the number in base64, so its middle must not be there either.
    hidden = [ANNA, BEA, wamid(ANNA, 3), wamid(ANNA, 3)[10:30], base64.b64encode(ANNA.encode())]
    hidden += [hashlib.sha256(ANNA.encode()).hexdigest()]
    told = repr([(each.external_id, each.reply_to, each.group) for each in intake.stored])
    intake.house.store.close()
    told += "".join(p.read_bytes().decode("latin-1") for p in tmp_path.iterdir() if p.is_file())
    assert [each for each in hidden if str(each) in told] == []


def test_a_seal_is_an_id_and_only_its_own_key_opens_it() -> None:
    seal, other = Seal(KEY, "delft"), Seal(KEY, "gouda")
    assert seal.chat(ANNA) == Seal(KEY, "delft").chat(ANNA) != seal.message(ANNA)
    assert seal.number(seal.chat(ANNA)) == ANNA
    assert seal.wamid(seal.message("w" * LONGEST)) == "w" * LONGEST
    assert len(seal.message("w" * LONGEST)) <= 200
    assert seal.chat(ANNA) != other.chat(ANNA)
    for odd in (other.chat(ANNA), seal.message(ANNA), "", "x", "é", "31612345678", "A" * 200):
        assert seal.number(odd) is None


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("phone_number_id", "+31 15"),
        ("secrets", []),
        ("secrets", "kort"),
        ("secrets", ["kanarie met spaties erin"]),
        ("verify_token", "kanarie\r\nset-cookie: x"),
        ("chat_key", "kanarie"),
        ("chat_key", base64.b64encode(b"kanarie").decode()),
        ("token", "kanarie"),
        ("graph", "http://elders.example/kanarie"),
        ("graph", "https://u:kanarie@graph.example"),
        ("origin", "kanarie"),
    ],
)
def test_an_odd_option_is_named_and_never_shown(name: str, value: Any) -> None:
    with pytest.raises(errors.ConfigurationError, match=name) as caught:
        connect("delft", {**OPTIONS, name: value})
    assert "kanarie" not in str(caught.value)


def test_nothing_secret_is_shown(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    made = connect("delft", {**OPTIONS, "token": "EAAGkanariekanariekanarie"})
    shown = repr(made) + repr(made.number) + repr(vars(made))
    for secret in (SECRET, OLD_SECRET, VERIFY, KEY, "kanarie"):
        assert secret not in shown + caplog.text
