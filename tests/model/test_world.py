"""The Mesa model: it can be stepped, watched and changed by subclasses, and runs as the ensemble does."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import mesa
import numpy as np
import pytest

from sim.model import rules
from sim.model.host import Host
from sim.model.patrons import Beijing, Taipei, Washington
from sim.model.plan import Plan
from sim.model.state import State
from sim.model.terms import ACTIVE, COLUMNS, HAZARD, TAIPEI
from sim.model.world import World, run_world
from tests.worlds import CERTAIN, changed, draw, lay_out, open_world, rich, run, told


@pytest.fixture(scope="module")
def laid() -> Plan:
    return lay_out(rich())


def test_a_world_opens_on_the_roster_before_any_month(laid: Plan) -> None:
    world = open_world(laid)
    assert world.month == -1
    assert world.count == len(laid.members.recognisers)
    assert tuple(state.iso3 for state in world.members) == laid.states
    assert [state.iso3 for state in world.with_taipei()] == list(laid.members.recognisers)
    assert world.changes == []
    assert tuple(host.state.iso3 for host in world.hosts) == laid.hosts == ("GTM", "HND", "MHL", "PAN", "PLW", "SLV")
    assert world.cooperating == len(laid.hosts)
    assert [host.state for host in world.hosts] == [world.members[laid.states.index(code)] for code in laid.hosts]


def test_a_step_is_a_month_that_can_be_watched(laid: Plan) -> None:
    drawn = draw(laid, 40, mode="drawn")
    ensemble = run(laid, 40, mode="drawn")
    assert ensemble.ledger is not None
    world = open_world(laid, drawn, run_number=33)
    for month in range(len(laid.months)):
        world.step()
        assert world.month == month
        assert world.calendar_month == laid.timeline.calendar_month[month]
        if month > 0:
            assert [world.count, world.cooperating] == ensemble.counts[33, month].tolist()
        for state in world.members:
            assert state.row == ensemble.ledger[33, month, state.index].tolist()
        for number, host in enumerate(world.hosts):
            assert host.row == ensemble.ledger[33, month, len(laid.states) + number].tolist()


def test_the_agents_are_mesas(laid: Plan) -> None:
    world = open_world(laid)
    assert isinstance(world, mesa.Model)
    assert len(world.agents) == len(laid.states) + len(laid.hosts) + 3
    for kind in (State, Host, Beijing, Taipei, Washington):
        assert kind in world.agent_types


def test_worlds_do_not_touch_each_other(laid: Plan) -> None:
    alone = open_world(laid)
    for _ in range(12):
        alone.step()
    first, second = open_world(laid), open_world(laid, seed=2)
    for _ in range(12):
        second.step()
        first.step()
    assert [state.row for state in first.members] == [state.row for state in alone.members]
    assert laid.timeline.lean.tolist() == lay_out(rich()).timeline.lean.tolist()


def test_worlds_of_one_setting_do_not_touch_each_other(laid: Plan) -> None:
    setting = draw(laid, 20, mode="drawn").setting(laid, 0)
    first, second = World(setting, 1, 7), World(setting, 1, 7)
    for _ in laid.months:
        first.step()
    for _ in laid.months:
        second.step()
    assert first.changes == second.changes
    assert [place.row for place in first.places] == [place.row for place in second.places]
    assert first.accounts().tolist() == second.accounts().tolist()


def test_agents_read_pythons_own_numbers(laid: Plan) -> None:
    """Those of an array are slow to reckon with."""
    setting = draw(laid).setting(laid, 0)
    for part in (*setting.facts, *setting.references, *setting.months, setting.references[0].leaving):
        for name, number in vars(part).items():
            parts = number if isinstance(number, list) else [number]
            assert {type(one) for one in parts} <= {float, int, bool, list, SimpleNamespace}, name
    assert [state.gdp for state in setting.facts] == laid.timeline.gdp.tolist()
    assert [month.hostility for month in setting.months] == laid.timeline.hostility.tolist()
    assert [state.coming.base for state in setting.references] == setting.reference.coming.base.tolist()


def test_run_world_fills_counts_ledger_and_changes(laid: Plan) -> None:
    places = len(laid.states) + len(laid.hosts)
    counts = np.zeros((len(laid.months), 2), dtype=np.uint8)
    ledger = np.full((len(laid.months), places, COLUMNS), np.nan)
    rows = np.array([3, len(laid.months) - 1])
    expected = np.full((places, 2, 2), 7.0)
    world = open_world(laid)
    run_world(world, rows, counts, expected, ledger)
    assert counts[0].tolist() == [len(laid.members.recognisers), len(laid.hosts)]
    assert counts[-1].tolist() == [world.count, world.cooperating]
    assert np.all(np.isfinite(ledger))
    met = [place.away_by(len(laid.months)) for place in world.places]
    assert expected[:, 1, 0].tolist() == [7.0 + away for away in met]
    assert expected[:, 1, 1].tolist() == [7.0 + away * away for away in met]
    assert np.any(expected[:, 0] != expected[:, 1])
    assert world.changes
    for month, place, before, after, row in world.changes:
        assert before != after
        assert ledger[month, place].tolist() == row


def test_run_world_keeps_no_ledger_and_no_horizon_unless_asked(laid: Plan) -> None:
    counts = np.zeros((len(laid.months), 2), dtype=np.uint8)
    expected = np.zeros((len(laid.states) + len(laid.hosts), 0, 2))
    run_world(open_world(laid), np.zeros(0, dtype=np.int64), counts, expected, None)
    assert np.array_equal(counts, run(laid, 20).counts[0])


# --- who is asked in a month ------------------------------------------------------------------------------


def test_a_state_weighs_again_only_where_there_is_something_new() -> None:
    calm = {"departure_rate": 1e-6, "return_rate": 1e-9}
    event = {"type": "lobbying", "state": "HND", "pressure": 1.0, "date": "2022-05-10"}
    laid = lay_out(told("GTM", "HND", "PLW", end="2022-12-31", parameters=calm, events={"told": event}))
    world = open_world(laid)
    running, stirred = world.reference.running, []
    for _ in laid.months:
        world.step()
        stirred.append([state.iso3 for state in world.stirred])
    assert stirred[:2] == [list(laid.states)] * 2
    month = laid.months.index("2022-05")
    assert stirred[month] == ["HND"]
    quiet = [t for t in range(2, len(laid.months)) if t != month and running[t] == running[t - 1]]
    assert len(quiet) > 4
    assert all(stirred[t] == [] for t in quiet if t < month)


class Own(State):
    """As shipped, but of another class, so that all are asked each month."""


class Asked(World):
    state_class = Own


@pytest.mark.parametrize("run_number", [0, 21, 33])
def test_whoever_is_not_asked_would_have_said_the_same(run_number: int) -> None:
    laid = lay_out(changed(rich(), {"parameters.neighbours_effect": 0.0}))  # else all are asked each month
    drawn = draw(laid, 40, mode="drawn")
    usual, asked = (open_world(laid, drawn, run_number=run_number, kind=kind) for kind in (World, Asked))
    skipped = 0
    for _ in laid.months:
        usual.step()
        asked.step()
        assert asked.stirred == asked.members
        skipped += len(usual.members) - len(usual.stirred)
        assert [place.row for place in usual.places] == [place.row for place in asked.places]
        assert [place.away for place in usual.places] == [place.away for place in asked.places]
    assert skipped > len(laid.months)
    assert usual.changes == asked.changes
    assert usual.talks == asked.talks
    assert usual.accounts().tolist() == asked.accounts().tolist()


# --- subclasses -------------------------------------------------------------------------------------------

LEAVERS = told(
    "GTM",
    "HND",
    "PLW",
    end="2022-12-31",
    states={code: {"susceptibility": 1000.0} for code in ("GTM", "HND", "PLW")},
    parameters=CERTAIN,
    taipei={"acceptance": 0.0},
)


class Loyal(State):
    """Honduras never leaves; the others are as ever."""

    def decide(self) -> int:
        return TAIPEI if self.iso3 == "HND" else super().decide()


class Loyalists(World):
    state_class = Loyal


class Wary(State):
    """Half as likely to change sides as others think."""

    def reckon(self) -> None:
        super().reckon()
        self.chance /= 2.0


class Waverers(World):
    state_class = Wary


def test_a_chance_that_a_subclass_changes_is_what_the_ledger_and_the_sums_have(laid: Plan) -> None:
    world, usual, met = open_world(laid, kind=Waverers), open_world(laid), 0.0
    usual.step()
    for month in range(3):
        world.step()
        ally = world.members[laid.states.index("PRY")]
        if month == 0:
            assert ally.chance == usual.members[ally.index].chance / 2.0
        assert ally.row[HAZARD] == rules.yearly_rate(ally.chance, world.exposure)
        met += ally.chance
        assert ally.away == met


class Deaf(Washington):
    """Presses nobody."""

    def press(self) -> None:
        for state in self.model.with_taipei():
            state.pressed, state.stake = [0.0, 0.0], [0.0, 0.0]


class Quiet(World):
    washington_class = Deaf


class Miser(Taipei):
    """Gives nothing."""

    def answer(self) -> None:
        super().answer()
        for state in self.model.with_taipei():
            state.aid = 0.0


class Wooer(Beijing):
    """Offers each state two per cent more of its GDP."""

    def bid(self) -> None:
        super().bid()
        for state in self.model.with_taipei():
            state.bid += 2.0


class Generous(World):
    taipei_class = Miser
    beijing_class = Wooer


def test_a_subclass_of_state_changes_a_decision() -> None:
    plan = lay_out(LEAVERS)
    usual, loyal = open_world(plan), open_world(plan, kind=Loyalists)
    for _ in range(3):
        usual.step()
        loyal.step()
    assert usual.count == 0
    assert [state.iso3 for state in loyal.with_taipei()] == ["HND"]
    assert all(isinstance(state, Loyal) for state in loyal.members)
    assert World.state_class is State


def test_subclasses_of_the_patrons_change_what_they_do() -> None:
    plan = lay_out(changed(LEAVERS, {"parameters": {}, "beijing.acceptance": 0.0}))
    usual, quiet, generous = open_world(plan), open_world(plan, kind=Quiet), open_world(plan, kind=Generous)
    for world in (usual, quiet, generous):
        world.step()
    assert {pressure for state in quiet.members for pressure in state.pressed} == {0.0}
    assert {state.aid for state in generous.members} == {0.0}
    for one, other in zip(usual.members, generous.members, strict=True):
        assert other.bid == pytest.approx(one.bid + 2.0)
        assert other.balance[0] > one.balance[0]


class Faithful(Host):
    """Honduras never suspends; the others are as ever."""

    def decide(self) -> int:
        return ACTIVE if self.state.iso3 == "HND" else super().decide()


class Alliance(World):
    host_class = Faithful


def test_a_subclass_of_host_changes_a_decision() -> None:
    hosts = told("GTM", "HND", "PLW", cooperation={"hosts": ["GTM", "HND"]}, parameters={"suspension_rate": 10.0})
    plan = lay_out(changed(hosts, {"parameters.hostility_effect": 10.0, "washington.hostility": 3.0}))
    usual, faithful = open_world(plan), open_world(plan, kind=Alliance)
    for _ in range(3):
        usual.step()
        faithful.step()
    assert (usual.cooperating, faithful.cooperating) == (0, 1)
    assert all(isinstance(host, Faithful) for host in faithful.hosts)
    assert World.host_class is Host


def test_beijings_acceptance_is_what_the_states_meet() -> None:
    class Closed(Beijing):
        def look(self) -> None:
            super().look()
            self.acceptance = 0.0

    class Shut(World):
        beijing_class = Closed

    world = open_world(lay_out(LEAVERS), kind=Shut)
    for _ in range(6):
        world.step()
    assert world.count == 3
    assert all(state.row[HAZARD] == 0.0 for state in world.members)


def test_nothing_is_said_of_widgets_in_a_notebook_without_them() -> None:
    kernel = "SimpleNamespace(get_ipython=lambda: SimpleNamespace(config={'IPKernelApp': 1}))"
    begin = f"import sys; from types import SimpleNamespace; sys.modules['IPython'] = {kernel}; "
    begin += "sys.modules['ipykernel.zmqshell'] = sys.modules['ipywidgets'] = None; "
    for module, said in (("tqdm.auto", True), ("sim.model.state", False), ("sim.model.patrons", False)):
        done = subprocess.run([sys.executable, "-c", begin + f"import {module}"], capture_output=True, text=True)
        assert (done.returncode, "IProgress not found" in done.stderr) == (0, said), done.stderr
