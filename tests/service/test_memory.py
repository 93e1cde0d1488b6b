"""What Python has given back goes back to the system."""

from __future__ import annotations

import subprocess
import sys

import pytest

from aggregator.service import memory

# Blocks of 300 kB: by default glibc serves them from its heap once one of 8 MB has been freed, and
# keeps them there below whatever lies above.
_GROW_AND_SHRINK = """
import sys
from aggregator.service.memory import keep_little

def resident():
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * 4096

if sys.argv[1] == "ours":
    assert keep_little()
bytearray(8_000_000)
start = resident()
blocks = [b"x" * 300_000 for _ in range(400)]
kept = blocks[::40]
del blocks
print(resident() - start)
"""


@pytest.mark.skipif(not memory.keep_little(), reason="another C library than glibc")
def test_large_blocks_go_back_at_once() -> None:
    left = {
        how: int(
            subprocess.run(
                [sys.executable, "-c", _GROW_AND_SHRINK, how],
                capture_output=True,
                check=True,
                text=True,
            ).stdout
        )
        for how in ("ours", "default")
    }
    assert left["ours"] < 10_000_000 < left["default"]
