# SPDX-License-Identifier: EUPL-1.2
"""Of a photo only pixels come in: no place, no device, no passenger."""

from __future__ import annotations

import io
import struct
import zlib
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from core import errors
from ingest.report_form.photo import LARGEST, LONG_SIDE, MOST_PIXELS, clean

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112
SECRET = b"zqxgeheim"


def picture(size: tuple[int, int] = (60, 40), mode: str = "RGB") -> Image.Image:
    return Image.new(mode, size, 120 if mode in {"L", "I;16"} else None)


def encoded(image: Image.Image, form: str = "JPEG", **more: Any) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **more)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    made = Image.Exif()
    made[MAKE] = SECRET.decode()
    made[ORIENTATION] = orientation
    made[GPS] = {1: "N", 2: (52.0, 5.0, 1.25), 3: "E", 4: (4.0, 18.0, 2.5)}
    return made


def reopened(data: bytes) -> Image.Image:
    opened = Image.open(io.BytesIO(data))
    opened.load()
    assert opened.format == "JPEG"
    return opened


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP"])
def test_place_device_and_comments_are_gone(form: str) -> None:
    more: dict[str, Any] = {"exif": exif().tobytes()}
    if form == "JPEG":
        more |= {"comment": SECRET, "xmp": b"<x:xmpmeta>" + SECRET, "icc_profile": SECRET * 20}
    if form == "PNG":
        text = PngImagePlugin.PngInfo()
        text.add_text("Author", SECRET.decode())
        more["pnginfo"] = text
    data = encoded(picture(), form, **more)
    assert SECRET in data
    made = clean(data)
    assert SECRET not in made
    for mark in (b"Exif", b"http://ns.adobe.com", b"ICC_PROFILE", b"GPS"):
        assert mark not in made
    assert dict(reopened(made).getexif()) == {}
    assert set(reopened(made).info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_a_photo_stands_upright_as_the_device_said() -> None:
    data = encoded(picture((60, 40)), exif=exif(orientation=6).tobytes())
    assert reopened(clean(data)).size == (40, 60)


@pytest.mark.parametrize("passenger", [b"<script>alert(1)</script>", b"PK\x03\x04zip", b"%PDF-1.7"])
def test_what_was_glued_behind_a_picture_stays_behind(passenger: bytes) -> None:
    made = clean(encoded(picture()) + passenger + SECRET)
    assert passenger not in made
    assert SECRET not in made


def test_a_script_that_calls_itself_a_picture_is_no_picture() -> None:
    for text in (
        b"GIF89a/*<script>*/=1;",
        b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 1 1\n",
        b"BM" + bytes(60),
        b"\xff\xd8\xff\xe0<script>alert(1)</script>",
    ):
        with pytest.raises(errors.BadInput):
            clean(text)


@pytest.mark.parametrize("form", ["GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_only_what_phones_send_is_looked_at(form: str) -> None:
    with pytest.raises(errors.BadInput):
        clean(encoded(picture((32, 32)), form))


@pytest.mark.parametrize(
    ("mode", "form"),
    [*product(["L", "RGB"], ["JPEG", "PNG", "WEBP"]), ("CMYK", "JPEG"), ("1", "PNG"), ("P", "PNG")],
)
def test_every_kind_of_colour_becomes_a_plain_photo(mode: str, form: str) -> None:
    assert reopened(clean(encoded(Image.new(mode, (30, 20)), form))).mode == "RGB"


def test_what_can_be_seen_through_becomes_white() -> None:
    data = encoded(Image.new("RGBA", (30, 20), (200, 0, 0, 0)), "PNG")
    assert reopened(clean(data)).getpixel((10, 10)) == (255, 255, 255)


def test_a_large_photo_is_made_smaller() -> None:
    made = reopened(clean(encoded(picture((4_000, 3_000)))))
    assert made.size == (LONG_SIDE, LONG_SIDE * 3 // 4)


def test_a_file_over_the_limit_is_refused_without_looking() -> None:
    with pytest.raises(errors.TooLarge):
        clean(bytes(LARGEST + 1))


def png_of(width: int, height: int, rows: int = 1) -> bytes:
    """Return a small PNG that says it is enormous."""

    def chunk(name: bytes, data: bytes) -> bytes:
        crc = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + crc

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(bytes(rows * (1 + 3 * min(width, 10_000))))
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("size", [(50_000, 50_000), (MOST_PIXELS, 2), (2**31 - 1, 2**31 - 1)])
def test_a_small_file_that_unfolds_without_end_is_refused(size: tuple[int, int]) -> None:
    data = png_of(*size)
    assert len(data) < 10_000
    with pytest.raises(errors.BadInput):
        clean(data)


@given(st.binary(max_size=2_000))
def test_any_bytes_are_a_photo_or_a_polite_no(data: bytes) -> None:
    _photo_or_no(data)


_GOOD = {form: encoded(picture(), form, exif=exif().tobytes()) for form in ("JPEG", "PNG", "WEBP")}


@given(
    st.sampled_from(sorted(_GOOD)),
    st.lists(st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), max_size=20),
    st.floats(0, 1),
    st.binary(max_size=50),
)
def test_a_damaged_photo_is_a_photo_or_a_polite_no(
    form: str, changes: list[tuple[float, int]], kept: float, tail: bytes
) -> None:
    data = bytearray(_GOOD[form])
    for where, value in changes:
        data[int(where * len(data))] = value
    _photo_or_no(bytes(data[: int(len(data) * kept)]) + tail)


def _photo_or_no(data: bytes) -> None:
    try:
        made = clean(data)
    except errors.BadInput as error:
        said, cause = str(error), error.__cause__
    else:
        assert reopened(made).mode == "RGB"
        assert SECRET not in made
        assert b"Exif" not in made
        return
    assert "foto" in said
    assert cause is None
