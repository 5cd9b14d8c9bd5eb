"""The demo and a developer's machine: everything under var/, demo dates movable, plain HTTP on loopback."""

from doudi.settings.base import *  # noqa: F403
from doudi.settings.base import FILES, KEYS
from doudi.store.secrets import secret

DEMO = True
SECRET_KEY = secret(KEYS, "django")
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = True
