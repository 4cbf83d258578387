# SPDX-License-Identifier: EUPL-1.2
"""Puts lines that a mail program broke together again (RFC 3676, format=flowed)."""

from __future__ import annotations


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Return paragraphs on one line each; quoted ones begin with ``>``.

    ``delsp``: the space before a break was put there by the mail program too.
    """
    lines: list[str] = []
    depth_before, open_before = 0, False
    for raw in text.splitlines():
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:].removeprefix(" ")
        # The line that begins a signature ends with a space that means nothing.
        signature = line == "-- "
        if open_before and depth == depth_before and not signature:
            lines[-1] += line
        else:
            lines.append(f"> {line}" if depth else line)
        depth_before, open_before = depth, line.endswith(" ") and not signature
        if open_before and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(lines)
