#!/bin/sh
# Make the peer's own environment, var/peers/openimis; the list is complete and hashed, so nothing is resolved.
set -eu
cd "$(dirname "$0")/../.."
home=var/peers/openimis
[ -x "$home/bin/python" ] || "${PYTHON:-.venv/bin/python}" -m venv "$home"
"$home/bin/python" -m pip install -qq --disable-pip-version-check --no-input \
    --require-hashes --no-deps -r peers/openimis/requirements.txt
