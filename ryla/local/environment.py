"""Where the parts of one run live and what the environment tells them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ryla.local import ports
from ryla.local.postgres import EmbeddedPostgres
from ryla.local.problems import LocalError
from ryla.local.s3 import REGION, EmbeddedS3
from ryla.local.servers import EmbeddedServer, kept_secret, private_folder, write_private
from ryla.local.valkey import EmbeddedValkey

PROJECT = Path(__file__).resolve().parents[2]
DEFAULT_DATA_DIR = PROJECT / ".local"
DEFAULT_PORT = 8000
# The bucket or the endpoint, not the key: many shells carry an AWS key meant for other work.
_REPLACES = {
    "postgres": ("DATABASE_URL",),
    "valkey": ("REDIS_URL",),
    "s3": ("AWS_S3_ENDPOINT_URL", "AWS_STORAGE_BUCKET_NAME"),
}
_FOREIGN_AWS = (
    "AWS_ACCESS_KEY_ID_FILE",
    "AWS_SECRET_ACCESS_KEY_FILE",
    "AWS_SESSION_TOKEN",
    "AWS_PROFILE",
    "AWS_ENDPOINT_URL",
    "AWS_ENDPOINT_URL_S3",
    "IMAGES_ORIGIN",
)


@dataclass(frozen=True)
class Options:
    """What was asked for on the command line. port: None for the default, moving if taken."""

    data_dir: Path
    port: int | None = None
    demo: bool = True
    check: bool = False


@dataclass(frozen=True)
class Addresses:
    port: int
    events_port: int
    moved: bool  # the default port was taken

    @property
    def site(self) -> str:
        return f"http://{ports.HOST}:{self.port}"


def choose_addresses(options: Options, environ: Mapping[str, str]) -> Addresses:
    """A port that was asked for is used or refused; otherwise the next free one is taken."""
    asked = "" if options.port is None else str(options.port)
    wanted = _port_in(asked, "--port") or _port_in(environ.get("PORT", ""), "PORT")
    events_wanted = _port_in(environ.get("EVENTS_PORT", ""), "EVENTS_PORT")
    for insisted in (wanted, events_wanted):
        if insisted is not None and not ports.is_free(insisted):
            raise LocalError(
                f"Port {insisted} is not free: stop what has it, or choose another one."
            )
    port = wanted if wanted is not None else ports.next_free(DEFAULT_PORT)
    events_port = events_wanted or _events_port(options.data_dir / "events.port", port)
    return Addresses(port, events_port, moved=wanted is None and port != DEFAULT_PORT)


def needed_servers(data_dir: Path, environ: Mapping[str, str]) -> list[EmbeddedServer]:
    """Those that the environment does not replace, in the order they start."""
    servers: list[EmbeddedServer] = [
        EmbeddedPostgres(data_dir / "postgres"),
        EmbeddedValkey(data_dir / "valkey"),
        EmbeddedS3(data_dir / "media"),
    ]
    return [server for server in servers if not replaced_by(server.key, environ)]


def replaced_by(key: str, environ: Mapping[str, str]) -> str:
    """The variable that stands in for an embedded server, "" when none does."""
    return next((name for name in _REPLACES[key] if environ.get(name)), "")


def environment(
    options: Options,
    addresses: Addresses,
    servers: list[EmbeddedServer],
    environ: Mapping[str, str],
) -> dict[str, str]:
    """What every child sees: the caller's environment and the parts of this run."""
    values = dict(environ)
    for server in servers:
        values |= _told_by(server)
        if isinstance(server, EmbeddedS3):
            values = {name: text for name, text in values.items() if name not in _FOREIGN_AWS}
    if not values.get("SECRET_KEY") and not values.get("SECRET_KEY_FILE"):
        values["SECRET_KEY"] = kept_secret(options.data_dir / "secret_key", 48)
    values.setdefault("SITE_URL", addresses.site)
    # Static files are served from where they lie; an empty folder keeps whitenoise quiet.
    private_folder(options.data_dir / "static")
    return values | {
        "DJANGO_SETTINGS_MODULE": "ryla.settings",
        "LOCAL_MODE": "true",
        "LOCAL_DIR": str(options.data_dir),
        "PORT": str(addresses.port),
        "EVENTS_PORT": str(addresses.events_port),
        "STATIC_ROOT": str(options.data_dir / "static"),
        "PYTHONUNBUFFERED": "1",
        **_past_proxies(values),
    }


def _told_by(server: EmbeddedServer) -> dict[str, str]:
    if isinstance(server, EmbeddedS3):
        return {
            "AWS_S3_ENDPOINT_URL": server.url,
            "AWS_ACCESS_KEY_ID": server.access_key,
            "AWS_SECRET_ACCESS_KEY": server.secret_key,
            "AWS_STORAGE_BUCKET_NAME": server.bucket,
            "AWS_S3_REGION_NAME": REGION,
        }
    return {_REPLACES[server.key][0]: server.url}


def _past_proxies(environ: Mapping[str, str]) -> dict[str, str]:
    """The embedded servers are here: a company's proxy would look for them elsewhere."""
    known = environ.get("NO_PROXY") or environ.get("no_proxy") or ""
    value = ",".join(filter(None, [known, ports.HOST, "localhost"]))
    return {"NO_PROXY": value, "no_proxy": value}


def _port_in(text: str, name: str) -> int | None:
    """The port that `text` names, None when it is empty. name: where it was given."""
    text = text.strip()
    if not text:
        return None
    if not text.isdecimal() or not 1 <= int(text) <= ports.HIGHEST:
        raise LocalError(f"{name}={text} is not a port: give a number from 1 to {ports.HIGHEST}.")
    return int(text)


def _events_port(note: Path, taken: int) -> int:
    port = next(port for port in ports.candidates(note) if port != taken)
    write_private(note, f"{port}\n")
    return port


def data_dir_from(text: str | None) -> Path:
    return Path(text).expanduser().absolute() if text else DEFAULT_DATA_DIR


def open_data_dir(folder: Path) -> None:
    """Private, unless somebody chose a folder that they had already: it may hold more than
    ours, and what we put there is private itself."""
    if folder == DEFAULT_DATA_DIR or not folder.exists():
        private_folder(folder, is_passage=True)
