"""The Mesa model: one run of a timeline, month by month, with agents that can be watched and stepped."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sim.errors import InputError, Problem
from sim.model import rules
from sim.model.accounts import BOOK
from sim.model.calendar import LEVELS, NEVER, Calls, add_levels, clear, draw_happenings, open_month
from sim.model.host import Host
from sim.model.patrons import Beijing, Taipei, Washington
from sim.model.quiet import Model
from sim.model.reference import REGIONS
from sim.model.setting import Setting
from sim.model.state import State
from sim.model.terms import ACCOUNTS, ACTIVE, TAIPEI, TAIPEI_PAYS, WASHINGTON_PAYS
from sim.model.timeline import Floats

if TYPE_CHECKING:
    from mesa import DataCollector


class World(Model):
    """One run. `step()` is a month; `count` is the recognition count after it; after the last, `running` is False.

    Patrons bid for a state, and it weighs their bids, in months in which something of this is not what it was the month
    before. Agents of another class than the shipped ones are asked every month: nobody knows what they look at.
    """

    state_class: type[State] = State
    host_class: type[Host] = Host
    beijing_class: type[Beijing] = Beijing
    taipei_class: type[Taipei] = Taipei
    washington_class: type[Washington] = Washington
    """A subclass puts its own agents here."""
    datacollector: DataCollector | None = None
    """Collects after each month, where there is one."""

    def __init__(self, setting: Setting, seed: int, run: int) -> None:
        """Set the world up at the end of `as_of`."""
        super().__init__(rng=0)  # Mesa's own generator is never used: numbers come by address from sim.model.draws
        timeline = setting.timeline
        self.setting, self.timeline, self.states = setting, timeline, setting.states
        self.parameters, self.reference = setting.parameters, setting.reference
        self.seed, self.run = seed, run
        n, events = len(setting.states), timeline.events.month.shape[0]

        self.month = -1
        """Index of the month last stepped; month 0 is that of the start."""
        self.now = setting.months[0]
        """The levers of that month, by the names of `Timeline`."""
        self.first_month: int = self.now.calendar_month
        self.calendar_month = 0
        self.exposure = 0.0
        self.truce = False
        self.eventful = False
        """Whether something is dated in the month."""
        self.moved = True
        """Whether somebody changed sides last month, or a commitment was made or ended."""
        self.stirred: list[State] = []
        """States of which something that patrons or they themselves look at is not what it was the month before."""
        own = (self.state_class, self.host_class, self.beijing_class, self.taipei_class, self.washington_class)
        self.restless = own != (State, Host, Beijing, Taipei, Washington) or self.parameters.neighbours_effect != 0.0
        """Whether that is every state each month: with agents of one's own, or where neighbours' switches count."""
        self.happens = np.empty(events, dtype=np.bool_)
        draw_happenings(timeline.events, setting.chances, setting.outcomes, seed, run, self.happens)
        self.status = np.zeros(events, dtype=np.int64)
        self.lean = timeline.lean.copy()
        self.government_since = timeline.government_since.copy()
        self.order_since = np.full(n, NEVER, dtype=np.int64)
        self.levels = np.zeros((LEVELS, n))
        self.committed = np.zeros(2)
        self.fresh_switches: list[float] = timeline.fresh_switches.tolist()
        self.carried_out = np.zeros(2)
        """Threats of Washington carried out, and those of which the outcome is known, since the start."""
        self.seen = 0.0
        """How often Washington gave way to a host since the start, less how often it retaliated."""
        self.answers: list[list[float]] = []
        """Its answers so far, as `sim.model.terms` has their columns."""
        self.book = np.zeros((n + timeline.host.shape[0], BOOK))
        """What each patron pays each place over the horizon, as `sim.model.accounts` has the columns; what allies are
        paid by the month they keep themselves."""
        self.calls = Calls(
            *(np.zeros(n, dtype=kind) for kind in (np.int64, np.int64, float, float, np.int64, np.int64, np.int64))
        )
        clear(self.calls)
        self.calls.request[:] = -1
        self.learned = [[0.0, 0.0] for _ in range(REGIONS)]
        """Shares of Beijing's promises that arrived, and their number, by region, as seen since the start."""
        self.trusts = [self.trust(region) for region in range(REGIONS)]
        """Share of Beijing's bids that the states of each region expect to arrive."""
        self.due = math.inf
        """Month in which the next commitment ends or a promise is seen to be kept or broken."""
        self.talks: list[list[float]] = []
        """Talks concluded so far, as `sim.model.terms` has their columns."""
        self._truce_until = np.array([NEVER], dtype=np.int64)
        self._upcoming = 0

        self.members = [self.state_class(self, index) for index in range(n)]
        self.hosts = [self.host_class(self, number) for number in range(timeline.host.shape[0])]
        self.places: list[State | Host] = [*self.members, *self.hosts]
        """States, then hosts."""
        self.beijing = self.beijing_class(self)
        self.taipei = self.taipei_class(self)
        self.washington = self.washington_class(self)
        self.changes: list[tuple[int, int, int, int, list[float]]] = []
        """Changes so far: month, place (states, then hosts), side before, side after, what it weighed."""

    @property
    def count(self) -> int:
        """States on Taipei's side."""
        return [state.side for state in self.members].count(TAIPEI)

    @property
    def cooperating(self) -> int:
        """Hosts whose military cooperation with Washington is active."""
        return [host.side for host in self.hosts].count(ACTIVE)

    def with_taipei(self) -> list[State]:
        """States on Taipei's side, in order."""
        return [state for state in self.members if state.recognises_taipei]

    def step(self) -> None:
        """One month: calendar, talks open, patrons bid, states decide all at once, settlement.

        Raises InputError after the last month.
        """
        if self.month + 1 == len(self.setting.months):
            rule = f"not after the {len(self.setting.months)} months of the scenario, when `running` is False"
            raise InputError(Problem("step", rule))
        self.month += 1
        self.open_calendar()
        self.washington.answer()
        self.learn()
        self.beijing.look()
        self.taipei.look()
        for state in self.stirred:
            state.tell_time()
        for state in self.members:
            state.come_up()
        if self.stirred:
            self.bid()
        for state in self.members:
            state.reckon()
        for place in self.places:
            place.meet()
        self.record(self.places, [place.decide() for place in self.places])
        self.running = self.month + 1 < len(self.setting.months)
        if self.datacollector is not None:
            self.datacollector.collect(self)

    def bid(self) -> None:
        """The patrons bid, and states and hosts weigh it."""
        self.beijing.bid()
        self.taipei.answer()
        self.washington.press()
        for state in self.stirred:
            state.weigh()
        for host in self.hosts:
            host.weigh()

    def open_calendar(self) -> None:
        """Everything dated in the month takes effect; what all look at, or only some, may be something new."""
        t, timeline, before = self.month, self.timeline, self.common()
        self.now = self.setting.months[t]
        self.calendar_month, self.exposure = self.now.calendar_month, self.now.exposure
        if self.eventful:
            clear(self.calls)
        first = self._upcoming
        self.eventful = first < len(self.happens) and bool(timeline.events.month[first] <= t)
        if self.eventful:
            self._upcoming = open_month(
                timeline.events,
                timeline.lean_ref,
                t,
                first,
                self.happens,
                self.reference.values,
                self.status,
                self.lean,
                self.government_since,
                self.order_since,
                self._truce_until,
                self.carried_out,
                self.calls,
            )
        self.stirred = []
        if self.eventful or self.now.fades or self.moved:
            self.update_levels(set(timeline.events.state[first : self._upcoming].tolist()))
        self.truce = t < int(self._truce_until[0])
        short = t <= 1  # the first month may be; talks go at their usual pace from the second on
        if short or self.moved or self.restless or self.now.stirs or self.now.answers or self.common() != before:
            self.stirred = self.members
        self.moved = False

    def common(self) -> tuple[float, ...]:
        """What moves by the calendar and concerns every state, besides levers."""
        return (*self.committed, *self.carried_out, self.truce, self.now.running)

    def update_levels(self, spoken_of: set[int]) -> None:
        """What the calendar adds up to; who is spoken of, or for whom that is something new, weighs it."""
        events, reference = self.timeline.events, self.reference
        add_levels(
            events.kind,
            events.state,
            events.fade,
            reference.values,
            reference.doubted,
            reference.dollars,
            self.status,
            self.month,
            self.levels,
            self.committed,
        )
        for index in self.setting.named:
            state, levels = self.members[index], self.levels[:, index].tolist()
            if levels != state.levels or index in spoken_of:
                state.levels, state.at_issue = levels, ()
                self.stirred.append(state)

    def remember(self, *months: float) -> None:
        """A commitment is made; these are the months in which it ends, or is seen to be kept or broken."""
        self.moved = True
        self.due = min((self.due, *months))

    def learn(self) -> None:
        """Commitments end; what arrived of Beijing's promises becomes visible, and trust follows."""
        t = self.month
        if t < self.due:
            return
        self.stirred, self.due = self.members, math.inf
        for state in self.members:
            if t >= state.package_until:
                state.package = 0.0
            if t >= state.grant_until:
                state.grant = state.burden = 0.0
            if state.visible is not None and t >= state.visible:
                self.reveal(state)
            for month in (state.package_until, state.grant_until, state.visible or 0):
                if month > t:
                    self.due = min(self.due, month)
        self.trusts = [self.trust(region) for region in range(REGIONS)]

    def reveal(self, state: State) -> None:
        """Others see what of Beijing's promises to a state arrived, those of its own region first of all."""
        for region, known in enumerate(self.learned):
            weight = self.parameters.learning
            if region != state.region:
                weight *= rules.ELSEWHERE
            known[0] += weight * state.delivered
            known[1] += weight
        state.visible = None

    def trust(self, region: int) -> float:
        """Share of Beijing's bids that the states of a region expect to arrive."""
        timeline, (total, cases) = self.timeline, self.learned[region]
        return rules.trust(
            timeline.delivered_mean,
            self.parameters.trust_weight,
            float(timeline.delivered_total[region]) + total,
            float(timeline.delivered_cases[region]) + cases,
        )

    def record(self, places: list[State | Host], after: list[int]) -> None:
        """Settle, carry the decisions out and note them."""
        fade = self.timeline.monthly_year_fade
        self.fresh_switches = [switches * fade for switches in self.fresh_switches]
        for place, side in zip(places, after, strict=True):
            if place.outcome is not None or side != place.side:
                place.settle(side)
            if side != place.side:
                self.moved = True
                self.changes.append((self.month, place.place, place.side, side, list(place.row)))
                place.change_to(side)

    def accounts(self) -> Floats:
        """(n + h, ACCOUNTS) what each patron pays each place, US$ million."""
        accounts = self.book[:, :ACCOUNTS].copy()
        for state in self.members:
            accounts[state.index, TAIPEI_PAYS] += state.paid_by_taipei
            accounts[state.index, WASHINGTON_PAYS] += state.paid_by_washington
        return accounts


def run_world(world: World, horizons: Any, counts: Any, expected: Any, ledger: Any, accounts: Any = None) -> None:
    """Step a world to its end, as `sim.model.kernel.simulate` does a run.

    horizons : (H,) months; counts : (T + 1, 2) filled; expected : (n + h, H, 2) added to;
    ledger : (T + 1, n + h, COLUMNS) filled, or None; accounts : (n + h, ACCOUNTS) likewise
    """
    counts[0] = world.count, world.cooperating
    reached = {int(month): number for number, month in enumerate(horizons)}
    for t in range(len(world.setting.months)):
        world.step()
        if t > 0:
            counts[t] = world.count, world.cooperating
        if t in reached:
            away = np.array([place.away_by(t + 1) for place in world.places])
            expected[:, reached[t], 0] += away
            expected[:, reached[t], 1] += away * away
        if ledger is not None:
            ledger[t] = [place.row for place in world.places]
    if accounts is not None:
        accounts[:] = world.accounts()
