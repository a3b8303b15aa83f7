"""Where the processor's time goes while people click: samples the responder's stacks with perf.

Started by scripts/bench profile. Writes folded stacks ("outer;inner count"), which flamegraph.pl, inferno-flamegraph and
speedscope.app draw, and prints the shares of the libraries. As root, or where kernel.perf_event_paranoid allows it.
"""

import argparse
import collections
import pathlib
import shutil
import subprocess
import tempfile

import measure
from programs import Hall, seed

ISSUES = 20_000


def sampled(hall, options, file):
    """The stacks of the responder from the moment the load begins, as perf writes them."""
    recorder = subprocess.Popen(
        ["perf", "record", "--quiet", "-F", "1999", "--call-graph", "fp", "-o", file, "-p", str(hall.backend.pid)],
        stderr=subprocess.DEVNULL)
    chosen = argparse.Namespace(seconds=options.seconds, quiet=0, binaries=options.binaries)
    figures = measure.attempt(hall.program(), options.scenario, chosen, ())
    recorder.terminate()
    recorder.wait()
    print(f"{figures['rps']:.0f} clicks a second, {figures['cpu']:.0f} µs each; with the sampling, which costs some")
    raw = subprocess.Popen(["perf", "script", "-i", file, "-F", "comm,ip,sym,dso"], stdout=subprocess.PIPE,
                           stderr=subprocess.DEVNULL)
    return subprocess.run(["swift", "demangle", "--simplified"], stdin=raw.stdout, capture_output=True, text=True).stdout


def folded(script):
    """Each stack with how often it was seen, and the library at its top likewise."""
    stacks, libraries = collections.Counter(), collections.Counter()
    for sample in script.split("\n\n"):
        thread, *lines = sample.strip().splitlines() or [""]
        if not lines:
            continue
        frames = [line.strip().split(" ", 1)[1].rpartition(" (") for line in lines if " (" in line]
        if not frames:
            continue
        names = [name.replace(";", ",") for name, _, _ in reversed(frames)]
        stacks[";".join([thread.strip().rstrip("0123456789"), *names])] += 1
        libraries[frames[0][2].rstrip(")").rpartition("/")[2]] += 1
    return stacks, libraries


def main():
    parser = argparse.ArgumentParser(prog="scripts/bench profile", description=__doc__)
    parser.add_argument("--scenario", default="c4", choices=measure.SCENARIOS, help="the load (c4)")
    parser.add_argument("--seconds", type=float, default=8, help="how long (8)")
    parser.add_argument("--out", type=pathlib.Path, default=pathlib.Path("clicks.folded"), help="(clicks.folded)")
    parser.add_argument("--binaries", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    options = parser.parse_args()
    work = pathlib.Path(tempfile.mkdtemp(prefix="guildhall-bench."))
    hall = Hall("guildhall", work, options.binaries, seed(work, options.binaries, ISSUES), ISSUES)
    try:
        hall.start()
        stacks, libraries = folded(sampled(hall, options, work / "perf.data"))
    finally:
        hall.stop()
        shutil.rmtree(work)
    options.out.write_text("".join(f"{stack} {count}\n" for stack, count in sorted(stacks.items())))
    for library, count in libraries.most_common(9):
        print(f"{100 * count / sum(libraries.values()):5.1f} %  {library}")
    print(f"{sum(stacks.values())} samples in {options.out}")


if __name__ == "__main__":
    main()
