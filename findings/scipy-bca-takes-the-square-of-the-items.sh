#!/usr/bin/env bash
# Finding: scipy.stats.bootstrap's BCa interval takes time and memory by the square of the items
# Seen with: scipy 1.17.1
# Expected: cost in proportion to items times resamples, as the other methods have it
# Seen: the jackknife of the acceleration leaves each item out of a copy of all, n times n - 1 values, whatever the
# number of resamples and whether the statistic is a mean, whose values without one item follow from the mean itself
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet scipy==1.17.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys

import numpy as np
import scipy
from scipy.stats import bootstrap

ITEMS, RESAMPLES = 500, 9
values = np.random.default_rng(0).exponential(size=ITEMS)


def looked_at(method):
    seen = []

    def mean(x, axis):
        seen.append(x.size)
        return x.mean(axis=axis)

    bootstrap((values,), mean, n_resamples=RESAMPLES, method=method, vectorized=True, rng=np.random.default_rng(0))
    return sum(seen)


plain, accelerated = looked_at("percentile"), looked_at("BCa")
print("version:", scipy.__version__)
print(f"expected: about {RESAMPLES * ITEMS} values of {ITEMS} items by either method")
print(f"seen: {plain} by percentiles, {accelerated} by BCa")
sys.exit(0 if accelerated - plain >= ITEMS * (ITEMS - 1) else "the behaviour has changed")
PY
