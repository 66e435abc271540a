#!/usr/bin/env bash
# Finding: argilla's Record.to_dict, and its JSON export, lose that a response was discarded
# Seen with: argilla 2.8.0 (which needs requests and does not say so)
# Expected: a response's status (submitted, draft, discarded) is in the record's dictionary and survives
# Record.from_dict; the flattened list (to_list) has it
# Seen: value and user are kept and the status is not, so that a discarded response cannot be told from a submitted
# one
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet argilla==2.8.0 requests==2.34.2
cd "$work"
"$work/venv/bin/python" -W ignore - <<'PY'
import sys
from importlib.metadata import version
from uuid import UUID

from argilla import Record, Response

thrown_away = Response("quality", 5, user_id=UUID(int=1), status="discarded")
record = Record(fields={"prompt": "Say hi.", "answer": "hi"}, responses=[thrown_away])
told = record.to_dict()["responses"]["quality"][0]
again = next(iter(Record.from_dict(record.to_dict()).responses)).status
print("version:", version("argilla"))
print("expected: a response with status discarded, there and back")
print("seen:", f"keys {sorted(told)}, read back with status {again}")
sys.exit(0 if sorted(told) == ["user_id", "value"] and again is None else "the behaviour has changed")
PY
