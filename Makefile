# `make lab` and `make test` do everything on a machine with Python >= 3.11 and make. README.md has the plain commands.
PYTHON ?= python3
BIN := .venv/bin
# In a container one is often root, and Jupyter starts as root only if it is told to.
AS_ROOT := $(if $(filter 0,$(shell id -u)),--allow-root)
# Three files at a time on two cores, as some wait for a clock or a page, and not more: each process starts endpoints of
# its own, half a gigabyte each. Their engines have one thread each, as with more they would wait for each other. The
# lessons take longest, so they come first.
THREE := --numprocesses 3 --dist loadfile --no-loadscope-reorder
# At the end of its time a cell is interrupted. It was seen once that a kernel noticed a cell only then (ipykernel 7.4.0,
# which has mended one such fault: ipython/ipykernel#1554).
NBVAL := --nbval --nbval-current-env --nbval-cell-timeout=120 --nbval-kernel-startup-timeout=180 \
	--nbval-sanitize-with tests/sanitize.cfg
test browser: export OMP_THREAD_LIMIT := 1
# numpy's threads spin for a while when there is nothing left to multiply, so it has one, too.
test browser: export OPENBLAS_NUM_THREADS := 1
# pip does not compile modules; each is compiled when it is first imported, and the result must be kept.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: setup lab senses check test browser bench soak abroad notebooks handouts usb lock

setup: .venv/.ready
	@$(BIN)/python -m samplers.local.engine.weights >/dev/null
	@$(BIN)/python -m samplers.local.engine.logits.prepare

INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile --require-hashes -r

# What reads pictures and hears. Without it the endpoint answers 501 to those requests, and this command is in the answer.
senses: setup .venv/.ready-senses

# Beside the learner's lock: what the tests need, and what the senses need.
.venv/.ready-%: .requirements-%.lock .venv/.ready
	$(INSTALL) $<
	@touch $@

.venv/.ready: .requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.version_info >= (3, 11) or sys.exit("Samplers needs Python >= 3.11; name one: make PYTHON=python3.12 ...")'
	$(PYTHON) -m venv .venv
	$(INSTALL) .requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

lab: setup
	$(BIN)/jupyter lab $(AS_ROOT) --LabApp.default_url=/lab/tree/notebooks/learner/00_start_here.ipynb

test: setup .venv/.ready-test .venv/.ready-senses
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/python tests/timed.py $(BIN)/pytest $(THREE) $(NBVAL) --ignore tests/browser notebooks/*.ipynb tests

# Every lesson, its solutions filled in, in JupyterLab in Chromium. PICTURES=FOLDER keeps pictures of all of them.
browser: setup .venv/.ready-test .venv/.ready-senses
	$(BIN)/pytest --numprocesses 2 --dist loadscope --no-loadscope-reorder $(if $(PICTURES),--pictures $(PICTURES)) tests/browser

# Is this machine ready for a class? It must also say so where the environment is missing, so it needs no setup.
check:
	@$(if $(wildcard $(BIN)/python),$(BIN)/python,$(PYTHON)) samplers/lab/ready.py

bench: setup .venv/.ready-test
	$(BIN)/python -m tests.bench

# Abuse of the endpoint beside a plain client, many requests while 30 % of the answers are faults, batches at an endpoint
# that is killed 50 times, and conversations at one that is killed 200 times: four reports.
MINUTES ?= 20
soak: setup .venv/.ready-test
	$(BIN)/python -m tests.soak --minutes $(MINUTES)
	$(BIN)/python -m tests.soak.many
	$(BIN)/python -m tests.soak.batch
	$(BIN)/python -m tests.soak.responses

# Every lesson on llama.cpp's own server, on vLLM if ABROAD_VLLM=PYTHON names an environment's python that has it, and
# on `transformers serve` if ABROAD_TRANSFORMERS=PYTHON does; and with ABROAD_LM_EVAL=PYTHON a task of lm-eval on the
# local endpoint. The results are tests/data/abroad.md.
abroad: setup .venv/.ready-test
	$(BIN)/python -m tests.abroad

# For authors of lessons: run the masters again and make the learners' copies from them.
notebooks: setup
	$(BIN)/python -m samplers.lab.publish.execute notebooks/*.ipynb
	$(BIN)/python -m samplers.lab.publish.learner notebooks

# dist/usb: wheels, the model and the kit, to install with no network on this platform and Python, or on those that
# PLATFORMS="win_amd64:3.12 macosx_14_0_arm64:3.12" names. TRY=1 then installs it here, with the network off (Linux).
usb: setup
	$(BIN)/python -m samplers.lab.publish.usb $(PLATFORMS)
	$(if $(TRY),$(BIN)/python -m tests.usb)

# The lessons on paper and as HTML pages, for students and for the instructor, into dist/.
PAPER ?= a4
handouts: setup .venv/.ready-test
	$(BIN)/python -m samplers.lab.publish.handouts --paper $(PAPER)

# After a change of a dependency: pin every version for every platform, with hashes and without naming a registry. The
# first lock is a learner's. The others hold what they need on top of it: every entry that the first does not have.
COMPILE := $(BIN)/uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-header --no-annotate --quiet --upgrade
ON_TOP := awk 'NR == FNR { known[$$0] } NR > FNR && /==/ { kept = !($$0 in known) } kept' .requirements.lock
lock:
	$(PYTHON) -m venv .venv && $(BIN)/python -m pip install --quiet uv
	$(COMPILE) --output-file .requirements.lock
	$(COMPILE) --extra test --constraints .requirements.lock --output-file .venv/test.lock
	$(ON_TOP) .venv/test.lock >.requirements-test.lock
	$(COMPILE) --extra senses --constraints .requirements.lock --constraints .requirements-test.lock \
		--output-file .venv/senses.lock
	$(ON_TOP) .venv/senses.lock >.requirements-senses.lock
