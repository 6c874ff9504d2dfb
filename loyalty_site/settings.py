"""Django's settings. What an operator may change comes from `env`; the rest is decided here."""

from __future__ import annotations

from typing import Any

from celery.schedules import crontab
from csp.constants import NONCE, NONE, SELF

from desk import theme
from loyalty_site import env, keys, logs
from loyalty_site.databases import broker_options, broker_url, database

ENV = env.read()
ROOT = env.ROOT

DEBUG = ENV.debug
DEMO = ENV.demo
IS_LOCAL = DEBUG or DEMO  # plain http on this machine only

# --- apps, floor by floor (docs/ARCHITECTURE.md) -------------------------------------------------

INSTALLED_APPS = [
    "loyalty_site",
    "common",
    "program",
    "members",
    "events",
    "points",
    "tiers",
    "plans",
    "earning",
    "rewards",
    "partners",
    "messaging",
    "surveys",
    "desk",
    "portal",
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "desk.apps.DeskAdminConfig",  # `urls` discovers: workers do without
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "csp",
    "django_celery_beat",
    "django_htmx",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "pgtrigger",
    "rest_framework",
]

MIDDLEWARE = [
    "loyalty_site.middleware.request_id",
    "loyalty_site.middleware.probes",
    "django.middleware.security.SecurityMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # above whitenoise: what is not compressed yet
    "loyalty_site.middleware.api_lane",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "loyalty_site.middleware.content_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "partners.log.middleware",  # innermost: what it writes down is what the API answered
]

ROOT_URLCONF = "loyalty_site.urls"
WSGI_APPLICATION = "loyalty_site.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "portal.context_processors.portal",
            ]
        },
    }
]

# --- database, cache, jobs -----------------------------------------------------------------------

DATABASES = {"default": database(ENV)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    if ENV.cache == "local" or DEBUG
    else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "site_cache"}
}
# Beyond so many a third is thrown away, limits on guessing included; Django's 300 would be reached
# by anybody who tries. Each write counts the rows, so it is no more than needed.
CACHES["default"]["OPTIONS"] = {"MAX_ENTRIES": 50_000}

API_LOG_WAIT_S = 0.25  # for so long an answered call waits for others to be logged with
KEY_TRUST_S = 0.25  # for so long a process believes what it was told of an API key
IMPORT_LANES = ENV.import_lanes

CELERY_BROKER_URL = broker_url(ENV)
CELERY_BROKER_TRANSPORT_OPTIONS = broker_options(ENV)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False  # its queue names are longer than pgmq's 47 characters
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_DEFAULT_QUEUE = "pennant"
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "django_celery_beat.schedulers:DatabaseScheduler"
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    # /readyz looks for this sign of life; HEARTBEAT_AGE_MAX_S is four of them by default.
    "heartbeat": {"task": "events.tasks.heartbeat", "schedule": 30},
    # Each run catches up to now, so a missed one costs nothing. Quarters of an hour, because every
    # time zone's midnight falls on one.
    "confirm_due": {"task": "earning.tasks.confirm_due", "schedule": crontab(minute="*/15")},
    "expire_points": {"task": "points.tasks.expire_points", "schedule": crontab(minute="*/15")},
    # What waits is sent; two runs at once do not send the same.
    "deliver_webhooks": {"task": "partners.tasks.deliver", "schedule": 5},
    # A file that came is looked at, and applied, at once; this goes on after whoever was killed.
    "work_on_imports": {"task": "partners.tasks.work_on_imports", "schedule": 20},
    "tidy_api": {"task": "partners.tasks.tidy", "schedule": crontab(minute="20")},
    # A hold ends at its own moment whenever somebody looks; these are for what nobody looks at.
    "time_out_holds": {"task": "points.tasks.time_out_holds", "schedule": crontab()},
    "drop_reservations": {"task": "rewards.tasks.drop_reservations", "schedule": crontab()},
    "tell_of_endings": {"task": "points.tasks.tell_of_endings", "schedule": crontab(minute="20")},
    # What is exchanged as a month ends; months end at the program's midnight.
    "sweep_conversions": {
        "task": "rewards.tasks.sweep_conversions",
        "schedule": crontab(minute="20"),
    },
    # What is exchanged as soon as there is enough: whoever moved, and once an hour whoever is left.
    "convert_at_once": {"task": "rewards.tasks.convert_at_once", "schedule": crontab()},
    "convert_all": {"task": "rewards.tasks.convert_all", "schedule": crontab(minute="40")},
    "settle_challenges": {
        "task": "tiers.tasks.settle_challenges",
        "schedule": crontab(minute="*/15"),
    },
    "pay_dividends": {
        "task": "earning.tasks.pay_dividends",
        "schedule": crontab(minute="*/5"),
    },
    "end_choices": {"task": "earning.tasks.end_choices", "schedule": crontab(minute="*/15")},
    "remind_of_choices": {
        "task": "earning.tasks.remind_of_choices",
        "schedule": crontab(minute="25"),
    },
    # Birthdays and anniversaries of the local day, who joined and who rose: each is recorded once.
    "record_occasions": {
        "task": "earning.tasks.record_occasions",
        "schedule": crontab(minute="*/5"),
    },
    # What was ordered is worked off at once; what a broker lost, within a minute.
    "simulate": {"task": "earning.tasks.simulate_waiting", "schedule": crontab()},
    # A day's adjustments are told once it is over, whatever the zone; a missed run is caught up.
    "report_adjustments": {
        "task": "points.tasks.report_adjustments",
        "schedule": crontab(minute="10"),
    },
    # While the least is going on; the result stands on the desk's first page.
    "audit_books": {"task": "points.tasks.audit_books", "schedule": crontab(hour="3", minute="40")},
    # Files of opening balances that were released at the desk; goes on where it was stopped.
    "post_openings": {"task": "tiers.tasks.post_openings", "schedule": 60},
    # Thresholds change at the program's midnight; the run looks back a week, so a late one is fine.
    "reassess_turned": {"task": "tiers.tasks.reassess_turned", "schedule": crontab(minute="5")},
    # Events become invitations, and those whose hour has come become letters.
    "invite": {"task": "surveys.tasks.invite", "schedule": 60},
    "deliver": {"task": "messaging.tasks.deliver", "schedule": 20},
    # A wave's day is the program's; the run looks back a week, so a late one is fine.
    "send_waves": {"task": "surveys.tasks.send_waves", "schedule": crontab(minute="35")},
    "escalate": {"task": "surveys.tasks.escalate", "schedule": crontab(minute="*/10")},
    "tally": {"task": "surveys.tasks.tally", "schedule": crontab(minute="*/5")},
    "shuffle": {"task": "surveys.tasks.shuffle", "schedule": crontab(minute="50")},
    # Renewals fall on the program's midnight; each run catches up.
    "bill_plans": {"task": "plans.tasks.bill", "schedule": crontab(minute="*/15")},
}

# --- people --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "members.User"
AUTHENTICATION_BACKENDS = ["members.backends.MemberBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:home"

ALLAUTH_TRUSTED_PROXY_COUNT = ENV.trusted_proxy_count
ACCOUNT_ADAPTER = "members.adapter.AccountAdapter"
ACCOUNT_SIGNUP_FORM_CLASS = "members.forms.SignupForm"
ACCOUNT_FORMS = {"login": "members.login.LoginForm"}  # a code, or a password where there is one
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "http" if IS_LOCAL else "https"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_LOGOUT_REDIRECT_URL = "/"

# Members stay signed in at the till: half a year, renewed at each sign-in.
SESSION_COOKIE_AGE = 180 * 24 * 3600
SESSION_COOKIE_NAME = "session" if IS_LOCAL else "__Host-session"
CSRF_COOKIE_NAME = "csrf" if IS_LOCAL else "__Host-csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not IS_LOCAL
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- security ------------------------------------------------------------------------------------

SECRET_KEY = ENV.secret_key or (
    keys.local(ENV.data_dir) if DEMO else "only while developing: this key is known to everybody"
)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = [*ENV.allowed_hosts, *(LOCAL_HOSTS if IS_LOCAL else [])]
CSRF_TRUSTED_ORIGINS = [*ENV.csrf_trusted_origins]
SECURE_SSL_REDIRECT = not IS_LOCAL
SECURE_HSTS_SECONDS = 0 if IS_LOCAL else ENV.hsts_seconds
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV.trusted_proxy_count else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
WEBHOOK_NETWORKS = ENV.webhook_networks
DATA_UPLOAD_MAX_MEMORY_SIZE = 256 * 1024  # a body of the API; files are counted apart

CONTENT_SECURITY_POLICY: dict[str, Any] = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

# --- language, time, files, mail -----------------------------------------------------------------

LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English")]
LOCALE_PATHS = [ROOT / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATIC_ROOT = ROOT / "staticfiles"
STATICFILES_DIRS = [ROOT / "static"]
# Hashed names and an immutable cache in production; elsewhere files are served as they are found.
STATICFILES_STORAGE_CLASS = (
    "django.contrib.staticfiles.storage.StaticFilesStorage"
    if IS_LOCAL
    else "whitenoise.storage.CompressedManifestStaticFilesStorage"
)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": STATICFILES_STORAGE_CLASS},
}
WHITENOISE_USE_FINDERS = IS_LOCAL
WHITENOISE_AUTOREFRESH = DEBUG

MAIL_DIR = ENV.data_dir / "mail"  # the demo's letters, read at /demo/mail/
if DEMO:
    EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    EMAIL_FILE_PATH = MAIL_DIR
elif DEBUG and not ENV.email_host:
    EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"
else:
    EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = ENV.email_host
EMAIL_PORT = ENV.email_port
EMAIL_HOST_USER = ENV.email_user
EMAIL_HOST_PASSWORD = ENV.email_password
EMAIL_USE_TLS = ENV.email_security == "starttls"
EMAIL_USE_SSL = ENV.email_security == "tls"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = SERVER_EMAIL = ENV.default_from_email
# Letters are written by workers, which no request tells where the site is.
PUBLIC_URL = ENV.public_url or (
    "http://127.0.0.1:8000" if IS_LOCAL else f"https://{(*ENV.allowed_hosts, 'localhost')[0]}"
)

UNFOLD = theme.UNFOLD

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK: dict[str, Any] = {
    # A view that says nothing needs a key with a scope for it.
    "DEFAULT_AUTHENTICATION_CLASSES": ["partners.authentication.KeyAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["partners.authentication.HasScope"],
    "DEFAULT_RENDERER_CLASSES": ["common.formats.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["common.formats.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "partners.inspecting.CallSchema",
    "EXCEPTION_HANDLER": "common.api.problem_handler",
    "UNAUTHENTICATED_USER": None,
}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Pennant API",
    "VERSION": "1",
    "OAS_VERSION": "3.1.1",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_AUTHENTICATION": [],
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "POSTPROCESSING_HOOKS": ["partners.schema.add_shapes"],
    "SWAGGER_UI_SETTINGS": {
        "deepLinking": True,
        "tryItOutEnabled": True,
        "defaultModelsExpandDepth": 0,
    },
}

# --- watching it ---------------------------------------------------------------------------------

METRICS_ENABLED = ENV.metrics_enabled
HEARTBEAT_AGE_MAX_S = ENV.heartbeat_age_max_s
LOGGING_CONFIG = None  # structlog speaks for the standard library's loggers as well
logs.configure(level=ENV.log_level, is_readable=DEBUG)
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # logins are unique by lower(email), which is a constraint and not a column's flag
    "security.W005",  # whether subdomains and browsers' lists are included is the
    "security.W021",  # operator's domain and the operator's promise, not ours
]
