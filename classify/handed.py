# SPDX-License-Identifier: EUPL-1.2
"""Messages that a researcher hands over for labelling: masked first, then judged."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from classify.lexicon import shipped_lexicon
from classify.personal import PersonalFinder
from core import errors
from core.label import Category
from core.verdict import Classifier, Question, mask

#: Most messages in one file, and characters in one message.
MOST, LONGEST = 5_000, 4_000


@dataclass(frozen=True, kw_only=True, slots=True, repr=False)
class Handed:
    """One message without personal data, and what the model makes of it."""

    masked: str
    said: Category
    probability: float
    margin: float
    model: str


def read_messages(data: bytes) -> list[str]:
    """Return the texts of JSON lines or of a table, both with a field ``text``.

    Raises ``BadInput`` that names the line, never its words.
    """
    try:
        content = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise errors.BadInput("Het bestand is geen tekst in UTF-8.") from None
    found = [text for text in _texts(content) if text]
    if not found:
        raise errors.BadInput(
            "In het bestand staat geen bericht. Elk bericht heeft een veld ‘text’."
        )
    if len(found) > MOST or max(map(len, found)) > LONGEST:
        raise errors.TooLarge(f"Hoogstens {MOST} berichten van {LONGEST} tekens in een bestand.")
    return found


def hand_over(texts: Sequence[str], classifier: Classifier) -> list[Handed]:
    """Mask and judge messages, each on its own; equal ones come once."""
    finder = PersonalFinder(shipped_lexicon())
    masked = list(dict.fromkeys(mask(text, finder.find(text)).text for text in texts))
    verdicts = classifier.judge([Question(text=text, origin=None) for text in masked])
    made = []
    for text, verdict in zip(masked, verdicts, strict=True):
        best, second = sorted(verdict.probabilities.values(), reverse=True)[:2]
        made.append(
            Handed(
                masked=text,
                said=verdict.category,
                probability=verdict.probability,
                margin=best - second,
                model=verdict.model,
            )
        )
    return made


def _texts(content: str) -> Iterator[str]:
    if content.lstrip().startswith("{"):
        yield from _json_lines(content)
        return
    # One kind of line end, so that a stray carriage return is no error of the table.
    table = csv.DictReader(io.StringIO(content.replace("\r\n", "\n").replace("\r", "\n")))
    try:
        if "text" not in (table.fieldnames or ()):
            raise errors.BadInput("De tabel mist een kolom met de naam ‘text’.")
        for row in table:
            yield (row["text"] or "").strip()
    except csv.Error:
        raise errors.BadInput(f"De tabel is bij regel {table.line_num} niet te lezen.") from None


def _json_lines(content: str) -> Iterator[str]:
    for number, line in enumerate(content.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            raise errors.BadInput(f"Regel {number} is geen geldige JSON.") from None
        text = row.get("text") if isinstance(row, dict) else None
        if not isinstance(text, str):
            raise errors.BadInput(f"Regel {number} heeft geen veld ‘text’ met tekst.")
        yield text.strip()
