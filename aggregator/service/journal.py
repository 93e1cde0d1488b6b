"""How what happens is logged."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from aggregator.errors import ConfigError
from aggregator.logs import Logger, get_logger
from aggregator.pipeline import (
    Event,
    FeedPolled,
    HitsCaught,
    NoticesMade,
    NoticeTried,
    StoriesAssigned,
    TextFetched,
    TextsMadeAgain,
    WorkDropped,
)
from aggregator.service.digest_sending import DigestTry
from aggregator.service.digests import DigestMade
from aggregator.types import Delivery, Edition, Relation


def event_happened(event: Event) -> None:
    """What a stage has done."""
    log = get_logger()
    match event:
        case FeedPolled():
            _graded(log, failed=event.error is not None)(
                "polled",
                source=event.source,
                status=event.status,
                new=event.new,
                revised=event.revised,
                error=event.error,
                warning=event.warning,
                seconds=round(event.elapsed.total_seconds(), 3),
                next_poll_at=event.next_poll_at.isoformat(timespec="seconds"),
                why=event.why,
            )
        case TextFetched():
            write = log.debug if event.error is None else log.warning
            write(
                "page",
                url=event.url,
                state=event.state.value,
                kind=event.kind.value if event.kind else None,
                origin=event.origin.value,
                error=event.error,
            )
        case TextsMadeAgain():
            log.info(
                "texts made again",
                host=event.host,
                articles=event.seen,
                changed=event.changed,
                failed=event.failed,
            )
        case StoriesAssigned():
            joined = [item for item in event.assignments if item.relation is not Relation.NEW]
            log.info("grouped", articles=len(event.assignments), joined=len(joined))
        case HitsCaught():
            log.info("watches caught", articles=event.looked_at, caught=event.caught)
        case NoticesMade():
            log.info(
                "notice made", watch=event.watch, items=event.items, channels=list(event.channels)
            )
        case NoticeTried():
            _notice_tried(log, event)
        case WorkDropped():
            log.warning("claim ran out", what=event.what)


def _notice_tried(log: Logger, event: NoticeTried) -> None:
    notice = event.notice
    fields = {
        "watch": notice.content.watch,
        "channel": notice.channel,
        "notice": notice.notice_id,
        "key": notice.key,
        "tries": notice.attempts,
    }
    if event.error is None:
        log.info("notice sent", **fields)
        return
    again = None if notice.due_at is None else notice.due_at.isoformat(timespec="seconds")
    write = log.error if again is None else log.warning
    write("notice not sent", error=event.error, next_try_at=again, **fields)


def digest_happened(done: DigestMade | DigestTry) -> None:
    """An edition was made, or tried to deliver."""
    log = get_logger()
    match done:
        case DigestMade(kept=kept):
            log.info(
                "digest made",
                **_edition(kept.edition),
                stories=kept.stories,
                items=kept.singles,
                left_out=kept.left_out,
            )
        case DigestTry(delivery=delivery, error=None):
            log.info("digest sent", **_delivery(delivery))
        case DigestTry(delivery=delivery, error=error):
            again = delivery.retry_at and delivery.retry_at.isoformat(timespec="seconds")
            write = log.error if again is None else log.warning
            write("digest not sent", error=str(error), next_try_at=again, **_delivery(delivery))


def _edition(edition: Edition) -> dict[str, object]:
    return {"digest": edition.digest, "date": str(edition.local_date), "slot": edition.slot}


def _delivery(delivery: Delivery) -> dict[str, object]:
    return {
        **_edition(delivery.edition),
        "recipient": delivery.recipient,
        "message_id": delivery.message_id,
        "tries": delivery.attempts,
    }


class IndexMade:
    """Says how far the search index has come, which is made anew, in tenths."""

    def __init__(self) -> None:
        self._said = -1

    def __call__(self, done: int, total: int) -> None:
        tenths = 10 * done // max(total, 1)
        if tenths > self._said:
            self._said = tenths
            get_logger().info("search index is made anew", articles=done, of=total)


def configuration_refused(error: ConfigError) -> None:
    for problem in error.problems:
        get_logger().error("configuration refused", problem=str(problem))


def clock_set_back(now: datetime, *, sources: int) -> None:
    get_logger().warning(
        "clock was set back",
        now=now.isoformat(timespec="seconds"),
        sources=sources,
        done="what was polled in the future is due now",
    )


def job_failed(name: str, error: BaseException) -> None:
    get_logger().error("job failed", job=name, error=f"{type(error).__name__}: {error}")


def _graded(log: Logger, *, failed: bool) -> Callable[..., object]:
    return log.warning if failed else log.info
