"""How figures were taken, in words: evaluations whose fingerprints differ are never compared."""

from collections.abc import Mapping, Sequence

from ...records import thought_version
from .items import BenchmarkItems


def fingerprint(
    asked: Sequence[BenchmarkItems], engine: Mapping[str, str], judges: Mapping[str, str], seed: int
) -> dict[str, str]:
    """Each benchmark with its data, settings and the versions of what measures it; the engine; the judges.

    The seed is part of it where answers are drawn, and how thought is told from answers where any are written.
    """
    thought = {"thought": thought_version()} if any(each.benchmark.writes for each in asked) else {}
    return {**{each.benchmark.name: _described(each, seed) for each in asked}, **thought, **engine, **judges}


def _described(asked: BenchmarkItems, seed: int) -> str:
    settings = asked.benchmark.settings
    told = f"{len(asked.items)} items of {asked.source} ({asked.data[:12]}), {asked.benchmark.version}"
    if asked.benchmark.writes:
        told += (
            f", {settings.samples} answers of at most {settings.max_new_tokens} tokens, temperature "
            f"{settings.temperature:g}, top-p {settings.top_p:g}, {'chat' if settings.chat else 'raw'}"
        )
    return f"{told}, seed {seed}" if settings.temperature and asked.benchmark.writes else told
