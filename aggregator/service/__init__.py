"""The composition root: configuration → store, fetcher, sandbox, engine, and what they do together.

runtime   builds the parts and takes them down
pump      keeps the engine busy with what the store says is due
update    one pass, for `aggregator update`
digests   prepares and sends the daily digest
run       the long-running service
status    the status file that health checks read
"""
