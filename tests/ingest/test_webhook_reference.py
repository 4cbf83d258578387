# SPDX-License-Identifier: EUPL-1.2
"""The page for makers of apps says what the code does."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

from core.clock import FrozenClock
from ingest.commands import COMMANDS
from ingest.connectors.webhook import connect
from ingest.webhook.event import TYPES
from ingest.webhook.reading import MOST_EVENTS, read
from tests.samples.webhook import OPTIONS, SECRET

PAGE = (Path(__file__).parents[2] / "docs" / "reference" / "webhook.md").read_text("utf-8")
(SENDER,) = connect("delft", OPTIONS).senders


def test_every_type_and_command_is_named() -> None:
    for word in (*TYPES, *COMMANDS):
        assert f"`{word}`" in PAGE
    assert f"1 to {MOST_EVENTS} events" in PAGE


def test_the_complete_example_is_accepted_whole(clock: FrozenClock) -> None:
    (example,) = re.findall(r"```http\n.*?\n\n(.*?)```", PAGE, re.DOTALL)
    reading = read(example.encode(), SENDER, "msg_2f6c1d", clock.now())
    assert reading.rejected == ()
    assert len(reading.items) == len(json.loads(example)) == 3


def test_the_rejection_is_as_shown(clock: FrozenClock) -> None:
    shown = next(block for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL))
    (example,) = re.findall(r"```http\n.*?\n\n(.*?)```", PAGE, re.DOTALL)
    events = json.loads(example)
    events[1] = json.loads(json.dumps(events[2]).replace("+01:00", ""))
    reading = read(json.dumps(events).encode(), SENDER, "x", clock.now())
    (rejected,) = json.loads(shown)["rejected"]
    assert (reading.rejected[0].index, reading.rejected[0].field) == (1, rejected["field"])
    assert (reading.rejected[0].reason, reading.rejected[0].reden) == (
        rejected["reason"],
        rejected["reden"],
    )


def test_the_settings_are_accepted() -> None:
    (block,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    (table,) = tomllib.loads(block)["connectors"]["webhook"]["senders"].values()
    table["secrets"] = [SECRET for _ in table.pop("secrets_env")]
    table["callback_secret"] = SECRET if table.pop("callback_secret_env") else None
    (sender,) = connect("delft", {"senders": {"buurtapp": table}}).senders
    assert len(sender.secrets) == 2
