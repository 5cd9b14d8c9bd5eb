"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.notices import views

urlpatterns: list[URLPattern] = [
    page("xiaoxi/", views.notices, name="notices", roles=EVERYBODY),
    page("xiaoxi/quanbu/", views.all_read, name="notices_read", roles=EVERYBODY, methods=["POST"]),
    page("xiaoxi/<int:pk>/", views.notice, name="notice", roles=EVERYBODY),
]
