# SPDX-License-Identifier: EUPL-1.2
"""In a group that reads only who said yes, nobody else's words are even looked at."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any, cast

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.message import Admitted, Role
from ingest.admission import Reason
from store.consent import Group
from tests.ingest.house import House, command, message

_MEMBERS = ("anna", "bea", "carl")
_chats = count(1)


class Untouchable:
    """A text that cannot be used for anything: not measured, searched, cut or compared."""


def strict(house: House, chat: str) -> Group:
    group = house.allow(house.group(chat), since=house.clock.now() - timedelta(days=2))
    with house.store.write() as work:
        work.consent.set_profile(group.id, mode="only-yes")
    return group


def unread(chat: str, sender: str, at: datetime) -> Any:
    text = cast("str", Untouchable())
    return message(text, chat=chat, sender=sender, sent_at=at)


def test_without_a_yes_the_text_is_not_looked_at(house: House) -> None:
    chat = f"-{next(_chats)}"
    group = strict(house, chat)
    admission = house.admit(unread(chat, "anna", house.clock.now()))
    assert admission.dropped == {(group.id, Reason.NOT_OPTED_IN): 1}


def test_ja_and_nee_of_a_member_count_from_that_moment(house: House) -> None:
    chat = f"-{next(_chats)}"
    strict(house, chat)
    passed = []
    for word in ("ja", "nee", "ja"):
        said = command(word, Role.MEMBER, chat=chat, sender="anna", at=house.clock.now())
        assert house.admit(said).replies
        house.clock.advance(timedelta(minutes=1))
        sent = message(chat=chat, sender="anna", sent_at=house.clock.now())
        passed.append(len(house.admit(sent).admitted))
        house.clock.advance(timedelta(minutes=1))
    assert passed == [1, 0, 1]


def test_an_admin_who_says_nee_speaks_for_nobody_else(house: House) -> None:
    chat = f"-{next(_chats)}"
    group = house.allow(house.group(chat), since=house.clock.now() - timedelta(days=2))
    now = house.clock.now()
    house.admit(command("nee", Role.OWNER, chat=chat, sender="anna", at=now))
    house.clock.advance(timedelta(minutes=1))
    now = house.clock.now()
    own = message(chat=chat, sender="anna", sent_at=now)
    other = message(chat=chat, sender="bea", sent_at=now)
    admission = house.admit(own, other)
    assert admission.dropped == {(group.id, Reason.OPTED_OUT): 1}
    assert len(admission.admitted) == 1


_STEP = st.tuples(
    st.sampled_from(("ja", "nee", "schrijft")),
    st.sampled_from(_MEMBERS),
    # How many minutes ago it was said; sources deliver late and in any order.
    st.integers(0, 6),
)


@given(st.lists(_STEP, max_size=14), st.lists(st.integers(0, 3), max_size=14))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_message_of_a_member_without_a_yes_ever_passes(
    house: House, steps: list[tuple[str, str, int]], cuts: list[int]
) -> None:
    chat = f"-{next(_chats)}"
    group = strict(house, chat)
    words: dict[str, list[tuple[datetime, str]]] = {name: [] for name in _MEMBERS}
    pseudonyms = {
        name: house.keys.pseudonym("delft", "2026-11", "telegram", name) for name in words
    }
    batch: list[Any] = []
    for number, (what, who, ago) in enumerate(steps):
        house.clock.advance(timedelta(minutes=1))
        at = house.clock.now() - timedelta(minutes=ago)
        if what == "schrijft":
            batch.append(message(chat=chat, sender=who, sent_at=at))
        else:
            batch.append(command(what, Role.MEMBER, chat=chat, sender=who, at=at))
            words[who].append((at, what))
        if number in cuts or number == len(steps) - 1:
            said = {pseudonyms[name]: list(heard) for name, heard in words.items()}
            for admitted in house.admit(*batch).admitted:
                assert _agreed(said[admitted.pseudonym], admitted)
            batch = []
    with house.store.read() as work:
        assert work.consent.group(group.id).mode == "only-yes"


def _agreed(said: list[tuple[datetime, str]], admitted: Admitted) -> bool:
    """Whether some yes came before the message, with no no at or after that yes."""
    yes = [at for at, word in said if word == "ja" and at <= admitted.sent_at]
    no = [at for at, word in said if word == "nee"]
    return any(all(at < agreed for at in no) for agreed in yes)
