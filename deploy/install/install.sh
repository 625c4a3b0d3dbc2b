#!/bin/sh
# Makes .venv ready to use: nothing but a Python and the package index is expected of the machine.
# An environment that is already right costs one short Python start; otherwise environment.py builds what is missing.
set -eu
cd "$(dirname "$0")/../.."

if [ -x .venv/bin/python ] && .venv/bin/python -I -S deploy/install/environment.py check 2>/dev/null; then
    exit 0
fi

python=""
for candidate in ${PYTHON:-} python3 python3.14 python3.13 python3.12 python3.11; do
    if command -v "$candidate" >/dev/null 2>&1 &&
        "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Python 3.11 or newer is needed; python3 here is: $(python3 --version 2>/dev/null || echo missing)." \
        "需要 Python 3.11 或更高版本。" >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' >/dev/null 2>&1; then
    echo "$python cannot make virtual environments (on Debian or Ubuntu: apt-get install python3-venv)." \
        "此 Python 缺少 venv 模块。" >&2
    exit 1
fi
exec "$python" -I deploy/install/environment.py install
