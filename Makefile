# Customer Desk: `make run` opens the desk, `make test` runs every check. Both set up what they need.

PORT ?= 8501
PYTHON ?= python3
BIN := .venv/bin

.PHONY: run test lint types setup setup-dev reset lock screenshots

run: .venv/ready
	$(BIN)/streamlit run app.py --server.port $(PORT)

test: .venv/ready-dev lint types
	$(BIN)/python -m pytest

lint: .venv/ready-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: .venv/ready-dev
	$(BIN)/mypy

setup: .venv/ready
setup-dev: .venv/ready-dev

# Starts afresh: the sandbox's data and the desk's records of it. The records of a real platform stay.
reset:
	rm -f var/sandbox.db var/sandbox.db-wal var/sandbox.db-shm
	rm -f var/sandbox-desk.db var/sandbox-desk.db-wal var/sandbox-desk.db-shm

# Pins every package behind requirements*.txt with its hashes, for all supported versions of Python.
lock: .venv/ready-dev
	$(BIN)/pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements.txt -o requirements.lock
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes requirements-dev.txt -o requirements-dev.lock

screenshots: .venv/ready-dev
	$(BIN)/python -m tests.browser.screenshots docs

.venv/bin/python:
	$(PYTHON) -c 'import sys; sys.exit(0 if sys.version_info >= (3, 11) else "Customer Desk needs Python 3.11 or newer: make PYTHON=python3.12 …")'
	$(PYTHON) -m venv .venv

.venv/ready: .venv/bin/python requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
	touch $@

.venv/ready-dev: .venv/bin/python requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	touch .venv/ready $@
