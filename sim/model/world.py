"""The Mesa model: one run of a timeline, month by month, with agents that can be watched and stepped."""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

import mesa
import numpy as np

from sim.model import rules
from sim.model.accounts import BOOK, years_left
from sim.model.calendar import (
    AID,
    INDUCEMENT,
    LEVELS,
    NEVER,
    US_CUT,
    Calls,
    add_levels,
    clear,
    draw_happenings,
    open_month,
)
from sim.model.host import Host
from sim.model.patrons import Beijing, Taipei, Washington
from sim.model.reference import REGIONS, Reference, derive
from sim.model.state import State
from sim.model.terms import ACCOUNTS, ACTIVE, TAIPEI, TAIPEI_PAYS, WASHINGTON_PAYS
from sim.model.timeline import Floats, Timeline


class World(mesa.Model):
    """One run. `step()` is a month; `count` is the recognition count after it."""

    state_class: type[State] = State
    host_class: type[Host] = Host
    beijing_class: type[Beijing] = Beijing
    taipei_class: type[Taipei] = Taipei
    washington_class: type[Washington] = Washington
    """A subclass puts its own agents here."""

    def __init__(
        self,
        timeline: Timeline,
        states: tuple[str, ...],
        parameters: dict[str, float],
        values: Floats,
        chances: Floats,
        outcomes: Floats,
        spread: Floats,
        seed: int,
        run: int,
    ) -> None:
        """Set the world up at the end of `as_of`.

        states : ISO codes in the timeline's order; parameters : one draw, by name
        values, chances : (E,) of that draw; outcomes : (L, K) cumulative chances of that draw
        spread : (n,) standard normal of that draw, by which Beijing's limit differs between states of one size
        """
        super().__init__(rng=0)  # Mesa's own generator is never used: numbers come by address from sim.model.draws
        self.timeline = timeline
        self.states = states
        self.parameters = SimpleNamespace(**parameters)
        self.seed, self.run = seed, run
        self.reference: Reference = derive(timeline, self.parameters, values, spread)
        n, events = timeline.code.shape[0], timeline.events.month.shape[0]

        self.month = -1
        """Index of the month last stepped; month 0 is that of the start."""
        self.calendar_month = 0
        self.exposure = 0.0
        self.truce = False
        self.happens = np.empty(events, dtype=np.bool_)
        draw_happenings(timeline.events, chances, outcomes, seed, run, self.happens)
        self.status = np.zeros(events, dtype=np.int64)
        self.lean = timeline.lean.copy()
        self.government_since = timeline.government_since.copy()
        self.order_since = np.full(n, NEVER, dtype=np.int64)
        self.levels = np.zeros((LEVELS, n))
        self.committed = np.zeros(2)
        self.fresh_switches = timeline.fresh_switches.copy()
        self.carried_out = np.zeros(2)
        """Threats of Washington carried out, and those of which the outcome is known, since the start."""
        self.seen = 0.0
        """How often Washington gave way to a host since the start, less how often it retaliated."""
        self.answers: list[list[float]] = []
        """Its answers so far, as `sim.model.terms` has their columns."""
        self.book = np.zeros((n + timeline.host.shape[0], BOOK))
        """What each patron pays each place over the horizon, as `sim.model.accounts` has the columns."""
        self.years_left = years_left(timeline.exposure)
        """(T + 1,) years of the horizon that are left after each month."""
        self.calls = Calls(
            *(np.zeros(n, dtype=kind) for kind in (np.int64, np.int64, float, float, np.int64, np.int64, np.int64))
        )
        clear(self.calls)
        self.calls.request[:] = -1
        self.learned = [[0.0, 0.0] for _ in range(REGIONS)]
        """Shares of Beijing's promises that arrived, and their number, by region, as seen since the start."""
        self.trusts = [0.0] * REGIONS
        """Share of Beijing's bids that the states of each region expect to arrive."""
        self.talks: list[list[float]] = []
        """Talks concluded so far, as `sim.model.terms` has their columns."""
        self._truce_until = np.array([NEVER], dtype=np.int64)
        self._upcoming = 0

        self.members = [self.state_class(self, index) for index in range(n)]
        self.hosts = [self.host_class(self, number) for number in range(timeline.host.shape[0])]
        self.beijing = self.beijing_class(self)
        self.taipei = self.taipei_class(self)
        self.washington = self.washington_class(self)
        self.at_start = [bool(side) for side in timeline.with_taipei]
        self.away = [0.0] * (n + len(self.hosts))
        """Chances met so far of moving away from the start's side, less those of moving back, by place."""
        self.changes: list[tuple[int, int, int, int, list[float]]] = []
        """Changes so far: month, place (states, then hosts), side before, side after, what it weighed."""

    @property
    def count(self) -> int:
        """States on Taipei's side."""
        return sum(state.recognises_taipei for state in self.members)

    @property
    def cooperating(self) -> int:
        """Hosts whose military cooperation with Washington is active."""
        return sum(host.side == ACTIVE for host in self.hosts)

    def with_taipei(self) -> list[State]:
        """States on Taipei's side, in order."""
        return [state for state in self.members if state.recognises_taipei]

    def lever(self, by_month: Floats, drawn: float) -> float:
        """A patron's lever this month: the scenario's value, or the drawn parameter where it says nothing."""
        value = float(by_month[self.month])
        return drawn if math.isnan(value) else value

    def step(self) -> None:
        """One month: calendar, talks open, patrons bid, states decide all at once, settlement."""
        self.month += 1
        self.open_calendar()
        self.washington.answer()
        self.learn()
        self.beijing.look()
        self.taipei.look()
        for state in self.members:
            if state.recognises_taipei:
                state.hear()
                state.come_up()
            else:
                state.come_up_with_taipei()
        self.beijing.bid()
        self.taipei.answer()
        self.washington.press()
        places: list[State | Host] = [*self.members, *self.hosts]
        for place in places:
            place.weigh()
        for number, place in enumerate(places):
            if isinstance(place, State) and not place.recognises_taipei:
                if place.chance != place.steady:
                    self.add_up(number, self.month)
                    place.steady = place.chance
                continue
            home = place.side == ACTIVE if isinstance(place, Host) else self.at_start[number]
            self.away[number] += place.chance if home else -place.chance
        self.pay()
        self.record(places, [place.decide() for place in places])

    def pay(self) -> None:
        """A month of what Taipei pays its allies, and of what Washington gives them, or takes from them and hosts."""
        year, us_aid = self.exposure / 12.0, self.timeline.us_aid
        for state in self.members:
            if state.recognises_taipei:
                given = rules.taipei_gives(state.standing, state.level(AID), state.gdp)
                self.book[state.index, TAIPEI_PAYS] += given * year
                given = rules.washington_gives(
                    state.level(INDUCEMENT), state.level(US_CUT), float(us_aid[state.index]), state.gdp
                )
                self.book[state.index, WASHINGTON_PAYS] += given * year
        for host in self.hosts:
            state = host.state
            if not state.recognises_taipei:
                given = rules.washington_gives(0.0, state.level(US_CUT), float(us_aid[state.index]), state.gdp)
                self.book[host.place, WASHINGTON_PAYS] += year * given

    def add_up(self, number: int, month: int) -> None:
        """Add what a state that is not with Taipei has met before a month, at the chance that it had until then."""
        self.away[number] += self.not_added(number, month)
        self.members[number].steady_since = month

    def not_added(self, number: int, month: int) -> float:
        """What of that is not yet in `away`."""
        state = self.members[number]
        met = (month - state.steady_since) * state.steady
        return -met if self.at_start[number] else met

    def open_calendar(self) -> None:
        """Everything dated in the month takes effect."""
        t, timeline, reference = self.month, self.timeline, self.reference
        self.calendar_month = int(timeline.calendar_month[t])
        self.exposure = float(timeline.exposure[t])
        clear(self.calls)
        self._upcoming = open_month(
            timeline.events,
            timeline.lean_ref,
            t,
            self._upcoming,
            self.happens,
            reference.values,
            self.status,
            self.lean,
            self.government_since,
            self.order_since,
            self._truce_until,
            self.carried_out,
            self.calls,
        )
        add_levels(
            timeline.events.kind,
            timeline.events.state,
            timeline.events.fade,
            reference.values,
            reference.doubted,
            reference.dollars,
            self.status,
            t,
            self.levels,
            self.committed,
        )
        self.truce = t < int(self._truce_until[0])

    def learn(self) -> None:
        """Commitments end; what arrived of Beijing's promises becomes visible, and trust follows."""
        t, p, timeline = self.month, self.parameters, self.timeline
        for state in self.members:
            if t >= state.package_until:
                state.package = 0.0
            if t >= state.grant_until:
                state.grant = state.burden = 0.0
            if state.visible is not None and t >= state.visible:
                for region in range(REGIONS):
                    weight = p.learning if region == state.region else p.learning * rules.ELSEWHERE
                    self.learned[region][0] += weight * state.delivered
                    self.learned[region][1] += weight
                state.visible = None
        for region in range(REGIONS):
            total, cases = self.learned[region]
            self.trusts[region] = rules.trust(
                timeline.delivered_mean,
                p.trust_weight,
                float(timeline.delivered_total[region]) + total,
                float(timeline.delivered_cases[region]) + cases,
            )

    def record(self, places: list[State | Host], after: list[int]) -> None:
        """Settle, carry the decisions out and note them."""
        for k in range(self.fresh_switches.shape[0]):
            self.fresh_switches[k] *= self.timeline.monthly_year_fade
        for number, (place, side) in enumerate(zip(places, after, strict=True)):
            if isinstance(place, State):
                place.settle(side)
            if side == place.side:
                continue
            if isinstance(place, State) and side == TAIPEI:
                self.add_up(number, self.month + 1)
            self.changes.append((self.month, number, place.side, side, list(place.row)))
            if isinstance(place, State) and place.side == TAIPEI:
                self.order_since[place.index] = NEVER
                self.fresh_switches[place.subregion] += 1.0
            place.change_to(side)


def run_world(world: World, horizons: Any, counts: Any, expected: Any, ledger: Any, accounts: Any = None) -> None:
    """Step a world to its end, as `sim.model.kernel.simulate` does a run.

    horizons : (H,) months; counts : (T + 1, 2) filled; expected : (n + h, H, 2) added to;
    ledger : (T + 1, n + h, COLUMNS) filled, or None; accounts : (n + h, ACCOUNTS) likewise
    """
    counts[0] = world.count, world.cooperating
    reached = {int(month): number for number, month in enumerate(horizons)}
    for t in range(world.timeline.exposure.shape[0]):
        world.step()
        if t > 0:
            counts[t] = world.count, world.cooperating
        if t in reached:
            away = np.array(world.away)
            for state in world.members:
                if not state.recognises_taipei:
                    away[state.index] += world.not_added(state.index, t + 1)
            expected[:, reached[t], 0] += away
            expected[:, reached[t], 1] += away * away
        if ledger is not None:
            places: list[State | Host] = [*world.members, *world.hosts]
            for number, place in enumerate(places):
                ledger[t, number, :] = place.row
    if accounts is not None:
        accounts[:] = world.book[:, :ACCOUNTS]
