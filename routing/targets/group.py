# SPDX-License-Identifier: EUPL-1.2
"""A chat: answers and questions for the groups themselves, or reports for a team's own chat."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field

from core import errors
from core.label import Urgency
from core.tenant import TargetConfig
from routing.formats.letter import HURRY, whereabouts
from routing.formats.plain import one_line, plain
from routing.options import Options
from routing.registry import GROUP, Tools
from routing.report import Report
from routing.target import Receipt, Saying, Speak

#: How many sayings are remembered, so that a repeat is not said twice.
_MEMORY = 10_000


@dataclass(frozen=True, kw_only=True, slots=True)
class GroupTarget:
    """Speaks through whatever connector carries the chat.

    Chats know no idempotency keys, so what was said is remembered in this process. After a
    crash between saying and storing, a chat may hear the same words twice.
    """

    name: str
    full_text: bool
    speak: Speak = field(repr=False)
    #: The team's own chat, for reports; empty for the groups themselves.
    source: str = ""
    chat: str = ""
    _said: OrderedDict[str, str] = field(default_factory=OrderedDict, repr=False)

    async def say(self, saying: Saying, idempotency_key: str) -> Receipt:
        """Say it, unless it was said already; the reference is the message's id."""
        if (known := self._said.get(idempotency_key)) is not None:
            return Receipt(reference=known, repeated=True)
        try:
            message = await self.speak(
                saying.source, saying.chat, saying.text, saying.reply_to, idempotency_key
            )
        except errors.DeliveryError:
            raise
        except Exception as error:  # noqa: BLE001 - a chat library's message may hold the text
            failure = errors.TargetUnavailable(f"de groep is niet bereikbaar ({_kind(error)})")
        else:
            self._remember(idempotency_key, message)
            return Receipt(reference=message)
        raise failure

    async def deliver(self, report: Report, idempotency_key: str) -> Receipt:
        """Post the report in the team's chat."""
        return await self._post(_notice(report), idempotency_key)

    async def retract(self, report: Report, idempotency_key: str) -> Receipt:
        """Say in the team's chat that it was a mistake."""
        return await self._post(
            f"Ingetrokken: {report.kind}. U hoeft niets meer te doen. Kenmerk {report.id}",
            idempotency_key,
        )

    async def _post(self, text: str, key: str) -> Receipt:
        if not self.chat:
            raise errors.TargetRefused("deze ontvanger heeft geen eigen groep voor meldingen")
        return await self.say(Saying(source=self.source, chat=self.chat, text=text), key)

    def _remember(self, key: str, message: str) -> None:
        self._said[key] = message
        if len(self._said) > _MEMORY:
            self._said.popitem(last=False)


def _notice(report: Report) -> str:
    hurry = "SPOED. " if report.urgency is Urgency.SPOED else ""
    return (
        f"{hurry}Melding: {report.kind}\n"
        f"{HURRY[report.urgency]}\n"
        f"Waar: {whereabouts(report.places)}\n"
        f"“{plain(report.words)}”\n"
        f"Bron: {one_line(report.group) or 'niet bekend'}. Kenmerk {report.id}"
    )


def _kind(error: Exception) -> str:
    return type(error).__name__


async def _mute(*_saying: str | None) -> str:
    raise errors.TargetUnavailable("hier draait geen aansluiting die kan praten")


def build(config: TargetConfig, options: Options, tools: Tools) -> GroupTarget:
    """Return the receiver; what is wrong with its options is noted in ``options``."""
    # The receiver of that name speaks in any group and has no chat of its own.
    own = config.name == GROUP
    return GroupTarget(
        name=config.name,
        full_text=config.full_text,
        speak=tools.speak or _mute,
        source="" if own else options.text("source"),
        chat="" if own else options.text("chat"),
    )
