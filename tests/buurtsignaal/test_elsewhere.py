# SPDX-License-Identifier: EUPL-1.2
"""A report for a municipality that does not work with us: mailed, or not asked for at all."""

from __future__ import annotations

import asyncio
import email
import re
from collections.abc import AsyncIterator
from datetime import timedelta
from email.policy import default
from pathlib import Path

import pytest

from buurtsignaal.elsewhere import load_elsewhere
from core import errors
from core.clock import FrozenClock
from store.handovers import STAYS
from tests.buurtsignaal.conftest import PlainClassifier
from tests.dashboard.test_report_form import jpeg
from tests.rig.formhouse import SLUG, FormHouse, form_house
from tests.routing.identities import Identity, identity
from tests.routing.mailserver import Mailbox, mailserver


@pytest.fixture
async def box() -> AsyncIterator[Mailbox]:
    async with mailserver(None) as made:
        yield made


def _send(forms: FormHouse, slug: str) -> str:
    person = forms.visitor()
    assert "LET OP" in person.open(slug).text
    photo_file = ("a.jpg", jpeg(), "image/jpeg")
    answer = person.send(
        slug,
        photo=photo_file,
        verhaal="Hij volgde mij",
        waar="Plein",
        veilig="ja",
        rol="slachtoffer",
    )
    assert answer.status_code == 200, answer.text
    assert "LET OP" in answer.text
    assert "Uw code" not in answer.text
    # A second press on the button sends no second mail.
    person.send(slug, photo=photo_file, verhaal="Hij volgde mij")
    return answer.text


async def test_with_a_certificate_the_whole_report_is_mailed_encrypted(
    box: Mailbox, tmp_path: Path, clock: FrozenClock
) -> None:
    who: Identity = identity()
    house = tmp_path / "house"
    with form_house(
        house, clock, PlainClassifier(), mail_port=box.port, certificate=who.certificate
    ) as forms:
        await asyncio.to_thread(_send, forms, "rijndam")
        await forms.deliverer.run_once()
        assert await forms.deliverer.run_once() == 0
        with forms.house.store.read() as work:
            assert work.outbox.counts("rijndam") == {"sent": 1}
        written = b"".join(path.read_bytes() for path in house.glob("b.db*"))
    (mail,) = box.mails.values()
    inside = email.message_from_bytes(who.open(mail.as_bytes(), tmp_path), policy=default)
    body = inside.get_body()
    assert body is not None
    said = body.get_content()
    for line in ("Volgen of achternalopen", "Waar: Plein", "slachtoffer", "Hij volgde mij"):
        assert line in said
    assert [a.get_content_type() for a in inside.iter_attachments()] == ["image/jpeg"]
    assert b"Hij volgde" not in mail.as_bytes()
    assert b"Hij volgde" not in written


async def test_without_one_the_mail_holds_a_link_that_a_person_opens(
    box: Mailbox, tmp_path: Path, clock: FrozenClock
) -> None:
    with form_house(tmp_path, clock, PlainClassifier(), mail_port=box.port) as forms:
        await asyncio.to_thread(_send, forms, "bergdam")
        await forms.deliverer.run_once()
        (mail,) = box.mails.values()
        assert "Hij volgde" not in mail.get_content()
        found = re.search(r"/overdracht/[0-9a-f]{64}", mail.get_content())
        assert found is not None
        await asyncio.to_thread(_fetch, forms, clock, found[0])


def _fetch(forms: FormHouse, clock: FrozenClock, path: str) -> None:
    client = forms.visitor().client
    # A mail scanner follows the link and sees nothing.
    assert "Hij volgde" not in client.get(path).text
    assert "Hij volgde mij" in client.post(path).text
    assert client.post(f"{path}/foto").headers["content-type"] == "image/jpeg"
    assert client.get(path[:-1] + "x").status_code == 404
    clock.advance(STAYS + timedelta(seconds=1))
    assert client.get(path).status_code == client.post(path).status_code == 404
    with forms.house.store.read() as work:
        lines = work.audit.lines("bergdam", limit=10)
    assert [line.event.tag.value for line in lines].count("system:report:disclose") >= 2


def test_without_an_address_nothing_is_asked_and_nothing_is_taken(
    tmp_path: Path, clock: FrozenClock
) -> None:
    with form_house(tmp_path, clock, PlainClassifier()) as forms:
        person = forms.visitor()
        page = person.open("oostwolde").text
        assert "LET OP: Oostwolde werkt nog niet" in page
        assert "<textarea" not in page
        assert "Slachtofferhulp" in page
        assert person.send("oostwolde", verhaal="x").status_code == 404
        assert person.client.get("/melden").text.count("<li><a") >= 4


# -- the file ---------------------------------------------------------------------------------


MAIL = "[mail]\nhost='127.0.0.1'\nsender='a@b.nl'\nstarttls='never'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a = [", "elsewhere.toml"),
        ("[mailserver]", "mailserver"),
        ("[municipalities.x]\nnaam = 'X'", "naam"),
        ("[municipalities.x]\nemail = 'a@b.nl'", "name"),
        (f"[municipalities.{SLUG}]\nname = 'X'", SLUG),
        ("[municipalities.'../x']\nname = 'X'", "short name"),
        ("[municipalities.x]\nname = 'X'\nemail = 'a@b.nl'", "host"),
        (
            f"{MAIL}[municipalities.x]\nname='X'\nemail='a@b.nl'\ncertificate='weg.pem'",
            "weg.pem",
        ),
    ],
)
def test_what_is_odd_is_told_at_start(
    tmp_path: Path, clock: FrozenClock, text: str, said: str
) -> None:
    (tmp_path / "elsewhere.toml").write_text(text)
    with pytest.raises(errors.ConfigurationError, match=re.escape(said)):
        load_elsewhere(tmp_path, secret=lambda name: name, clock=clock, ours={SLUG})


def test_the_file_need_not_be_there(tmp_path: Path, clock: FrozenClock) -> None:
    assert load_elsewhere(tmp_path, secret=lambda n: n, clock=clock, ours=()) == {}
