"""feeds.yaml → Config, or every problem at once with its file, line, key and cure.

excerpt    where the database is, where that is plain to see: no other module is loaded then
document   YAML text → a tree with places    (the only importer of ruamel.yaml); tree: its nodes
schema     which keys there are              (the only importer of pydantic)
values     how the text behind a key is read; credentials: secrets, headers, certificates;
           databases: where the database is; web: where the page is served; channels, watches:
           where messages go, and what is sent; digests: to whom, when and of what
rules      what must hold between keys; watch_rules: of channels and watches; digest_rules; named:
           what the file lists
messages   mismatches → sentences
build      a valid file → model.Config; digest_build: its digests; naming: what sources without a
           name are called

editing    sources added, removed and paused in a file, all else byte for byte
edits      the same in a text; entries: new ones as text; replacing: a file put back at once
opml       the sources as an OPML list, and outlines as sources
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from aggregator.config.excerpt import DEFAULT_STORAGE, excerpt, plain_file
from aggregator.errors import ConfigError, ConfigProblem, UsageError

if TYPE_CHECKING:
    from aggregator.config.model import (
        Config,
        DigestConfig,
        LogConfig,
        LogFormat,
        LogLevel,
        SmtpConfig,
        SmtpSecurity,
        StoriesConfig,
    )
    from aggregator.config.tree import Flaw, Loc, Node
    from aggregator.types import Database

__all__ = [
    "LISTEN_VARIABLE",
    "STORAGE_VARIABLE",
    "Config",
    "DigestConfig",
    "FileFingerprint",
    "LogConfig",
    "LogFormat",
    "LogLevel",
    "SmtpConfig",
    "SmtpSecurity",
    "StoriesConfig",
    "database_named",
    "database_of",
    "fingerprint_of",
    "load",
    "parse",
    "template",
    "write_template",
]

STORAGE_VARIABLE = "AGGREGATOR_STORAGE"
"""Names the database in place of `storage`, so that an image keeps it in its volume."""

LISTEN_VARIABLE = "AGGREGATOR_LISTEN"
"""Says where the page is served in place of `web.listen`, so that an image can be reached from
outside its container."""

FileFingerprint = tuple[int, int, int] | None
"""(modified ns, bytes, inode); None: there is no such file."""

_BOMS = {b"\xff\xfe": "UTF-16", b"\xfe\xff": "UTF-16"}


def load(path: Path, *, environ: Mapping[str, str], secrets: bool = True) -> Config:
    """Read and validate a configuration file.

    Raises ConfigError with every problem found, in file order. Relative names in the file are
    resolved against its folder; `environ` is where named environment variables are looked up.
    `secrets`: whether the secrets that it names must be at hand, but for that of the database.
    """
    file, folder = str(path), path.absolute().parent
    root, flaws = read(_text_of(path), file=file)
    return interpret(root, flaws, file=file, folder=folder, environ=environ, secrets=secrets)


def database_of(path: Path, *, environ: Mapping[str, str]) -> Database:
    """The database that a file names, also when other things in it are wrong.

    For health checks: a service goes on with its old configuration while an edit is refused.
    Where that is plain to see, no more of the file is read. Raises ConfigError when it cannot be
    read, or when it is about the database.
    """
    file, folder = str(path), path.absolute().parent
    override = _override(environ, folder, file)
    if override is not None:
        return override
    text = _text_of(path)
    plain = plain_file(text)
    if plain is not None and not (folder / plain).is_dir():
        return folder / plain
    from aggregator.config.databases import database  # noqa: PLC0415 - as in `interpret`
    from aggregator.config.values import Surroundings  # noqa: PLC0415 - as in `interpret`

    root, _ = read(excerpt(text) or text, file=file)
    node = None if root is None else root.child("storage")
    if node is None or node.value is None:
        return folder / DEFAULT_STORAGE
    try:
        return database(node.plain(), Surroundings(environ=environ, folder=folder))
    except ValueError as error:
        raise _error(file, node.line, str(error)) from None


def database_named(text: str, *, environ: Mapping[str, str]) -> Database:
    """The database that a user names outside a file: a file name or a PostgreSQL URL.

    Raises UsageError, which does not repeat what may be a password.
    """
    from aggregator.config.databases import database_in_environment  # noqa: PLC0415 - as in `interpret`
    from aggregator.config.values import Surroundings  # noqa: PLC0415 - as in `interpret`

    try:
        return database_in_environment(text, Surroundings(environ=environ, folder=Path()))
    except ValueError as error:
        raise UsageError(f"the database {error}") from None


def _text_of(path: Path) -> str:
    """The text of the file; raises ConfigError."""
    file = str(path)
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise _error(file, 0, "there is no such file; run `aggregator init` to write one") from None
    except OSError as error:
        raise _error(file, 0, f"this cannot be read: {error.strerror}") from None
    return decode(raw, file=file)


def decode(raw: bytes, *, file: str) -> str:
    """The text of a configuration file without its byte-order mark; raises ConfigError."""
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        encoding = _BOMS.get(raw[:2])
        if encoding:
            raise _error(file, 1, f"this is {encoding}; save the file as UTF-8") from None
        line = raw.count(b"\n", 0, error.start) + 1
        message = f"the byte 0x{raw[error.start]:02X} is no UTF-8; save the file as UTF-8"
        raise _error(file, line, message) from None


def parse(text: str, *, file: str, folder: Path, environ: Mapping[str, str]) -> Config:
    """Validate the text of a configuration file; `file` is how messages call it. See `load`."""
    root, flaws = read(text, file=file)
    return interpret(root, flaws, file=file, folder=folder, environ=environ)


def read(text: str, *, file: str) -> tuple[Node | None, list[Flaw]]:
    """The tree of a configuration file, None when it is empty, and what is wrong with it as YAML.

    Raises ConfigError when it cannot be read to its end.
    """
    from aggregator.config import document  # noqa: PLC0415 - as in `interpret`

    try:
        return document.read(text)
    except document.Unreadable as error:
        raise _error(file, error.flaw.line, error.flaw.message) from None


def interpret(
    root: Node | None,
    flaws: Sequence[Flaw],
    *,
    file: str,
    folder: Path,
    environ: Mapping[str, str],
    thorough: bool = True,
    secrets: bool = True,
) -> Config:
    """What the tree of a file means, given what is already known to be wrong. See `load`."""
    # Loaded for what reads the whole file: a search needs no more than where the database is.
    from aggregator.config import digest_rules, messages, rules, schema  # noqa: PLC0415
    from aggregator.config.build import build  # noqa: PLC0415
    from aggregator.config.values import Surroundings  # noqa: PLC0415

    if root is None or root.value is None:
        raise _error(
            file,
            0,
            "this file is empty; two lines are enough: `sources:`, and below it"
            " `  - https://example.org/feed/`",
        )
    if not isinstance(root.value, dict):
        raise _error(file, root.line, "the file must begin with a key, such as `sources:`")
    around = Surroundings(environ=environ, folder=folder, thorough=thorough, secrets=secrets)
    valid, mismatches = schema.check(root.plain(), around)
    found = [*flaws, *(messages.explain(root, mismatch) for mismatch in mismatches)]
    found += rules.broken_rules(root)
    if valid is not None and not found:
        found += digest_rules.webhooks(root, valid)
    if valid is None or found:
        raise ConfigError(_problems(root, found, file))
    config = _listening(build(valid, folder), environ, file)
    override = _override(environ, folder, file)
    return config if override is None else replace(config, storage=override)


def template() -> str:
    """What `aggregator init` writes: two sources, and an example of every key in comments."""
    from importlib.resources import files  # noqa: PLC0415 - seldom needed

    return files("aggregator").joinpath("feeds.template.yaml").read_text(encoding="utf-8")


def write_template(path: Path) -> None:
    """Write the template to a file that is not there yet. Raises UsageError when it is."""
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(template())
    except FileExistsError:
        raise UsageError(
            f"{path} exists already and stays as it is; give another name, or edit that file"
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def fingerprint_of(path: Path) -> FileFingerprint:
    """A cheap value that changes when the file is edited, replaced or removed."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_mtime_ns, stat.st_size, stat.st_ino


def _override(environ: Mapping[str, str], folder: Path, file: str) -> Database | None:
    """The database that the environment names in place of the file's; None: it names none."""
    value = environ.get(STORAGE_VARIABLE)
    if not value:
        return None
    from aggregator.config.databases import database_in_environment  # noqa: PLC0415 - as in `interpret`
    from aggregator.config.values import Surroundings  # noqa: PLC0415 - as in `interpret`

    try:
        return database_in_environment(value, Surroundings(environ=environ, folder=folder))
    except ValueError as error:
        raise _error(file, 0, f"the variable {STORAGE_VARIABLE} {error}") from None


def _listening(config: Config, environ: Mapping[str, str], file: str) -> Config:
    """The configuration with what the environment says of where to listen."""
    value = environ.get(LISTEN_VARIABLE)
    if not value:
        return config
    from aggregator.config.web import listen  # noqa: PLC0415 - as in `interpret`

    try:
        return replace(config, web=replace(config.web, listen=listen(value)))
    except ValueError as error:
        raise _error(file, 0, f"the variable {LISTEN_VARIABLE} {error}") from None


def _error(file: str, line: int, message: str) -> ConfigError:
    return ConfigError((ConfigProblem(file=file, line=line, key="", message=message),))


def _problems(root: Node, flaws: list[Flaw], file: str) -> tuple[ConfigProblem, ...]:
    """One for each place, in file order; the first that was found there says most."""
    from aggregator.config.messages import dotted  # noqa: PLC0415 - as in `interpret`

    order = {loc: number for number, loc in enumerate(root.locations())}
    first: dict[tuple[int, Loc], Flaw] = {}
    for flaw in flaws:
        first.setdefault((flaw.line, flaw.loc), flaw)
    return tuple(
        ConfigProblem(file=file, line=flaw.line, key=dotted(flaw.loc), message=flaw.message)
        for flaw in sorted(first.values(), key=lambda flaw: (flaw.line, order[root.find(flaw.loc)]))
    )


def __getattr__(name: str) -> Any:
    """The parts of a configuration, loaded when they are wanted."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from aggregator.config import model  # noqa: PLC0415 - as in `interpret`

    return getattr(model, name)
