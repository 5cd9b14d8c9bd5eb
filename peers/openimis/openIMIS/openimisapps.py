"""Read by the signals of two modules."""

from django.conf import settings


def openimis_apps():
    """The installed modules, in their order."""
    return settings.OPENIMIS_APPS
