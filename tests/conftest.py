"""What holds for every test and the processes that it starts: no hub is asked; a parallel worker takes one core.

Files whose tests take long come first, so that no worker is left alone with one of them at the end (`make test` gives
files out in this order, by --no-loadscope-reorder).

Libraries collect garbage at every start of a training, which looks at all that is alive: modules above all, a third of
a second each time. What is alive when a file's tests begin is therefore left out of it.
"""

import gc
import os

import pytest

os.environ["HF_HUB_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers with two threads each would spin on two cores

_LONG = ("train/test_processes", "test_gpu_script", "integration/", "loop/", "train/", "cli/")
"""Where long tests are, the longest first."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Puts long files first and keeps the order within them."""

    def rank(item: pytest.Item) -> int:
        return next((place for place, part in enumerate(_LONG) if f"tests/{part}" in item.path.as_posix()), len(_LONG))

    items.sort(key=rank)


@pytest.fixture(scope="module", autouse=True)
def _little_to_collect() -> None:
    """Garbage collection looks at nothing that was alive before this file's tests."""
    gc.collect()
    gc.freeze()
