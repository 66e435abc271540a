"""The same room on PostgreSQL: a server of the test's own, or one line that says why there is none."""

import os
import pwd
import subprocess
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter
from rooms import ONCE, pair_said, pairs, people, room_with
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from needs import without
from trimtab.review import Plan, judgements
from trimtab.review.assign import hand_out
from trimtab.review.blind import Wire
from trimtab.review.judging import Sent, keep

_PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"))
_NOBODY = ("postgres", "nobody")
_WIRE: TypeAdapter[Wire] = TypeAdapter(Wire)
if not _PROGRAMS:
    without("postgresql", "PostgreSQL's server is not installed (/usr/lib/postgresql)")


def _as_somebody() -> dict[str, Any]:
    """PostgreSQL does not run as root: the user that it runs as there."""
    if os.getuid() != 0:
        return {}
    names = {each.pw_name: each for each in pwd.getpwall()}
    user = next((names[name] for name in _NOBODY if name in names), None)
    if user is None:
        without("postgresql", "PostgreSQL does not run as root, and there is no user to run it as")
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    bin_, somebody = _PROGRAMS[-1].parent, _as_somebody()
    with tempfile.TemporaryDirectory(prefix="trimtab-pg-", dir="/tmp") as folder:
        if somebody:
            os.chown(folder, somebody["user"], somebody["group"])
        data = Path(folder) / "data"

        def run(program: str, *arguments: str) -> None:
            done = subprocess.run(
                [bin_ / program, *arguments], capture_output=True, text=True, check=False, cwd=folder, **somebody
            )
            if done.returncode != 0:
                last = (done.stderr or done.stdout).strip().splitlines()[-1]
                without("postgresql", f"{program} of PostgreSQL failed: {last}")

        run("initdb", "-D", str(data), "-U", "room", "-A", "trust", "--no-sync", "-E", "UTF8")
        options = f"-k {folder} -c listen_addresses='' -c fsync=off -c max_connections=60"
        run("pg_ctl", "-D", str(data), "-o", options, "-l", f"{folder}/log", "-w", "start")
        try:
            yield f"postgresql://room@/postgres?host={folder}"
        finally:
            run("pg_ctl", "-D", str(data), "-m", "immediate", "stop")


def test_the_same_room_on_postgresql(url: str) -> None:
    room, task = room_with(url, pairs(40), plan=Plan(per_item=2, repeat=0))
    room_with(url, pairs(40), plan=Plan(per_item=2, repeat=0))[0].database.close()  # opened again, nothing is new
    crowd = people(room, *(f"p{n}" for n in range(8)))

    def work(who: Any) -> int:
        said = 0
        while cards := hand_out(room.database, room.secret, who, task, 3).cards:
            for card in cards:
                sent = Sent(f"{who.id:08}-{card.id}", card.id, _WIRE.validate_python(pair_said("A", why="a\0b")))
                states = [keep(room.database, who, sent).state for _ in range(2)]
                said += states == ["kept", "kept before"]
        return said

    with ThreadPoolExecutor(8) as pool:
        counts = list(pool.map(work, crowd))
    with room.database.reading() as session:
        said = list(judgements(session))
    assert sum(counts) == len(said) == 80
    assert len({(each.item, each.reviewer) for each in said}) == 80
    by_item = [each.item for each in said]
    assert {by_item.count(item) for item in by_item} == {2}  # never a third reviewer
    for change in ("UPDATE judgement SET key = 'x'", "DELETE FROM judgement", "TRUNCATE audit_log"):
        with pytest.raises(DBAPIError, match="append-only"), room.database.writing() as session:
            session.execute(text(change))
    assert room.accounts.log_in("a\0b", "whatever it is") is None
    room.database.close()


def test_a_foreign_database_is_left_alone(url: str) -> None:
    from sqlalchemy import create_engine

    from trimtab.errors import UserError

    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("CREATE DATABASE other"))
    engine.dispose()
    other = url.replace("/postgres?", "/other?")
    engine = create_engine(other.replace("postgresql:", "postgresql+psycopg:"))
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE theirs (id int)"))
    engine.dispose()
    with pytest.raises(UserError, match="tables of something else"):
        room_with(other, pairs(1), plan=ONCE)
