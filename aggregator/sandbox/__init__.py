"""Untrusted documents are read in child processes, with a deadline and a memory limit.

feedparser and trafilatura can be made to run for minutes and to fill the memory by documents of a
few megabytes. `Sandbox` runs them where that harms one document and nothing else; `InlineSandbox`
does the same work in this process, for tests and for documents that the user has at hand.
"""

from aggregator.sandbox.inline import InlineSandbox
from aggregator.sandbox.pool import Sandbox
from aggregator.sandbox.protocol import SandboxProtocol

__all__ = ("InlineSandbox", "Sandbox", "SandboxProtocol")
