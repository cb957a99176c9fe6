DROP INDEX CONCURRENTLY IF EXISTS api_keys_known_before;
CREATE INDEX CONCURRENTLY api_keys_known_before ON api_keys (tenant_id) WHERE known_before IS NOT NULL;
