# SPDX-License-Identifier: EUPL-1.2
"""Changing the key: after resealing the old one is needed no more."""

from __future__ import annotations

import pytest

from core import errors
from core.clock import FrozenClock
from store.database import Store, open_store
from store.questions import Answer, Question
from store.rotation import reseal
from store.seal import Sealer
from tests.store_fixtures import KEY
from tests.store_samples import (
    GROUP,
    NOW,
    TENANT,
    TEXT,
    add,
    new_signal,
    outbox_row,
    prepare,
)

NEW_KEY = b"n" * 32


def test_after_resealing_the_new_key_alone_opens_everything(
    store: Store, store_url: str, clock: FrozenClock
) -> None:
    with store.write() as work:
        prepare(work)
        signals = [new_signal(id=f"s{n}", external_id=f"e{n}") for n in range(250)]
        add(work, *signals)
        work.outbox.put([outbox_row(id="o1")])
        work.questions.ask(
            Question(
                id="q1",
                tenant=TENANT,
                signal_id="s1",
                group_id=GROUP,
                asked_by="agnes",
                asked_at=NOW,
                to="group",
                text="Wie zag dit?",
            )
        )
        work.questions.answer(
            Answer(
                id="a1",
                question_id="q1",
                dedup_key="d",
                message_key="k",
                pseudonym="p",
                at=NOW,
                received_at=NOW,
                text="Ik",
                masked="Ik",
            )
        )
        work.signals.erase(["s7"], NOW)
    both = open_store(store_url, sealer=Sealer([NEW_KEY, KEY]), clock=clock)
    assert reseal(both) == 249 + 249 + 1 + 1 + 1
    assert reseal(both) == 0
    both.close()
    new = open_store(store_url, sealer=Sealer([NEW_KEY]), clock=clock)
    with new.read() as work:
        assert work.signals.text("s3") == TEXT
        assert work.signals.external_id("s249") == "e249"
        assert work.outbox.get("o1").payload == {"text": "Dank u wel"}
        asked = work.questions.get("q1", with_text=True)
        assert (asked.text, asked.answers[0].text) == ("Wie zag dit?", "Ik")
    new.close()
    with store.read() as work, pytest.raises(errors.ConfigurationError):
        work.signals.text("s3")
