# SPDX-License-Identifier: EUPL-1.2
"""A picture that a phone's camera turns into an address."""

from __future__ import annotations

import io

import segno


def qr_svg(address: str) -> bytes:
    """Return a QR code as SVG, dark on white in any theme because cameras need that."""
    picture = io.BytesIO()
    code = segno.make(address, error="m", micro=False)
    code.save(picture, kind="svg", scale=6, border=4, light="#ffffff", xmldecl=True)
    return picture.getvalue()
