"""The fast reader keeps and rejects what `read_comparisons` does."""

import gzip
import json
import os
import random
from pathlib import Path

import pytest
from test_read_comparisons import BAD, FORMS, SYSTEM, USER, said

from trimtab.data import read_comparisons, read_frame
from trimtab.loop.repair.edit import turned

DATA = Path(os.environ.get("TRIMTAB_DATA", Path(__file__).parents[3] / "shared" / "data"))
HH = DATA / "hh_rlhf" / "harmless_base_test_first1500.jsonl.gz"


def agree(path: Path) -> None:
    slow, fast = read_comparisons(path), read_frame(path)
    table = fast.table
    assert (fast.rejected, fast.read) == (slow.rejected, slow.read)
    assert table["id"].to_list() == [one.id for one in slow.kept]
    assert table["prompt"].to_list() == [one.prompt[-1].content for one in slow.kept]
    assert table["before"].to_list() == ["\n".join(m.content for m in one.prompt[:-1]) for one in slow.kept]
    assert table["chosen"].to_list() == [one.chosen_text for one in slow.kept]
    assert table["rejected"].to_list() == [one.rejected_text for one in slow.kept]
    assert table["judge"].to_list() == [one.provenance.judge for one in slow.kept]
    assert table["source"].to_list() == [one.provenance.source for one in slow.kept]
    prompts = {}
    for key, one in zip(table["prompt_key"].to_list(), slow.kept, strict=True):
        bare = tuple((message.role, message.content.strip()) for message in one.prompt)
        assert prompts.setdefault(key, bare) == bare
    assert len(set(prompts.values())) == len(prompts)


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", ["c.jsonl", "c.jsonl.gz"])
def test_readers_agree(tmp_path: Path, seed: int, name: str) -> None:
    rng = random.Random(seed)
    several = {
        "chosen": [SYSTEM, USER, said("a"), USER, said("b")],
        "rejected": [SYSTEM, USER, said("a"), USER, said("c")],
    }
    ours = {"id": "x", **FORMS["conversational"], "provenance": {"source": "s", "judge": "j", "why": "w"}}
    odd = {"prompt": "q", "chosen": "\n\nHuman: q\n\nAssistant: a", "rejected": "b", "judge": 3, "id": 0}
    good = [json.dumps(row) for row in (*FORMS.values(), several, ours, odd)]
    bad = [row if isinstance(row, str) else json.dumps(row) for row, _ in BAD.values()]
    text = "\n".join(rng.choice(rng.choice(([""], good, good, bad))) for _ in range(200))
    path = tmp_path / name
    path.write_bytes(gzip.compress(text.encode()) if name.endswith(".gz") else text.encode())
    agree(path)


def test_parquet_and_columns_of_their_own(tmp_path: Path) -> None:
    polars = pytest.importorskip("polars")
    row = {
        "prompt": [USER],
        "chosen": [said("a")],
        "rejected": [said("b")],
        "kind": "k",
        "chosen_model": "m",
        "judge": "Ann",
    }
    polars.DataFrame([row, {**row, "judge": None}, {**row, "rejected": [said("a")]}]).write_parquet(
        tmp_path / "c.parquet"
    )
    agree(tmp_path / "c.parquet")
    table = read_frame(tmp_path / "c.parquet").table
    assert table.select("judge", "kind", "chosen_origin", "rejected_origin").row(0) == ("Ann", "k", "m", "")
    assert table["place"].to_list() == [0, 1]


def test_extra_columns_and_people_read_alike(tmp_path: Path) -> None:
    more = [{"source": "web"}, {"user_id": 0}, {"rater": "Ann"}, {"judge": 0}, {"annotator": 0}, {"type": "tie"}]
    more += [{"score_chosen": 3, "score_rejected": 1}, {"preference": "tie"}, {"meta": {"id": 3}}, {"stars": 3}]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps({**FORMS["standard"], **one}) + "\n" for one in more))
    agree(tmp_path / "c.jsonl")
    assert read_frame(tmp_path / "c.jsonl").table["judge"].to_list() == [
        "unknown",
        "0",
        "Ann",
        "0",
        "0",
        "unknown",
        "unknown",
    ]


def test_an_annotator_is_a_judge(tmp_path: Path) -> None:
    (tmp_path / "c.jsonl").write_text(json.dumps({**FORMS["standard"], "annotator": "Ann"}))
    assert read_frame(tmp_path / "c.jsonl").table["judge"].to_list() == ["Ann"]


@pytest.mark.skipif(not HH.is_file(), reason=f"there is no {HH}; set TRIMTAB_DATA to the folder of test data")
def test_hh_rlhf_reads_alike() -> None:
    agree(HH)


def test_kind_and_models_stay_with_a_comparison(tmp_path: Path) -> None:
    raw = {
        "prompt": "q",
        "chosen": "a",
        "rejected": "b",
        "category": "home",
        "chosen_model": "x",
        "rejected_model": "y",
    }
    first, second = tmp_path / "given.jsonl", tmp_path / "written.jsonl"
    first.write_text(json.dumps(raw) + "\n")
    (row,) = read_comparisons(first).kept
    assert (row.kind, row.chosen_model, row.rejected_model) == ("home", "x", "y")
    other = turned(row, "test")
    assert (other.chosen_text, other.chosen_model, other.rejected_model) == ("b", "y", "x")
    second.write_text(row.to_json() + "\n")  # as a run's feedback stage does
    columns = ["kind", "chosen_origin", "rejected_origin"]
    assert read_frame(second).table[columns].rows() == read_frame(first).table[columns].rows() == [("home", "x", "y")]


def test_plain_rows_read_as_others_do_and_keep_their_place(tmp_path: Path) -> None:
    plain = {"prompt": "q", "chosen": "a", "rejected": "b"}
    texts = ("a", " a ", "", " ", "b", "\x1fa\x1f", "\u3000Human: a", "Human: a", "\n\nHuman: a\n\nAssistant: b",
             '[{"role": "user", "content": "a"}]', "{a}", "\r\na", "q", 3, None, [], "rejected")  # fmt: skip
    rows: list[dict[str, object]] = [{**plain, name: text} for name in plain for text in texts]
    beside = [{"id": 0}, {"id": ""}, {"id": None}, {"judge": None, "annotator": 3.0}, {"judge": " "}, {"row": {}},
              {"kind": None, "topic": 2}, {"rule": "r", "when": "w"}, {"source": "tie"}, {"n": 1}, {"n": "safe"},
              {"why": "x"}, {"system": "s"}, {"Prompt": "q"}, {"provenance": {"judge": "j"}}, {"score": 1},
              {"generations": ["a"]}, {"chosen_model": 4, "rejected_model": None}, {"label": True}]  # fmt: skip
    rows += [{**plain, **one} for one in beside] + [
        {name: plain[name] for name in reversed(plain)},
        {"chosen": "a", "rejected": "b"},
    ]
    (tmp_path / "c.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    agree(tmp_path / "c.jsonl")
    places = read_frame(tmp_path / "c.jsonl").table["place"].to_list()
    assert places == sorted(places)
    assert len(places) > 40
