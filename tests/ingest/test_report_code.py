# SPDX-License-Identifier: EUPL-1.2
"""Follow codes: easy to type over, impossible to guess, and we keep only a hash."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ingest.report_form.code import make_code, read_code, reference

SECRET = b"a secret of the tests"


@given(st.text(max_size=40))
def test_a_code_is_read_however_it_is_typed(seed: str) -> None:
    code = make_code(SECRET, seed)
    for typed in (code, code.lower(), code.replace("-", ""), f"  {code.replace('-', ' ')} "):
        assert read_code(typed) == code


def test_a_form_gives_one_code_and_another_form_another() -> None:
    codes = {make_code(SECRET, str(n)) for n in range(5_000)}
    assert len(codes) == 5_000
    assert make_code(SECRET, "1") == make_code(SECRET, "1") != make_code(b"other", "1")


def test_the_reference_does_not_tell_the_code() -> None:
    code = make_code(SECRET, "1")
    assert code not in reference(code)
    assert len(reference(code)) == 64


@given(st.text(max_size=200))
def test_anything_else_is_no_code(typed: str) -> None:
    found = read_code(typed)
    assert found is None or (len(found) == 19 and found.isascii())
