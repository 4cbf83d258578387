# SPDX-License-Identifier: EUPL-1.2
"""What every connector keeps to; runs over the registry and fails until there is a sample."""

from __future__ import annotations

import asyncio
import dataclasses
from datetime import timedelta
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from core import errors
from core.clock import FrozenClock
from core.message import Batch, Change, Message, Origin
from core.outcome import Outcome
from ingest.connector import Connector
from ingest.feed import Feed, is_feed, no_orders
from ingest.pseudonym import period
from ingest.registry import connector, connector_names
from store.database import Store
from tests.ingest.house import House, Intake
from tests.samples.sample import Sample

#: Seconds in which any sample is read.
_PATIENCE = 20


@pytest.fixture(params=connector_names())
def name(request: pytest.FixtureRequest) -> str:
    found: str = request.param
    return found


@pytest.fixture
def sample(name: str) -> Sample:
    module = f"tests.samples.{name}_sample"
    if find_spec(module) is None:
        pytest.fail(f"connector {name} has no sample: write {module.replace('.', '/')}.py")
    found: Sample = import_module(module).SAMPLE
    return found


@pytest.fixture
def intake(sqlite_store: Store, clock: FrozenClock) -> Intake:
    return Intake(house=House(store=sqlite_store, clock=clock))


@pytest.fixture(autouse=True)
def _small_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sample is small; a cut must fall inside it."""
    monkeypatch.setattr("ingest.handover.BATCH", 2)


class Cut(Intake):
    """Goes wrong once, at the second batch: before its commit, or right after it."""

    #: Whether the batch is stored and only the answer gets lost.
    after_commit: bool = False
    _calls: int = 0

    async def submit(self, batch: Batch) -> Outcome:
        self._calls += 1
        wrong = self._calls == 2
        if wrong and not self.after_commit:
            raise ConnectionError("the store is away")
        outcome = await super().submit(batch)
        if wrong:
            raise ConnectionError("the answer was lost")
        return outcome


async def read(sample: Sample, intake: Intake, *, resume: bool = False) -> Connector:
    """Read the whole sample, with another run after each one that ends too early."""
    for _ in range(4):
        async with sample.open(intake.house.clock) as made:
            # Files and servers start from the committed cursor, pushing sources have none.
            cursor = intake.cursor(made) if resume else None
            if await _run(made, sample, intake, cursor):
                return made
        resume = True
    pytest.fail(f"only {len(_revisions(intake))} of {sample.messages} messages came in")


async def _run(made: Connector, sample: Sample, intake: Intake, cursor: str | None) -> bool:
    stop = asyncio.Event()
    run = asyncio.create_task(made.run(intake.submit, stop, cursor=cursor))
    try:
        async with asyncio.timeout(_PATIENCE):
            while not run.done() and len(_revisions(intake)) < sample.messages:
                await asyncio.sleep(0.01)
            stop.set()
            await run
    except ConnectionError:
        return False
    return len(_revisions(intake)) >= sample.messages


def _revisions(intake: Intake) -> set[tuple[str, str, Change, str]]:
    return {(m.chat, m.external_id, m.change, m.revision) for m in intake.messages}


async def test_the_whole_sample_is_read(name: str, sample: Sample, intake: Intake) -> None:
    await read(sample, intake)
    assert len(_revisions(intake)) == sample.messages
    assert intake.stored
    assert {batch.source for batch in intake.batches} == {name}
    assert {item.source for batch in intake.batches for item in batch.items} == {name}
    assert {batch.tenant for batch in intake.batches} == {"delft"}


async def test_every_time_has_a_zone(sample: Sample, intake: Intake) -> None:
    await read(sample, intake)
    times = [getattr(i, "sent_at", None) or i.at for b in intake.batches for i in b.items]  # type: ignore[union-attr]
    assert times
    assert all(time.tzinfo is not None for time in times)


async def test_dedup_keys_are_distinct_and_a_second_reading_adds_nothing(
    sample: Sample, intake: Intake
) -> None:
    await read(sample, intake)
    keys = [admitted.dedup_key for admitted in intake.stored]
    assert len(set(keys)) == len(keys)
    await read(sample, intake)
    assert [admitted.dedup_key for admitted in intake.stored] == keys


class Strict(Intake):
    """Every chat reads only who said yes; whoever writes first has done so long ago, if any."""

    agrees: bool = False
    #: The one who said yes.
    member: str = ""

    async def submit(self, batch: Batch) -> Outcome:
        house, long_ago = self.house, self.house.clock.now() - timedelta(days=390)
        senders = [i.sender for i in batch.items if isinstance(i, Message) and i.sender]
        self.member = self.member or next(iter(senders), "")
        for source, chat in {(item.source, item.chat) for item in batch.items}:
            group = house.group(chat, source, batch.tenant)
            with house.store.write() as work:
                work.consent.set_profile(group.id, mode="only-yes")
                if self.agrees:
                    member = house.keys.member(batch.tenant, source, group.id, self.member)
                    work.consent.choose(group.id, member, "ja", long_ago)
        return await super().submit(batch)


async def test_in_strict_mode_nobody_is_read_who_said_nothing(
    sample: Sample, intake: Intake
) -> None:
    strict = Strict(house=intake.house)
    await read(sample, strict)
    assert strict.stored == []


async def test_in_strict_mode_only_who_said_yes_is_read(sample: Sample, intake: Intake) -> None:
    strict = Strict(house=intake.house)
    strict.agrees = True
    await read(sample, strict)
    names = {
        intake.house.keys.pseudonym("delft", period(m.sent_at), m.source, m.sender)
        for m in strict.messages
        if m.sender == strict.member
    }
    assert strict.stored
    assert {admitted.pseudonym for admitted in strict.stored} <= names


async def test_nobody_can_be_recognised_behind_the_gate(
    sample: Sample, intake: Intake, tmp_path: Path
) -> None:
    await read(sample, intake)
    assert any(p in m.sender for p in sample.people for m in intake.messages)
    for admitted in intake.stored:
        kept = dataclasses.replace(admitted, text="")  # only to look at; nothing is stored of it
        told = repr({f.name: getattr(kept, f.name) for f in dataclasses.fields(kept)})
        assert not [person for person in sample.people if person in told]
    intake.house.store.close()
    written = b"".join(path.read_bytes() for path in tmp_path.iterdir() if path.is_file())
    assert written
    assert not [person for person in sample.people if person.encode() in written]


@pytest.mark.parametrize("after_commit", [False, True], ids=["before-commit", "after-commit"])
async def test_a_cut_loses_nothing_and_doubles_nothing(
    sample: Sample, intake: Intake, sqlite_store: Store, clock: FrozenClock, after_commit: bool
) -> None:
    cut = Cut(house=intake.house)
    cut.after_commit = after_commit
    await read(sample, cut)
    keys = [admitted.dedup_key for admitted in cut.stored]
    assert len(set(keys)) == len(keys)
    assert len(_revisions(cut)) == sample.messages
    # What was stored in two runs is what one undisturbed run finds.
    await read(sample, cut)
    assert [admitted.dedup_key for admitted in cut.stored] == keys


async def test_a_stop_ends_the_run_soon(sample: Sample, intake: Intake) -> None:
    stop = asyncio.Event()
    stop.set()
    async with sample.open(intake.house.clock) as made, asyncio.timeout(5):
        await made.run(intake.submit, stop)


async def test_it_says_in_one_dutch_line_which_consent_it_needs(
    name: str, sample: Sample, clock: FrozenClock
) -> None:
    async with sample.open(clock) as made:
        assert isinstance(made, Connector)
        assert made.name == name
        assert len(made.stream) <= 200
        assert made.consent.endswith(".")
        assert "\n" not in made.consent


async def test_a_public_feed_reads_for_an_order_and_says_so(
    name: str, sample: Sample, intake: Intake
) -> None:
    made = await read(sample, intake)
    assert isinstance(made, Feed) is is_feed(name)
    if not is_feed(name):
        return
    items = [item for batch in intake.batches for item in batch.items]
    # A feed speaks for nobody: no command, no joining, and its chat is the order.
    assert all(isinstance(item, Message) and item.origin is Origin.PUBLIC for item in items)
    with intake.house.store.read() as work:
        assert all(work.orders.find("delft", item.chat) for item in items)


async def test_a_public_feed_reads_nothing_without_an_order(
    name: str, sample: Sample, intake: Intake
) -> None:
    if not is_feed(name):
        return
    stop = asyncio.Event()
    async with sample.open(intake.house.clock) as made:
        assert isinstance(made, Feed)
        made.obey(no_orders)
        run = asyncio.create_task(made.run(intake.submit, stop))
        await asyncio.sleep(0.3)
        stop.set()
        await run
    assert intake.batches == []


def test_an_odd_option_is_refused_with_what_there_is(name: str) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        connector(name)("delft", {"onzin": "GEHEIM"})
    assert name in str(caught.value)
    assert "GEHEIM" not in str(caught.value)
