DROP INDEX CONCURRENTLY IF EXISTS users_left;
CREATE INDEX CONCURRENTLY users_left ON users (left_tenant_id) WHERE left_tenant_id IS NOT NULL;
