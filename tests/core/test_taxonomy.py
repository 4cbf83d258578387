# SPDX-License-Identifier: EUPL-1.2
"""The shipped taxonomy holds together and uses codes that exist."""

from __future__ import annotations

from pathlib import Path

import pytest

from core import errors, resources
from core.label import SIGNAL_CATEGORIES, Category, Receiver, Taxonomy, load_taxonomy

#: Codes of the public LMC listing that our mapping may use (facts, copied by hand).
LMC_CODES = frozenset(
    """
    allogb brbtct brgb bzdsbr bzdsgd bzdsol bzdsvo bzdszk bzib bzibbg bzibbi bzibvo bzibwn bzovbi
    bzvn bzvngb bzvngd bzvngf bzvnvo dvpoav dvpovm lmol lmoldi lmolgl lmolje lmolps lmolvk lmolvw
    lmst lmvo lmwwol lmwwst voexex vodz vodzdl vogw vogwbd vogwmh vogwsi vogwst vogwve vosd vosdag
    vosdar vosdsi vostk vovs vovsgb vovspv vovsps vovsvv vkwear vkweds vkwepk
    """.split()  # noqa: SIM905 - a list of 56 quoted words is harder to compare with the source
)

#: Category paths of Signalen as Amsterdam ships them (facts, copied by hand).
SIGNALEN_PATHS = frozenset(
    {
        "afval/container-is-vol",
        "afval/grofvuil",
        "afval/handhaving-op-afval",
        "afval/overig-afval",
        "ondermijning/vermoeden",
        "openbaar-groen-en-water/boom",
        "overig/overig",
        "overlast-bedrijven-en-horeca/overig-horecabedrijven",
        "overlast-in-de-openbare-ruimte/auto-scooter-bromfietswrak",
        "overlast-in-de-openbare-ruimte/fietswrak",
        "overlast-in-de-openbare-ruimte/hinderlijk-geplaatst-object",
        "overlast-in-de-openbare-ruimte/overig-openbare-ruimte",
        "overlast-in-de-openbare-ruimte/parkeeroverlast",
        "overlast-in-de-openbare-ruimte/stank-geluidsoverlast",
        "overlast-op-het-water/overlast-op-het-water-gezonken-boot",
        "overlast-van-dieren/overig-dieren",
        "overlast-van-en-door-personen-of-groepen/drank-en-drugsoverlast",
        "overlast-van-en-door-personen-of-groepen/jongerenoverlast",
        "overlast-van-en-door-personen-of-groepen/overige-overlast-door-personen",
        "overlast-van-en-door-personen-of-groepen/overlast-door-afsteken-vuurwerk",
        "schoon/graffitiwildplak",
        "schoon/veegzwerfvuil",
        "wegen-verkeer-straatmeubilair/lantaarnpaal-straatverlichting",
        "wegen-verkeer-straatmeubilair/onderhoud-stoep-straat-en-fietspad",
        "wegen-verkeer-straatmeubilair/overig-wegen-verkeer-straatmeubilair",
        "wegen-verkeer-straatmeubilair/put-riolering-verstopt",
        "wegen-verkeer-straatmeubilair/speelplaats",
        "wegen-verkeer-straatmeubilair/straatmeubilair",
        "wegen-verkeer-straatmeubilair/verkeersoverlast",
    }
)

#: The words that the corpus writers and the model use.
SUBCATEGORIES = {
    "inbraak": "woning schuur winkel bedrijf school poging sporen",
    "verdachte-situatie": "persoon voertuig babbeltruc alarm drone",
    "beroving": "straatroof overval tasjesroof zakkenrollerij",
    "voertuigcriminaliteit": "auto fiets scooter uit-voertuig onderdelen kenteken poging",
    "straatintimidatie": "sissen volgen aanraken insluiten schennis discriminatie",
    "geweld": "vechtpartij mishandeling bedreiging wapen explosie brandstichting huiselijk",
    "vermissing": "kind volwassene gevonden",
    "vernieling": "voertuig gebouw graffiti brand-container straatmeubilair",
    "overlast": "jeugd geluid vuurwerk drugs verward dieren verkeer horeca stank",
    "afval": "grofvuil bijplaatsing container zwerfafval",
    "foutparkeren": "stoep uitrit invalidenplaats dubbel overig",
    "wrakken": "fiets scooter auto aanhanger boot",
    "openbare-ruimte": "verlichting wegdek boom riool speelplek overig",
    "geen": "",
}


@pytest.fixture(scope="module")
def taxonomy() -> Taxonomy:
    return load_taxonomy(resources.folder("data") / "taxonomy" / "taxonomy.toml")


@pytest.mark.parametrize("category", list(Category))
def test_each_category_has_exactly_the_agreed_subcategories(
    taxonomy: Taxonomy, category: Category
) -> None:
    slugs = [sub.slug for sub in taxonomy[category].subcategories]
    assert slugs == SUBCATEGORIES[category].split()


def test_every_control_room_code_exists(taxonomy: Taxonomy) -> None:
    codes = {info.lmc for info in taxonomy.categories.values()}
    codes |= {sub.lmc for info in taxonomy.categories.values() for sub in info.subcategories}
    assert codes - {None} <= LMC_CODES


def test_every_signalen_path_exists(taxonomy: Taxonomy) -> None:
    paths = {info.signalen for info in taxonomy.categories.values()}
    paths |= {sub.signalen for info in taxonomy.categories.values() for sub in info.subcategories}
    assert paths - {None} <= SIGNALEN_PATHS


@pytest.mark.parametrize("category", SIGNAL_CATEGORIES)
def test_every_signal_has_a_receiver_a_signalen_path_and_one_line_of_text(
    taxonomy: Taxonomy, category: Category
) -> None:
    info = taxonomy[category]
    assert info.receiver is not Receiver.NIEMAND
    assert info.signalen
    assert info.description.endswith(".")
    assert len(info.description) <= 90
    assert "\n" not in info.description


def test_only_wrecks_and_small_talk_have_no_control_room_code(taxonomy: Taxonomy) -> None:
    without = {c for c in Category if taxonomy.lmc(c) is None}
    assert without == {Category.WRAKKEN, Category.GEEN}


def test_a_subcategory_code_wins_over_that_of_its_category(taxonomy: Taxonomy) -> None:
    assert taxonomy.lmc(Category.INBRAAK, "woning") == "bzibwn"
    assert taxonomy.lmc(Category.INBRAAK, "poging") == "bzib"
    assert taxonomy.receiver(Category.OVERLAST, "stank") is Receiver.GEMEENTE
    assert taxonomy.receiver(Category.OVERLAST, "jeugd") is Receiver.BEIDE


def test_a_taxonomy_without_a_category_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "taxonomy.toml"
    path.write_text('[geen]\nname = "x"\ndescription = "y"\nreceiver = "niemand"\n')
    with pytest.raises(errors.ConfigurationError, match="no table for inbraak"):
        load_taxonomy(path)
