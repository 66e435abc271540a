"""What holds for every test and the processes that it starts: no hub is asked; a parallel worker takes one core."""

import os

os.environ["HF_HUB_OFFLINE"] = "1"
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.setdefault("OMP_NUM_THREADS", "1")  # two workers with two threads each would spin on two cores
