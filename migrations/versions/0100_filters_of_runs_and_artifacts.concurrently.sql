-- Each by itself, while rows are read and written. What a run that was broken off has left of an index goes first.
DROP INDEX CONCURRENTLY IF EXISTS runs_started_by;
CREATE INDEX CONCURRENTLY runs_started_by ON runs (tenant_id, started_by, created_at DESC, run_id DESC);
DROP INDEX CONCURRENTLY IF EXISTS artifacts_newest;
CREATE INDEX CONCURRENTLY artifacts_newest ON artifacts (tenant_id, created_at, artifact_id);
DROP INDEX CONCURRENTLY IF EXISTS artifacts_by_status;
CREATE INDEX CONCURRENTLY artifacts_by_status ON artifacts (tenant_id, status, created_at, artifact_id);
DROP INDEX CONCURRENTLY IF EXISTS artifacts_left_by_run;
CREATE INDEX CONCURRENTLY artifacts_left_by_run ON artifacts (tenant_id, run_id, created_at, artifact_id) WHERE run_id IS NOT NULL;
DROP INDEX CONCURRENTLY IF EXISTS artifacts_of_run;
