"""Django's settings, made from the environment."""

from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from csp.constants import NONCE, NONE, SELF
from django.utils.translation import gettext_lazy as _

from qingshou.config.channels import read_channels
from qingshou.config.database import django_databases
from qingshou.config.environment import Mode, read_environment
from qingshou.config.payments import read_payments

ENVIRONMENT, DATABASE_PASSWORDS = read_environment()
MODE = ENVIRONMENT.mode
PRODUCTION = MODE is Mode.PRODUCTION

SECRET_KEY = ENVIRONMENT.secret_key
DEBUG = ENVIRONMENT.debug
ALLOWED_HOSTS = ENVIRONMENT.allowed_hosts
CSRF_TRUSTED_ORIGINS = ENVIRONMENT.trusted_origins
QINGSHOU_HOME = ENVIRONMENT.home
QINGSHOU_DATA_KEYS = ENVIRONMENT.parsed_data_keys()
QINGSHOU_BLIND_INDEX_KEY = ENVIRONMENT.blind_index_key
# outside the demo, roles that steer others must have a second factor
QINGSHOU_REQUIRE_SECOND_FACTOR = PRODUCTION

INSTALLED_APPS = [
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "qingshou.tenancy",
    "qingshou.audit",
    "qingshou.privacy",
    "qingshou.rest",
    "qingshou.access",
    "qingshou.approvals",
    "qingshou.features.book",
    "qingshou.features.delinquency",
    "qingshou.features.cases",
    "qingshou.features.contact",
    "qingshou.features.repayment",
    "qingshou.features.oversight",
    "qingshou.features.portal",
    "qingshou.interfaces.web",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "rules",
    "pgtrigger",
    "procrastinate.contrib.django",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "qingshou.interfaces.peers.PeersMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "qingshou.access.middleware.SignInScopeMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "qingshou.access.middleware.TenantMiddleware",
    "qingshou.access.middleware.SessionRulesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "qingshou.interfaces.web.unfit_settings.UnfitSettingsMiddleware",
]

ROOT_URLCONF = "qingshou.interfaces.urls"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "qingshou.interfaces.web.context.shell",
            ]
        },
    }
]

DATABASES = django_databases(ENVIRONMENT, DATABASE_PASSWORDS)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
# The owner of the tables migrates in a process of its own; the application's role may not.
PGTRIGGER_INSTALL_ON_MIGRATE = True

AUTH_USER_MODEL = "access.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "account_login"

ACCOUNT_ADAPTER = "qingshou.access.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key", "reauthenticate": "10/m/user"}
# X-Forwarded-For counts only as far as our own proxies wrote it
ALLAUTH_TRUSTED_PROXY_COUNT = ENVIRONMENT.trusted_proxies_count
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = "Qingshou"
MFA_TOTP_TOLERANCE = 1  # a code typed as it runs out still counts (RFC 6238, 5.2: one step at most)

# Throttles must count over all workers: the cache is a table, not a process's memory.
# Django drops entries beyond 300 by default: whoever tries many names would wipe the counters of the others.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "throttle_cache",
        "OPTIONS": {"MAX_ENTRIES": 1_000_000},
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("zh-hant", _("Traditional Chinese")), ("en", _("English"))]
LANGUAGE_COOKIE_NAME = "qingshou_language"
USE_I18N = True
USE_TZ = True
TIME_ZONE = ENVIRONMENT.time_zone
USE_THOUSAND_SEPARATOR = False

STATIC_URL = "/static/"
STATIC_ROOT = QINGSHOU_HOME / "static"
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": QINGSHOU_HOME / "files"},
    },
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if MODE is Mode.TEST
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_MAX_MEMORY_SIZE = 1 << 20
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 << 20

SESSION_COOKIE_AGE = 12 * 3600  # absolute limit; idle limit in access.middleware
SESSION_COOKIE_NAME = "__Host-session" if PRODUCTION else "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PRODUCTION
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "__Host-csrf" if PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
SECURE_SSL_REDIRECT = PRODUCTION and ENVIRONMENT.behind_tls
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENVIRONMENT.trusted_proxies_count else None
SECURE_HSTS_SECONDS = 31_536_000 if PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = PRODUCTION
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF, "data:"],
        "connect-src": [SELF],
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}

_email = urlsplit(ENVIRONMENT.email_url)
EMAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _email.hostname else 'console'}.EmailBackend"
EMAIL_HOST, EMAIL_PORT = _email.hostname or "", _email.port or 25
EMAIL_HOST_USER, EMAIL_HOST_PASSWORD = unquote(_email.username or ""), unquote(_email.password or "")
EMAIL_USE_TLS = _email.scheme == "smtp+tls"
DEFAULT_FROM_EMAIL = parseaddr(f"qingshou@{ALLOWED_HOSTS[0] if ALLOWED_HOSTS else 'localhost'}")[1]
# lender code -> channel -> adapter and its fields
QINGSHOU_CHANNELS = read_channels(
    ENVIRONMENT.channels,
    mode=MODE,
    home=QINGSHOU_HOME,
    email_url=ENVIRONMENT.email_url,
    email_from=DEFAULT_FROM_EMAIL,
)
# lender code -> payment provider -> its key
QINGSHOU_PAYMENTS = read_payments(ENVIRONMENT.payments)
# address of the virus scanner; '' where there is none
QINGSHOU_SCANNER = ENVIRONMENT.scanner
# requests of one caller of the REST interface a minute and process; 0: no limit
QINGSHOU_API_PER_MINUTE_MAX = ENVIRONMENT.api_per_minute_max

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"qingshou": {"level": ENVIRONMENT.log_level}},
}
SILENCED_SYSTEM_CHECKS: list[str] = []
