"""Settings of the site, read from the environment; what is not set works on one machine with an embedded database.

=====================  ==========================================================================================
`LINLI_HOME`           folder of the database, secret, uploads and backups; `var` where not set
`DATABASE_URL`         `postgresql://user:password@host:port/name`; SQLite in `LINLI_HOME` where not set
`LINLI_SECRET_KEY`     secret of sessions and signatures; made once and kept in `LINLI_HOME` where not set
`LINLI_HOSTS`          names the site answers to, with commas; this machine only where not set
`LINLI_HTTPS`          `1` where the site stands behind HTTPS: secure cookies, HSTS
`LINLI_PROXIES`        how many proxies of one's own stand before the site; none where not set
`LINLI_DEMO`           `1` where all data is synthetic: every page and export says so
`LINLI_LOG`            level of the log, `INFO` where not set; one JSON object a line on standard error
`LINLI_SECOND_FACTOR`  `0` where neither administrators nor who sees contacts needs an authenticator; so in the demo
`LINLI_SIGN_IN_…`      `FAILURES` (5) of an account or `FAILURES_ADDRESS` (20) of an address in `WINDOW` (15 min) lock
`LINLI_IDLE_MINUTES`   minutes without a click after which a session ends, 30 where not set
`LINLI_OIDC`           JSON object of one OpenID Connect provider: `id`, `name`, `client_id`, `secret`, `server_url`
`LINLI_ADDRESS`        the site's own address, `https://…`, for links in notices; without it they carry none
`LINLI_ORGANISER`      主办单位, who answers for the site: named on every page; without it `linli serve` says so
`LINLI_CONTACT`        how residents reach it about their data, on the privacy page
`LINLI_TELEPHONE`      its telephone; `LINLI_OFFICE` where its counter is, `LINLI_HOURS` when that is open
`LINLI_FILING`         备案编号; `LINLI_POLICE_FILING` 公安备案编号, `LINLI_SITE_CODE` 网站标识码: at the foot
`LINLI_SECURITY_…`     `CONTACT`, `mailto:…` or `https://…`, for who found a weakness: /.well-known/security.txt
`LINLI_TILES`          address of an outside map's tiles, with {z}, {x}, {y}; `LINLI_TILES_SYSTEM` wgs84 (also
                       cgcs2000), gcj02 or bd09, `LINLI_TILES_CREDIT` whom maps must name for it
`LINLI_MAIL_…`        `HOST`, `PORT` (587), `USER`, `PASSWORD`, `FROM` of the SMTP server; without a host no mail leaves
`LINLI_OUTGOING`       hosts of one's own net that notices may be posted to, with commas; else public addresses alone
`LINLI_SMS_URL`        where the district's SMS gateway takes `{"mobile", "text"}`; `LINLI_SMS_TOKEN` is its bearer
`LINLI_CHECKPOINTS`    folder that the ledger's signed checkpoints are written to; `checkpoints` in `LINLI_HOME`
`LINLI_WITNESSES`      mail addresses, with commas, to which each day's checkpoint goes: it leaves the house
=====================  ==========================================================================================
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from linli.web import logs
from linli.web.databases import database_from
from linli.web.operator import operator_from
from linli.web.outside_tiles import outside_tiles_from
from linli.web.secret import secret_key
from linli.web.upkeep.restore import finish_restore
from linli.web.upkeep.rights import keep_private

keep_private()
HOME = Path(os.environ.get("LINLI_HOME") or "var").resolve()
PACKAGE = Path(__file__).resolve().parent.parent
DEMO = os.environ.get("LINLI_DEMO") == "1"
HTTPS = os.environ.get("LINLI_HTTPS") == "1"

DATABASES = {"default": database_from(os.environ.get("DATABASE_URL", ""), HOME)}
finish_restore(HOME, DATABASES["default"])  # one that was killed on its last steps

DEBUG = False
SECRET_KEY = os.environ.get("LINLI_SECRET_KEY") or secret_key(HOME)
ALLOWED_HOSTS = [name for name in os.environ.get("LINLI_HOSTS", "").split(",") if name] or [
    "127.0.0.1", "localhost", "[::1]", "testserver",
]  # fmt: skip
CSRF_TRUSTED_ORIGINS = [f"https://{name}" for name in ALLOWED_HOSTS] if HTTPS else []

INSTALLED_APPS = [
    "linli.web",
    "linli.planning",
    "linli.territory",
    "linli.cases",
    "linli.matters",
    "linli.notices",
    "linli.org",
    "linli.jobs",
    "linli.ledger",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "ninja",
]

MIDDLEWARE = [
    "linli.web.middleware.RequestLog",
    "linli.web.caching.Caching",
    "django.middleware.security.SecurityMiddleware",
    "linli.web.middleware.ContentSecurity",
    "linli.web.uploads.Uploads",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "linli.org.middleware.Acting",
    "django.contrib.messages.middleware.MessageMiddleware",
    "linli.web.reading.AsWritten",
    "linli.org.middleware.Sitting",
    "allauth.account.middleware.AccountMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]

ROOT_URLCONF = "linli.web.urls"
WSGI_APPLICATION = "linli.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "linli.web.context.site",
            ],
            "builtins": ["django.templatetags.i18n", "django.templatetags.static", "linli.web.templatetags.linli"],
        },
    }
]

FORM_RENDERER = "linli.web.forms.Renderer"
CSRF_FAILURE_VIEW = "linli.web.views.errors.stale_form"

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {"BACKEND": "linli.org.shared.SharedCache"},  # codes and counts: every worker must know them
    "here": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},  # what this process drew
}
LINLI_PROXIES = int(os.environ.get("LINLI_PROXIES") or 0)  # see linli.org.limits

AUTH_USER_MODEL = "org.Account"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.PBKDF2PasswordHasher", "linli.org.passwords.OneTimeHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "linli.org.passwords.NotTheName"},
    {"NAME": "linli.org.passwords.NotReused"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = ["linli.web.formats"]

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 3600
WHITENOISE_IMMUTABLE_FILE_TEST = r"^/static/build/assets/.+-[A-Za-z0-9_-]{8}\.[a-z0-9]+$"  # the name tells the content

MEDIA_ROOT = HOME / "files"
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_PERMISSIONS, FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o600, 0o700
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 10

X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CONTENT_TYPE_NOSNIFF = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31536000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

LINLI_NAME = _("邻里")
OPERATOR = operator_from(os.environ)
OUTSIDE_TILES = outside_tiles_from(os.environ)
LINLI_SECURITY_CONTACT = os.environ.get("LINLI_SECURITY_CONTACT") or ""

LINLI_ADDRESS = (os.environ.get("LINLI_ADDRESS") or "").rstrip("/")
LINLI_CHECKPOINTS = Path(os.environ.get("LINLI_CHECKPOINTS") or HOME / "checkpoints")
LINLI_WITNESSES = [one.strip() for one in os.environ.get("LINLI_WITNESSES", "").split(",") if one.strip()]
LINLI_SMS_URL = os.environ.get("LINLI_SMS_URL") or ""
LINLI_SMS_TOKEN = os.environ.get("LINLI_SMS_TOKEN") or ""
LINLI_OUTGOING = [name for name in (os.environ.get("LINLI_OUTGOING") or "").split(",") if name]
EMAIL_BACKEND = "linli.notices.smtp.Backend"
EMAIL_HOST = os.environ.get("LINLI_MAIL_HOST") or ""
EMAIL_PORT = int(os.environ.get("LINLI_MAIL_PORT") or 587)
EMAIL_HOST_USER = os.environ.get("LINLI_MAIL_USER") or ""
EMAIL_HOST_PASSWORD = os.environ.get("LINLI_MAIL_PASSWORD") or ""
EMAIL_USE_TLS = EMAIL_PORT == 587
EMAIL_USE_SSL = EMAIL_PORT == 465
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("LINLI_MAIL_FROM") or EMAIL_HOST_USER or "linli@localhost"

# signing in: see linli.org.adapters and linli.org.lockout
ACCOUNT_FORMS = {"login": "linli.org.forms.SignInForm"}
ACCOUNT_ADAPTER = "linli.org.adapters.SignIn"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_PRESERVE_USERNAME_CASING = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_METHODS = ("password", "mfa")
ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}  # counted in the database instead
ALLAUTH_TRUSTED_PROXY_COUNT = LINLI_PROXIES
MFA_ADAPTER = "linli.org.adapters.SecondFactor"
MFA_FORMS = {"authenticate": "linli.org.adapters.CodeForm", "reauthenticate": "linli.org.adapters.AgainForm"}
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODES_SHOW_ONCE = True
SOCIALACCOUNT_ADAPTER = "linli.org.adapters.Provider"
SOCIALACCOUNT_ONLY = False
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # an address is no proof of who one is
SOCIALACCOUNT_LOGIN_ON_GET = True  # a link: our policy of content lets no form lead to another host
SESSION_COOKIE_AGE = 12 * 3600
SIGN_IN_FAILURES = int(os.environ.get("LINLI_SIGN_IN_FAILURES") or 5)
SIGN_IN_FAILURES_ADDRESS = int(os.environ.get("LINLI_SIGN_IN_FAILURES_ADDRESS") or 20)  # an office shares one
SIGN_IN_WINDOW = int(os.environ.get("LINLI_SIGN_IN_WINDOW") or 15)
IDLE_MINUTES = int(os.environ.get("LINLI_IDLE_MINUTES") or 30)
SECOND_FACTOR = (os.environ.get("LINLI_SECOND_FACTOR") or ("0" if DEMO else "1")) == "1"

OIDC_CLAIM = "preferred_username"
_oidc = json.loads(os.environ.get("LINLI_OIDC") or "null")
SOCIALACCOUNT_PROVIDERS = (
    {
        "openid_connect": {
            "APPS": [
                {
                    "provider_id": _oidc["id"], "name": _oidc["name"], "client_id": _oidc["client_id"],
                    "secret": _oidc["secret"], "settings": {"server_url": _oidc["server_url"]},
                }
            ]
        }
    }
    if _oidc
    else {}
)  # fmt: skip

LOGGING = logs.configuration(os.environ.get("LINLI_LOG") or "INFO")
