"""What every installation shares. Anything a county changes is an environment variable named DOUDI_*."""

import os
from pathlib import Path

from csp.constants import NONCE, NONE, SELF

from doudi.settings.database import from_url

ROOT = Path(__file__).resolve().parents[2]
VAR = Path(os.environ.get("DOUDI_VAR", ROOT / "var"))
KEYS = Path(os.environ.get("DOUDI_KEYS", VAR / "keys"))
FILES = VAR / "files"
POLICIES = ROOT / "policies"

SITE = os.environ.get("DOUDI_SITE", "office")  # office | public: two sites, one code base
COUNTY = os.environ.get("DOUDI_COUNTY", "410482")
UNIT_NAME = os.environ.get("DOUDI_UNIT_NAME", "")
PUBLIC_URL = os.environ.get("DOUDI_PUBLIC_URL", "http://127.0.0.1:8001")
DEMO = os.environ.get("DOUDI_DEMO", "") == "1"

SECRET_KEY = os.environ.get("DOUDI_SECRET_KEY", "")
DEBUG = False
ALLOWED_HOSTS: list[str] = [h for h in os.environ.get("DOUDI_HOSTS", "").split(",") if h]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "doudi.web.ui",  # before allauth: its login pages are ours
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "simple_history",
    "doudi.store",
    "doudi.records.audit",
    "doudi.records.jobs",
    "doudi.records.areas",
    "doudi.records.staff",
    "doudi.records.people",
    "doudi.records.policies",
    "doudi.records.awards",
    "doudi.records.ledger",
    "doudi.records.cases",
    "doudi.records.intake",
    "doudi.records.checks",
    "doudi.records.postings",
    "doudi.records.decisions",
    "doudi.records.payments",
    "doudi.records.reviews",
    "doudi.records.reports",
    "doudi.records.desk",
    "doudi.web.office",
    "doudi.web.public",
    "doudi.demo",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "doudi.web.office.refusals.RefusalsInWords",
    "doudi.web.office.cases.queue.QueueKept",
    "doudi.web.office.login.SecondFactor",
    "axes.middleware.AxesMiddleware",
]

if SITE == "public":  # the public site cannot route to office pages and needs none of their middleware
    MIDDLEWARE = [name for name in MIDDLEWARE if not name.startswith("doudi.web.office.")]

ROOT_URLCONF = f"doudi.web.{SITE}.urls"
OFFICE_FRAME = "doudi.web.office.frame.build"
# The office's own word before the number of its documents (发文机关代字).
DOCUMENT_WORD = os.environ.get("DOUDI_DOCUMENT_WORD", "民救")
HELP_PHONE = os.environ.get("DOUDI_HELP_PHONE", "")
WSGI_APPLICATION = "doudi.settings.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "doudi.web.ui.context.frame",
            ],
            "builtins": ["doudi.web.ui.templatetags.doudi"],
        },
    }
]

DATABASES = {"default": from_url(os.environ.get("DOUDI_DATABASE_URL", ""), VAR / "db.sqlite3")}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "staff.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "doudi.web.office.login.StaffAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_LOGOUT_ON_GET = False
REQUIRE_MFA = False
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25  # hours
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "ui/locked_out.html"
AXES_VERBOSE = False
SESSION_COOKIE_AGE = 8 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = f"doudi_{SITE}_session"
CSRF_COOKIE_NAME = f"doudi_{SITE}_csrf"

# What `manage.py work` does by the clock: a function without arguments, and the seconds between two calls.
PERIODIC = {
    "doudi.records.audit.services.seal_looks": 60,
    "doudi.store.drafts.sweep_drafts": 3600,
    "doudi.store.leftovers.sweep_leftovers": 24 * 3600,
}

CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True

STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 5000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FORM_RENDERER = "django.forms.renderers.DjangoTemplates"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"no_numbers": {"()": "doudi.store.redaction.RedactNumbers"}},
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {
        "console": {"class": "logging.StreamHandler", "filters": ["no_numbers"], "formatter": "line"},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {"django.server": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}
SIMPLE_HISTORY_REVERT_DISABLED = True
