-- Takes back what a run of clicks did, so that the next one starts from the same state.
UPDATE issues SET fixing_by = NULL, fixing_since = NULL WHERE fixing_by IS NOT NULL;
UPDATE discord_messages SET shown_hash = 'shown' WHERE shown_hash IS NULL;
DELETE FROM jobs WHERE state = 'ready';
DELETE FROM interactions WHERE id NOT LIKE '13%';
