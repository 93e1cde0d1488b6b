"""A feeds.yaml before and after one of its lists is edited: read, understood, compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from aggregator.config import Config, interpret, read
from aggregator.config.document import Unreadable
from aggregator.config.edits import CannotEdit
from aggregator.config.tree import Flaw, Node
from aggregator.errors import ConfigError, UsageError

Edit = TypeVar("Edit")


@dataclass(frozen=True, slots=True)
class Version:
    """A text of the file as YAML."""

    text: str
    tree: Node | None
    flaws: Sequence[Flaw]
    section: str
    """The key of the list."""

    def listed(self) -> list[object]:
        """Its entries as they are written."""
        section = self.tree.child(self.section) if self.tree else None
        plain = section.plain() if section else None
        return plain if isinstance(plain, list) else []

    def others(self) -> object:
        """All but the list."""
        plain = self.tree.plain() if self.tree else None
        if isinstance(plain, dict):
            return {key: value for key, value in plain.items() if key != self.section}
        return plain or {}

    def lists_nothing(self) -> bool:
        """Whether the list is only not begun yet, which is no mistake when something is added."""
        if self.tree is None or self.tree.value is None:
            return True
        section = self.tree.child(self.section)
        return isinstance(self.tree.value, dict) and (section is None or not section.value)


@dataclass(frozen=True, slots=True)
class EditedFile:
    """How the texts of one file are read, of which one list is edited."""

    path: Path
    environ: Mapping[str, str]
    section: str
    """The key of the list."""
    plain: Callable[[object], object] = lambda entry: entry
    """An entry with what it says by leaving it out."""
    thorough: bool = False
    """Whether what is slow to look up is looked up, too: what is edited may be such."""

    def read(self, text: str) -> Version:
        """Raises ConfigError."""
        return Version(text, *read(text, file=str(self.path)), self.section)

    def config(self, version: Version) -> Config:
        """Raises ConfigError."""
        return interpret(
            version.tree,
            version.flaws,
            file=str(self.path),
            folder=self.path.absolute().parent,
            environ=self.environ,
            thorough=self.thorough,
        )

    def edited(
        self, version: Version, edit: Callable[[str, Edit, Node | None], str], what: Edit
    ) -> str:
        """The new text; raises UsageError."""
        try:
            return edit(version.text, what, version.tree)
        except CannotEdit as error:
            raise self._refusal(str(error)) from None
        except Unreadable as error:
            raise self._refusal(error.flaw.message) from None

    def check(
        self,
        old: Version,
        text: str,
        wanted: Iterable[object],
        *,
        called: Callable[[str], str] | None = None,
    ) -> Config:
        """What the new text means, in which the list must be `wanted` and all else as it was.

        Raises UsageError, which is about what was said of a new entry when that is wrong: `called`
        is how whoever said it calls a key of that. None: nothing is new.
        """
        try:
            new = self.read(text)
            same = new.others() == old.others()
            if not (same and [*map(self.plain, new.listed())] == [*map(self.plain, wanted)]):
                raise self._refusal("other parts of the file would change with it")
            return self.config(new)
        except ConfigError as error:
            first = error.problems[0]
            if called is not None and first.key.startswith(f"{self.section}["):
                key = called(first.key.partition("].")[2] or first.key)
                raise UsageError(f"{key} {first.message}; nothing was added") from None
            why = f"{first.key} {first.message}" if first.key else first.message
            raise self._refusal(why) from None

    def _refusal(self, why: str) -> UsageError:
        return UsageError(f"{self.path} stays as it is: {why}. Make this change in the file itself")
