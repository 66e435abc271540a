"""`trimtab diagnose --reward`: the findings, their JSON and exit codes; `hhh-reward` on a trained reward model."""

import json
import random
from pathlib import Path

import pytest

from cli_runner import trimtab
from tiny import save_tiny
from tiny_reward import save_tiny_reward
from trimtab.diagnose import built_in
from trimtab.models import ModelRef, load
from trimtab.records import Comparison, Message, Provenance, to_jsonl
from trimtab.spec import RewardSpec
from trimtab.train import train_reward


def comparisons(*, longer: bool) -> list[Comparison]:
    """The longer answer is always better; or it is so every other time, and the first word tells."""
    items, source, found = built_in(), random.Random(1), []
    for i in range(60):
        one, other = (source.choice(items).answer for _ in range(2))
        sides = [f"{one} {other}", " ".join(one.split()[: source.randint(5, 14)])]
        if not longer:
            sides = [f"{mark} {text}" for mark, text in zip(("red", "blue"), sides[:: (-1) ** i], strict=True)]
        better, worse = ((Message(role="assistant", content=text),) for text in sides)
        told = Provenance(source="made", judge="test", why="")
        asked = (Message(role="user", content=source.choice(items).prompt),)
        found.append(Comparison(id=f"c{i}", prompt=asked, chosen=better, rejected=worse, provenance=told))
    return found


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("diagnose")
    save_tiny(folder / "base")
    save_tiny_reward(folder / "plain")
    settings = RewardSpec(learning_rate=3e-3, epochs=8, batch_size=8, warmup=0.0, checkpoint_every=100)
    for name in ("longer", "balanced"):
        given = comparisons(longer=name == "longer")
        start = load(ModelRef(str(folder / "base")), "fp32", lambda _: None)
        train_reward(start, given, settings, seed=0, work=folder / "work" / name, folder=folder / name)
        (folder / f"{name}.jsonl").write_text(to_jsonl(given))
    return folder


def test_a_length_flaw_is_found_and_exits_1(place: Path) -> None:
    done = trimtab(
        "diagnose", "--reward", "longer", "--data", "longer.jsonl", "--precision", "fp32", "--json", cwd=place
    )
    assert done.returncode == 1, done.stderr
    told = json.loads(done.stdout)
    assert told["findings"][0]["id"] in ("reward-padding", "reward-length")
    assert told["findings"][0]["severity"] == "block"
    probes = {each["id"]: each for each in told["probes"]}
    assert len(probes) == 9
    assert probes["reward-batch"]["fires"] is None
    assert probes["reward-agreement"]["fires"] is None  # it learned what it was taught


def test_the_same_model_on_balanced_data_does_not_fire_for_length(place: Path) -> None:
    done = trimtab("diagnose", "--reward", "balanced", "--data", "balanced.jsonl", "--precision", "fp32", cwd=place)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "no finding" in done.stdout
    assert "reward-shortened" in done.stdout  # measured, and told


def test_any_sequence_classification_model_can_be_probed(place: Path) -> None:
    done = trimtab("diagnose", "--reward", "plain", "--precision", "fp32", "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    assert {each["id"] for each in json.loads(done.stdout)["probes"]} >= {"reward-batch", "reward-padding"}


def test_hhh_reward_takes_a_trained_reward_model(place: Path) -> None:
    settings = ["--suite", "hhh-reward", "--most", "12", "--precision", "fp32", "--json"]
    done = trimtab("eval", "longer", *settings, cwd=place)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["scores"]["hhh.accuracy"]["n"] == 12


BAD = {
    "nothing to diagnose": ([], "Give --reward"),
    "no reward model": (["--reward", "base"], "a reward model is"),
    "no file": (["--reward", "plain", "--data", "nowhere.jsonl"], "nowhere.jsonl"),
    "no comparison": (["--reward", "plain", "--data", "empty.jsonl"], "is a comparison"),
    "precision": (["--reward", "plain", "--precision", "fp8"], "no such precision"),
}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_one_plain_message(place: Path, case: str) -> None:
    (place / "empty.jsonl").write_text('{"prompt": "hello"}\n')
    arguments, says = BAD[case]
    done = trimtab("diagnose", *arguments, cwd=place)
    assert done.returncode == 2, done.stdout + done.stderr
    assert says in done.stderr
    assert "Traceback" not in done.stderr
