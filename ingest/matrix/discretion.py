# SPDX-License-Identifier: EUPL-1.2
"""Keeps names and words out of the logs of the libraries below us.

matrix-nio warns about devices with the full name of their owner, and quotes an answer that does
not fit its schema. Nothing of that is of use to who runs us; what fails, we say ourselves.
"""

from __future__ import annotations

import logging

_LIBRARIES = ("nio", "peewee")


class Silent(logging.Filter):
    """Lets nothing through."""

    def filter(self, record: logging.LogRecord) -> bool:  # noqa: ARG002 - whatever it says
        """Say no."""
        return False


def be_discreet() -> None:
    """Put the filter on all loggers of the libraries; once is enough, twice does no harm."""
    for name in [*_LIBRARIES, *logging.root.manager.loggerDict]:
        if name.split(".", 1)[0] in _LIBRARIES:
            _cover(logging.getLogger(name))


def _cover(logger: logging.Logger) -> None:
    if not any(isinstance(each, Silent) for each in logger.filters):
        logger.addFilter(Silent())
