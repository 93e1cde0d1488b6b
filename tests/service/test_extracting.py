"""Texts made again, as a process does it: who may, of which sources, and who finds the stories."""

from __future__ import annotations

import io
import json
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from aggregator.config import Config, parse
from aggregator.errors import InstanceRunning, UsageError
from aggregator.logs import configure
from aggregator.pipeline import TextFetched, TextsMadeAgain
from aggregator.service.extracting import extract_again
from aggregator.service.journal import event_happened
from aggregator.service.leading import leading
from aggregator.service.runtime import open_runtime
from aggregator.storage.backends import alone, open_storage
from aggregator.storage.protocol import LEADER
from aggregator.types import PageKind, PostgresUrl, TextOrigin, TextState


def configured(storage: str | Path, *, keep_pages: str = "7d") -> Config:
    text = f"storage: {storage}\nkeep_pages: {keep_pages}\nsources: [https://example.org/feed]\n"
    return parse(text, file="feeds.yaml", folder=Path(), environ={})


@pytest.mark.anyio
async def test_a_file_is_for_one_process(tmp_path: Path) -> None:
    config = configured(tmp_path / "aggregator.db")
    report = await extract_again(config)
    assert (report.seen, report.left_to_leader) == (0, False)
    with alone(tmp_path / "aggregator.db"), pytest.raises(InstanceRunning):
        await extract_again(config)


@pytest.mark.anyio
async def test_a_source_that_is_unknown_is_said(tmp_path: Path) -> None:
    config = configured(tmp_path / "aggregator.db")
    assert (await extract_again(config, sources=["example"])).seen == 0
    with pytest.raises(UsageError, match="no source is called “Gazette”"):
        await extract_again(config, sources=["Gazette"])


@pytest.mark.anyio
async def test_beside_a_leader_the_stories_are_left_to_it(postgres_url: str) -> None:
    config = configured(postgres_url)
    with closing(open_storage(PostgresUrl(postgres_url))) as other:
        role = other.role(LEADER)
        assert role.take()
        assert (await extract_again(config)).left_to_leader
        role.drop()
        assert not (await extract_again(config)).left_to_leader
        async with leading(other) as leads:
            assert leads
            assert (await extract_again(config)).left_to_leader


@pytest.mark.anyio
async def test_whether_pages_are_kept_changes_with_the_configuration(tmp_path: Path) -> None:
    path = tmp_path / "aggregator.db"
    async with open_runtime(configured(path), report=lambda _: None) as runtime:
        kept = [runtime.pipeline.keep_pages]
        await runtime.reconfigured(configured(path, keep_pages="0s"))
        kept.append(runtime.pipeline.keep_pages)
        assert kept == [True, False]
        assert runtime.config.keep_pages == timedelta()
        assert runtime.clean_up().pages == 0


def test_the_log_says_what_a_page_was() -> None:
    stream = io.StringIO()
    configure(level="debug", style="json", stream=stream)
    try:
        event_happened(
            TextFetched(
                article_id=1,
                title="Ferry",
                url="https://example.org/ferry",
                state=TextState.RETRY,
                kind=PageKind.CONSENT,
                origin=TextOrigin.SUMMARY,
                words=3,
                error="It asks for consent.",
            )
        )
        event_happened(TextsMadeAgain(host="example.org", seen=9, changed=8, failed=0))
    finally:
        configure(level="warning", style="json")
    page, again = map(json.loads, stream.getvalue().splitlines())
    assert (page["event"], page["level"]) == ("page", "warning")
    assert (page["kind"], page["origin"], page["state"]) == ("consent", "summary", "retry")
    assert page["error"] == "It asks for consent."
    assert (again["host"], again["articles"], again["changed"]) == ("example.org", 9, 8)
