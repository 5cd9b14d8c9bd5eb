"""`make check`: every static check, each one run even when another fails, with its time and its own words.

Nothing here needs a database server, a browser or the network.
"""

import os
import secrets
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
MANAGE = [sys.executable, "manage.py"]
SHOWN_LINES = 200


class Step(NamedTuple):
    """One check: what it looks at, its command, and what its environment adds."""

    name: str
    command: list[str]
    environment: dict[str, str] = {}


def tool(name: str, *arguments: str) -> list[str]:
    return [str(BIN / name), *arguments]


def steps() -> list[Step]:
    """The checks in the order a person mends them: cheap and local first."""
    return [
        Step("ruff", tool("ruff", "check", ".")),
        Step("格式", tool("ruff", "format", "--check", "--quiet", ".")),
        Step("模板", tool("djlint", "doudi", "--lint", "--quiet", "--allow-empty-input")),
        Step("模板格式", tool("djlint", "doudi", "--check", "--quiet", "--allow-empty-input")),
        Step("依赖方向", tool("lint-imports", "--no-logo")),
        Step("类型", tool("mypy")),
        Step("迁移", [*MANAGE, "makemigrations", "--check", "--dry-run"]),
        Step("系统检查", [*MANAGE, "check", "--fail-level", "WARNING"]),
        Step("部署检查", [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"], production()),
        *generated_pages(),
        Step("守卫", [sys.executable, "-m", "pytest", "-q", "--no-header", "-m", "nodb", "tests/guards"]),
    ]


def production() -> dict[str, str]:
    """The environment of a county's server, with a key made up on the spot."""
    return {
        "DJANGO_SETTINGS_MODULE": "doudi.settings.prod",
        "DOUDI_SECRET_KEY": secrets.token_urlsafe(60),
        "DOUDI_HOSTS": "doudi.example.org",
    }


def generated_pages() -> list[Step]:
    """Pages under docs/ that a command writes must be as it would write them now."""
    if not list(ROOT.glob("doudi/**/management/commands/docs.py")):
        print("跳过 生成的文档: 还没有 docs 命令")
        return []
    return [
        Step("生成的文档", [*MANAGE, "docs", "--check"]),
        Step("规则的文档", [sys.executable, "scripts/rules_page.py", "--check"]),
    ]


def run(step: Step) -> bool:
    """Run one check; print its name and time, and what it said when it failed or has figures to show."""
    environment = {**os.environ, "DOUDI_VAR": str(ROOT / "var" / "check"), **step.environment}
    began = time.monotonic()
    done = subprocess.run(
        step.command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    passed = done.returncode == 0
    print(f"{'通过' if passed else '未过'} {step.name}  {time.monotonic() - began:.1f} 秒", flush=True)
    said = done.stdout.strip().splitlines()
    if not passed:
        print("\n".join(said[-SHOWN_LINES:]), flush=True)
    elif step.name == "守卫":
        print("\n".join(line for line in said if line.startswith("函数")), flush=True)
    return passed


def main() -> int:
    """Exit code 0 when all passed, else 1."""
    began = time.monotonic()
    (ROOT / "var" / "check").mkdir(parents=True, exist_ok=True)
    failed = [step.name for step in steps() if not run(step)]
    print(
        f"共用 {time.monotonic() - began:.0f} 秒。" + (f"未过: {', '.join(failed)}" if failed else "全部通过")
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
