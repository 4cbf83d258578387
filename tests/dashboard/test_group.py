# SPDX-License-Identifier: EUPL-1.2
"""What a group's admin sees and decides."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from core.clock import FrozenClock
from core.consent import ConsentState
from core.label import Category
from core.outcome import Outcome
from dashboard.services import WebSettings
from store.consent import Group
from store.counters import CounterKey
from store.database import Store
from tests.dashboard.visitor import Visitor
from tests.dashboard.world import SLUG, World

SignedIn = Callable[..., Visitor]
#: Small enough to be exceeded in a test.
LIMIT = 4_000
YES = {"gelezen": "ja", "verteld": "ja", "proef": "30"}


@pytest.fixture
def world(sqlite_store: Store, clock: FrozenClock, request: pytest.FixtureRequest) -> World:
    limited = "too_large" in request.node.name
    settings = WebSettings(upload_bytes=LIMIT) if limited else WebSettings()
    return World(sqlite_store, clock, settings=settings)


def state(world: World, group: Group) -> ConsentState:
    with world.store.read() as work:
        return work.consent.group(group.id).consent.at(world.clock.now())


def count(
    world: World, group: Group, kind: str, n: int, what: str = "", day: str = "2026-11-20"
) -> None:
    with world.store.write() as work:
        key = CounterKey(tenant=SLUG, group=group.id, day=day, kind=kind, what=what)
        work.counters.add({key: n})


def test_an_admin_comes_straight_to_the_only_group(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert admin.get("/groepen").headers["location"] == f"/groep/{group.id}"


def test_an_admin_of_several_groups_chooses(world: World, signed_in: SignedIn) -> None:
    groups = [world.group("Kersenbuurt"), world.group("Dorpsplein", granted=False)]
    page = signed_in("groepsbeheer", groups=[g.id for g in groups]).get("/groepen").text
    assert page.index("Dorpsplein") < page.index("Kersenbuurt")
    assert "Nog niet gevraagd" in page


def test_an_admin_without_groups_is_told_what_to_do(signed_in: SignedIn) -> None:
    assert "Nog geen groep" in signed_in("groepsbeheer").get("/groepen").text


def test_a_group_of_somebody_else_is_not_found(world: World, signed_in: SignedIn) -> None:
    mine, theirs = world.group("Mijn"), world.group("Ander")
    admin = signed_in("groepsbeheer", groups=[mine.id])
    assert admin.get(f"/groep/{theirs.id}").status_code == 404
    assert admin.post(f"/groep/{theirs.id}/stop").status_code == 404
    assert admin.post(f"/groep/{theirs.id}/toestemming", **YES).status_code == 404
    assert state(world, theirs) is ConsentState.GRANTED


def test_the_full_explanation_comes_before_the_consent(world: World, signed_in: SignedIn) -> None:
    group = world.group(granted=False)
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    for words in ("Doel: een veilige en schone buurt", "artikel 172 Gemeentewet", "90 dagen"):
        assert words in page


def test_consent_starts_now_and_ends_with_the_pilot(
    world: World, signed_in: SignedIn, clock: FrozenClock
) -> None:
    group = world.group(granted=False)
    admin = signed_in("groepsbeheer", "Karin", groups=[group.id])
    assert admin.post(f"/groep/{group.id}/toestemming", **YES).status_code == 303
    with world.store.read() as work:
        line = work.consent.ledger(group.id)[-1]
    assert (line.actor, line.valid_from, line.purpose) == (
        "karin",
        clock.now(),
        "een veilige en schone buurt",
    )
    assert line.valid_until == clock.now() + timedelta(days=30)
    assert world.audited("group:consent:grant") == 1
    clock.advance(timedelta(days=30))
    assert "De proef is voorbij" in _again(admin, world, group)


@pytest.mark.parametrize(
    "form",
    [{"gelezen": "ja"}, {"verteld": "ja"}, {}, YES | {"proef": "4000"}, YES | {"proef": "x"}],
)
def test_half_a_consent_is_no_consent(
    world: World, signed_in: SignedIn, form: dict[str, str]
) -> None:
    group = world.group(granted=False)
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert admin.post(f"/groep/{group.id}/toestemming", **form).status_code == 400
    assert state(world, group) is ConsentState.UNKNOWN


def test_stopping_stops_erases_and_sends_nothing_more(
    world: World, signed_in: SignedIn, operator: Visitor
) -> None:
    group = world.group()
    signal = world.signal(group=group)
    operator.decide(signal)
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert admin.post(f"/groep/{group.id}/stop").status_code == 303
    assert state(world, group) is ConsentState.WITHDRAWN
    with world.store.read() as work:
        assert {row.state for row in work.outbox.of_signal(signal.id)} == {"cancelled"}
        assert len(work.erasures.due(world.clock.now())) == 1
    assert world.audited("group:consent:withdraw") == 1
    admin.post(f"/groep/{group.id}/stop")
    assert world.audited("group:consent:withdraw") == 1


def test_counts_are_shown_but_small_ones_are_hidden(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    count(world, group, "read", 1234)
    count(world, group, "dropped", 5, "opted-out")
    count(world, group, "forwarded", 3, Category.INBRAAK.value)
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    assert '<td class="getal">1.234</td><td class="getal">5</td>' in page
    assert '<td class="getal">minder dan 5</td>' in page
    assert "Inbraak: minder dan 5" in page
    assert "lid doet niet mee: 5 tot en met 9" in page
    assert '<th scope="row" class="heel">20 nov 2026</th>' in page


def test_today_is_not_counted_yet(world: World, signed_in: SignedIn) -> None:
    """Who looks again after each message would see whose message was not read."""
    group = world.group()
    count(world, group, "dropped", 7, "opted-out", day="2026-11-21")
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    assert "21 nov 2026</th>" not in page
    assert "lid doet niet mee" not in page


def test_the_admin_sees_what_was_done_with_each_signal(
    world: World, signed_in: SignedIn, operator: Visitor
) -> None:
    group = world.group()
    for act in ("bevestigd", "geen-signaal"):
        operator.decide(world.signal(group=group), act)
    world.signal(group=group)
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    for what in (
        "wordt doorgestuurd naar de politie",
        "bekeken: geen signaal",
        "wacht op een medewerker",
    ):
        assert page.count(f"<td>{what}</td>") == 1
    assert page.count("16 nov 2026</td>") == 3  # The Monday; no day and no time.


def test_the_admin_lets_only_those_be_read_who_say_yes(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert admin.post(f"/groep/{group.id}/wie", wie="alleen-ja").status_code == 303
    with world.store.read() as work:
        assert work.consent.group(group.id).mode == "only-yes"
    assert "alleen van leden die ja zeiden" in admin.get(f"/groep/{group.id}").text
    later = world.clock.now() + timedelta(seconds=1)
    with world.store.write() as work:
        [said] = work.outbox.claim(later, timedelta(minutes=1), 9)
    assert said.payload is not None
    assert "Stuur /ja" in said.payload["text"]
    assert world.audited("group:mode:change") == 1


def test_everybody_is_read_again_only_after_the_members_were_told(
    world: World, signed_in: SignedIn
) -> None:
    group = world.group()
    with world.store.write() as work:
        work.consent.set_profile(group.id, mode="only-yes")
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert admin.post(f"/groep/{group.id}/wie", wie="iedereen").status_code == 400
    assert admin.post(f"/groep/{group.id}/wie", wie="iets").status_code == 400
    assert admin.post(f"/groep/{group.id}/wie", wie="iedereen", verteld="ja").status_code == 303
    with world.store.read() as work:
        assert work.consent.group(group.id).mode == "everybody"


def test_the_admin_can_share_a_text_and_a_code(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    assert f"http://127.0.0.1:8000/meedoen/{SLUG}" in page
    assert f'src="/meedoen/{SLUG}/qr.svg"' in page


def test_nobodys_words_are_on_the_group_page(world: World, signed_in: SignedIn) -> None:
    group = world.group()
    world.signal("Geheime woorden van de buurman", group=group, names=[], evidence=[], place="")
    page = signed_in("groepsbeheer", groups=[group.id]).get(f"/groep/{group.id}").text
    assert "Geheime woorden" not in page


def upload(admin: Visitor, group: Group, data: bytes, name: str = "chat.txt") -> int:
    answer = admin.client.post(
        f"/groep/{group.id}/export",
        data={"csrf": admin.csrf},
        files={"bestand": (name, data)},
    )
    return answer.status_code


def test_an_export_goes_to_the_intake_and_its_counts_come_back(
    world: World, signed_in: SignedIn
) -> None:
    group = world.group(source="whatsapp_export")
    admin = signed_in("groepsbeheer", "Karin", groups=[group.id])
    world.intake.outcome = Outcome(read=12, dropped=3, duplicates=1, signals=("a", "b"))
    answer = admin.client.post(
        f"/groep/{group.id}/export",
        data={"csrf": admin.csrf},
        files={"bestand": ("chat.txt", b"21-11-2026 12:00 - Jan: hoi")},
        follow_redirects=True,
    )
    assert (
        "Gelezen: 12. Overgeslagen: minder dan 5. Al bekend: minder dan 5. Signalen: minder dan 5."
        in answer.text
    )
    [given] = world.intake.uploads
    assert (given.group, given.data, given.actor) == (
        group.id,
        b"21-11-2026 12:00 - Jan: hoi",
        "karin",
    )
    assert world.audited("account:export:upload") == 1


def test_an_export_never_becomes_a_temporary_file(
    world: World, signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    group = world.group(source="whatsapp_export")
    admin = signed_in("groepsbeheer", groups=[group.id])
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "weg"))  # No file can be made there.
    assert upload(admin, group, b"x" * 6_000_000) == 303
    assert len(world.intake.uploads[0].data) == 6_000_000


def test_without_consent_an_export_is_not_even_handed_over(
    world: World, signed_in: SignedIn
) -> None:
    group = world.group(source="whatsapp_export", granted=False)
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert upload(admin, group, b"hoi") == 409
    assert world.intake.uploads == []


@pytest.mark.parametrize(("size", "status"), [(0, 400), (70_000, 413)])
def test_an_empty_or_too_large_export_is_refused(
    world: World, visitor: Callable[[], Visitor], size: int, status: int
) -> None:
    group = world.group(source="whatsapp_export")
    admin = visitor()
    admin.enter(world, world.account("groepsbeheer", groups=[group.id]))
    assert upload(admin, group, b"x" * size) == status
    assert world.intake.uploads == []


def test_a_group_of_another_source_takes_no_export(world: World, signed_in: SignedIn) -> None:
    group = world.group(source="telegram")
    admin = signed_in("groepsbeheer", groups=[group.id])
    assert upload(admin, group, b"hoi") == 400


def _again(admin: Visitor, world: World, group: Group) -> str:
    with world.store.read() as work:
        account = work.accounts.get(admin.csrf.removeprefix("csrf-"))
    with world.store.write() as work:
        work.sessions.close_all(account.id)
    admin.enter(world, account)
    return admin.get(f"/groep/{group.id}").text


def test_the_admin_sees_what_the_whole_group_was_asked_and_not_what_one_member_was(
    world: World, signed_in: Callable[..., Visitor], operator: Visitor
) -> None:
    group, other = world.group(), world.group("Ander")
    signals = [world.signal(group=group), world.signal(group=other)]
    for signal, to, words in (
        (signals[0], "group", "Staat de bus er nog?"),
        (signals[0], "reporter", "Ziet u het kenteken?"),
        (signals[1], "group", "Is het er nu rustig?"),
    ):
        sent = operator.post(f"/signaal/{signal.id}/vraag", aan=to, vraag=words)
        assert sent.status_code == 303
    admin = signed_in("groepsbeheer", "Bea", groups=[group.id])
    page = admin.get(f"/groep/{group.id}").text
    assert "Staat de bus er nog?" in page
    assert "kenteken" not in page
    assert "rustig" not in page
