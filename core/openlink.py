# SPDX-License-Identifier: EUPL-1.2
"""Addresses that a whole group shares: who has one may answer, and nobody learns who did."""

from __future__ import annotations

import base64
import hmac

#: Bytes of a token; nobody guesses one.
_LENGTH = 16


def open_token(key: bytes, *names: str) -> str:
    """Return the token (22 characters) for these names, the same each time.

    The store keeps only ``core.admin.link_hash`` of it.
    """
    digest = hmac.digest(key, "|".join(("open link", *names)).encode(), "sha256")
    return base64.urlsafe_b64encode(digest[:_LENGTH]).decode().rstrip("=")


def stop_mark(key: bytes, admin_id: str) -> str:
    """Return what proves that somebody got a mail that was meant for this admin."""
    return open_token(key, "no reminders", admin_id)
