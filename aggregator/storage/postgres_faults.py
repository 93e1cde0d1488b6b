"""PostgreSQL's errors: which of them pass by themselves, and all of them as sentences.

No sentence holds the password. What the server says when it refuses a connection has no code that
the client library would pass on, so those are told apart by their (English) texts.
"""

from __future__ import annotations

import re
from datetime import timedelta

from aggregator.errors import DatabaseBusy, StorageError
from aggregator.storage.postgres_pool import SIZE, Error, OperationalError, Target

_COLLISIONS = {"40001", "40P01"}
"""Serialization failure, deadlock: of two transactions one has to begin again."""
_UNAVAILABLE = {
    "53300",  # too many connections
    "57P01",  # shutting down, or an administrator ended the connection
    "57P02",  # crashed
    "57P03",  # starting up, or shutting down
    "57P05",  # idle for too long
    "25P03",  # idle in a transaction for too long
    "25006",  # a standby that is about to become the primary takes no writes
}
_NOT_LET_IN = (
    "the PostgreSQL server at {place} does not let the user {user} in ({reason}): check the name "
    "and the password"
)
_NO_DATABASE = (
    "the PostgreSQL server at {place} has no database {database}: create it there, or name another"
)
_NO_USER = (
    "the PostgreSQL server at {place} knows no user {user}: create one there, or name another"
)
_NOT_FROM_HERE = (
    "the PostgreSQL server at {place} does not let the user {user} use the database {database} "
    "from here ({reason}): ask its administrator"
)
_REFUSED = (
    (re.compile("authentication failed|no password supplied"), _NOT_LET_IN),
    (re.compile('database ".*" does not exist'), _NO_DATABASE),
    (re.compile('role ".*" (does not exist|is not permitted)'), _NO_USER),
    (re.compile(r"no pg_hba\.conf entry|permission denied for database"), _NOT_FROM_HERE),
)
_STARTING = re.compile("starting up|shutting down|recovery mode|not yet accepting|too many clients")
_PREFIX = re.compile(r"^(connection (failed|is bad): )?(connection to .* failed: )?(FATAL: +)?")
_BY_CODE = {
    "25006": "the database {database} at {place} takes no writes: name the primary server, or one "
    "that is not set to read only",
    "28P01": _NOT_LET_IN,
    "3D000": _NO_DATABASE,
    "42501": "the user {user} lacks a permission in the database {database} ({reason}): GRANT it",
    "42P01": "a table is missing in the database {database} at {place} ({reason}): restore it "
    "from a backup",
    "53100": "the disk of the PostgreSQL server at {place} is full: free some space, then start "
    "again (nothing that was stored is lost)",
    "53200": "the PostgreSQL server at {place} is out of memory ({reason})",
    "53300": "the PostgreSQL server at {place} has no connection left: raise its max_connections, "
    f"or run fewer workers (each takes {SIZE} and some more)",
    "57014": "the PostgreSQL server at {place} cut a statement short ({reason}): check its "
    "statement_timeout",
    "XX001": "the database {database} at {place} is damaged ({reason}): restore it from a backup",
    "XX002": "the database {database} at {place} is damaged ({reason}): restore it from a backup",
}
_LOST = (
    "the PostgreSQL server at {place} (database {database}) cannot be reached: {reason}; check "
    "that it runs and that this machine may connect to it"
)


def is_lost(error: Error) -> bool:
    """Whether there is no connection (any more); a new one may do."""
    code = error.sqlstate
    if code is None:
        return isinstance(error, OperationalError)
    return code in _UNAVAILABLE or code.startswith("08")


def is_passing(error: Error) -> bool:
    """Whether the same again may succeed."""
    return error.sqlstate in _COLLISIONS or (is_lost(error) and not _is_refused(error))


def is_starting(error: Error) -> bool:
    """Whether the server is there, but not ready yet."""
    return error.sqlstate == "57P03" or bool(_STARTING.search(str(error)))


def _is_refused(error: Error) -> bool:
    return any(pattern.search(str(error)) for pattern, _ in _REFUSED)


def storage_error(
    error: Error, target: Target, *, patience: timedelta | None = None
) -> StorageError:
    """`patience`: for how long it has been tried in vain."""
    code = error.sqlstate
    if code in _COLLISIONS:
        return DatabaseBusy(
            f"others have been changing the same rows of {target.name} again and again; try "
            "again when they are done"
        )
    sentence = _BY_CODE.get(code or "")
    if sentence is None:
        lost = _LOST if is_lost(error) else "{name} cannot be used: {reason}"
        sentence = next(
            (text for pattern, text in _REFUSED if pattern.search(str(error))),
            lost,
        )
    text = sentence.format(
        name=target.name,
        place=target.place,
        database=target.database,
        user=target.user,
        reason=_reason(error, target),
    )
    if patience is not None and is_passing(error):
        text += f" (tried for {patience.total_seconds():g} s)"
    return StorageError(text)


def _reason(error: Error, target: Target) -> str:
    """The first line of what it says, without what our sentences say themselves."""
    line = next(iter(str(error).splitlines()), "") or type(error).__name__
    line = _PREFIX.sub("", line).strip()
    return line.replace(target.password, "***") if target.password else line
