"""Tables point the way imports do: to an app further left, or to the same one (DESIGN §2)."""

import tomllib
from collections.abc import Iterator

from django.apps import apps
from django.conf import settings
from django.db.models import ForeignKey, ManyToManyField, Model, OneToOneField

from tests.guards.tree import ROOT, listed

RECORDS = "doudi.records."


def order() -> list[str]:
    """The apps of doudi/records from left to right, as the import law in pyproject.toml lists them."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(
        contract["layers"] for contract in contracts if contract.get("containers") == ["doudi.records"]
    )
    return [app.strip("() ") for layer in reversed(layers) for app in layer.split("|")]


def pointing() -> Iterator[tuple[str, str, str]]:
    """Every relation of our tables to another of ours: field, own app, other app."""
    for model in apps.get_models():
        if not model.__module__.startswith(RECORDS):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, ForeignKey | OneToOneField | ManyToManyField):
                other = field.related_model
                if isinstance(other, type) and issubclass(other, Model) and is_ours(other):
                    yield f"{model._meta.label}.{field.name}", app_of(model), app_of(other)


def is_ours(model: type[Model]) -> bool:
    """Ours, and not the user, who is named by the settings and may be pointed at from anywhere."""
    return model.__module__.startswith(RECORDS) and model._meta.label != settings.AUTH_USER_MODEL


def app_of(model: type[Model]) -> str:
    return model.__module__.removeprefix(RECORDS).split(".")[0]


def test_every_app_of_records_has_its_place() -> None:
    installed = {
        config.name.removeprefix(RECORDS)
        for config in apps.get_app_configs()
        if config.name.startswith(RECORDS)
    }
    assert installed - set(order()) == set()


def test_tables_point_left() -> None:
    places = {app: place for place, app in enumerate(order())}
    relations = list(pointing())
    assert relations
    wrong = [f"{field}: {own} → {other}" for field, own, other in relations if places[own] < places[other]]
    assert not wrong, listed(wrong)
