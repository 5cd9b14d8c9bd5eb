#!/bin/sh
# Resolve the dependencies again and export them: hashes for every file, no addresses.
# uv.lock holds addresses, so it stays on the maintainer's machine (it is ignored by git).
set -eu
cd "$(dirname "$0")/.."
uv=.venv/bin/uv

export_group() { # options..., then the file
    for file in "$@"; do :; done
    "$uv" export --quiet --frozen --format requirements-txt --no-emit-project --no-header "$@" >/dev/null
    echo "$file: $(grep -c '^[a-zA-Z0-9]' "$file") 个软件包"
}

"$uv" lock --upgrade --quiet
export_group --no-default-groups -o requirements.lock
export_group --only-group dev -o requirements-dev.lock
export_group --only-group node -o requirements-node.lock
export_group --only-group spark -o requirements-spark.lock

npm install --package-lock-only --ignore-scripts --no-audit --no-fund --silent
.venv/bin/python scripts/strip_addresses.py package-lock.json
