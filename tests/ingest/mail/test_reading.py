# SPDX-License-Identifier: EUPL-1.2
"""One mail: who is believed, and what of it is read."""

from __future__ import annotations

import base64
import quopri
from datetime import UTC, datetime, timedelta
from typing import Any

import dkim
import pytest
from cryptography.hazmat.primitives import serialization

from core.clock import FrozenClock
from core.message import Command, Message, Origin, Role
from ingest.connectors.mail import connect
from ingest.mail.circle import Circle, Circles
from ingest.mail.dns import NoAnswer
from ingest.mail.reading import Rules, Skipped, read, refusal
from tests.samples.mail import ANNA, BEA, CAS, COVERED, GROUPS, key, letter, resolve, signed

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
RULES = Rules(
    circles=Circles(
        [
            Circle(
                name="vogelbuurt",
                senders=frozenset({"@wijk.example", BEA}),
                governors=frozenset({ANNA}),
            )
        ]
    ),
    resolve=resolve,
)


def read_of(mail: bytes, **changed: Any) -> Any:
    """Return what the mail says."""
    return read(mail, RULES, **({"received": NOW, "now": NOW} | changed))


def words_in(*given: Any, **more: Any) -> str:
    """Return the text that is read of a signed letter."""
    item = read_of(signed(letter(*given, **more)))
    assert isinstance(item, Message), item
    return item.text


# Who is believed


def test_a_signed_mail_of_somebody_on_the_list_is_a_report() -> None:
    item = read_of(signed(letter("Er ligt glas", subject="Bij nummer 12")))
    assert isinstance(item, Message)
    assert item.text == "Bij nummer 12\n\nEr ligt glas"
    assert (item.source, item.chat, item.sender) == ("mail", "vogelbuurt", ANNA)
    assert item.origin is Origin.REPORT
    assert item.sent_at.isoformat() == "2026-11-21T12:58:00+01:00"
    assert len(item.external_id) == 64


@pytest.mark.parametrize(
    "subject",
    ["Bij het café", "=?utf-8?q?Bij_het_caf=C3=A9?=", "=?iso-8859-1?b?QmlqIGhldCBjYWbp?="],
)
def test_a_subject_is_read_however_it_is_written(subject: str) -> None:
    assert words_in("glas", subject=subject) == "Bij het café\n\nglas"


def test_a_subject_that_is_not_signed_is_not_read() -> None:
    item = read_of(signed(letter("glas", subject="kanarie"), covered=("From", "Date")))
    assert item.text == "glas"


def test_a_signature_of_another_program_holds_too() -> None:
    pem = key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    mail = letter("Er   ligt\tglas  \n\n\n")
    relaxed = (b"relaxed", b"relaxed")
    top = dkim.sign(mail, b"s1", b"wijk.example", pem, canonicalize=relaxed)
    folded = (top + mail).replace(b"To: buurt@", b"To:  \r\n   buurt@")
    assert isinstance(read_of(folded), Message)


@pytest.mark.parametrize(
    "mail",
    [
        letter("zonder handtekening"),
        signed(letter("van een ander domein"), domain="elders.example"),
        signed(letter("van het hoogste domein"), domain="example"),
        signed(letter("van een domein eronder"), domain="sub.wijk.example"),
        signed(letter("met een open einde"), tags=" l=5;"),
        signed(letter("met SHA-1"), algorithm="rsa-sha1"),
        signed(letter("zonder afzender"), covered=("Subject", "Date")),
        signed(letter("verlopen"), tags=" t=1000; x=2000;"),
        signed(letter("nu anders")).replace(b"nu anders", b"nu nog anders"),
        signed(letter("andere kop", subject="een")).replace(b"Subject: een", b"Subject: twee"),
        signed(letter("kapot")).replace(b"bh=", b"bh=!"),
        signed(letter("kapot")).replace(b"v=1;", b""),
        signed(letter("domein met een staart", sender="x@nietwijk.example"), domain="wijk.example"),
    ],
)
def test_what_is_not_vouched_for_is_not_read(mail: bytes) -> None:
    assert read_of(mail) in {Skipped.NOT_AUTHENTIC, Skipped.NOT_LISTED}


def test_the_right_one_of_several_signatures_counts() -> None:
    mail = signed(signed(letter("glas")), domain="elders.example")
    assert isinstance(read_of(mail), Message)


def test_a_domain_signs_for_the_domains_below_it() -> None:
    below = Rules(
        circles=Circles(
            [Circle(name="x", senders=frozenset({"a@sub.wijk.example"}), governors=frozenset())]
        ),
        resolve=resolve,
    )
    mail = signed(letter(sender="a@sub.wijk.example"), domain="wijk.example")
    assert isinstance(read(mail, below, received=NOW, now=NOW), Message)


def test_nobody_makes_us_ask_the_dns_for_a_name_of_theirs() -> None:
    asked: list[str] = []

    def listening(name: str) -> bytes | None:
        asked.append(name)
        return None

    rules = Rules(circles=RULES.circles, resolve=listening)
    for mail in (
        signed(letter(), domain="evil.example"),
        signed(letter(sender="x@elders.example")),
        letter(),
    ):
        read(mail, rules, received=NOW, now=NOW)
    assert not asked


def test_a_dns_that_is_away_is_no_verdict() -> None:
    def away(_name: str) -> bytes | None:
        raise NoAnswer("away")

    with pytest.raises(NoAnswer):
        read(signed(letter()), Rules(circles=RULES.circles, resolve=away), received=NOW, now=NOW)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"Auto_Submitted": "auto-replied"}, Skipped.AUTOMATIC),
        ({"Auto_Submitted": "auto-generated (x)"}, Skipped.AUTOMATIC),
        ({"Return_Path": "<>"}, Skipped.AUTOMATIC),
        ({"Precedence": "bulk"}, Skipped.AUTOMATIC),
        ({"X_Autoreply": "yes"}, Skipped.AUTOMATIC),
        ({"kind": "multipart/report; boundary=x"}, Skipped.AUTOMATIC),
        ({"sender": "mailer-daemon@wijk.example"}, Skipped.AUTOMATIC),
        ({"sender": "iemand@elders.example"}, Skipped.NOT_LISTED),
        ({"sender": "anna@wijk.example.elders.example"}, Skipped.NOT_LISTED),
        ({"From": ""}, Skipped.MALFORMED),
        ({"From": f"{ANNA}, {CAS}"}, Skipped.MALFORMED),
        ({"From": f"x\r\nFrom: {ANNA}"}, Skipped.MALFORMED),
        ({"Auto_Submitted": "no"}, None),
        ({"Return_Path": f"<{ANNA}>"}, None),
    ],
)
def test_the_headers_alone_say_what_is_not_fetched(more: dict[str, str], why: Any) -> None:
    mail = letter("kanarie", **more)
    assert refusal(mail.partition(b"\r\n\r\n")[0] + b"\r\n\r\n", RULES) is why


def test_a_name_that_looks_like_an_address_is_no_sender() -> None:
    mail = letter(From=f'"{ANNA}" <x@elders.example>')
    assert refusal(mail, RULES) is Skipped.NOT_LISTED


def test_a_mail_that_is_too_large_is_not_looked_at() -> None:
    assert read_of(signed(letter("x" * (10 * 1024 * 1024)))) is Skipped.TOO_LARGE


# Which mail it is


def test_the_message_id_tells_mails_apart_and_hides_names() -> None:
    first, again = (read_of(signed(letter(text, id="m1"))) for text in ("een", "twee"))
    other = read_of(signed(letter("een", id="m2")))
    assert first.external_id == again.external_id != other.external_id
    answer = read_of(signed(letter("drie", id="m3", In_Reply_To="<m1@laptop-van-anna>")))
    assert answer.reply_to == first.external_id


def test_without_a_signed_message_id_the_signature_tells_mails_apart() -> None:
    covered = tuple(name for name in COVERED if name != "Message-ID")
    mail = signed(letter("een", id="m1"), covered=covered)
    changed = mail.replace(b"<m1@", b"<m9@")
    other = signed(letter("twee", id="m1"), covered=covered)
    ids = [read_of(each).external_id for each in (mail, changed, other)]
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.parametrize(
    ("date", "covered", "at"),
    [
        ("Sat, 21 Nov 2026 12:58:00 +0100", COVERED, "2026-11-21T11:58:00+00:00"),
        ("Sat, 21 Nov 2026 11:58:00 -0000", COVERED, "2026-11-21T11:58:00+00:00"),
        ("Sun, 22 Nov 2026 11:58:00 +0000", COVERED, "2026-11-21T12:00:00+00:00"),
        ("gisteren", COVERED, "2026-11-21T12:00:00+00:00"),
        ("", COVERED, "2026-11-21T12:00:00+00:00"),
        ("Fri, 20 Nov 2026 12:58:00 +0100", ("From",), "2026-11-21T12:00:00+00:00"),
        ("Sun, 25 Oct 2026 02:30:00 +0200", COVERED, "2026-10-25T00:30:00+00:00"),
        ("Sun, 25 Oct 2026 02:30:00 +0100", COVERED, "2026-10-25T01:30:00+00:00"),
    ],
)
def test_the_moment_is_the_signed_one_and_never_after_it_came_in(
    date: str, covered: tuple[str, ...], at: str
) -> None:
    item = read_of(signed(letter("glas", date=date), covered=covered))
    assert item.sent_at == datetime.fromisoformat(at)
    assert item.sent_at.tzinfo is not None


# What is read of it


_HTML = """<html><head><style>p {color: red}</style><title>kanarie</title></head><body>
<p>Er ligt&nbsp;glas<br>bij <b>caf&eacute;</b> 't Hoekje</p><div style="display:none">kanarie</div>
<script>kanarie()</script><blockquote><p>kanarie van eerder</p></blockquote>
<div class="gmail_signature">kanarie 06-12345678</div></body></html>"""
_READ_HTML = "Er ligt glas\nbij café 't Hoekje"


def _parts(*parts: tuple[str, str], kind: str = "alternative") -> tuple[str, str, str]:
    """Return content type, encoding and body of a mail in parts."""
    body = "".join(f"--grens\r\nContent-Type: {k}\r\n\r\n{text}\r\n" for k, text in parts)
    return f"multipart/{kind}; boundary=grens", "8bit", f"{body}--grens--\r\n"


@pytest.mark.parametrize(
    ("kind", "encoding", "body", "words"),
    [
        ("text/plain; charset=utf-8", "8bit", "café 🔥".encode(), "café 🔥"),
        ("text/plain; charset=utf-8", "base64", base64.encodebytes("café 🔥".encode()), "café 🔥"),
        (
            "text/plain; charset=iso-8859-1",
            "quoted-printable",
            quopri.encodestring("café €5".encode("cp1252")),
            "café €5",
        ),
        ("text/plain; charset=ISO-8859-15", "8bit", "café €5".encode("iso8859-15"), "café €5"),
        ("text/plain; charset=x-bestaat-niet", "8bit", "café".encode(), "café"),
        ("text/plain; charset=us-ascii", "8bit", "café".encode("cp1252"), "café"),
        ("text/plain; charset=utf-7", "7bit", b"+AGc-las", "+AGc-las"),
        ("text/plain; charset=zip", "7bit", b"glas", "glas"),
        ("text/plain", "8bit", "café".encode(), "café"),
        ("", "", b"glas", "glas"),
        ("text/html; charset=utf-8", "8bit", _HTML.encode(), _READ_HTML),
        (
            "text/plain; charset=utf-8; format=flowed",
            "8bit",
            b"Er ligt glas \nop de stoep.\n Van gisteren.\n>kanarie \n>kanarie\n-- \nAnna",
            "Er ligt glas op de stoep.\nVan gisteren.",
        ),
        (
            "text/plain; format=flowed; delsp=yes",
            "7bit",
            b"Er ligt gl \nas",
            "Er ligt glas",
        ),
        (*_parts(("text/plain", "glas"), ("text/html", "<p>kanarie</p>")), "glas"),
        (*_parts(("text/plain", " "), ("text/html", "<p>glas</p>")), "glas"),
        (
            *_parts(
                ("text/plain", "glas"),
                ('text/plain; name="a.txt"', "kanarie"),
                ("message/rfc822", "Subject: kanarie\r\n\r\nkanarie"),
                kind="mixed",
            ),
            "glas",
        ),
    ],
)
def test_the_text_is_found_whatever_it_was_packed_in(
    kind: str, encoding: str, body: Any, words: str
) -> None:
    assert words_in(body, kind=kind, encoding=encoding) == words


_QUOTED = """Het is er nog.

Op za 21 nov. 2026 om 12:04 schreef Bea Jansen <
bea.jansen@mail.example>:

> kanarie
"""
_OUTLOOK = """Het is er nog.

________________________________
Van: Bea Jansen <bea.jansen@mail.example>
Verzonden: zaterdag 21 november 2026 12:04
Aan: Anna de Vries
Onderwerp: glas

kanarie
"""
_FORWARD = """Zie hieronder.

Met vriendelijke groet,
Anna de Vries, 06-12345678

---------- Forwarded message ---------
Van: Kanarie de Vogel <kanarie@mail.example>
Date: za 21 nov. 2026 om 12:04
Subject: kanarie
To: <anna@wijk.example>


Er staat iemand bij de achterdeur.
"""
_APPLE = """Begin doorgestuurd bericht:

> Van: Kanarie <kanarie@mail.example>
> Onderwerp: kanarie
> Datum: 21 november 2026
> Aan: anna@wijk.example
>
> Er staat iemand bij de achterdeur.
"""


@pytest.mark.parametrize(
    ("text", "subject", "words"),
    [
        (_QUOTED, "Re: glas", "Het is er nog."),
        (_OUTLOOK, "Antw: glas", "Het is er nog."),
        ("Glas\n-----Oorspronkelijk bericht-----\nkanarie", "RE: glas", "Glas"),
        ("Glas\n\nOn 21 Nov 2026, at 12:04, Bea wrote:\n> kanarie", "Re: x", "Glas"),
        ("Glas\n\nBea Jansen schreef op 21-11-2026 12:04:\nkanarie", "Re: x", "Glas"),
        ("Glas\n-- \nkanarie\n06-12345678", "", "Glas"),
        ("Glas\n\nMet vriendelijke groet,\n\nkanarie", "", "Glas"),
        ("Glas\n\nGroetjes Anna\nkanarie", "", "Glas"),
        ("Glas\n\nVerstuurd vanaf mijn iPhone\nkanarie", "", "Glas"),
        ("Glas\n\nOutlook voor Android downloaden", "", "Glas"),
        (_FORWARD, "Fwd: kanarie", "Zie hieronder.\n\nEr staat iemand bij de achterdeur."),
        (_APPLE, "Fwd: kanarie", "Er staat iemand bij de achterdeur."),
        (_OUTLOOK.replace("kanarie", "Glas!"), "FW: glas", "Het is er nog."),
        # Sentences that only look like it.
        ("Op de muur schreef iemand:\nweg hier", "", "Op de muur schreef iemand:\nweg hier"),
        ("Van: de hoek\nklinkt glas", "", "Van: de hoek\nklinkt glas"),
        ("Een groet van de buurman", "", "Een groet van de buurman"),
    ],
)
def test_only_the_writers_own_words_and_what_they_forward_are_read(
    text: str, subject: str, words: str
) -> None:
    # A subject that begins with a forward mark is the forwarded one; it is read as a title.
    found = words_in(text, subject=subject)
    title = subject.partition(": ")[2] if subject.lower().startswith("fw") else ""
    assert found.removeprefix(title).strip().startswith(words)
    assert "bea.jansen" not in found
    assert "kanarie@" not in found
    assert "06-12345678" not in found
    if not title:
        assert found == words
        assert "kanarie" not in found


@pytest.mark.parametrize("text", ["", "  \n", "> kanarie\n", "-- \nkanarie"])
def test_a_mail_without_own_words_is_nothing(text: str) -> None:
    assert read_of(signed(letter(text))) is Skipped.NO_TEXT


@pytest.mark.parametrize(
    "mail",
    [
        b"",
        b"\x00" * 100,
        b"From: " + b"<" * 5000,
        letter(kind="multipart/mixed; boundary=x"),
        letter(kind="multipart/mixed"),
        letter(kind="text/plain; charset*=utf-8''%ff"),
        letter(subject="=?utf-8?b?!!!?="),
        letter(subject="=?niets?q?x?="),
        letter(
            "".join(
                f"--{n}\nContent-Type: multipart/mixed; boundary={n + 1}\n\n" for n in range(2000)
            ),
            kind="multipart/mixed; boundary=0",
        ),
        letter("<div>" * 20_000, kind="text/html"),
        letter("<" * 20_000, kind="text/html"),
        letter("=" * 20_000, encoding="quoted-printable"),
        letter("é", encoding="base64"),
    ],
)
def test_an_odd_mail_is_no_error(mail: bytes) -> None:
    for each in (mail, signed(mail) if b"From: Anna" in mail else mail):
        assert isinstance(read_of(each), Skipped | Message)
        assert isinstance(refusal(each, RULES), Skipped | None)


@pytest.mark.parametrize(
    ("kind", "piece"),
    [
        *(("text/html", piece) for piece in ("<", "<!--", "<a", "</", "<a b", "&#", "<div>x")),
        ("text/plain; format=flowed", "x \n"),
        ("text/plain", "Van: x\n"),
        ("text/plain", "schreef op 2026 "),
    ],
)
def test_a_mail_that_is_meant_to_keep_us_busy_is_done_soon(kind: str, piece: str) -> None:
    # Quadratic work on this takes longer than a test may last.
    mail = letter("Glas" + piece * 500_000, kind=kind)
    assert isinstance(read_of(signed(mail)), Skipped | Message)


# Commands


@pytest.mark.parametrize(
    ("sender", "text", "subject", "name", "role"),
    [
        (ANNA, "JA", "", "toestemming", Role.ADMIN),
        (ANNA, "Ja!\n\nMet vriendelijke groet,\nAnna", "Re: meedoen", "toestemming", Role.ADMIN),
        (ANNA, "", "STOP", "stop", Role.ADMIN),
        (ANNA, "/toestemming 30 dagen", "", "toestemming", Role.ADMIN),
        (CAS, "ja", "", "weermee", Role.MEMBER),
        (CAS, "Stop.", "", "stop", Role.MEMBER),
        (BEA, "/vergeetmij", "", "vergeetmij", Role.MEMBER),
    ],
)
def test_a_word_is_a_command_of_who_sent_it(
    sender: str, text: str, subject: str, name: str, role: Role
) -> None:
    item = read_of(signed(letter(text, sender=sender, subject=subject)))
    assert isinstance(item, Command)
    assert (item.name, item.role, item.sender) == (name, role, sender)


def test_a_yes_that_was_under_way_too_long_counts_no_more() -> None:
    later = NOW + timedelta(hours=49)
    yes, no = signed(letter("ja")), signed(letter("stop"))
    assert read_of(yes, received=later, now=later) is Skipped.LATE_YES
    assert isinstance(read_of(no, received=later, now=later), Command)


def test_options_make_the_same_circles(clock: FrozenClock) -> None:
    made = connect("delft", {"groups": GROUPS, "receiver": {"recipients": ["a@b.nl"]}}, clock=clock)
    assert "wijk" not in repr(made)
    assert made.stream == ""
