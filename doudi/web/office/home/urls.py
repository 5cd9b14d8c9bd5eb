"""Addresses of this stage."""

from django.urls import URLPattern

from doudi.web.office.access import EVERYBODY, page
from doudi.web.office.home import views

urlpatterns: list[URLPattern] = [page("", views.home, name="home", roles=EVERYBODY)]
