# SPDX-License-Identifier: EUPL-1.2
"""No order can name an account and no feed can ask for one: the program has no words for it."""

from __future__ import annotations

import ast
import dataclasses
from pathlib import Path

import pytest

from core.order import Order
from ingest import connectors, feed
from ingest.registry import connector_names

FEEDS = [name for name in connector_names() if feed.is_feed(name)]
#: How the networks name what belongs to one account: its posts, its followers, a search.
_FORBIDDEN = (
    *("/accounts", "/search", "getauthorfeed", "getfollow", "wanteddids", "searchposts"),
    *("listrecords", "streaming/user", "/lists", "/@"),
)


def words_in(source: str) -> list[str]:
    """Return every text in a program but its docstrings."""
    tree = ast.parse(source)
    docs = {
        node.body[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    texts = [n for n in ast.walk(tree) if isinstance(n, ast.Constant) and n not in docs]
    return [text.value.lower() for text in texts if isinstance(text.value, str)]


def program_of(name: str) -> list[Path]:
    """Return the files that a connector is made of: its own, and its folder's."""
    own = Path(connectors.__path__[0], f"{name}.py")
    return [own, *sorted((own.parent.parent / name).glob("*.py"))]


@pytest.mark.parametrize("name", FEEDS)
def test_a_feed_knows_no_address_of_an_account(name: str) -> None:
    files = program_of(name)
    words = [word for file in files for word in words_in(file.read_text(encoding="utf-8"))]
    assert words
    assert [word for word in words if any(bad in word for bad in _FORBIDDEN)] == []


def test_the_test_sees_an_account() -> None:
    assert words_in('"""/accounts"""\nx = f"{server}/api/v1/accounts/{id}"') == [
        "/api/v1/accounts/"
    ]


def test_there_are_four_feeds() -> None:
    assert FEEDS == ["bluesky", "mastodon", "rss", "x"]


def test_an_order_has_no_place_for_an_account() -> None:
    names = {field.name for field in dataclasses.fields(Order)}
    assert names == {
        *("id", "tenant", "purpose", "legal_basis", "topic", "sources", "area", "starts_at"),
        *("ends_at", "requested_by", "requested_at", "renews", "approved_by", "approved_at"),
        *("stopped_by", "stopped_at", "approval_reference"),
    }
