-- An agent's tool may ask for a person's approval of each call: the request has the call, and a step may have several.
ALTER TABLE approvals ADD COLUMN turn int CHECK (turn >= 0),
    ADD COLUMN tool_call_id text CHECK (length(tool_call_id) >= 1),
    ADD COLUMN tool text,
    ADD COLUMN arguments jsonb CHECK (jsonb_typeof(arguments) = 'object'),
    ADD COLUMN call_digest bytea CHECK (length(call_digest) = 32);
ALTER TABLE approvals DROP CONSTRAINT approvals_tenant_id_step_id_key,
    ADD CONSTRAINT approvals_asked UNIQUE NULLS NOT DISTINCT (tenant_id, step_id, turn, tool_call_id),
    ADD CONSTRAINT approvals_call CHECK (num_nonnulls(turn, tool_call_id, tool, arguments, call_digest) IN (0, 5));
