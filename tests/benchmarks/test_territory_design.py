"""The free-centre benchmark on made-up files, and its checker on solutions worked out by hand."""

import csv
import json

import numpy as np
import pytest
import territory_design
from territory_design_checker import check_solution
from territory_design_files import read_instance


def write_tdp(path, rows=6, territories=4, seed=0):
    """Write a grid of units with three weights near 100, rows shuffled."""
    random = np.random.default_rng(seed)
    units = [(i, i % rows, i // rows, *random.integers(98, 103, 3), 0) for i in range(rows * rows)]
    edges = [(i, i + 1) for i in range(rows * rows) if (i + 1) % rows] + [
        (i, i + rows) for i in range(rows * (rows - 1))
    ]
    lines = [f"{rows * rows}", *(" ".join(map(str, units[i])) for i in random.permutation(len(units)))]
    lines += [f"{len(edges)}", *(f"{u} {v}" for u, v in edges)]
    lines += [f"{territories} {territories} 0.05 0.05 0.05 0.05"]
    lines += [" ".join(["1"] * len(units))] * territories
    path.write_text("\n".join(lines))


def write_line(path, capacities=(10, 10, 10, 4)):
    """Write four points on a line, one apart, with a demand of 5 each, for two medians."""
    rows = [f"{x} 0 {capacity} 5" for x, capacity in enumerate(capacities)]
    path.write_text("\n".join(["4 2", *rows]))


def write_solution(path, territories):
    path.write_text("\n".join(["id,territory", *(f"{i},{t}" for i, t in territories)]))


def run_benchmark(capsys, *arguments):
    code = territory_design.main([*map(str, arguments), "--json"])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_connected_territories_are_found_written_and_judged_feasible(tmp_path, capsys):
    write_tdp(tmp_path / "grid.dat")
    known = tmp_path / "known.csv"
    known.write_text("instance,published,optimum\ngrid,100,\n")
    arguments = ("--format", "tdp", "--best-known", known, "--solutions", tmp_path / "out", "--effort", "5e6")
    code, (row,) = run_benchmark(capsys, tmp_path / "grid.dat", *arguments)
    assert code == 0
    assert row["feasible"] is True
    assert row["instance"] == "grid"
    assert row["bound"] <= row["objective"]
    assert row["gap_percent"] == pytest.approx(row["objective"] - 100, abs=1e-3)
    with (tmp_path / "out" / "grid.csv").open() as stream:
        written = list(csv.DictReader(stream))
    assert [row["id"] for row in written] == [str(i) for i in range(36)]
    assert {row["territory"] for row in written} == {"0", "1", "2", "3"}


def test_medians_respect_capacities_that_differ(tmp_path, capsys):
    write_line(tmp_path / "line.txt", capacities=(4, 10, 4, 10))
    code, (row,) = run_benchmark(capsys, tmp_path / "line.txt", "--format", "cpmp", "--effort", "1e5")
    assert code == 0
    assert row["objective"] == pytest.approx(2.0)
    assert row["best_known"] is None


def test_an_instance_without_solution_is_reported_and_fails(tmp_path, capsys):
    write_line(tmp_path / "line.txt", capacities=(4, 4, 4, 4))
    code, (row,) = run_benchmark(capsys, tmp_path / "line.txt", "--format", "cpmp", "--effort", "1e5")
    assert code == 1
    assert row["feasible"] is False


def test_shuffled_rows_of_a_file_give_the_same_solution_file(tmp_path, capsys):
    write_tdp(tmp_path / "grid.dat")
    lines = (tmp_path / "grid.dat").read_text().splitlines()
    (tmp_path / "turned").mkdir()
    (tmp_path / "turned" / "grid.dat").write_text("\n".join([lines[0], *lines[36:0:-1], *lines[37:]]))
    for folder in (tmp_path, tmp_path / "turned"):
        run_benchmark(capsys, folder / "grid.dat", "--format", "tdp", "--effort", "1e6", "--solutions", folder / "out")
    one, two = ((folder / "out" / "grid.csv").read_bytes() for folder in (tmp_path, tmp_path / "turned"))
    assert one == two


def test_the_checker_counts_the_distances_to_the_best_centres(tmp_path):
    write_line(tmp_path / "line.txt")
    write_solution(tmp_path / "s.csv", [(0, "a"), (1, "a"), (2, "b"), (3, "b")])
    verdict = check_solution(tmp_path / "line.txt", tmp_path / "s.csv", "cpmp")
    assert verdict.feasible
    assert verdict.objective == pytest.approx(2.0)


@pytest.mark.parametrize(
    ("territories", "words"),
    [
        ([(0, 0), (1, 0), (2, 0), (3, 1)], "above the capacity"),
        ([(0, 0), (1, 0), (2, 1)], "unit 3: in no territory"),
        ([(0, 0), (1, 0), (2, 0), (3, 0)], "1 territories instead of 2"),
        ([(0, 0), (0, 1), (1, 0), (2, 1), (3, 1)], "unit 0: unknown or named twice"),
        ([(0, 0), (1, 0), (2, 1), (3, 1), (9, 1)], "unit 9: unknown or named twice"),
    ],
)
def test_the_checker_names_what_is_broken(tmp_path, territories, words):
    write_line(tmp_path / "line.txt")
    write_solution(tmp_path / "s.csv", territories)
    verdict = check_solution(tmp_path / "line.txt", tmp_path / "s.csv", "cpmp")
    assert not verdict.feasible
    assert any(words in problem for problem in verdict.problems)


def stripes(of):
    return [(i, of(i % 6, i // 6)) for i in range(36)]


@pytest.mark.parametrize(
    ("territories", "words"),
    [
        (stripes(lambda x, y: x // 3 + 2 * (y // 3)), None),
        (stripes(lambda x, y: (x + y) % 2 + 2 * (y // 3)), "not connected"),
        (stripes(lambda x, y: min(3, x)), "off its mean"),
    ],
)
def test_the_checker_knows_balance_and_connection(tmp_path, territories, words):
    write_tdp(tmp_path / "grid.dat")
    write_solution(tmp_path / "s.csv", territories)
    verdict = check_solution(tmp_path / "grid.dat", tmp_path / "s.csv", "tdp")
    assert verdict.feasible == (words is None)
    assert words is None or any(words in problem for problem in verdict.problems)


def test_five_percent_is_still_within_and_the_next_unit_is_not(tmp_path):
    head = ["4", "0 0 0 {} 1 1 0", "1 1 0 100 1 1 0", "2 2 0 {} 1 1 0", "3 3 0 100 1 1 0", "3", "0 1", "1 2", "2 3"]
    tail = ["2 2 0.05 0.05 0.05 0.05", "1 1 1 1", "1 1 1 1"]
    write_solution(tmp_path / "s.csv", [(0, 0), (1, 0), (2, 1), (3, 1)])
    verdicts = []
    for more, less in ((110, 90), (111, 89)):
        text = "\n".join([*head, *tail]).replace("0 0 0 {}", f"0 0 0 {more}").replace("2 2 0 {}", f"2 2 0 {less}")
        (tmp_path / "i.dat").write_text(text)
        verdicts.append(check_solution(tmp_path / "i.dat", tmp_path / "s.csv", "tdp").feasible)
    assert verdicts == [True, False]


def test_a_file_that_is_cut_off_is_refused(tmp_path):
    write_line(tmp_path / "line.txt")
    text = (tmp_path / "line.txt").read_text()
    (tmp_path / "line.txt").write_text(text[: text.rindex("\n")])
    with pytest.raises(ValueError, match="expected 4 rows"):
        read_instance(tmp_path / "line.txt", "cpmp")
