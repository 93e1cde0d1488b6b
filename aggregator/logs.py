"""Structured logs: one event a line, text for a terminal, JSON for everything else.

The only importer of structlog. Nothing below the service writes logs: stages report events, and
the service says how they are logged.
"""

from __future__ import annotations

import logging
import sys
from typing import Any, Protocol, TextIO

import structlog
from structlog.typing import EventDict, Processor

from aggregator.core.text import clean_text


class Logger(Protocol):
    """What the program uses of a logger: an event name and its fields."""

    def debug(self, event: str, **fields: Any) -> Any: ...
    def info(self, event: str, **fields: Any) -> Any: ...
    def warning(self, event: str, **fields: Any) -> Any: ...
    def error(self, event: str, **fields: Any) -> Any: ...


def configure(*, level: str, style: str, stream: TextIO | None = None) -> None:
    """Set up logging for the process.

    `level`: debug, info, warning or error. `style`: text, json, or auto (text when `stream`,
    stderr by default, is a terminal).
    """
    out = stream or sys.stderr
    text = style == "text" or (style == "auto" and out.isatty())
    threshold = logging.getLevelNamesMapping()[level.upper()]
    processors: list[Processor] = [
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        _without_control_characters,
    ]
    if text:
        processors.append(structlog.dev.ConsoleRenderer(colors=out.isatty()))
    else:
        processors.append(structlog.processors.JSONRenderer(ensure_ascii=False))
    structlog.configure(
        processors=processors,
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    # Libraries log through the standard library; of those only trouble is of interest.
    logging.basicConfig(level=max(threshold, logging.WARNING), stream=out, force=True)


def get_logger() -> Logger:
    """The process's logger, as configured last."""
    logger: Logger = structlog.get_logger()
    return logger


def _without_control_characters(_logger: object, _name: str, event: EventDict) -> EventDict:
    """A feed's words may not carry escapes into the operator's terminal."""
    return {key: clean_text(val) if isinstance(val, str) else val for key, val in event.items()}
