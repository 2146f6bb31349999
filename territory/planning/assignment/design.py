"""Territories for very many customers: load prices balance them round by round, then annealing over short lists."""

from __future__ import annotations

from dataclasses import dataclass

from territory.domain.customers import Floats
from territory.planning.assignment.candidates import Int32s, medians
from territory.planning.assignment.listing import list_nearest, list_owners
from territory.planning.assignment.points import Task, plain_price
from territory.planning.assignment.rounds import ROUNDS, WEISZFELD, divide, lay_out
from territory.planning.assignment.settling import SWEEPS, Schedule, settle
from territory.planning.solver import seed_of


@dataclass(frozen=True)
class Design:
    """A division with its centres.

    Attributes
    ----------
    owner : array of int32, shape (units,)
    centres : array of float, shape (territories, 3)
    """

    owner: Int32s
    centres: Floats


def design(task: Task, *, seed: int, rounds: int = ROUNDS, sweeps: int = SWEEPS) -> Design:
    """Draw compact, balanced and connected territories around free centres.

    Parameters
    ----------
    task : Task
    seed : int
    rounds : int
        Of prices and centres.
    sweeps : int
        Trials per unit in the annealing.
    """
    layout = lay_out(task, seed=seed, rounds=rounds)
    schedule = Schedule(sweeps=sweeps)
    owner = divide(task, layout, seed=seed, schedule=schedule)
    centres = layout.centres.copy()
    medians(task.points, task.pull, owner, centres, WEISZFELD)
    again = _drawn_closer(task, owner, centres, seed_of(seed, 24), schedule)
    return Design(again if task.keeps(again) or not task.keeps(owner) else owner, centres)


def _drawn_closer(task: Task, owner: Int32s, centres: Floats, seed: int, schedule: Schedule) -> Int32s:
    """Return a division annealed once more around the middles of its territories."""
    price, lists = plain_price(task, centres), list_nearest(task, centres)
    list_owners(lists, owner, price)
    return settle(task, lists, owner, seed=seed, price=price, schedule=schedule)
