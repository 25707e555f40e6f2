# Two commands for a fresh machine: `make repro` and `make test`. Both make the environment first.
# The environment's own programs are called through `python -m`, which also works in a path with a space.

SHELL := /bin/bash
PYTHON ?= python3.11
export PATH := $(CURDIR)/.venv/bin:$(PATH)
export PIP_DISABLE_PIP_VERSION_CHECK := 1
export PIP_PROGRESS_BAR := off
# What a user's own pip.conf or shell may ask for, and a virtual environment cannot give.
export PIP_USER := 0
export PIP_REQUIRE_VIRTUALENV := 0
unexport PIP_TARGET PIP_PREFIX PYTHONHOME PYTHONPATH
# Stages at the same time. By default one for each core, or for each GPU where there is one; `make -j4 repro` is JOBS=4.
JOBS ?= $(patsubst -j%,%,$(filter -j%,$(MAKEFLAGS)))

.PHONY: help repro test test-long lint check-repro archive clean-scratch lock

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

# Hashes make sure that this is the environment that the results were made with.
.venv/installed: requirements.txt
	@command -v "$(PYTHON)" > /dev/null || { echo "error: $(PYTHON) is not there: install Python 3.11 or say make PYTHON=..." >&2; exit 1; }
	"$(PYTHON)" -m venv .venv || { echo "error: no virtual environment: on Debian, apt install python3-venv" >&2; exit 1; }
	.venv/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements.txt
	touch .venv/installed

repro: .venv/installed  ## everything from an empty checkout to the reports, on all cores: JOBS=
	@.venv/bin/python -m pipeline.shell.jobs $(if $(JOBS),--jobs $(JOBS)) $(if $(findstring k,$(firstword -$(MAKEFLAGS))),--keep-going)
	@echo
	@echo "The reports are ready. Open: $(CURDIR)/reports/index.html"
	@echo "For the DVC commands, first: . .venv/bin/activate"

lint: .venv/installed  ## style and types
	.venv/bin/python -m ruff check .
	.venv/bin/python -m ruff format --check .
	.venv/bin/python -m mypy

test: lint  ## style, types, tests, and the whole graph at scale smoke in a temporary clone
	.venv/bin/python -m pytest -n 2 --dist loadgroup --no-loadscope-reorder

test-long: .venv/installed  ## studies that are too long for every push
	.venv/bin/python -m pytest -m long

check-repro: .venv/installed  ## do the results belong to the code, and are two clones' the same, byte for byte?
	@.venv/bin/python -m checks.repro

archive: .venv/installed  ## keep this run's results beside others: make archive NAME=... writes results/NAME/run
	@.venv/bin/python -m checks.archive "$(NAME)"

clean-scratch:  ## forget the resume state of trainings
	rm -rf scratch

# pip resolves; its report names the file of each package and that file's hash (Linux, x86-64, Python 3.11).
define WRITE_LOCK
import json, pathlib
report = json.loads(pathlib.Path(".venv/lock.json").read_text())
found = sorted(
    (i["metadata"]["name"].lower(), i["metadata"]["version"], i["download_info"]["archive_info"]["hashes"]["sha256"])
    for i in report["install"]
)
lines = ["# Made by `make lock` from requirements.in, for Linux on x86-64 with Python 3.11."]
lines += [f"{name}=={version} --hash=sha256:{digest}" for name, version, digest in found]
pathlib.Path("requirements.txt").write_text("\n".join(lines) + "\n")
endef
export WRITE_LOCK

lock: requirements.in  ## renew requirements.txt
	.venv/bin/python -m pip install --quiet --dry-run --ignore-installed --report .venv/lock.json -r requirements.in
	.venv/bin/python -c "$$WRITE_LOCK"
