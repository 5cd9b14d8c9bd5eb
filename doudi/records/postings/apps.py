"""App registration: 公示。"""

from django.apps import AppConfig


class PostingsConfig(AppConfig):
    name = "doudi.records.postings"
    label = "postings"
    verbose_name = "公示"
