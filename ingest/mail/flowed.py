# SPDX-License-Identifier: EUPL-1.2
"""Puts lines that a mail program broke together again (RFC 3676, format=flowed)."""

from __future__ import annotations


def unflowed(text: str, *, delsp: bool = False) -> str:
    """Return paragraphs on one line each; quoted ones begin with ``>``.

    ``delsp``: the space before a break was put there by the mail program too.
    """
    # Pieces of each line; put together at the end, since a line can have a hundred thousand.
    lines: list[list[str]] = []
    depth_before, open_before = 0, False
    for raw in text.splitlines():
        depth = len(raw) - len(raw.lstrip(">"))
        line = raw[depth:].removeprefix(" ")
        # The line that begins a signature ends with a space that means nothing.
        signature = line == "-- "
        flows = line.endswith(" ") and not signature
        piece = line[:-1] if flows and delsp else line
        if open_before and depth == depth_before and not signature:
            lines[-1].append(piece)
        else:
            lines.append([f"> {piece}" if depth else piece])
        depth_before, open_before = depth, flows
    return "\n".join("".join(pieces) for pieces in lines)
