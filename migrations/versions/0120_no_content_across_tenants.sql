-- Who looks across tenants reads what they look for, and no content, no words and no secrets of any.
-- A REVOKE of a whole table takes grants of its columns too, which the next lines give.
REVOKE SELECT ON tenants FROM key_lookup;
GRANT SELECT (tenant_id, suspended_at) ON tenants TO key_lookup;
REVOKE SELECT ON tenants FROM registry;
GRANT SELECT (tenant_id, name, time_zone, settings, created_at, suspended_at, contact_email, suspended_reason, version) ON tenants TO registry;
REVOKE SELECT ON kill_switches FROM timekeeper;
GRANT SELECT (tenant_id) ON kill_switches TO timekeeper;
REVOKE SELECT, UPDATE ON outbox FROM relay;
GRANT SELECT (outbox_id, tenant_id, run_id, step_id, kind, payload, not_before, attempts, leased_until), DELETE, UPDATE (attempts, leased_until, last_error) ON outbox TO relay;
REVOKE SELECT ON runs, steps, released_parts FROM sweeper;
GRANT SELECT (tenant_id, run_id, generation, status, pause_reason, timeout_seconds, clock_used, clock_since, hard_deadline, awaits_approval, progressed_at, ended_at) ON runs TO sweeper;
GRANT SELECT (tenant_id, run_id, step_id, status, lease_expires_at, deadline_at, wait_reason, ended_at) ON steps TO sweeper;
GRANT SELECT (tenant_id) ON released_parts TO sweeper;
