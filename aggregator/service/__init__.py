"""The composition root: configuration → store, fetcher, sandbox, engine, and what they do together.

runtime   builds the parts and takes them down; opening: the store
pump      keeps the engine busy with what the store says is due
update    one pass, for `aggregator update`; leading: what one process at a time does
extracting texts made again, for `aggregator extract --again`
digests   the digests at their hours; editions: what one holds; messages: what a recipient gets;
          digest_sending; digest_now: made and sent by hand; mailing: the mail server
alerts    the watches and channels of feeds.yaml at work; following: matches as they come;
          rehearsing, trial_notices: what a watch would have sent
exporting articles for other programs and for reading; parquet
run       the long-running service; journal: what it logs
beside    what runs in the same process, such as the page; meters, figures: what is counted
shapes    what programs are told, as JSON
presence  how it says that it is alive; status: in a file
"""
