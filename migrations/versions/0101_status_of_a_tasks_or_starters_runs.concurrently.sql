-- A task that has never failed has no such run to find: without the status in the index all of its runs were read.
DROP INDEX CONCURRENTLY IF EXISTS runs_of_task_by_status;
CREATE INDEX CONCURRENTLY runs_of_task_by_status ON runs (tenant_id, task_id, status, created_at DESC, run_id DESC);
DROP INDEX CONCURRENTLY IF EXISTS runs_started_by_status;
CREATE INDEX CONCURRENTLY runs_started_by_status ON runs (tenant_id, started_by, status, created_at DESC, run_id DESC);
