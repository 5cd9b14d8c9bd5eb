#!/bin/sh
# Install one hashed requirements list into .venv, making .venv first when it is not there.
# Usage: sh scripts/install.sh requirements.lock
set -eu
list=$1
cd "$(dirname "$0")/.."

fits() { # an interpreter that is new enough and can make an environment
    "$1" -c 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

find_python() {
    for name in ${PYTHON:-} python3.11 python3 python3.12 python3.13 /usr/bin/python3; do
        if fits "$name"; then
            command -v "$name"
            return
        fi
    done
    echo "找不到带 venv 的 Python 3.11 或更新版本。Debian 12 上请先运行: apt-get install python3-venv" >&2
    exit 1
}

if ! .venv/bin/python -c 'import pip' 2>/dev/null; then
    python=$(find_python)
    echo "建立 .venv ($("$python" --version))"
    "$python" -m venv --clear .venv
fi
echo "安装 $list"
# The lists are complete, so nothing is resolved here: --no-deps installs exactly the listed, hashed files.
.venv/bin/python -m pip install -qq --disable-pip-version-check --no-input \
    --require-hashes --no-deps -r "$list"
