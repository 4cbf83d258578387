# SPDX-License-Identifier: EUPL-1.2
"""A busy evening in three neighbourhoods: pages with something on them to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta

from buurtsignaal.shelf import Shelf
from core import resources
from core.admin import Admin, Rank, link_hash
from core.annotation import Answer, AnswerKind, Lane, Room
from core.dossier import Dossier, Note, NoteKind
from core.identity import new_id
from core.label import Category, Queue, Urgency
from core.openlink import stop_mark
from core.signal import Act
from core.survey import Answered, Question, Survey
from core.tenant import MapConfig, MapSource
from dashboard.access import Role
from dashboard.attending import Attending
from dashboard.auth import Visitor as SignedIn
from dashboard.desk import Desk as Work
from dashboard.registry import Registry, Wish
from dashboard.surveying import Surveying
from store.counters import CounterKey
from store.erasing import erase_signals
from store.exports import Export
from store.quality import ShadowKey
from store.rooms import NewItem
from tests.dashboard.world import SLUG, World

_LAYER = resources.folder("data") / "tenants" / "demo" / "kaart.geojson"
_SPOTS = {"Meeuwenplein": (52.10667, 4.19558), "Molenlaan": (52.09641, 4.2065)}
_NOTES = {
    NoteKind.FACT: "De container op het plein was vrijdag om 22.00 uur vol.",
    NoteKind.OPINION: "Ik denk dat vaker legen meer helpt dan toezicht.",
}
_VIEWS = (
    "/lijst",
    "/lijst?stand=alle&categorie=overlast&q=muziek",
    "/lijst?q=Mohammed",
    "/plekken-en-tijden",
    "/overdracht",
    "/dossiers",
)


@dataclass(frozen=True, kw_only=True)
class Scene:
    """Addresses that have something to show, by role."""

    pages: dict[str, tuple[str, ...]]
    group: str


def evening(world: World) -> Scene:
    """Fill the municipality."""
    kersen = world.group("Buurtapp Kersenbuurt")
    plein = world.group("Ondernemers Dorpsplein en omgeving")
    quiet = world.group("WhatsApp Buurtpreventie Zuid", source="whatsapp_export")
    closed = world.group("Nieuwe groep", granted=False)
    now = world.clock.now()
    incident = world.incident()
    world.signal(
        "Er staan NU twee jongens bij de achterdeur van Parallelweg 14, "
        "ze forceren het slot met een koevoet",
        urgency=Urgency.SPOED,
        subcategory="woning",
        evidence=["achterdeur", "forceren het slot", "koevoet"],
        place="Parallelweg 14",
        point=(52.10671, 4.19558),
        group=kersen,
        incident=incident,
        received_at=now - timedelta(minutes=2),
        probability=0.97,
    )
    world.signal(
        "hoor hier ook glas breken bij de buren, 112 is gebeld",
        evidence=["glas breken"],
        place="",
        group=plein,
        incident=incident,
        urgency=Urgency.SPOED,
        received_at=now - timedelta(minutes=1),
        probability=0.88,
    )
    asked = world.signal(
        "Weet iemand van wie die witte bus is? Die rijdt al een uur rondjes "
        "en kijkt bij iedereen naar binnen. Kenteken doorgegeven aan Jan.",
        category=Category.VERDACHTE_SITUATIE,
        evidence=["rijdt al een uur rondjes", "kijkt", "naar binnen"],
        place="",
        group=plein,
        received_at=now - timedelta(minutes=14),
        probability=0.71,
    )
    world.signal(
        f"{'A' * 90}rgh wat een herrie weer",
        category=Category.OVERLAST,
        subcategory="geluid",
        evidence=["herrie"],
        place="",
        urgency=Urgency.NIET_URGENT,
        group=kersen,
        received_at=now - timedelta(hours=3),
        probability=0.44,
    )
    for n, text in enumerate(
        (
            "Weer een bankstel gedumpt naast de container op het Dorpsplein",
            "De lantaarnpaal bij nummer 8 is al weken stuk",
            "Auto staat al twee dagen op de stoep, kinderwagens kunnen er niet langs",
        )
    ):
        world.signal(
            text,
            category=(Category.AFVAL, Category.OPENBARE_RUIMTE, Category.FOUTPARKEREN)[n],
            evidence=[("gedumpt", "lantaarnpaal", "op de stoep")[n]],
            place="Dorpsplein" if n == 0 else "",
            point=(52.09736, 4.20712),
            urgency=Urgency.NIET_URGENT,
            group=plein,
            received_at=now - timedelta(hours=n + 1),
        )
    file = _views(world, asked.id)
    world.away = timedelta(hours=2)
    _work(world, asked.id)
    _counts(world, kersen.id)
    _admins(world, kersen.id)
    room = _room(world)
    surveys, links = _surveys(world, [kersen.id, plein.id, quiet.id])
    _take(world)
    models = resources.folder("models")
    world.models = Shelf.shipped()
    world.research = models / (models / "ACTIVE").read_text(encoding="utf-8").strip()
    pages = {
        "meldkamer": (
            *("/meldkamer", f"/incident/{incident}", "/afleveringen", "/wachtwoord"),
            *("/uitgesteld", "/wandbord", "/tokens"),
            *_VIEWS,
            file,
        ),
        "handhaving": ("/handhaving", "/lijst?categorie=afval", "/dossiers"),
        "groepsbeheer": ("/groepen", *(f"/groep/{g.id}" for g in (kersen, quiet, closed))),
        "onderzoek": (
            *("/onderzoek", "/onderzoek/model", "/onderzoek/vergelijk", "/onderzoek/kamers"),
            *(f"/onderzoek/kamer/{room}{page}" for page in ("", "/label", "/oordeel")),
            f"/onderzoek/kamer/{room}/voorbeelden?juist=inbraak&model=inbraak",
            "/plekken-en-tijden",
            "/onderzoek/vragenlijsten",
            *(f"/onderzoek/vragenlijst/{survey}" for survey in surveys),
        ),
        "toezicht": ("/toezicht", "/toezicht?controle=true", "/scores"),
        "wandbord": ("/wandbord",),
        "beheer": (
            *("/beheer", "/beheer/groepen", "/afleveringen", "/bestanden", "/tokens"),
            *("/onderzoek/kamers", "/onderzoek/vergelijk"),
        ),
        "": (
            "/inloggen",
            "/licenties",
            "/volgopdrachten",
            "/meedoen",
            f"/meedoen/{SLUG}",
            f"/meedoen/{SLUG}/aanmelden",
            "/beheerder/oud",
            *links,
            "/toegankelijkheid",
            "/api/v1",
            "/bestaat-niet",
        ),
    }
    return Scene(pages=pages, group=",".join(g.id for g in (kersen, quiet, closed)))


def _views(world: World, signal: str) -> str:
    """Give the town a map, places that come back, and a dossier; return its address."""
    world.tenant = replace(world.tenant, map=MapConfig(source=MapSource.FILE, layer=_LAYER))
    now = world.clock.now()
    incident = world.incident(Category.OVERLAST)
    for n, (name, point) in enumerate(_SPOTS.items()):
        for back in range(4 + 5 * n):
            world.signal(
                f"Weer harde muziek en gegil op {name}, dit is al de zoveelste keer",
                category=Category.OVERLAST,
                evidence=["harde muziek", "gegil"],
                place=name,
                point=point,
                urgency=(Urgency.ACTUEEL, Urgency.NIET_URGENT)[back % 2],
                queues=[Queue.MELDKAMER],
                incident=incident,
                received_at=now - timedelta(days=back % 3, hours=back % 5, minutes=n),
            )
    dossier = Dossier(
        id=new_id(now),
        tenant=SLUG,
        title="Dorpsplein en omgeving, geluid in het weekend",
        purpose="Zien of toezicht op vrijdagavond de overlast vermindert.",
        area="kersenbuurt",
        opened_by="collega",
        opened_at=now,
        ends_at=now + timedelta(days=30),
    )
    with world.store.write() as work:
        work.dossiers.add(dossier)
        work.dossiers.gather(SLUG, dossier.id, signal, "collega", now)
        for kind, text in _NOTES.items():
            note = Note(
                id=new_id(now), dossier=dossier.id, kind=kind, text=text, author="collega", at=now
            )
            work.dossiers.note(SLUG, note)
    return f"/dossier/{dossier.id}"


def _work(world: World, asked: str) -> None:
    """Let a colleague decide, ask, and fail to deliver."""
    account = world.account("meldkamer", "Collega")
    who = SignedIn(account=account, role=Role.MELDKAMER, tenant=world.tenant, csrf="", session="")
    desk = Work(world.services)
    attending = Attending(world.services)
    attending.acknowledge(who, asked)
    put_off = world.signal("Er wordt al de hele week geklopt", category=Category.OVERLAST, place="")
    attending.snooze(who, put_off.id, 60)
    desk.ask(who, asked, "reporter", "Staat de bus er nog? En welke kant op rijdt hij?")
    for act in [Act.CONFIRM] * 6 + [Act.REJECT] * 2:
        signal = world.signal("Fiets gestolen", category=Category.VOERTUIGCRIMINALITEIT)
        desk.decide(who, signal.id, act, seen_version=signal.version)
    later = world.clock.now() + timedelta(minutes=1)
    with world.store.write() as work:
        for row in work.outbox.claim(later, timedelta(minutes=1), 3):
            work.outbox.dead(row.id, "TargetRefused: de ontvanger antwoordde 410 Gone", later)


def _room(world: World) -> str:
    """Let two people label in a room, and differ once."""
    now = world.clock.now()
    room = Room(
        id=new_id(now),
        tenant=SLUG,
        name="Meting van het najaar",
        purpose="Meten of het model nog klopt",
        legal_basis="artikel 172 Gemeentewet",
        # Whoever looks at the pages is in it too.
        people=("anneke", "bert", "carla", *(f"onderzoek-{w}" for w in (320, 640, 1280))),
        opened_by="beheer",
        opened_at=now,
        ends_at=now + timedelta(days=30),
    )
    with world.store.write() as work:
        work.rooms.open(room)
        found = work.rooms.candidates(SLUG, room.id, now - timedelta(days=1))
        new = [
            NewItem(
                id=new_id(now),
                lane=Lane.RANDOM,
                signal=candidate.signal,
                said=candidate.said,
                probability=candidate.probability,
                model=candidate.model,
            )
            for candidate in found
        ]
        work.rooms.add(room.id, new)
        for place, item in enumerate(new[:12]):
            for by in ("bert", "carla"):
                differs = place == 1 and by == "carla"
                answer = Answer(
                    id=new_id(now),
                    item=item.id,
                    kind=AnswerKind.LABEL,
                    by=by,
                    at=now,
                    category=Category.GEWELD if differs else Category.INBRAAK,
                    urgency=Urgency.SPOED if differs else Urgency.ACTUEEL,
                )
                work.labels.give(answer)
        work.rooms.record(room.id, "0" * 64, 11, "bert", now)
        shadow = ShadowKey(
            tenant=SLUG,
            day=f"{now:%Y-%m-%d}",
            model="buurt/0.3.0",
            shadow="buurt/0.3.0",
            said=Category.INBRAAK,
            shadow_said=Category.GEWELD,
        )
        same = replace(shadow, shadow_said=Category.INBRAAK)
        work.quality.shadow({shadow: 12, same: 140})
    return room.id


def _surveys(world: World, groups: list[str]) -> tuple[list[str], tuple[str, ...]]:
    """Ask groups how it goes: one list is over and one runs; return ids and open addresses."""
    now, desk = world.clock.now(), Surveying(world.services)
    questions = (
        Question(answered=Answered.SCALE, text="Hoe blij bent u met de proef?"),
        Question(answered=Answered.YES_NO, text="Doet u volgend jaar weer mee?"),
        Question(
            answered=Answered.CHOICE,
            text="Wat moet er anders?",
            choices=("Niets", "Meer uitleg aan nieuwe leden", "Minder vragen"),
        ),
        Question(answered=Answered.OPEN, text="Wilt u nog iets zeggen?"),
    )
    made = []
    for n, title in enumerate(("De eerste maand van de proef", "Hoe gaat het nu?")):
        survey = Survey(
            id=new_id(now),
            tenant=SLUG,
            title=title,
            purpose="weten of de proef helpt in uw buurt",
            questions=questions,
            groups=tuple(groups),
            made_by="noor",
            made_at=now - timedelta(days=20),
            starts_at=now - timedelta(days=20 - 19 * n),
            ends_at=now + timedelta(days=14 * n),
        )
        made.append(survey.id)
        with world.store.write() as work:
            work.surveys.add(survey, {g: link_hash(desk.token(survey.id, g)) for g in groups})
            for page in range(23):
                picks = {0: (4, 3, 4, 2)[page % 4], 1: int(page > 16), 2: int(page > 1)}
                said = {3: (new_id(now), f"Fijn dat er iemand kijkt, {page} keer gezien.")}
                work.surveys.answer(
                    survey.id, f"{n}-{page}", picks=picks, words=said if page < 7 else {}
                )
    token = "een-open-link-voor-de-groep"
    with world.store.write() as work:
        work.ratings.invite(groups[0], link_hash(token), now + timedelta(days=14))
    admin = _somebody(world, groups[0])
    mark = stop_mark(world.services.sample_key, admin)
    shared = tuple(f"/vragenlijst/{desk.token(survey, groups[0])}" for survey in made)
    return made, (*shared, f"/oordeel/{token}", f"/herinneringen/{admin}/{mark}")


def _somebody(world: World, group: str) -> str:
    """Return an admin of this group."""
    with world.store.read() as work:
        return work.admins.of_group(group)[0].id


def _take(world: World) -> None:
    """Let somebody take a file along, of which a signal is erased later."""
    now = world.clock.now()
    gone = world.signal("Dit gaat nog weg", category=Category.OVERLAST, place="")
    stays = world.signal("Dit blijft staan", category=Category.OVERLAST, place="")
    export = Export(id=new_id(now), tenant=SLUG, file="lijst.csv", made_by="collega", made_at=now)
    with world.store.write() as work:
        work.exports.add(export, [gone.id, stays.id])
        erase_signals(work.transaction, [gone.id], now)


def _counts(world: World, group: str) -> None:
    counts = {
        "read": (212, 187, 95),
        "dropped": (14, 3, 0),
        "flagged": (6, 2, 1),
        "forwarded": (5, 0, 1),
    }
    with world.store.write() as work:
        for kind, values in counts.items():
            what = {"dropped": "opted-out", "flagged": "inbraak", "forwarded": "inbraak"}.get(
                kind, ""
            )
            for back, n in enumerate(values):
                day = f"{world.clock.now() - timedelta(days=back + 1):%Y-%m-%d}"
                key = CounterKey(tenant=SLUG, group=group, day=day, kind=kind, what=what)
                work.counters.add({key: n})


def _admins(world: World, group: str) -> None:
    """Let one admin look after a group, a deputy be invited, and a new group ask to join."""
    now = world.clock.now()
    with world.store.write() as work:
        for name, rank in (("Karin de Wit", Rank.HEAD), ("Mo Jansen", Rank.DEPUTY)):
            admin = Admin(
                id=new_id(now),
                tenant=SLUG,
                group_id=group,
                rank=rank,
                name=name,
                contact=f"{name.split()[0].lower()}@voorbeeld.nl",
                created_at=now,
            )
            work.admins.add(admin)
            if rank is Rank.HEAD:
                work.admins.confirm(admin.id, now)
    wish = Wish(
        group="Buurtapp Molenwijk",
        source="whatsapp_export",
        area="kersenbuurt",
        days=30,
        name="Sanne Bos",
        mail="sanne@voorbeeld.nl",
    )
    Registry(world.services).sign_up(world.tenant, wish)
