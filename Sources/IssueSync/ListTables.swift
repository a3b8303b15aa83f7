import Store

/// What lists and figures stand on, so that a page costs the same however many issues there are.
enum ListTables {
  static let migration = Migration(
    "20261123-0900-issue-lists",
    """
    -- One for each order of the list. The columns behind the id are those that filters look at: what a filter leaves out is
    -- left out without reading the issue itself.
    CREATE INDEX issues_in_edited_order ON issues
      (guild_id, is_removed, is_closed, is_fixed, edited_at, id, status, priority, assignee, mapping_id, number, title);
    CREATE INDEX issues_in_reported_order ON issues
      (guild_id, is_removed, is_closed, is_fixed, reported_at, id, status, priority, assignee, mapping_id, number, title);
    CREATE INDEX issues_in_priority_order ON issues
      (guild_id, is_removed, is_closed, is_fixed, priority, id, status, assignee, mapping_id, number, title);
    CREATE INDEX issues_in_status_order ON issues
      (guild_id, is_removed, is_closed, is_fixed, status, id, priority, assignee, mapping_id, number, title);
    -- And for filters that leave little.
    CREATE INDEX issues_of_status ON issues (guild_id, is_removed, status, id);
    CREATE INDEX issues_of_priority ON issues (guild_id, is_removed, priority, id);
    CREATE INDEX issues_of_assignee ON issues (guild_id, is_removed, assignee, id);

    CREATE TABLE issue_edits (
      id TEXT PRIMARY KEY,
      issue_id TEXT NOT NULL REFERENCES issues (id) ON DELETE CASCADE,
      part TEXT NOT NULL,
      before TEXT NOT NULL,
      after TEXT NOT NULL,
      edited_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX issue_edits_by_issue ON issue_edits (issue_id, id);

    ALTER TABLE issue_changes ADD COLUMN origin TEXT NOT NULL DEFAULT 'discord' CHECK (origin IN ('discord', 'panel'));
    ALTER TABLE issue_changes ADD COLUMN reason TEXT;

    UPDATE jobs SET guild_id = (SELECT guild_id FROM issues WHERE issues.id = substr(jobs.lane, 7))
    WHERE guild_id IS NULL AND lane LIKE 'issue:%';

    \(counts)
    """)

  /// How many issues of a mapping there are, by what they say. Triggers keep the numbers, because whatever changes an issue
  /// changes them: a reading, a click, the removal of a mapping. They see each issue through `issue_tally`, with 1 or -1.
  private static let counts = """
    CREATE TABLE issue_counts (
      mapping_id TEXT NOT NULL REFERENCES sync_mappings (id) ON DELETE CASCADE,
      facet TEXT NOT NULL,
      ending TEXT NOT NULL CHECK (ending IN ('open', 'fixed', 'closed')),
      value TEXT NOT NULL,
      number INTEGER NOT NULL,
      PRIMARY KEY (mapping_id, facet, ending, value)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX issue_counts_of_nothing ON issue_counts (number) WHERE number = 0;

    CREATE VIEW issue_tally AS
      SELECT mapping_id, status, priority, assignee,
        CASE WHEN is_fixed = 1 THEN 'fixed' WHEN is_closed = 1 THEN 'closed' ELSE 'open' END AS ending,
        reported_at, fixed_at, 1 AS step
      FROM issues WHERE is_removed = 0;

    CREATE TRIGGER issue_tally_counts INSTEAD OF INSERT ON issue_tally BEGIN
      INSERT INTO issue_counts (mapping_id, facet, ending, value, number) VALUES
        (NEW.mapping_id, 'status', NEW.ending, NEW.status, NEW.step),
        (NEW.mapping_id, 'priority', NEW.ending, NEW.priority, NEW.step),
        (NEW.mapping_id, 'assignee', NEW.ending, NEW.assignee, NEW.step),
        (NEW.mapping_id, 'opened', 'open', NEW.reported_at / 86400000, NEW.step)
      ON CONFLICT (mapping_id, facet, ending, value) DO UPDATE SET number = number + excluded.number;
      INSERT INTO issue_counts (mapping_id, facet, ending, value, number)
      SELECT NEW.mapping_id, 'fixed', 'fixed', NEW.fixed_at / 86400000, NEW.step WHERE NEW.fixed_at IS NOT NULL
      UNION ALL
      -- Quarters of an hour up to two days, days up to two months, then weeks.
      SELECT NEW.mapping_id, 'took', 'fixed',
        CASE WHEN quarters < 0 THEN 0 WHEN quarters < 192 THEN quarters WHEN quarters < 5760 THEN quarters / 96 * 96
          ELSE quarters / 672 * 672 END, NEW.step
      FROM (SELECT (NEW.fixed_at - NEW.reported_at) / 900000 AS quarters) WHERE quarters IS NOT NULL
      ON CONFLICT (mapping_id, facet, ending, value) DO UPDATE SET number = number + excluded.number;
      DELETE FROM issue_counts WHERE number = 0;
    END;

    CREATE TRIGGER issues_counted_when_new AFTER INSERT ON issues WHEN NEW.is_removed = 0 BEGIN
      INSERT INTO issue_tally \(tally("NEW", 1));
    END;
    CREATE TRIGGER issues_counted_when_changed AFTER UPDATE ON issues
    WHEN (OLD.mapping_id, OLD.status, OLD.priority, OLD.assignee, OLD.is_fixed, OLD.is_closed, OLD.is_removed,
        OLD.reported_at)
        <> (NEW.mapping_id, NEW.status, NEW.priority, NEW.assignee, NEW.is_fixed, NEW.is_closed, NEW.is_removed,
        NEW.reported_at)
      OR OLD.fixed_at IS NOT NEW.fixed_at
    BEGIN
      INSERT INTO issue_tally \(tally("OLD", -1));
      INSERT INTO issue_tally \(tally("NEW", 1));
    END;
    -- The numbers of a mapping that is removed go with it.
    CREATE TRIGGER issues_counted_when_gone AFTER DELETE ON issues
    WHEN EXISTS (SELECT 1 FROM sync_mappings WHERE id = OLD.mapping_id)
    BEGIN
      INSERT INTO issue_tally \(tally("OLD", -1));
    END;

    INSERT INTO issue_tally SELECT * FROM issue_tally;
    """
  /// A row of `issue_tally` in a trigger.
  private static func tally(_ row: String, _ step: Int) -> String {
    """
    SELECT \(row).mapping_id, \(row).status, \(row).priority, \(row).assignee,
      CASE WHEN \(row).is_fixed = 1 THEN 'fixed' WHEN \(row).is_closed = 1 THEN 'closed' ELSE 'open' END,
      \(row).reported_at, \(row).fixed_at, \(step) WHERE \(row).is_removed = 0
    """
  }
}
