"""A plan that several stories change, each into a folder of its own."""

import pytest

from tests.stories.command import territory


@pytest.fixture(scope="session")
def plan_folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("plan") / "jewellery"
    done = territory("plan", "jewellery_counter", "--out", folder, "--effort", "quick", "--workers", 1)
    assert done.exit_code == 0, done.output
    return folder
