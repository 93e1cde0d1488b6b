"""No floor is lowered silently: the file against what git knows of it."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from benchmarks.floors_file import parse, unexplained

MAIN = ("origin/HEAD", "origin/main", "main")
"""Where a branch may have begun."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    against: tuple[str, ...]
    """The commits, as a reader knows them; empty: git knows no older version."""
    problems: tuple[str, ...]
    """A sentence each."""


def check(path: Path) -> Checked:
    """Compare with the last commit, its first parent, and where the branch began."""
    against, problems = [], list[str]()
    try:
        now = parse(path.read_text(encoding="utf-8") if path.exists() else "")
    except ValueError as error:
        return Checked(against=(), problems=(f"{path.name} cannot be read: {error}.",))
    for label, commit in _versions(path):
        text = _git(path, "show", f"{commit}:./{path.name}")
        if text is None:
            continue
        try:
            old = parse(text)
        except ValueError:
            continue  # whoever committed that was told so then
        against.append(label)
        problems += [f"Against {label}: {sentence}" for sentence in unexplained(old, now)]
    return Checked(against=tuple(against), problems=tuple(problems))


def _versions(path: Path) -> Iterator[tuple[str, str]]:
    """Each commit once."""
    candidates = [("the last commit", "HEAD"), ("its first parent", "HEAD^1")]
    bases = ((ref, _git(path, "merge-base", "HEAD", ref)) for ref in MAIN)
    candidates += [(f"where the branch left {ref}", base.strip()) for ref, base in bases if base]
    seen = set()
    for label, name in candidates:
        commit = (
            _git(path, "rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") or ""
        ).strip()
        if commit and commit not in seen:
            seen.add(commit)
            yield label, commit


def _git(path: Path, *arguments: str) -> str | None:
    """What it prints; None: it fails, or there is none."""
    # A hook's variables name the repository by paths that hold in its own folder only.
    env = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=path.parent, env=env, capture_output=True, check=False
        )
    except OSError:
        return None
    return done.stdout.decode(errors="replace") if done.returncode == 0 else None
