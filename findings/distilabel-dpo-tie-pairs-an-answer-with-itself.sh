#!/usr/bin/env bash
# Finding: distilabel's FormatTextGenerationDPO pairs an answer with itself where the ratings are equal
# Seen with: distilabel 1.5.3 (which needs requests and does not say so)
# Expected: two answers with the same rating give no pair, or a pair of the two answers
# Seen: the first answer is both chosen and rejected; the second is lost
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet distilabel==1.5.3 requests==2.34.2
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version

from distilabel.steps import FormatTextGenerationDPO

step = FormatTextGenerationDPO()
step.load()
(row,) = next(step.process([{"instruction": "Say hi.", "generations": ["hi", "hello"], "ratings": [4, 4]}]))
chosen, rejected = row["chosen"][-1]["content"], row["rejected"][-1]["content"]
print("version:", version("distilabel"))
print("expected: no pair, or hi and hello")
print("seen:", f"chosen {chosen!r}, rejected {rejected!r}")
sys.exit(0 if chosen == rejected == "hi" else "the behaviour has changed")
PY
