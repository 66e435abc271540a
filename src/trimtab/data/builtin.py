"""The small sets of our own: what a benchmark asks without public data, and what no training prompt may hold."""

from pathlib import Path

SETS = Path(__file__).parent / "sets"
