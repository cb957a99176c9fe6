-- Each by itself, while rows are read and written. What a run that was broken off has left of an index goes first. Those of
-- the beginning of a target go: no tenant's read could use them.
DROP INDEX CONCURRENTLY IF EXISTS audit_log_of_target;
CREATE INDEX CONCURRENTLY audit_log_of_target ON audit_log (tenant_id, md5(target), audit_id);
DROP INDEX CONCURRENTLY IF EXISTS platform_audit_of_target;
CREATE INDEX CONCURRENTLY platform_audit_of_target ON platform_audit (md5(target), audit_id);
DROP INDEX CONCURRENTLY IF EXISTS audit_log_by_target;
DROP INDEX CONCURRENTLY IF EXISTS platform_audit_by_target;
