# SPDX-License-Identifier: EUPL-1.2
"""Who watches the server sees how sources and line are doing, and never what was said."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import httpx
import pytest
from pydantic import SecretStr

from buurtsignaal import metrics
from buurtsignaal.bootstrap import House
from buurtsignaal.committer import Committer
from buurtsignaal.exposition import CONTENT_TYPE, Family, Sample, histogram, written
from buurtsignaal.lookout import Alive, Numbers, Ready
from buurtsignaal.pipeline import Pipeline
from buurtsignaal.vitals import Durations, Vitals
from core import errors
from core.clock import FrozenClock
from core.message import Batch
from core.outcome import Outcome
from dashboard.sources import PATIENCE, away, standing
from ingest.connectors import rss
from ingest.connectors.telegram import connect
from ingest.patience import BackOff
from ingest.pulse import Pulse
from tests.buurtsignaal.conftest import TENANT, Chat
from tests.partners.telegram_api import TOKEN

#: One line of the format: a name, labels, a number.
LINE = re.compile(r'[a-z_]+(\{[a-z_]+="[^"]*"(,[a-z_]+="[^"]*")*\})? [-+0-9.e]+|\+Inf')
SECRET = "a token that only who watches has 1"


class Seconds:
    """Goes forward when told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


async def asked(app: Any, path: str, *, near: str = "127.0.0.1", **headers: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=app, client=(near, 5))
    async with httpx.AsyncClient(transport=transport, base_url="http://x") as http:
        return await http.get(path, headers={k.replace("_", "-"): v for k, v in headers.items()})


def test_a_pulse_tells_since_when_a_source_is_silent_and_when_it_is_tried_again() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    back_off = BackOff(first=2.0, most=60.0, random=lambda: 1.0, pulse=pulse)
    assert (pulse.quiet, pulse.pause, pulse.in_a_row) == (None, 0.0, 0)

    back_off.reset()
    seconds.now += 10
    assert back_off.next() == 2.0
    assert back_off.next(asked=30.0) == 30.0
    seconds.now += 12
    assert (pulse.quiet, pulse.pause, pulse.in_a_row, pulse.failures) == (22.0, 18.0, 2, 2)

    back_off.reset()
    assert (pulse.quiet, pulse.pause, pulse.in_a_row, pulse.failures) == (0.0, 0.0, 0, 2)


def test_a_place_that_is_down_does_not_hide_behind_one_that_answers() -> None:
    seconds = Seconds()
    pulse = Pulse(seconds)
    news, weather = pulse.place(), pulse.place()
    weather.failed(40.0)
    seconds.now += 30
    news.ok()
    assert (pulse.in_a_row, pulse.places, pulse.failures) == (1, (2, 1), 1)
    assert (pulse.quiet, pulse.silent, pulse.pause) == (0.0, 30.0, 10.0)

    weather.ok()
    assert (pulse.in_a_row, pulse.places, pulse.silent, pulse.pause) == (0, (2, 0), None, 0.0)
    weather.failed()
    pulse.leave(weather)
    assert (pulse.in_a_row, pulse.places, pulse.failures) == (0, (1, 0), 2)


async def test_an_operator_hears_of_one_feed_that_is_down_while_another_answers(
    pipeline: Pipeline, clock: FrozenClock
) -> None:
    committer = Committer(pipeline.handle)
    vitals, seconds = Vitals(committer.submit, clock), Seconds()
    feeds = rss.connect(TENANT, {"feeds": ["http://127.0.0.1/a", "http://127.0.0.1/b"]})
    feeds.pulse = Pulse(seconds)
    vitals.watch(TENANT, feeds)
    up, down = feeds.pulse.place(), feeds.pulse.place()
    down.failed()
    seconds.now += PATIENCE.total_seconds()
    up.ok()
    [told] = away(vitals.seen(TENANT), clock.now())
    assert standing(told) == "1 van 2 antwoordt niet"
    down.ok()
    assert away(vitals.seen(TENANT), clock.now()) == []
    await committer.close()


async def test_what_came_in_is_counted_by_source_with_its_lag(
    pipeline: Pipeline, house: House, clock: FrozenClock, consented: Chat
) -> None:
    committer = Committer(pipeline.handle)
    vitals = Vitals(committer.submit, clock)
    vitals.watch(TENANT, connect(TENANT, {"token": TOKEN}))
    batch = consented.batch(consented.says("inbraak"), consented.says("hallo"))
    clock.advance(timedelta(seconds=90))

    await vitals.submit(batch)
    await vitals.submit(batch)
    await committer.close()

    flow = vitals.flows[TENANT, "telegram"]
    assert (flow.outcome.read, flow.outcome.duplicates, flow.signals) == (2, 2, 1)
    assert flow.outcome.signals == ()
    (seen,) = vitals.seen(TENANT)
    assert seen.lag == timedelta(seconds=90)
    assert (seen.at, seen.failing, seen.failures) == (clock.now(), False, 0)
    assert vitals.seen("elders") == []
    with house.store.read() as work:
        page = metrics.page(work, [TENANT], vitals, Durations(), clock.now())
    labels = f'{{tenant="{TENANT}",source="telegram"}}'
    assert f"buurtsignaal_messages_judged_total{labels} 2\n" in page
    assert f"buurtsignaal_signals_total{labels} 1\n" in page
    assert f"buurtsignaal_source_lag_seconds{labels} 90\n" in page
    lines = [line for line in page.splitlines() if not line.startswith("#")]
    assert all(LINE.fullmatch(line) or line.endswith("+Inf") for line in lines), lines
    assert not [word for word in ("-1001", "anna", "hallo", "m1") if word in page]


async def test_a_batch_that_was_not_stored_is_counted_and_its_error_goes_on(
    clock: FrozenClock, chat: Chat
) -> None:
    async def full(_batch: Batch) -> Outcome:
        raise errors.Overloaded

    vitals = Vitals(full, clock)
    vitals.watch(TENANT, connect(TENANT, {"token": TOKEN}))
    with pytest.raises(errors.Overloaded):
        await vitals.submit(chat.batch(chat.says("hallo")))
    assert vitals.flows[TENANT, "telegram"].unstored == 1
    vitals.stumbled(TENANT, "telegram")
    (seen,) = vitals.seen(TENANT)
    assert (seen.failing, seen.failures, seen.ok_at) == (True, 2, None)


def test_commits_are_timed_into_the_buckets_of_a_histogram(pipeline: Pipeline, chat: Chat) -> None:
    ticks = iter([0.0, 0.02, 1.0, 4.0])
    commits = Durations(lambda: next(ticks))
    handle = commits.timed(pipeline.handle)
    for _ in range(2):
        assert len(handle([chat.batch(chat.says("hallo"))])) == 1

    counts, total = commits.read()
    assert sum(counts) == 2
    assert total == pytest.approx(3.02)
    samples = histogram((0.01, 0.1, 5.0), [0, 1, 1, 0], 3.02)
    page = written([Family("x", "histogram", "X.", samples)])
    assert 'x_bucket{le="0.1"} 1\n' in page
    assert 'x_bucket{le="+Inf"} 2\nx_sum 3.02\nx_count 2\n' in page


def test_odd_words_cannot_break_out_of_a_label() -> None:
    page = written([Family("x", "gauge", "X.", [Sample(1, {"v": 'a"}\n\\'})])])
    assert page.splitlines()[2] == 'x{v="a\\"}\\n\\\\"} 1'


async def test_metrics_are_for_who_has_the_token_or_sits_on_the_trial_machine() -> None:
    guarded = Numbers(lambda: "x 1\n", token=SecretStr(SECRET), content_type=CONTENT_TYPE)
    assert (await asked(guarded, "/metrics")).status_code == 404
    wrong = await asked(guarded, "/metrics", authorization="Bearer nee")
    assert wrong.status_code == 404
    right = await asked(guarded, "/metrics", near="8.8.8.8", authorization=f"Bearer {SECRET}")
    assert (right.status_code, right.text) == (200, "x 1\n")
    assert right.headers["content-type"].startswith("text/plain; version=0.0.4")

    near = Numbers(lambda: "x 1\n", token=None, content_type=CONTENT_TYPE)
    assert (await asked(near, "/metrics")).status_code == 200
    assert (await asked(near, "/metrics", near="8.8.8.8")).status_code == 404
    # Behind a proxy everybody seems near.
    for name in ("x_forwarded_for", "forwarded", "via"):
        assert (await asked(near, "/metrics", **{name: "8.8.8.8"})).status_code == 404


async def test_ready_says_what_is_missing_and_alive_only_that_it_answers() -> None:
    def away() -> None:
        raise errors.BuurtsignaalError("secret address")

    assert (await asked(Alive(), "/healthz")).status_code == 200
    assert (await asked(Alive(), "/healthzz")).status_code == 404
    good = await asked(Ready(lambda: None, lambda: False), "/readyz")
    assert (good.status_code, good.text) == (200, "goed\n")
    broken = await asked(Ready(away, lambda: False), "/readyz")
    assert (broken.status_code, broken.text) == (503, "database\n")
    stuck = await asked(Ready(lambda: None, lambda: True), "/readyz")
    assert (stuck.status_code, stuck.text) == (503, "line\n")
