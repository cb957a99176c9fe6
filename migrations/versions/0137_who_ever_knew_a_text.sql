ALTER TABLE api_keys ADD COLUMN known_before uuid[], ADD COLUMN parted_at timestamptz;
ALTER TABLE webhooks ADD COLUMN secret_by_key uuid, ADD COLUMN previous_by_key uuid;
ALTER TABLE triggers ADD COLUMN previous_by_key uuid;
