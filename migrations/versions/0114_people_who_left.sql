ALTER TABLE users VALIDATE CONSTRAINT users_left_tenant_id_fkey;
