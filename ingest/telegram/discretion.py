# SPDX-License-Identifier: EUPL-1.2
"""Keeps the bot's token and people's words out of the logs of the libraries below us.

httpx logs every address at INFO, and Telegram's addresses hold the token. python-telegram-bot
logs whole answers at DEBUG, and those hold what people wrote.
"""

from __future__ import annotations

import logging
import re

_TOKEN = re.compile(r"\d{3,}:[A-Za-z0-9_-]{20,}")
_LIBRARIES = ("telegram", "httpx", "httpcore")


class Discreet(logging.Filter):
    """Drops what is only of use to the library's makers, and takes tokens out of the rest."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Say whether the record may go on, without tokens, arguments and traceback."""
        if record.levelno < logging.INFO:
            return False
        record.msg = redact(record.getMessage())
        record.args = None
        # A traceback ends with the error's own words, which can quote an answer or an address.
        record.exc_info = record.exc_text = None
        return True


def redact(text: str) -> str:
    """Return ``text`` with every bot token made unreadable."""
    return _TOKEN.sub("<token>", text)


def be_discreet() -> None:
    """Put the filter on all loggers of the libraries; once is enough, twice does no harm."""
    for name in list(logging.root.manager.loggerDict):
        if name.split(".", 1)[0] in _LIBRARIES:
            _cover(logging.getLogger(name))
    for name in _LIBRARIES:
        _cover(logging.getLogger(name))


def _cover(logger: logging.Logger) -> None:
    if not any(isinstance(each, Discreet) for each in logger.filters):
        logger.addFilter(Discreet())
