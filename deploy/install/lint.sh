#!/bin/sh
# Every check runs even when an earlier one fails, so that one run tells all; the exit code is 1 when any failed.
set -u
cd "$(dirname "$0")/../.."
failed=""

check() {
    name=$1
    shift
    if ! "$@"; then
        failed="$failed $name"
    fi
}

check format .venv/bin/ruff format --check --quiet .
check rules .venv/bin/ruff check --quiet .
check types .venv/bin/mypy
check imports .venv/bin/lint-imports
check lock .venv/bin/python deploy/install/lock.py check

if [ -n "$failed" ]; then
    echo "lint failed:$failed" >&2
    exit 1
fi
echo "lint: all checks passed"
