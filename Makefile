# The front door. Every target sets up what it needs first; a second run starts at once.
.DEFAULT_GOAL := help
.NOTPARALLEL:
MAKEFLAGS += --no-print-directory
SHELL := /bin/bash

.PHONY: help setup build demo test test-slow test-conformance bench lint format clean

help: ## list the targets
	@sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1|\2/p' Makefile | column -t -s '|' 2>/dev/null || \
	  sed -n 's/^\([a-z-]*\):[^#]*## \(.*\)/  make \1  \2/p' Makefile

setup:
	@scripts/bootstrap build
	@scripts/fetch-duckdb

build: setup ## build the release binary: build/release/sluice (and jinja_cases beside it)
	@scripts/build release
	@echo "built build/release/sluice"

demo: build ## generate 90 days of store orders, build them incrementally, print what it cost
	@scripts/demo

test: setup ## build with ASan and UBSan, run the fast tests and the lint checks
	@scripts/test fast

test-slow: setup ## crash and fuzz tests (minutes; extra packages)
	@scripts/test slow

test-conformance: build ## dbt's own adapter suite with sluice in place of dbt (some 10 minutes; fetches the suite)
	@tests/conformance/run

bench: build ## speed and memory as ratios against dbt-core, measured side by side
	@bench/run

lint: setup ## formatting, size limits, and the rules of CONVENTIONS.md with a number in them
	@scripts/lint

format: setup ## reformat the C++ sources with the pinned clang-format
	@scripts/format

clean: ## remove what builds and demos leave behind (not the fetched DuckDB)
	@rm -rf build demo
