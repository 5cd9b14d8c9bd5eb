"""逐字节扫过一个 XML 部件：有没有 DTD，格子到了哪里，哪些格子是公式或错误值。

A spreadsheet parser given one cell at XFD1048576 tries to hold the whole rectangle; so the
extent is known here first, by streaming, and only cells that hold something count.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from doudi.exchange.sheets.grid import Kind, Place

REFERENCE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})\Z")
CONTENT = frozenset(("v", "is", "f"))
ARRAY_LIMIT = 200_000


class PartStopped(Exception):
    """扫描到不该有的东西就停：code 为 dtd、rows、extent、cells 或 reference。"""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class PartScan:
    """一个部件的扫描：边喂边查，超限立刻停。"""

    def __init__(self, max_rows: int, max_columns: int, max_cells: int) -> None:
        self.max_rows, self.max_columns, self.max_cells = max_rows, max_columns, max_cells
        self.is_sheet = False
        self.marks: dict[Place, Kind] = {}
        self.cells = 0
        self._filled_rows = 0
        self._last_filled_row = 0
        self._row = self._column = 0
        self._cell_counted = False
        self._cell_is_error = False
        self._parser = expat.ParserCreate(namespace_separator=" ")
        self._parser.StartDoctypeDeclHandler = self._on_doctype
        self._parser.EntityDeclHandler = self._on_doctype
        self._parser.StartElementHandler = self._on_root

    def feed(self, chunk: bytes) -> None:
        """喂一段字节；触线时抛 PartStopped，格式错时抛 ExpatError。"""
        self._parser.Parse(chunk, False)

    def finish(self) -> None:
        """部件到头；没写完的 XML 抛 ExpatError。"""
        self._parser.Parse(b"", True)

    def _on_doctype(self, *_: object) -> None:
        raise PartStopped("dtd")

    def _on_root(self, name: str, _: dict[str, str]) -> None:
        self.is_sheet = name.rpartition(" ")[2] == "worksheet"
        self._parser.StartElementHandler = self._on_element if self.is_sheet else None

    def _on_element(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "c":
            self._enter_cell(attributes)
        elif local in CONTENT:
            self._enter_content(local, attributes)
        elif local == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = 0

    def _enter_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        if reference is None:
            self._column += 1
        else:
            self._row, self._column = _place(reference)
        self._cell_counted = False
        self._cell_is_error = attributes.get("t") == "e"

    def _enter_content(self, local: str, attributes: dict[str, str]) -> None:
        if not self._cell_counted:
            self._count_cell()
        if local == "f":
            self._mark_formula(attributes)
        elif self._cell_is_error:
            self.marks.setdefault((self._row, self._column), Kind.ERROR)

    def _count_cell(self) -> None:
        self._cell_counted = True
        self.cells += 1
        if self._row != self._last_filled_row:
            self._last_filled_row = self._row
            self._filled_rows += 1
        if self._filled_rows > self.max_rows:
            raise PartStopped("rows")
        if self._row > self.max_rows or self._column > self.max_columns:
            raise PartStopped("extent")
        if self.cells > self.max_cells:
            raise PartStopped("cells")

    def _mark_formula(self, attributes: dict[str, str]) -> None:
        here = (self._row, self._column)
        self.marks[here] = Kind.FORMULA
        # Only the first cell of an array formula carries <f>; the others look like plain values.
        if attributes.get("t") == "array" and ":" in attributes.get("ref", ""):
            first, last = (_place(end) for end in attributes["ref"].split(":", 1))
            if (last[0] - first[0] + 1) * (last[1] - first[1] + 1) > ARRAY_LIMIT:
                raise PartStopped("extent")
            for row in range(first[0], last[0] + 1):
                for column in range(first[1], last[1] + 1):
                    self.marks[(row, column)] = Kind.FORMULA


def _place(reference: str) -> Place:
    found = REFERENCE.match(reference)
    if found is None:
        raise PartStopped("reference")
    column = 0
    for letter in found.group(1):
        column = column * 26 + ord(letter) - 64
    return int(found.group(2)), column
