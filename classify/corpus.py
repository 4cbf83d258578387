# SPDX-License-Identifier: EUPL-1.2
"""The labelled messages, and how they are split so that no writer is on both sides."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from core import errors
from core.label import Category, Urgency
from core.message import Origin
from core.verdict import Personal, PersonalKind, Span

#: Earlier messages of one chat that a message is judged with.
CONTEXT = 6
#: Most folds in which writers are held out.
FOLDS = 8


@dataclass(frozen=True, kw_only=True, slots=True)
class Example:
    """One message with what its writer meant by it."""

    id: str
    #: One voice; ``writer`` is who imagined it.
    batch: str
    writer: str
    text: str
    category: Category
    subcategory: str | None = None
    urgency: Urgency | None = None
    first_hand: bool | None = None
    #: Other categories that an honest labeller could defend.
    also: tuple[Category, ...] = ()
    #: A message with alarming words that is no signal.
    hard: bool = False
    #: Shared by messages that differ in a few words and in their label.
    pair: str | None = None
    locations: tuple[Span, ...] = ()
    personal: tuple[Personal, ...] = ()
    #: None where the kind of source is unknown.
    origin: Origin | None = Origin.CHAT
    style: str = ""
    region: str = ""
    chat: str | None = None
    sender: str | None = None
    sent_at: datetime | None = None
    incident: str | None = None
    #: Earlier messages of the same chat, oldest first.
    context: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Fold:
    """Row numbers to train on and to validate with; they share no writer."""

    held_out: str
    train: tuple[int, ...]
    validate: tuple[int, ...]


def load_corpus(path: Path) -> list[Example]:
    """Read every ``*.jsonl`` in ``path``, in the order of names and lines."""
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise errors.BadInput(f"no *.jsonl files in {path}")
    return [example for file in files for example in _read(file)]


def read_file(file: Path) -> list[Example]:
    """Read one file of labelled messages."""
    return list(_read(file))


def corpus_hash(path: Path) -> str:
    """Return one SHA-256 over all corpus files, names and contents."""
    digest = hashlib.sha256()
    for file in sorted(path.glob("*.jsonl")):
        digest.update(file.name.encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def writer_folds(examples: Sequence[Example], most: int = FOLDS) -> list[Fold]:
    """Return at most ``most`` folds: validation never shares a writer with training.

    Writers are dealt out so that the folds hold about as many messages each.
    """
    counts = Counter(example.writer for example in examples)
    if len(counts) < 2:
        raise errors.BadInput("validation needs messages of at least two writers")
    groups: list[list[str]] = [[] for _ in range(min(most, len(counts)))]
    for writer, _ in sorted(counts.items(), key=lambda row: (-row[1], row[0])):
        min(groups, key=lambda group: sum(counts[w] for w in group)).append(writer)
    return [_fold(examples, frozenset(group)) for group in groups]


def _fold(examples: Sequence[Example], held_out: frozenset[str]) -> Fold:
    return Fold(
        held_out=", ".join(sorted(held_out)),
        train=tuple(i for i, e in enumerate(examples) if e.writer not in held_out),
        validate=tuple(i for i, e in enumerate(examples) if e.writer in held_out),
    )


def _read(file: Path) -> Iterator[Example]:
    earlier: dict[str, list[str]] = {}
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            said = earlier.setdefault(row.get("chat") or "", [])
            context = tuple(said[-CONTEXT:]) if row.get("chat") else ()
            yield _example(row, context)
            said.append(row["text"])
        except (KeyError, ValueError, TypeError) as error:
            # The text itself stays out of the message.
            kind = type(error).__name__
            raise errors.BadInput(
                f"{file.name}:{number}: not a labelled message ({kind})"
            ) from None


def _example(row: dict[str, Any], context: tuple[str, ...]) -> Example:
    urgency = row.get("urgency")
    return Example(
        id=row["id"],
        batch=row["batch"],
        # The first part of the batch is the writer; ``writer`` only repeats it.
        writer=row["batch"].split("-")[0],
        text=row["text"],
        category=Category(row["category"]),
        subcategory=row.get("subcategory"),
        urgency=Urgency(urgency) if urgency else None,
        first_hand=row.get("first_hand"),
        also=tuple(Category(slug) for slug in row.get("also", ())),
        hard=bool(row.get("hard", False)),
        pair=row.get("pair"),
        locations=tuple(Span(start=s["start"], end=s["end"]) for s in row.get("locations", ())),
        personal=tuple(_personal(span) for span in row.get("personal_data", ())),
        origin=Origin(row.get("source", "chat")),
        style=row.get("style", ""),
        region=row.get("region", ""),
        chat=row.get("chat"),
        sender=row.get("sender"),
        sent_at=_time(row.get("sent_at")),
        incident=_incident(row),
        context=context,
    )


def _time(written: str | None) -> datetime | None:
    at = datetime.fromisoformat(written) if written else None
    return at.replace(tzinfo=UTC) if at and at.tzinfo is None else at


def _personal(span: dict[str, Any]) -> Personal:
    return Personal(start=span["start"], end=span["end"], kind=PersonalKind(span["kind"]))


def _incident(row: Mapping[str, Any]) -> str | None:
    """Return the incident's name with its chat: "i1" of two chats is not one incident."""
    name = row.get("incident")
    return None if name is None else f"{row.get('chat', '')}#{name}"
