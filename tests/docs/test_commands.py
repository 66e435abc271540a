"""What README.md and docs/ tell a reader to type is parsed by the command line, and run where no model is needed."""

import ast
import json
import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import typer
import yaml
from PIL import Image
from pydantic import TypeAdapter
from typer.core import TyperGroup

from cli_runner import trimtab
from made.run import comparisons, write_run
from trimtab.api import evaluate
from trimtab.cli import app
from trimtab.loop import Quiet
from trimtab.models import MockEngine
from trimtab.records import text_of, to_jsonl
from trimtab.review import TaskFile
from trimtab.spec import RegionsSpec, Spec, load_policy

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`(trimtab [^`]+)`")
ROOT_COMMAND = typer.main.get_command(app)


@dataclass(frozen=True)
class Block:
    """A fenced block: its page and line, its language ("" where none is named), its text."""

    page: str
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page}:{self.line}"


def blocks() -> Iterator[Block]:
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for found in FENCE.finditer(text):
            yield Block(page.name, text.count("\n", 0, found.start()) + 1, found[2], found[3])


BLOCKS = list(blocks())


def of(language: str) -> list[Block]:
    return [block for block in BLOCKS if block.language == language]


def typed() -> list[tuple[str, ...]]:
    """The words after `trimtab` of every command in a block, each once."""
    lines = [line for block in (*of("sh"), *of("")) for line in block.text.splitlines()]
    commands = [part for line in lines for part in line.removeprefix("$ ").split("&&")]
    words = [tuple(shlex.split(part, comments=True)) for part in commands if part.lstrip().startswith("trimtab ")]
    return list(dict.fromkeys(each[1:] for each in words))


def named() -> list[tuple[str, ...]]:
    """The same of every command in a running text; what may be left out, [in brackets], is typed."""
    found = [text for page in PAGES for text in INLINE.findall(FENCE.sub("", page.read_text(encoding="utf-8")))]
    return list(dict.fromkeys(tuple(shlex.split(text.replace("[", "").replace("]", "")))[1:] for text in found))


def parse(words: tuple[str, ...]) -> None:
    """Raises where a command, an option or a value is not known, or one is missing.

    What is only named, a verb or the option that ends a line (`audit --fix`), must only be there.
    """
    command, rest = ROOT_COMMAND, list(words)
    context = ROOT_COMMAND.make_context("trimtab", list(words))
    while isinstance(command, TyperGroup) and rest:
        _, command, rest = command.resolve_command(context, rest)
        if rest and rest[-1].startswith("--"):
            option = rest.pop()
            assert option in {name for parameter in command.params for name in parameter.opts}
        if rest:
            context = command.make_context(command.name, list(rest), parent=context)


@pytest.mark.parametrize("words", [*typed(), *named()], ids=" ".join)
def test_every_command_is_one(words: tuple[str, ...]) -> None:
    parse(words)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("fly",), "no such command.*The commands are audit"),
        (("recpie", "list"), "no such command.*Did you mean `trimtab recipe`"),
        (("gate", "a", "--no-such", "b"), "No such option"),
        (("run", "a", "b"), "unexpected extra argument"),
        (("eval", "a", "--seed", "many"), "valid integer"),
    ],
)
def test_what_is_no_command_would_be_seen(words: tuple[str, ...], says: str) -> None:
    with pytest.raises(Exception, match=f"(?s){says}"):
        parse(words)


def without_model(words: tuple[str, ...]) -> bool:
    match words[0]:
        case "run":
            return "--check" in words
        case "diagnose":
            return not {"--reward", "--probe", "--apply"} & set(words)
        case "score":
            return "SPEC" not in words
        case verb:
            return verb in ("advise", "audit", "compare", "gate", "model", "recipe", "report")


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with what the pages speak of: runs, scores, feedback, answers, gates."""
    folder = tmp_path_factory.mktemp("typed")
    (folder / "runs").mkdir()
    for name in ("concise-friendly", "mine"):
        write_run(folder / "made" / name).rename(folder / "runs" / name)
    rows = comparisons(0.3, n=300)
    (folder / "feedback.jsonl").write_text(to_jsonl(rows))
    answers = [{"prompt": text_of(row.prompt), "response": row.chosen_text} for row in rows[:20]]
    (folder / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in answers))
    (folder / "FOLDER").mkdir()
    Image.new("RGB", (8, 8), "red").save(folder / "FOLDER" / "red.png")
    (folder / "gates.yaml").write_text("gates: [{metric: style.words, no_worse_by: 15}]\n")
    for name, script in (("base", "Yes. It is."), ("tuned", "Yes, it is, and here is how.")):
        evaluate(MockEngine(script), "style", folder / "scores" / name, most=40, progress=Quiet())
    return folder


def test_what_needs_no_model_runs(place: Path) -> None:
    """In the order of the pages: what one writes, the next may read."""
    tried = [words for words in typed() if without_model(words) and not words[1].endswith(".jsonl.gz")]
    verbs = {"advise", "audit", "compare", "diagnose", "gate", "recipe", "report", "score"}
    assert {words[0] for words in tried} >= verbs
    for words in tried:
        done = trimtab(*words, cwd=place)
        assert done.returncode == 0, (words, done.stdout + done.stderr)


@pytest.mark.parametrize("block", of("yaml"), ids=str)
def test_every_yaml_is_a_policy_a_task_or_part_of_a_spec(block: Block, tmp_path: Path) -> None:
    found = yaml.safe_load(block.text)
    if {"rules", "extends"} & found.keys():
        (tmp_path / "policy.yaml").write_text(block.text)
        load_policy(tmp_path / "policy.yaml")
        return
    if "kind" in found:
        TaskFile.model_validate(found)
        return
    root = RegionsSpec if "regions" in found else Spec
    for key, value in found.items():
        TypeAdapter(root.model_fields[key].annotation).validate_python(value)


@pytest.mark.parametrize("block", of("python"), ids=str)
def test_every_python_compiles_and_imports(block: Block) -> None:
    """Names that are imported are there. Whole pages of Python are run where their room is tested."""
    tree = ast.parse(block.text)
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom)]
    exec(compile(ast.Module(imports, []), str(block), "exec"), {})
