-- What PostgreSQL knows of the digests in the new indexes it learns here.
ANALYZE audit_log;
ANALYZE platform_audit;
