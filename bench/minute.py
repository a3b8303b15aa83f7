"""Clicks at a fixed rate for a minute, while notion-sync writes new issues to the same database beside them.

Started by scripts/bench minute. Each wait is counted from the moment its click was due. Afterwards the clicks that were
answered must be in the database, and the rows that were added must be issues.
"""

import argparse
import json
import pathlib
import signal
import subprocess
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent / "scripts/proof"))
from hall import Hall, Trouble  # noqa: E402  the same small hall that the proofs stand on

import machine  # noqa: E402
import programs  # noqa: E402

AT_ONCE = 500  # rows that are added to the table before each sync


def prepare(options):
    hall = Hall(options.binaries)
    hall.environment["JOB_THREADS"] = "0"  # calls to Discord and Notion are not what is measured
    hall.start()
    # The table's own rows first, so that the syncs of the measured minute read what is new.
    sync(hall)
    with programs.connected(hall.state + "/guildhall.db") as database:
        programs.fill(database, options.issues)
        database.execute("UPDATE connections SET public_key = ? WHERE service = 'discord'", [programs.PUBLIC_KEY])
    return hall


def mapping(hall):
    return hall.json("guildhall", "mapping", "list", "--json")[0]["id"]


def sync(hall):
    return hall.json("notion-sync", "--json", "--id", hall.facts.setdefault("mapping", mapping(hall)), "--deliver-for", "0")


def start_clicks(hall, options):
    count = int(options.rate * (options.seconds + 1))
    clicks = subprocess.Popen(
        [options.binaries / "load", "-u", hall.url.rsplit(":", 1)[1] + "/discord/interactions", "-p",
         programs.HERE / "click.json", "-e", "Marking as fixed", "-c", "64", "-d", str(options.seconds), "-r",
         str(options.rate), "-n", str(count), "-i", str(options.issues), "-o"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    clicks.stdout.readline()
    clicks.stdin.write("go\n")
    clicks.stdin.flush()
    return clicks


def measure(hall, options):
    clicks = start_clicks(hall, options)
    before = machine.processor_seconds([hall.responder.pid])
    begun, added, syncs = time.monotonic(), 0, 0
    while time.monotonic() - begun < options.seconds - 2 and clicks.poll() is None:
        hall.add_rows(AT_ONCE)
        sync(hall)
        added, syncs = added + AT_ONCE, syncs + 1
    figures = json.loads(clicks.stdout.readline())
    figures["cpu"] = 1e6 * (machine.processor_seconds([hall.responder.pid]) - before) / max(figures["answers"], 1)
    clicks.stdin.close()
    if clicks.wait():
        raise Trouble("There were wrong answers, or none: %s" % figures)
    sync(hall)
    return figures | {"added": added, "syncs": syncs}


def check(hall, figures):
    with programs.connected(hall.state + "/guildhall.db") as database:
        kept, issues = (database.execute(query).fetchone()[0] for query in (
            "SELECT count(*) FROM interactions WHERE id NOT LIKE '13%'",
            "SELECT count(*) FROM issues WHERE mapping_id <> '019a0000-0000-7000-9000-000000000003'"))
    figures["lost"], figures["issues"] = max(0, figures["answers"] - kept), issues
    if figures["lost"]:
        raise Trouble("%(answers)d clicks were answered and %(lost)d are not in the database." % figures)


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench minute", description=__doc__)
    parser.add_argument("--rate", type=float, default=1000, help="clicks a second (1000)")
    parser.add_argument("--seconds", type=float, default=60, help="how long (60)")
    parser.add_argument("--issues", type=int, default=100_000, help="issues, interactions and jobs kept before (100000)")
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    hall = prepare(options)
    try:
        figures = measure(hall, options)
        check(hall, figures)
    finally:
        hall.stop()
    hall.remove()
    print(machine.description() + "\n")
    print("%(answers)d clicks in %(time)g s, none lost, none wrong: p50 %(p50).1f ms, p99 %(p99).1f ms, p99.9 %(p999).1f ms,"
          " max %(max).1f ms; %(cpu).0f µs of CPU a click. Beside them notion-sync ran %(syncs)d times and kept"
          " %(added)d new rows." % (figures | {"time": options.seconds} | {
              name: figures[name] / 1000 for name in ("p50", "p99", "p999", "max")}))


if __name__ == "__main__":
    main()
