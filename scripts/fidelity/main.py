"""Holds Guildhall and its stand-ins for Discord and Notion against what the services and other clients say."""

import argparse
import json
import os
import signal
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(1, os.path.join(os.path.dirname(HERE), "proof"))

import clients  # noqa: E402
import recordings  # noqa: E402
from hall import Hall, Trouble  # noqa: E402
from recorder import Exchange, Recorder  # noqa: E402
from specification import Specification  # noqa: E402
from table import Table  # noqa: E402
from walk import Walk  # noqa: E402

UNSPECIFIED = "skipped: neither --specs nor GUILDHALL_SHARED is given"
PREFIXES = {"discord": "/sandbox/discord/api/v10", "notion": "/sandbox/notion"}


def main():
    options = arguments()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    table, hall = Table(), Hall(options.bin)
    ours, theirs = Recorder(hall.url), Recorder(hall.url)
    for name in "DISCORD_API_URL", "NOTION_API_URL":
        hall.environment[name] = hall.environment[name].replace(hall.url, ours.url)
    hall.environment["PLAIN_HOSTS"] += "," + ours.url[len("http://"):]
    try:
        specifications = read_specifications(options.specs)
        hall.start()
        walk(hall, ours, specifications, table)
        clients.drive(hall, theirs, table)
        answers(ours.exchanges + theirs.exchanges, specifications, table)
        recordings.replay(options.fixtures, table)
    except Trouble as trouble:
        table.add("the walk itself", [("failed", "it ended early", [str(trouble)])])
    finally:
        hall.stop()
        ours.stop()
        theirs.stop()
    table.print()
    if table.holds:
        hall.remove()
    else:
        print("Everything is kept in %s." % hall.folder)
    return 0 if table.holds else 1


def arguments():
    shared = os.environ.get("GUILDHALL_SHARED")
    parser = argparse.ArgumentParser(prog="scripts/conformance")
    parser.add_argument("--bin", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--fixtures", default=shared and shared + "/fixtures", help="a folder of recorded traffic")
    parser.add_argument("--specs", default=shared and shared + "/specs", help="a folder of OpenAPI files")
    return parser.parse_args()


def read_specifications(folder):
    if not folder:
        return None
    with open(HERE + "/known.json") as file:
        known = json.load(file)
    return {name: Specification("%s/%s-openapi.json" % (folder, name), prefix, known[name]["gaps"], known[name]["sent"])
            for name, prefix in PREFIXES.items()}


def service(exchange):
    return next(name for name, prefix in PREFIXES.items() if exchange.path.startswith(prefix))


def walk(hall, recorder, specifications, table):
    """What Guildhall sends while everything is done that it can do."""
    journey = Walk(hall)
    journey.go()
    count_kinds(hall, recorder, table)
    table.add("an edit reaches its message by webhook alone", [
        ("passed" if journey.told else "failed", "webhook", ["the message never changed"])])
    if not specifications:
        return table.skip("requests of Guildhall by the specifications", UNSPECIFIED)
    for name, specification in specifications.items():
        sent = [exchange for exchange in recorder.exchanges if service(exchange) == name]
        kinds = {specification.subject(exchange) for exchange in sent}
        table.add("%d kinds of request to %s by its OpenAPI file" % (len(kinds), name.title()),
                  [swap(specification.request(exchange), specification.subject(exchange)) for exchange in sent])
        table.add("Guildhall sends every kind it knows to %s" % name.title(), reached(kinds, specification.expected))
    table.add("Guildhall's answers to interactions by the OpenAPI file", [
        swap(specifications["discord"].request(callback(answer)), name) for name, answer in journey.callbacks])


def reached(kinds, expected):
    """A kind of request that the walk does not bring about would go unchecked."""
    return [("passed" if kind in kinds else "failed", kind, ["the walk never made Guildhall send it"]) for kind in expected]


def swap(verdict, name):
    return verdict[0], name, verdict[1]


def callback(answer):
    """An answer to an interaction, as it would go to Discord's callback: the same body."""
    return Exchange("POST", PREFIXES["discord"] + "/interactions/1/t/callback", [], {"content-type": "application/json"},
                    json.dumps(answer).encode(), 204, {}, b"")


def count_kinds(hall, recorder, table):
    """Nothing went past the recorder: the stand-ins wrote down as many requests of this kind as it saw."""
    for _ in range(20):  # one may be on its way: written down there, its answer not yet seen here
        verdicts = [counted(hall, recorder, name) for name in PREFIXES]
        if all(verdict == "passed" for verdict, _, _ in verdicts):
            break
        time.sleep(0.25)
    table.add("every request is in the stand-ins' journal", verdicts)


def counted(hall, recorder, name):
    seen = [exchange for exchange in recorder.exchanges if service(exchange) == name]
    agents = {exchange.headers.get("user-agent") for exchange in seen}
    written = [entry for entry in journal(hall, name) if entry["headers"].get("User-Agent") in agents]
    fits = len(written) == len(seen)
    return "passed" if fits else "failed", name, ["%d seen, %d written down" % (len(seen), len(written))]


def journal(hall, name):
    first = hall.expect("GET", "/sandbox/journal?service=%s&limit=1000" % name)
    entries = {entry["seq"]: entry for entry in first}
    entries.update((entry["seq"], entry) for entry in hall.journal(name, "", "") )
    return entries.values()


def answers(exchanges, specifications, table):
    """What the stand-ins answered, to Guildhall and to others; but for the 5xx that the walk asked for."""
    if not specifications:
        return table.skip("answers of the stand-ins by the specifications", UNSPECIFIED)
    for name, specification in specifications.items():
        heard = [exchange for exchange in exchanges if service(exchange) == name and exchange.status < 500
                 and specification.operation(specification.mended, exchange)]
        table.add("answers of the stand-in for %s by the OpenAPI file" % name.title(),
                  [swap(specification.answer(exchange), specification.subject(exchange)) for exchange in heard])


if __name__ == "__main__":
    os.environ.pop("LOG_LEVEL", None)
    sys.exit(main())
