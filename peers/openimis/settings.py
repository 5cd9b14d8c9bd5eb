"""Django settings of the peer: its modules, its defaults, a database of its own.

The assembly that ties the modules together is not on PyPI, so what they read from it is given here: the value the
assembly has, or the module's own default. Left out are the broker, the search index, the scheduler and the web pages.
"""

import os
from urllib.parse import parse_qs, urlparse

_at = urlparse(os.environ["PEER_DATABASE_URL"])

OPENIMIS_APPS = [
    "core",
    "individual",
    "workflow",
    "tasks_management",
    "location",
    "medical",
    "medical_pricelist",
    "calculation",
    "contribution_plan",
    "invoice",
    "social_protection",
    "payment_cycle",
    "calcrule_social_protection",
    "payroll",
]
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "graphene_django",
    "graphql_jwt.refresh_token.apps.RefreshTokenConfig",
    "rest_framework",
    "django_apscheduler",  # imported by core, never started
    *OPENIMIS_APPS,
]
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": _at.path.lstrip("/"),
        "USER": _at.username,
        "HOST": parse_qs(_at.query)["host"][0],
    }
}
_CACHE = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
CACHES = {name: _CACHE | {"KEY_PREFIX": name} for name in ("default", "location", "coverage")}

AUTH_USER_MODEL = "core.User"
AUTHENTICATION_BACKENDS = [
    "graphql_jwt.backends.JSONWebTokenBackend",
    "django.contrib.auth.backends.ModelBackend",
]
SECRET_KEY = "the peer answers nobody but the bench"  # noqa: S105
DEBUG = False  # else Django keeps every statement it has run
MODE = "PROD"
MSSQL = False
ROW_SECURITY = True
USE_TZ = False
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en-GB"
MEDIA_ROOT = os.environ["PEER_MEDIA"]
PASSWORD_MIN_LENGTH, PASSWORD_UPPERCASE, PASSWORD_LOWERCASE, PASSWORD_DIGITS, PASSWORD_SYMBOLS = 8, 1, 1, 1, 1
CACHE_OBJECT_DEFAULT, CACHE_OBJECT_TTL = True, 3600
IS_TESTING = False
SCHEDULER_CONFIG: dict[str, object] = {}
SCHEDULER_JOBS: list[object] = []
SCHEDULER_CUSTOM: list[object] = []
SCHEDULER_AUTOSTART = False
