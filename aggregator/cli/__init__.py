"""The command line. Thin: parse arguments, call, print. One module a group of commands."""

from __future__ import annotations

import errno
import os
import sys

import click

from aggregator.cli.group import COMMANDS, LazyGroup
from aggregator.cli.output import complain, note
from aggregator.errors import AggregatorError

CRASHED = 70
"""EX_SOFTWARE of sysexits.h: an error of ours."""
UNWRITTEN = 2
INTERRUPTED = 130


@click.command(
    cls=LazyGroup,
    commands_at=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Exit codes: 0 done · 1 failed · 2 wrong usage or configuration · 4 database · "
    "5 already running · 6 mail · 70 an error of ours · 130 interrupted",
)
@click.option(
    "-c",
    "--config",
    type=click.Path(dir_okay=False),
    envvar="AGGREGATOR_CONFIG",
    default="feeds.yaml",
    show_default=True,
    help="The configuration file (or AGGREGATOR_CONFIG).",
)
@click.version_option(package_name="aggregator", message="%(prog)s %(version)s")
@click.pass_context
def cli(context: click.Context, config: str) -> None:
    """Follow news sources and see each story once, with every outlet that ran it.

    \b
    Begin with:
      aggregator init            write a feeds.yaml
      aggregator update          fetch everything once
      aggregator stories         what is being reported, and by whom first
      aggregator search WORDS    find articles
      aggregator run             keep going, until stopped
    """
    context.obj = config


def main() -> None:
    """Run the command line and exit. Whatever happens becomes one line and an exit code."""
    sys.exit(_run())


def _run() -> int:
    stdout = sys.stdout
    try:
        result = cli.main(standalone_mode=False)
    except (Exception, KeyboardInterrupt) as error:
        if os.environ.get("AGGREGATOR_DEBUG") and not isinstance(error, click.ClickException):
            raise
        return _explain(error)
    except SystemExit as leaving:
        # A pipe that is closed makes rich, and click, which replaces stdout, exit with 1: failed.
        if sys.stdout is stdout and not isinstance(leaving.__context__, BrokenPipeError):
            raise
        return _explain(BrokenPipeError())
    return result if isinstance(result, int) else 0


def _explain(error: BaseException) -> int:
    """One line on stderr, and the exit code that goes with it."""
    match error:
        case click.exceptions.NoArgsIsHelpError():
            error.show()
            code = error.exit_code
        case click.ClickException():
            complain(error.format_message())
            if isinstance(error, click.UsageError) and error.ctx is not None:
                note(f"`{error.ctx.command_path} --help` explains it.")
            code = error.exit_code
        case AggregatorError():
            complain(str(error))
            code = error.exit_code
        case KeyboardInterrupt() | click.exceptions.Abort():
            complain("stopped; what was finished is kept")
            code = INTERRUPTED
        case BrokenPipeError():
            _write_no_more()  # the reader has seen enough (`| head`)
            code = 0
        case OSError(errno=errno.ENOSPC):
            complain("the output cannot be written: there is no room for it on the disk")
            code = UNWRITTEN
        case _:
            complain(
                f"an error of ours: {type(error).__name__}: {error}; "
                "set AGGREGATOR_DEBUG=1 to see where, and please report it"
            )
            code = CRASHED
    try:
        sys.stdout.flush()
    except OSError:
        _write_no_more()
    return code


def _write_no_more() -> None:
    """Not even what waits for the exit, which would fail again and change the exit code."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
