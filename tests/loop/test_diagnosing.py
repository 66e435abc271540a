"""A run whose data prefers refusals is read, that cause comes first, and mended data and a spec are written."""

from dataclasses import replace
from pathlib import Path

import pytest

from made.run import write_run
from trimtab.audit import audit
from trimtab.data import frame_of
from trimtab.diagnose import likely
from trimtab.errors import UserError
from trimtab.loop import Diagnosed, Quiet, apply_intervention, diagnose_run, write_diagnosis
from trimtab.loop.inputs import read_inputs
from trimtab.loop.repair.edit import TURNED, mend
from trimtab.loop.repair.read_run import sides_of
from trimtab.records import Comparison, Diagnosis, Message
from trimtab.spec import LoadedSpec, Spec, load_spec


@pytest.fixture(scope="module")
def done(tmp_path_factory: pytest.TempPathFactory) -> Diagnosed:
    return diagnose_run(write_run(tmp_path_factory.mktemp("run")), Quiet())


def test_refusals_taught_and_shown_come_first(done: Diagnosed) -> None:
    causes = done.diagnosis.causes
    assert causes[0].id == "refusal-bias", [(cause.id, cause.score) for cause in causes]
    assert causes[0] in likely(done.diagnosis)
    symptom = next(each for each in done.diagnosis.symptoms if each.id == "over-refusal")
    assert symptom.low is not None
    assert symptom.low > 0.3


def test_mended_data_and_a_spec_that_loads_are_written(done: Diagnosed) -> None:
    path, why_not = write_diagnosis(done, None)
    assert (path, why_not) == (done.run.folder / "diagnosis" / "spec.yaml", "")
    assert path is not None
    inputs = read_inputs(load_spec(path))
    lines = inputs.files[0][1].read_text().splitlines()
    rows = [Comparison.from_json(line) for line in lines]
    assert len(rows) == 80
    turned = [row for row in rows if any(step.rule == TURNED for step in row.provenance.steps)]
    planted = {f"c{i}" for i in range(24)}
    assert {row.id for row in turned} <= planted
    assert len(turned) == _behind(done) >= 12  # full refusals alone: what is partial may be a question back
    old = {row.id: row for row in _old(done)}
    assert all((row.chosen, row.rejected) == (old[row.id].rejected, old[row.id].chosen) for row in turned)
    read_back = Diagnosis.from_json((done.run.folder / "diagnosis" / "diagnosis.json").read_bytes())
    assert read_back == done.diagnosis
    note = (done.run.folder / "diagnosis" / "diagnosis.md").read_text()
    assert "refusal-bias" in note
    assert "intervention `turn-refusal-bias`" in note


def _behind(done: Diagnosed) -> int:
    """Rows behind the audit's finding; 24 are planted."""
    return next(one.finding.count for one in done.audited.found if one.finding.id == "refusal-bias")


def _old(done: Diagnosed) -> list[Comparison]:
    return list(done.compared)


def test_every_kind_of_mending_accounts_for_its_rows(done: Diagnosed) -> None:
    dropped, counts = mend(done, "drop:refusal-bias")
    assert len(dropped) + counts["refusal-bias"] + counts["rejected"] == 80
    assert counts["refusal-bias"] == _behind(done)
    thinking = [
        row.model_copy(update={"chosen": (row.chosen[0].model_copy(update={"reasoning_content": "Hm."}),)})
        for row in _old(done)[:30]
    ]
    thinks = replace(done, compared=[*thinking, *_old(done)[30:]], audited=audit(frame_of(thinking)))
    plain, counts = mend(thinks, "strip:thought")
    assert (len(plain), counts["kept"], counts["changed"]) == (80, 80, 30)
    assert [row.chosen for row in plain] == [row.chosen for row in _old(done)]
    apart, counts = mend(thinks, "drop:thought")
    assert (len(apart), counts["thought"]) == (50, 30)
    every, counts = mend(done, "turn:all")
    assert (len(every), counts["turned"], counts["kept"]) == (80, 80, 0)
    assert every[0].chosen == _old(done)[0].rejected


def test_balancing_leaves_as_many_longer_as_shorter_chosen_sides(done: Diagnosed) -> None:
    tail = " Think of it as one small step after another, and then begin with the first of them."
    rows = []
    for i, row in enumerate(_old(done)):
        text, other = f"Take part {i} and look at it.", f"Look at part {i}."
        better, worse = (f"{text}{tail * (1 + i % 3)}", other) if i < 70 else (other, text)
        sides = {"chosen": better, "rejected": worse}
        rows.append(row.model_copy(update={k: (Message(role="assistant", content=said),) for k, said in sides.items()}))
    long = replace(done, compared=rows, audited=audit(frame_of(rows)))
    kept, counts = mend(long, "balance:length-bias")
    longer = [len(row.chosen_text) > len(row.rejected_text) for row in kept]
    assert (len(kept), sum(longer), counts["length-bias"]) == (20, 10, 60)
    assert not any(row.chosen_text.count(tail) == 3 for row in kept)  # the largest differences go first


def test_healthy_answers_and_data_leave_no_likely_refusal_cause(tmp_path: Path) -> None:
    healthy = diagnose_run(write_run(tmp_path, refusing=0.0, refused_after=0.0), Quiet())
    assert "refusal-bias" not in {cause.id for cause in healthy.diagnosis.causes}
    assert healthy.diagnosis.symptoms == ()


def test_what_gates_are_on_is_measured_on_both_sides(done: Diagnosed, tmp_path: Path) -> None:
    rows = [
        row.model_copy(update={"kind": "general" if i < 40 else "other"}) for i, row in enumerate(_old(done))
    ]  # the chosen side refuses in the first 24, and in no other
    (tmp_path / "policy.yaml").write_text(
        "{name: p, rules: [{id: no-sorry, text: Never sorry., checks: [{contains: sorry}]}]}"
    )
    gates = [{"metric": metric, "at_most": 0.5} for metric in ("refused.general", "policy.no-sorry", "style.words")]
    spec = done.loaded.spec.model_dump(mode="json") | {"gates": gates, "policy": "policy.yaml"}
    loaded = LoadedSpec(Spec.model_validate(spec), tmp_path)
    found = sides_of(rows, loaded)
    assert set(found) == {"refused.general", "policy.no-sorry"}
    refused = found["refused.general"]
    assert (refused.chosen, refused.rejected, refused.change.n) == (0.6, 0.0, 40)
    assert refused.change.low > 0.4
    sorry = sum("sorry" in row.chosen_text.lower() for row in rows) / 80
    assert found["policy.no-sorry"].chosen == sorry > 0
    assert sides_of(rows, done.loaded) == {}  # its gates are on style


def test_an_intervention_for_people_is_not_applied(done: Diagnosed, tmp_path: Path) -> None:
    by_hand = [i for cause in done.diagnosis.causes for i in cause.interventions if not i.automatic]
    with pytest.raises(UserError, match="No cause of this run has it"):
        apply_intervention(done, "nonsense", tmp_path / "out", Quiet())
    for each in by_hand[:1]:
        with pytest.raises(UserError, match="People must do it"):
            apply_intervention(done, each.id, tmp_path / "out", Quiet())
    with pytest.raises(UserError, match="the run itself"):
        apply_intervention(done, None, done.run.folder, Quiet())


@pytest.mark.parametrize("stage", ["feedback", "train", "evaluate.after", "gate"])
def test_an_unfinished_run_is_refused(tmp_path: Path, stage: str) -> None:
    with pytest.raises(UserError, match="is not finished"):
        diagnose_run(write_run(tmp_path, unfinished=stage), Quiet())


def test_what_is_no_run_or_holds_no_comparisons_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such folder"):
        diagnose_run(tmp_path / "nowhere", Quiet())
    run = write_run(tmp_path)
    next(run.glob("stages/feedback/*/supervision.jsonl")).write_text("")
    with pytest.raises(UserError, match="without comparisons"):
        diagnose_run(run, Quiet())
