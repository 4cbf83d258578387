# SPDX-License-Identifier: EUPL-1.2
"""Words for a chat are said once, in the chat that they are for."""

from __future__ import annotations

from typing import Any

import pytest

from core import errors
from core.label import Urgency
from routing.registry import GROUP, Tools, build_target
from routing.target import Saying, Voice
from routing.targets.group import GroupTarget
from tests.routing import samples

SAYING = Saying(source="telegram", chat="-7", text="Dank u wel", reply_to="42")


class Chat:
    """A connector that remembers what was said."""

    def __init__(self) -> None:
        self.said: list[tuple[str, str, str, str | None]] = []

    async def speak(self, source: str, chat: str, text: str, reply_to: str | None, key: str) -> str:
        self.said.append((source, chat, text, reply_to))
        return f"message {len(self.said)}"


def group(connector: Chat | None, name: str = GROUP, **options: Any) -> GroupTarget:
    tools = Tools(secret=samples.secrets({}), speak=connector.speak if connector else None)
    built = build_target(samples.config("group", name, **options), tools)
    assert isinstance(built, GroupTarget)
    return built


async def test_what_is_said_goes_to_the_chat_and_the_id_comes_back() -> None:
    chat = Chat()
    receipt = await group(chat).say(SAYING, "k")
    assert chat.said == [("telegram", "-7", "Dank u wel", "42")]
    assert receipt.reference == "message 1"


async def test_the_same_key_is_not_said_twice_and_gives_the_same_id() -> None:
    chat = Chat()
    voice = group(chat)
    first = await voice.say(SAYING, "k")
    again = await voice.say(SAYING, "k")
    assert len(chat.said) == 1
    assert again.reference == first.reference
    assert again.repeated


async def test_what_failed_is_said_when_it_is_tried_again() -> None:
    chat = Chat()
    silent = group(None)
    with pytest.raises(errors.TargetUnavailable):
        await silent.say(SAYING, "k")
    assert not (await group(chat).say(SAYING, "k")).repeated


async def test_a_report_goes_to_the_chat_of_the_team() -> None:
    chat = Chat()
    team = group(chat, "boa-team", source="telegram", chat="-100")
    await team.deliver(samples.report(urgency=Urgency.SPOED).masked(), "k")
    ((source, where, text, reply_to),) = chat.said
    assert (source, where, reply_to) == ("telegram", "-100", None)
    assert text.startswith("SPOED. Melding: Inbraak: woning\n")
    assert "Waar: Kerkstraat 12" in text
    assert samples.MASKED in text


async def test_the_voice_for_groups_takes_no_reports() -> None:
    chat = Chat()
    with pytest.raises(errors.TargetRefused, match="geen eigen groep"):
        await group(chat).deliver(samples.report(), "k")
    assert chat.said == []


async def test_a_mailer_speaks_to_addresses_only_never_to_a_chat() -> None:
    assert isinstance(group(Chat()), Voice)
    mail = build_target(
        samples.config(
            "email", host="mail.example", sender="a@b.example", recipients=["c@d.example"]
        ),
        Tools(secret=samples.secrets({})),
    )
    assert isinstance(mail, Voice)
    with pytest.raises(errors.TargetRefused, match="geen e-mailadres"):
        await mail.say(Saying(source="telegram", chat="-100123", text="Bel 112"), "k")
