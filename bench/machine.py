"""What the machine does: processor time and memory of process trees, and how busy everything else is."""

import os
import pathlib
import platform
import time

TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count() or 1


def _processes():
    """(pid, parent, seconds of processor time) of all processes there are."""
    for folder in pathlib.Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue  # it has ended meanwhile
        yield int(folder.name), int(fields[1]), sum(map(int, fields[11:15])) / TICK


def tree(roots):
    """The roots and all that descends from them, with their processor time."""
    processes = list(_processes())
    inside = set(roots)
    while True:
        children = {pid for pid, parent, _ in processes if parent in inside} - inside
        if not children:
            return {pid: seconds for pid, _, seconds in processes if pid in inside}
        inside |= children


def processor_seconds(roots):
    return sum(tree(roots).values())


def pss(roots):
    """Memory of a tree in MiB, shared pages divided among those who share them."""
    total = 0
    for pid in tree(roots):
        try:
            lines = pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        except OSError:
            continue
        total += sum(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
    return total / 1024


def busy_seconds():
    """(busy, stolen by the host) of all cores since boot."""
    user, nice, system, _, _, irq, softirq, steal = map(
        int, pathlib.Path("/proc/stat").read_text().split("\n", 1)[0].split()[1:9])
    return (user + nice + system + irq + softirq) / TICK, steal / TICK


def wait_for_quiet(patience):
    """Returns when the machine is more than 93 % idle, or after so many seconds."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        before, _ = busy_seconds()
        time.sleep(0.4)
        after, _ = busy_seconds()
        if (after - before) / (0.4 * CORES) < 0.07:
            return


def description():
    model = next(
        (line.split(":", 1)[1].strip() for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines()
         if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{CORES} cores ({model}), {memory:.0f} GiB, {platform.freedesktop_os_release()['PRETTY_NAME']}, " \
           f"Linux {platform.release()}"
