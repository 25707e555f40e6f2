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

.PHONY: help repro test test-long lint check-repro archive archive-part study site demo clean-scratch lock

help:  ## this list
	@grep -E '^[a-z-]+:.*##' Makefile | sed -E 's/:.*## /\t/' | expand -t 16

# Hashes make sure that this is the environment that the results were made with.
.venv/installed: requirements.txt
	@git rev-parse --is-inside-work-tree > /dev/null 2>&1 || { echo "error: $(CURDIR) is no Git repository, and DVC needs one: clone it, or git init && git add -A && git commit -m begin" >&2; exit 1; }
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
	.venv/bin/python -m pytest -n 2 --no-loadscope-reorder

test-long: .venv/installed .venv-demo/installed  ## studies that are too long for every push, and the demo
	.venv/bin/python -m pytest -m long
	.venv-demo/bin/python -m pytest -p no:cacheprovider tests/demo

check-repro: .venv/installed  ## do the results belong to the code, and are two clones' the same, byte for byte?
	@.venv/bin/python -m checks.repro

archive: .venv/installed  ## keep this run's results beside others: make archive NAME=... writes results/NAME/run
	@.venv/bin/python -m checks.archive "$(NAME)"

archive-part: .venv/installed  ## keep the runs that were trained where not all were: make archive-part NAME=...
	@.venv/bin/python -m checks.part "$(NAME)"

study: .venv/installed  ## what a sweep of experiments found, as a page: make study NAME=... [FROM=REV]
	@.venv/bin/python -m checks.study "$(NAME)" "$(FROM)"

site: .venv/installed  ## pages, explorer and docs in one folder, site/, for any static host
	@.venv/bin/python -m checks.site

# Gradio takes older versions of two packages: they lie in an environment above the pipeline's, which stays as it is.
.venv-demo/installed: requirements-demo.txt .venv/installed
	"$(PYTHON)" -m venv .venv-demo
	.venv-demo/bin/python -m pip install --quiet --require-hashes --no-deps -r requirements-demo.txt
	.venv/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))" \
		> "$$(.venv-demo/bin/python -c "import sysconfig; print(sysconfig.get_path('purelib'))")/below.pth"
	touch .venv-demo/installed

demo: .venv-demo/installed  ## sliders for your own pictures, in the browser, on this computer alone
	@.venv-demo/bin/python -m pipeline.demo

clean-scratch:  ## forget the resume state of trainings
	rm -rf scratch

# pip resolves; its report names the file of each package and that file's hash (Linux, x86-64, Python 3.11). Of the
# demo's packages those stand in its file that the pipeline does not have in the same version.
define WRITE_LOCK
import json, pathlib, sys
made, source, below = sys.argv[1:4]
report = json.loads(pathlib.Path(".venv/lock.json").read_text())
found = sorted(
    (i["metadata"]["name"].lower(), i["metadata"]["version"], i["download_info"]["archive_info"]["hashes"]["sha256"])
    for i in report["install"]
)
head = f"# Made by `make lock` from {source}, for Linux on x86-64 with Python 3.11."
lines = [f"{name}=={version} --hash=sha256:{digest}" for name, version, digest in found]
there = set(pathlib.Path(below).read_text().splitlines()) if below else set()
pathlib.Path(made).write_text("\n".join([head, *(line for line in lines if line not in there)]) + "\n")
endef
export WRITE_LOCK
RESOLVE := .venv/bin/python -m pip install --quiet --dry-run --ignore-installed --report .venv/lock.json

lock: requirements.in requirements-demo.in  ## renew requirements.txt and requirements-demo.txt
	$(RESOLVE) -r requirements.in
	.venv/bin/python -c "$$WRITE_LOCK" requirements.txt requirements.in ""
	sed 's/ --hash.*//' requirements.txt | grep -vE '^(pillow|tomlkit)=' > .venv/constraints.txt
	$(RESOLVE) -r requirements-demo.in -c .venv/constraints.txt
	.venv/bin/python -c "$$WRITE_LOCK" requirements-demo.txt requirements-demo.in requirements.txt
