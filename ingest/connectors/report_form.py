# SPDX-License-Identifier: EUPL-1.2
"""The municipality's own report form: anonymous, each report with the reporter's own consent."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from core import errors
from core.label import SIGNAL_CATEGORIES, Category
from ingest.connector import Submit
from ingest.options import Options
from ingest.report_form.filed import SOURCE


class ReportForm:
    """Open for some themes; what is sent on the page is submitted by the house itself."""

    name = SOURCE
    #: A source that pushes has no cursor.
    stream = ""
    consent = "Wie het formulier verstuurt, vraagt zelf om deze ene melding te lezen."

    def __init__(self, themes: tuple[Category, ...]) -> None:
        #: What people can report, in the order of the tenant file.
        self.themes = themes

    def __repr__(self) -> str:
        return f"<ReportForm {len(self.themes)} themes>"

    async def run(
        self,
        submit: Submit,  # noqa: ARG002 - people come to us
        stop: asyncio.Event,
        *,
        cursor: str | None = None,  # noqa: ARG002
    ) -> None:
        """Wait for ``stop``: there is nothing to fetch."""
        await stop.wait()

    async def say(
        self,
        chat: str,  # noqa: ARG002
        text: str,  # noqa: ARG002
        reply_to: str | None = None,  # noqa: ARG002
        *,
        key: str | None = None,
    ) -> str:
        """Return how the reporter's page calls it; there is nobody to send anything to.

        A reporter who comes back with the follow code reads questions from the store itself.
        """
        if key is None:
            raise errors.TargetRefused("een formulier heeft geen eigen gesprek")
        return key


def connect(tenant: str, options: Mapping[str, Any]) -> ReportForm:  # noqa: ARG001
    """Return the form; ``ConfigurationError`` names a theme that does not exist."""
    Options(SOURCE, options, ("themes",))
    return ReportForm(themes_of(options))


def themes_of(options: Mapping[str, Any]) -> tuple[Category, ...]:
    """Return the categories that a tenant file opens; street harassment when it names none."""
    given = options.get("themes", [Category.STRAATINTIMIDATIE.value])
    known = [category.value for category in SIGNAL_CATEGORIES]
    if not isinstance(given, list) or not given or any(theme not in known for theme in given):
        raise errors.ConfigurationError(
            f"connector {SOURCE}: 'themes' must be a list out of: {', '.join(known)}"
        )
    return tuple(dict.fromkeys(Category(theme) for theme in given))
