"""`manage.py docs [--check]`: write the generated pages of docs/, or say which are behind the code."""

from importlib import import_module
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.web.office.documentation import pages


class Command(BaseCommand):
    help = "生成 docs/ 中由代码得出的页面; --check 只核对是否一致"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="只核对, 不写")

    def handle(self, *args: Any, **options: Any) -> None:
        import_module(
            "doudi.web.office.urls"
        )  # every address is declared when the table of addresses is read
        folder = settings.ROOT / "docs"
        stale = [
            name
            for name, text in pages().items()
            if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
        ]
        if options["check"] and stale:
            raise CommandError(f"docs/ 里 {'、'.join(stale)} 与代码不一致, 请运行 make docs")
        for name in stale:
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(pages()[name], encoding="utf-8")
            self.stdout.write(f"docs/{name}")
