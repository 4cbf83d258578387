# SPDX-License-Identifier: EUPL-1.2
"""The menu of commands that Telegram shows beside the text field."""

from __future__ import annotations

import logging
from collections.abc import Mapping

from telegram import Bot, BotCommand, BotCommandScopeAllGroupChats

log = logging.getLogger(__name__)

#: What every member sees, most asked first; 256 characters at most, says Telegram.
MENU: Mapping[str, str] = {
    "uitleg": "Wie leest mee, waarom, en wat u kunt doen",
    "status": "Leest Buurtsignaal nu mee?",
    "ja": "Ik doe mee",
    "nee": "Lees mijn berichten niet",
    "inzage": "Welke meldingen zijn er van mij bewaard?",
    "vergeetmij": "Lees mijn berichten niet en wis mijn meldingen",
    "nietdoorsturen": "Als antwoord op een bericht: wis dit bericht",
    "stop": "Stop. Van een beheerder: stop voor de hele groep",
    "toestemming": "Alleen voor beheerders: lees mee",
}


async def show(bot: Bot) -> None:
    """Give groups the menu; without it everything works, so a refusal is only logged."""
    commands = [BotCommand(name, what) for name, what in MENU.items()]
    try:
        await bot.set_my_commands(commands, scope=BotCommandScopeAllGroupChats())
    except Exception as error:  # noqa: BLE001 - no menu must keep a group unread
        log.info("telegram: the menu of commands was not set (%s)", type(error).__name__)
