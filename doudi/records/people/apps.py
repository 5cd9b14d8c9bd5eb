"""App registration: 家庭与人。"""

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "doudi.records.people"
    label = "people"
    verbose_name = "家庭与人"
