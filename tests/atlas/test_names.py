"""What states are called: every name and code found exactly, near names only where near, numbers as they are known."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest

from sim import atlas
from sim.atlas.names import fold, read_cow, read_names, unknown
from sim.atlas.reading import TABLES
from sim.errors import AtlasError

Damage = Callable[[str, str, str], int]

TERRITORIES = (
    "ABW AIA ALA ASM ATA ATF BES BLM BMU BVT CCK COK CUW CXR CYM ESH FLK FRO GGY GIB GLP GRL GUF GUM HKG HMD IMN IOT "
    "JEY MAC MAF MNP MSR MTQ MYT NCL NFK NIU PCN PRI PSE PYF REU SGS SHN SJM SPM SXM TCA TKL UMI VGB VIR WLF"
)
"""ISO codes of places that are no states of the atlas."""


@pytest.mark.parametrize(
    ("name", "folded"),
    [
        ("C\u00f4te d\u2019Ivoire", "cote divoire"),
        ("The Gambia", "gambia"),
        ("St. Vincent & the Grenadines", "saint vincent and grenadines"),
        ("ST.LUCIA", "saint lucia"),
        ("U.S.A.", "usa"),
        ("D.R. Congo", "dr congo"),
        ("Congo (Kinshasa)", "congo kinshasa"),
        ("&", "and"),
        (" - ", ""),
    ],
)
def test_a_name_is_folded(name: str, folded: str) -> None:
    assert fold(name) == folded


@pytest.mark.parametrize(
    ("name", "codes"),
    [
        ("Saint Vincent", "VCT"), ("Vatican", "VAT"), ("Swaziland", "SWZ"), ("eSwatini", "SWZ"), ("SWA", "SWZ"),
        ("St Kitts-Nevis", "KNA"), ("S\u00e3o Tom\u00e9 & Pr\u00edncipe", "STP"), ("the Gambia", "GMB"),
        ("China", "CHN"), ("People's Republic of China", "CHN"), ("PRC", "CHN"),
        ("Taiwan", "TWN"), ("Republic of China", "TWN"), ("China, Republic of", "TWN"), ("ROC", "TWN"),
        ("Republic of China (Taiwan)", "TWN"), ("Chinese Taipei", "TWN"), ("TPE", "TWN"), ("TAW", "TWN"),
        ("Republic of Korea", "KOR"), ("Korea, Dem. People's Rep.", "PRK"), ("Korea", "KOR PRK"),
        ("Congo", "COD COG"), ("Congo, Dem. Rep.", "COD"), ("Republic of the Congo", "COG"), ("Zaire", "COD"),
        ("Guinea", "GIN"), ("Guinea-Bissau", "GNB"), ("Niger", "NER"), ("Dominica", "DMA"), ("Samoa", "WSM"),
        ("Vietnam", "VNM"), ("South Vietnam", "VDR"), ("Republic of Vietnam", "VDR"), ("RVN", "VDR"),
        ("Upper Volta", "BFA"), ("Burma", "MMR"), ("T\u00fcrkiye", "TUR"), ("Bolivia, Plurinational State of", "BOL"),
        ("hnd", "HND"), ("HON", "HND"), ("PAR", "PRY"), ("91", ""), ("", ""), ("&", ""), ("the", ""), ("Kosovo", ""),
        ("Yugoslavia", ""), ("x" * 101, ""),
    ],
)  # fmt: skip
def test_a_name_is_found_exactly(name: str, codes: str) -> None:
    assert atlas.named(name) == tuple(codes.split())
    assert atlas.code_of(name) == (codes if len(codes) == 3 else None)


def test_an_iso_code_is_nobody_elses_name() -> None:
    for code in atlas.states():
        assert atlas.named(code) == atlas.named(code.lower()) == (code,)
    # Austria, Switzerland, Slovenia, Montenegro to the Correlates of War; Bahrain to the Olympic Committee.
    for code, name in {"AUS": "Australia", "SWZ": "Eswatini", "SLV": "El Salvador", "BRN": "Brunei"}.items():
        assert atlas.named(code) == atlas.named(name) == (code,)
    assert [code for code in TERRITORIES.split() if atlas.named(code)] == []
    assert atlas.named("LIB") == ("LBN", "LBY"), "Lebanon's at the Games, Libya's to the Correlates of War"


def test_every_state_is_found_by_each_of_its_names() -> None:
    with (TABLES / "names.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found = atlas.named(row["name"])
            assert row["iso3"] in found or (row["kind"] == "ioc" and found == (row["name"],)), row
    several = {name: codes for name, codes in read_names().items() if len(codes) > 1}
    assert {name: codes for name, codes in several.items() if len(name) > 3} == {
        "congo": ("COD", "COG"),
        "korea": ("KOR", "PRK"),
    }


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("Hondurus", "HND"), ("Saint Vincnt", "VCT"), ("Paragauy", "PRY"), ("HDN", "HND"), ("HNDD", "HND"),
        ("HNP", None), ("Atlantis", None), ("Palestine", None), ("Tahiti", None), ("Congo", None), ("", None),
        ("Guinee Bisau", "GNB"), (7, None),
    ],
)  # fmt: skip
def test_a_near_name_is_suggested_only_where_near(text: object, near: str | None) -> None:
    assert atlas.near_code(text) == near


def test_a_name_of_another_state_suggests_none_of_those_asked_for() -> None:
    assert atlas.near_code("Niger", ("NGA", "HND")) is None
    assert atlas.near_code("Honduras", ("NGA", "HND")) == "HND"
    assert unknown("--state", "a state", "Nigerai", ("NGA",)).line(None) == (
        "--state: a state (got 'Nigerai'); did you mean NGA (Nigeria)?"
    )
    assert unknown("--outcome", "a state", "left:Korea", None, "Korea", "left:").line(None) == (
        "--outcome: the name of one state, not of several: KOR (South Korea) or PRK (North Korea) (got 'left:Korea')"
    )


@pytest.mark.parametrize(
    ("outcome", "coded"),
    [("left:Paraguay", "left:PRY"), ("left:PRY", "left:PRY"), ("left:Congo", "left:Congo"), ("count", "count")],
)
def test_an_outcome_takes_the_code(outcome: str, coded: str) -> None:
    assert atlas.coded(outcome) == coded


@pytest.mark.parametrize(
    ("iso3", "number"),
    [
        ("USA", 2), ("HTI", 41), ("DOM", 42), ("VCT", 57), ("GTM", 90), ("HND", 91), ("SLV", 92), ("NIC", 93),
        ("CRI", 94), ("PAN", 95), ("PRY", 150), ("GBR", 200), ("DEU", 255), ("RUS", 365), ("STP", 403), ("GMB", 420),
        ("BFA", 439), ("SWZ", 572), ("CHN", 710), ("TWN", 713), ("PRK", 731), ("KOR", 732), ("VNM", 816), ("VDR", 817),
        ("SLB", 940), ("KIR", 946), ("TUV", 947), ("NRU", 970), ("MHL", 983), ("PLW", 986), ("VAT", None),
    ],
)  # fmt: skip
def test_numbers_of_the_correlates_of_war(iso3: str, number: int | None) -> None:
    assert atlas.cow_number(iso3) == number


def test_all_but_the_holy_see_have_a_number_of_their_own() -> None:
    cow = read_cow()
    assert set(atlas.states()) - set(cow) == {"VAT"}
    assert len({number for number, _ in cow.values()}) == len({letters for _, letters in cow.values()}) == 195


def test_numbers_lie_in_the_ranges_of_their_regions() -> None:
    first = {
        "Americas": range(2, 166),
        "Europe": range(200, 396),
        "Africa": range(402, 652),
        "Oceania": range(900, 991),
    }
    odd = {
        iso3 for iso3, (number, _) in read_cow().items()
        if number not in first.get(atlas.state(iso3).region, range(630, 861))
    }  # fmt: skip
    assert odd == {"ARM", "AZE", "CYP", "GEO"}, "counted to Europe by the Correlates of War"


@pytest.mark.parametrize(
    ("file", "old", "new", "told"),
    [
        ("names.csv", "former,Swaziland", "former,", "name: must not be blank"),
        ("names.csv", "former,Swaziland", "former,...", "name: must have a letter or a digit (got '...')"),
        ("names.csv", "Kingdom of Swaziland", "SWAZILAND", "name: must not be listed twice for a state (got 'Swazi"),
        ("names.csv", "former,Swaziland", "old,Swaziland", "kind: must be one of official, former, ioc, other (got "),
        ("cow.csv", "HND,91,HON", "HND,90,HON", "number: must not be listed twice (got '90')"),
        ("cow.csv", "HND,91,HON", "HND,91,GUA", "abbreviation: must not be listed twice (got 'GUA')"),
        ("cow.csv", "HND,91,HON", "HND,1,HON", "number: must be a finite number from 2 to 999 (got '1')"),
        ("cow.csv", "HND,91,HON", "GTM,91,HON", "iso3: must not be listed twice (got 'GTM')"),
    ],
)  # fmt: skip
def test_a_wrong_row_is_refused(tables: Path, damage: Damage, file: str, old: str, new: str, told: str) -> None:
    damage(file, old, new)
    with pytest.raises(AtlasError) as caught:
        read_names(tables)
    assert str(caught.value).startswith(f"{file}: line ")
    assert told in str(caught.value)
