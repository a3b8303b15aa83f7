-- Takes back what a run of clicks did, so that the next one starts from the same state.
DELETE FROM issue_changes WHERE state = 'pending';
UPDATE discord_messages SET shown_hash = printf('%064d', intended_at), answered_at = 0 WHERE shown_hash IS NULL;
DELETE FROM jobs WHERE state = 'ready';
DELETE FROM interactions WHERE id NOT LIKE '13%';
