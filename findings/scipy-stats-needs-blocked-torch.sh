#!/usr/bin/env bash
# Finding: scipy.stats cannot be imported where torch is blocked by `sys.modules["torch"] = None`
# Seen with: scipy 1.17.1, numpy 2.4.6
# Expected: scipy does not need torch; None in sys.modules is Python's own way to say that a module must not be
# imported ("The import system" in its reference), and scipy looks no further
# Seen: AttributeError: 'NoneType' object has no attribute 'Tensor', as any key of that name counts as an imported
# torch
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet scipy==1.17.1 numpy==2.4.6
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

sys.modules["torch"] = None
try:
    import scipy.stats  # noqa: F401

    seen = "imported"
except AttributeError as error:
    seen = f"AttributeError: {error}"
print("version:", version("scipy"))
print("expected: imported")
print("seen:", seen)
sys.exit(0 if "'Tensor'" in seen else "the behaviour has changed")
PY
