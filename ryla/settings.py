"""Every setting, grouped by room, every value from the environment (README lists them)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import parseaddr
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from boto3.s3.transfer import TransferConfig
from botocore.config import Config as S3Config
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from ryla.lib.env import env, secret

BASE_DIR = Path(__file__).resolve().parent.parent

# --- What kind of installation this is ----------------------------------------------------------
# LOCAL_MODE is set by `manage.py local` only: one person's machine, plain http, mails kept
# on a page, demo sign-ins. Everything it relaxes is listed in this file by its name.
LOCAL_MODE = env.bool("LOCAL_MODE", default=False)
DEBUG = env.bool("DEBUG", default=False)
LOCAL_DIR = Path(env.str("LOCAL_DIR", default=str(BASE_DIR / ".local")))
SECRET_KEY = secret("SECRET_KEY")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
_SITE = urlsplit(SITE_URL)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["127.0.0.1", "localhost", _SITE.hostname or ""])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL])

# Behind a proxy /events/ is served from the same origin; without one (local mode) the
# stream has a port of its own on the same host.
EVENTS_PORT = env.int("EVENTS_PORT", default=0)
# Whose pages may read that stream, spelt as browsers do: without the scheme's own port.
_USUAL_PORT = ":443" if _SITE.scheme == "https" else ":80"
PAGE_ORIGINS = [f"{_SITE.scheme}://{_SITE.netloc.removesuffix(_USUAL_PORT)}".lower()]
if LOCAL_MODE:
    _PORT = env.str("PORT", default="") or "8000"
    PAGE_ORIGINS += [f"http://127.0.0.1:{_PORT}", f"http://localhost:{_PORT}"]

INSTALLED_APPS = [
    "ryla.apps.RylaConfig",
    "generation.apps.GenerationConfig",
    "characters.apps.CharactersConfig",
    "billing.apps.BillingConfig",
    "accounts.apps.AccountsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "axes",
    "csp",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "rest_framework",
    "rest_framework_simplejwt",
    "rest_framework_simplejwt.token_blacklist",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "ryla.lib.http.TextGZipMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.SessionSeenMiddleware",
    "accounts.middleware.PrivatePagesMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "ryla.lib.http.DomainErrorMiddleware",
    "accounts.middleware.SignInLimitMiddleware",
    "axes.middleware.AxesMiddleware",
]

if env.bool("STREAM_PROCESS", default=False):
    # The stream answers one view that checks a session; the rest would only adapt it to threads.
    MIDDLEWARE = [
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
    ]

ROOT_URLCONF = "ryla.urls"
WSGI_APPLICATION = "ryla.wsgi.application"
ASGI_APPLICATION = "ryla.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

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
                "ryla.context.site",
            ],
        },
    },
]

# --- Postgres -----------------------------------------------------------------------------------
if not env.str("DATABASE_URL", default=""):
    raise ImproperlyConfigured(
        "Set DATABASE_URL (postgres://user:password@host:port/name), "
        "or use `manage.py local`, which brings a Postgres of its own."
    )
DATABASES = {"default": env.db("DATABASE_URL")}
if DATABASES["default"]["ENGINE"] != "django.db.backends.postgresql":
    raise ImproperlyConfigured("DATABASE_URL: RYLA runs on PostgreSQL only.")
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"]["OPTIONS"] = {
    **DATABASES["default"].get("OPTIONS", {}),
    "pool": {
        "min_size": 1,
        "max_size": env.int("DATABASE_POOL_SIZE", default=8),
        "timeout": 10,
    },
    "connect_timeout": 5,
}

# --- Redis: broker, wake-ups, cache -------------------------------------------------------------
REDIS_URL = env.str("REDIS_URL", default="redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "ryla.lib.cache.ForgivingRedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "ryla",
        "OPTIONS": {"socket_connect_timeout": 0.5, "socket_timeout": 0.5},
    }
}

# --- Files --------------------------------------------------------------------------------------
_S3_OPTIONS = {
    "bucket_name": env.str("AWS_STORAGE_BUCKET_NAME", default="ryla"),
    "endpoint_url": env.str("AWS_S3_ENDPOINT_URL", default="") or None,
    "region_name": env.str("AWS_S3_REGION_NAME", default="us-east-1"),
    "access_key": secret("AWS_ACCESS_KEY_ID", default="") or None,
    "secret_key": secret("AWS_SECRET_ACCESS_KEY", default="") or None,
    # A store that does not answer is a passing fault: the next try is the job's, not boto's.
    "client_config": S3Config(
        s3={"addressing_style": env.str("AWS_S3_ADDRESSING_STYLE", default="path")},
        signature_version="s3v4",
        connect_timeout=5,
        read_timeout=30,
        retries={"mode": "standard", "total_max_attempts": 2},
    ),
    # Nothing stored is so large that its parts were worth threads, which each transfer starts anew.
    "transfer_config": TransferConfig(use_threads=False),
    "default_acl": None,
    "querystring_auth": True,
    "querystring_expire": 600,
}
STORAGES = {
    # Private; the same key is always the same picture, so a repeated write overwrites.
    "images": {
        "BACKEND": "ryla.lib.storage.WholeFileStorage",
        "OPTIONS": {
            **_S3_OPTIONS,
            "location": "images",
            "file_overwrite": True,
            "object_parameters": {"CacheControl": "private, max-age=31536000, immutable"},
        },
    },
    "default": {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {**_S3_OPTIONS, "location": "files", "file_overwrite": False},
    },
    "staticfiles": {
        "BACKEND": (
            "ryla.lib.static_files.StampedStaticFiles"
            if LOCAL_MODE
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
# Where a browser is sent for a picture: the store's public address, for the content policy.
IMAGES_ORIGIN = env.str("IMAGES_ORIGIN", default=_S3_OPTIONS["endpoint_url"] or "")

STATIC_URL = "/static/"
# Local mode serves the sources themselves; there is nothing to collect.
STATIC_ROOT = (
    None if LOCAL_MODE else Path(env.str("STATIC_ROOT", default=str(BASE_DIR / "staticfiles")))
)
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = LOCAL_MODE
WHITENOISE_AUTOREFRESH = DEBUG
# In local mode a changed file has another address (StampedStaticFiles).
WHITENOISE_MAX_AGE = 0 if DEBUG else 3600

# --- Language and time --------------------------------------------------------------------------
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_I18N = True
FORMAT_MODULE_PATH = ["ryla.formats"]
USE_TZ = True

# --- People -------------------------------------------------------------------------------------
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "accounts:sign_in"
LOGIN_REDIRECT_URL = "characters:list"
LOGOUT_REDIRECT_URL = "home"
PASSWORD_RESET_TIMEOUT = 60 * 60
EMAIL_VERIFICATION_TIMEOUT_S = 60 * 60 * 24 * 3
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
TERMS_VERSION = "2026-11"
# Operator's switch: nobody new may join.
REGISTRATION_OPEN = env.bool("REGISTRATION_OPEN", default=True)
# Sign-ups tried from one network, and mails asked for by one person and from one network, in
# an hour; 0: no limit.
SIGN_UPS_PER_HOUR = env.int("SIGN_UPS_PER_HOUR", default=0 if LOCAL_MODE else 30)
MAILS_PER_HOUR = env.int("MAILS_PER_HOUR", default=0 if LOCAL_MODE else 6)
NETWORK_MAILS_PER_HOUR = env.int("NETWORK_MAILS_PER_HOUR", default=0 if LOCAL_MODE else 60)
# Failed sign-ins from one network in fifteen minutes, whatever the accounts; 0: no limit.
# More than a whole office mistypes, far less than trying one password on many accounts takes.
NETWORK_SIGN_IN_FAILURES = env.int("NETWORK_SIGN_IN_FAILURES", default=0 if LOCAL_MODE else 60)

# Guessing passwords: locked per account-and-address after ten tries.
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "accounts/locked.html"
AXES_USERNAME_FORM_FIELD = "username"
AXES_IPWARE_PROXY_COUNT = env.int("TRUSTED_PROXIES", default=0) or None
# Axes alone would see the proxy instead of the person.
AXES_CLIENT_IP_CALLABLE = "ryla.lib.request.client_ip"
# The lock ends fifteen minutes after the last counted try, whatever is tried meanwhile.
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
# It would keep every sign-in for ever; people see theirs among their sessions.
AXES_DISABLE_ACCESS_LOG = True
# As the account is found: other spellings of one address share its lock.
AXES_USERNAME_CALLABLE = "ryla.lib.request.sign_in_name"
AXES_VERBOSE = False
AXES_ENABLED = env.bool("AXES_ENABLED", default=True)
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", default=0)

# --- Mail ---------------------------------------------------------------------------------------
EMAIL_BACKEND = (
    "accounts.mailbox.MailboxBackend"
    if LOCAL_MODE
    else env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")["EMAIL_BACKEND"]
)
if not LOCAL_MODE:
    _mail = env.email_url("EMAIL_URL", default="smtp://127.0.0.1:25")
    EMAIL_HOST = _mail["EMAIL_HOST"]
    EMAIL_PORT = _mail["EMAIL_PORT"]
    EMAIL_HOST_USER = _mail["EMAIL_HOST_USER"]
    EMAIL_HOST_PASSWORD = _mail["EMAIL_HOST_PASSWORD"]
    EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
    EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", default="RYLA <hello@ryla.invalid>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where people reach a person: on pages, and as the address that answers to mails go to.
SUPPORT_EMAIL = env.str("SUPPORT_EMAIL", default=parseaddr(DEFAULT_FROM_EMAIL)[1])

# --- Images -------------------------------------------------------------------------------------
IMAGE_PROVIDERS: dict[str, dict[str, Any]] = {
    "illustrator": {"BACKEND": "generation.providers.illustrator.Illustrator", "OPTIONS": {}},
}
# DEFAULT_IMAGE_PROVIDER=fake: for dry runs, it does what the words of a prompt tell it.
if LOCAL_MODE:
    IMAGE_PROVIDERS["fake"] = {
        "BACKEND": "generation.providers.fake.FakeProvider",
        "OPTIONS": {"scale": 0.25},
    }
# A ComfyUI server of one's own, where there is one; what its model files are called there. What
# is left empty is not offered: nothing is drawn without a checkpoint, nothing enlarged without an
# upscale model, no face kept without a preset of IPAdapterUnifiedLoader ("PLUS FACE (portraits)").
COMFYUI_URL = env.str("COMFYUI_URL", default="")
if COMFYUI_URL:
    IMAGE_PROVIDERS["comfyui"] = {
        "BACKEND": "generation.providers.comfyui.ComfyUI",
        "OPTIONS": {
            "base_url": COMFYUI_URL,
            # For a proxy in front of it: ComfyUI itself lets everybody in.
            "headers": env.json("COMFYUI_HEADERS", default={}),
            "values": {
                "checkpoint": env.str("COMFYUI_CHECKPOINT", default=""),
                "upscale_model": env.str("COMFYUI_UPSCALE_MODEL", default=""),
                "identity_preset": env.str("COMFYUI_IDENTITY_PRESET", default=""),
                **env.json("COMFYUI_VALUES", default={}),
            },
            # {"text_to_image": "/path/to/exported (API) workflow.json", …}
            "workflows": env.json("COMFYUI_WORKFLOWS", default={}),
            "client_id": env.str("COMFYUI_CLIENT_ID", default="ryla"),
            "cost_minor": env.json("COMFYUI_COST_MINOR", default={}),
        },
        "SLOTS": env.int("COMFYUI_SLOTS", default=2),  # one runs, one waits: no pause between
    }
# Vendors are there once their key or address is set; SLOTS of these two are workers that wait.
if _openai_key := secret("OPENAI_API_KEY", default=""):
    IMAGE_PROVIDERS["openai"] = {
        "BACKEND": "generation.providers.openai.OpenAI",
        "OPTIONS": {
            "api_key": _openai_key,
            "base_url": env.str("OPENAI_BASE_URL", default="https://api.openai.com/v1"),
            "model": env.str("OPENAI_IMAGE_MODEL", default="gpt-image-1"),
            "input_fidelity": env.str("OPENAI_INPUT_FIDELITY", default="high"),
            "cost_minor": env.json("OPENAI_COST_MINOR", default={}),
        },
        "SLOTS": env.int("OPENAI_SLOTS", default=2),
    }
if _a1111_url := env.str("AUTOMATIC1111_URL", default=""):
    _a1111_auth = secret("AUTOMATIC1111_AUTH", default="").partition(":")  # name:password
    IMAGE_PROVIDERS["automatic1111"] = {
        "BACKEND": "generation.providers.automatic1111.Automatic1111",
        "OPTIONS": {
            "base_url": _a1111_url,
            "auth": (_a1111_auth[0], _a1111_auth[2]) if _a1111_auth[0] else None,
            "checkpoint": env.str("AUTOMATIC1111_CHECKPOINT", default=""),
            "sampler": env.str("AUTOMATIC1111_SAMPLER", default="DPM++ 2M"),
            "upscaler": env.str("AUTOMATIC1111_UPSCALER", default=""),
            "identity_model": env.str("AUTOMATIC1111_IDENTITY_MODEL", default=""),
            "identity_module": env.str("AUTOMATIC1111_IDENTITY_MODULE", default=""),
            "cost_minor": env.json("AUTOMATIC1111_COST_MINOR", default={}),
        },
        "SLOTS": 1,
    }
# Hosts of many models: which of them, and what their inputs are called, is written as JSON
# (generation/providers/hosted.py says how).
if _fal_key := secret("FAL_KEY", default=""):
    IMAGE_PROVIDERS["fal"] = {
        "BACKEND": "generation.providers.fal.Fal",
        "OPTIONS": {
            "key": _fal_key,
            "models": env.json("FAL_MODELS", default={}),
            "cost_minor": env.json("FAL_COST_MINOR", default={}),
            "jwks_url": env.str(
                "FAL_JWKS_URL", default="https://rest.alpha.fal.ai/.well-known/jwks.json"
            ),
        },
        "SLOTS": env.int("FAL_SLOTS", default=10),
    }
if _replicate_token := secret("REPLICATE_API_TOKEN", default=""):
    IMAGE_PROVIDERS["replicate"] = {
        "BACKEND": "generation.providers.replicate.Replicate",
        "OPTIONS": {
            "token": _replicate_token,
            "models": env.json("REPLICATE_MODELS", default={}),
            "cost_minor": env.json("REPLICATE_COST_MINOR", default={}),
            "cost_minor_per_s": env.float("REPLICATE_COST_MINOR_PER_S", default=0),
            "webhook_secret": secret("REPLICATE_WEBHOOK_SECRET", default=""),
        },
        "SLOTS": env.int("REPLICATE_SLOTS", default=10),
    }
if _runpod_key := secret("RUNPOD_API_KEY", default=""):
    IMAGE_PROVIDERS["runpod"] = {
        "BACKEND": "generation.providers.runpod.RunPod",
        "OPTIONS": {
            "key": _runpod_key,
            "endpoint": env.str("RUNPOD_ENDPOINT", default=""),
            "values": env.json("RUNPOD_VALUES", default={}),
            "workflows": env.json("RUNPOD_WORKFLOWS", default={}),
            "cost_minor": env.json("RUNPOD_COST_MINOR", default={}),
            "cost_minor_per_s": env.float("RUNPOD_COST_MINOR_PER_S", default=0),
        },
        "SLOTS": env.int("RUNPOD_SLOTS", default=10),
    }
DEFAULT_IMAGE_PROVIDER = env.str("DEFAULT_IMAGE_PROVIDER", default="illustrator")
# Who takes over, in this order, where the default one fails or is paused: quotes name those that
# can make the very same picture at the same price and say the same of it (disclosure).
IMAGE_PROVIDER_FALLBACKS = env.list("IMAGE_PROVIDER_FALLBACKS", default=[])
MODERATORS = {"rules": {"BACKEND": "generation.moderation.rules.RulesModerator", "OPTIONS": {}}}
DEFAULT_MODERATOR = "rules"
# Who suggests the words of a post.
CAPTION_WRITERS = {
    "templates": {"BACKEND": "characters.captions.templates.TemplateWriter", "OPTIONS": {}}
}
DEFAULT_CAPTION_WRITER = "templates"
# Where providers reach this installation from outside (https://ryla.example), so that they can
# call back when a picture is done; empty: they are asked now and then.
PROVIDER_CALLBACK_ORIGIN = env.str("PROVIDER_CALLBACK_ORIGIN", default="").rstrip("/")
# How many pictures a provider makes at once unless its own entry says so (SLOTS).
PROVIDER_SLOTS = env.int("PROVIDER_SLOTS", default=4)
# How fast a provider takes requests, where its contract says so: {"fal": {"per_minute": 120,
# "burst": 10}}; without a burst what comes in four seconds.
PROVIDER_RATES = env.json("PROVIDER_RATES", default={})
# Operator's switches. Paused: nothing new is taken on, what is under way is finished. Halted:
# nothing more is started either; what waits keeps its place.
GENERATION_HALTED = env.bool("GENERATION_HALTED", default=False)
GENERATION_PAUSED = env.bool("GENERATION_PAUSED", default=False)
# Welcome credits invite throw-away accounts: a public installation asks for a proven address.
GENERATION_REQUIRES_VERIFIED_EMAIL = env.bool(
    "GENERATION_REQUIRES_VERIFIED_EMAIL", default=not LOCAL_MODE
)
# Pictures that are less like their base face (0..1) need their owner's look, unless the character
# has a threshold of its own.
LIKENESS_THRESHOLD = env.float("LIKENESS_THRESHOLD", default=0.5)
JOB_LEASE_S = env.int("JOB_LEASE_S", default=60)
JOB_MAX_ATTEMPTS = env.int("JOB_MAX_ATTEMPTS", default=5)
JOB_MAX_AGE_S = env.int("JOB_MAX_AGE_S", default=60 * 60)
# How long a submit nobody heard the end of waits for its provider to call back.
JOB_NEWS_S = env.int("JOB_NEWS_S", default=5 * 60)
# Designer pictures drawn for one network in a minute; 0: no limit. One takes about 0.1 s of a
# processor, so that nobody gets more than half of one. Those already drawn are not counted.
PREVIEWS_PER_MINUTE = env.int("PREVIEWS_PER_MINUTE", default=0 if LOCAL_MODE else 300)
# Packages of posts that one person has packed in an hour (each picture is cut anew). How often one
# calendar's private address is read in an hour, and how often one network may try a wrong one.
# 0: no limit.
POST_PACKAGES_PER_HOUR = env.int("POST_PACKAGES_PER_HOUR", default=0 if LOCAL_MODE else 60)
CALENDAR_READS_PER_HOUR = env.int("CALENDAR_READS_PER_HOUR", default=0 if LOCAL_MODE else 240)
CALENDAR_MISSES_PER_HOUR = env.int("CALENDAR_MISSES_PER_HOUR", default=0 if LOCAL_MODE else 60)
BIN_KEEPS_DAYS = 30
EVENTS_KEEP_DAYS = 30

# --- Celery -------------------------------------------------------------------------------------
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_DEFAULT_QUEUE = "jobs"
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = False  # the lease brings the job back, once
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# Far beyond any lease: only for what hangs without an end.
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "socket_connect_timeout": 2,
    "socket_timeout": 10,
    "socket_keepalive": True,
}
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE = {
    "sync-providers": {
        "task": "generation.sync_providers",
        "schedule": env.float("PROVIDER_SYNC_EVERY_S", default=300.0),
        "options": {"expires": 60},
    },
    "sweep-jobs": {
        "task": "generation.sweep",
        "schedule": env.float("SWEEP_EVERY_S", default=2.0),
        "options": {"expires": 10},
    },
    "erase-files": {"task": "characters.erase_files", "schedule": 60.0, "options": {"expires": 60}},
    "empty-bins": {
        "task": "characters.empty_bins",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "expire-credits": {
        "task": "billing.expire_credits",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "sweep-mails": {
        "task": "accounts.sweep_mails",
        "schedule": env.float("SWEEP_MAILS_EVERY_S", default=30.0),
        "options": {"expires": 30},
    },
    "tell-expiring": {
        "task": "billing.tell_expiring",
        "schedule": 3600.0,
        "options": {"expires": 600},
    },
    "prune-events": {
        "task": "accounts.prune_events",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
    "prune-sessions": {
        "task": "accounts.prune_sessions",
        "schedule": 86400.0,
        "options": {"expires": 3600},
    },
}
# What the clock starts has a queue and a worker of its own: behind long jobs a sweep would
# expire, and with it the way back of every lost message.
# Claims and mails that somebody waits for go the same way.
CELERY_TASK_ROUTES = {
    task: {"queue": "clock"}
    for task in (
        *(entry["task"] for entry in CELERY_BEAT_SCHEDULE.values()),
        "accounts.mail_password_reset",
        "generation.dispatch",
        "accounts.send_mail",
    )
}

# --- API ----------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["accounts.tokens.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["ryla.lib.api.StrictJSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "EXCEPTION_HANDLER": "ryla.lib.http.api_exception_handler",
    "DEFAULT_THROTTLE_CLASSES": [
        "rest_framework.throttling.UserRateThrottle",
        "rest_framework.throttling.ScopedRateThrottle",
    ],
    "DEFAULT_THROTTLE_RATES": {"user": "1200/min", "token": "20/min", "generate": "120/min"},
    "NUM_PROXIES": TRUSTED_PROXIES,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(minutes=10),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=30),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    "UPDATE_LAST_LOGIN": True,
    "USER_ID_FIELD": "id",
    "USER_ID_CLAIM": "user_id",
    "SIGNING_KEY": SECRET_KEY,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "RYLA API",
    "DESCRIPTION": (
        "Create characters and consistent images of them. Writes that cost credits take a "
        "request key and can be repeated safely."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": r"/api/v1",
    "COMPONENT_SPLIT_REQUEST": True,
}

# --- Safety of the transport and the page -------------------------------------------------------
# As the site's address says. A secure cookie would never come back over plain http, and an
# insecure one must not travel beside https, whatever DEBUG is.
_SECURE = _SITE.scheme == "https" and not LOCAL_MODE
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=_SECURE)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", default=31536000 if _SECURE else 0)
SECURE_HSTS_INCLUDE_SUBDOMAINS = _SECURE
SECURE_HSTS_PRELOAD = _SECURE
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if TRUSTED_PROXIES else None
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = _SECURE
CSRF_COOKIE_SECURE = _SECURE
X_FRAME_OPTIONS = "DENY"
_STREAM_ORIGINS = (
    [f"http://127.0.0.1:{EVENTS_PORT}", f"http://localhost:{EVENTS_PORT}"] if EVENTS_PORT else []
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:", *([IMAGES_ORIGIN] if IMAGES_ORIGIN else [])],
        "font-src": [SELF],
        "connect-src": [SELF, *_STREAM_ORIGINS],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Logs ---------------------------------------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "ryla.lib.logs.FieldFormatter"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["stderr"], "level": env.str("LOG_LEVEL", default="INFO")},
    "loggers": {
        "botocore": {"level": "WARNING"},
        "boto3": {"level": "WARNING"},
        "axes": {"level": "WARNING"},
        # It logs whole addresses, and those of callbacks hold their secret.
        "httpx": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.worker.strategy": {"level": "WARNING"},
    },
}
