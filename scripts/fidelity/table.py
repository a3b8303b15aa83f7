"""What was checked, in one table."""

import collections


class Table:
    def __init__(self):
        self.lines = []
        self.notes = collections.OrderedDict()

    def add(self, name, verdicts):
        """`verdicts`: ("passed" | "explained" | "failed", subject, sentences) each."""
        counts = collections.Counter(verdict for verdict, _, _ in verdicts)
        self.lines.append((name, len(verdicts), counts["passed"], counts["explained"], counts["failed"]))
        for verdict, subject, sentences in verdicts:
            if verdict != "passed":
                for sentence in sentences[:3]:
                    key = (verdict, name, subject, sentence)
                    self.notes[key] = self.notes.get(key, 0) + 1

    def skip(self, name, reason):
        self.lines.append((name, reason))

    @property
    def holds(self):
        return not any(line[4] for line in self.lines if len(line) > 2)

    def print(self):
        print("  %-58s %8s %8s %10s %8s" % ("", "checked", "passed", "explained", "failed"))
        for line in self.lines:
            if len(line) == 2:
                print("- %-58s %s" % line)
            else:
                print("%s %-58s %8d %8d %10d %8d" % (("✗" if line[4] else "✓"), *line))
        for (verdict, name, subject, sentence), count in self.notes.items():
            if verdict == "failed":
                print("✗ %s · %s%s: %s" % (name, subject, " (%d times)" % count if count > 1 else "", sentence))
