"""Every model parameter, declared once."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from sim.parameters.parameter import Parameter, counted, estimated, prior

_LOG = "log rate"
_ODDS = "log odds"
_ANY = (-10.0, 10.0)
_SHARE = (0.0, 1.0)
_AUCTION = "packages known by as_of, read as prices of the model's own auction (AidData v3.0, published in 2023); "

DECLARED: tuple[Parameter, ...] = (
    # How Beijing accepts. It is drawn first, because the rate on the record depends on it.
    Parameter(
        "acceptance_truce", "multiple of contest", "estimated", "logit-normal", 0.05, 0.0, 0.30, 0.01, 1.0,
        "how readily a willing state is accepted during a truce (contest: 1), by Beijing, or by Taipei if it returns",
        "prior judged on five willing states, none accepted in 2008-16; updated by departures during the truce",
        hindsight=True,
    ),
    # Who leaves: effects of covariates, from comparisons within a year over the whole record.
    *(
        estimated(
            name, "log rate per standard deviation", "normal", _ANY, meaning,
            "which states left, of those that could have in the same year, 1971 to as_of; prior normal (0, 0.3)",
        )
        for name, meaning in (
            ("population_effect", "susceptibility of a more populous state (log population)"),
            ("americas_effect", "susceptibility of a state of the Americas"),
            (
                "us_aid_effect",
                "susceptibility of a state with more US aid (log of 1 + % of GDP; the cuts of 2025 are not in it)",
            ),
            ("switched_effect", "susceptibility of a state that left Taipei before"),
            (
                "silent_effect",
                "susceptibility of a state whose last speech in the UN General Debate does not name Taiwan",
            ),
        )
    ),
    *(
        estimated(
            name, "log rate per standard deviation", "normal", _ANY, meaning,
            "who came (back), among the candidates of the same year, 1971 to as_of; prior normal (0, 0.3)",
        )
        for name, meaning in (
            ("return_population_effect", "readiness of a more populous state to come to Taipei (log population)"),
            ("return_income_effect", "readiness of a richer state to come to Taipei (log GDP per head)"),
            ("return_switched_effect", "readiness of a state that was with Taipei before to come back"),
        )
    ),
    # How often: levels, counted on the record under one of two memories.
    prior(
        "memory", "0 or 1", "assumed", "coin", (0.5, 0.0, 1.0), _SHARE,
        "how the record is counted for the rates: 0, years fade (half weight after seven years); 1, the last twenty "
        "years count equally; values between give rates between",
        "judgement after looking: the record cannot tell the two apart, so each gets half of the draws",
    ),
    estimated(
        "departure_rate", "per ally-year", "gamma", (1e-6, 10.0),
        "hazard of leaving Taipei under reference conditions in contest, for a state of average covariates",
        "recognition record up to as_of, weighted by memory, given the covariates' effects and acceptance_truce",
    ),
    estimated(
        "return_rate", "per candidate-year", "gamma", (1e-9, 10.0),
        "hazard of coming (back) to Taipei, for a candidate of average covariates",
        "recognition record up to as_of, weighted by memory, given the covariates' effects and acceptance_truce",
    ),
    prior(
        "holy_see_rate", "per year", "assumed", "log-normal", (0.01, 0.002, 0.03), (1e-6, 10.0),
        "hazard that the Holy See leaves; it has no economy to weigh",
        "no departure in the 54 years of the record; the level is judged",
    ),
    # Talks: how a tie comes up, and how talks end under reference conditions.
    prior(
        "public_share", "share", "documented", "logit-normal", (0.25, 0.10, 0.50), (0.001, 0.999),
        "share of departures that were public knowledge before they happened",
        "eight of ten departures since 2016 came without a known order (0.5 to 0.9, as judged)",
    ),
    counted(
        "lost_public", "share",
        "share of public talks that end in a departure under reference conditions",
        "bids and requests reported while open, known by as_of (cases.csv), on top of a weak judgement: "
        "one departure in three talks before the first case",
        before=(1.0, 2.0),
    ),
    prior(
        "lost_silent", "share", "assumed", "logit-normal", (0.3, 0.1, 0.7), (0.001, 0.999),
        "share of silent talks that end in a departure under reference conditions",
        "judgement: nobody has seen talks that failed in secret",
    ),
    prior(
        "talks_months", "months", "assumed", "log-normal", (6.0, 3.0, 12.0), (0.1, 120.0),
        "mean length of talks, from their opening to their end",
        "judgement: departures came 13 to 303 days after a request",
    ),
    # Money: one scale for all three patrons.
    prior(
        "money_effect", "log odds per unit of ln(1 + % of GDP)", "estimated", "log-normal", (0.8, 0.2, 3.2),
        (0.0, 20.0),
        "rise of the log odds that talks are lost with Beijing's bid, and their fall with Taipei's aid and what "
        "Washington puts at stake",
        _AUCTION + "prior judged: from almost no effect to a state that money alone decides",
    ),
    prior(
        "valuation", "US$ million a year", "estimated", "log-normal", (50.0, 10.0, 250.0), (0.0001, 100000.0),
        "the most that Beijing would pay for a state with a GDP of US$ 3 bn",
        _AUCTION + "prior around Taipei's limit in talks (about 44), within a factor of five",
    ),
    prior(
        "valuation_elasticity", "1", "estimated", "split-normal", (0.5, 0.0, 1.0), (-2.0, 3.0),
        "growth of that limit in dollars with GDP (1: a fixed share of GDP)",
        _AUCTION + "prior: between the same sum for every state and the same share of GDP",
    ),
    prior(
        "valuation_spread", "in logarithm", "estimated", "log-normal", (0.27, 0.025, 0.784), (0.0, 3.0),
        "standard deviation of that limit among states of the same size, drawn for each state",
        _AUCTION + "prior: the 5, 50 and 95 % points of a half-normal with scale 0.4",
    ),
    prior(
        "purse", "US$ million a year", "documented", "log-normal", (400.0, 250.0, 800.0), (0.0, 1e9),
        "most that Beijing commits at one time to states won from Taipei",
        "packages running at one time peaked at 388 in 2009 and 417 in 2019 (packages on record, own computation)",
    ),
    prior(
        "package_years", "years", "assumed", "log-normal", (5.0, 3.0, 8.0), (0.1, 50.0),
        "time after a switch over which a package is paid out",
        "commitments are counted over at most five years (AidData v3.0)",
    ),
    # What Beijing paid on record, and how much of it arrived.
    estimated(
        "package_size", "% of GDP a year, in logarithm", "normal", (-10.0, 5.0),
        "log of Beijing's usual package for a state of the mean size of those that switched; used for packages that "
        "run at the start and are not on record",
        "regression of 17 packages of 2002-21 on GDP (AidData v3.0, own computation)", hindsight=True,
    ),
    estimated(
        "package_elasticity", "1", "normal", (-2.0, 3.0),
        "growth of the usual package in dollars with GDP (1: a fixed share of GDP)",
        "regression of 17 packages of 2002-21 on GDP (AidData v3.0, own computation)", hindsight=True,
    ),
    prior(
        "delivered_signed", "share", "documented", "logit-normal", (0.7, 0.4, 0.999), _SHARE,
        "share of a signed package that arrives, and that a state expects",
        "judged on what ten states that switched were promised and received (deliveries.csv)",
    ),
    prior(
        "delivered_headline", "share", "documented", "logit-normal", (0.10, 0.02, 0.35), _SHARE,
        "share of a sum named in the press that arrives, and that a state expects",
        "judged on what ten states that switched were promised and received (deliveries.csv), mainly sums in the press",
    ),
    prior(
        "trust_weight", "cases", "assumed", "log-normal", (4.0, 2.0, 8.0), (0.01, 1000.0),
        "weight of the mean of all cases, in cases, when a state judges from its region what share of a bid arrives",
        "judgement",
    ),
    prior(
        "learning", "cases", "assumed", "held", (1.0, 0.0, 2.0), (0.0, 100.0),
        "weight of each departure of a run, in cases, once others see what arrived; 0: nobody learns",
        "judgement",
    ),
    # Taipei's aid.
    prior(
        "aid_per_ally", "US$ million a year", "documented", "log-normal", (22.0, 15.0, 32.0), (0.0, 10000.0),
        "Taipei's base aid, on average over the states that recognise it and have an economy",
        "NT$4.87bn over seven allies in Latin America, 2024; own division, low confidence",
    ),
    prior(
        "aid_elasticity", "1", "assumed", "split-normal", (0.15, 0.0, 0.3), (-2.0, 3.0),
        "growth of Taipei's base aid in dollars with GDP",
        "judgement: about 30 for Paraguay, 15 for Guatemala, 10 for the Marshall Islands (US$ million a year)",
    ),
    prior(
        "ceiling", "multiple of base aid", "assumed", "log-normal", (2.0, 1.3, 4.0), (0.0, 1000.0),
        "most that Taipei pays in talks",
        "judgement on counter-bids on record",
    ),
    prior(
        "reserve", "share of base budget", "assumed", "logit-normal", (0.25, 0.1, 0.5), (0.0, 1.0),
        "what Taipei can add to its base aid, all allies together",
        "judgement",
    ),
    prior(
        "aid_years", "years", "assumed", "log-normal", (4.0, 2.0, 8.0), (0.1, 50.0),
        "time for which aid granted in talks is paid",
        "grants on record ran for four or five years (Guatemala 2021, Paraguay 2018)",
    ),
    prior(
        "winning", "US$ million a year", "documented", "log-normal", (45.0, 20.0, 100.0), (0.0001, 100000.0),
        "the most that Taipei would pay to win a state with a GDP of US$ 3 bn",
        "fourteen sums of 1989-2003 (winning.csv) come to some 23 at that size (own regression, spread a factor of "
        "2.3); who wins pays less than its limit, about half of it in the model's own auction",
    ),
    prior(
        "winning_elasticity", "1", "documented", "split-normal", (0.4, 0.1, 0.7), (-2.0, 3.0),
        "growth of that limit in dollars with GDP (1: a fixed share of GDP)",
        "the same regression: 0.39, standard error 0.17",
    ),
    # Washington's pressure.
    prior(
        "credibility", "share", "assumed", "logit-normal", (0.1, 0.02, 0.3), (0.0, 1.0),
        "share of Washington's threats that a state expects to be carried out",
        "judgement: no departure since 2018 was reversed, and penalties were few",
    ),
    prior(
        "gdp_at_risk", "% of GDP", "assumed", "log-normal", (20.0, 5.0, 40.0), (0.0, 1000.0),
        "share of yearly GDP at risk for a state that depends wholly on Washington",
        "judgement",
    ),
    prior(
        "backfire_effect", _ODDS, "assumed", "split-normal", (0.028, -0.014, 0.097), _ANY,
        "rise of the log odds that talks are lost with pride times the square of pressure and hostility",
        "judgement: 0.2 (-0.1 to 0.7) at pressure 3 and pride 0.8; nothing was counted",
    ),
    prior(
        "pressure_oceania", "multiple of the Americas", "assumed", "log-normal", (0.7, 0.4, 1.2), (0.0, 3.0),
        "Washington's usual attention to Pacific states, against 1 in the Americas",
        "judgement: envoys and acts listed since 2018 went first to the Americas, then to the Compact states",
    ),
    prior(
        "pressure_elsewhere", "multiple of the Americas", "assumed", "log-normal", (0.3, 0.1, 0.7), (0.0, 3.0),
        "Washington's usual attention to states of other regions, against 1 in the Americas",
        "judgement",
    ),
    prior(
        "pressure_focus", "1", "assumed", "split-normal", (1.0, 0.0, 2.0), (0.0, 10.0),
        "how much more attention Washington gives to talks that are public",
        "judgement: the missions of 2021 and 2023 went to a state that was already wavering",
    ),
    # Governments and their words.
    prior(
        "lean_effect", _ODDS, "assumed", "split-normal", (0.4, -0.2, 1.0), _ANY,
        "rise of the log odds that talks are lost when a government's lean moves by one towards Beijing",
        "judgement: of the five Latin American states that left since 2016, three had a government of the left",
    ),
    counted(
        "pledge_kept", "chance in a four-year term",
        "chance that a pledge to leave is kept within a term, all else at reference (the effect of lean is added)",
        "dated cases known by as_of (cases.csv); selected because they are known",
    ),
    prior(
        "reassurance_effect", _ODDS, "assumed", "split-normal", (0.5, 0.0, 1.3), _ANY,
        "fall of the log odds that talks open while a reassurance to Taipei is fresh",
        "judgement: after such words Honduras left within 14 months, Solomon Islands within 11 days",
    ),
    counted(
        "order_carried_out", "chance",
        "chance that a public order to open ties with Beijing is carried out",
        "dated cases known by as_of (cases.csv); selected because they are known",
    ),
    prior(
        "order_months", "months", "documented", "log-normal", (1.0, 0.4, 3.0), (0.01, 120.0),
        "mean time from an order to its outcome",
        "four cases: 3, 12, 31 and 400 days (cases.csv)",
    ),
    counted(
        "request_followed", "chance",
        "chance that a state leaves over a request that Taipei is known to have refused or left unmet",
        "dated cases known by as_of (cases.csv), refused or met only in part; selected: most refusals become known "
        "because the state then left",
    ),
    prior(
        "requests_unseen", "per known request", "assumed", "log-normal", (3.0, 1.0, 8.0), (0.0, 1000.0),
        "refused requests that nobody heard of and nothing followed, for each known one",
        "judgement: quiet refusals are missing, and most of the others are known because the state then left",
    ),
    prior(
        "window_effect", _LOG, "documented", "split-normal", (0.26, -0.5, 1.2), _ANY,
        "rise of the log rate at which talks open and close in a new government's first 12 months",
        "risk ratio of 1.3 (0.6 to 3.2) on the record, own count",
    ),
    prior(
        "window_share", "share", "assumed", "logit-normal", (0.25, 0.20, 0.33), _SHARE,
        "share of all months that fall in a government's first 12; it centres window_effect on the record's rate",
        "one year in a term of four",
    ),
    prior(
        "neighbours_effect", _ODDS, "documented", "held", (0.0, -1.3, 0.75), _ANY,
        "change of the log odds that talks are lost for each recent switch in the subregion; 0 unless set",
        "risk ratio of 0.89 (0.31 to 2.54) on the record, own count: no visible effect",
    ),
    # Coming (back) to Taipei.
    prior(
        "return_lean_effect", _ODDS, "assumed", "split-normal", (0.4, -0.2, 1.0), _ANY,
        "rise of the log odds that Taipei wins talks when a government's lean moves by one towards it",
        "judgement: taken to be as strong as lean_effect",
    ),
    prior(
        "return_pledge_effect", _ODDS, "assumed", "split-normal", (2.1, 0.7, 3.2), _ANY,
        "rise of the log odds that talks with Taipei open under a government that promised to return",
        "judgement: 20 times (5 to 60) for a new government with such a pledge, less the window (0.87)",
    ),
    prior(
        "return_window_effect", _LOG, "assumed", "split-normal", (1.5, 0.5, 2.5), _ANY,
        "rise of the log rate at which talks with Taipei come up and close in a new government's first 12 months",
        "judgement: the returns of 1990, 2005 and 2007 came under new governments",
    ),
    prior(
        "shortfall_effect", "log odds per % of GDP", "assumed", "split-normal", (0.05, 0.0, 0.12), _ANY,
        "rise of the log odds that Taipei wins talks with what Beijing promised and has not delivered",
        "judgement: Nauru returned in 2005 after a promise of 2002 that brought little",
    ),
    # Military cooperation with Washington.
    Parameter(
        "suspension_rate", "per host-year", "documented", "gamma", None, None, None, 1e-9, 10.0,
        "hazard that a host of usual dependence ends military cooperation with Washington in a quiet year",
        "endings known by as_of (cases.csv) over 33 host-years a year since 1990 (troop counts of the troopdata set)",
        hindsight=False,
    ),
    prior(
        "suspension_rate_compact", "per host-year", "assumed", "log-normal", (0.0005, 0.0001, 0.002), (1e-9, 10.0),
        "the same for states in a Compact of Free Association",
        "judgement: Washington has a duty to defend them",
    ),
    prior(
        "hostility_effect", _LOG, "documented", "split-normal", (2.1, 0.7, 3.4), _ANY,
        "rise of the log rate of suspending with pride times hostility",
        "judged on several cases: 0.04 (0.01 to 0.15) in a year of open quarrel, read as hostility 2 at pride 0.5, "
        "against 0.005",
    ),
    prior(
        "hold_effect", _LOG, "assumed", "split-normal", (1.0, 0.0, 2.5), _ANY,
        "fall of the log rate of suspending with dependence on Washington",
        "judgement: none of the hosts that ended cooperation lived off the United States",
    ),
    prior(
        "usual_host_dependence", "0 to 1", "assumed", "logit-normal", (0.4, 0.2, 0.65), _SHARE,
        "dependence on Washington of the host that the suspension rate describes",
        "judgement: the rate is counted on hosts worldwide, most of them less dependent than Honduras (0.8)",
    ),
    prior(
        "suspension_lean_effect", _LOG, "assumed", "split-normal", (0.6, 0.0, 1.5), _ANY,
        "rise of the log rate of suspending when a government's lean moves by one towards Beijing",
        "judgement: endings cluster after changes of government",
    ),
    counted(
        "notice_carried_out", "chance in two years",
        "chance that a formal notice, vote or order to which Washington does not give way ends cooperation",
        "dated cases known by as_of (cases.csv), selected because they are known",
    ),
    counted(
        "words_followed", "chance in two years",
        "chance that cooperation ends after words alone",
        "dated cases known by as_of (cases.csv), selected because they are known",
    ),
    prior(
        "restoration_rate", "per year", "assumed", "log-normal", (0.10, 0.03, 0.30), (1e-9, 10.0),
        "rate at which suspended cooperation is restored",
        "judged on three cases: Philippines 1992-98 and 2020-21, Saudi Arabia 2003-19",
    ),
    prior(
        "answer_chance", "chance", "assumed", "logit-normal", (0.5, 0.2, 0.8), (0.001, 0.999),
        "chance that Washington answers a suspension by cutting its aid",
        "judgement",
    ),
    prior(
        "answer_share", "share", "assumed", "logit-normal", (0.5, 0.2, 0.9), _SHARE,
        "share of its aid that Washington cuts when it answers a suspension so, or retaliates for words or a notice",
        "judgement",
    ),
    counted(
        "gives_way", "chance",
        "chance that Washington gives way to a host's words or notice",
        "dated cases known by as_of (cases.csv), picked because they are known, and read by one person",
    ),
    counted(
        "retaliates", "chance",
        "chance that it retaliates, where it does not give way",
        "dated cases known by as_of (cases.csv), picked because they are known, and read by one person",
    ),
    prior(
        "easing", "share", "assumed", "logit-normal", (0.5, 0.2, 0.8), _SHARE,
        "share of a host's hostility that is gone once Washington gave way to it",
        "judgement",
    ),
    prior(
        "rent_raised", "US$ million a year", "assumed", "log-normal", (40.0, 10.0, 115.0), (0.0, 1e5),
        "rent or aid that Washington adds when it gives way",
        "judged on Manas 2009 (17.4 to 60 a year: general knowledge; to be confirmed) and the Compacts of 2024 "
        "(Palau 44, Marshall Islands 115 a year in all)",
    ),
    prior(
        "deported_share", "share", "assumed", "logit-normal", (0.1, 0.02, 0.3), _SHARE,
        "share of the remittances from the United States that a host loses by deportation when Washington retaliates",
        "judgement: nobody has counted it",
    ),
    prior(
        "ripple", _LOG, "assumed", "split-normal", (0.2, 0.0, 0.5), (0.0, 10.0),
        "rise of the log rate of suspending of the other hosts with each that Washington gave way to, and fall with "
        "each that it retaliated against",
        "judgement",
    ),
)  # fmt: skip

PARAMETERS: Mapping[str, Parameter] = MappingProxyType({parameter.name: parameter for parameter in DECLARED})
"""The register, by name, in the order of drawing."""
