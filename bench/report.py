"""The figures of a run as Markdown: medians, and ratios within each round with their spread."""

import collections
import json
import statistics

import machine

DISTURBED = 0.08  # the share of the machine that others may take; beyond it a run is made again
BASES = ("c-noka", "c-twin")


def markdown(path, chosen, sizes):
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    runs = [line for line in lines if line["kind"] == "run"]
    parts = [f"{machine.description()}; {chosen.rounds} rounds of {chosen.seconds:g} s, interleaved."]
    for scenario in chosen.scenarios:
        parts.append(scenario_table(scenario, [run for run in runs if run["scenario"] == scenario]))
    parts.append(alone_table([line for line in lines if line["kind"] == "alone"]))
    parts.append(f"The responder has {sizes['responder']:.1f} MiB; Swift's libraries beside it {sizes['libraries']:.1f} MiB.")
    parts.append(growth_table([line for line in lines if line["kind"] == "growth"]))
    others = [run["others"] for run in runs]
    parts.append(
        f"Other work took {100 * statistics.median(others):.0f} % of the machine in the middle run and "
        f"{100 * max(others):.0f} % in the worst; {sum(o > DISTURBED for o in others)} of {len(others)} runs had more than "
        f"{100 * DISTURBED:.0f} %. No answer was wrong, and every answered click was found committed.")
    return "\n\n".join(part for part in parts if part) + "\n"


def scenario_table(scenario, runs):
    by_program = collections.defaultdict(dict)
    for run in runs:
        by_program[run["program"]][run["round"]] = run
    head = ["program", "req/s", *(f"of {base}" for base in BASES), "p50 ms", "p99 ms", "max ms", "CPU µs",
            *(f"CPU / {base}" for base in BASES), "nginx µs"]
    rows = []
    for name, rounds in by_program.items():
        values = list(rounds.values())
        rows.append([
            f"**{name}**" if name == "guildhall" else name, spread([v["rps"] for v in values], "{:.0f}"),
            *(ratio(rounds, by_program.get(base), "rps") for base in BASES),
            milliseconds(values, "p50"), milliseconds(values, "p99"), milliseconds(values, "max", max),
            spread([v["cpu"] for v in values], "{:.0f}"), *(ratio(rounds, by_program.get(base), "cpu") for base in BASES),
            f"{statistics.median(v['nginx_cpu'] for v in values):.0f}" if values[0]["nginx_cpu"] else ""])
    return f"### {scenario}\n\n" + table(head, rows)


def alone_table(lines):
    return "### Alone\n\n" + table(
        ["program", "exec to first answer, ms", "PSS idle, MiB", "PSS after load, MiB"],
        [[line["program"], spread(line["start_ms"], "{:.0f}"), f"{line['idle']:.1f}", f"{line['loaded']:.1f}"]
         for line in lines])


def growth_table(lines):
    by_size = collections.defaultdict(dict)
    for line in lines:
        by_size[line["issues"]][line["round"]] = line
    smallest = by_size[min(by_size)]
    rows = [
        [f"{size:,}", spread([v["cpu"] for v in rounds.values()], "{:.0f}"), ratio(rounds, smallest, "cpu"),
         milliseconds(list(rounds.values()), "p50"), ratio(rounds, smallest, "p50")]
        for size, rounds in sorted(by_size.items())]
    return "### Growth\n\n" + table(["issues, interactions, jobs", "CPU µs a click", "ratio", "p50 ms", "ratio"], rows)


def ratio(rounds, base, figure):
    """Each round against the same round of the base."""
    if not base:
        return ""
    return spread([rounds[n][figure] / base[n][figure] for n in rounds if n in base and base[n][figure]], "{:.2f}")


def spread(values, form):
    if not values:
        return ""
    middle, least, most = (form.format(f(values)) for f in (statistics.median, min, max))
    return middle if least == most else f"{middle} ({least}..{most})"


def milliseconds(values, figure, of=statistics.median):
    return f"{of(v[figure] for v in values) / 1000:.2f}"


def table(head, rows):
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
