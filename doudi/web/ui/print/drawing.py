"""typst 的一层薄壳: 模板加 JSON 成 PDF, 在本进程里, 或在画完就结束的子进程里。

Run as a program it reads one job as JSON from stdin and writes the PDF to stdout: a long register takes most of a
gigabyte while it is drawn, which a process that serves pages would never give back.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path

import typst

from doudi.store.refusal import Refusal

TEMPLATES = Path(__file__).parent / "templates"
ROOT = Path(__file__).parents[4]
FONT_FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts")
FAMILIES = ("Noto Serif CJK SC", "Noto Sans CJK SC")
CHINA = dt.timezone(dt.timedelta(hours=8))
SECONDS = 300

# The compiler keeps fonts and parsed templates between sheets and is not made for two threads at a time.
_one_at_a_time = threading.Lock()


class FontMissing(Refusal):
    """服务器上没有打印用的字体。"""


@dataclass(frozen=True)
class Job:
    """要画的一张: 模板、JSON 数据、文件日期 (ISO)、是否带标签。"""

    template: str
    content: str
    day: str
    tagged: bool


def draw(job: Job) -> bytes:
    """在本进程里画。Raises FontMissing."""
    stamp = dt.datetime.combine(dt.date.fromisoformat(job.day), dt.time(12), CHINA)
    with _one_at_a_time:
        pdf = compiler().compile(
            input=TEMPLATES / job.template,
            format="pdf",
            sys_inputs={"sheet": job.content},
            timestamp=stamp,
            pdf_tags=job.tagged,
        )
    if not isinstance(pdf, bytes):
        raise TypeError(f"typst 没有给出 PDF: {job.template}")
    return pdf


def draw_apart(job: Job) -> bytes:
    """在子进程里画, 占用的内存随它一起归还。Raises FontMissing, subprocess.SubprocessError."""
    compiler()
    order = [sys.executable, "-m", "doudi.web.ui.print.drawing"]
    given = json.dumps(asdict(job)).encode()
    return subprocess.run(
        order, input=given, stdout=subprocess.PIPE, cwd=ROOT, timeout=SECONDS, check=True
    ).stdout


@lru_cache(maxsize=1)
def compiler() -> typst.Compiler:
    """反复使用的编译器。Raises FontMissing."""
    return typst.Compiler(root=TEMPLATES, font_paths=fonts_in(FONT_FOLDERS), ignore_system_fonts=True)


def fonts_in(folders: Sequence[str]) -> typst.Fonts:
    """这些文件夹里的字体; 模板只用 FAMILIES 两种。Raises FontMissing naming the package to install."""
    present = [folder for folder in folders if Path(folder).is_dir()]
    fonts = typst.Fonts(include_system_fonts=False, font_paths=present)
    missing = [family for family in FAMILIES if family not in fonts.families()]
    if missing:
        raise FontMissing(
            f"服务器上没有打印用的字体 {'、'.join(missing)}, 请系统管理员安装软件包 fonts-noto-cjk 后再打印"
        )
    return fonts


if __name__ == "__main__":
    sys.stdout.buffer.write(draw(Job(**json.load(sys.stdin))))
