"""The one settings module: every value comes from the environment, every default works on a laptop."""

import os
from pathlib import Path

import environ
from django.core.management.utils import get_random_secret_key
from django.templatetags.static import static
from django.utils.translation import gettext_lazy as _

from voicehub.bootstrap import kept_secret, new_fernet_key, sqlite_database

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()
if not env.bool("VOICEHUB_IGNORE_DOTENV", default=False):
    env.read_env(BASE_DIR / ".env")

# --- Mode: demo talks to the sandbox alone, live to the providers alone; each has a database of its own.
VOICEHUB_MODE = env.str("VOICEHUB_MODE", default="demo")
VOICEHUB_DEMO = VOICEHUB_MODE != "live"
VOICEHUB_DATA_DIR = Path(env.str("VOICEHUB_DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
MODE_DIR = VOICEHUB_DATA_DIR / ("demo" if VOICEHUB_DEMO else "live")
MODE_DIR.mkdir(parents=True, exist_ok=True)
PUBLIC_BASE_URL = env.str("PUBLIC_BASE_URL", default="")
# Where VoiceHub answers; without a public name from this computer alone.
OWN_BASE_URL = PUBLIC_BASE_URL.rstrip("/") or f"http://127.0.0.1:{env.str('PORT', default='8000')}"

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY", default="") or (
    kept_secret(MODE_DIR / "secret_key", get_random_secret_key) if VOICEHUB_DEMO else ""
)
SECRET_KEY_FALLBACKS = env.list("SECRET_KEY_FALLBACKS", default=[])
ENCRYPTION_KEYS = env.list("ENCRYPTION_KEYS", default=[]) or (
    [kept_secret(MODE_DIR / "encryption_key", new_fernet_key)] if VOICEHUB_DEMO else []
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
HEALTH_TOKEN = env.str("HEALTH_TOKEN", default="")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "unfold.contrib.filters",
    "unfold.contrib.forms",
    "unfold.contrib.simple_history",
    "voicehub.apps.VoiceHubAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_q",
    "axes",
    "simple_history",
    "voicehub",
    "voicehub.sync",
    "voicehub.common",
    "voicehub.common.hooks",
    "voicehub.sandbox",
    "contributors",
    "otp",
    "telephony",
    "campaigns",
]

MIDDLEWARE = [
    "voicehub.common.hooks.receiver.hooks",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "voicehub.middleware.content_security_policy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "voicehub.errors.explained",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "voicehub.middleware.sign_ins",
    "voicehub.middleware.user_time_zone",
    "voicehub.middleware.user_language",
    "voicehub.middleware.second_factor_first",
    "voicehub.middleware.ImpossibleNumbers",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "simple_history.middleware.HistoryRequestMiddleware",
    "axes.middleware.AxesMiddleware",
    "voicehub.common.guarding.middleware.Guarding",
]

ROOT_URLCONF = "voicehub.urls"
WSGI_APPLICATION = "voicehub.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "voicehub.dashboard.page_context",
            ],
        },
    },
]

# --- Databases. The sandbox keeps its own, so that the providers' side is never a table of ours. On SQLite the log of
# inbound requests has one too: whoever waits for an answer does not wait for an import, nor for the disk.
if os.environ.get("DATABASE_URL"):
    DATABASES = {"default": env.db_url("DATABASE_URL")}
    DATABASES["default"].update(CONN_MAX_AGE=60, CONN_HEALTH_CHECKS=True)
else:
    DATABASES = {
        "default": sqlite_database(MODE_DIR / "voicehub.sqlite3"),
        "hooks": sqlite_database(MODE_DIR / "hooks.sqlite3", synchronous="NORMAL", timeout=2),
    }
DATABASES["sandbox"] = sqlite_database(VOICEHUB_DATA_DIR / "sandbox" / "sandbox.sqlite3", synchronous="OFF")
DATABASE_ROUTERS = ["voicehub.sandbox.router.SandboxRouter", "voicehub.common.hooks.router.HookRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.str("REDIS_URL", default="")
CACHES = {
    "default": (
        {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"serializer": "voicehub.cache.JSONSerializer"},
        }
        if REDIS_URL
        else {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
    )
}

# --- The queue is a doorbell only (docs/architecture.md): a ring may get lost or come twice.
DRAIN_SECONDS = env.int("DRAIN_SECONDS", default=20)
SYNC_LEASE_SECONDS = env.int("SYNC_LEASE_SECONDS", default=30)
HEARTBEAT_SECONDS = env.int("HEARTBEAT_SECONDS", default=5)
HEARTBEAT_STALE_SECONDS = env.int("HEARTBEAT_STALE_SECONDS", default=45)
Q_CLUSTER = {
    "name": f"voicehub-{VOICEHUB_MODE}",
    "workers": env.int("WORKER_PROCESSES", default=2),
    "timeout": 300,
    "retry": 1300,
    "queue_limit": 2,
    "bulk": 1,
    "poll": 0.015,
    "ack_failures": True,
    "max_attempts": 1,
    "save_limit": -1,
    "catch_up": False,
    "scheduler": False,
    "label": "Queue",
    **({"redis": REDIS_URL} if REDIS_URL else {"orm": "default"}),
}

# --- People
AUTH_USER_MODEL = "common.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "voicehub.common.backends.ModeBackend",
]
PASSWORD_MIN_LENGTH = env.int("PASSWORD_MIN_LENGTH", default=12)
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "CommonPasswordValidator", "NumericPasswordValidator")
] + [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": PASSWORD_MIN_LENGTH},
    },
    {"NAME": "voicehub.common.passwords.NotUsedBefore"},
]
# Who has to have a second factor: "admins", "all", or nobody.
REQUIRE_SECOND_FACTOR = env.str("REQUIRE_SECOND_FACTOR", default="" if VOICEHUB_DEMO else "admins")
PASSWORD_RESET_TIMEOUT = 3600
SESSION_IDLE_HOURS = env.int("SESSION_IDLE_HOURS", default=12)
SESSION_COOKIE_AGE = SESSION_IDLE_HOURS * 3600
SESSION_DAYS = env.int("SESSION_DAYS", default=14)
LOGIN_URL = "admin:login"
LOGIN_REDIRECT_URL = "admin:index"
AXES_FAILURE_LIMIT = env.int("SIGN_IN_FAILURE_LIMIT", default=5)
AXES_COOLOFF_TIME = env.int("SIGN_IN_LOCK_MINUTES", default=15) / 60
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_CALLABLE = "voicehub.common.sign_in_lock.respond"
AXES_VERBOSE = False

# What makes a form of the admin stop a save over somebody else's; the sandbox's pages take it by its name.
FORM_GUARD = "voicehub.sync.opened.guarded"
DRAFT_DAYS = env.int("DRAFT_DAYS", default=14)

# --- E-mail: on the console unless EMAIL_URL names a server.
vars().update(env.email_url("EMAIL_URL", default="consolemail://"))
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.str("EMAIL_FROM", default="VoiceHub <voicehub@localhost>")
EMAIL_TIMEOUT = 20
DIGEST_HOUR = env.int("DIGEST_HOUR", default=7)

# --- Language, time, files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("fr", _("French"))]
FORMAT_MODULE_PATH = "voicehub.formats"
LOCALE_PATHS = [BASE_DIR / "voicehub" / "locale", BASE_DIR / "voicehub" / "locale_of_packages"]
TIME_ZONE = "UTC"
USE_TZ = True
STATIC_URL = "static/"
STATIC_ROOT = VOICEHUB_DATA_DIR / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True
# Beside the data: moving a file there costs nothing, and a temporary folder of the system may lie in memory.
FILE_UPLOAD_TEMP_DIR = MODE_DIR
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": MODE_DIR / "files"},
    },
    # Recordings, which are not public: S3-compatible with django-storages, see the operators' guide.
    "recordings": {
        "BACKEND": env.str("RECORDINGS_STORAGE", default="django.core.files.storage.FileSystemStorage"),
        "OPTIONS": env.json("RECORDINGS_STORAGE_OPTIONS", default={}) or {"location": str(MODE_DIR / "recordings")},
    },
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}

# --- Cookies and headers. Over https (PUBLIC_BASE_URL) cookies are marked secure and browsers stay on https.
SERVED_OVER_HTTPS = PUBLIC_BASE_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SERVED_OVER_HTTPS
SECURE_SSL_REDIRECT = SERVED_OVER_HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=3600) if SERVED_OVER_HTTPS else 0
if SERVED_OVER_HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {"django-q": {"handlers": ["console"], "level": "WARNING", "propagate": False}},
}

# --- What may cost money
PAYMENT_UNDO_SECONDS = env.int("PAYMENT_UNDO_SECONDS", default=15)
PAYMENT_APPROVAL_ABOVE = env.dict("PAYMENT_APPROVAL_ABOVE", default={})
PAYMENT_DAILY_AMOUNT = env.dict("PAYMENT_DAILY_AMOUNT", default={})
PAYMENT_DAILY_AMOUNT_PER_PERSON = env.dict("PAYMENT_DAILY_AMOUNT_PER_PERSON", default={})
PAYMENT_DAILY_NUMBER = env.int("PAYMENT_DAILY_NUMBER", default=0)
PAYMENT_DAILY_NUMBER_PER_PERSON = env.int("PAYMENT_DAILY_NUMBER_PER_PERSON", default=0)
PAYMENT_BATCH_MAX_ROWS = env.int("PAYMENT_BATCH_MAX_ROWS", default=5000)
RUN_MAX_UPLOAD_BYTES = env.int("RUN_MAX_UPLOAD_BYTES", default=20_000_000)
PAYMENT_SEND_WITHIN_SECONDS = env.int("PAYMENT_SEND_WITHIN_SECONDS", default=4 * 3600)
TEST_CODE_DAILY_NUMBER = env.int("TEST_CODE_DAILY_NUMBER", default=50)
TEST_CODE_DAILY_NUMBER_PER_PERSON = env.int("TEST_CODE_DAILY_NUMBER_PER_PERSON", default=20)
QUIET_HOURS = env.str("QUIET_HOURS", default="" if VOICEHUB_DEMO else "21:00-08:00")
ALLOWED_NUMBER_PREFIXES = env.list("ALLOWED_NUMBER_PREFIXES", default=[])
PHONE_DEFAULT_REGION = env.str("PHONE_DEFAULT_REGION", default="")
SETTLE_WAIT_SECONDS = env.int("SETTLE_WAIT_SECONDS", default=15 * 60)
SETTLE_NEEDS_SECOND_PERSON = env.bool("SETTLE_NEEDS_SECOND_PERSON", default=True)

# --- Inbound requests
HOOK_REQUESTS_PER_MINUTE = env.int("HOOK_REQUESTS_PER_MINUTE", default=6000)
HOOK_OVERLAP_HOURS = env.int("HOOK_OVERLAP_HOURS", default=72)
HOOK_KEEP_DAYS = env.int("HOOK_KEEP_DAYS", default=90)
HOOK_LOG_IN_BACKGROUND = True
HOTLINE_CALL_KEEP_DAYS = env.int("HOTLINE_CALL_KEEP_DAYS", default=365)

# --- Providers
SANDBOX_PORT = env.int("SANDBOX_PORT", default=8001)
SANDBOX_URL = f"http://127.0.0.1:{SANDBOX_PORT}"
SANDBOX_OUTVOICE_CLIENT_ID = "00000000-0000-4000-8000-000000000001"
SANDBOX_OURVOICE_API_KEY = "sandbox|ourvoice"
SANDBOX_APIDAZE_CLIENT_ID = "sandbox"
SANDBOX_APIDAZE_CLIENT_SECRET = "sandbox"  # noqa: S105
SANDBOX_APIDAZE_NATIVE_KEY = "sandbox1"
SANDBOX_VOITEX_AUTH_KEY = "sandbox-voitex"
SANDBOX_APIDAZE_NATIVE_SECRET = "5a4db0c5a4db0c5a4db0c5a4db0c5a4d"  # noqa: S105
OUTVOICE_BASE_URL = env.str(
    "OUTVOICE_BASE_URL",
    default=f"{SANDBOX_URL}/outvoice" if VOICEHUB_DEMO else "https://api.outvoice.com",
)
OUTVOICE_TOKEN_PATH = env.str("OUTVOICE_TOKEN_PATH", default="/oauth/token")
OUTVOICE_API_PREFIX = env.str("OUTVOICE_API_PREFIX", default="/api/v1.0/")
OUTVOICE_TRANSACTION_PATH = env.str("OUTVOICE_TRANSACTION_PATH", default="transaction")
OUTVOICE_CLIENT_ID = env.str("OUTVOICE_CLIENT_ID", default=SANDBOX_OUTVOICE_CLIENT_ID if VOICEHUB_DEMO else "")
OUTVOICE_CONNECT_TIMEOUT = env.float("OUTVOICE_CONNECT_TIMEOUT", default=5)
OUTVOICE_READ_TIMEOUT = env.float("OUTVOICE_READ_TIMEOUT", default=30)
OUTVOICE_REFRESH_MARGIN = env.int("OUTVOICE_REFRESH_MARGIN", default=600)
OUTVOICE_CURRENCIES = env.list("OUTVOICE_CURRENCIES", default=["USD"])
OUTVOICE_MIN_AMOUNT = env.str("OUTVOICE_MIN_AMOUNT", default="1.00")
OUTVOICE_MAX_AMOUNT = env.str("OUTVOICE_MAX_AMOUNT", default="500.00")
OUTVOICE_FIRST_PAYMENT_MAX = env.str("OUTVOICE_FIRST_PAYMENT_MAX", default="5.00")
OUTVOICE_EXTRA_FIELDS = env.bool("OUTVOICE_EXTRA_FIELDS", default=False)
OUTVOICE_CONCURRENCY = env.int("OUTVOICE_CONCURRENCY", default=4)
OUTVOICE_PULL_SECONDS = env.int("OUTVOICE_PULL_SECONDS", default=3600)
OURVOICE_BASE_URL = env.str(
    "OURVOICE_BASE_URL",
    default=f"{SANDBOX_URL}/ourvoice/v1" if VOICEHUB_DEMO else "https://api.getourvoice.com/v1",
)
OURVOICE_API_KEY = env.str("OURVOICE_API_KEY", default=SANDBOX_OURVOICE_API_KEY if VOICEHUB_DEMO else "")
OURVOICE_ACCOUNT = env.str("OURVOICE_ACCOUNT", default="main")
OURVOICE_CONNECT_TIMEOUT = env.float("OURVOICE_CONNECT_TIMEOUT", default=5)
OURVOICE_READ_TIMEOUT = env.float("OURVOICE_READ_TIMEOUT", default=20)
OURVOICE_PAGE_SIZE = env.int("OURVOICE_PAGE_SIZE", default=0)
OURVOICE_MAX_PAGES = env.int("OURVOICE_MAX_PAGES", default=100)
OURVOICE_CODE_SIZE_MIN = env.int("OURVOICE_CODE_SIZE_MIN", default=4)
OURVOICE_CODE_SIZE_MAX = env.int("OURVOICE_CODE_SIZE_MAX", default=8)
OURVOICE_DEFAULT_SENDER_ID = env.str("OURVOICE_DEFAULT_SENDER_ID", default="")
OURVOICE_CONCURRENCY = env.int("OURVOICE_CONCURRENCY", default=4)
OURVOICE_PULL_SECONDS = env.int("OURVOICE_PULL_SECONDS", default=900)
OURVOICE_ADOPT_CHANGES = env.bool("OURVOICE_ADOPT_CHANGES", default=False)
APIDAZE_KIND = env.str("APIDAZE_KIND", default="kpn")
_kpn = f"{SANDBOX_URL}/apidaze" if VOICEHUB_DEMO else "https://api-prd.kpn.com"
_native = f"{SANDBOX_URL}/apidaze/native" if VOICEHUB_DEMO else "https://api.apidaze.io"
_apidaze_url, _apidaze_id, _apidaze_secret = (
    (_native, SANDBOX_APIDAZE_NATIVE_KEY, SANDBOX_APIDAZE_NATIVE_SECRET)
    if APIDAZE_KIND == "native"
    else (f"{_kpn}/communication/apidaze/cpaas", SANDBOX_APIDAZE_CLIENT_ID, SANDBOX_APIDAZE_CLIENT_SECRET)
)
APIDAZE_BASE_URL = env.str("APIDAZE_BASE_URL", default=_apidaze_url)
APIDAZE_TOKEN_URL = env.str("APIDAZE_TOKEN_URL", default=f"{_kpn}/oauth/client_credential/accesstoken")
APIDAZE_CLIENT_ID = env.str("APIDAZE_CLIENT_ID", default=_apidaze_id if VOICEHUB_DEMO else "")
APIDAZE_CLIENT_SECRET = env.str("APIDAZE_CLIENT_SECRET", default=_apidaze_secret if VOICEHUB_DEMO else "")
APIDAZE_ACCOUNT = env.str("APIDAZE_ACCOUNT", default="main")
APIDAZE_OUTBOUND_PROXY = env.str("APIDAZE_OUTBOUND_PROXY", default="46.101.153.96:4060")
APIDAZE_TTS_LANGUAGES = env.list("APIDAZE_TTS_LANGUAGES", default=["en-US", "fr-FR", "it-IT", "es-ES"])
APIDAZE_CONNECT_TIMEOUT = env.float("APIDAZE_CONNECT_TIMEOUT", default=5)
APIDAZE_READ_TIMEOUT = env.float("APIDAZE_READ_TIMEOUT", default=30)
APIDAZE_CONCURRENCY = env.int("APIDAZE_CONCURRENCY", default=4)
APIDAZE_PULL_SECONDS = env.int("APIDAZE_PULL_SECONDS", default=3600)
APIDAZE_STATUS_SECONDS = env.int("APIDAZE_STATUS_SECONDS", default=900)
APIDAZE_STATUS_PER_MINUTE = env.int("APIDAZE_STATUS_PER_MINUTE", default=20)
APIDAZE_PASSWORD_SHOWN_SECONDS = env.int("APIDAZE_PASSWORD_SHOWN_SECONDS", default=60)
APIDAZE_PHONE_LINK_SECONDS = env.int("APIDAZE_PHONE_LINK_SECONDS", default=600)
APIDAZE_ZOIPER_PROVIDER_ID = env.str("APIDAZE_ZOIPER_PROVIDER_ID", default="")
VOITEX_REVISION = env.str("VOITEX_REVISION", default="a")
_voitex = f"{SANDBOX_URL}/voitex" if VOICEHUB_DEMO else "https://api.voitex.com"
_voitex_b = f"{SANDBOX_URL}/voitex/%s" if VOICEHUB_DEMO else "https://%s.voitexapi.com"
_header, _upload, _tts, _call, _sms, _contacts = (
    (
        "Auth-Key",
        f"{_voitex_b % 'recording'}/upload/",
        f"{_voitex_b % 'recording'}/upload/",
        f"{_voitex_b % 'notify'}/",
        f"{_voitex_b % 'sms'}/send/",
        f"{_voitex_b % 'contacts'}/",
    )
    if VOITEX_REVISION == "b"
    else (
        "auth_key",
        f"{_voitex}/recordings/upload/index.php",
        f"{_voitex}/v1/recordings/upload/",
        f"{_voitex}/v1/call/index.php",
        f"{_voitex}/v1/sms/send/index.php",
        "",
    )
)
VOITEX_AUTH_HEADER = env.str("VOITEX_AUTH_HEADER", default=_header)
VOITEX_UPLOAD_URL = env.str("VOITEX_UPLOAD_URL", default=_upload)
VOITEX_TTS_URL = env.str("VOITEX_TTS_URL", default=_tts)
VOITEX_CALL_URL = env.str("VOITEX_CALL_URL", default=_call)
VOITEX_SMS_URL = env.str("VOITEX_SMS_URL", default=_sms)
VOITEX_CONTACTS_URL = env.str("VOITEX_CONTACTS_URL", default=_contacts)
VOITEX_AUTH_KEY = env.str("VOITEX_AUTH_KEY", default=SANDBOX_VOITEX_AUTH_KEY if VOICEHUB_DEMO else "")
VOITEX_ACCOUNT = env.str("VOITEX_ACCOUNT", default="main")
VOITEX_CONNECT_TIMEOUT = env.float("VOITEX_CONNECT_TIMEOUT", default=5)
VOITEX_READ_TIMEOUT = env.float("VOITEX_READ_TIMEOUT", default=30)
VOITEX_UPLOAD_TIMEOUT = env.float("VOITEX_UPLOAD_TIMEOUT", default=120)
VOITEX_MAX_UPLOAD_BYTES = env.int("VOITEX_MAX_UPLOAD_BYTES", default=20_000_000)
VOITEX_TIME_ZONE = env.str("VOITEX_TIME_ZONE", default="America/New_York")
CALL_SEND_WITHIN_SECONDS = env.int("CALL_SEND_WITHIN_SECONDS", default=600)
SMS_SEND_WITHIN_SECONDS = env.int("SMS_SEND_WITHIN_SECONDS", default=3600)
CALL_DAILY_NUMBER = env.int("CALL_DAILY_NUMBER", default=500)
CALL_DAILY_NUMBER_PER_PERSON = env.int("CALL_DAILY_NUMBER_PER_PERSON", default=100)
SMS_DAILY_NUMBER = env.int("SMS_DAILY_NUMBER", default=500)
SMS_DAILY_NUMBER_PER_PERSON = env.int("SMS_DAILY_NUMBER_PER_PERSON", default=100)
VOITEX_CONCURRENCY = env.int("VOITEX_CONCURRENCY", default=4)
VOICESHOT_URL = env.str(
    "VOICESHOT_URL",
    default=f"{SANDBOX_URL}/voiceshot/ivrapi.asp" if VOICEHUB_DEMO else "https://api.voiceshot.com/ivrapi.asp",
)
VOICESHOT_FAILOVER_URL = env.str(
    "VOICESHOT_FAILOVER_URL", default="" if VOICEHUB_DEMO else "https://apiproxy.voiceshot.com/ivrapi.asp"
)
VOICESHOT_ACCOUNT = env.str("VOICESHOT_ACCOUNT", default="main" if VOICEHUB_DEMO else "")
VOICESHOT_USERNAME = env.str("VOICESHOT_USERNAME", default="")
VOICESHOT_PASSWORD = env.str("VOICESHOT_PASSWORD", default="")
VOICESHOT_CONNECT_TIMEOUT = env.float("VOICESHOT_CONNECT_TIMEOUT", default=5)
VOICESHOT_READ_TIMEOUT = env.float("VOICESHOT_READ_TIMEOUT", default=60)
VOICESHOT_UPLOAD_TIMEOUT = env.float("VOICESHOT_UPLOAD_TIMEOUT", default=120)
VOICESHOT_MAX_UPLOAD_BYTES = env.int("VOICESHOT_MAX_UPLOAD_BYTES", default=20_000_000)
VOICESHOT_CONCURRENCY = env.int("VOICESHOT_CONCURRENCY", default=2)
VOICESHOT_BATCH_SIZE = env.int("VOICESHOT_BATCH_SIZE", default=100)
VOICESHOT_ASSUMED_PACE = env.int("VOICESHOT_ASSUMED_PACE", default=60)
VOICESHOT_CLOSING_SECONDS = env.int("VOICESHOT_CLOSING_SECONDS", default=120)
VOICESHOT_QUERY_SECONDS = env.int("VOICESHOT_QUERY_SECONDS", default=600)
VOICESHOT_HOOK_USER = env.str("VOICESHOT_HOOK_USER", default="")
VOICESHOT_HOOK_PASSWORD = env.str("VOICESHOT_HOOK_PASSWORD", default="")
VOICESHOT_MAX_POST_BYTES = env.int("VOICESHOT_MAX_POST_BYTES", default=20_000_000)
VOICESHOT_POSTS_PER_MINUTE = env.int("VOICESHOT_POSTS_PER_MINUTE", default=60_000)
VOICESHOT_POST_KEEP_DAYS = env.int("VOICESHOT_POST_KEEP_DAYS", default=90)
CAMPAIGN_DAILY_NUMBER = env.int("CAMPAIGN_DAILY_NUMBER", default=100_000)
CAMPAIGN_DAILY_NUMBER_PER_PERSON = env.int("CAMPAIGN_DAILY_NUMBER_PER_PERSON", default=50_000)

UNFOLD = {
    "SITE_TITLE": "VoiceHub",
    "SITE_HEADER": "VoiceHub",
    "SITE_SYMBOL": "graphic_eq",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("voicehub/favicon.svg")}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "SHOW_BACK_BUTTON": True,
    "DASHBOARD_CALLBACK": "voicehub.first_page.first_page",
    "ENVIRONMENT": "voicehub.dashboard.environment",
    "STYLES": [
        lambda request: static("voicehub/voicehub.css"),
        lambda request: static("voicehub/sync.css"),
        lambda request: static("voicehub/search.css"),
    ],
    "SCRIPTS": [
        lambda request: static("voicehub/voicehub.js"),
        lambda request: static("voicehub/guard.js"),
        lambda request: static("voicehub/times.js"),
        lambda request: static("voicehub/search.js"),
        lambda request: static("voicehub/shortcuts.js"),
        lambda request: static("voicehub/troubles.js"),
    ],
    "SIDEBAR": {"show_search": False, "navigation": "voicehub.dashboard.navigation"},
    "COLORS": {
        "primary": {
            "50": "oklch(97.5% .015 195)",
            "100": "oklch(94% .035 195)",
            "200": "oklch(88% .065 195)",
            "300": "oklch(80% .095 195)",
            "400": "oklch(70% .11 197)",
            "500": "oklch(60% .105 200)",
            "600": "oklch(51% .095 203)",
            "700": "oklch(44% .08 206)",
            "800": "oklch(38% .066 210)",
            "900": "oklch(33% .054 214)",
            "950": "oklch(25% .042 216)",
        },
    },
}
