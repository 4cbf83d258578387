# SPDX-License-Identifier: EUPL-1.2
"""A photo as we keep it: pixels that we encoded ourselves, and nothing else of the file.

Place, time, device and owner (EXIF, XMP, IPTC, comments), colour profiles, further frames and
whatever was glued behind the picture are gone, because only pixels are carried over.
"""

from __future__ import annotations

import io
import threading
import warnings

from PIL import Image, ImageOps

from core import errors

#: Largest file that is looked at, in bytes.
LARGEST = 10_000_000
#: Most pixels that are decoded; a small file can say that it is enormous.
MOST_PIXELS = 40_000_000
#: Longest side of what is kept; enough to see what happened.
LONG_SIDE = 2_048
#: What phones and browsers send, by Pillow's names. Nothing that can hold a script.
FORMATS = ("JPEG", "PNG", "WEBP")

_QUALITY = 82
#: One at a time: a decoded photo takes up to 160 MB for a moment.
_turn = threading.Lock()


def clean(data: bytes) -> bytes:
    """Return the photo as a JPEG of our own making.

    Raises ``TooLarge`` or ``BadInput`` in Dutch for whoever sent it, without a word of the file.
    """
    if len(data) > LARGEST:
        raise errors.TooLarge(f"Een foto mag hoogstens {LARGEST // 1_000_000} MB groot zijn.")
    with _turn:
        try:
            return _encoded(data)
        except errors.BadInput:
            raise
        except Exception:  # noqa: BLE001 - Pillow raises anything; its words may quote the file
            unreadable = errors.BadInput("Deze foto konden wij niet lezen. Kies een JPG of PNG.")
    raise unreadable


def _encoded(data: bytes) -> bytes:
    with warnings.catch_warnings():
        # A broken EXIF block is no reason to refuse a photo: it is thrown away all the same.
        warnings.simplefilter("ignore")
        with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
            _fits(opened)
            # A JPEG can be decoded at a fraction of its size, which saves most of the memory.
            opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            picture = _upright(opened)
    picture.thumbnail((LONG_SIDE, LONG_SIDE))
    bare = Image.new("RGB", picture.size, "white")
    visible = picture.convert("RGBA")
    bare.paste(visible, mask=visible.getchannel("A"))
    out = io.BytesIO()
    bare.save(out, "JPEG", quality=_QUALITY, optimize=True)
    return out.getvalue()


def _fits(opened: Image.Image) -> None:
    width, height = opened.size
    if width * height > MOST_PIXELS:
        raise errors.TooLarge(f"Een foto mag {MOST_PIXELS // 1_000_000} miljoen punten hebben.")


def _upright(opened: Image.Image) -> Image.Image:
    """Turn the photo as the device says; that is all we want to know of what it says."""
    opened.load()
    try:
        return ImageOps.exif_transpose(opened)
    except Exception:  # noqa: BLE001 - lying on its side is better than no photo
        return opened
