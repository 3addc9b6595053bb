"""Mistakes in a file: each gives one clear line with file, path, rule, value and the nearest valid name."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.errors import ScenarioError
from sim.scenario import load
from tests.scenario.documents import FILE, header, loaded, refused, written

TYPES = (
    "one of campaign-pledge, pledge, reassurance, order, withdrawal, inauguration, lean, lobbying, protest, offer, "
    "match, hostility, threat, notice, notice-withdrawn, answer, deportations, request, switch, aid-cut, "
    "truce, truce-ends"
)
CODE = "a state's three-letter code or name, such as HND or Honduras"
MEMBER = "a state simulated here: on the roster at the start, or a candidate for coming to Taipei"
NAME = "a name of small letters, digits and single hyphens"
DAY = "a date written YYYY-MM-DD"
DAYS = "a date from 1971-10-25 to 2100-12-31"

EVENT = '[events.a]\ntype = "lobbying"\ndate = 2022-01-01\nstate = "HND"\n'
VOTE = '[elections.v]\ndate = 2022-03-01\nstate = "HND"\n'
OUTCOME = "[elections.v.outcomes.a]\nchance = 0.6\n"
EFFECT = "[elections.v.outcomes.a.effects.e]\n"


def attention(text: str) -> str:
    return f"[washington]\nattention = {text}\n"


MISTAKES: dict[str, tuple[str, list[str]]] = {
    # Keys
    "unknown key": (
        "[washington]\natention = 1",
        ["washington.atention: unknown key (got 'atention'); did you mean attention?"],
    ),
    "unknown table": (
        "[washingtn]\nattention = 1",
        ["washingtn: unknown key (got 'washingtn'); did you mean washington?"],
    ),
    "unknown key of an event": (
        EVENT + "presure = 1",
        ["events.a.presure: unknown key (got 'presure'); did you mean pressure?"],
    ),
    "key of another kind of event": (
        EVENT + "million_usd = 5",
        ["events.a.million_usd: unknown key (got 'million_usd')"],
    ),
    "unknown key of a state": (
        "[states.HND]\nlena = 0",
        ["states.HND.lena: unknown key (got 'lena'); did you mean lean?"],
    ),
    "unknown key of a range": (
        EVENT + "pressure = {central = 1, low = 0, high = 2, hi = 3}",
        ["events.a.pressure.hi: unknown key (got 'hi'); did you mean high?"],
    ),
    "unknown key of the header": (
        "qestion = 'x'",
        ["scenario.qestion: unknown key (got 'qestion'); did you mean question?"],
    ),
    # Numbers
    "NaN": (attention("nan"), ["washington.attention: a finite number (got nan)"]),
    "infinity": (attention("inf"), ["washington.attention: a finite number (got inf)"]),
    "minus infinity": (attention("-inf"), ["washington.attention: a finite number (got -inf)"]),
    "a number beyond floats": (attention("1e400"), ["washington.attention: a finite number (got inf)"]),
    "below the least": (attention("-1"), ["washington.attention: at least 0 (got -1)"]),
    "above the most": (attention("10.5"), ["washington.attention: at most 10 (got 10.5)"]),
    "a huge whole number": (
        attention("9" * 400),
        ["washington.attention: a whole number below 2^63 (got 'a number of many digits')"],
    ),
    "text for a number": (attention('"2"'), ["washington.attention: a number (got '2')"]),
    "a unit in the number": (attention('"2 %"'), ["washington.attention: a number (got '2 %')"]),
    "a list for a number": (attention("[1, 2]"), ["washington.attention: a number (got [1, 2])"]),
    "a fraction for a count": (EVENT + "delay_months = 2.5", ["events.a.delay_months: a whole number (got 2.5)"]),
    "a wrong unit": (
        "[states.HND]\nexports_to_usa = 5000",
        ["states.HND.exports_to_usa: at most 100 (got 5000)"],
    ),
    "GDP in dollars, not millions": (
        "[states.HND]\ngdp_million_usd = 28_000_000_000",
        ["states.HND.gdp_million_usd: at most 1e+08 (got 28000000000)"],
    ),
    "a state of nobody": (
        "[states.HND]\npopulation = 0",
        ["states.HND.population: at least 1 (got 0)"],
    ),
    "more people than a state has": (
        "[states.HND]\npopulation = 8_000_000_000",
        ["states.HND.population: at most 3e+09 (got 8000000000)"],
    ),
    "a population that is a range": (
        "[states.HND]\npopulation = {central = 1e7, low = 9e6, high = 2e7}",
        [
            "states.HND.population: a number (got {central = 10000000.0, low = 9000000.0, high = 20000000.0})",
        ],
    ),
    "one for true": (EVENT + "enabled = 1", ["events.a.enabled: true or false (got 1)"]),
    # Ranges
    "a range without its top": (EVENT + "pressure = {central = 1, low = 0}", ["events.a.pressure.high: required"]),
    "a range with NaN": (
        EVENT + "pressure = {central = 1, low = nan, high = 2}",
        ["events.a.pressure.low: a finite number (got nan)"],
    ),
    "a range with text": (
        EVENT + 'pressure = {central = "1", low = 0, high = 2}',
        ["events.a.pressure.central: a number (got '1')"],
    ),
    "a range where dated changes belong": (
        attention("{central = 1, low = 0, high = 2}"),
        [f"washington.attention.{key}: {DAY} (got '{key}')" for key in ("central", "low", "high")],
    ),
    # Days
    "a day that is not in the calendar": (
        EVENT.replace("2022-01-01", '"2022-02-30"'),
        ["events.a.date: no such day in the calendar (got '2022-02-30')"],
    ),
    "a day in words": (EVENT.replace("2022-01-01", '"1 Jan 2022"'), [f"events.a.date: {DAY} (got '1 Jan 2022')"]),
    "a day as a number": (EVENT.replace("2022-01-01", "20220101"), [f"events.a.date: {DAY} (got 20220101)"]),
    "a day with a time": (
        EVENT.replace("2022-01-01", "2022-01-01T00:00:00"),
        [f"events.a.date: {DAY} (got 2022-01-01 00:00:00)"],
    ),
    "a time without a day": (EVENT.replace("2022-01-01", "10:00:00"), [f"events.a.date: {DAY} (got 10:00:00)"]),
    "a day long ago": (EVENT.replace("2022-01-01", "1871-01-01"), [f"events.a.date: {DAYS} (got 1871-01-01)"]),
    "a day of a lever long ahead": (
        attention("{2222-01-01 = 1}"),
        [f"washington.attention.2222-01-01: {DAYS} (got '2222-01-01')"],
    ),
    "a lever's day that is none": (
        attention("{2022-02-30 = 1}"),
        ["washington.attention.2022-02-30: no such day in the calendar (got '2022-02-30')"],
    ),
    "a lever's number above the most": (
        attention("{2022-01-01 = 11}"),
        ["washington.attention.2022-01-01: at most 10 (got 11)"],
    ),
    "an event after the end": (
        EVENT.replace("2022-01-01", "2022-07-01"),
        ["events.a.date: not after the end, 2022-06-30 (got 2022-07-01)"],
    ),
    "an event without a day": (EVENT.replace("date = 2022-01-01\n", ""), ["events.a.date: required"]),
    "an event with a delay": (
        EVENT + "delay_months = 2",
        ["events.a.delay_months: only for effects of an election (got 2)"],
    ),
    # Events
    "an unknown kind of event": (
        EVENT.replace("lobbying", "lobying"),
        [f"events.a.type: {TYPES} (got 'lobying'); did you mean lobbying?"],
    ),
    "an event without a kind": ("[events.a]\ndate = 2022-01-01", [f"events.a.type: {TYPES}"]),
    "hostility that is too much": (
        EVENT.replace("lobbying", "hostility") + "hostility = 4",
        ["events.a.hostility: at most 3 (got 4)"],
    ),
    "a lean that is too much": (
        EVENT.replace("lobbying", "lean") + "lean = 4",
        ["events.a.lean: at most 1 (got 4)"],
    ),
    "a lean without how much": (EVENT.replace("lobbying", "lean"), ["events.a.lean: required"]),
    "hostility without how much": (
        EVENT.replace("lobbying", "hostility"),
        ["events.a.hostility: required"],
    ),
    "a threat with a half-life": (
        EVENT.replace("lobbying", "threat") + "half_life_months = 3",
        ["events.a.half_life_months: unknown key (got 'half_life_months'); did you mean delay_months?"],
    ),
    "a notice with a strength": (
        EVENT.replace("lobbying", "notice") + "strength = 0.5",
        ["events.a.strength: unknown key (got 'strength')"],
    ),
    "an answer of washington's that is none": (
        EVENT.replace("lobbying", "answer") + 'answer = "gives-in"',
        ["events.a.answer: one of 'gives-way', 'waits' or 'retaliates' (got 'gives-in'); did you mean gives-way?"],
    ),
    "an answer without which": (EVENT.replace("lobbying", "answer"), ["events.a.answer: required"]),
    "deportations without how many": (EVENT.replace("lobbying", "deportations"), ["events.a.share: required"]),
    "deportations of more than all": (
        EVENT.replace("lobbying", "deportations") + "share = 1.5",
        ["events.a.share: at most 1 (got 1.5)"],
    ),
    "a notice withdrawn by nobody": (
        EVENT.replace("lobbying", "notice-withdrawn").replace('state = "HND"\n', ""),
        ["events.a.state: required"],
    ),
    "words of a government to come that does not come": (
        EVENT.replace("lobbying", "campaign-pledge"),
        ["events.a: followed by an inauguration in HND, from which these words count (got 'campaign-pledge')"],
    ),
    "words of a government to come that had come before": (
        EVENT.replace("lobbying", "reassurance")
        + "incoming = true\n"
        + EVENT.replace("lobbying", "inauguration").replace("events.a", "events.b").replace("2022-01", "2021-12"),
        ["events.a: followed by an inauguration in HND, from which these words count (got 'reassurance')"],
    ),
    "words of a government that comes elsewhere": (
        EVENT.replace("lobbying", "pledge")
        + "incoming = true\n"
        + EVENT.replace("lobbying", "inauguration").replace("events.a", "events.b").replace("HND", "GTM"),
        ["events.a: followed by an inauguration in HND, from which these words count (got 'pledge')"],
    ),
    "words of an outcome's government that does not come": (
        VOTE + OUTCOME + EFFECT + 'type = "campaign-pledge"\ndelay_months = 1',
        [
            "elections.v.outcomes.a.effects.e: followed by an inauguration in HND, from which these words count "
            "(got 'campaign-pledge')"
        ],
    ),
    "a value shown as written": (
        "[events]\na = [true, 2022-01-01, {b = 'c'}]",
        ["events.a: a table (got [true, 2022-01-01, {b = 'c'}])"],
    ),
    "a value that is cut at 120 characters": (
        attention(f'"{"x" * 119}"'),
        [f"washington.attention: a number (got 'x{'x' * 115}...)"],
    ),
    "a value of 120 characters": (
        attention(f'"{"x" * 118}"'),
        [f"washington.attention: a number (got '{'x' * 118}')"],
    ),
    "an event that is a number": ("[events]\na = 1", ["events.a: a table (got 1)"]),
    "a list of events": ("[[events]]\na = 1", ["events: a table (got [{a = 1}])"]),
    "a name with capitals": (EVENT.replace("events.a", "events.A_b"), [f"events.A_b: {NAME} (got 'A_b')"]),
    "an unknown side": (
        '[events.a]\ntype = "pledge"\ndate = 2022-01-01\nstate = "HND"\nto = "bejing"',
        ["events.a.to: one of 'beijing' or 'taipei' (got 'bejing'); did you mean beijing?"],
    ),
    # States
    "a state by nearly its name": (
        EVENT.replace("HND", "Hondurus"),
        [f"events.a.state: {CODE} (got 'Hondurus'); did you mean HND (Honduras)?"],
    ),
    "a state by a name far from any": (EVENT.replace("HND", "Atlantis"), [f"events.a.state: {CODE} (got 'Atlantis')"]),
    "a state by a name of two": (
        EVENT.replace("HND", "Congo"),
        [
            "events.a.state: the name of one state, not of several: COD (DR Congo) or COG (Congo) (got 'Congo')",
        ],
    ),
    "a state by a number": (EVENT.replace('"HND"', "1"), [f"events.a.state: {CODE} (got 1)"]),
    "a state table by nearly its name": (
        "[states.Hondurus]\nlean = 0",
        [f"states.Hondurus: {CODE} (got 'Hondurus'); did you mean HND (Honduras)?"],
    ),
    "a state by two names": (
        "[states.HND]\nlean = 0\n[states.honduras]\npride = 0",
        ["states: each state once: HND and honduras are both HND (Honduras)"],
    ),
    "an expectation by two names": (
        "[expectations]\ncount_without = { Honduras = 13, HND = 13 }",
        ["expectations.count_without: each state once: Honduras and HND are both HND (Honduras)"],
    ),
    "a state far from the roster": ("[states.USA]\nlean = 0", [f"states.USA: {MEMBER} (got 'USA')"]),
    "a state that is a number": ("[states]\nHND = 1", ["states.HND: a table (got 1)"]),
    "a lean beyond one": ("[states.HND]\nlean = 2", ["states.HND.lean: at most 1 (got 2)"]),
    # Roster
    "adding a recogniser": (
        '[roster]\nadd = ["HND"]',
        ["roster.add: not already on the record's roster of 2021-12-10 (got 'HND')"],
    ),
    "removing what is not there": (
        '[roster]\nremove = ["FRA"]',
        ["roster.remove: on the record's roster of 2021-12-10 (got 'FRA')"],
    ),
    "removing nobody's code": (
        '[roster]\nremove = ["HNDD"]',
        [f"roster.remove.0: {CODE} (got 'HNDD'); did you mean HND (Honduras)?"],
    ),
    "years since leaving": (
        "[roster]\nformer_years = 9",
        [
            "roster.former_years: retired: who may come to Taipei no longer hangs on when it left (got "
            "'former_years'); did you mean candidates?"
        ],
    ),
    "a candidate that is with Taipei": (
        '[roster]\ncandidates = ["HND", "NIC"]',
        ["roster.candidates: not with Taipei on 2021-12-10, by the record (got 'HND')"],
    ),
    "a candidate that is added too": (
        '[roster]\nadd = ["SLV"]\ncandidates = ["SLV"]',
        ["roster.candidates: not in roster.add as well (got 'SLV')"],
    ),
    "Washington as a candidate": (
        '[roster]\ncandidates = ["USA"]',
        ["roster.candidates: neither Washington nor the Holy See (got 'USA')"],
    ),
    "a candidate no atlas knows": (
        '[roster]\ncandidates = ["FRA"]',
        [
            "roster.candidates: a state whose economy the atlas has for 2020, or with states.FRA.gdp_million_usd, "
            "states.FRA.us_aid and states.FRA.population (got 'FRA')"
        ],
    ),
    "a host that is not simulated": (
        '[cooperation]\nhosts = ["HND", "FRA"]',
        [f"cooperation.hosts: {MEMBER} (got 'FRA')"],
    ),
    "a host that is nobody's code": (
        '[cooperation]\nhosts = ["HNDD"]',
        [f"cooperation.hosts.0: {CODE} (got 'HNDD'); did you mean HND (Honduras)?"],
    ),
    "adding one without an economy": (
        '[roster]\nadd = ["FRA"]',
        [
            "roster.add: a state whose economy the atlas has for 2020, or with states.FRA.gdp_million_usd, "
            "states.FRA.us_aid and states.FRA.population (got 'FRA')"
        ],
    ),
    "a roster that is a text": ('[roster]\nadd = "NIC"', ["roster.add: a list, as [\"NIC\"] (got 'NIC')"]),
    "adding and removing": (
        '[roster]\nadd = ["NIC"]\nremove = ["NIC"]',
        [
            "roster.add: not in roster.remove as well (got 'NIC')",
            "roster.remove: on the record's roster of 2021-12-10 (got 'NIC')",
        ],
    ),
    # Elections
    "an election without outcomes": (VOTE, ["elections.v.outcomes: required"]),
    "an election before the start": (
        VOTE.replace("2022-03-01", "2021-03-01") + OUTCOME,
        [
            "elections.v.date: not before the start, 2021-12-10, unless [[record.elections]] says how it ended (or set "
            "elections.v.enabled = false) (got 2021-03-01)"
        ],
    ),
    "an election after the end": (
        VOTE.replace("2022-03-01", "2023-03-01") + OUTCOME,
        ["elections.v.date: not after the end, 2022-06-30 (got 2023-03-01)"],
    ),
    "an effect without a delay": (
        VOTE + OUTCOME + EFFECT + 'type = "order"',
        ["elections.v.outcomes.a.effects.e.delay_months: required"],
    ),
    "an effect with a day": (
        VOTE + OUTCOME + EFFECT + 'type = "order"\ndelay_months = 1\ndate = 2022-04-01',
        ["elections.v.outcomes.a.effects.e.date: not for effects of an election: say delay_months (got 2022-04-01)"],
    ),
    "an effect of no kind": (
        VOTE + OUTCOME + EFFECT + 'type = "ordr"\ndelay_months = 1',
        [f"elections.v.outcomes.a.effects.e.type: {TYPES} (got 'ordr'); did you mean order?"],
    ),
    "a vote in a state without a tie, whose effect needs one": (
        VOTE.replace("HND", "TWN") + OUTCOME + EFFECT + 'type = "order"\ndelay_months = 1',
        [f"elections.v.outcomes.a.effects.e.state: {MEMBER} (got 'TWN')"],
    ),
    # Expectations
    "expectations that fail": (
        '[expectations]\ncount_at_start = 13\nwith_taipei = ["FRA"]\nnot_with_taipei = ["HND"]',
        [
            "expectations.count_at_start: 14, the states on the roster (got 13)",
            "expectations.with_taipei: a state on Taipei's side at the start (got 'FRA')",
            "expectations.not_with_taipei: a state not on Taipei's side at the start (got 'HND')",
        ],
    ),
    "expectations of a count without a state": (
        "[expectations]\ncount_without = { HND = 14, FRA = 13 }",
        [
            "expectations.count_without.HND: 13, the states left without it (got 14)",
            "expectations.count_without.FRA: a state on Taipei's side at the start (got 'FRA')",
        ],
    ),
    "an expectation of a fraction": (
        "[expectations]\ncount_at_start = 14.0",
        ["expectations.count_at_start: a whole number (got 14.0)"],
    ),
    # Parameters
    "a parameter that is none": (
        "[parameters]\nlean_efect = 1",
        [
            "parameters.lean_efect: a model parameter (sim parameters lists them) (got 'lean_efect'); "
            "did you mean lean_effect?"
        ],
    ),
    "a parameter that has become two others": (
        "[parameters]\nrequest_effect = 1.1",
        [
            "parameters.request_effect: a model parameter (sim parameters lists them) (got 'request_effect'); "
            "did you mean requests_unseen?"
        ],
    ),
    "a chance below the least that is counted": (
        "[parameters]\nrequest_followed = 1.0\nwords_followed = 0.0005",
        [
            "parameters.request_followed: from 0.001 to 0.999 (got 1.0)",
            "parameters.words_followed: from 0.001 to 0.999 (got 0.0005)",
        ],
    ),
    "an effect beyond its bounds": (
        "[parameters]\npopulation_effect = -10.5",
        ["parameters.population_effect: from -10 to 10 (got -10.5)"],
    ),
    "a parameter beyond its bounds": (
        "[parameters]\nlean_effect = 11",
        ["parameters.lean_effect: from -10 to 10 (got 11.0)"],
    ),
    "a range of a parameter beyond its bounds": (
        "[parameters]\nwindow_share = {central = 0.5, low = -1, high = 2}",
        ["parameters.window_share: from 0 to 1 (got -1.0)", "parameters.window_share: from 0 to 1 (got 2.0)"],
    ),
    "a parameter that is NaN": (
        "[parameters]\nlean_effect = nan",
        ["parameters.lean_effect: a finite number (got nan)"],
    ),
    "a parameter that is a text": ('[parameters]\nlean_effect = "x"', ["parameters.lean_effect: a number (got 'x')"]),
}

HEADERS: dict[str, tuple[str, list[str]]] = {
    "an empty file": ("", ["scenario: required"]),
    "only a remark": ("# hello\n", ["scenario: required"]),
    "a header that is a number": ("scenario = 1\n", ["scenario: a table (got 1)"]),
    "no name": (header(name=None), ["scenario.name: required"]),
    "no day to start": (header(start=None), ["scenario.start: required"]),
    "a name with a path in it": (header(name='"../x"'), [f"scenario.name: {NAME} (got '../x')"]),
    "a title of nothing": (header(title='" "'), ["scenario.title: a text that is not empty (got ' ')"]),
    "a title that is a number": (header(title="3"), ["scenario.title: a text in quotes (got 3)"]),
    "an end before the start": (
        header(end="2021-12-09"),
        ["scenario.end: after the start, 2021-12-10 (got 2021-12-09)"],
    ),
    "an end in the month of the start": (
        header(end="2021-12-31"),
        ["scenario.end: at least in the month after the start (got 2021-12-31)"],
    ),
    "an end too far": (
        header(end="2099-01-01"),
        ["scenario.end: at most 600 months after the start (got 2099-01-01)"],
    ),
    "knowledge after the start": (
        header(as_of="2022-01-01"),
        ["scenario.as_of: not after the start, 2021-12-10 (got 2022-01-01)"],
    ),
    "a start after the record": (
        header(start="2027-01-01", end="2028-01-01"),
        [
            "scenario.start: not after 2026-09-28, where the record ends: say in [record] what has happened since, "
            "or set scenario.assume_unchanged = true (got 2027-01-01)"
        ],
    ),
    "a start before the record": (
        header(start="1971-10-24"),
        [f"scenario.start: {DAYS} (got 1971-10-24)"],
    ),
    "knowledge from before the rates": (
        header(as_of="1971-12-31"),
        ["scenario.as_of: not before 1972-01-01: the record before it tells no rate (got 1971-12-31)"],
    ),
    "an article that is no text": (header(article="1"), ["scenario.article: a text in quotes (got 1)"]),
    "about nobody": (
        header(about='["HNDD"]'),
        [f"scenario.about.0: {CODE} (got 'HNDD'); did you mean HND (Honduras)?"],
    ),
    "a name of 81 letters": (header(name=f'"{"a" * 81}"'), [f"scenario.name: {NAME} (got '{'a' * 81}')"]),
    "no runs": (header(runs="0"), ["scenario.runs: at least 1 (got 0)"]),
    "too many runs": (header(runs="10_000_001"), ["scenario.runs: at most 10000000 (got 10000001)"]),
    "a fraction of a run": (header(runs="10.5"), ["scenario.runs: a whole number (got 10.5)"]),
    "a seed below nought": (header(seed="-1"), ["scenario.seed: at least 0 (got -1)"]),
    "a seed beyond 63 bits": (
        header(seed="9223372036854775808"),
        ["scenario.seed: a whole number below 2^63 (got 'a number of many digits')"],
    ),
    "a source that is a text": (header(sources='["AP"]'), ["scenario.sources.0: a table (got 'AP')"]),
    "a source without a day": (header(sources='[{title = "AP"}]'), ["scenario.sources.0.date: required"]),
    "an empty line among the known": (
        header(known='["a", ""]'),
        ["scenario.known.1: a text that is not empty (got '')"],
    ),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_under_a_good_header(tmp_path: Path, mistake: str) -> None:
    body, lines = MISTAKES[mistake]
    assert refused(written(tmp_path, body)) == [f"{FILE}: {line}" for line in lines]


@pytest.mark.parametrize("mistake", HEADERS)
def test_a_mistake_in_the_header(tmp_path: Path, mistake: str) -> None:
    head, lines = HEADERS[mistake]
    assert refused(written(tmp_path, head=head)) == [f"{FILE}: {line}" for line in lines]


def test_the_small_file_itself_is_right(tmp_path: Path) -> None:
    assert loaded(tmp_path, EVENT + VOTE + OUTCOME + EFFECT + 'type = "order"\ndelay_months = 1').name == "small"


# --- Lines of which only the parts that matter are fixed


@pytest.mark.parametrize(
    ("body", "path", "value", "near"),
    [
        ("[parameters]\nlean_efect = 1", "parameters.lean_efect", "", "lean_effect"),
        ("[parameters]\nzzz = 1", "parameters.zzz", "", None),
        ("[parameters]\nlean_effect = 11", "parameters.lean_effect", "11", None),
        ("[parameters]\nwindow_share = {central = 0.5, low = 0, high = 2}", "parameters.window_share", "2", None),
        (EVENT + "pressure = {central = 1, low = 0, high = 4}", "events.a.pressure", "4", None),
        (EVENT + "pressure = {central = 1, low = 2, high = 3}", "events.a.pressure", "2", None),
        (attention("{}"), "washington.attention", "", None),
        (VOTE + OUTCOME + "[elections.v.outcomes.b]\nchance = 0.625", "elections.v", "1.225", None),
        (attention("true"), "washington.attention: a number", "rue", None),
    ],
)  # fmt: skip
def test_a_problem_names_path_value_and_nearest_name(
    tmp_path: Path, body: str, path: str, value: str, near: str | None
) -> None:
    (line,) = refused(written(tmp_path, body))
    assert line.startswith(f"{FILE}: {path}")
    assert value in line.removeprefix(f"{FILE}: {path}")
    assert "'a table'" not in line
    assert ("did you mean" in line) == (near is not None)
    assert near is None or line.endswith(f"did you mean {near}?")


def test_all_problems_are_listed_at_once(tmp_path: Path) -> None:
    body = """
    [washington]
    atention = 1
    hostility = nan
    [beijing]
    budget = -1
    [states.HOO]
    lean = 0
    [states.HND]
    lean = 7
    [events.a]
    type = "lobying"
    [events.b]
    type = "order"
    date = "2022-02-30"
    """
    assert [line.split(": ")[1] for line in refused(written(tmp_path, body, header(runs="0")))] == [
        "scenario.runs",
        "beijing.budget",
        "washington.hostility",
        "washington.atention",
        "states.HOO",
        "states.HND.lean",
        "events.a.type",
        "events.b.date",
        "events.b.state",
    ]


def test_all_wrong_parameters_are_listed_at_once(tmp_path: Path) -> None:
    lines = refused(written(tmp_path, "[parameters]\nlean_efect = 1\nwindow_shar = 1\nlean_effect = 11"))
    assert [line.split(": ")[1] for line in lines] == [
        "parameters.lean_efect",
        "parameters.window_shar",
        "parameters.lean_effect",
    ]


def test_all_problems_of_meaning_are_listed_at_once(tmp_path: Path) -> None:
    body = (
        EVENT.replace("2022-01-01", "2023-01-01").replace("HND", "FRA")
        + VOTE.replace("2022-03-01", "2023-03-01")
        + OUTCOME
        + '[roster]\nadd = ["GTM"]\n[expectations]\ncount_at_start = 3\n'
    )
    body += "[parameters]\nlean_effect = 11\n"
    body += EVENT.replace("lobbying", "pledge").replace("events.a", "events.b") + "incoming = true\n"
    assert [line.split(": ")[1] for line in refused(written(tmp_path, body, header(as_of="2022-01-01")))] == [
        "scenario.as_of",
        "parameters.lean_effect",
        "roster.add",
        "events.a.state",
        "events.a.date",
        "elections.v.date",
        "events.b",
        "expectations.count_at_start",
    ]


def test_problems_of_language_come_first_and_alone(tmp_path: Path) -> None:
    body = '[roster]\nadd = ["GTM"]\n[washington]\nattention = -1\n'
    assert refused(written(tmp_path, body, header(end="2021-12-01"))) == [
        f"{FILE}: washington.attention: at least 0 (got -1)"
    ]


# --- Files that are no scenario


@pytest.mark.parametrize(
    "text",
    ["[washington", "[washington]\nattention 1", EVENT.replace("2022-01-01", "2022-02-30"), "[events]\n[events]"],
)
def test_what_is_no_toml_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    (line,) = refused(written(tmp_path, text))
    assert line.startswith(f"{FILE}: not valid TOML: ")
    assert line.endswith(")")
    assert "(at " in line


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert refused(tmp_path / "none.toml") == ["none.toml: no such file, and no shipped scenario of this name"]


def test_a_name_nearly_right() -> None:
    assert refused("honduras-2012") == [
        "honduras-2012: no such file, and no shipped scenario of this name; did you mean honduras-2025?"
    ]


NONE = "no such file, and no shipped scenario of this name"


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("", "a scenario file, not a folder (got '')"),
        (".", ".: a scenario file, not a folder (got '.')"),
        ("..", "..: a scenario file, not a folder (got '..')"),
        ("/", "/: a scenario file, not a folder (got '/')"),
        ("a\0b", rf"a\x00b: {NONE}"),
        ("x" * 5000, f"{'x' * 237}...: {NONE}"),
        ("a/b/c", f"a/b/c: {NONE}"),
    ],
)
def test_names_that_no_file_can_have(name: str, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        load(name)
    assert caught.value.lines() == [said]


def test_a_folder_in_place_of_a_file(tmp_path: Path) -> None:
    (tmp_path / FILE).mkdir()
    (line,) = refused(tmp_path / FILE)
    assert line.startswith(f"{FILE}: a scenario file, not a folder")


def test_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    path = written(tmp_path, b"# \xff\n")
    position = path.read_bytes().index(b"\xff")
    assert refused(path) == [f"{FILE}: a text in UTF-8 (byte {position} is not): save it as UTF-8"]


@pytest.mark.parametrize("content", [b"\0" * 50, b"\xfe\xff\x00[", b"PK\x03\x04" + bytes(range(256)), b"\r", b"="])
def test_bytes_that_are_no_text(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / FILE
    path.write_bytes(content)
    (line,) = refused(path)
    assert line.startswith(f"{FILE}: ")
    assert "\0" not in line


def test_a_huge_file_is_not_even_read(tmp_path: Path) -> None:
    path = tmp_path / FILE
    with path.open("wb") as file:
        file.truncate(5_000_000_000)  # sparse: takes no room
    assert refused(path) == [f"{FILE}: a file of at most 2000000 bytes (got 5000000000)"]


def test_a_link_that_leads_to_itself(tmp_path: Path) -> None:
    (tmp_path / FILE).symlink_to(tmp_path / "other.toml")
    (tmp_path / "other.toml").symlink_to(tmp_path / FILE)
    (line,) = refused(tmp_path / FILE)
    assert line.startswith(f"{FILE}: no such file")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = " + "[" * 100_000, "tables nested less deeply (line 1)"),
        ("x = " + "[" * 5000 + "]" * 5000, "tables nested less deeply (line 1)"),
        ("x = " + "[" * 21 + "]" * 21, "tables nested less deeply (line 1)"),
        ("x = " + "[" * 19 + "]" * 19, None),
        ("x = " + "{a = " * 900 + "1" + "}" * 900, "tables nested less deeply (line 1)"),
        ("x = " + "{a = " * 20 + "1" + "}" * 20, "x.a.a: tables nested less deeply"),
    ],
    ids=["open", "lists", "twenty-one lists", "nineteen lists", "tables", "twenty tables"],
)
def test_deep_nesting(tmp_path: Path, text: str, said: str | None) -> None:
    lines = refused(written(tmp_path, head=text))
    if said is None:
        assert lines == [f"{FILE}: scenario: required", f"{FILE}: x: unknown key (got 'x')"]
    else:
        assert lines == [f"{FILE}: {said}"]


@pytest.mark.parametrize("table", ["", "events.", "states.HND."])
def test_a_key_of_very_many_parts(tmp_path: Path, table: str) -> None:
    lines = refused(written(tmp_path, head=table + ".".join("a" * 3000) + " = 1\n"))
    assert all(line.startswith(f"{FILE}: ") for line in lines)


@pytest.mark.parametrize("text", ["9" * 5000, "-" + "9" * 5000], ids=["tens", "minus"])
@pytest.mark.parametrize("key", ["[washington]\nattention", "[scenario]\nseed", "[states.HND]\nlean"])
def test_a_whole_number_of_thousands_of_digits(tmp_path: Path, key: str, text: str) -> None:
    said = [f"{FILE}: whole numbers of fewer than 4,000 digits"]
    assert refused(written(tmp_path, head=f"{key} = {text}\n")) == said


@pytest.mark.parametrize(
    "text", ["0x" + "f" * 5000, "9" * 4000, str(2**63), str(-(2**63))], ids=["hex", "tens", "2^63", "-2^63"]
)
@pytest.mark.parametrize("key", ["[washington]\nattention", "[scenario]\nseed", "[states.HND]\nlean"])
def test_a_whole_number_beyond_64_bits(tmp_path: Path, key: str, text: str) -> None:
    path = key.replace("[", "").replace("]\n", ".")
    assert refused(written(tmp_path, head=f"{key} = {text}\n")) == [
        f"{FILE}: {path}: a whole number below 2^63 (got 'a number of many digits')"
    ]


@pytest.mark.parametrize("key", [r"a\nb", r"a\rb", r"a\u0000b", r"a\u001b[31mb", r"a\u0085b", r"a\u2028b"])
def test_one_line_a_problem_whatever_a_key_holds(tmp_path: Path, key: str) -> None:
    for text in (f'"{key}" = 1\n', f'[events."{key}"]\ntype = "truce"\ndate = 2022-01-01\n', f'[states."{key}"]\n'):
        for line in refused(written(tmp_path, text)):
            assert line.startswith(f"{FILE}: ")
            assert len(line.splitlines()) == 1
            assert line.isprintable()


def test_the_file_is_named_as_the_user_named_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(tmp_path, "x = 1")
    monkeypatch.chdir(tmp_path)
    for name in (FILE, f"./{FILE}", "small"):
        (line,) = refused(name)
        assert line.split(": ")[0] in (FILE, "small.toml")
    assert load(written(tmp_path)).file == str(tmp_path / FILE)
