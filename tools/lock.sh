#!/usr/bin/env bash
# Write requirements.lock: every package with hashes, for all platforms, without any address.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${1:-.venv}
"$venv/bin/python" -m pip install --quiet uv
"$venv/bin/uv" pip compile pyproject.toml --extra dev --universal --python-version 3.11 \
    --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --quiet -o requirements.lock
if grep -nE 'https?://' requirements.lock; then
    echo "requirements.lock must hold no address" >&2
    exit 1
fi
