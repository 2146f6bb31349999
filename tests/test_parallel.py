from territory.parallel import map_tasks


def square(number):
    return number * number


def test_answers_come_in_the_order_of_the_tasks_whatever_the_number_of_workers():
    tasks = list(range(7))
    assert map_tasks(square, tasks, workers=1) == map_tasks(square, tasks, workers=2) == [n * n for n in tasks]


def test_progress_counts_up_to_the_number_of_tasks():
    seen = []
    map_tasks(square, [3, 4], progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 2), (2, 2)]
