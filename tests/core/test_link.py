# SPDX-License-Identifier: EUPL-1.2
"""Signals of one event find each other; signals of two events stay apart."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core import lineage, link, place, reach
from core.incident import Incident, IncidentState
from core.label import SIGNAL_CATEGORIES, Category
from core.link import Clues
from core.message import Admitted, Change, Origin
from core.place import Fit
from core.verdict import Personal, PersonalKind, Place, Verdict

#: The machine may be busy; how long an example takes says nothing here.
unhurried = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

SALT = b"test salt"
T0 = datetime(2026, 11, 21, 20, 0, tzinfo=UTC)

INBRAAK = Category.INBRAAK
VERDACHT = Category.VERDACHTE_SITUATIE
AUTO = Category.VOERTUIGCRIMINALITEIT
OVERLAST = Category.OVERLAST


def clue(
    text: str,
    category: Category = INBRAAK,
    *places: str,
    minutes: float = 0,
    group: str = "chat-a",
    answers: str | None = None,
    heading: bool = False,
    points: tuple[place.Point, ...] = (),
) -> Clues:
    return Clues(
        tenant="demo",
        group=group,
        category=category,
        sent_at=T0 + timedelta(minutes=minutes),
        places=frozenset(places),
        points=points,
        words=link.words(text, SALT),
        answers=answers,
        heading=heading,
    )


def follow(clues: Iterable[Clues]) -> list[str]:
    """Return for each signal the incident it ends in, as the pipeline would do it."""
    incidents: dict[str, Incident] = {}
    path = []
    for number, one in enumerate(clues):
        joined = link.join(one, incidents.values(), one.sent_at)
        if joined is None:
            joined = f"i{number}"
            incidents[joined] = lineage.opened(one, joined)
        else:
            incidents[joined] = lineage.grown(incidents[joined], one)
        path.append(joined)
    return path


@dataclass(frozen=True)
class Story:
    name: str
    clues: tuple[Clues, ...]
    #: Incident of each signal, in order.
    ends: tuple[str, ...]


STORIES = [
    Story(
        "two interleaved incidents in one chat stay apart",
        (
            clue("achterdeur opengebroken", INBRAAK, "street:kerkstraat 12"),
            clue("busje rijdt rondjes", VERDACHT, "street:molenweg", minutes=2),
            clue("ruit ligt eruit bij de buren", INBRAAK, "street:kerkstraat", minutes=3),
            clue("busje staat nu stil", VERDACHT, "street:molenweg 3", minutes=4),
            clue("alle kasten overhoop", INBRAAK, minutes=5),
            clue("het busje heeft geblindeerde ramen", VERDACHT, minutes=6),
        ),
        ("i0", "i1", "i0", "i1", "i0", "i1"),
    ),
    Story(
        "the same burglary told in two groups joins by its street",
        (
            clue("deur geforceerd", INBRAAK, "street:kerkstraat 12"),
            clue("politie bij nummer 12, ingebroken", INBRAAK, "street:kerkstraat", minutes=90,
                 group="chat-b"),
        ),
        ("i0", "i0"),
    ),
    Story(
        "the same category in another neighbourhood opens its own",
        (
            clue("ingebroken bij ons", INBRAAK, "neighbourhood:zeewijk"),
            clue("ingebroken bij ons", INBRAAK, "neighbourhood:molenbuurt", minutes=1,
                 group="chat-b"),
        ),
        ("i0", "i1"),
    ),
    Story(
        "a follow-up without a place joins by chat and time",
        (
            clue("man voelt aan autodeuren", VERDACHT, "street:molenweg"),
            clue("zwarte jas, capuchon op", VERDACHT, minutes=4),
        ),
        ("i0", "i0"),
    ),
    Story(
        "the same words without a place in another chat do not join by time alone",
        (
            clue("man voelt aan autodeuren", VERDACHT, "street:molenweg"),
            clue("zwarte jas, capuchon op", VERDACHT, minutes=4, group="chat-b"),
        ),
        ("i0", "i1"),
    ),
    Story(
        "a message that is copied to another chat joins by its words",
        (
            clue("let op witte bestelbus rijdt langzaam langs voordeuren en filmt", VERDACHT),
            clue("let op! witte bestelbus rijdt langzaam langs voordeuren en filmt", VERDACHT,
                 minutes=20, group="chat-b"),
        ),
        ("i0", "i0"),
    ),
    Story(
        "a burglar who flees joins the place that he fled from",
        (
            clue("inbreker in de schuur", INBRAAK, "street:kerkstraat 8"),
            clue("hij rent richting het plein", VERDACHT, "landmark:lidl", minutes=1, heading=True),
            clue("loopt nu naar de molenweg", INBRAAK, "street:molenweg", minutes=3, heading=True),
        ),
        ("i0", "i0", "i0"),
    ),
    Story(
        "a long silence in the chat ends the conversation",
        (
            clue("man gluurt naar binnen", VERDACHT),
            clue("vrouw belt overal aan", VERDACHT, minutes=70),
        ),
        ("i0", "i1"),
    ),
    Story(
        "words bring a late follow-up back to its incident",
        (
            clue("scooter zonder kenteken scheurt over het speelveld", OVERLAST),
            clue("die scooter scheurt alweer over het speelveld", OVERLAST, minutes=100),
        ),
        ("i0", "i0"),
    ),
    Story(
        "yesterday's burglary in the same street is another one",
        (
            clue("ingebroken", INBRAAK, "street:kerkstraat"),
            clue("ingebroken", INBRAAK, "street:kerkstraat", minutes=26 * 60),
        ),
        ("i0", "i1"),
    ),
    Story(
        "a broken lamp is the same lamp days later",
        (
            clue("lantaarn stuk", Category.OPENBARE_RUIMTE, "street:kerkstraat 5"),
            clue("nog steeds donker", Category.OPENBARE_RUIMTE, "street:kerkstraat",
                 minutes=3 * 24 * 60, group="chat-b"),
        ),
        ("i0", "i0"),
    ),
    Story(
        "an unrelated category in the same street opens its own",
        (
            clue("ingebroken", INBRAAK, "street:kerkstraat"),
            clue("grofvuil gedumpt", Category.AFVAL, "street:kerkstraat", minutes=2),
        ),
        ("i0", "i1"),
    ),
    Story(
        "a suspicious person who turns out a burglar stays one incident",
        (
            clue("iemand kijkt over schuttingen", VERDACHT, "street:kerkstraat"),
            clue("hij is via het raam naar binnen", INBRAAK, "street:kerkstraat", minutes=6),
        ),
        ("i0", "i0"),
    ),
    Story(
        "a place that comes afterwards joins the chat's incident",
        (
            clue("er wordt hier gevochten", Category.GEWELD),
            clue("het is op het plein", Category.GEWELD, "landmark:marktplein", minutes=1),
        ),
        ("i0", "i0"),
    ),
    Story(
        "a shop and a street that nobody can compare need words too",
        (
            clue("fiets weg", AUTO, "street:kerkstraat"),
            clue("scooter meegenomen", AUTO, "landmark:jumbo", minutes=3),
        ),
        ("i0", "i1"),
    ),
    Story(
        "inside one chat the school is one school, in another it is another",
        (
            clue("jongens gooien stenen", OVERLAST, "landmark:school"),
            clue("weer herrie bij de school", OVERLAST, "landmark:school", minutes=80),
            clue("weer herrie bij de school", OVERLAST, "landmark:school", minutes=81,
                 group="chat-b"),
        ),
        ("i0", "i0", "i2"),
    ),
    Story(
        "one neighbourhood is not one place, unless the words agree",
        (
            clue("knallen en vuurpijlen", OVERLAST, "neighbourhood:zeewijk"),
            clue("hond blaft al uren", OVERLAST, "neighbourhood:zeewijk", minutes=5,
                 group="chat-b"),
            clue("weer vuurpijlen en knallen", OVERLAST, "neighbourhood:zeewijk", minutes=50,
                 group="chat-c"),
        ),
        ("i0", "i1", "i0"),
    ),
    Story(
        "a related kind without a place follows at once or not at all",
        (
            clue("iemand rammelt aan poorten", VERDACHT),
            clue("hij scheldt mensen uit", OVERLAST, minutes=4),
            clue("harde muziek", OVERLAST, minutes=14),
        ),
        ("i0", "i0", "i2"),
    ),
    Story(
        "points across a corner are one spot for two sources",
        (
            clue("vechtpartij", Category.GEWELD, "street:kerkstraat", points=((52.033, 4.283),)),
            clue("klappen uitgedeeld", Category.GEWELD, "landmark:jumbo", minutes=5, group="feed",
                 points=((52.0345, 4.283),)),
        ),
        ("i0", "i0"),
    ),
]  # fmt: skip


@pytest.mark.parametrize("story", STORIES, ids=lambda story: story.name)
def test_stories_end_in_the_right_incidents(story: Story) -> None:
    assert tuple(follow(story.clues)) == story.ends


def opened(*clues: Clues) -> list[Incident]:
    return [lineage.opened(one, f"i{number}") for number, one in enumerate(clues)]


def test_an_answer_joins_the_incident_of_the_message_it_answers() -> None:
    older, newer = opened(clue("man bij auto's", VERDACHT), clue("bus", VERDACHT, minutes=9))
    reply = clue("ik zag hem ook", VERDACHT, minutes=40, answers="i0")
    assert link.join(reply, [older, newer], reply.sent_at) == "i0"


def test_an_answer_about_another_place_opens_its_own() -> None:
    incidents = opened(clue("ingebroken", INBRAAK, "street:kerkstraat"))
    reply = clue("bij ons ook!", INBRAAK, "street:molenweg", minutes=2, answers="i0")
    assert link.join(reply, incidents, reply.sent_at) is None


def test_a_sender_whose_clock_runs_ahead_is_judged_by_ours() -> None:
    incidents = opened(clue("man voelt aan deuren", VERDACHT))
    ahead = clue("zwarte jas", VERDACHT, minutes=500)
    assert link.join(ahead, incidents, T0 + timedelta(minutes=3)) == "i0"


@pytest.mark.parametrize("state", [IncidentState.CLOSED, IncidentState.MERGED])
def test_a_closed_incident_takes_no_more_signals(state: IncidentState) -> None:
    (incident,) = opened(clue("ingebroken", INBRAAK, "street:kerkstraat"))
    again = clue("ingebroken", INBRAAK, "street:kerkstraat", minutes=1)
    assert link.join(again, [replace(incident, state=state)], again.sent_at) is None


def test_municipalities_never_share_an_incident() -> None:
    (incident,) = opened(clue("ingebroken", INBRAAK, "street:kerkstraat"))
    again = clue("ingebroken", INBRAAK, "street:kerkstraat", minutes=1)
    assert link.join(again, [replace(incident, tenant="other")], again.sent_at) is None


def geen(text: str, *places: str, minutes: float, answers: str | None = None) -> Clues:
    return clue(text, Category.GEEN, *places, minutes=minutes, answers=answers)


CLOSINGS = [
    ("the only open incident", geen("loos alarm jongens", minutes=5), ("i0",), "i0"),
    ("the one that is answered", geen("is opgelost", minutes=5, answers="i0"), ("i0", "i1"), "i0"),
    ("the one in that street", geen("opgelost", "street:molenweg", minutes=9), ("i0", "i1"), "i1"),
    ("the one with that word", geen("busje was de bakker", minutes=9), ("i0", "i1"), "i1"),
    (
        "the one in that street, whatever the words",
        geen("gegil was loos alarm", "street:molenweg", minutes=55),
        ("i1", "i2"),
        "i1",
    ),
    ("none, when it can be either", geen("loos alarm", minutes=9), ("i0", "i1"), None),
    ("none, when the place differs", geen("opgelost", "street:laan", minutes=9), ("i0",), None),
    ("none of yesterday", geen("loos alarm", minutes=26 * 60), ("i0", "i1"), None),
    ("the only one that is recent", geen("loos alarm", minutes=60), ("i0", "i2"), "i2"),
]


@pytest.mark.parametrize(
    ("message", "among", "closed"),
    [row[1:] for row in CLOSINGS],
    ids=[row[0] for row in CLOSINGS],
)
def test_a_false_alarm_closes(message: Clues, among: tuple[str, ...], closed: str | None) -> None:
    incidents = opened(
        clue("achterdeur open", INBRAAK, "street:kerkstraat"),
        clue("busje rijdt rond", VERDACHT, "street:molenweg", minutes=2),
        clue("gegil in de steeg", Category.GEWELD, minutes=50),
    )
    some = [incident for incident in incidents if incident.id in among]
    assert link.closes(message, some, message.sent_at) == closed


def test_a_false_alarm_of_another_chat_closes_nothing() -> None:
    incidents = opened(clue("achterdeur open", INBRAAK, group="chat-b"))
    assert link.closes(geen("loos alarm", minutes=1), incidents, T0 + timedelta(minutes=1)) is None


def admitted(text: str) -> Admitted:
    return Admitted(
        tenant="demo",
        group="g",
        source="webhook",
        external_id="1",
        pseudonym="p",
        dedup_key="d",
        sent_at=T0,
        received_at=T0,
        text=text,
        origin=Origin.CHAT,
        change=Change.NEW,
    )


def test_clues_hold_no_word_of_a_person() -> None:
    text = "Jan de Vries brak in"
    verdict = Verdict(
        category=INBRAAK,
        probability=0.9,
        probabilities={},
        urgency=None,
        personal=(Personal(start=0, end=12, kind=PersonalKind.NAME),),
        places=(Place(start=0, end=3, kind="street", key="kerkstraat"),),
    )
    clues = link.clues_of(admitted(text), verdict, SALT)
    assert clues.words == link.words("brak", SALT)
    assert clues.places == {"street:kerkstraat"}


@pytest.mark.parametrize(
    ("text", "heading"),
    [
        ("hij loopt nu richting de Lidl", True),
        ("rent naar het station", True),
        ("fietsten weg, reed net naar de Molenweg", True),
        ("ingebroken in de Kerkstraat", False),
        ("kijk eens naar de foto", False),
    ],
)
def test_a_place_that_somebody_went_to_is_seen_as_such(text: str, heading: bool) -> None:
    verdict = Verdict(category=INBRAAK, probability=1, probabilities={}, urgency=None)
    assert link.clues_of(admitted(text), verdict, SALT).heading is heading


some_clues = st.builds(
    Clues,
    tenant=st.sampled_from(["demo", "other"]),
    group=st.sampled_from(["a", "b"]),
    category=st.sampled_from(SIGNAL_CATEGORIES),
    sent_at=st.integers(0, 3000).map(lambda minutes: T0 + timedelta(minutes=minutes)),
    places=st.frozensets(
        st.sampled_from(["street:a", "street:b 3", "landmark:c", "neighbourhood:d"]), max_size=2
    ),
    points=st.lists(
        st.tuples(st.floats(52, 52.02), st.floats(4.2, 4.22)), max_size=2
    ).map(tuple),
    words=st.frozensets(st.integers(0, 8), max_size=6),
    heading=st.booleans(),
)  # fmt: skip


@unhurried
@given(some_clues, st.lists(some_clues, max_size=6), st.randoms())
def test_the_order_of_incidents_never_matters(
    one: Clues, others: list[Clues], random: Random
) -> None:
    incidents = opened(*others)
    shuffled = list(incidents)
    random.shuffle(shuffled)
    now = T0 + timedelta(days=3)
    assert link.join(one, incidents, now) == link.join(one, shuffled, now)
    assert link.closes(one, incidents, now) == link.closes(one, shuffled, now)


@unhurried
@given(some_clues, st.lists(some_clues, max_size=6))
def test_nothing_joins_across_a_contradiction_a_tenant_or_the_window(
    one: Clues, others: list[Clues]
) -> None:
    incidents = {incident.id: incident for incident in opened(*others)}
    joined = link.join(one, incidents.values(), T0 + timedelta(days=3))
    if joined is None:
        return
    incident = incidents[joined]
    fit = place.compare(
        one.places,
        one.points,
        incident.places,
        incident.points,
        near=reach.near(incident.category),
    )
    assert fit is not Fit.CONTRADICTS or (one.heading and one.group in incident.groups)
    assert incident.tenant == one.tenant
    assert reach.related(incident.category, one.category)
    assert abs(one.sent_at - incident.last_at) <= reach.window(incident.category)


def test_the_course_of_the_chat_is_stronger_than_time_and_weaker_than_a_place() -> None:
    first = clue("de achterdeur ligt eruit", INBRAAK, "street:dorpsstraat 4")
    incident = lineage.opened(first, "i1")
    later = replace(clue("hij staat er weer", minutes=50), thread="i1")

    assert link.join(later, [incident], later.sent_at) == "i1"
    elsewhere = replace(later, places=frozenset({"street:kerkweg 120"}))
    assert link.join(elsewhere, [incident], later.sent_at) is None


def test_what_the_chat_did_not_speak_of_is_not_joined_for_being_recent() -> None:
    incident = lineage.opened(clue("vuurwerk op het plein", OVERLAST), "i1")
    soon = clue("die hond blaft weer", OVERLAST, minutes=1)

    assert link.join(soon, [incident], soon.sent_at) == "i1"
    other = replace(soon, elsewhere=frozenset({"i1"}))
    assert link.join(other, [incident], soon.sent_at) is None
