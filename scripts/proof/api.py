"""Holds every address under /api against its own description (/api/openapi.json) with schemathesis: whatever is asked, no
fault of ours (5xx), and no answer of another form than was said."""

import argparse
import os
import secrets
import subprocess
import sys

from hall import Hall, Trouble


def configuration(hall, key, cron, server):
    """What schemathesis sends for whom; with a server, it asks for what is in that one."""
    lines = ["[auth.openapi.key]", 'bearer = "%s"' % key, "", "[auth.openapi.scheduler]", 'bearer = "%s"' % cron, ""]
    if server:
        lines = ["[parameters]", '"path.server" = "%s"' % server, ""] + lines
    with open("%s/%s.toml" % (hall.folder, "inside" if server else "anywhere"), "w") as file:
        file.write("\n".join(lines))
    return file.name


def ask(hall, tool, config, count, seed):
    command = [tool, "--config-file", config, "run", hall.url + "/api/openapi.json", "--checks", "all",
               "--max-examples", str(count), "--seed", str(seed), "--continue-on-failure", "--workers", "2",
               "--warnings", "off"]
    done = subprocess.run(command, cwd=hall.folder, text=True, capture_output=True, env=dict(os.environ, NO_COLOR="1"))
    return done.returncode, done.stdout + done.stderr


def prove(hall, tool, count, seed):
    cron = secrets.token_hex(20)
    hall.environment.update(CRON_SECRET=cron, API_RATE="1000000", DISCORD_SITE_URL=hall.url + "/sandbox/discord")
    hall.start()
    scopes = [word for scope in ("stats:read", "sync:run", "servers:read", "members:read") for word in ("--scope", scope)]
    key = next(line for line in hall.run("guildhall", "key", "create", "schemathesis", *scopes).split() if line.startswith("ghk_"))
    holds = True
    for name, server in (("any server", None), ("one server", hall.facts["guild_id"])):
        code, told = ask(hall, tool, configuration(hall, key, cron, server), count, seed)
        print("%-12s %s" % (name, "no fault, every answer of the form that was said" if code == 0 else "FAILED"))
        if code:
            print(told)
        holds = holds and code == 0
    return holds


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    parser.add_argument("--tool", required=True, help="schemathesis")
    parser.add_argument("--count", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    hall = Hall(options.bin)
    try:
        holds = prove(hall, options.tool, options.count, options.seed)
    except Trouble as trouble:
        print(trouble, file=sys.stderr)
        holds = False
    finally:
        hall.stop()
        hall.remove()
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
