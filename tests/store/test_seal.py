# SPDX-License-Identifier: EUPL-1.2
"""Sealing: what goes in comes out, for whoever has the key and knows what it is."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core import errors
from store.seal import Sealer, new_key
from store.text import open_text, seal_text, storable

OLD, NEW = b"o" * 32, b"n" * 32


@given(plain=st.binary(), context=st.text())
def test_what_was_sealed_opens_for_the_same_context(plain: bytes, context: str) -> None:
    sealer = Sealer([OLD])
    assert sealer.open(sealer.seal(plain, context), context) == plain


@given(text=st.text(st.characters(exclude_categories=())))
def test_any_text_survives_sealing(text: str) -> None:
    sealer = Sealer([OLD])
    assert open_text(sealer, seal_text(sealer, text, "a"), "a") == text


@given(text=st.text(st.characters(exclude_categories=())))
def test_a_storable_text_is_as_long_and_fits_both_databases(text: str) -> None:
    kept = storable(text)
    assert len(kept) == len(text)
    assert b"\x00" not in kept.encode()
    assert storable(kept) == kept


@given(st.data())
def test_a_single_changed_bit_is_noticed(data: st.DataObject) -> None:
    sealer = Sealer([OLD])
    sealed = bytearray(sealer.seal(b"inbraak", "signal/1"))
    place = data.draw(st.integers(0, len(sealed) * 8 - 1))
    sealed[place // 8] ^= 1 << place % 8
    with pytest.raises((errors.NotAuthentic, errors.ConfigurationError)):
        sealer.open(bytes(sealed), "signal/1")


@given(cut=st.integers(0, 39))
def test_a_value_that_was_cut_off_is_noticed(cut: int) -> None:
    sealer = Sealer([OLD])
    sealed = sealer.seal(b"inbraak", "signal/1")
    with pytest.raises((errors.NotAuthentic, errors.ConfigurationError)):
        sealer.open(sealed[:cut], "signal/1")


def test_a_value_does_not_open_for_another_record() -> None:
    sealer = Sealer([OLD])
    with pytest.raises(errors.NotAuthentic, match="signal/2"):
        sealer.open(sealer.seal(b"inbraak", "signal/1"), "signal/2")


def test_sealing_twice_gives_two_values() -> None:
    sealer = Sealer([OLD])
    assert sealer.seal(b"x", "a") != sealer.seal(b"x", "a")


def test_the_first_key_seals_and_every_key_opens() -> None:
    old = Sealer([OLD]).seal(b"inbraak", "signal/1")
    both = Sealer([NEW, OLD])
    assert both.open(old, "signal/1") == b"inbraak"
    new = both.seal(b"inbraak", "signal/1")
    assert Sealer([NEW]).open(new, "signal/1") == b"inbraak"
    assert new.startswith(both.header)
    assert not old.startswith(both.header)


def test_a_missing_key_is_named_by_its_id_only() -> None:
    sealed = Sealer([OLD]).seal(b"inbraak", "signal/1")
    with pytest.raises(errors.ConfigurationError) as caught:
        Sealer([NEW]).open(sealed, "signal/1")
    said = str(caught.value)
    assert sealed[1:5].hex() in said
    assert "inbraak" not in said
    for key in (OLD, NEW):
        assert key.decode() not in said
        assert key.hex() not in said
        assert base64.b64encode(key).decode() not in said


def test_keys_come_from_the_settings_in_base64() -> None:
    made = new_key()
    assert len(base64.b64decode(made)) == 32
    assert made != new_key()
    sealer = Sealer.from_settings([made, base64.urlsafe_b64encode(b"\xff" * 32).decode() + "\n"])
    assert sealer.open(sealer.seal(b"x", "a"), "a") == b"x"


@pytest.mark.parametrize(
    "keys",
    [
        [],
        ["geheim!"],
        [base64.b64encode(b"veel te kort").decode()],
        [new_key(), "c2VjcmV0"],
        [""],
    ],
)
def test_a_wrong_key_is_refused_without_being_shown(keys: list[str]) -> None:
    with pytest.raises(errors.ConfigurationError) as caught:
        Sealer.from_settings(keys)
    assert not any(key and key in str(caught.value) for key in keys)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__ or caught.value.__context__ is None
