"""Who works here, who stands in for whom, what they are told, how they like their lists."""

from doudi.records.staff.services.accounts import (
    AreaDoesNotFit,
    LastAdministrator,
    LoginTaken,
    NotSecurityAdministrator,
    NotYourself,
    SamePersonTwoDuties,
    change_role,
    create_user,
    disable,
    enable,
    level_of_role,
    one_time_password,
    reset_password,
)
from doudi.records.staff.services.notices import notify, read_all, read_notice

__all__ = [
    "AreaDoesNotFit",
    "LastAdministrator",
    "LoginTaken",
    "NotSecurityAdministrator",
    "NotYourself",
    "SamePersonTwoDuties",
    "change_role",
    "create_user",
    "disable",
    "enable",
    "level_of_role",
    "notify",
    "one_time_password",
    "read_all",
    "read_notice",
    "reset_password",
]
