"""A good spec, and each way in which one is broken: the line it is told at, what is said, and the remedy."""

GOOD = """\
name: concise
goal: Be concise.
model:
  name: smollm2-135m
prompts:
  train: prompts.jsonl
  heldout: prompts.jsonl
feedback:
  sample:
    rubric:
      - scorer: words
        weight: 1
        full_to: 40
        zero_above: 90
training:
  learning_rate: 1e-4
  lora:
    rank: 8
gates:
  - metric: style.words
    at_most_of_base: 0.7
"""
SAMPLE = GOOD[GOOD.index("  sample:") : GOOD.index("\ntraining:")]
AGAIN = "      - scorer: words\n        weight: 2\n        full_to: 4\n        zero_above: 9\n"


def broken(*changes: tuple[str, str]) -> str:
    text = GOOD
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


CASES: list[tuple[str, str, int, list[str], str]] = [
    ("unknown key", broken(("learning_rate", "learning_rte")), 16, ["training.learning_rte"], "`learning_rate`"),
    ("unknown section", broken(("  sample:", "  samples:")), 9, ["feedback.samples"], "`sample`"),
    (
        "unknown key, nothing like it",
        broken(("goal: Be", "zzz: 1\ngoal: Be")),
        2,
        ["`zzz`"],
        "The keys here are audit, baseline, confidence,",
    ),
    (
        "unknown key in a gate",
        broken(("    at_most_of", "    at_mst: 4\n    at_most_of")),
        21,
        ["gates[0].at_mst"],
        "`at_most`",
    ),
    ("missing key", broken(("goal: Be concise.\n", "")), 1, ["`goal` is missing"], "Add `goal`"),
    (
        "missing key in a section",
        broken(("  heldout: prompts.jsonl\n", "")),
        5,
        ["`prompts.heldout` is missing"],
        "`heldout`",
    ),
    (
        "text for a whole number",
        broken(("rank: 8", "rank: eight")),
        18,
        ["lora.rank` is 'eight'", "whole number"],
        "lora.rank",
    ),
    ("a fraction for a whole number", broken(("rank: 8", "rank: 8.5")), 18, ["is 8.5", "whole number"], "lora.rank"),
    ("text for a number", broken(("1e-4", "fast")), 16, ["learning_rate` is 'fast'", "a number"], "0.0001 or 1e-4"),
    ("a number for text", broken(("Be concise.", "5")), 2, ["`goal` is 5", "must be text"], "quotes"),
    ("nothing given", broken(("name: concise\n", "name:\n")), 1, ["`name` is empty"], "`name`"),
    (
        "text for a section",
        broken(("model:\n  name: smollm2-135m", "model: smollm2")),
        3,
        ["`model` is 'smollm2'", "section", "name, adapter, precision"],
        "indented",
    ),
    ("nothing for a section", broken(("model:\n  name: smollm2-135m", "model:")), 3, ["`model` is empty"], "indented"),
    (
        "text for a list",
        broken(("gates:\n  - metric: style.words\n    at_most_of_base: 0.7", "gates: none")),
        19,
        ["`gates` is 'none'", "list", "`- `"],
        "`gates`",
    ),
    ("a section for a list", broken(("  - metric", "    metric")), 19, ["`gates`", "list"], "`gates`"),
    (
        "an empty list",
        broken(("  - metric: style.words\n    at_most_of_base: 0.7\n", "  []\n")),
        19,
        ["`gates`", "must not be empty"],
        "`gates`",
    ),
    (
        "a number for a union",
        broken(("rank: 8", "rank: 8\n    target_modules: 5")),
        19,
        ["lora.target_modules` is 5", "text or a list of texts"],
        "quotes",
    ),
    (
        "a number inside a union's list",
        broken(("rank: 8", "rank: 8\n    target_modules:\n      - q_proj\n      - 5")),
        21,
        ["lora.target_modules[1]` is 5"],
        "quotes",
    ),
    ("a tab", broken(("  name: smollm2", "\tname: smollm2")), 4, ["not YAML", "'\\t'"], "tab"),
    ("indentation", broken(("  lora:", "   lora:")), 17, ["not YAML"], "indentation"),
    ("an unclosed quote", broken(("name: smollm2-135m", "name: 'smollm2")), 4, ["not YAML", "quoted"], "quotes"),
    ("an unknown alias", broken(("goal: Be concise.", "goal: *x")), 2, ["undefined alias"], "Check"),
    ("a Python object", broken(("goal: Be concise.", "goal: !!python/object:os.system {}")), 2, ["os.system"], "Check"),
    ("a control character", broken(("goal: Be concise.", "goal: \x00")), 2, ["character"], "Check"),
    ("two documents", GOOD + "---\n" + GOOD, 22, ["document"], "Check"),
    ("a key twice", broken(("goal: Be", "name: again\ngoal: Be")), 2, ["`name` again", "line 1"], "Remove one"),
    (
        "a nested key twice",
        broken(("rank: 8", "rank: 8\n    rank: 9")),
        19,
        ["`training.lora.rank` again", "line 18"],
        "Remove one",
    ),
    ("a number for a key", broken(("goal: Be", "1: 2\ngoal: Be")), 2, ["`1`", "not a name"], "name of a key"),
    ("a yes or no for a key", broken(("goal: Be", "on: 2\ngoal: Be")), 2, ["`on`", "not a name"], "name of a key"),
    ("a list for a key", broken(("goal: Be", "? [a, b]\n: 2\ngoal: Be")), 2, ["not a name"], "name of a key"),
    ("a date", broken(("name: concise", "name: 2024-01-31")), 1, ["2024-01-31", "date"], "quotes"),
    ("a date that is none", broken(("name: concise", "name: 2024-13-45")), 1, ["2024-13-45", "date"], "quotes"),
    (
        "no such prompts file",
        broken(("heldout: prompts", "heldout: nowhere")),
        7,
        ["`prompts.heldout` is 'nowhere.jsonl'", "no file"],
        "relative to the spec's folder",
    ),
    (
        "a folder for a file",
        broken(("train: prompts.jsonl", "train: .")),
        6,
        ["`prompts.train` is '.'", "folder"],
        "relative",
    ),
    (
        "a weight of nothing",
        broken((SAMPLE, "  files:\n    - path: prompts.jsonl\n      weight: 0")),
        11,
        ["weight", "more than 0"],
        "files[0].weight",
    ),
    (
        "a margin over the scale",
        broken((SAMPLE, "  files:\n    - path: prompts.jsonl\n      margin: 2")),
        11,
        ["margin", "at most 1"],
        "files[0].margin",
    ),
    (
        "a list of paths",
        broken((SAMPLE, "  files: [prompts.jsonl]")),
        9,
        ["files[0]", "path, weight, margin"],
        "indented",
    ),
    ("an empty list of files", broken((SAMPLE, "  files: []")), 8, ["`feedback`", "ive `sources`: a list"], "feedback"),
    ("the old key", broken((SAMPLE, "  comparisons: prompts.jsonl")), 9, ["no such key"], "files, sample"),
    (
        "sft before sft",
        broken(("training:\n", "training:\n  method: sft\n  sft_first: {}\n")),
        15,
        ["sft_first", "before another method"],
        "training",
    ),
    (
        "kto one by one",
        broken(("training:\n", "training:\n  method: kto\n  batch_size: 1\n")),
        15,
        ["at least 2"],
        "training",
    ),
    (
        "a term of another loss",
        broken(("training:\n", "training:\n  method: kto\n  rehearsal_weight: 1\n")),
        15,
        ["`rehearsal_weight` is a term of dpo's loss"],
        "training",
    ),
    ("no such feedback file", broken((SAMPLE, "  files: [{path: c.jsonl}]")), 9, ["'c.jsonl'", "no file"], "relative"),
    ("unknown metric", broken(("style.words", "style.wrods")), 20, ["'style.wrods'"], "`style.words`"),
    ("unknown metric, nothing like it", broken(("style.words", "qqq")), 20, ["'qqq'"], "facts.accuracy"),
    ("facts gate without facts", broken(("style.words", "facts.accuracy")), 20, ["facts.accuracy"], "`prompts.facts`"),
    (
        "gate without limit",
        broken(("    at_most_of_base: 0.7\n", "")),
        20,
        ["gates[0]", "exactly one limit", "has none"],
        "gates[0]",
    ),
    (
        "gate with two limits",
        broken(("base: 0.7", "base: 0.7\n    at_most: 3")),
        20,
        ["at_most, at_most_of_base"],
        "gates[0]",
    ),
    ("second gate without limit", GOOD + "  - metric: style.warmth\n", 22, ["gates[1]", "has none"], "gates[1]"),
    (
        "sources beside the short form",
        broken(("  sample:", "  sources: [{file: {path: prompts.jsonl}}]\n  sample:")),
        8,
        ["`feedback`", "not both"],
        "feedback",
    ),
    (
        "a source of two kinds",
        broken((SAMPLE, "  sources: [{file: {path: prompts.jsonl}}, {}]")),
        9,
        ["`feedback.sources[1]`", "either `sample` or `file`"],
        "sources[1]",
    ),
    (
        "a wrong weight in a list of sources",
        broken((SAMPLE, "  sources:\n    - file: {path: prompts.jsonl, weight: -1}")),
        10,
        ["`feedback.sources[0].file.weight` is -1"],
        "weight",
    ),
    (
        "a source's file that is not there",
        broken((SAMPLE, "  sources:\n    - file: {path: nowhere.jsonl}")),
        10,
        ["`feedback.sources[0].file.path` is 'nowhere.jsonl'", "no file"],
        "path",
    ),
    ("no feedback source", broken((SAMPLE, "  {}")), 8, ["`feedback`", "ive `sources`: a list"], "feedback"),
    (
        "negative learning rate",
        broken(("1e-4", "-0.1")),
        16,
        ["learning_rate` is -0.1", "more than 0"],
        "learning_rate",
    ),
    ("learning rate above one", broken(("1e-4", "3")), 16, ["learning_rate` is 3", "at most 1"], "learning_rate"),
    (
        "decode_batch_size below one",
        broken(("goal: Be", "decode_batch_size: 0\ngoal: Be")),
        2,
        ["`decode_batch_size` is 0", "at least 1"],
        "decode_batch_size",
    ),
    ("infinite number", broken(("1e-4", ".inf")), 16, ["learning_rate` is inf", "finite"], "learning_rate"),
    ("not a number", broken(("1e-4", ".nan")), 16, ["learning_rate` is nan", "finite"], "learning_rate"),
    ("infinite weight", broken(("weight: 1", "weight: .inf")), 12, ["rubric[0].weight` is inf", "finite"], "weight"),
    (
        "infinite gate",
        broken(("base: 0.7", "base: .inf")),
        21,
        ["at_most_of_base` is inf", "finite"],
        "at_most_of_base",
    ),
    (
        "trapezoid out of order",
        broken(("full_to: 40", "full_to: 99")),
        11,
        ["rubric[0]", "full_to < zero_above", "99"],
        "rubric[0]",
    ),
    ("half a trapezoid", broken(("full_to: 40", "full_from: 40")), 11, ["rubric[0]", "`full_to`"], "rubric[0]"),
    (
        "a criterion that says nothing",
        broken(("        full_to: 40\n        zero_above: 90\n", "")),
        11,
        ["rubric[0]"],
        "rubric[0]",
    ),
    ("a scorer twice", broken(("training:", AGAIN + "training:")), 10, ["rubric", "words", "more than once"], "rubric"),
    ("unknown scorer", broken(("scorer: words", "scorer: wrods")), 11, ["scorer` is 'wrods'"], "`words`"),
    ("unknown method", broken(("training:", "training:\n  method: ppo")), 16, ["method` is 'ppo'", "'dpo'"], "dpo"),
    ("a bad name", broken(("name: concise", "name: Very Concise")), 1, ["'Very Concise'", "small letters"], "`name`"),
    (
        "a name that leaves its folder",
        broken(("name: concise", "name: ../up")),
        1,
        ["'../up'", "small letters"],
        "`name`",
    ),
]
"""What is wrong, the text, the line named, what the message says of it, what the remedy says."""
