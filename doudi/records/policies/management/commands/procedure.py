"""`manage.py procedure`: the road of a scheme in one procedure, as a picture or as BPMN 2.0."""

import datetime as dt
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from doudi.exchange.bpmn import bpmn
from doudi.exchange.road_svg import svg
from doudi.law.packs import MissingParameter
from doudi.records.policies.procedures import IN_FORCE, UnknownProcedure, drawn
from doudi.records.policies.queries import UnknownScheme, packs
from doudi.store.today import today

FORMATS = {"bpmn": bpmn, "svg": svg}


class Command(BaseCommand):
    help = "把某项目在某个程序里的路写成图 (svg) 或 BPMN 2.0"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--pack", default=IN_FORCE, help="现行的写 current, 范例写包名")
        parser.add_argument("--scheme", default="dibao_rural", help="项目编号")
        parser.add_argument("--area", default="", help="区划码, 不写为本县")
        parser.add_argument("--on", type=dt.date.fromisoformat, help="哪一天的程序, 不写为今天")
        parser.add_argument("--format", choices=FORMATS, default="bpmn")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = drawn(
                packs(), options["pack"], options["scheme"], options["on"] or today(), options["area"]
            )
            self.stdout.write(FORMATS[options["format"]](found.road), ending="")
        except (UnknownProcedure, UnknownScheme, MissingParameter, ValueError) as error:
            raise CommandError(str(error)) from None
