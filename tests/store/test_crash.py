# SPDX-License-Identifier: EUPL-1.2
"""A process that is killed in the middle leaves what it committed and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.clock import FrozenClock
from store.database import Store, open_store
from store.seal import Sealer
from tests.store_samples import NOW, TENANT

ROOT = Path(__file__).parents[2]

#: Commits one batch after another; says so after each; then hangs in the middle of one.
PROGRAM = """
import sys, time
from core.clock import SystemClock
from store.database import open_store
from store.seal import Sealer
from tests.store_samples import NOW, TENANT, add, audit_event, new_signal, prepare

url, batches = sys.argv[1], int(sys.argv[2])
store = open_store(url, sealer=Sealer([bytes(range(32))]), clock=SystemClock())
store.migrate()
with store.write() as work:
    prepare(work)
n = 0
while True:
    with store.write() as work:
        work.seen.claim([f"key-{n}"], NOW)
        add(work, new_signal(id=f"signal-{n}"))
        work.cursors.advance(TENANT, "telegram", "bot", str(n), NOW)
        work.audit.write(audit_event(object=f"signal/{n}"))
        work.events.put(TENANT, "meldkamer", "signal.new", str(n), NOW)
        if n == batches:
            work.flush()
            print("in the middle", flush=True)
            time.sleep(600)
    print(n, flush=True)
    n += 1
"""


@contextmanager
def running(url: str, batches: int) -> Iterator[subprocess.Popen[str]]:
    """The program, killed in any case."""
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, url, str(batches)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        assert process.stdout is not None
        process.stdout.close()


def lines_of(process: subprocess.Popen[str]) -> Iterator[str]:
    assert process.stdout is not None
    for line in process.stdout:
        yield line.strip()


def check_whole(store: Store, committed: int) -> None:
    """Everything of batches 0 to ``committed`` is there, and nothing of a later one."""
    with store.write() as work:
        count = committed + 1
        assert {row.id for row in work.signals.recent(TENANT, 999)} == {
            f"signal-{n}" for n in range(count)
        }
        assert work.cursors.get(TENANT, "telegram", "bot") == str(committed)
        assert [event.id for event in work.events.after(None, 0)] == list(range(1, count + 1))
        verification = work.audit.verify(TENANT)
        assert (verification.ok, verification.lines) == (True, count)
        keys = [f"key-{n}" for n in range(count + 1)]
        assert work.seen.claim(keys, NOW) == {f"key-{count}"}


def test_a_batch_that_was_cut_off_by_a_kill_is_not_there(
    store_url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    with running(store_url, 3) as process:
        for line in lines_of(process):
            if line == "in the middle":
                break
    store = open_store(store_url, sealer=sealer, clock=clock)
    check_whole(store, committed=2)
    store.close()


def test_what_was_committed_before_a_kill_at_any_moment_is_there(
    store_url: str, sealer: Sealer, clock: FrozenClock
) -> None:
    with running(store_url, 100_000) as process:
        said = -1
        for line in lines_of(process):
            said = int(line)
            if said >= 25:
                break
    store = open_store(store_url, sealer=sealer, clock=clock)
    with store.read() as work:
        found = int(work.cursors.get(TENANT, "telegram", "bot") or -1)
    assert found >= said
    check_whole(store, committed=found)
    store.close()
