"""The one-way rule of ARCHITECTURE.md, read off the imports; and what has to start without torch."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "src" / "trimtab"

LAYERS: list[set[str]] = [
    {"errors", "lazy", "plugins", "records", "terminal"},
    {"media", "methods", "scorers", "stats"},
    {"policy", "metrics", "people"},
    {"packs"},
    {"store", "sharing"},
    {"models", "data"},
    {"judges"},
    {"calibration"},
    {"evaluate"},
    {"spec"},
    {"feedback", "audit", "advise", "train", "diagnose", "gate", "report", "review"},
    {"regions"},
    {"loop", "recipes"},
    {"api", "trl"},
    {"cli"},
]
"""A room may import from the rows above its own; sisters do not import each other, save as listed below."""

SISTERS = {("records", "errors"), ("plugins", "errors"), ("loop", "recipes")}
LEVEL = {room: level for level, rooms in enumerate(LAYERS) for room in rooms}


def _imports() -> list[tuple[str, str, str, str]]:
    """(file, room, room it imports from, module in that room) of every import inside the package, those inside
    functions included."""
    found = []
    for path in sorted(ROOT.rglob("*.py")):
        parts = path.relative_to(ROOT).with_suffix("").parts
        room = parts[0]
        if room in {"__init__", "__main__"}:
            continue
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom) and node.level:
                base = parts[: len(parts) - node.level]
                target = [*base, *(node.module.split(".") if node.module else [])]
                names = [".".join(target)] if target else [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("trimtab."):
                names = [(node.module or "").removeprefix("trimtab.")]
            elif isinstance(node, ast.Import):
                names = [
                    alias.name.removeprefix("trimtab.") for alias in node.names if alias.name.startswith("trimtab.")
                ]
            else:
                continue
            found += [(str(path.relative_to(ROOT)), room, *_parted(name)) for name in names]
    return found


def _parted(name: str) -> tuple[str, str]:
    room, _, module = name.partition(".")
    return room, module


def test_every_room_has_a_place() -> None:
    rooms = {
        path.stem for path in ROOT.iterdir() if path.name[0] not in "_." and (path.is_dir() or path.suffix == ".py")
    }
    assert rooms - {"py"} == set(LEVEL)


def test_imports_go_one_way() -> None:
    imports = _imports()
    assert len(imports) > 50  # the reader of imports does read them
    wrong = [
        f"{file}: {room} imports {other}"
        for file, room, other, _ in imports
        if other in LEVEL and room != other and LEVEL[other] >= LEVEL[room] and (room, other) not in SISTERS
    ]
    assert wrong == []


def test_nobody_reaches_past_a_rooms_face() -> None:
    past = [f"{file}: {other}.{module}" for file, room, other, module in _imports() if other != room and module]
    assert past == []


@pytest.mark.parametrize(
    "code",
    [
        """
import trimtab
import trimtab.cli
run('--help')
run('model', 'list')
run('recipe', 'list')
run('run', 'concise-friendly', '--check')
run('advise', 'concise-friendly')
""",
        "import trimtab.audit.checks",
        "import trimtab.report, trimtab.gate, trimtab.stats, trimtab.spec, trimtab.data, trimtab.judges",
    ],
    ids=["verbs", "checks", "rooms"],
)
def test_starts_without_torch(code: str) -> None:
    blocked = """
import sys
for name in ("torch", "transformers", "trl", "peft"):
    sys.modules[name] = None
def run(*arguments):
    import trimtab.cli
    sys.argv = ["trimtab", *arguments]
    try:
        trimtab.cli.main()
    except SystemExit as end:
        assert not end.code
"""
    result = subprocess.run([sys.executable, "-c", blocked + code], capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr
