DROP INDEX CONCURRENTLY IF EXISTS artifacts_stored;
CREATE INDEX CONCURRENTLY artifacts_stored ON artifacts (tenant_id, created_by) INCLUDE (size) WHERE expired_at IS NULL;
