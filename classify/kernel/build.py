# SPDX-License-Identifier: EUPL-1.2
"""Compiles the entries to machine code for the processor that this runs on."""

from __future__ import annotations

from typing import Any


def build() -> dict[str, tuple[str, bytes]]:
    """Return for each entry the name of its symbol and its object code; takes some seconds."""
    from numba import types

    from classify.kernel.entries import ENTRIES

    numbers = types.CPointer(types.int64)
    signature = types.void(types.CPointer(types.uint32), numbers, numbers, numbers)
    return {name: _object(entry, signature) for name, entry in ENTRIES.items()}


def _object(entry: Any, signature: Any) -> tuple[str, bytes]:
    entry.compile(signature)
    made = entry.overloads[signature.args]
    # numba has no public way to an object file for a function without a wrapper for Python.
    library = made.library
    code = library.codegen._tm.emit_object(library._final_module)
    return str(made.fndesc.llvm_func_name), bytes(code)
