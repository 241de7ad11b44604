# The few commands by hand; CMake does the work (CMakePresets.json). `make` alone lists them.
JOBS ?= $(shell nproc)
BUILD := build/release

.DEFAULT_GOAL := help
.PHONY: help setup configure build program demo study test bench test-browser web web-packages check format clean

help:            ## list these commands
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 22

setup:           ## install the Debian packages that are missing (tools/packages.txt)
	@tools/setup.sh

configure: setup
	@cmake --preset release --log-level=NOTICE

build: configure ## build everything: the program is build/release/terrace
	cmake --build $(BUILD) --parallel $(JOBS)

# The program without its tests, into the same folder.
program: configure
	cmake --build $(BUILD) --parallel $(JOBS) --target terrace terrace-learn

demo: program    ## simulate, train, evaluate and predict in minutes; ends with out/demo/report.html
	@tools/demo.sh

study: program   ## the studies at full size (hours; goes on where it stopped): data, networks, figures, models/
	@tools/study.sh

test: build      ## build everything and run all tests
	ctest --preset release --parallel $(JOBS) --no-label-summary

bench: setup     ## build the benchmarks, run them (5 minutes) and write out/bench/figures.json
	@tools/setup.sh benchmarks
	@cmake --preset release -DTERRACE_WITH_BENCHMARKS=ON --log-level=NOTICE
	cmake --build $(BUILD) --parallel $(JOBS) --target terrace step_benchmark engine_work
	benchmarks/figures.py --build $(BUILD) --out out/bench

test-browser: web-packages  ## install chromium and node (0.6 GB) and test the report in a browser
	@$(MAKE) --no-print-directory build
	ctest --preset release -R '^browser\.' --no-tests=error --no-label-summary

web: web-packages  ## bundle the report's page anew, from src/report/web/source into dist
	npm --prefix src/report/web run build

web-packages:
	@tools/setup.sh browser
	npm --prefix src/report/web ci --no-audit --no-fund

check:           ## check layers and format
	@tools/setup.sh develop
	@tools/check_layers.py
	@git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format --dry-run --Werror

format:          ## write every source file in the house's format
	@tools/setup.sh develop
	@git ls-files -z '*.h' '*.cpp' | xargs -0 clang-format -i

clean:           ## remove build/ and out/
	rm -rf build out
