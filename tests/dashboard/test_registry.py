# SPDX-License-Identifier: EUPL-1.2
"""How a group signs up, and who looks after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import httpx
import pytest
import sqlalchemy as sa

from core.admin import Admin, AdminState, Rank, Verdict, code_hash
from core.clock import FrozenClock
from core.message import Batch, Command, Role
from core.openlink import stop_mark
from dashboard.app import SIGNUPS
from dashboard.roster import harmless
from ingest.gate import Gate
from ingest.pseudonym import Keys
from ingest.texts import load_texts
from store.consent import Group
from store.database import Store
from store.tables import admin_links, outbox
from tests.dashboard.visitor import Visitor, csrf_of
from tests.dashboard.world import SLUG, TENANT, World

SignedIn = Callable[..., Visitor]
Make = Callable[[], Visitor]
FORM = {
    "groep": "Buurtapp Molenwijk",
    "app": "whatsapp_export",
    "buurt": "kersenbuurt",
    "proef": "30",
    "naam": "Sanne Bos",
    "mail": "sanne@voorbeeld.nl",
}


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock) -> World:
    tenant = replace(TENANT, mailer="politie-mail", connectors={"telegram": {}})
    return World(sqlite_store, clock, tenant=tenant)


def sign_up(person: Visitor, **changed: str) -> httpx.Response:
    path = f"/meedoen/{SLUG}/aanmelden"
    person.csrf = csrf_of(person.get(path).text)
    return person.post(path, **(FORM | changed))


def link_mailed(world: World, to: str = FORM["mail"]) -> str:
    """Return the path of the link in the latest mail to somebody."""
    later = world.clock.now() + timedelta(seconds=1)
    with world.store.write() as work:
        rows = work.outbox.claim(later, timedelta(0), 99)
    payloads = [row.payload for row in rows if row.payload and row.payload["chat"] == to]
    found = re.search(r"http://127\.0\.0\.1:8000(/beheerder/\S+)", str(payloads[-1]["text"]))
    assert found is not None
    return found[1]


def use(person: Visitor, path: str) -> httpx.Response:
    person.csrf = csrf_of(person.get(path).text)
    answer = person.post(path)
    if answer.status_code == 303:
        person.csrf = csrf_of(person.client.get("/groepen", follow_redirects=True).text)
    return answer


def only_signup(world: World) -> str:
    with world.store.read() as work:
        [signup] = work.signups.list(SLUG)
    return signup.id


def test_a_group_joins_by_form_mail_and_approval(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    admin, beheer = visitor(), signed_in("beheer", "Karin")
    assert "Open de link in de mail" in sign_up(admin).text
    path, signup = link_mailed(world), only_signup(world)
    decide = f"/beheer/groepen/aanmelding/{signup}"
    # Not before the admin has confirmed, and looking at the link is no confirming.
    assert beheer.post(decide, besluit="goed").status_code == 400
    admin.get(path)
    assert beheer.post(decide, besluit="goed").status_code == 400
    assert use(admin, path).headers["location"] == "/groepen"
    assert "u bent bevestigd" in admin.get("/groepen").text
    assert beheer.post(decide, besluit="goed").status_code == 303
    group = admin.get("/groepen").headers["location"]
    assert "Buurtapp Molenwijk" in admin.get(group).text
    yes = admin.post(f"{group}/toestemming", gelezen="ja", verteld="ja", proef="30")
    assert yes.status_code == 303
    with world.store.read() as work:
        line = work.consent.ledger(group.rpartition("/")[2])[-1]
    assert line.actor.startswith("beheerder-")
    for tag in ("group:signup:request", "admin:link:use", "account:signup:approve"):
        assert world.audited(tag) == 1


def test_a_link_opens_one_group_and_nothing_else(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    mine, theirs = world.group("Mijn"), world.group("Ander")
    invite(signed_in("beheer", "Karin"), mine)
    admin = visitor()
    use(admin, link_mailed(world))
    assert admin.get(f"/groep/{mine.id}").status_code == 200
    assert admin.get(f"/groep/{theirs.id}").status_code == 404
    for path in ("/beheer", "/beheer/groepen", "/meldkamer", "/onderzoek", "/toezicht"):
        assert admin.get(path).status_code == 403


def invite(beheer: Visitor, group: Group, **changed: str) -> httpx.Response:
    form = {"groep": group.id, "naam": "Sanne Bos", "mail": FORM["mail"], "rol": "hoofd"}
    return beheer.post("/beheer/groepen/beheerder", **(form | changed))


def test_a_link_works_once_and_for_a_week(
    world: World, visitor: Make, signed_in: SignedIn, clock: FrozenClock
) -> None:
    beheer, group = signed_in("beheer", "Karin"), world.group()
    invite(beheer, group)
    path = link_mailed(world)
    assert use(visitor(), path).status_code == 303
    assert visitor().get(path).status_code == 404
    late = visitor()
    late.csrf = csrf_of(late.get("/inloggen").text)
    assert late.post(path).status_code == 404
    invite(beheer, group, mail="mo@voorbeeld.nl")
    other = link_mailed(world, "mo@voorbeeld.nl")
    clock.advance(timedelta(days=7))
    assert visitor().get(other).status_code == 404


def test_only_the_hash_of_a_link_is_kept(world: World, signed_in: SignedIn) -> None:
    invite(signed_in("beheer", "Karin"), world.group())
    token = link_mailed(world).rpartition("/")[2]
    with world.store.read() as work:
        kept = repr(work.transaction.rows(sa.select(admin_links)))
        sealed = repr(work.transaction.rows(sa.select(outbox)))
    assert token not in kept
    assert token not in sealed
    assert FORM["mail"] not in sealed


def test_a_link_of_another_browser_needs_its_own_form(world: World, signed_in: SignedIn) -> None:
    beheer = signed_in("beheer", "Karin")
    invite(beheer, world.group())
    with httpx.Client(base_url=str(beheer.client.base_url)) as client:
        assert client.post(link_mailed(world), data={"csrf": "x"}).status_code == 403


def test_a_session_by_link_ends_when_the_admin_leaves(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    group, admin = world.group(), visitor()
    invite(signed_in("beheer", "Karin"), group)
    use(admin, link_mailed(world))
    assert admin.post(f"/groep/{group.id}/weg").status_code == 303
    assert admin.get(f"/groep/{group.id}").headers["location"].startswith("/inloggen")
    with world.store.read() as work:
        [gone] = work.admins.list(SLUG)
    assert (gone.name, gone.contact) == ("", "")
    assert world.audited("admin:group:leave") == 1


def test_a_session_by_link_ends_without_use_and_at_the_end_of_the_term(
    world: World, visitor: Make, signed_in: SignedIn, clock: FrozenClock
) -> None:
    group, admin = world.group(), visitor()
    invite(signed_in("beheer", "Karin"), group)
    use(admin, link_mailed(world))
    clock.advance(timedelta(minutes=16))
    assert admin.get(f"/groep/{group.id}").headers["location"].startswith("/inloggen")
    clock.advance(timedelta(days=365))
    with world.store.read() as work:
        [known] = work.admins.list(SLUG)
    assert known.at(clock.now()) is AdminState.EXPIRED


def test_a_deputy_takes_over_when_the_head_leaves(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    group, head, deputy = world.group(), visitor(), visitor()
    beheer = signed_in("beheer", "Karin")
    invite(beheer, group)
    use(head, link_mailed(world))
    asked = {"naam": "Mo", "mail": "mo@voorbeeld.nl"}
    page = head.post(f"/groep/{group.id}/vervanger", **asked).text
    assert "De link is onderweg" in page
    assert "mo@voorbeeld.nl" not in page
    use(deputy, link_mailed(world, "mo@voorbeeld.nl"))
    head.post(f"/groep/{group.id}/weg")
    assert "Hoofd: actief (dat bent u)" in deputy.get(f"/groep/{group.id}").text
    assert "zonder actieve beheerder" not in beheer.get("/beheer/groepen").text


def test_groups_that_nobody_looks_after_are_shown(world: World, signed_in: SignedIn) -> None:
    covered, alone = world.group("Verzorgd"), world.group("Verlaten")
    world.account("groepsbeheer", "Anna", groups=[covered.id])
    beheer = signed_in("beheer", "Karin")
    invite(beheer, alone)  # Invited is not confirmed.
    page = beheer.get("/beheer/groepen").text
    listed = page.partition("Groepen zonder actieve beheerder")[2].partition("</section>")[0]
    assert "Verlaten" in listed
    assert "Verzorgd" not in listed


def test_an_admin_confirms_anew_with_a_new_link(
    world: World, visitor: Make, signed_in: SignedIn, clock: FrozenClock
) -> None:
    group, beheer = world.group(), signed_in("beheer", "Karin")
    invite(beheer, group)
    use(visitor(), link_mailed(world))
    clock.advance(timedelta(days=340))
    beheer = signed_in("beheer", "Petra")
    assert "loopt bijna af" in beheer.get("/beheer/groepen").text
    with world.store.read() as work:
        [known] = work.admins.list(SLUG)
    beheer.post(f"/beheer/groepen/beheerder/{known.id}", doe="link")
    use(visitor(), link_mailed(world))
    assert "loopt bijna af" not in beheer.get("/beheer/groepen").text


def test_without_a_mail_server_the_link_is_shown_once_to_the_administrator(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    group = world.group(tenant="elders")
    beheer = signed_in("beheer", "Petra", tenant="elders")
    path = re.search(r"(/beheerder/[\w-]+)", invite(beheer, group).text)
    assert path is not None
    assert path[1] not in beheer.get("/beheer/groepen").text
    with world.store.read() as work:
        assert work.outbox.counts("elders") == {}
    assert use(visitor(), path[1]).status_code == 303


def test_a_refused_sign_up_is_forgotten(world: World, visitor: Make, signed_in: SignedIn) -> None:
    sign_up(visitor())
    signup = only_signup(world)
    beheer = signed_in("beheer", "Karin")
    beheer.post(f"/beheer/groepen/aanmelding/{signup}", besluit="af")
    with world.store.read() as work:
        assert work.signups.get(SLUG, signup).verdict is Verdict.REFUSED
        [gone] = work.admins.list(SLUG)
    assert gone.contact == ""
    assert "Buurtapp Molenwijk" not in beheer.get("/beheer/groepen").text


@pytest.mark.parametrize(
    "changed",
    [
        {"groep": " "},
        {"app": "telefoon"},
        {"app": "mail"},
        {"buurt": "elders"},
        {"proef": "4000"},
        {"naam": ""},
        {"mail": ""},
        {"mail": "geen adres"},
        {"mail": "a@b.nl, c@d.nl"},
        {"mail": "a@b.nl\nBcc: c@d.nl"},
        {"website": "http://spam.example"},
    ],
)
def test_an_odd_sign_up_is_refused(world: World, visitor: Make, changed: dict[str, str]) -> None:
    assert sign_up(visitor(), **changed).status_code == 400
    with world.store.read() as work:
        assert work.signups.list(SLUG) == []


def test_a_stranger_can_put_no_words_into_a_mail(world: World, visitor: Make) -> None:
    sign_up(visitor(), groep="Win nu op spam.example")
    later = world.clock.now() + timedelta(seconds=1)
    with world.store.write() as work:
        [letter] = work.outbox.claim(later, timedelta(0), 9)
    assert letter.payload is not None
    assert "spam" not in letter.payload["text"]


def test_one_browser_cannot_flood_the_municipality(world: World, visitor: Make) -> None:
    person = visitor()
    codes = [sign_up(person).status_code for _ in range(SIGNUPS + 1)]
    assert codes == [200] * SIGNUPS + [429]


def said_in_group(world: World, code: str, role: Role, chat: str = "-77") -> str:
    """Let somebody say the code in the group; return what the bot answers."""
    gate = Gate(
        Keys(b"geheim van zeker 32 tekens lang!"),
        world.clock,
        tenants={SLUG: world.tenant},
        texts=load_texts(),
    )
    said = Command(
        source="telegram",
        chat=chat,
        name="koppel",
        sender="bea",
        role=role,
        external_id=f"{role}{code}",
        at=world.clock.now(),
        argument=code,
    )
    with world.store.write() as work:
        admission = gate.admit(work, Batch(tenant=SLUG, source="telegram", items=(said,)))
    return admission.replies[0].text


def test_a_group_joins_by_a_code_in_its_own_app(
    world: World, visitor: Make, signed_in: SignedIn
) -> None:
    admin, beheer = visitor(), signed_in("beheer", "Karin")
    page = sign_up(admin, app="telegram", mail="").text
    code = re.search(r"/koppel ([A-Z0-9-]+)", page)
    path = re.search(r"(/beheerder/[\w-]+)", page)
    assert code is not None
    assert path is not None
    # Whoever has the link alone has proven nothing.
    assert use(admin, path[1]).status_code == 403
    assert "Alleen een beheerder" in said_in_group(world, code[1], Role.MEMBER)
    assert "ken ik niet" in said_in_group(world, "AAAAA-AAAAA", Role.OWNER)
    assert "hoort nu bij uw aanmelding" in said_in_group(world, code[1].lower(), Role.OWNER)
    assert "ken ik niet" in said_in_group(world, code[1], Role.OWNER, chat="-78")
    signup = only_signup(world)
    assert beheer.post(f"/beheer/groepen/aanmelding/{signup}", besluit="goed").status_code == 303
    use(admin, path[1])
    group = admin.get("/groepen").headers["location"].rpartition("/")[2]
    with world.store.read() as work:
        found = work.consent.group(group)
    assert (found.chat, found.name, found.area) == ("-77", "Buurtapp Molenwijk", "kersenbuurt")


def test_a_code_is_the_same_however_it_is_typed() -> None:
    assert code_hash("a", "ab2cd-ef3gh") == code_hash("a", " AB2CDEF3GH ")
    assert code_hash("a", "AB2CDEF3GH") != code_hash("b", "AB2CDEF3GH")


def test_the_list_comes_out_without_formulas_and_goes_in_again(
    world: World, signed_in: SignedIn
) -> None:
    group = world.group('=HYPERLINK("http://spam.example")')
    beheer = signed_in("beheer", "Karin")
    invite(beheer, group, naam="+Sanne")
    answer = beheer.get("/beheer/groepen/lijst.csv")
    cells = [cell for line in answer.text.splitlines() for cell in line.split(";")]
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "+", "-", "@"))]
    assert world.audited("account:admins:export") == 1
    assert take_in(beheer, answer.content).status_code == 200
    with world.store.read() as work:
        assert [admin.name for admin in work.admins.list(SLUG)] == ["+Sanne"]


def take_in(beheer: Visitor, data: bytes) -> httpx.Response:
    return beheer.client.post(
        "/beheer/groepen/lijst", data={"csrf": beheer.csrf}, files={"bestand": ("l.csv", data)}
    )


def test_a_list_invites_everybody_in_it(world: World, signed_in: SignedIn) -> None:
    group, beheer = world.group(), signed_in("beheer", "Karin")
    data = f"groep,naam,mail,rol\n{group.id},Bea,bea@b.nl,hoofd\n{group.id},Mo,mo@b.nl,Vervanger\n"
    assert "Nieuw: 2. Regels in de lijst: 2." in take_in(beheer, data.encode()).text
    assert "Nieuw: 0. Regels in de lijst: 2." in take_in(beheer, data.encode()).text
    assert link_mailed(world, "mo@b.nl")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("nergens;Mo;mo@b.nl;hoofd", "Regel 3: Deze groep kennen wij niet."),
        ("{group};Mo;mo@b.nl;baas", "Regel 3: De rol is hoofd of vervanger."),
        ("{group};;mo@b.nl;hoofd", "Regel 3: Vul een naam in"),
        ("{group};Mo;geen;hoofd", "Regel 3: Vul een e-mailadres in"),
        ("{group};Bea;BEA@b.nl;hoofd", "Regel 3: Deze beheerder staat er dubbel in."),
        ("{group};Mo", "Regel 3: Er ontbreken kolommen."),
        ('{group};"Mo', "Dit bestand is geen goede CSV."),
    ],
)
def test_one_wrong_line_and_nothing_is_read_in(
    world: World, signed_in: SignedIn, line: str, said: str
) -> None:
    group, beheer = world.group(), signed_in("beheer", "Karin")
    good = f"groep;naam;mail;rol\n{group.id};Bea;bea@b.nl;hoofd\n"
    answer = take_in(beheer, (good + line.format(group=group.id) + "\n").encode())
    assert answer.status_code == 400
    assert said in answer.text
    with world.store.read() as work:
        assert work.admins.list(SLUG) == []


@pytest.mark.parametrize("data", [b"", b"\xff\xfe", b"naam;mail\nMo;mo@b.nl\n"])
def test_a_file_that_is_no_list_is_refused(world: World, signed_in: SignedIn, data: bytes) -> None:
    assert take_in(signed_in("beheer", "Karin"), data).status_code == 400


def test_another_municipality_cannot_touch_these_admins(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    invite(signed_in("beheer", "Karin"), group)
    with world.store.read() as work:
        [known] = work.admins.list(SLUG)
    stranger = signed_in("beheer", "Petra", tenant="elders")
    assert stranger.post(f"/beheer/groepen/beheerder/{known.id}", doe="weg").status_code == 404
    assert invite(stranger, group).status_code == 404
    assert FORM["mail"] not in stranger.get("/beheer/groepen/lijst.csv").text


@pytest.mark.parametrize(
    "cell",
    [
        *("=1+1", " =1+1", "\u00a0@x", "\u2003+1", "\ufeff=1", "\u200b=1", "\x0b-1", "\uff1d1"),
        *("\t=1", "|calc", "%1", "\u202e=1"),
    ],
)
def test_no_file_begins_a_cell_with_what_runs_also_behind_what_nobody_sees(cell: str) -> None:
    assert harmless(cell) == f"'{cell}"


def test_what_does_not_run_stays_as_it_is() -> None:
    for cell in ("Jan", "a=b", "12", "", " ", "Buurt-app"):
        assert harmless(cell) == cell


def test_a_stop_link_ends_reminders_and_can_start_them_again(world: World, visitor: Make) -> None:
    group = world.group()
    now = world.clock.now()
    with world.store.write() as work:
        for id in ("a1", "a2"):
            work.admins.add(
                Admin(id=id, tenant=SLUG, group_id=group.id, rank=Rank.HEAD, created_at=now)
            )
    path = f"/herinneringen/a1/{stop_mark(world.services.sample_key, 'a1')}"
    person = visitor()
    assert "Stuur geen herinneringen meer" in person.get(path).text  # Looking changes nothing.
    assert not _quiet(world, "a1")
    assert "geen herinneringen meer.</strong>" in person.client.post(path).text
    assert (_quiet(world, "a1"), _quiet(world, "a2")) == (True, False)
    person.client.post(path, data={"herinner": "aan"})
    assert not _quiet(world, "a1")
    assert world.audited("admin:reminders:stop") == world.audited("admin:reminders:start") == 1
    wrong = path.replace("/a1/", "/a2/")
    assert person.client.post(wrong).status_code == person.get(wrong).status_code == 404
    with world.store.write() as work:
        work.admins.leave("a1", now)
    assert person.get(path).status_code == 404


def _quiet(world: World, admin: str) -> bool:
    with world.store.read() as work:
        return work.admins.get(admin).quiet


def test_a_trial_can_be_made_longer_before_it_ends(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    admin = signed_in("groepsbeheer", "Bea", groups=[group.id])
    assert "De proef langer laten duren" in admin.get(f"/groep/{group.id}").text
    before = group.consent
    admin.post(f"/groep/{group.id}/toestemming", gelezen="ja", verteld="ja", proef="90")
    with world.store.read() as work:
        after = work.consent.group(group.id).consent
    assert after.valid_from == before.valid_from
    assert after.valid_until == world.clock.now() + timedelta(days=90)


def test_too_many_sign_ups_in_a_day_are_told_to_come_back(
    world: World, visitor: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.registry.MOST_A_DAY", 1)
    assert [sign_up(visitor()).status_code for _ in range(2)] == [200, 503]
