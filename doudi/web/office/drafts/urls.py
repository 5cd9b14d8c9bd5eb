"""Addresses of drafts: asked by the page itself, never opened by hand."""

from django.urls import URLPattern

from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.drafts import views

urlpatterns: list[URLPattern] = [
    page("caogao/", views.draft, name="draft", roles=EVERYBODY, methods=["GET", "POST"]),
    page("caogao/diuqi/", views.drop, name="draft_drop", roles=EVERYBODY, methods=["POST"]),
]
