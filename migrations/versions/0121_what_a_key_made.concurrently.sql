DROP INDEX CONCURRENTLY IF EXISTS invitations_by_key;
CREATE INDEX CONCURRENTLY invitations_by_key ON invitations (tenant_id, by_key) WHERE by_key IS NOT NULL;
