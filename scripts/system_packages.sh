#!/bin/sh
# What the tests need beside Python: PostgreSQL, Chromium, CJK fonts, hledger, poppler, Java 17 (for Spark).
# Installs it with apt where that is allowed without asking; otherwise says exactly what is missing.
set -eu

have_postgres() {
    command -v initdb >/dev/null 2>&1 || ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1
}
have_chromium() {
    command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 ||
        command -v google-chrome >/dev/null 2>&1
}
have_fonts() {
    for font in /usr/share/fonts/*/noto*/NotoSerifCJK* /usr/share/fonts/noto*/NotoSerifCJK*; do
        [ -e "$font" ] && return 0
    done
    return 1
}
have_hledger() { command -v hledger >/dev/null 2>&1; }
have_poppler() { command -v pdftotext >/dev/null 2>&1 && command -v pdfinfo >/dev/null 2>&1; }
have_java() {
    version=$(java -version 2>&1 | sed -n 's/.*version "\([0-9]*\).*/\1/p' | head -n 1)
    [ "${version:-0}" -ge 17 ]
}

missing() {
    have_postgres || printf ' postgresql'
    have_chromium || printf ' chromium'
    have_fonts || printf ' fonts-noto-cjk'
    have_hledger || printf ' hledger'
    have_poppler || printf ' poppler-utils'
    have_java || printf ' default-jre-headless'
}

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi
}

may_install() {
    command -v apt-get >/dev/null 2>&1 || return 1
    [ "$(id -u)" = 0 ] || sudo -n true 2>/dev/null
}

need=$(missing)
[ -n "$need" ] || exit 0
if may_install; then
    echo "安装测试所需的系统软件包:$need"
    as_root apt-get update -qq
    # shellcheck disable=SC2086  # the list is meant to be split
    as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $need >/dev/null
    need=$(missing)
    [ -n "$need" ] || exit 0
fi
echo "测试还缺少这些系统软件包:$need" >&2
echo "请由管理员安装后再运行 make test, 例如: sudo apt-get install$need" >&2
exit 1
