"""Tests: a throw-away folder, fast password hashing, the demo date movable; both databases by DOUDI_DATABASE_URL."""

import os
import tempfile
from pathlib import Path

os.environ.setdefault("DOUDI_VAR", tempfile.mkdtemp(prefix="doudi-test-"))

from doudi.settings.base import *  # noqa: F403
from doudi.settings.base import VAR

DEMO = True
SECRET_KEY = "a-test-only-value-that-protects-nothing"  # noqa: S105
KEYS = Path(VAR) / "keys"
ALLOWED_HOSTS = ["testserver", "127.0.0.1", "localhost"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
