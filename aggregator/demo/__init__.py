"""A small press on the loopback interface: outlets, feeds and pages to try the aggregator on.

The week of 5 February 2024 is replayed as if it were now. Persons, firms and places are invented
but for a few public figures in news of protocol.
"""
