"""What the engine asks procrastinate's tables beyond the library's own functions.

Each is one statement, so that none needs a transaction. Tables are found by the search_path.
"""

from __future__ import annotations

SETTINGS = """
SET synchronous_commit TO off; SET enable_seqscan TO off; SET enable_sort TO off; SET jit TO off
"""
"""No job waits for the server's disk: what a crash takes back is deferred, or deleted, again. And
statistics never know how long the queue is now, nor how many dead rows it has: without indexes,
taking a job was measured to cost twice as much with 100 that wait, seven times with 3,000."""

BEGIN = """
SET LOCAL synchronous_commit TO on;
DROP INDEX IF EXISTS engine_jobs_key;
"""
"""Before a script of the library, which may change what the index is on. Tables, unlike jobs, are
not made again after a crash."""

END = """
;
CREATE UNIQUE INDEX engine_jobs_key ON procrastinate_jobs (queueing_lock)
    WHERE status IN ('todo', 'doing');
"""
"""No job waits or is under way twice; the library's own index is for those that wait."""

DEFER = """
INSERT INTO procrastinate_jobs (queue_name, task_name, lock, queueing_lock, args)
SELECT new.queue, new.task, new.lock, new.key, new.args::jsonb
  FROM unnest(
       %(queues)s::text[], %(tasks)s::text[], %(locks)s::text[], %(keys)s::text[], %(args)s::text[]
       ) AS new (queue, task, lock, key, args)
 ORDER BY new.key
    ON CONFLICT DO NOTHING
"""
"""All that neither wait nor are under way, in one round trip. The library's own way to defer many
is all or nothing, and has to be asked again for each when one of them waits already. In the order
of keys, so that two who defer the same at once wait for each other instead of locking up."""

DEPTH = """
SELECT count(*) FILTER (WHERE status = 'todo') AS waiting,
       count(*) FILTER (WHERE status = 'doing') AS running
  FROM procrastinate_jobs
 WHERE queue_name = %(queue)s
"""

FINISH = "DELETE FROM procrastinate_jobs WHERE id = %(job)s"
"""The library's own raises for a job that has been swept meanwhile."""

HEARTBEAT = """
WITH strays AS (
    DELETE FROM procrastinate_jobs
     WHERE worker_id = %(worker)s AND status = 'doing' AND id <> ALL (%(held)s::bigint[])
)
INSERT INTO procrastinate_workers (id) OVERRIDING SYSTEM VALUE VALUES (%(worker)s)
    ON CONFLICT (id) DO UPDATE SET last_heartbeat = now()
"""
"""Also brings back a worker that was taken for dead, and deletes jobs that are in its name although
it does not have them: those whose start or end got lost with a connection, or in a crash."""

FAREWELL = """
WITH strays AS (
    DELETE FROM procrastinate_jobs WHERE worker_id = %(worker)s AND status = 'doing'
)
DELETE FROM procrastinate_workers WHERE id = %(worker)s
"""

SWEEP = """
WITH dead AS (
    DELETE FROM procrastinate_workers
     WHERE last_heartbeat < now() - make_interval(secs => %(seconds)s)
    RETURNING id
)
DELETE FROM procrastinate_jobs
 WHERE status = 'doing' AND (worker_id IS NULL OR worker_id IN (SELECT id FROM dead))
"""
"""Dead workers and what was under way there. Deleted, not retried: what is still due is deferred
again, and nothing waits behind its locks."""
