# Two commands matter: `make run` and `make test`. Both set up what they need.
# A Python of 3.11 or later; override with `make PYTHON=python3.13 test`.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
LISTEN ?= 127.0.0.1:8080
# most tests wait for a pseudo-terminal or a browser: seven fill two cores
JOBS ?= 7
FUZZ_SECONDS ?= 3600
KILLS ?= 200
# twenty seeds that nobody has chosen; the ledger tells them
SEEDS ?= $(shell $(BIN)/python -c 'import random; s = random.randrange(10**6); print(f"{s}..{s + 19}")')
CALL_SEEDS ?= 1..4
FAULTS ?= 0.01

# Each program that a test starts would compile all of it anew: bytecode is kept whatever the caller says
unexport PYTHONDONTWRITEBYTECODE

.DEFAULT_GOAL := help
.PHONY: calls families help run test lint bench sound voice fuzz kill simulate deb bundle release-key test-deb test-update \
	test-vm test-image catalogues clean debian-packages

help:            ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:[^#]*##/\t/' | expand -t 18

run: $(READY)    ## the whole box on a simulated modem, with virtual telephones
	$(BIN)/veilleur demo --listen $(LISTEN)

test: $(READY) debian-packages  ## everything that is checked before a change is taken
	@$(MAKE) --no-print-directory -j2 lint bytecode
	$(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal

lint: $(READY)   ## form, types and who may import whom
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports

# collected once beside the lint, so that no worker compiles what all of them import
bytecode: $(READY)
	$(BIN)/python -m compileall -q firmware web hw
	$(BIN)/python -m pytest -q --collect-only > $(VENV)/.collected || { cat $(VENV)/.collected; exit 1; }

bench: $(READY)  ## benchmarks: ratios taken in one run
	$(BIN)/python -m tests.benchmarks

sound: $(READY)  ## keys heard in the sound, what listening costs, and how evenly sound flows
	$(BIN)/python -m tests.sound.rates
	$(BIN)/python -m tests.sound.pacing
	$(BIN)/python -m tests.sound.pacing --load 4

voice: $(READY)  ## whole calls with a voice on every family; dist/voice/ keeps what was heard
	VEILLEUR_VOICE=all VEILLEUR_ARTEFACTS=dist/voice \
		$(BIN)/python -m pytest -q tests/daemon/test_voice_call.py tests/browser/test_voice.py

families: $(READY)  ## every driver, call and SMS test and every scenario on all families of modems
	VEILLEUR_FAMILIES=all $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m families

fuzz: $(READY)   ## the fuzzer for an hour (FUZZ_SECONDS=600 for less), then every property anew
	$(BIN)/python -m tests.fuzz --seconds $(FUZZ_SECONDS)
	VEILLEUR_EXAMPLES=by-chance $(BIN)/python -m pytest -q -n $(JOBS) --dist worksteal -m hypothesis

kill: $(READY)   ## the real daemon killed 200 times under load, another seed each time
	VEILLEUR_KILLS=$(KILLS) VEILLEUR_SEED=$$(date +%s) \
		$(BIN)/python -m pytest -q -s tests/daemon/test_kills.py

calls: $(READY)    ## many calls by voice with drawn people and mishaps, and days of them
	$(BIN)/python -m tests.voice.random_calls --calls 400
	$(BIN)/veilleur simulate --days 20 --seed $(CALL_SEEDS) --faults $(FAULTS) --load 0.1 --voice always

simulate: $(READY)  ## twenty random years of bad luck, on every processor; SEEDS=1..20
	$(BIN)/veilleur simulate --days 365 --seed $(SEEDS) --faults $(FAULTS)

deb: $(READY)    ## one Debian package for Debian 12 and 13, any architecture: dist/*.deb
	tests/install-debian-packages espeak-ng
	$(BIN)/python -m deploy.package.build

bundle: $(READY) ## a signed update for boxes in the field: make bundle KEY=veilleur.key (minisign's)
	tests/install-debian-packages minisign
	$(BIN)/python -m deploy.package.bundle --key $(KEY)

release-key:     ## once: whose updates boxes take; the secret half goes to KEY=, off every network
	tests/install-debian-packages minisign
	minisign -G -p deploy/keys/$(basename $(notdir $(KEY))).pub -s $(KEY)

test-deb: $(READY)  ## its whole life in fresh roots of both releases (minutes, as root)
	tests/install-debian-packages mmdebstrap lintian chrony
	$(BIN)/python -m pytest -q tests/deploy/releases.py tests/deploy/clock.py

test-update: $(READY)  ## updates of the real package, cut at each step and at every write (minutes, as root)
	tests/install-debian-packages minisign age
	VEILLEUR_CUTS_EVERY=1 $(BIN)/python -m pytest -q tests/update tests/update/at_night.py
	$(BIN)/python -m pytest -q -s tests/deploy/updates.py

test-vm: $(READY)  ## services, modem, page, faults and power cuts under a real systemd (an hour, as root)
	tests/install-debian-packages mmdebstrap qemu-system-x86 qemu-utils e2fsprogs minisign \
		dosfstools fdisk mtools
	$(BIN)/python -m tests.vm

test-image: $(READY)  ## the root file system of a Pi (arm64) starts in an emulated machine (as root)
	tests/install-debian-packages mmdebstrap arch-test qemu-user-static qemu-system-arm qemu-utils e2fsprogs minisign
	mountpoint -q /proc/sys/fs/binfmt_misc || mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
	test -e /proc/sys/fs/binfmt_misc/qemu-aarch64 \
		|| cat /usr/lib/binfmt.d/qemu-aarch64.conf >/proc/sys/fs/binfmt_misc/register
	$(BIN)/python -m tests.vm --image

catalogues: $(READY)  ## compile the message catalogues after a change of a .po file
	for po in firmware/wording/catalogues/*/LC_MESSAGES/*.po; do \
		$(BIN)/pybabel -q compile -i $$po -o $${po%.po}.mo; done
	$(BIN)/python -m tests.web.catalogue

clean:           ## forget the virtual environment and the caches
	rm -rf $(VENV) .mypy_cache .ruff_cache .pytest_cache .hypothesis *.egg-info

debian-packages:
	@tests/install-debian-packages

$(READY): requirements.lock pyproject.toml
	@test -n "$(PYTHON)" || { echo "Veilleur needs Python 3.11 or later" >&2; exit 1; }
	@$(PYTHON) -c 'import venv, ensurepip' 2>/dev/null || tests/install-debian-packages python3-venv
	$(PYTHON) -m venv --clear $(VENV)
	$(BIN)/python -m pip install -q --require-hashes -r requirements.lock
	$(BIN)/python -m pip install -q --no-deps --no-build-isolation -e .
	@touch $@
