# SPDX-License-Identifier: EUPL-1.2
"""The compiled form of the first stage says what the plain form says, and is never needed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from classify import cues, grams, stage
from classify.columns import BLOCKS, fit_columns
from classify.corpus import load_corpus
from classify.kernel import code, machine, tables
from classify.kernel.stage import CompiledStage
from classify.lexicon import Lexicon
from classify.loader import load_model
from classify.measure.signaalcheck import load_suite
from classify.model import Model
from classify.normalise import Normaliser
from classify.personal import PersonalFinder
from classify.pipeline import TrainedClassifier, load_classifier
from classify.plain import PlainStage
from core.label import Category
from core.resources import folder
from core.verdict import Question

# Compiling takes seconds, on a busy machine many.
pytestmark = pytest.mark.timeout(900)

#: What the two may differ in: both add the same numbers, in another order.
NEAR = 1e-9

Words = Sequence[str]


@cache
def both() -> tuple[PlainStage, CompiledStage]:
    model = load_model(_active())
    ready = machine.machine()
    assert ready is not None, "the extra 'fast' is not installed"
    return PlainStage(model), CompiledStage(model, ready)


@cache
def every_text() -> tuple[str, ...]:
    data = folder("data")
    corpora = (data / "corpora" / "messages", data / "corpora" / "test")
    labelled = (e.text for path in corpora for e in load_corpus(path))
    return (*labelled, *(case.text for case in load_suite(data / "signaalcheck")))


@cache
def documents() -> tuple[tuple[str, ...], ...]:
    lexicon = load_model(_active()).lexicon
    normaliser, finder = Normaliser(lexicon), PersonalFinder(lexicon)
    read = (normaliser.words(text, finder.find(text)) for text in every_text())
    return tuple(tuple(word.form for word in words) for words in read)


def _active() -> Path:
    models = folder("models")
    return models / (models / "ACTIVE").read_text(encoding="utf-8").strip()


def numbers(judged: stage.Judged) -> np.ndarray:
    parts = (
        judged.category, judged.urgency, judged.first_hand,
        judged.chances, judged.speeds, judged.hands,
    )  # fmt: skip
    return np.hstack(parts)


def alike(words: Sequence[Words], offset: float = 0.0) -> None:
    plain, compiled = (form.judge(words, [offset] * len(words)) for form in both())
    assert np.abs(numbers(plain) - numbers(compiled)).max() < NEAR
    for i, said in enumerate(words):
        if said:
            category = list(Category)[int(plain.chances[i].argmax())]
            one, other = plain.reasons(i, category), compiled.reasons(i, category)
            assert one.kind == other.kind
            assert np.allclose(one.weights, other.weights, atol=NEAR)


# -- the same answers --------------------------------------------------------------------------


def test_every_message_of_corpus_test_and_signaalcheck_is_judged_alike() -> None:
    offsets = [0.2 * (i % 5) for i in range(len(documents()))]
    plain, compiled = (form.judge(documents(), offsets) for form in both())
    assert len(documents()) > 17_000
    assert np.abs(numbers(plain) - numbers(compiled)).max() < NEAR
    for part in ("chances", "speeds", "hands"):
        one, other = getattr(plain, part).argmax(axis=1), getattr(compiled, part).argmax(axis=1)
        assert (one == other).all()


def test_verdicts_are_the_same_down_to_kind_and_evidence(active: Path) -> None:
    fast = load_classifier(active)
    slow = TrainedClassifier(fast._model, fast._costs, fast._places, stage=PlainStage(fast._model))
    fast._second = None
    questions = [Question(text=text, context=("Er is ingebroken",)) for text in every_text()[::25]]
    for one, other in zip(fast.judge(questions), slow.judge(questions), strict=True):
        assert (one.category, one.urgency, one.first_hand) == (
            other.category, other.urgency, other.first_hand,
        )  # fmt: skip
        assert (one.subcategory, one.review, one.places) == (
            other.subcategory, other.review, other.places,
        )  # fmt: skip
        assert abs(one.probability - other.probability) < NEAR
        assert [(e.start, e.end) for e in one.evidence] == [
            (e.start, e.end) for e in other.evidence
        ]


@pytest.mark.parametrize("size", [1, 64])
def test_a_message_is_judged_alike_in_a_batch_of_any_size(size: int) -> None:
    words = documents()[:2_000]
    _, form = both()
    whole = numbers(form.judge(words, [0.5] * len(words)))
    parts = [words[i : i + size] for i in range(0, len(words), size)]
    apart = np.vstack([numbers(form.judge(part, [0.5] * len(part))) for part in parts])
    assert (whole == apart).all()


LETTERS = st.characters()  # all of Unicode, with half characters and NUL
KNOWN = st.sampled_from(["er", "fiets", "gestolen", "0000", "xtijd", "?", "xwie", "een auto", "_"])


@settings(max_examples=200)
@given(st.lists(st.one_of(KNOWN, st.text(LETTERS, max_size=50)), max_size=30))
def test_any_words_are_judged_alike(words: list[str]) -> None:
    alike([words, ["er", *words], words[::-1]], offset=-1.0)


@settings(max_examples=100)
@given(st.text(max_size=300))
def test_any_text_is_judged_alike(text: str) -> None:
    lexicon = load_lexicon()
    words = Normaliser(lexicon).words(text, PersonalFinder(lexicon).find(text))
    alike([[word.form for word in words]])


@cache
def load_lexicon() -> Lexicon:
    return load_model(_active()).lexicon


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["a" * 65_536],
        ["er staat een fiets"] * 4_000,
        ["👨‍👩‍👧", "🔥" * 45, "\x00", "\ud800", "ﷺ"],
        ["fiets"] * 20_000,
        ["x" * 39 + "ij", "x" * 40 + "ij"],
    ],
    ids=["nothing", "empty word", "64 KB word", "spaces", "emoji", "64 KB text", "longest"],
)
def test_odd_messages_are_judged_alike(words: list[str]) -> None:
    alike([words, ["er", "is", "ingebroken"], words])


def test_a_long_message_leaves_nothing_behind_for_the_next() -> None:
    _, form = both()
    alone = numbers(form.judge([["fiets"]], [0.0]))
    form.judge([list(chain.from_iterable(documents()[:500]))], [0.0])
    assert (numbers(form.judge([["fiets"]], [0.0])) == alone).all()


def test_threads_do_not_disturb_each_other() -> None:
    _, form = both()
    parts = [documents()[i : i + 200] for i in range(0, 3_200, 200)]
    expected = [numbers(form.judge(part, [0.0] * len(part))) for part in parts]
    with ThreadPoolExecutor(8) as pool:
        found = pool.map(lambda part: numbers(form.judge(part, [0.0] * len(part))), parts)
        assert all((a == b).all() for a, b in zip(expected, found, strict=True))


def test_the_compiled_code_counts_as_the_plain_code_does() -> None:
    assert code.LONGEST == grams.LONGEST
    assert list(tables.KINDS.values()) == [code.WORD, code.CHAR, code.LEMMA, code.CUE]
    assert len(cues.SHAPES) == code.SHAPES
    named = ("short", "length", "numbers")
    assert [cues.SHAPES.index(n) for n in named] == [code.SHORT, code.LENGTH, code.NUMBERS]


# -- and never needed --------------------------------------------------------------------------


@pytest.fixture
def anew() -> Iterator[None]:
    machine.machine.cache_clear()
    yield
    machine.machine.cache_clear()


@pytest.mark.usefixtures("anew")
def test_without_numba_the_plain_form_judges(active: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "numba", None)
    assert isinstance(stage.first_stage(load_model(active)), PlainStage)


@pytest.mark.usefixtures("anew")
def test_with_numba_the_compiled_form_judges(active: Path) -> None:
    assert isinstance(stage.first_stage(load_model(active)), CompiledStage)


@pytest.mark.usefixtures("anew")
def test_where_nothing_can_be_kept_the_plain_form_judges(
    active: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(machine, "folders", lambda: iter([tmp_path / "file" / "folder"]))
    assert isinstance(stage.first_stage(load_model(active)), PlainStage)


@pytest.mark.usefixtures("anew")
@pytest.mark.parametrize("wrong", ["damaged", "writable by all"])
def test_kept_code_that_is_not_ours_as_we_left_it_is_passed_over(
    wrong: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert machine.machine() is not None  # it is kept now
    first, second = tmp_path / "first", tmp_path / "second"
    (kept,) = (f / _kept_name() for f in machine.folders() if (f / _kept_name()).is_file())
    for path in (first, second):
        path.mkdir()
        shutil.copy(kept, path)
    spoilt = first / _kept_name()
    if wrong == "damaged":
        spoilt.write_bytes(kept.read_bytes()[:-1])
    else:
        spoilt.chmod(0o666)
    assert machine._kept(spoilt) is None
    machine.machine.cache_clear()
    monkeypatch.setattr(machine, "folders", lambda: iter([first, second]))
    assert machine.machine() is not None


def _kept_name() -> str:
    return f"first-stage-{machine._key()}.bin"


def test_a_model_with_other_blocks_is_judged_by_the_plain_form(model: Model) -> None:
    assert tables.fits(model)
    columns = fit_columns([["een", "fiets"]], ["a"], BLOCKS[::-1], min_batches=1)
    other = replace(model, columns=columns)
    assert not tables.fits(other)
    assert isinstance(stage.first_stage(other), PlainStage)


def test_a_model_with_finer_weights_is_judged_by_the_plain_form(model: Model) -> None:
    head = replace(model.urgency, weights=model.urgency.weights + 1e-12)
    assert isinstance(stage.first_stage(replace(model, urgency=head)), PlainStage)


def test_judging_with_kept_code_imports_neither_numba_nor_scipy() -> None:
    both()
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from classify.pipeline import load_classifier\n"
        "from core.verdict import Question\n"
        f"classifier = load_classifier(Path({str(_active())!r}))\n"
        "classifier.judge([Question(text='Goedemorgen allemaal')])\n"
        "print([m for m in ('numba', 'scipy', 'sklearn', 'onnxruntime') if m in sys.modules])\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    assert run.stdout.strip() == "[]"
