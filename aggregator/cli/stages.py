"""parse, group: one stage on a file, for users who debug a source; all stories again."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from aggregator.cli.article import print_mentions
from aggregator.cli.common import (
    Period,
    config_option,
    file_argument,
    json_option,
    load_config,
    read_bytes,
    type_option,
)
from aggregator.cli.output import (
    Cell,
    Column,
    blank,
    emit_json,
    heading,
    line,
    moment,
    table,
)
from aggregator.cli.regroup import run_again
from aggregator.errors import UsageError
from aggregator.types import Assignment, GroupInput, ParsedFeed


@click.command(epilog="Example: curl -s https://example.org/feed | aggregator parse - --json")
@file_argument()
@click.option("--base-url", default="", help="Where the feed came from, to complete its links.")
@type_option
@json_option
def parse(file: Path, base_url: str, content_type: str | None, as_json: bool) -> None:
    """Show a feed as we understand it. FILE may be - for standard input."""
    from aggregator.sandbox import Sandbox

    # Messages begin with the address; a name that is none completes no link.
    name = base_url or ("standard input" if str(file) == "-" else str(file))

    async def run() -> ParsedFeed:
        async with Sandbox(workers=1) as sandbox:
            return await sandbox.parse(read_bytes(file), url=name, content_type=content_type)

    feed = asyncio.run(run())
    if as_json:
        emit_json(feed)
        return
    heading(feed.title or "(no title)")
    line(Cell(f"{feed.format} · {len(feed.entries)} entries · {feed.site_url or 'no site'}", "dim"))
    if feed.warning:
        line(Cell(feed.warning, "warn"))
    blank()
    table(
        [
            Column("published"),
            Column("title", grow=True),
            Column("words", right=True),
            Column("url"),
        ],
        [
            (
                moment(entry.published_at, none="–"),
                Cell(entry.title, "bold"),
                str(len(entry.text.split())),
                Cell(entry.url or "–", "dim"),
            )
            for entry in feed.entries
        ],
    )
    for entry in feed.entries:
        if entry.links or entry.media:
            blank()
            line(Cell(entry.title or entry.url or entry.guid or "(no title)", "bold"))
            print_mentions(entry.links, entry.media, indent=2)
    if feed.withdrawn:
        blank()
        line(Cell("withdrawn by the publisher", "bold"))
        for guid in feed.withdrawn:
            line(Cell(f"  {guid}", "dim"))


@click.command(
    short_help="Find the stories among articles of a file, or all anew.",
    epilog="Examples: aggregator group articles.jsonl --json · "
    "aggregator group --again --since 14d --dry-run",
)
@file_argument(required=False)
@click.option("--again", is_flag=True, help="Find the stories of all stored articles anew.")
@click.option("--since", type=Period(), help="With --again: published since: 24h, 3d, date.")
@click.option("--dry-run", is_flag=True, help="With --again: only say what would change.")
@config_option
@json_option
def group(
    *,
    file: Path | None,
    again: bool,
    since: datetime | None,
    dry_run: bool,
    config_path: Path,
    as_json: bool,
) -> int:
    """Find the stories among articles, one JSON object a line, in the order of the file.

    \b
    Keys: id (needed) and any of title, text, source, published (ISO 8601), lang, url.
    Each is answered with its story (the id of the article that began it), relation
    (new, same, copy, rewrite, report, translation), of, score and why.

    With --again and no FILE, the stories of what is stored are found anew, by this version's
    rules and the sources' keys in feeds.yaml. What was put somewhere by hand stays there.
    """
    if again:
        if file is not None:
            raise UsageError("--again is about what is stored; leave out FILE")
        config = load_config(config_path)
        return run_again(config, since=since, dry_run=dry_run, as_json=as_json)
    if file is None:
        raise UsageError("name a FILE, or - for standard input; or give --again for what is stored")
    if since is not None or dry_run:
        raise UsageError(f"{'--dry-run' if since is None else '--since'} goes with --again")
    _group_file(file, as_json=as_json)
    return 0


def _group_file(file: Path, *, as_json: bool) -> None:
    from aggregator.core.cluster import Grouper

    grouper = Grouper()
    for item in _articles(file):
        answer = grouper.add(item)
        if as_json:
            emit_json(_answer_fields(answer))
        else:
            start = answer.of is None
            line(
                Cell(f"{answer.article_id}", "bold"),
                Cell(f"  story {answer.story}", "accent"),
                Cell(f"  {answer.relation.value}", "dim" if start else "good"),
                "" if start else f"  {answer.why}",
            )


def _answer_fields(answer: Assignment) -> dict[str, object]:
    return {
        "id": answer.article_id,
        "story": answer.story,
        "relation": answer.relation,
        "of": answer.of,
        "score": round(answer.score, 4),
        "why": answer.why,
    }


def _articles(file: Path) -> Iterator[GroupInput]:
    import json

    from aggregator.core.fingerprint import fingerprint

    stream = sys.stdin.buffer if str(file) == "-" else file.open("rb")
    seen: set[int | str] = set()
    with stream:
        for number, raw in enumerate(stream, start=1):
            if not raw.strip():
                continue
            where = f"{file}:{number}"
            try:
                fields = json.loads(raw)
            except ValueError as error:
                raise UsageError(f"{where}: this line is no JSON ({error})") from None
            if not isinstance(fields, dict) or not isinstance(fields.get("id"), str | int):
                raise UsageError(f"{where}: needs an object with an “id” (a text or a number)")
            if fields["id"] in seen:
                raise UsageError(f"{where}: the id “{fields['id']}” stands on an earlier line too")
            seen.add(fields["id"])
            title, text = _text(fields, "title", where), _text(fields, "text", where)
            yield GroupInput(
                article_id=fields["id"],
                source=_text(fields, "source", where) or f"#{number}",
                title=title,
                url=_text(fields, "url", where) or None,
                at=_published(fields, where),
                fingerprint=fingerprint(title, text, _text(fields, "lang", where) or None),
            )


def _text(fields: dict[str, Any], key: str, where: str) -> str:
    value = fields.get(key)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UsageError(f"{where}: “{key}” must be a text")
    return value


def _published(fields: dict[str, Any], where: str) -> datetime:
    value = fields.get("published")
    if value is None:
        return datetime(1970, 1, 1, tzinfo=UTC)
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise UsageError(
            f"{where}: “published” must be a time such as 2024-02-07T10:30:00Z"
        ) from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)
