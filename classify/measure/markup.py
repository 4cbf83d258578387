# SPDX-License-Identifier: EUPL-1.2
"""Pieces of the report's page: sections, tables and numbers the Dutch way; all text escaped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape


def section(title: str, content: str) -> str:
    """Return a section; ``content`` is markup already."""
    return f"<section><h2>{escape(title)}</h2>{content}</section>"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; the first cell of each row is its heading."""
    top = "".join(f'<th scope="col">{escape(name)}</th>' for name in head)
    body = "".join(_row(row) for row in rows)
    return (
        f'<div class="wide"><table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>'
    )


def side_by_side(pictures: Iterable[str]) -> str:
    """Return pictures next to each other where there is room."""
    return f'<div class="pictures">{"".join(pictures)}</div>'


def number(value: float, digits: int = 2) -> str:
    """Return a number with a comma."""
    return f"{value:.{digits}f}".replace(".", ",")


def _row(row: Sequence[str]) -> str:
    cells = "".join(f"<td>{escape(value)}</td>" for value in row[1:])
    return f'<tr><th scope="row">{escape(row[0])}</th>{cells}</tr>'
