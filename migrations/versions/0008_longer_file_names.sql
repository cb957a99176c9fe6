-- A file's name is any path that a file system can hold below a folder: counted in bytes, parts included.
ALTER TABLE artifacts DROP CONSTRAINT artifacts_name_check;
ALTER TABLE artifacts ADD CONSTRAINT artifacts_name_check CHECK (octet_length(name) BETWEEN 1 AND 1000);
