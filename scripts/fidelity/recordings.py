"""Recorded traffic of others, through Guildhall's decoders and through the stand-ins: suites of the Swift tests."""

import json
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

#: What is replayed, and the tests that do it. Each reads GUILDHALL_SHARED and leaves itself out without it.
SUITES = [
    ("answers of Notion, through Guildhall's decoders", r"NotionTests\.(Recorded|Documented)Tests"),
    ("interactions with Discord, through Guildhall's decoders", r"DiscordTests\.InteractionTests"),
    ("answers of Discord, through Guildhall's decoders", r"DiscordTests\.RecordedTests"),
    ("events of Notion, through Guildhall's door", r"WebTests\.NotionDoorTests/everyRecorded"),
    ("signed requests of Discord", r"SignaturesTests\.WycheproofTests/discordRequests"),
    ("sessions with Notion, said again to the stand-in", r"SandboxNotionTests"),
    ("the stand-in for Discord by its documented cases", r"SandboxDiscordTests"),
]
FIXTURES = ["notion", "discord"]


def replay(fixtures, table):
    if not fixtures:
        return table.skip("recorded traffic", "skipped: neither --fixtures nor GUILDHALL_SHARED is given")
    table.add("recorded files can be read", readable(fixtures))
    for name, suite in SUITES:
        table.add(name, verdicts(suite, fixtures))


def readable(folder):
    """Every case and scenario is a file of JSON; a file that is not is reported, not passed over."""
    found = []
    for service in FIXTURES:
        for place, _, names in sorted(os.walk(os.path.join(folder, service))):
            for name in sorted(name for name in names if name.endswith(".json")):
                try:
                    with open(os.path.join(place, name)) as file:
                        json.load(file)
                    found.append(("passed", name, []))
                except ValueError as fault:
                    found.append(("failed", name, [str(fault)]))
    return found or [("failed", folder, ["there are no recordings"])]


def verdicts(suite, fixtures):
    environment = dict(os.environ, GUILDHALL_SHARED=os.path.dirname(os.path.abspath(fixtures)))
    done = subprocess.run(["swift", "test", "--skip-build", "--filter", "^%s" % suite], cwd=ROOT, env=environment,
                          text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    found = []
    for name, cases, verdict in re.findall(
            r"^. Test (?!run with)(.+?)(?: with (\d+) test cases?)? (passed|failed) after", done.stdout, re.M):
        broken = set(re.findall(r"^. Test %s recorded an issue with .*? → (.+?) at " % re.escape(name), done.stdout, re.M))
        broken = broken or ({name} if verdict == "failed" else set())
        found += [("failed", "%s: %s" % (name, case), ["see swift test --filter " + suite]) for case in sorted(broken)]
        found += [("passed", name, [])] * (int(cases or 1) - len(broken))
    if done.returncode != 0 and not any(verdict == "failed" for verdict, _, _ in found):
        found.append(("failed", suite, [done.stdout.strip().splitlines()[-1] if done.stdout.strip() else "no output"]))
    return found or [("failed", suite, ["no test ran"])]
