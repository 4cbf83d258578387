# SPDX-License-Identifier: EUPL-1.2
"""The compiled code as functions: from where it is kept, or made now and kept for the next time.

numba compiles, but is only imported where nothing is kept yet: loading machine code takes
milliseconds, importing numba takes longer than judging a thousand messages.
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import stat
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import uuid4

_HERE = Path(__file__).parent
#: What machine code is made from.
_SOURCES = ("code.py", "entries.py", "build.py")
#: Arrays of numba count references; ours never own memory, so that nothing is ever freed.
_NO_OWNERS = "define void @NRT_MemInfo_call_dtor(ptr %unused) { ret void }"

#: Takes letters, and the addresses of three rows of numbers; see ``entries``.
Entry = Callable[[bytes, int, int, int], None]


@dataclass(frozen=True, kw_only=True)
class Machine:
    """The entries of the compiled code."""

    fill: Entry
    judge: Entry
    explain: Entry
    #: Keeps the machine code in memory.
    engine: Any


@cache
def machine() -> Machine | None:
    """Return the compiled code; None where numba is not, or nothing that it makes can be kept."""
    if find_spec("numba") is None:
        return None
    name = f"first-stage-{_key()}.bin"
    for folder in folders():
        found = _kept(folder / name)
        if found is not None:
            return _loaded(found)
    return _made(name)


def folders() -> Iterator[Path]:
    """Return where compiled code is looked for: beside the source, then with the user."""
    yield _HERE / "__pycache__"
    with suppress(RuntimeError):  # a user without a home
        yield Path.home() / ".cache" / "buurtsignaal"


def _key() -> str:
    """Return what the machine code depends on: sources, compiler and processor."""
    import llvmlite.binding as llvm

    digest = hashlib.sha256()
    for source in _SOURCES:
        digest.update((_HERE / source).read_bytes() + b"\0")
    features = llvm.get_host_cpu_features().flatten()
    known = (version("numba"), version("llvmlite"), llvm.get_host_cpu_name(), features)
    digest.update("\0".join(known).encode())
    return digest.hexdigest()[:16]


def _made(name: str) -> Machine | None:
    """Compile and keep; first see whether it can be kept, as compiling takes seconds."""
    from classify.kernel.build import build

    for folder in folders():
        part = folder / f"{name}.{uuid4().hex}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            part.touch(mode=0o644)
        except OSError:
            continue
        try:
            objects = build()
            part.write_bytes(_packed(objects))
            part.replace(folder / name)
        finally:
            part.unlink(missing_ok=True)
        return _loaded(objects)
    return None


def _packed(objects: Mapping[str, tuple[str, bytes]]) -> bytes:
    table = {name: [symbol, code.hex()] for name, (symbol, code) in objects.items()}
    content = json.dumps(table).encode()
    return hashlib.sha256(content).digest() + content


def _kept(file: Path) -> dict[str, tuple[str, bytes]] | None:
    """Return the object code in a file; None where it is not whole, or others may write it."""
    try:
        found = file.stat()
        content = file.read_bytes()
    except OSError:
        return None
    mine = found.st_uid in {0, os.getuid()} and not found.st_mode & (stat.S_IWGRP | stat.S_IWOTH)
    if not mine or hashlib.sha256(content[32:]).digest() != content[:32]:
        return None
    table = json.loads(content[32:])
    return {name: (symbol, bytes.fromhex(code)) for name, (symbol, code) in table.items()}


def _loaded(objects: Mapping[str, tuple[str, bytes]]) -> Machine:
    import llvmlite.binding as llvm

    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
    target = llvm.Target.from_default_triple().create_target_machine()
    engine = llvm.create_mcjit_compiler(llvm.parse_assembly(_NO_OWNERS), target)
    for _, code in objects.values():
        engine.add_object_file(llvm.ObjectFileRef.from_data(code))
    engine.finalize_object()
    entries = {
        name: _entry(engine.get_function_address(symbol)) for name, (symbol, _) in objects.items()
    }
    return Machine(engine=engine, **entries)


def _entry(address: int) -> Entry:
    """Return a function at an address as numba lays it out: first where a result would go."""
    numbers = ctypes.c_void_p
    call = ctypes.CFUNCTYPE(
        ctypes.c_int, numbers, numbers, ctypes.c_char_p, numbers, numbers, numbers
    )(address)
    result, error = (ctypes.c_uint64 * 2)(), (ctypes.c_uint64 * 2)()
    places = ctypes.addressof(result), ctypes.addressof(error)

    def enter(text: bytes, asked: int, own: int, table: int) -> None:
        call(*places, text, asked, own, table)

    # The two places live as long as the function.
    enter.places = result, error  # type: ignore[attr-defined]
    return enter
