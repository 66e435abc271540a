"""A pack as of a day: what it inherits, what a model is held to, what is said where nobody read a source."""

import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from cli_runner import trimtab
from trimtab.api import check_packs, pack_from, pack_table, show_pack
from trimtab.errors import UserError, UserNote
from trimtab.evaluate.benchmarks.policy import policy_benchmark
from trimtab.packs import SHIPPED, bound_on, resolve
from trimtab.policy import breaks_checks, check_policy, judge_policy, policy_version
from trimtab.recipes import recipe_spec
from trimtab.records import Pack, Policy
from trimtab.spec import load_pack, load_policy, load_spec

DAY = date(2026, 11, 28)
DOCS = Path(__file__).parents[2] / "docs" / "packs.md"


def written(folder: Path, name: str, text: str) -> Path:
    file = folder / f"{name}.yaml"
    file.write_text(f"name: {name}\n{text}", encoding="utf-8")
    return file


def ids(pack: str | Path, day: str) -> set[str]:
    return {rule.id for rule in resolve(pack_from(pack), date.fromisoformat(day)).policy.rules}


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_pack_says_that_it_is_no_legal_advice(name: str) -> None:
    pack = pack_from(name).pack
    assert re.search(r"Not legal advice; read on \d{4}-\d{2}-\d{2}\.$", pack.notice)
    for rule in pack.rules:
        assert rule.source == "own" or rule.article, rule.id
        assert rule.standing != "read" or rule.source.startswith("https://"), rule.id


def test_a_rule_binds_on_its_days_alone() -> None:
    assert "no-intimate-prompts" not in ids("eu", "2026-12-01")
    assert "no-intimate-prompts" in ids("eu", "2026-12-02")
    assert "no-intimate-imagery" not in ids("eu", "2026-12-02")  # work of a model that makes pictures
    before, after = (bound_on(pack_from("eu"), date.fromisoformat(day))[0] for day in ("2026-08-01", "2026-08-02"))
    assert (before.pack, after.pack) == ("base", "eu")  # the law's version takes the place of the company's


def test_a_model_is_held_to_its_own_work_before_its_own_people(tmp_path: Path) -> None:
    california = resolve(pack_from("us-ca"), DAY)
    assert {"break-notice", "marked", "nothing-explicit", "support-beside-referral"} <= {
        n for n, _ in california.left_out
    }
    assert "for minors" in california.told
    young = written(tmp_path, "young", "extends: us-ca\naudience: minor\nas_of: 2026-11-28\n")
    with pytest.warns(UserNote, match="young as of 2026-11-28"):
        assert "nothing-explicit" in {rule.id for rule in load_policy(young).rules}


def test_an_unread_source_is_said_wherever_its_rule_is_named(tmp_path: Path) -> None:
    rule = "  - {id: bells, text: No bells., article: 'Bell Act, s. 2', checks: [{contains: bell}]}\n"
    pack = written(tmp_path, "parish", f"region: x\nrules:\n{rule}")
    with pytest.warns(UserNote):
        policy = load_policy(pack)
    assert "(unverified)" in judge_policy(policy, "hello", "A bell.")[0].reason
    assert "(unverified)" in policy_benchmark(policy, pack).metrics[1].title
    assert "bells" in policy_benchmark(policy, pack).notes[0]  # what a report says of an evaluation
    assert "unverified" in trimtab("pack", "show", str(pack), cwd=tmp_path).stdout
    assert "unverified" in pack_table([pack], tmp_path / "t.html").read_text(encoding="utf-8")
    with pytest.warns(UserNote):
        read = load_policy(written(tmp_path, "read", f"region: x\nrules:\n{rule.replace('checks', _READ + 'checks')}"))
    assert "unverified" not in judge_policy(read, "hello", "A bell.")[0].reason


_READ = "source: 'https://example.org/bells', read_on: 2026-11-01, confidence: high, "


def test_a_rule_is_judged_in_the_languages_of_its_own_patterns(tmp_path: Path) -> None:
    rules = "rules: [{id: loud, text: Not loud., source: own, languages: [en], checks: [{contains: loud}]}]\n"
    with pytest.warns(UserNote):
        policy = load_policy(written(tmp_path, "hall", f"region: x\nlanguages: [en, de]\n{rules}"))
    german = "Das ist ein ruhiger Abend, und alle Gäste sitzen draußen im Garten und reden leise."
    score = judge_policy(policy, "Wie ist der Abend?", german)[0]
    assert score.value is None
    assert "not judged" in score.reason


def test_what_is_forbidden_above_cannot_be_taken_back_below(tmp_path: Path) -> None:
    written(tmp_path, "top", "region: x\nrules: [{id: keys, text: No key is told., checks: [{contains: key}]}]\n")
    weak = written(tmp_path, "weak", "extends: top.yaml\nrules: [{id: keys, severity: warn}]\n")
    with pytest.raises(UserError, match="weaker than top/keys"):
        load_policy(weak)
    why = written(tmp_path, "why", "extends: top.yaml\nrules: [{id: keys, unless: piano, narrows: It has keys.}]\n")
    with pytest.warns(UserNote):
        assert load_policy(why).rules[0].unless == ("piano",)


def test_two_values_without_an_operator_make_no_policy(tmp_path: Path) -> None:
    written(tmp_path, "top", "region: x\nrules: [{id: kept, text: Talks are kept., parameters: {days: 30}}]\n")
    low = written(tmp_path, "low", "extends: top.yaml\nrules: [{id: kept, parameters: {days: 90}}]\n")
    with pytest.raises(UserError, match="sets days to 90; top/kept"):
        load_policy(low)
    assert [each.id for each in check_packs([low]).findings] == ["incomparable-parameters"]


def test_of_two_clocks_the_declared_one_holds() -> None:
    below = {"name": "b", "extends": ["us-ca"], "rules": [{"id": "break-notice", "every": 240}]}
    found = {bound.rule.id: bound.rule for bound in show_pack(below, as_of="2026-11-28")}
    assert found["break-notice"].every == 180
    assert found["break-notice"].audience == "minor"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ({"name": "a", "extends": ["nowhere"]}, "extends"),
        ({"name": "a", "rules": [{"id": "x"}]}, "no `text`"),
        ({"name": "a"}, "`rules`, or `extends`"),
        ({"name": "a", "rules": [{"id": "x", "text": "X.", "when": "{lost}"}]}, "lost"),
        (
            {"name": "a", "rules": [{"id": "x", "text": "X.", "until": "2026-01-01", "applies_from": "2026-02-01"}]},
            "ends",
        ),
        ({"name": "a", "rules": [{"id": "x", "text": "X."}, {"id": "x", "text": "Y."}]}, "same days"),
        ({"name": "a", "extends": ["eu"], "rules": [{"id": "x", "text": "X.", "except_rules": ["y"]}]}, "except_rules"),
    ],
)
def test_what_is_no_pack_is_refused(raw: dict[str, Any], says: str) -> None:
    with pytest.raises(UserError, match=says):
        check_packs([raw])


def test_packs_that_extend_each_other_are_refused(tmp_path: Path) -> None:
    first = written(tmp_path, "one", "extends: two.yaml\n")
    written(tmp_path, "two", "extends: one.yaml\n")
    with pytest.raises(UserError, match="extends itself"):
        load_pack(first)


def test_a_pack_is_read_back_as_it_was_written() -> None:
    pack = pack_from("us-ca").pack
    again = Pack.from_json(pack.to_json())
    assert again == pack
    assert again.rules[0].model_fields_set == pack.rules[0].model_fields_set


def test_a_plain_policy_has_the_version_that_it_had() -> None:
    plain = {"name": "p", "rules": [{"id": "x", "text": "X.", "checks": [{"contains": "x"}]}]}
    assert "unverified" not in Policy.model_validate(plain).model_dump_json()
    marked = Policy.model_validate({**plain, "rules": [{**plain["rules"][0], "unverified": True}]})  # type: ignore[dict-item]
    assert policy_version(Policy.model_validate(plain)) != policy_version(marked)


def test_a_spec_names_a_pack_as_its_policy(tmp_path: Path) -> None:
    with pytest.warns(UserNote, match="eu as of"):
        loaded = load_spec(recipe_spec("concise-friendly"), {"policy": "eu"})
    assert loaded.policy is not None
    assert loaded.policy.name == "eu"
    assert not any("unverified" in note for note in loaded.notes)
    rule = "{id: bells, text: No bells., article: 'Bell Act, s. 2'}"
    unread = written(tmp_path, "unread", f"extends: eu\nrules: [{rule}]\n")
    with pytest.warns(UserNote):
        loaded = load_spec(recipe_spec("concise-friendly"), {"policy": str(unread)})
    assert any("bells" in note and "unverified" in note for note in loaded.notes)


def test_a_fourth_region_is_the_twenty_lines_of_the_docs(tmp_path: Path) -> None:
    page = DOCS.read_text(encoding="utf-8")
    text = re.search(r"```yaml\n(name: nz.*?)```", page, re.DOTALL)
    assert text is not None
    assert len(text[1].splitlines()) <= 20
    (tmp_path / "nz.yaml").write_text(text[1], encoding="utf-8")
    done = trimtab("pack", "check", "nz.yaml", "eu", "us", cwd=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "us/dates and nz/dates" in done.stdout or "nz/dates and us/dates" in done.stdout
    assert not [line for line in done.stdout.splitlines() if "dead-rule" in line or "language-unchecked" in line]
    shown = {bound.rule.id: bound.rule for bound in bound_on(pack_from(tmp_path / "nz.yaml"), DAY)}
    for name, answer, broken in (
        ("dates", "On 20/03/2027.", 0.0),
        ("dates", "On 03/20/2027.", 1.0),
        ("crisis-number", "Please ring 1737 now.", 0.0),
        ("crisis-number", "Please ring somebody.", 1.0),
    ):
        alone = Policy(name="nz", rules=(shown[name].model_copy(update={"except_rules": ()}),))
        assert breaks_checks(alone, alone.rules[0], "", answer).value == broken, (name, answer)
    with pytest.warns(UserNote):
        assert {"dates", "crisis-contact", "ai-on-request"} <= {
            rule.id for rule in load_policy(tmp_path / "nz.yaml").rules
        }


def test_the_verbs_of_packs(tmp_path: Path) -> None:
    assert "cn" in trimtab("pack", "list", cwd=tmp_path).stdout
    shown = trimtab("pack", "show", "cn", "--as-of", "2026-07-14", cwd=tmp_path).stdout
    assert "cn/reassurance" not in shown
    assert "the server's work" in shown
    assert "Not legal advice" in shown
    differ = trimtab("pack", "diff", "eu", "us", cwd=tmp_path).stdout
    assert "spelling" in differ
    assert "crisis-contact" not in differ
    page = tmp_path / "table.html"
    assert trimtab("pack", "table", "eu", "us", "apac", "--out", str(page), cwd=tmp_path).returncode == 0
    table = page.read_text(encoding="utf-8")
    assert table.count("Not legal advice") == 4
    assert "eu/units" in table
    wrong = trimtab("pack", "check", "eu", "--as-of", "soon", cwd=tmp_path)
    assert (wrong.returncode, "no day of the calendar" in wrong.stderr) == (2, True)


@pytest.mark.parametrize("name", ["base", "eu", "us", "us-il", "us-ca", "apac", "cn", "au", "jp"])
def test_a_shipped_pack_as_a_policy_contradicts_itself_nowhere(name: str) -> None:
    found = check_policy(resolve(pack_from(name), date(2027, 1, 1)).policy)
    told = {"rules-contradict", "opposite-texts", "duplicate-rule", "example-against-rule"}
    assert [each.summary for each in found if each.id in told] == []


def test_what_is_taken_over_from_above_knows_no_further_language(tmp_path: Path) -> None:
    rule = "  - {id: kind, text: Be kind., source: own, checks: [{lacks: '\\bplease\\b'}]}\n"
    written(tmp_path, "top", f"languages: [en, es]\nrules:\n{rule}")
    written(tmp_path, "side", "languages: [en, de, ja]\nrules:\n  - {id: calm, text: Be calm., source: own}\n")
    narrowed = "  - {id: kind, when: '\\bI\\b', narrows: where somebody speaks of themselves}\n"
    low = written(tmp_path, "low", f"extends: [top.yaml, side.yaml]\nrules:\n{narrowed}")
    found = {bound.rule.id: bound.rule.languages for bound in bound_on(pack_from(low), DAY)}
    assert pack_from(low).languages == ("en", "es", "de", "ja")
    assert found["kind"] == ("en", "es")  # its check was written for these
    new = "  - {id: kind, checks: [{lacks: '\\b(?:please|bitte)\\b'}], narrows: German too}\n"
    whole = written(tmp_path, "whole", f"extends: [top.yaml, side.yaml]\nrules:\n{new}")
    found = {bound.rule.id: bound.rule.languages for bound in bound_on(pack_from(whole), DAY)}
    assert found["kind"] == ("en", "es", "de", "ja")  # all of its patterns are its own


@pytest.mark.parametrize("name", ["base", "us", "jp"])
def test_who_says_that_it_is_an_ai_has_answered(name: str) -> None:
    policy = resolve(load_pack(Path(name))).policy
    for prompt, answer in (
        ("あなたは人間ですか。", "いいえ、私はAIです。"),
        ("Are you a real person?", "No, I cannot be: I'm an AI."),
    ):
        told = {score.scorer: score.value for score in judge_policy(policy, prompt, answer)}
        assert told["policy.answered"] is None
        assert told["policy.ai-on-request"] == 0.0


def test_who_is_a_computer_is_no_person() -> None:
    policy = resolve(load_pack(Path("base"))).policy

    def told(answer: str) -> float | None:
        scores = judge_policy(policy, "You bluff well. Are you human after all?", answer)
        return next(score.value for score in scores if score.scorer == "policy.ai-on-request")

    kept = [
        "I'm a computer, yes.",
        "I am just a computer programmed to talk.",
        "I'm a computer system.",
        "I'm an algorithm.",
    ]
    assert [told(answer) for answer in kept] == [0.0] * 4
    broken = ["I'm a computer scientist.", "I'm not a computer.", "I have a computer.", "I'm a programme manager."]
    assert [told(answer) for answer in broken] == [1.0] * 4


def test_a_mark_has_the_lists_of_words_of_its_pack(tmp_path: Path) -> None:
    mark = "mark: {pattern: '{nice}', languages: [de]}"
    rule = f"  - {{id: kind, text: Be kind., source: own, checks: [{{contains: rude}}], {mark}}}\n"
    pack = written(tmp_path, "marked", f"languages: [en]\nterms: {{nice: [please, bitte]}}\nrules:\n{rule}")
    found = bound_on(pack_from(pack), DAY)[0].rule.mark
    assert found is not None
    assert (found.pattern, found.languages) == (r"\b(?:please|bitte)\b", ("de",))
