"""Addresses of the office: one package a stage, each declaring who may use what (access.py)."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

STAGES = (
    "home",
    "notices",
    "drafts",
    "intake",
    "cases",
    "checks",
    "dossiers",
    "postings",
    "decisions",
    "letters",
    "jobs",
    "changes",
    "payments",
    "recoveries",
    "funds",
    "custody",
    "households",
    "rosters",
    "reports",
    "policies",
    "raises",
    "lists",
    "settings",
)

urlpatterns: list[URLPattern | URLResolver] = [
    path("accounts/", include("allauth.urls")),
    path("ui/", include("doudi.web.ui.urls")),
]
for stage in STAGES:
    urlpatterns += import_module(f"doudi.web.office.{stage}.urls").urlpatterns
