"""Whether the process is alive and ready, said to everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any

import httpx
import pytest
from webhouse import House, served

from aggregator.storage.protocol import Storage
from aggregator.web.app import create_app
from aggregator.web.health import STUCK


def said(client: httpx.Client, path: str) -> tuple[int, str]:
    answer = client.get(path)
    assert answer.headers["content-type"].startswith("text/plain")
    assert answer.headers["cache-control"] == "no-store"
    return answer.status_code, answer.text.strip()


def test_a_process_that_answers_is_alive(web: House) -> None:
    assert said(web.client, "/healthz") == (200, "alive")
    assert web.client.head("/healthz").status_code == 200


def test_it_is_ready_while_the_service_looks_for_work(web: House) -> None:
    now = 0.0
    meters = web.site.meters
    meters.timer = lambda: now
    assert said(web.client, "/readyz") == (
        503,
        "not ready: the service has not begun to poll",
    )
    meters.ticked()
    assert said(web.client, "/readyz") == (200, "ready")
    now = STUCK.total_seconds() + 1
    status, sentence = said(web.client, "/readyz")
    assert (status, sentence) == (503, "not ready: the service has stopped looking for work")
    assert said(web.client, "/healthz") == (200, "alive")


def test_a_process_that_only_serves_the_page_needs_no_service(web: House) -> None:
    with other(web, polls=False) as client:
        assert said(client, "/readyz") == (200, "ready")


def test_without_its_database_it_is_alive_and_not_ready(web: House) -> None:
    web.storage.close()
    assert said(web.client, "/readyz") == (503, "not ready: the database cannot be read")
    assert said(web.client, "/healthz") == (200, "alive")


def test_both_are_open_to_whoever_asks_by_whatever_name(web: House) -> None:
    web.storage.set_password_hash("$argon2id$none")
    web.site.meters.ticked()
    for path in ("/healthz", "/readyz"):
        for headers in ({}, {"Host": "10.1.2.3"}, {"Authorization": "Bearer unknown"}):
            assert web.client.get(path, headers=headers).status_code == 200
    assert web.client.get("/metrics").status_code == 401


class Hanging:
    """A store whose database says nothing until the test is over."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.over = threading.Event()
        self.asked = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._storage, name)

    def created_at(self) -> datetime | None:
        self.asked += 1
        self.over.wait()
        return self._storage.created_at()


@pytest.mark.timeout(30)
def test_a_database_that_does_not_answer_takes_one_thread_however_often_it_is_asked(
    web: House,
) -> None:
    hanging = Hanging(web.storage)
    try:
        with other(web, polls=False, storage=hanging) as client:
            for _ in range(2):
                assert said(client, "/readyz") == (503, "not ready: the database does not answer")
            assert hanging.asked == 1
            assert said(client, "/healthz") == (200, "alive")
            hanging.over.set()
            assert said(client, "/readyz") == (200, "ready")
    finally:
        hanging.over.set()


@contextmanager
def other(web: House, **changes: Any) -> Iterator[httpx.Client]:
    """Another application over the same store."""
    app = create_app(replace(web.site, **changes))
    with served(app) as base, httpx.Client(base_url=base, timeout=30) as client:
        yield client
