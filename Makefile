# make demo   set up and run the recipe concise-friendly
# make review-demo  set up and open the review room with twenty pairs
# make test   set up and run lint, types, the import rule and the tests
# make cases  situations in which trimtab once went wrong, and how each of them goes now
# make bench  side-by-side measurements against the peers (long; BENCH="--precision bf16" for bf16); advice, agreement, audit, gate_level, hostile, media, medical_policy, methods, over_refusal, planted_faults and tongues in benchmarks/ by themselves
# make bench-quick  a small case of each row of the speed tables beside its peer, in under five minutes; the last full figures of the longest
# make gpu    every fast path proved and measured on a CUDA device, in at most 8 minutes; tiny on a CPU without one (docs/gpu.md)
# make setup  the virtual environment alone
PYTHON ?= python3.11
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# Empty, whatever it is elsewhere: what one process compiles need not be compiled by every other that a test starts.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: setup demo review-demo test pytest cases bench bench-quick gpu lint clean

setup: $(STAMP)

$(STAMP): pyproject.toml constraints.txt
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --constraint constraints.txt torch==2.13.0
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[dev]'
	touch $(STAMP)

demo: setup
	$(BIN)/trimtab run concise-friendly

review-demo: setup
	$(BIN)/trimtab review demo

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

test: setup
	$(MAKE) --jobs 2 lint pytest   # side by side: neither keeps two cores busy to its end

pytest: setup
	$(BIN)/python -m pytest -rs --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

cases: setup
	$(BIN)/python -m pytest -p cases_table -m case --quiet --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder

bench: setup
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	for name in refusal toxicity; do $(BIN)/python benchmarks/$$name.py || exit; done
	for name in dpo rl truthfulqa sampling reward probes goodhart control; do $(BIN)/python benchmarks/$$name.py $(BENCH) || exit; done

bench-quick: setup
	$(BIN)/python -m pip install --quiet --constraint constraints.txt --editable '.[bench]'
	$(BIN)/python benchmarks/quick.py

gpu: setup
	$(BIN)/python benchmarks/gpu.py $(GPU)

clean:
	rm -rf $(VENV) build dist src/*.egg-info .mypy_cache .ruff_cache .pytest_cache
