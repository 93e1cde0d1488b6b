"""The tasks of a sandbox, and what of core/ does each; libraries are loaded when first needed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from aggregator.core.candidates import Candidate
from aggregator.core.fitting import fitted
from aggregator.types import Extraction, ExtractRequest, Fingerprint, PageSelectors, ParsedFeed


@dataclass(frozen=True, slots=True, kw_only=True)
class ParseTask:
    code: ClassVar[bytes] = b"p"
    answer: ClassVar[type[ParsedFeed]] = ParsedFeed
    body: bytes
    url: str
    content_type: str | None
    """None: the server sent none."""

    @staticmethod
    def load() -> Callable[[ParseTask], ParsedFeed]:
        from aggregator.core.parse import parse_feed  # noqa: PLC0415 - loaded when first needed

        return lambda task: fitted(
            parse_feed(task.body, url=task.url, content_type=task.content_type)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTask:
    code: ClassVar[bytes] = b"w"
    answer: ClassVar[type[ParsedFeed]] = ParsedFeed
    body: bytes
    selectors: PageSelectors
    url: str
    content_type: str | None
    """None: the server sent none."""

    @staticmethod
    def load() -> Callable[[PageTask], ParsedFeed]:
        from aggregator.core.watched_page import parse_page  # noqa: PLC0415 - the same

        return lambda task: fitted(
            parse_page(task.body, task.selectors, url=task.url, content_type=task.content_type)
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class FindTask:
    code: ClassVar[bytes] = b"g"
    answer: ClassVar[Any] = list[Candidate]
    body: bytes
    url: str
    content_type: str | None
    """None: the server sent none."""

    @staticmethod
    def load() -> Callable[[FindTask], list[Candidate]]:
        from aggregator.core.discovery import find_feeds  # noqa: PLC0415 - the same

        return lambda task: list(find_feeds(task.body, task.url, content_type=task.content_type))


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractTask:
    code: ClassVar[bytes] = b"e"
    answer: ClassVar[type[Extraction]] = Extraction
    request: ExtractRequest

    @classmethod
    def of(cls, request: ExtractRequest) -> ExtractTask:
        """Without the headers of the source's rules: they hold secrets, and are for requests."""
        if request.rules is not None and request.rules.headers:
            request = replace(request, rules=replace(request.rules, headers=()))
        return cls(request=request)

    @staticmethod
    def load() -> Callable[[ExtractTask], Extraction]:
        from aggregator.core.extract import extract  # noqa: PLC0415 - the same
        from aggregator.core.language import prepare  # noqa: PLC0415 - the same

        prepare()
        return lambda task: extract(task.request)


@dataclass(frozen=True, slots=True, kw_only=True)
class FingerprintTask:
    code: ClassVar[bytes] = b"f"
    answer: ClassVar[Any] = list[Fingerprint]
    items: tuple[tuple[str, str, str | None], ...]
    """(title, text, language) of each article."""

    @staticmethod
    def load() -> Callable[[FingerprintTask], list[Fingerprint]]:
        from aggregator.core.fingerprint import fingerprints  # noqa: PLC0415 - the same
        from aggregator.core.meaning import encoder, with_meaning  # noqa: PLC0415 - the same

        encoder()
        return lambda task: [
            with_meaning(printed, title, text)
            for printed, (title, text, _) in zip(fingerprints(task.items), task.items, strict=True)
        ]


Task = ParseTask | PageTask | FindTask | ExtractTask | FingerprintTask
KINDS: dict[bytes, type[Task]] = {
    kind.code: kind for kind in (ParseTask, PageTask, FindTask, ExtractTask, FingerprintTask)
}
