"""The other tables: what their loaders give, fill in and refuse."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from sim import atlas
from sim.atlas import digest_of
from sim.atlas.economy import read_economies
from sim.atlas.governments import read_governments
from sim.atlas.leverage import read_leverage
from sim.atlas.patrons import PRIORS, read_cases, read_regimes
from sim.atlas.reading import TABLES
from sim.atlas.voice import read_speeches, speeches
from sim.errors import AtlasError

Damage = Callable[[str, str, str], int]


def refusal(action: Callable[[], object]) -> str:
    """The text of the `AtlasError` an action raises."""
    with pytest.raises(AtlasError) as caught:
        action()
    return str(caught.value)


@pytest.mark.parametrize("path", sorted(TABLES.glob("*.csv")), ids=lambda path: path.stem)
def test_every_row_has_a_source(path: Path) -> None:
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    assert rows
    assert [row for row in rows if not row["source"].strip()] == []


@pytest.mark.parametrize("path", sorted(TABLES.iterdir()), ids=lambda path: path.name)
def test_the_dictionary_describes_every_table_and_column(path: Path) -> None:
    dictionary = (TABLES.parent / "README.md").read_text(encoding="utf-8")
    assert f"## {path.name}" in dictionary
    if path.suffix == ".csv":
        section = dictionary.split(f"## {path.name}")[1].split("\n## ")[0]
        columns = path.read_text(encoding="utf-8").partition("\n")[0].split(",")
        missing = [c for c in columns if f"`{c}`" not in section and not c.endswith("_flag")]
        assert missing == []


def test_public_names_are_sorted() -> None:
    assert list(atlas.__all__) == sorted(atlas.__all__)
    assert all(hasattr(atlas, name) for name in atlas.__all__)


def test_there_are_196_states() -> None:
    assert len(atlas.states()) == 196
    members = [state for state in atlas.states().values() if state.status == "un_member"]
    assert len(members) == 193
    assert atlas.state("HND").region == "Americas"


@pytest.mark.parametrize(
    ("asked", "suggested"),
    [
        ("Honduras", "HND (Honduras)"),
        ("Hondurus", "HND (Honduras)"),
        ("hnd", "HND (Honduras)"),
        ("HDN", "HND (Honduras)"),
        ("Saint Lucia", "LCA (Saint Lucia)"),
    ],
)
def test_an_unknown_state_brings_a_suggestion(asked: str, suggested: str) -> None:
    assert refusal(lambda: atlas.state(asked)) == (
        f"states.csv: iso3: must be the ISO 3166-1 alpha-3 code of a state (got '{asked}'); did you mean {suggested}?"
    )


def test_economy_covers_everyone_the_model_asks_for() -> None:
    record = atlas.record()
    for year in range(1972, 2027):
        for iso3 in record.recognisers(date(year, 1, 1)):
            assert atlas.economy(iso3, year - 1).gdp_usd > 0
    assert atlas.economy("HND", 2022).gdp_usd == pytest.approx(31.4e9, rel=0.01)
    assert atlas.economy("NRU", 2023).us_aid_usd >= 0
    assert atlas.economy("PAN", 2025).year == 2025


def test_a_year_out_of_the_economy_table_is_explained() -> None:
    assert refusal(lambda: atlas.economy("HND", 1969)) == (
        "economy.csv: year: HND is in the table for 1970 to 2025 (got 1969)"
    )
    assert refusal(lambda: atlas.economy("FRA", 2000)) == ("economy.csv: year: FRA is not in the table (got 2000)")
    assert refusal(lambda: atlas.economy("LSO", 1960)).startswith("economy.csv: year: LSO is in the table for 1970 to ")


def test_a_number_that_is_not_finite_is_refused(tables: Path, damage: Damage) -> None:
    line = damage("economy.csv", "HND,2020,10120000,", "HND,2020,nan,")
    assert refusal(lambda: read_economies(tables)) == (
        f"economy.csv: line {line}, population: must be a finite number from 1 to 2e+09 (got 'nan')"
    )


def test_leverage_of_a_state_in_the_table() -> None:
    known = atlas.leverage("HND")
    assert (known.exports_to_usa, known.remittances) == (49.0, 25.7)
    assert (known.remittances_usa_share, known.security_tie) == (0.95, 3.0)
    assert known.assumed == ()
    assert atlas.leverage("GTM").remittances_usa_share == pytest.approx(0.97)


def test_leverage_fills_holes_with_the_mean_of_the_region() -> None:
    africa = [atlas.leverage(iso3) for iso3 in ("BFA", "STP", "SWZ")]
    filled = atlas.leverage("MWI")
    assert filled.exports_to_usa == pytest.approx(sum(one.exports_to_usa for one in africa) / 3)
    assert filled.security_tie == pytest.approx(sum(one.security_tie for one in africa) / 3)
    assert filled.remittances_usa_share == 0.5
    assert filled.assumed == ("exports_to_usa", "remittances", "remittances_usa_share", "security_tie")
    assert atlas.leverage("PRY").assumed == ("remittances_usa_share",)


def test_leverage_of_the_holy_see_is_nothing() -> None:
    none = atlas.leverage("VAT")
    assert (none.exports_to_usa, none.remittances, none.remittances_usa_share, none.security_tie) == (0,) * 4
    assert none.assumed == ("exports_to_usa", "remittances", "remittances_usa_share")


def test_a_region_without_a_table_state_takes_the_mean_of_all() -> None:
    table = {iso3: fields["exports_to_usa"] for iso3, fields in read_leverage().items() if iso3 != "VAT"}
    assert atlas.leverage("JPN").exports_to_usa == pytest.approx(sum(table.values()) / len(table))


def test_leverage_of_an_unknown_state_is_refused() -> None:
    assert "did you mean HND (Honduras)?" in refusal(lambda: atlas.leverage("Honduras"))


def test_the_government_in_office_changes_on_its_day() -> None:
    before, after = date(2022, 1, 26), date(2022, 1, 27)
    first, second = atlas.government("HND", before), atlas.government("HND", after)
    assert first is not None
    assert second is not None
    assert (first.leader, second.leader) == ("Juan Orlando Hernandez", "Xiomara Castro")
    assert (second.pledge, second.pledge_to, second.lean) == ("switch", "beijing", 0.4)
    assert atlas.government("HND", date(2014, 1, 26)) is None
    assert atlas.governments("FRA") == ()
    assert first.pledge_to is None


def test_elections_between_two_days() -> None:
    votes = atlas.elections("HND", date(2021, 11, 28), date(2025, 11, 30))
    assert [vote.date for vote in votes] == [date(2021, 11, 28), date(2025, 11, 30)]
    assert {vote.status for vote in atlas.elections("TWN", date(2028, 1, 1), date(2028, 12, 31))} == {"expected"}


def test_a_lean_out_of_range_is_refused(tables: Path, damage: Damage) -> None:
    line = damage("governments.csv", "Libre,0.4,", "Libre,1.4,")
    assert refusal(lambda: read_governments(tables)) == (
        f"governments.csv: line {line}, lean: must be a finite number from -1 to 1 (got '1.4')"
    )


def test_regimes_are_contiguous_and_hold_one_truce() -> None:
    regimes = atlas.regimes()
    assert [regime.name for regime in regimes] == ["contest", "truce", "contest"]
    assert (regimes[1].start, regimes[1].end) == (date(2008, 5, 20), date(2016, 1, 16))
    assert regimes[-1].end == atlas.record().confirmed_until


def test_a_gap_between_regimes_is_refused(tables: Path, damage: Damage) -> None:
    line = damage("regimes.csv", "2008-05-20,2016-01-16,truce", "2008-05-21,2016-01-16,truce")
    assert refusal(lambda: read_regimes(tables)) == (
        f"regimes.csv: line {line}, start: must be 2008-05-20, the end of the regime before it (got '2008-05-21')"
    )


def test_packages_carry_the_year_of_the_last_switch() -> None:
    packages = {package.iso3: package for package in atlas.packages()}
    assert len(packages) == 17
    for iso3, package in packages.items():
        to_beijing = [
            change.date.year
            for change in atlas.record().changes
            if change.iso3 == iso3 and change.destination == "beijing" and change.date.year < 2022
        ]
        assert package.year == max(to_beijing)
    assert sorted(package.percent_of_gdp for package in packages.values())[8] == 1.8


def test_cases_leave_out_what_was_not_known() -> None:
    assert atlas.cases("pledge_kept", date(2009, 10, 20)) == ()
    assert [case.iso3 for case in atlas.cases("pledge_kept", date(2012, 1, 9))] == ["MHL"]
    assert [case.iso3 for case in atlas.cases("pledge_kept", date(2023, 3, 25))] == ["NIC", "MHL"]
    assert [case.iso3 for case in atlas.cases("pledge_kept", date(2023, 3, 26))] == ["NIC", "MHL", "HND"]
    everything = atlas.cases("pledge_kept", date(2026, 5, 15))
    assert [case.outcome for case in everything] == [False, False, True, False]
    orders = atlas.cases("order_carried_out", date(2019, 12, 31))
    assert [(case.iso3, case.days_to_switch) for case in orders] == [("ZAF", 400), ("GRD", 31), ("SLB", 3)]


def test_carried_out_cases_end_on_a_departure_of_the_record() -> None:
    for prior in (
        "pledge_kept",
        "order_carried_out",
        "request_followed",
        "request_met",
        "request_unclear",
        "lost_public",
    ):
        for case in atlas.cases(prior, date(2026, 5, 15)):
            departure = atlas.record().last_departure(case.iso3, case.outcome_known)
            assert (departure == case.outcome_known) is case.outcome


def test_every_notice_to_which_washington_did_not_give_way_ended_military_cooperation() -> None:
    notices = atlas.cases("notice_carried_out", date(2026, 5, 15))
    assert [(case.iso3, case.started.year, case.outcome) for case in notices] == [
        ("PHL", 1991, True),
        ("UZB", 2005, True),
        ("ECU", 2008, True),
        ("IRQ", 2011, True),
        ("PAK", 2011, True),
        ("KGZ", 2013, True),
        ("NER", 2024, True),
        ("TCD", 2024, True),
    ]
    for case in notices:
        days = (case.outcome_known - case.started).days
        assert case.days_to_switch == (days if case.outcome else None)
        assert days <= 731, "carried out within 24 months"


def test_washington_answered_each_of_the_words_and_notices_counted() -> None:
    day = date(2026, 5, 15)
    gave, retaliated = (atlas.cases(prior, day) for prior in ("gives_way", "retaliates"))
    assert [(case.iso3, case.started.year) for case in gave if case.outcome] == [("KGZ", 2009), ("PHL", 2020)]
    assert [(case.iso3, case.started) for case in retaliated if case.outcome] == [("PAK", date(2011, 6, 29))]
    refused = [(case.iso3, case.started) for case in gave if not case.outcome]
    assert refused == [(case.iso3, case.started) for case in retaliated]
    acts = (*atlas.cases("notice_carried_out", day), *atlas.cases("words_followed", day))
    known = {(case.iso3, case.started) for case in acts}
    assert {(case.iso3, case.started) for case in retaliated} == {*known, ("HND", date(2025, 1, 1))}


def test_notices_are_not_known_before_their_outcome() -> None:
    assert atlas.cases("notice_carried_out", date(1992, 11, 23)) == ()
    assert [case.iso3 for case in atlas.cases("notice_carried_out", date(1992, 11, 24))] == ["PHL"]
    assert len(atlas.cases("gives_way", date(2021, 7, 29))) == 11
    assert len(atlas.cases("gives_way", date(2021, 7, 30))) == 12


@pytest.mark.parametrize(
    ("prior", "counts"),
    [
        ("cooperation_ended", {2010: 3, 2021: 5, 2026: 7}),
        ("gives_way", {2010: 4, 2021: 11, 2026: 17}),
        ("notice_carried_out", {2010: 3, 2021: 6, 2026: 8}),
        ("order_carried_out", {2010: 2, 2021: 3, 2026: 4}),
        ("lost_public", {2010: 14, 2021: 23, 2026: 33}),
        ("pledge_kept", {2010: 1, 2021: 2, 2026: 4}),
        ("request_followed", {2010: 5, 2021: 11, 2026: 16}),
        ("request_met", {2010: 6, 2021: 7, 2026: 8}),
        ("request_unclear", {2010: 3, 2021: 3, 2026: 4}),
        ("retaliates", {2010: 3, 2021: 10, 2026: 15}),
        ("words_followed", {2010: 0, 2021: 4, 2026: 6}),
    ],
)
def test_cases_known_on_the_first_of_june(prior: str, counts: dict[int, int]) -> None:
    assert {year: len(atlas.cases(prior, date(year, 6, 1))) for year in counts} == counts


def test_every_case_has_a_prior_and_is_known_by_the_end_of_the_record() -> None:
    everything = [case for prior in PRIORS for case in atlas.cases(prior, atlas.record().confirmed_until)]
    assert everything == list(read_cases())
    assert len(everything) == 122


def test_ten_of_sixteen_unmet_requests_were_followed_by_a_loss() -> None:
    requests = atlas.cases("request_followed", date(2026, 5, 15))
    assert [(case.iso3, case.outcome_known.year, case.outcome) for case in requests] == [
        ("CAF", 1998, True),
        ("NRU", 2002, True),
        ("DMA", 2004, True),
        ("GRD", 2005, True),
        ("PRY", 2009, False),
        ("GMB", 2013, True),
        ("STP", 2016, True),
        ("GTM", 2018, False),
        ("SLV", 2018, True),
        ("HTI", 2019, False),
        ("KIR", 2019, False),
        ("HND", 2022, False),
        ("NIC", 2021, True),
        ("PRY", 2023, False),
        ("HND", 2023, True),
        ("NRU", 2024, True),
    ]


def test_of_refused_requests_nine_of_twelve_were_followed_and_of_those_met_in_part_one_of_four() -> None:
    for answer, counts in (("refused", (9, 12)), ("part", (1, 4))):
        told = [
            case.outcome for case in atlas.cases("request_followed", date(2026, 5, 15)) if case.note.startswith(answer)
        ]
        assert (sum(told), len(told)) == counts


def test_no_request_that_was_met_was_followed_by_a_loss() -> None:
    for prior, number in (("request_met", 8), ("request_unclear", 4)):
        assert [case.outcome for case in atlas.cases(prior, date(2026, 5, 15))] == [False] * number


@pytest.mark.parametrize("prior", ["lost_public", "request_followed", "request_met", "request_unclear"])
def test_bids_and_requests_are_followed_over_400_days_from_a_day_with_taipei(prior: str) -> None:
    record = atlas.record()
    for case in atlas.cases(prior, date(2026, 5, 15)):
        days = (case.outcome_known - case.started).days
        assert days <= 400 if case.outcome else days == 400
        assert "taipei" in (record.side(case.iso3, day) for day in (case.started, case.started - timedelta(days=1)))
        if not case.outcome:
            assert record.side(case.iso3, case.outcome_known) == "taipei"


def test_four_of_thirty_three_public_bids_ended_in_a_departure() -> None:
    bids = atlas.cases("lost_public", date(2026, 5, 15))
    assert [(case.iso3, case.outcome_known.year) for case in bids if case.outcome] == [
        ("GRD", 2005),
        ("VUT", 2004),
        ("MWI", 2008),
        ("SLB", 2019),
    ]
    assert len(bids) == 33


def test_no_words_alone_ended_military_cooperation() -> None:
    words = atlas.cases("words_followed", date(2026, 5, 15))
    assert [(case.iso3, case.started.year, case.outcome) for case in words] == [
        ("JPN", 2009, False),
        ("PAK", 2011, False),
        ("PAK", 2011, False),
        ("PHL", 2016, False),
        ("TUR", 2019, False),
        ("IRQ", 2020, False),
    ]
    (order,) = (case for case in atlas.cases("notice_carried_out", date(2026, 5, 15)) if case.iso3 == "PAK")
    for case in words:
        by_the_calendar = case.started + timedelta(days=731)
        assert case.outcome_known == (order.started if case.iso3 == "PAK" else by_the_calendar)


def test_words_are_not_known_to_have_failed_before_their_window_closes() -> None:
    assert atlas.cases("words_followed", date(2011, 9, 16)) == ()
    assert [case.iso3 for case in atlas.cases("words_followed", date(2011, 9, 17))] == ["JPN"]
    assert len(atlas.cases("words_followed", date(2022, 1, 4))) == 5
    assert len(atlas.cases("words_followed", date(2022, 1, 5))) == 6


def test_the_seven_endings_are_notices_carried_out() -> None:
    endings = atlas.cases("cooperation_ended", date(2026, 5, 15))
    carried_out = [case for case in atlas.cases("notice_carried_out", date(2026, 5, 15)) if case.outcome]
    assert [replace(case, prior="notice_carried_out") for case in endings] == [
        case for case in carried_out if case.iso3 != "PAK"
    ]
    assert [(case.iso3, case.outcome_known.year) for case in endings] == [
        ("PHL", 1992),
        ("UZB", 2005),
        ("ECU", 2009),
        ("IRQ", 2011),
        ("KGZ", 2014),
        ("NER", 2024),
        ("TCD", 2024),
    ]


def test_an_unknown_prior_is_refused() -> None:
    assert refusal(lambda: atlas.cases("pledges_kept", date(2020, 1, 1))) == (
        "cases.csv: prior: must be a prior counted from cases: cooperation_ended, gives_way, lost_public, "
        "notice_carried_out, order_carried_out, pledge_kept, request_followed, request_met, request_unclear, "
        "retaliates, words_followed (got 'pledges_kept'); did you mean pledge_kept?"
    )


def test_days_to_switch_must_agree_with_the_dates(tables: Path, damage: Damage) -> None:
    line = damage("cases.csv", "2023-03-26,1,12,", "2023-03-26,1,13,")
    assert refusal(lambda: read_cases(tables)) == (
        f"cases.csv: line {line}, days_to_switch: must be 12, from start to outcome (got '13')"
    )


def test_wrong_columns_are_refused(tables: Path, damage: Damage) -> None:
    damage("cases.csv", "prior,iso3,case", "prior,state,case")
    message = refusal(lambda: read_cases(tables))
    assert message.startswith("cases.csv: line 1: the columns must be prior, iso3, case, started, ")


def test_a_row_with_a_missing_cell_is_refused(tables: Path) -> None:
    with (tables / "cases.csv").open("a", encoding="utf-8") as stream:
        stream.write("pledge_kept,HND\n")
    assert refusal(lambda: read_cases(tables)) == "cases.csv: line 124: must have 9 cells (got 2)"


def test_the_digest_follows_the_bytes(tables: Path, damage: Damage) -> None:
    assert digest_of(tables) == atlas.digest()
    damage("names.csv", "former,Swaziland", "former,Swazi Land")
    damage("cow.csv", "ARG,160", "ARG,161")
    assert digest_of(tables) == atlas.digest(), "what a state is called decides no number"
    assert len(atlas.digest()) == 64
    damage("record.toml", "2026-09-28", "2026-09-29")
    changed = digest_of(tables)
    assert changed != atlas.digest()
    (tables / "cases.csv").rename(tables / "other.csv")
    assert digest_of(tables) not in (changed, atlas.digest())


# --- speeches -------------------------------------------------------------------------------------------------


def test_speeches_are_those_of_states_with_taipei() -> None:
    """On 28 September of each year; what follows the last confirmed day is with whom it then was."""
    known, told = atlas.record(), speeches()
    assert sum(len(of_state) for of_state in told.values()) == 1144
    assert "VAT" not in told
    for iso3, of_state in told.items():
        assert [speech.iso3 for speech in of_state] == [iso3] * len(of_state)
        for speech in of_state:
            assert speech.known == date(speech.year, 9, 28)
            assert known.side(iso3, min(max(speech.known, known.start), known.confirmed_until)) == "taipei", speech


def test_who_named_taiwan_in_single_years() -> None:
    """2024: nine of eleven, by the foreign ministry's list; 2025 and 2026: the same nine, not Guatemala nor Haiti."""
    for year in (2024, 2025, 2026):
        spoke = {iso3: s.names_taiwan for iso3, told in speeches().items() for s in told if s.year == year}
        nine = {"BLZ", "KNA", "LCA", "MHL", "PLW", "PRY", "SWZ", "TUV", "VCT"}
        assert spoke == dict.fromkeys(nine, True) | {"GTM": False, "HTI": False}


def test_the_last_speech_is_the_last_one_known() -> None:
    before, after = (atlas.last_speech("GTM", date(2024, 9, day)) for day in (27, 28))
    assert before is not None
    assert after is not None
    assert (before.year, before.names_taiwan, after.year, after.names_taiwan) == (2023, True, 2024, False)
    assert atlas.last_speech("GTM", date(1971, 9, 27)) is None
    assert atlas.last_speech("FRA", date(2026, 1, 1)) is None
    assert refusal(lambda: atlas.last_speech("GTN", date(2026, 1, 1))).startswith("states.csv: iso3: must be the ISO")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("GTM,2024,0,", "GTM,2024,silent,", "names_taiwan: must be one of 0, 1 (got 'silent')"),
        ("GTM,2024,0,", "GTM,1970,0,", "year: must be a finite number from 1971 to 2100 (got '1970')"),
        (
            "GTM,2024,0,",
            "GTM,2023,0,",
            "year: must come after 2023, the speech of GTM above it (got '2023')",
        ),
        ("GTM,2024,0,high", "GTM,2024,0,sure", "confidence: must be one of high, medium, low (got 'sure')"),
        (
            "GTM,2026,0,high,prov2026",
            "GTM,2026,0,high,prov2025",
            "source: must be one of ungdc, press2025, prov2026 (got 'prov2025'); did you mean prov2026?",
        ),
    ],
)
def test_a_speech_that_cannot_be_is_refused(tables: Path, damage: Damage, old: str, new: str, message: str) -> None:
    line = damage("voice.csv", old, new)
    assert refusal(lambda: read_speeches(tables)) == f"voice.csv: line {line}, {message}"
