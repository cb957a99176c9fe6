ALTER TABLE api_keys ADD COLUMN known_to uuid;
