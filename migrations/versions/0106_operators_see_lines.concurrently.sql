DROP INDEX CONCURRENTLY IF EXISTS dead_letters_of_all;
CREATE INDEX CONCURRENTLY dead_letters_of_all ON dead_letters (died_at, dead_letter_id);
