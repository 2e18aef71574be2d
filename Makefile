# The same commands people and CI call. Each makes its own .venv on first use.
PY := .venv/bin/python
export ROS_AUTOMATIC_DISCOVERY_RANGE ?= LOCALHOST

.PHONY: help setup demo test check format bench firmware clean

help:            ## this list
	@grep -hE '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

setup:           ## make .venv with everything (idempotent)
	@scripts/setup

demo: setup      ## a simulated home robot runs a mission of commands and proves each one  [KEEP=1 leaves it running]
	@.venv/bin/moe-robot demo $(if $(KEEP),--keep,) $(DEMO_ARGS)

test: setup      ## all tests
	@PYTEST_DISABLE_PLUGIN_AUTOLOAD=1 $(PY) -m pytest $(ARGS)

check: setup     ## format, lint, types
	@.venv/bin/ruff format --check .
	@.venv/bin/ruff check .
	@.venv/bin/mypy

format: setup    ## put the format right
	@.venv/bin/ruff format .
	@.venv/bin/ruff check --fix .

bench: setup     ## every published number, into bench/results/
	@bench/run_all

firmware:        ## compile the motor board's firmware, print its size  [needs scripts/install --firmware]
	@$(MAKE) -s -C firmware

clean:           ## remove what the commands made
	rm -rf .venv build firmware/build dist *.egg-info runs moe_robot_interfaces/build moe_robot_interfaces/*.egg-info
