from django.apps import AppConfig


class ReviewsConfig(AppConfig):
    """变动与复核: 在享之后发生的事, 和到期的核查。"""

    name = "doudi.records.reviews"
    label = "reviews"
    default_auto_field = "django.db.models.BigAutoField"
