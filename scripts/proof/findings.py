"""A table of what was looked at, a line each: it holds, or what was found instead."""


class Findings:
    def __init__(self):
        self.holds = True

    def that(self, name, faults):
        """Faults are what speaks against it; none means that it holds."""
        faults = [faults] if isinstance(faults, str) else list(faults)
        self.holds = self.holds and not faults
        print(("✗ %-64s %d: %s" % (name, len(faults), faults[:3])) if faults else "✓ " + name, flush=True)

    def equal(self, name, found, expected):
        self.that(name, [] if found == expected else ["%r instead of %r" % (found, expected)])
