"""Who works here, who stands in for whom, what they are told, how they like their lists."""

from doudi.records.staff.services.absences import (
    AlreadyAway,
    DatesDoNotFit,
    DeputyDoesNotFit,
    arrange_absence,
    end_absence,
)
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
from doudi.records.staff.services.filters import TooManyFilters, drop_filter, save_filter
from doudi.records.staff.services.notices import notify, read_all, read_notice

__all__ = [
    "AlreadyAway",
    "AreaDoesNotFit",
    "DatesDoNotFit",
    "DeputyDoesNotFit",
    "LastAdministrator",
    "LoginTaken",
    "NotSecurityAdministrator",
    "NotYourself",
    "SamePersonTwoDuties",
    "TooManyFilters",
    "arrange_absence",
    "change_role",
    "create_user",
    "disable",
    "drop_filter",
    "enable",
    "end_absence",
    "level_of_role",
    "notify",
    "one_time_password",
    "read_all",
    "read_notice",
    "reset_password",
    "save_filter",
]
