# One entry for everything; `make help` lists it.
CARGO ?= cargo
export CARGO_TERM_COLOR ?= auto
SOAK_CASES ?= 10000
SOAK_KILLS ?= 200

.DEFAULT_GOAL := help
.PHONY: help demo test lint format docs book package soak mutants breakages bench prepare install clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

demo: ## Run the main job against the embedded sandbox: plan, sync, plan again, reports
	@CARGO="$(CARGO)" sh scripts/demo.sh

test: prepare ## Run every test
	$(CARGO) test --locked --lib --bins --tests
	$(CARGO) test --locked --doc

lint: ## Check format, lints (warnings are errors), the oldest Rust, and licences and sources of dependencies
	$(CARGO) fmt --all --check
	$(CARGO) clippy --locked --all-targets -- -D warnings
	@CARGO="$(CARGO)" sh scripts/msrv.sh
	@CARGO="$(CARGO)" sh scripts/deny.sh

format: ## Format the code
	$(CARGO) fmt --all

docs: ## Build the API documentation, with warnings as errors
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --locked --no-deps

soak: ## Run the random tests at length: 10,000 model cases, 200 kills (SOAK_CASES, SOAK_KILLS: other counts)
	PROPTEST_CASES=$(SOAK_CASES) $(CARGO) test --locked --test it safety::model
	LUMSYNC_KILLS=$(SOAK_KILLS) $(CARGO) test --locked --test it safety::kill

mutants: ## Break each rule of src/plan and src/execute in turn and show what no test notices (hours; MUTANTS: more options)
	@CARGO="$(CARGO)" sh scripts/mutants.sh $(MUTANTS)

breakages: ## Break each promise of docs/reliability.md in turn and show that its test falls (an hour; BREAKAGES: --only NAME, --shard K/N)
	@CARGO="$(CARGO)" python3 scripts/breakages.py $(BREAKAGES)

bench: ## Measure beside other programs against the targets and write docs/performance.md (BENCH_SIZE=small: a quick look, nothing written)
	@python3 -m venv target/bench/venv
	@target/bench/venv/bin/pip install --quiet --requirement benches/requirements.txt
	@PYTHONPATH=benches target/bench/venv/bin/python -m compare

book: ## Build the documentation as a book (installs mdbook where it is missing)
	@CARGO="$(CARGO)" sh scripts/book.sh

package: ## Build the Debian package and check all of the packaging (root, Debian)
	@CARGO="$(CARGO)" bash packaging/check.sh

install: ## Install lumsync with manual pages and completions (PREFIX=/usr/local, DESTDIR)
	$(CARGO) build --locked --release
	@sh packaging/install.sh

prepare: ## Install what the tests need beside Rust, Python 3 and Node: a browser, fonts, promtool and a Pushgateway
	@sh scripts/prepare.sh

clean: ## Remove what was built
	$(CARGO) clean
