"""Every error that crosses a module boundary.

    AggregatorError
    ├── ConfigError            feeds.yaml cannot be used; carries every problem found
    ├── UsageError             the user asked for something that is not there
    ├── StorageError           the database cannot be used
    │   ├── DatabaseBusy       another process holds the write lock for too long
    │   ├── DatabaseTooNew     written by a newer version of this program
    │   ├── InstanceRunning    another aggregator works on this database
    │   ├── ClaimLost          the lease ran out and somebody else took over
    │   └── NotGrouped         an article or a story that is not there to be moved
    ├── ParseError             bytes that are no feed
    │   └── NotAFeed           an HTML page, an empty body, another format
    ├── ExtractError           a page that yields no article
    ├── SandboxError           a child process failed
    │   ├── TaskTimedOut       it passed its deadline
    │   └── TaskCrashed        it died, or passed its memory limit
    ├── LibraryMissing         a child process cannot load what it needs
    ├── QueryError             a search that cannot be read; carries the column
    └── DeliveryError          a message that could not be sent; says whether a later try may help

Each message is a sentence that says what to do next. The command line prints it as one line and
exits with `exit_code`; nothing here is ever shown as a traceback.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


class AggregatorError(Exception):
    """Root of the tree."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigProblem:
    """One thing that is wrong in feeds.yaml."""

    file: str
    line: int
    """From 1; 0 when the file as a whole is meant."""
    key: str
    """Dotted path of the key, as in `sources[2].interval`; "" for the whole file."""
    message: str
    """What is wrong and what would be right."""

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}" if self.line else self.file
        return f"{where}: {self.key}: {self.message}" if self.key else f"{where}: {self.message}"


class ConfigError(AggregatorError):
    """The configuration cannot be used; `problems` holds every one found, in file order."""

    exit_code = 2

    def __init__(self, problems: tuple[ConfigProblem, ...]) -> None:
        super().__init__("\n".join(str(problem) for problem in problems))
        self.problems = problems


class UsageError(AggregatorError):
    """The user asked for something that is not there."""

    exit_code = 2


class StorageError(AggregatorError):
    """The database cannot be used."""

    exit_code = 4


class DatabaseBusy(StorageError):
    """Another process held the write lock for longer than we wait."""


class DatabaseTooNew(StorageError):
    """The database was written by a newer version of this program."""


class InstanceRunning(StorageError):
    """Another aggregator works on this database."""

    exit_code = 5

    def __init__(self, message: str, *, pid: int | None) -> None:
        super().__init__(message)
        self.pid = pid


class ClaimLost(StorageError):
    """The lease ran out before the work was recorded; nothing was written."""


class NotGrouped(StorageError):
    """An article has no story, or there is no such article or story; nothing has been changed."""

    exit_code = 2


class ParseError(AggregatorError):
    """Bytes that cannot be read as a feed."""

    def __init__(self, message: str, *, url: str | None = None, line: int | None = None) -> None:
        super().__init__(message)
        self.url = url
        self.line = line


class NotAFeed(ParseError):
    """An HTML page, an empty body or another format where a feed should be."""

    def __init__(
        self, message: str, *, url: str | None = None, feeds: tuple[str, ...] = ()
    ) -> None:
        super().__init__(message, url=url)
        self.feeds = feeds
        """Addresses of feeds that the page links to."""


class ExtractError(AggregatorError):
    """A page that yields no article."""

    def __init__(self, message: str, *, url: str | None = None) -> None:
        super().__init__(message)
        self.url = url


class SandboxError(AggregatorError):
    """A child process failed; the work it was given failed with it, nothing else."""


class TaskTimedOut(SandboxError):
    """It passed its deadline and was replaced."""


class TaskCrashed(SandboxError):
    """It died or passed its memory limit, and was replaced."""


class LibraryMissing(AggregatorError):
    """A child process cannot load what it needs: no document is to blame, and none can be read."""

    exit_code = 70


class QueryError(AggregatorError):
    """A search that cannot be read."""

    exit_code = 2

    def __init__(self, message: str, *, column: int) -> None:
        super().__init__(f"{message} at column {column}")
        self.column = column
        """From 1."""


class DeliveryError(AggregatorError):
    """A message that could not be sent."""

    exit_code = 6

    def __init__(
        self,
        message: str,
        *,
        recipient: str,
        permanent: bool,
        retry_after: timedelta | None = None,
    ) -> None:
        super().__init__(message)
        self.recipient = recipient
        """An address, or the name of a channel."""
        self.permanent = permanent
        """True: the server refused for good, trying again is no use."""
        self.retry_after = retry_after
        """How long the server asks to be left alone; None: it does not."""
