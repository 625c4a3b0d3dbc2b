#!/bin/sh
# Every check runs even when an earlier one fails, so that one run tells all; the exit code is 1 when any failed.
set -u
cd "$(dirname "$0")/../.."
bin=.venv/bin
failed=""

check() {
    name=$1
    shift
    if ! "$@"; then
        failed="$failed $name"
    fi
}

# Folders that exist, of those named.
existing() {
    for folder in "$@"; do
        if [ -e "$folder" ]; then echo "$folder"; fi
    done
}

# The code at once; then each distribution's tests by themselves, as files in two of them may have one name.
types() {
    status=0
    # shellcheck disable=SC2046
    "$bin/mypy" --exclude '^(libs|services|gateway|cli|deploy)/.*tests/' \
        $(existing libs services gateway cli deploy tests bench conftest.py) || status=1
    for folder in $(existing libs/*/tests services/*/tests services/*/*/tests gateway/tests cli/tests deploy/*/tests); do
        if [ -n "$(find "$folder" -name '*.py' | head -n 1)" ]; then
            "$bin/mypy" --no-error-summary "$folder" || status=1
        fi
    done
    return $status
}

check format "$bin/ruff" format --check .
check rules "$bin/ruff" check --output-format concise .
check types types
check imports "$bin/lint-imports" --no-logo
check lock "$bin/python" deploy/install/lock.py check

if [ -n "$failed" ]; then
    echo "lint failed:$failed" >&2
    exit 1
fi
echo "lint: all checks passed"
