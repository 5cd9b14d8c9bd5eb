"""Notice every `{{ variable }}` that a Doudi template prints without anyone having given it."""

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.template import engines
from django.template.base import Node, Origin, Template

ROOT = Path(__file__).resolve().parents[1]


class UndefinedVariables:
    """Stands in for Django's `string_if_invalid`: truthy, and told the name of each variable that is missing.

    `{% if missing %}` and `{% for x in missing %}` are the language's own way to ask whether something is there,
    and Django never consults `string_if_invalid` for them.
    """

    def __init__(self) -> None:
        self.seen: list[str] = []

    def __contains__(self, part: str) -> bool:
        """Django asks whether the text holds %s before it names the variable."""
        return part == "%s"

    def __mod__(self, variable: object) -> str:
        where = drawn_template()
        if where is None or is_ours(where):
            self.seen.append(f"{variable}  ({where or 'unknown template'})")
        return ""

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Be `string_if_invalid` of the Django engine for a while."""
        engine = engines["django"].engine  # type: ignore[attr-defined]
        before = engine.string_if_invalid
        engine.string_if_invalid = self
        try:
            yield
        finally:
            engine.string_if_invalid = before


def drawn_template() -> str | None:
    """The template being drawn right now: the nearest node on the call stack that knows its origin."""
    frame = inspect.currentframe()
    while frame is not None:
        drawer = frame.f_locals.get("self")
        if isinstance(drawer, Node | Template):
            origin: Origin | None = getattr(drawer, "origin", None)
            if origin is not None and origin.name:
                return str(origin.name)
        frame = frame.f_back
    return None


def is_ours(template: str) -> bool:
    """Whether the template is the project's own, or a text made by a test."""
    path = Path(template)
    if not path.is_absolute():
        return True
    return path.is_relative_to(ROOT) and ".venv" not in path.parts
