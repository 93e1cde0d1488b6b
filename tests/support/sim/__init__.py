"""A month of publishers in seconds: scripted hosts, the real pipeline and a clock that jumps.

    scenario = cast(days=10, few=True)
    run = simulate(scenario, Path("simulation.db"))
    assert not complaints(run)

clock      an event loop whose time passes while everybody waits
rhythms    when something is published
feeds      what a feed says at a time, and under which validators
sites      what a host answers at a time, be it well or not
kinds      which hosts there are: one table
wire       the fetcher's place: redirects and time-outs as the real one has them; the log
drive      the real pipeline and store, from due time to due time, through restarts
stored     what the store has in the end
bounds     when a feed may be asked again at the earliest, and when at the latest
items      what is stored of what was published, and why the rest is not
checks     what must be true of the log and of the store
figures    how much was asked and how late items were found; a plain poller for comparison
"""

from __future__ import annotations
