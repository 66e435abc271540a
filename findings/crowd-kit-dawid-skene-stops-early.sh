#!/usr/bin/env bash
# Finding: crowd-kit's DawidSkene stops before EM has settled, because the bound that it watches can fall
# Seen with: crowd-kit 1.4.2
# Expected: with a small `tol` it goes on until nothing changes, as EM's bound never falls
# Seen: it ends after a few of thousands of steps; with a `tol` below nothing it goes on to other figures
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet --no-deps crowd-kit==1.4.2
"$work/venv/bin/pip" install --quiet attrs==26.1.0 numpy==2.4.6 pandas==3.1.1 scikit-learn==1.9.1 tqdm==4.70.1
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import importlib.util
import sys
import types
from importlib.metadata import version
from pathlib import Path

# its packages import transformers and nltk, which this model does not need
root = Path(importlib.util.find_spec("crowdkit").submodule_search_locations[0])
for name in ("aggregation", "aggregation.classification"):
    module = types.ModuleType(f"crowdkit.{name}")
    module.__path__ = [str(root / name.replace(".", "/"))]
    sys.modules[module.__name__] = module
import pandas as pd
from crowdkit.aggregation.classification.dawid_skene import DawidSkene

made = (
    "0100 .001 11.0 0000 0000 .011 0.01 .000 1010 .110 00.0 0.00 1110 00.0 1.01 1001 1110 0100 1011 00.0 1100 0001 "
    "0.10 0100 0100 .100 00.0 1.11 1111 0.1."
)
rows = [(i, r, int(a)) for i, row in enumerate(made.split()) for r, a in enumerate(row) if a != "."]
data = pd.DataFrame(rows, columns=["task", "worker", "label"])
ends = DawidSkene(n_iter=3000, tol=1e-12).fit(data)
settled = DawidSkene(n_iter=3000, tol=-1.0).fit(data)
print("version:", version("crowd-kit"))
print("expected: the same shares of classes with tol=1e-12 and with none")
print("seen:", f"{ends.priors_[0]:.4f} after {len(ends.loss_history_)} steps, {settled.priors_[0]:.4f} in the end")
print("the bound:", [round(loss, 6) for loss in ends.loss_history_])
early = len(ends.loss_history_) < 10 and abs(ends.priors_[0] - settled.priors_[0]) > 1e-3
sys.exit(0 if early else "the behaviour has changed")
PY
