"""Measures a signed, durably committed click beside a twin in C and neighbours. Started by scripts/bench."""

import argparse
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import machine
import report
from programs import Hall, Neighbours, Twin, answers, committed, reset, seed

SCENARIOS = {
    "c1": ["-c", "1"], "c4": ["-c", "4"], "c16": ["-c", "16"], "c64": ["-c", "64"], "r200": ["-c", "32", "-r", "200"],
    "r1000": ["-c", "64", "-r", "1000"], "ping1": ["-c", "1"], "ping16": ["-c", "16"],
}
PING = pathlib.Path(__file__).resolve().parent / "ping.json"  # nobody commits one
USUAL = 100_000  # issues, interactions and jobs that are kept where growth is not the question
MOST = 9_000  # requests a second nobody here exceeds with a commit each: how many bodies a run needs


def options():
    parser = argparse.ArgumentParser(prog="scripts/bench", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer and shorter runs: under two minutes")
    parser.add_argument("--rounds", type=int, help="times every program is measured (5; quick 3)")
    parser.add_argument("--seconds", type=float, help="of each run, after half a second of warm-up (4; quick 2)")
    parser.add_argument("--scenarios", help="of " + " ".join(SCENARIOS))
    parser.add_argument("--sizes", help="how much is kept already, to see how cost grows (1000 100000 1000000; quick 1000 20000)")
    parser.add_argument("--neighbours", help="of GUILDHALL_SHARED/peers; empty for none")
    parser.add_argument("--quiet", type=float, help="seconds to wait at most for other work on the machine (60; quick 5)")
    parser.add_argument("--out", type=pathlib.Path, help="a folder for runs.jsonl and figures.md")
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    usual = (3, 2.0, "c1 c16 ping16", "1000 20000", "c-noka", 5.0) if chosen.quick else (
        5, 4.0, "c1 c4 c16 c64 r200 ping16", "1000 100000 1000000", "c-noka c-epoll go-http node1 php flask", 60.0)
    for name, value in zip(("rounds", "seconds", "scenarios", "sizes", "neighbours", "quiet"), usual):
        if getattr(chosen, name) is None:
            setattr(chosen, name, value)
    chosen.scenarios, chosen.neighbours = chosen.scenarios.split(), chosen.neighbours.split()
    chosen.sizes = sorted(int(size) for size in chosen.sizes.split())
    return chosen


# ---- one run --------------------------------------------------------------------
def run(program, scenario, chosen, extra=()):
    """One program under one load, and made again if other work on the machine disturbed it."""
    for _ in range(3):
        figures = attempt(program, scenario, chosen, extra)
        if figures["others"] <= report.DISTURBED:
            break
    return figures


def attempt(program, scenario, chosen, extra):
    if scenario.startswith("ping"):
        program = dataclasses.replace(program, payload=PING, expected='"type":1', database=None)
    if program.database:
        reset(program)
    client = subprocess.Popen(
        [chosen.binaries / "load", "-u", program.address, "-p", program.payload, "-e", program.expected,
         "-d", str(chosen.seconds), *amount(program, chosen), *SCENARIOS[scenario], *extra],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    client.stdout.readline()
    machine.wait_for_quiet(chosen.quiet)
    before = snapshot(program, client)
    client.stdin.write("go\n")
    client.stdin.flush()
    line = client.stdout.readline()
    time.sleep(0.02)
    after = snapshot(program, client)
    client.stdin.close()
    if client.wait() != 0:
        raise SystemExit(f"{program.name} gave wrong answers under {scenario}.")
    figures = json.loads(line) | costs(before, after, json.loads(line)["answers"])
    check(program, figures)
    return figures


def amount(program, chosen):
    if not program.database:
        return ["-n", "512"]
    return ["-i", str(program.issues), "-n", str(int(min(program.issues, MOST * (chosen.seconds + 0.5)))), "-o"]


def snapshot(program, client):
    busy, steal = machine.busy_seconds()
    return {
        "time": time.monotonic(), "busy": busy + steal, "backend": machine.processor_seconds(program.pids),
        "nginx": machine.processor_seconds(program.nginx), "client": machine.processor_seconds([client.pid])}


def costs(before, after, answers):
    """Microseconds of processor time an answer, and the share of the machine that went to others."""
    used = {name: after[name] - before[name] for name in before}
    own = used["backend"] + used["nginx"] + used["client"]
    return {
        "cpu": 1e6 * used["backend"] / max(answers, 1), "nginx_cpu": 1e6 * used["nginx"] / max(answers, 1),
        "others": max(0, used["busy"] - own) / used["time"] / machine.CORES}


def check(program, figures):
    """What was answered is committed: each once, and no more than the requests cut off at the end besides."""
    if program.database:
        surplus = committed(program) - figures["answers"]
        if not 0 <= surplus <= 64:
            raise SystemExit(f"{program.name} answered {figures['answers']} clicks and kept {surplus} more or less.")


# ---- the parts --------------------------------------------------------------------
def alone(hall, chosen):
    """What a backend takes by itself: time to its first answer, memory idle and after load."""
    hall.start_nginx()
    starts = []
    for _ in range(5):
        hall.start_backend()
        starts.append(answers(hall.port))
        hall.stop_backend()
    hall.start_backend()
    answers(hall.port)
    time.sleep(2)
    idle = machine.pss([hall.backend.pid])
    short = argparse.Namespace(**vars(chosen) | {"quiet": 0})
    for scenario in ("c16", "c64"):
        attempt(hall.program(), scenario, short, ())
    loaded = machine.pss([hall.backend.pid])
    hall.stop()
    return {"kind": "alone", "program": hall.name, "start_ms": [1000 * s for s in starts], "idle": idle, "loaded": loaded}


def rounds(halls, chosen, keep):
    """Every program once under each load, then the next round."""
    for number in range(chosen.rounds):
        neighbours = start_neighbours(chosen)
        programs = [hall.program() for hall in halls] + (neighbours.programs() if neighbours else [])
        try:
            for scenario in chosen.scenarios:
                for program in programs:
                    keep({"kind": "run", "round": number, "program": program.name, "scenario": scenario}
                         | run(program, scenario, chosen))
        finally:
            if neighbours:
                neighbours.stop()
        print(f"round {number + 1} of {chosen.rounds} is done", flush=True)


def start_neighbours(chosen):
    shared = os.environ.get("GUILDHALL_SHARED")
    folder = pathlib.Path(shared or "/", "peers")
    if not shared or not chosen.neighbours or not (folder / "measure.sh").exists():
        return None
    return Neighbours(folder, chosen.neighbours)


def growth(halls, chosen, keep):
    """The same thousand clicks where much or little is kept already."""
    for number in range(chosen.rounds):
        for hall in halls:
            batches = [
                run(hall.program(), "c4", chosen, ["-n", "1000", "-w", "0", "-d", "10"])
                for _ in range(2 if chosen.quick else 5)]
            keep({"kind": "growth", "round": number, "issues": hall.issues}
                 | {name: sum(b[name] for b in batches) / len(batches) for name in ("cpu", "p50", "rps")})


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # what was started is stopped then, too
    out = chosen.out or pathlib.Path(tempfile.mkdtemp(prefix="guildhall-bench-out."))
    out.mkdir(parents=True, exist_ok=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="guildhall-bench."))
    halls = []
    with open(out / "runs.jsonl", "w") as file:
        def keep(figures):
            file.write(json.dumps(figures) + "\n")
            file.flush()
        try:
            measure(chosen, work, halls, keep)
        finally:
            for hall in halls:
                hall.stop()
            shutil.rmtree(work)
    text = report.markdown(out / "runs.jsonl", chosen, sizes(chosen.binaries))
    (out / "figures.md").write_text(text)
    print(f"\n{text}\nKept in {out}.")


def measure(chosen, work, halls, keep):
    seeded = {count: seed(work, chosen.binaries, count) for count in chosen.sizes}
    usual = min(chosen.sizes, key=lambda size: abs(size - USUAL))
    guildhall = Hall("guildhall", work, chosen.binaries, seeded[usual], usual)
    twin = Twin("c-twin", work, chosen.binaries, seeded[usual], usual)
    others = [Hall(f"guildhall-{size}", work, chosen.binaries, seeded[size], size) for size in chosen.sizes if size != usual]
    halls += [guildhall, twin, *others]
    for hall in (guildhall, twin):
        keep(alone(hall, chosen))
    for hall in halls:
        hall.start()
    rounds([guildhall, twin], chosen, keep)
    growth([guildhall, *others], chosen, keep)


def sizes(binaries):
    """MiB of the responder, and of the libraries beside it that Debian does not have."""
    responder = binaries / "responder"
    linked = subprocess.run(["ldd", responder], capture_output=True, text=True, check=True).stdout
    paths = {line.split()[2] for line in linked.splitlines() if "=> /" in line}
    own = [path for path in paths if not path.startswith(("/lib", "/usr/lib/x86_64", "/usr/lib/aarch64"))]
    return {"responder": responder.stat().st_size / 2**20, "libraries": sum(os.stat(p).st_size for p in own) / 2**20}


if __name__ == "__main__":
    main()
