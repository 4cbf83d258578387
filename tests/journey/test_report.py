# SPDX-License-Identifier: EUPL-1.2
"""A report on the real server with the real model: no address and no word of it in any log."""

from __future__ import annotations

import asyncio
import io
import sqlite3
import time
from pathlib import Path

import httpx
import pytest
from PIL import Image

from tests.journey.test_canary import found_in
from tests.rig.formhouse import Visitor, code_in, ticket_in
from tests.rig.installation import TENANT, Installation
from tests.rig.servant import servant

#: Addresses that a proxy tells of; nobody has them (RFC 5737 and 3849).
ADDRESSES = ("203.0.113.77", "2001:db8:77::1")
MARK = "zqxverhaal"
CONTACT = "zqxcontact"
FILE = "zqxbestand"


def photo() -> bytes:
    out = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "zqxcamera"
    exif[0x8825] = {1: "N", 2: (52.0, 5.0, 1.0), 3: "E", 4: (4.0, 18.0, 2.0)}
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG", exif=exif)
    return out.getvalue()


@pytest.mark.slow
async def test_a_report_leaves_no_address_and_no_words_in_any_file(tmp_path: Path) -> None:
    house = tmp_path / "house"
    house.mkdir()
    installation = Installation(folder=house, log_level="DEBUG")
    tenant = house / "tenants" / TENANT / "tenant.toml"
    tenant.write_text(tenant.read_text() + "\n[connectors.report_form]\n")
    async with servant(installation) as server:
        await server.start()
        codes = await asyncio.to_thread(_people, installation.url)
        await server.stop()
    assert "DEBUG" in installation.log.read_text()
    assert len(set(codes)) == len(ADDRESSES)
    assert found_in(house, [*ADDRESSES, CONTACT, FILE, "zqxcamera", *codes]) == []
    # The words stand masked in the database, as those of every signal do, and nowhere else.
    assert {Path(name).name for name in found_in(house, [MARK])} <= {"b.db", "b.db-wal"}
    with sqlite3.connect(house / "b.db") as database:
        (count,) = database.execute("SELECT count(*) FROM reports").fetchone()
    database.close()
    assert count == len(ADDRESSES)


def _people(url: str) -> list[str]:
    codes = []
    for address in ADDRESSES:
        headers = {"x-forwarded-for": address, "x-real-ip": address, "forwarded": f"for={address}"}
        with httpx.Client(base_url=url, headers=headers, trust_env=False, timeout=60) as client:
            codes.append(_report(Visitor(client)))
    return codes


def _report(person: Visitor) -> str:
    person.open(TENANT)
    # Broken on purpose: errors must hold nothing either.
    person.client.post(f"/melden/{TENANT}", content=MARK.encode() * 9, headers=_ODD)
    person.send(TENANT, verhaal=MARK, waar="x" * 999)
    time.sleep(5.1)
    photo_file = (f"{FILE}.jpg", photo(), "image/jpeg")
    said = f"{MARK} iemand volgde mij naar huis"
    answer = person.send(TENANT, photo=photo_file, verhaal=said, bereikbaar="ja", contact=CONTACT)
    assert answer.status_code == 200, answer.text
    assert ticket_in(answer.text) == ""
    code = code_in(answer.text)
    assert person.follow(code).status_code == 200
    return code


_ODD = {"content-type": "multipart/form-data; boundary=x"}
