-- The last version of what was deleted and may be made again under its name: what is made then counts on from there, so
-- that nobody who has seen the old one changes the new one.
CREATE TABLE ended_versions (
    tenant_id   uuid NOT NULL REFERENCES tenants ON DELETE CASCADE,
    noun        text NOT NULL CHECK (noun IN ('secret', 'budget')),
    name        text NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
    version     int NOT NULL CHECK (version >= 1),
    PRIMARY KEY (tenant_id, noun, name)
);
CREATE FUNCTION keep_ended_version(tenant uuid, its_noun text, its_name text, its_version int) RETURNS void
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
    AS 'INSERT INTO ended_versions AS e (tenant_id, noun, name, version)
        SELECT t.tenant_id, its_noun, its_name, its_version FROM tenants t WHERE t.tenant_id = tenant
        ON CONFLICT (tenant_id, noun, name) DO UPDATE SET version = GREATEST(e.version, EXCLUDED.version)';
CREATE FUNCTION next_version(tenant uuid, its_noun text, its_name text) RETURNS int
    LANGUAGE sql SET search_path = pg_catalog, public, pg_temp
    AS 'SELECT 1 + COALESCE(max(e.version), 0) FROM ended_versions e WHERE e.tenant_id = tenant AND e.noun = its_noun AND e.name = its_name';
-- Of several who make the same, one goes first; and it is known how far whoever deletes it now has counted.
CREATE FUNCTION secret_counts_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- what a tenant had that goes is not made again
        IF current_user <> 'undertaker' THEN
            PERFORM keep_ended_version(OLD.tenant_id, 'secret', OLD.name, OLD.version);
        END IF;
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'secret', NEW.tenant_id, NEW.name), 0));
    PERFORM FROM secrets s WHERE s.tenant_id = NEW.tenant_id AND s.name = NEW.name FOR NO KEY UPDATE;
    NEW.version := GREATEST(NEW.version, next_version(NEW.tenant_id, 'secret', NEW.name));
    RETURN NEW;
END $$;
CREATE TRIGGER counts_on BEFORE INSERT ON secrets FOR EACH ROW EXECUTE FUNCTION secret_counts_on();
CREATE TRIGGER keeps_its_version AFTER DELETE ON secrets FOR EACH ROW EXECUTE FUNCTION secret_counts_on();
CREATE FUNCTION budget_counts_on() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        -- what a tenant had that goes is not made again
        IF current_user <> 'undertaker' THEN
            PERFORM keep_ended_version(OLD.tenant_id, 'budget', concat_ws('/', OLD.scope, OLD.scope_id, OLD.period), OLD.version);
        END IF;
        RETURN NULL;
    END IF;
    PERFORM pg_advisory_xact_lock(hashtextextended(concat_ws('/', 'budget', NEW.tenant_id, NEW.scope, NEW.scope_id, NEW.period), 0));
    PERFORM FROM budgets b WHERE b.tenant_id = NEW.tenant_id AND b.scope = NEW.scope AND b.scope_id = NEW.scope_id AND b.period = NEW.period FOR NO KEY UPDATE;
    NEW.version := GREATEST(NEW.version, next_version(NEW.tenant_id, 'budget', concat_ws('/', NEW.scope, NEW.scope_id, NEW.period)));
    RETURN NEW;
END $$;
CREATE TRIGGER counts_on BEFORE INSERT ON budgets FOR EACH ROW EXECUTE FUNCTION budget_counts_on();
CREATE TRIGGER keeps_its_version AFTER DELETE ON budgets FOR EACH ROW EXECUTE FUNCTION budget_counts_on();
-- versions go on counting where a secret or a budget is made again
GRANT SELECT, INSERT, UPDATE (version) ON ended_versions TO control_plane;
REVOKE ALL ON FUNCTION keep_ended_version(uuid, text, text, int), next_version(uuid, text, text), secret_counts_on(), budget_counts_on() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION keep_ended_version(uuid, text, text, int), next_version(uuid, text, text) TO control_plane;
ALTER TABLE ended_versions ENABLE ROW LEVEL SECURITY;
ALTER TABLE ended_versions FORCE ROW LEVEL SECURITY;
CREATE POLICY own_tenant ON ended_versions TO control_plane, orchestrator, llm_gateway, lambdas
    USING (tenant_id = current_tenant()) WITH CHECK (tenant_id = current_tenant());
GRANT SELECT, DELETE ON ended_versions TO undertaker;
CREATE POLICY while_deleted ON ended_versions TO undertaker USING (tenant_id = current_tenant() AND (SELECT is_being_deleted()));
