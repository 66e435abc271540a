"""How long whole commands take on this machine: the suite `safety` on the 135 M model, or what `make demo` runs.

    python benchmarks/whole.py safety [--data DIR]
    python benchmarks/whole.py demo

Each is run once, as a user runs it, in a folder of its own that is taken away after it; its seconds, with its date, are
kept for `quick.py`.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from common import MODEL, keep, parser


def main() -> None:
    options = parser("", __doc__)
    options.add_argument("what", choices=["safety", "demo"])
    options.set_defaults(out=None)
    arguments = options.parse_args()
    data = str(arguments.data.resolve())
    commands = {
        "safety": ["eval", MODEL, "--suite", "safety", "--data", data, "--out", "scores"],
        "demo": ["run", "concise-friendly"],
    }
    out = (arguments.out or Path("benchmarks/out") / f"{arguments.what}.json").resolve()
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        done = subprocess.run([sys.executable, "-m", "trimtab", *commands[arguments.what]], cwd=folder, check=False)
        seconds = time.perf_counter() - started
    if done.returncode not in (0, 3):  # 3: a verdict that is undecided
        raise SystemExit(f"the command ended with {done.returncode}")
    command = " ".join(["trimtab", *commands[arguments.what]]).replace(data, "DATA")
    about = keep(command, out, {"seconds": seconds}, {"command": f"python benchmarks/whole.py {arguments.what}"})
    print(f"\n`{command}`: {seconds:.0f} s, {about['device']}, {about['threads']} threads, {about['measured']}")


if __name__ == "__main__":
    main()
