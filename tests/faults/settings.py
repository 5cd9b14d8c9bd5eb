"""The test settings for processes that die: files lie on the disk, keys are shared by all of a ground."""

import os
from pathlib import Path

from doudi.settings.test import *  # noqa: F403
from doudi.settings.test import FILES, STORAGES

KEYS = Path(os.environ["DOUDI_KEYS"])
STORAGES = STORAGES | {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}}
}
