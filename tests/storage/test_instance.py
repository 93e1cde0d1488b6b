from __future__ import annotations

import os
import resource
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from aggregator.errors import InstanceRunning, StorageError
from aggregator.storage.sqlite import instance_lock

CHILD = """
import sys, time
from pathlib import Path
from aggregator.storage.instance import instance_lock
with instance_lock(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with instance_lock(path):
        with pytest.raises(
            InstanceRunning, match=f"process {os.getpid()}\\) .* since 20"
        ) as caught:
            instance_lock(path).__enter__()
        assert caught.value.pid == os.getpid()
        with instance_lock(tmp_path / "other.db"):
            pass
    with instance_lock(path):
        pass


def test_it_is_freed_by_an_error(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with pytest.raises(ZeroDivisionError), instance_lock(path):
        _ = 1 // 0
    with instance_lock(path):
        pass


def test_a_holder_that_has_not_said_its_name(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with instance_lock(path):
        path.with_name("news.db.lock").write_text("")
        with pytest.raises(InstanceRunning, match="another aggregator works") as caught:
            instance_lock(path).__enter__()
        assert caught.value.pid is None


def test_on_a_full_disk_it_is_held_without_a_name(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, before[1]))
    try:
        with instance_lock(path), pytest.raises(InstanceRunning) as caught:
            instance_lock(path).__enter__()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert caught.value.pid is None


def test_no_directory(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match="cannot be made"):
        instance_lock(tmp_path / "none" / "news.db").__enter__()


def test_the_system_frees_it_when_its_holder_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "news.db"
    with subprocess.Popen(
        [sys.executable, "-c", CHILD, str(path)], stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == "held\n"
        with pytest.raises(InstanceRunning) as caught:
            instance_lock(path).__enter__()
        assert caught.value.pid == child.pid
        child.send_signal(signal.SIGKILL)
    with instance_lock(path):
        pass
