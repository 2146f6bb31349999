"""Free-centre problems small enough to try every division, and the trying."""

import itertools

import networkx as nx
import numpy as np

from territory.planning.assignment.free_centres import free_centre_problem


def tiny_problem(seed):
    """Return four to seven units and two or three territories under random limits of every kind."""
    random = np.random.default_rng([seed, 7])
    units, territories = int(random.integers(4, 8)), int(random.integers(2, 4))
    measures = int(random.integers(1, 4))
    points = random.integers(0, 30, (units, 2)).astype(float)
    weight = random.integers(1, 9, (measures, units)).astype(float)
    if random.random() < 0.3:
        weight = weight + random.random(weight.shape)
    mean = weight.sum(axis=1) / territories
    tolerance = float(random.choice([0.2, 0.4, 0.8]))
    options = {}
    if random.random() < 0.3:
        options["distance"] = random.integers(0, 40, (units, units)) * (1.0 - np.eye(units))
    if random.random() < 0.4:
        options["capacity"] = weight[0].sum() / territories * random.choice([0.7, 1.2, 1.6], units)
    if random.random() < 0.5:
        graph = nx.gnm_random_graph(units, units + int(random.integers(0, 4)), seed=seed)
        options["adjacency"] = np.array(graph.edges)
    lower = np.repeat((mean * (1 - tolerance))[:, None], territories, axis=1)
    upper = np.repeat((mean * (1 + tolerance))[:, None], territories, axis=1)
    if random.random() < 0.3:
        upper[0] += np.arange(territories)
    return free_centre_problem(
        points=points, weight=weight, territories=territories, lower=lower, upper=upper, **options
    )


def cost_of(problem, owner):
    """Return the cost of a division by the definition, or None if it breaks a rule."""
    groups = [np.flatnonzero(np.asarray(owner) == r).tolist() for r in range(problem.territories)]
    costs = [_cost_of_group(problem, r, members) for r, members in enumerate(groups)]
    return None if None in costs else sum(costs)


def best_of_all(problem):
    """Return the least cost of any division, or None if none keeps the rules."""
    units = range(problem.units)
    groups = [[i for i in units if mask >> i & 1] for mask in range(2**problem.units)]
    cost = [[_cost_of_group(problem, r, members) for members in groups] for r in range(problem.territories)]
    best = None
    for division in itertools.product(range(problem.territories), repeat=problem.units):
        masks = [sum(1 << i for i in units if division[i] == r) for r in range(problem.territories)]
        costs = [cost[r][mask] for r, mask in enumerate(masks)]
        if None not in costs:
            best = sum(costs) if best is None else min(best, sum(costs))
    return best


def _cost_of_group(problem, r, members):
    if not members:
        return None
    load = problem.weight[:, members].sum(axis=1)
    if (load < problem.lower[:, r] - 1e-9).any() or (load > problem.upper[:, r] + 1e-9).any():
        return None
    if problem.adjacency is not None:
        graph = nx.Graph([edge for edge in problem.adjacency.tolist() if edge[0] in members and edge[1] in members])
        graph.add_nodes_from(members)
        if not nx.is_connected(graph):
            return None
    able = [c for c in members if problem.capacity is None or problem.capacity[c] >= load[0] - 1e-9]
    return min((sum(problem.distance[i, c] for i in members) for c in able), default=None)
