#!/usr/bin/env bash
# Set up everything in one virtual environment: locked packages, the product, the front end.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-.venv}

python=""
for candidate in "${PYTHON:-}" python3 python3.13 python3.12 python3.11; do
    [ -n "$candidate" ] && command -v "$candidate" >/dev/null || continue
    if "$candidate" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
        python=$candidate
        break
    fi
done
if [ -z "$python" ]; then
    echo "Buurtsignaal needs Python 3.11 or newer; install it (Debian/Ubuntu: apt install python3 python3-venv)." >&2
    exit 1
fi
if ! "$python" -c 'import ensurepip, venv' 2>/dev/null; then
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
        echo "Installing python3-venv ..."
        apt-get update -qq && apt-get install -y -qq --no-install-recommends python3-venv
    else
        echo "This Python cannot make virtual environments; install python3-venv (sudo apt install python3-venv)." >&2
        exit 1
    fi
fi

[ -x "$venv/bin/python" ] || "$python" -m venv "$venv"
echo "Installing the locked packages (a few minutes the first time) ..."
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements.lock
"$venv/bin/python" -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
"$venv/bin/python" tools/frontend.py build
