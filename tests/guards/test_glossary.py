"""Every table, column and choice of the records has a row in the glossary."""

from pathlib import Path

from doudi.web.office.documentation import record_models

GLOSSARY = Path(__file__).parents[2] / "docs" / "glossary.md"
FRAMEWORK = {"password", "last_login", "is_superuser", "is_staff", "is_active", "date_joined", "username"}


def terms() -> set[str]:
    rows = (
        line.split("|") for line in GLOSSARY.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    )
    return {cells[1].strip() for cells in rows}


def labels() -> set[str]:
    found = set()
    for model in record_models():
        found.add(str(model._meta.verbose_name))
        for field in model._meta.concrete_fields:
            if field.name != "id" and field.name not in FRAMEWORK:
                found |= {str(field.verbose_name), *(str(label) for _, label in field.flatchoices)}
    return found


def test_every_label_of_the_records_is_in_the_glossary() -> None:
    missing = sorted(labels() - terms())
    assert not missing, f"docs/glossary.md has no row for: {', '.join(missing)}"
