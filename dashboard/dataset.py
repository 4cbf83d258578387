# SPDX-License-Identifier: EUPL-1.2
"""What a room brought forth, as files for research: no name, no id of ours, personal data masked.

The items have the format that ``buurtsignaal evaluate`` reads. The same answers give the same
bytes, so a version can be made again and checked by its SHA-256.
"""

from __future__ import annotations

import hashlib
import io
import json
import zipfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.annotation import Answer, AnswerKind, Lane, Room, settled
from core.clock import AMSTERDAM
from core.label import Category
from core.signal import Act
from dashboard import words
from dashboard.roomfigures import Agreement, Answers, on_category, on_urgency
from store.quality import Judged
from store.rooms import Dataset, Item

ITEMS, OPINIONS, CARD, SUMS = "items.jsonl", "besluiten.jsonl", "DATACARD.md", "SHA256SUMS"

#: A zip dates its files; a fixed day keeps equal content equal.
_DAY = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, kw_only=True, slots=True)
class Content:
    """The two files of a data set, before it has a version."""

    #: People's labels, two apart or a third's ruling.
    items: bytes
    #: Operators' decisions: weaker, because they saw what the model said.
    opinions: bytes
    #: How far people agreed, as rows of a table; over all items, the unsettled ones too.
    agreement: str
    counts: Mapping[str, int]
    rows: int
    weak_rows: int

    @property
    def sha256(self) -> str:
        """Names this content."""
        whole = b"\0".join((self.items, self.opinions, self.agreement.encode()))
        return hashlib.sha256(whole).hexdigest()


def content(
    room: Room, items: Sequence[Item], answers: Answers, opinions: Mapping[str, Judged]
) -> Content:
    """Return the rows of all items whose text is still there."""
    there = [item for item in items if item.masked is not None]
    rows = [row for item in there if (row := _row(room, item, answers.get(item.id, ())))]
    weak = [row for item in there if (row := _weak(room, item, opinions))]
    return Content(
        items=_lines(rows),
        opinions=_lines(weak),
        agreement="\n".join(
            (
                _agreed("categorie", on_category(answers)),
                _agreed("urgentie (lineair gewogen AC2)", on_urgency(answers)),
            )
        ),
        counts=Counter(row["category"] for row in rows),
        rows=len(rows),
        weak_rows=len(weak),
    )


def pack(room: Room, made: Content, dataset: Dataset) -> bytes:
    """Return the data set as one zip, byte for byte the same for the same version."""
    card = _card(room, made, dataset).encode()
    files = {ITEMS: made.items, OPINIONS: made.opinions, CARD: card}
    sums = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in files.items())
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in (files | {SUMS: sums.encode()}).items():
            archive.writestr(zipfile.ZipInfo(name, _DAY), data, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def _row(room: Room, item: Item, given: tuple[Answer, ...]) -> dict[str, Any] | None:
    truth = settled(given)
    if truth is None:
        return None
    ruled = truth.kind is AnswerKind.RULING
    labels = sorted(
        (a.category.value, a.urgency.value if a.urgency else "")
        for a in given
        if a.kind is AnswerKind.LABEL
    )
    return _basis(room, item, "oordeel" if ruled else "annotatie", truth.category) | {
        "urgency": truth.urgency and truth.urgency.value,
        # In alphabetical order: not even which of the two said what.
        "labels": [{"category": c, "urgency": u or None} for c, u in labels],
    }


def _weak(room: Room, item: Item, opinions: Mapping[str, Judged]) -> dict[str, Any] | None:
    judged = opinions.get(item.signal or "")
    category = _opinion(judged) if judged else None
    return _basis(room, item, "medewerker", category) if category else None


def _opinion(judged: Judged) -> Category | None:
    if judged.act is Act.REJECT:
        return Category.GEEN
    return judged.category or (judged.said if judged.act is Act.CONFIRM else None)


def _basis(room: Room, item: Item, source: str, category: Category) -> dict[str, Any]:
    month = f"{item.sent_at.astimezone(AMSTERDAM):%Y-%m}" if item.sent_at else None
    return {
        "id": hashlib.sha256(f"{room.id}/{item.id}".encode()).hexdigest()[:16],
        "batch": f"kamer-{hashlib.sha256(room.id.encode()).hexdigest()[:8]}",
        "text": item.masked,
        "category": category.value,
        "bron": source,
        "source": item.origin.value if item.origin else "chat",
        "month": month,
        "lane": item.lane.value,
        "model": item.model,
        "model_category": item.said and item.said.value,
        "model_probability": item.probability and round(item.probability, 4),
    }


def _lines(rows: Sequence[Mapping[str, Any]]) -> bytes:
    # In the order of their ids, which tell nothing about when somebody wrote.
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in ordered).encode()


def _card(room: Room, made: Content, dataset: Dataset) -> str:
    counts = "\n".join(f"| {slug} | {made.counts.get(slug, 0)} |" for slug in Category)
    lanes = "\n".join(f"- `{lane.value}`: {words.LANE[lane]}" for lane in Lane)
    return f"""# Dataset ‘{room.name}’, versie {dataset.version}

Gemaakt op {words.day(dataset.made_at)}. SHA-256 van de inhoud: `{dataset.sha256}`.

## Doel en grondslag

- Doel: {room.purpose}
- Grondslag: {room.legal_basis}
- De kamer sluit op {words.day(room.ends_at)}. Gebruik de bestanden alleen voor dit doel.
  Wis ze daarna.

## Wat erin staat

- `{ITEMS}`: {made.rows} berichten met een label. Veld `bron`: `annotatie` (twee mensen
  zeiden hetzelfde, los van elkaar) of `oordeel` (zij verschilden, een derde besliste). Bij
  gelijke categorie en verschillende urgentie telt de ernstigste.
- `{OPINIONS}`: {made.weak_rows} berichten met het besluit van een medewerker, `bron`
  `medewerker`. Dat is een zwakker label: de medewerker zag wat het model zei.
- Veld `lane` zegt hoe een bericht is gekozen:
{lanes}

| categorie | berichten |
|---|---|
{counts}

## Hoe eens men het was

| | berichten | gelijk | kappa | alpha | AC2 |
|---|---|---|---|---|---|
{made.agreement}

## Grenzen

- Persoonsgegevens zijn met de computer vervangen. Die mist er soms een. Lees de berichten na
  voor u ze deelt.
- Namen, nummers van ons en precieze tijden ontbreken. Wie een bericht kent, kan het wel
  herkennen.
- Opgeslagen berichten zijn alleen wat het model als signaal zag. Hieruit blijkt dus niet wat
  het model mist.
- Meet alleen met `lane` `willekeurig`. De andere berichten zijn met opzet moeilijk of zeldzaam.
"""


def _agreed(name: str, found: Agreement) -> str:
    figures = (found.percent, found.kappa, found.alpha, found.ac2)
    shown = " | ".join("–" if f is None else words.number(f, 3) for f in figures)
    return f"| {name} | {found.items} | {shown} |"
