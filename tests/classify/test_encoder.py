# SPDX-License-Identifier: EUPL-1.2
"""The second stage reads one message at a time, is signed off, and can be missing."""

from __future__ import annotations

import shutil
import struct
from pathlib import Path

import numpy as np
import pytest

from classify import loader
from classify.corpus import Example
from classify.encoder import encoder as serving
from classify.encoder.encoder import Encoder, read_labels
from classify.encoder.lessons import IGNORED, Lessons
from classify.encoder.tokens import EARLIER, MESSAGE, build_tokenizer, cut
from classify.encoder.weights import read_pretrained
from classify.lexicon import Lexicon
from classify.loader import load_second, read_manifest
from classify.personal import PersonalFinder
from classify.pipeline import TrainedClassifier, load_classifier
from core import errors
from core.message import Origin
from core.verdict import PersonalKind, Question, Span

TEXT = "Er klimt iemand door het raam bij de Lindelaan 4, ik zie Annemarie Blokzijl ook staan"


@pytest.fixture(scope="module")
def encoder(active: Path, lexicon: Lexicon) -> Encoder:
    found = load_second(active, lexicon)
    assert found is not None
    return found


def test_a_reading_has_a_score_for_every_label(encoder: Encoder) -> None:
    reading = encoder.read(TEXT, ())
    assert len(reading.category) == len(encoder.labels.category) == 14
    assert len(reading.urgency) == 3
    assert len(reading.subcategory) == len(encoder.labels.subcategory) > 40


def test_the_same_message_always_reads_the_same(encoder: Encoder) -> None:
    one, two = encoder.read(TEXT, ()), encoder.read(TEXT, ())
    assert (one.category == two.category).all()
    assert one.spans == two.spans


def test_what_was_said_earlier_is_read_too(encoder: Encoder) -> None:
    text = "hij rent nu richting het spoor"
    alone = encoder.read(text, ())
    after = encoder.read(text, (), [(TEXT, ())])
    assert not np.allclose(alone.category, after.category)


def test_spans_are_whole_words_of_the_message(encoder: Encoder) -> None:
    spans = encoder.read(TEXT, ()).spans
    assert spans
    for span, kind in spans:
        assert kind in {"LOC", "NAME"}
        assert span.of(TEXT).strip() == span.of(TEXT) != ""


@pytest.mark.parametrize(
    "text", ["", " ", "😳", "?!", "a" * 20_000, "\u200d\ufe0f", "مرحبا", "\x00"]
)
def test_any_text_can_be_read(encoder: Encoder, text: str) -> None:
    reading = encoder.read(text, ())
    assert np.isfinite(reading.category).all()


def test_swapped_people_change_no_score(encoder: Encoder, lexicon: Lexicon) -> None:
    find = PersonalFinder(lexicon).find
    texts = ["Twee Turkse jongens voelen aan deuren", "Twee Poolse meisjes voelen aan deuren"]
    one, two = (encoder.read(text, find(text)).category for text in texts)
    assert (one == two).all()


def test_without_the_packages_the_first_stage_judges_alone(
    active: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(loader, "installed", lambda: False)
    alone = load_classifier(active)
    verdict = alone.judge([Question(text=TEXT)])[0]
    assert verdict.related is None
    assert verdict.is_signal


def test_both_stages_judge_where_the_first_doubts(classifier: TrainedClassifier) -> None:
    verdict = classifier.judge([Question(text=TEXT, origin=Origin.CHAT)])[0]
    assert verdict.related is not None


def test_a_changed_file_is_refused(active: Path, tmp_path: Path) -> None:
    model = shutil.copytree(active, tmp_path / "buurt" / "x")
    labels = model / "encoder.json"
    labels.write_text(labels.read_text(encoding="utf-8") + " ", encoding="utf-8")
    with pytest.raises(errors.ModelRefused, match=r"encoder\.json is not the file"):
        load_classifier(model)
    labels.unlink()
    with pytest.raises(errors.ModelRefused, match=r"there is no encoder\.json"):
        load_classifier(model)


def test_the_manifest_signs_off_every_file(active: Path) -> None:
    signed = read_manifest(active)["encoder"]
    assert signed == serving.digests(active)


def test_no_piece_of_the_alphabet_is_longer_than_a_word(active: Path) -> None:
    from tokenizers import Tokenizer

    pieces = Tokenizer.from_file(str(active / "tokenizer.json")).get_vocab()
    assert max(len(piece) for piece in pieces) <= 24
    assert not [piece for piece in pieces if " " in piece]


PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", "▁de", "▁dief", "stal", "e", "n", "▁fiets"]


def test_a_long_conversation_is_cut_to_its_end_and_a_long_message_to_its_start() -> None:
    tokenizer = build_tokenizer(PIECES, [0.0] * 4 + [-float(n) for n in range(1, 8)])
    found = cut(tokenizer, "de " * 500, ["fiets " * 300])
    assert found.first == 1 + EARLIER + 1
    assert len(found.offsets) == MESSAGE
    assert len(found.ids) == found.first + MESSAGE + 1


def test_lessons_carry_the_labels_of_their_messages(
    active: Path, lexicon: Lexicon, corpus: list[Example]
) -> None:
    from tokenizers import Tokenizer

    labels = read_labels((active / "encoder.json").read_bytes())
    tokenizer = Tokenizer.from_file(str(active / "tokenizer.json"))
    lessons = Lessons(tokenizer, labels, lexicon, seed=1)
    chosen = [e for e in corpus if e.locations][:6] + [e for e in corpus if e.chat][40:44]
    batch = lessons.batch(chosen)
    assert batch.ids.shape == batch.own.shape == batch.tags.shape
    assert batch.category.sum(axis=1) == pytest.approx(1.0)
    names = [labels.category[i] for i in batch.category.argmax(axis=1)]
    assert names == [e.category.value for e in chosen]
    assert (batch.tags[:6] == labels.tags.index("B-LOC")).any(axis=1).all()
    assert (batch.tags[~batch.own] == IGNORED).all()
    related = [IGNORED if e.chat is None else int(e.incident is not None) for e in chosen]
    assert batch.related.tolist() == related
    assert len(set(related)) > 1


def _file(path: Path, version: int = 1) -> Path:
    """Write a tiny file of weights: one tensor as floats, one in blocks of four bits."""
    blob = "".join(PIECES).encode()
    ends = np.cumsum([0] + [len(piece.encode()) for piece in PIECES]).astype("<u4")
    head = b"E5S1" + struct.pack("<I", version) + struct.pack("<7i", 32, 1, 2, 64, 11, 16, 1)
    head += struct.pack("<fi", 1e-12, 32) + struct.pack("<5i", len(PIECES), 0, 2, 1, 3)
    head += struct.pack("<Q", len(blob)) + ends.tobytes()
    head += np.arange(len(PIECES), dtype="<f4").tobytes() + blob
    head += struct.pack("<iI", 0, 0)
    floats = np.array([0.5, -2.0], dtype="<f4").tobytes()
    block = np.float16(0.25).tobytes() + bytes([0x90 + i for i in range(16)])
    directory = struct.pack("<i", 2)
    size = len(head) + len(directory) + 2 * (2 + 1 + 21)
    for name, kind, count, start, content in (
        (b"a", 0, 2, size, floats),
        (b"b", 1, 32, size + len(floats), block),
    ):
        directory += struct.pack("<H", len(name)) + name
        directory += struct.pack("<BIQQ", kind, count, start, len(content))
    path.write_bytes(head + directory + floats + block)
    return path


def test_weights_of_both_kinds_are_read(tmp_path: Path) -> None:
    found = read_pretrained(_file(tmp_path / "w.bin"))
    assert found.pieces == tuple(PIECES)
    assert found.tensors["a"].tolist() == [0.5, -2.0]
    # Low halves of the bytes are weights 0 to 15, high halves (9) weights 16 to 31.
    assert found.tensors["b"][:3].tolist() == [-2.0, -1.75, -1.5]
    assert found.tensors["b"][16:].tolist() == [0.25] * 16


def test_weights_of_another_version_are_refused(tmp_path: Path) -> None:
    with pytest.raises(errors.BadInput, match="version 1"):
        read_pretrained(_file(tmp_path / "w.bin", version=2))


def test_names_that_only_the_encoder_knows_are_personal(classifier: TrainedClassifier) -> None:
    verdict = classifier.judge([Question(text=TEXT)])[0]
    names = [p for p in verdict.personal if p.kind is PersonalKind.NAME]
    start = TEXT.index("Annemarie")
    assert any(p.overlaps(Span(start=start, end=start + 18)) for p in names)
