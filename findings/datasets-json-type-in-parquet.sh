#!/usr/bin/env bash
# Finding: One row of another shape, and other readers of datasets' Parquet get every text with quotation marks around
# it
# Seen with: datasets 5.2.0, pyarrow 26.0.1, polars 2.1.0
# Expected: `to_parquet` of rows read from JSON Lines gives text as text to any reader of Parquet, or says that it
# does not
# Seen: where one message's content is a list of parts, the column becomes datasets' Json type for all rows: datasets
# reads them back as they were, pyarrow and polars read JSON text, so that hello is "hello" with its quotation marks
# Exits 0 while the behaviour is as seen, and with another status once it has changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m venv "$work/venv"
"$work/venv/bin/pip" install --quiet datasets==5.2.0 pyarrow==26.0.1 polars==2.1.0
cd "$work"
HF_HUB_OFFLINE=1 "$work/venv/bin/python" -W ignore - <<'PY'
import json
import sys
from pathlib import Path

import datasets
import polars
import pyarrow.parquet
from datasets import load_dataset

datasets.disable_progress_bars()
plain = {"messages": [{"role": "user", "content": "hello"}]}
parts = {"messages": [{"role": "user", "content": [{"type": "text", "text": "hi"}]}]}


def contents(rows, name):
    """The first row's content after to_parquet, as pyarrow, polars and datasets read it."""
    Path(f"{name}.jsonl").write_text("\n".join(map(json.dumps, rows)))
    load_dataset("json", data_files=f"{name}.jsonl", split="train", cache_dir="one").to_parquet(f"{name}.parquet")
    found = [
        pyarrow.parquet.read_table(f"{name}.parquet").to_pylist()[0],
        polars.read_parquet(f"{name}.parquet").to_dicts()[0],
        load_dataset("parquet", data_files=f"{name}.parquet", split="train", cache_dir="two")[0],
    ]
    return [row["messages"][0]["content"] for row in found]


alike, mixed = contents([plain], "alike"), contents([plain, parts], "mixed")
print("version:", datasets.__version__)
print("expected: hello, hello, hello (pyarrow, polars, datasets)")
print("seen:", f"rows alike {alike}, rows of two shapes {mixed}")
sys.exit(0 if alike == ["hello"] * 3 and mixed == ['"hello"', '"hello"', "hello"] else "the behaviour has changed")
PY
