"""Fifty reviewers at once: how long a judgement takes to be safe, and whether any is lost or there twice.

`python benchmarks/review_load.py [--seconds 60] [--reviewers 50] [--pause 3] [--postgres BIN]`

`trimtab review` runs as a process of its own, on SQLite or on a PostgreSQL that is started for it from the folder BIN,
with its usual settings: what is acknowledged is on the disk. The reviewers are in this process. Each does what the
browser does: keeps ten cards ahead, judges one after a pause drawn evenly around `--pause` seconds, and sends every
twentieth judgement twice, as after an answer that was lost. Saving is timed from the request to the receipt.
"""

import argparse
import asyncio
import json
import os
import pwd
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_urlsafe
from typing import Any

import httpx
import numpy as np

from trimtab.review import judgements, open_room

AHEAD, REFILL, TWICE = 10, 5, 20
PER_ITEM = 2
ITEMS = 3000
CHOICES = ("A", "B", "tie", "both bad", "cannot tell")
WORDS = "the answer says what was asked and then some more of what nobody wanted to know about it".split()


@dataclass
class Seen:
    """What the clients saw: keys that were acknowledged, seconds of saving and of fetching, and what went wrong."""

    kept: list[str] = field(default_factory=list)
    saving: list[float] = field(default_factory=list)
    fetching: list[float] = field(default_factory=list)
    wrong: Counter[str] = field(default_factory=Counter)


async def reviewer(client: httpx.AsyncClient, task: int, until: float, pause: float, seen: Seen, seed: int) -> None:
    """One person at work until the time is over."""
    rng, cards, done = random.Random(seed), [], set()
    await asyncio.sleep(rng.uniform(0, pause))
    while time.monotonic() < until:
        if len(cards) < REFILL:
            began = time.monotonic()
            answer = await client.post(f"/api/tasks/{task}/cards", json={"count": AHEAD, "holding": cards})
            seen.fetching.append(time.monotonic() - began)
            if answer.status_code != 200:
                seen.wrong[f"fetching: {answer.status_code}"] += 1
                continue
            cards += [card["id"] for card in answer.json()["cards"] if card["id"] not in done]
        if not cards:
            seen.wrong["no card was left"] += 1
            await asyncio.sleep(pause)
            continue
        await asyncio.sleep(rng.uniform(0.5, 1.5) * pause)
        card, key = cards.pop(0), token_urlsafe(12)
        done.add(card)
        entry = {"key": key, "assignment": card, "said": {"kind": "pair", "choice": rng.choice(CHOICES)}}
        expected = ["kept", "kept before"] if rng.random() < 1 / TWICE else ["kept"]
        for state in expected:
            began = time.monotonic()
            answer = await client.post("/api/judgements", json=entry)
            seen.saving.append(time.monotonic() - began)
            if answer.status_code != 200 or answer.json()["state"] != state:
                seen.wrong[f"saving: {answer.status_code} {answer.text[:60]}"] += 1
            elif state == "kept":
                seen.kept.append(key)


async def crowd(url: str, task: int, doors: list[tuple[str, str]], seconds: float, pause: float) -> Seen:
    """Everybody at once."""
    seen, until = Seen(), time.monotonic() + seconds
    clients = [
        httpx.AsyncClient(base_url=url, headers={"X-CSRF": csrf, "Cookie": f"trimtab_review={cookie}"}, timeout=60)
        for cookie, csrf in doors
    ]
    await asyncio.gather(*(reviewer(one, task, until, pause, seen, n) for n, one in enumerate(clients)))
    for one in clients:
        await one.aclose()
    return seen


@contextmanager
def postgres(programs: Path, folder: Path) -> Iterator[str]:
    """A PostgreSQL of our own, in a folder of its own; as another user where we are root."""
    somebody: dict[str, Any] = {}
    if os.getuid() == 0:
        user = next(each for each in pwd.getpwall() if each.pw_name in ("postgres", "nobody"))
        somebody = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    data, options = folder / "data", f"-k {folder} -c listen_addresses=''"
    commands = [
        ["initdb", "-D", data, "-U", "room", "-A", "trust", "-E", "UTF8"],
        ["pg_ctl", "-D", data, "-o", options, "-l", folder / "log", "-w", "start"],
    ]
    for program, *arguments in commands:
        subprocess.run([programs / str(program), *arguments], check=True, cwd=folder, capture_output=True, **somebody)
    try:
        yield f"postgresql://room@/postgres?host={folder}"
    finally:
        subprocess.run([programs / "pg_ctl", "-D", data, "-m", "fast", "stop"], cwd=folder, check=True, **somebody)


def source(folder: Path) -> Path:
    """Comparisons to be judged; every answer is another one."""
    rng, path = random.Random(0), folder / "pairs.jsonl"
    rows = (
        {
            "prompt": f"Question {n}?",
            "chosen": f"{n}: {' '.join(rng.choices(WORDS, k=80))}",
            "rejected": f"{n}: {' '.join(rng.choices(WORDS, k=80))}",
        }
        for n in range(ITEMS)
    )
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return path


def measure(place: str, folder: Path, reviewers: int, seconds: float, pause: float) -> dict[str, Any]:
    """The figures of one room, which is served, worked in and then counted."""
    command = ["review", str(source(folder)), "--room", place, "--per-item", str(PER_ITEM), "--no-browser", "--json"]
    served = subprocess.Popen(
        [sys.executable, "-m", "trimtab", *command, "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert served.stdout is not None
        told = json.loads(served.stdout.readline())
        room = open_room(place)
        doors = []
        for number in range(reviewers):
            cookie, visit = room.sessions.begin(room.accounts.local(f"reviewer {number}"))
            doors.append((cookie, room.sessions.csrf(visit)))
        url, load = told["url"].partition("/tasks")[0].rstrip("/"), os.getloadavg()[0]
        seen = asyncio.run(crowd(url, 1, doors, seconds, pause))
        with room.database.reading() as session:
            said = list(judgements(session))
        room.database.close()
    finally:
        served.terminate()
        served.wait()
    keys = Counter(each.id for each in said)
    places = Counter((each.item, each.reviewer, each.showing) for each in said)
    takers = Counter(each.item for each in said if each.showing == 1)
    return {
        "judgements": len(said),
        "lost": len(set(seen.kept) - set(keys)),
        "double": sum(count - 1 for counts in (keys, places) for count in counts.values()),
        "items judged by more than planned": sum(count > PER_ITEM for count in takers.values()),
        "wrong": dict(seen.wrong),
        "saving, ms": _spread(seen.saving),
        "fetching, ms": _spread(seen.fetching),
        "load of the machine before": round(load, 1),
    }


def _spread(seconds: list[float]) -> dict[str, float]:
    return {
        f"p{share}": round(1000 * float(np.percentile(seconds, share)), 1) for share in (50, 95, 99)
    } | {"n": len(seconds)}  # fmt: skip


def main() -> None:
    """Prints one line of JSON."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--reviewers", type=int, default=50)
    parser.add_argument("--pause", type=float, default=3.0)
    parser.add_argument("--postgres", type=Path, help="the folder of PostgreSQL's programs; SQLite without it")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="load-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        rest = given.reviewers, given.seconds, given.pause
        if given.postgres is None:
            found = measure(str(folder / "room.db"), folder, *rest)
        else:
            inner = folder / "postgres"
            inner.mkdir()
            with postgres(given.postgres, inner) as place:
                found = measure(place, folder, *rest)
    print(json.dumps({"database": "PostgreSQL" if given.postgres else "SQLite"} | found))


if __name__ == "__main__":
    main()
