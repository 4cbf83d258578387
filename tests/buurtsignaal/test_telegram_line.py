# SPDX-License-Identifier: EUPL-1.2
"""From the Bot API to the classifier: it is asked about consented groups only."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from buurtsignaal.committer import Committer
from buurtsignaal.pipeline import Pipeline
from core.clock import FrozenClock
from ingest.connectors.telegram import connect
from tests.buurtsignaal.conftest import TENANT, PlainClassifier
from tests.partners.telegram_api import TOKEN, TelegramApi, telegram_api

GROUP, OWNER, MEMBER = -1001, 1, 3


async def eventually(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        await asyncio.sleep(0.01)


def confirmed(api: TelegramApi) -> bool:
    """Whether the bot has confirmed everything there was."""
    return not api.updates


async def test_before_consent_and_after_stop_the_classifier_is_never_asked(
    pipeline: Pipeline, classifier: PlainClassifier, clock: FrozenClock
) -> None:
    committer = Committer(pipeline.handle)
    async with telegram_api() as api:
        api.now = int(clock.now().timestamp())
        api.group(GROUP, creator=OWNER)
        options = {"token": TOKEN, "api": api.base_url, "poll_seconds": 5}
        connector, stop = connect(TENANT, options), asyncio.Event()
        run = asyncio.create_task(connector.run(committer.submit, stop))
        api.membership(GROUP, "left", "member")
        api.write(GROUP, MEMBER, "inbraak voor de toestemming")
        api.write(GROUP, MEMBER, "/toestemming")
        await eventually(lambda: confirmed(api))
        assert classifier.asked == []
        api.write(GROUP, OWNER, "/toestemming")
        api.write(GROUP, MEMBER, "inbraak met toestemming")
        await eventually(lambda: confirmed(api))
        assert [question.text for question in classifier.asked] == ["inbraak met toestemming"]
        api.write(GROUP, OWNER, "/stop")
        api.write(GROUP, MEMBER, "inbraak na het stoppen")
        await eventually(lambda: confirmed(api))
        assert len(classifier.asked) == 1
        stop.set()
        await run
    await committer.close()
