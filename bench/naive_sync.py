"""The same sync as it is usually written: notion-client to read, requests to post, a file to remember. One run.

It asks for what was edited since its last run by its own clock, posts what it does not know and edits the rest. It keeps
no limits of its own: refused with 429 it sleeps as long as it was told.
"""

import datetime
import json
import pathlib
import sys
import time

import notion_client
import requests


def text(value):
    """What a property says, for the kinds this table has."""
    kind = value["type"]
    content = value[kind]
    if kind in ("title", "rich_text"):
        return "".join(piece["plain_text"] for piece in content)
    if kind in ("select", "status"):
        return content["name"] if content else ""
    if kind == "multi_select":
        return ", ".join(option["name"] for option in content)
    if kind == "people":
        return ", ".join(person.get("name") or "" for person in content)
    if kind == "unique_id":
        return f"{content['prefix']}-{content['number']}"
    if kind == "date":
        return content["start"] if content else ""
    return ""


def message(page):
    values = {name: text(value) for name, value in page["properties"].items()}
    fields = [{"name": name, "value": values[name], "inline": True}
              for name in ("Status", "Priority", "Assignee", "Labels") if values.get(name)]
    buttons = [{"type": 2, "style": 3, "label": "Mark as fixed", "custom_id": "fix:" + page["id"]},
               {"type": 2, "style": 5, "label": "Open in Notion", "url": page["url"]}]
    return {"embeds": [{"title": values["Name"][:256], "url": page["url"], "fields": fields}],
            "components": [{"type": 1, "components": buttons}]}


def send(session, method, url, body):
    while True:
        answer = session.request(method, url, json=body, timeout=30)
        if answer.status_code != 429:
            answer.raise_for_status()
            return answer.json()
        time.sleep(float(answer.headers.get("Retry-After", 1)))


def main():
    facts, memory = json.loads(pathlib.Path(sys.argv[1]).read_text()), pathlib.Path(sys.argv[2])
    known = json.loads(memory.read_text()) if memory.exists() else {"since": None, "messages": {}}
    begun = datetime.datetime.now(datetime.timezone.utc).isoformat()
    notion = notion_client.Client(auth=facts["notion_token"], base_url=facts["url"] + "/sandbox/notion")
    session = requests.Session()
    session.headers.update(
        {"Authorization": "Bot " + facts["bot_token"], "User-Agent": "DiscordBot (https://example.org, naive)"})
    query = {"data_source_id": facts["data_source_id"], "page_size": 100}
    if known["since"]:
        query["filter"] = {"timestamp": "last_edited_time", "last_edited_time": {"after": known["since"]}}
    else:
        query["filter"] = {"and": [
            {"property": "Status", "status": {"does_not_equal": ended}} for ended in facts["ended"]]}
    pages = notion_client.helpers.collect_paginated_api(notion.data_sources.query, **query)
    channel = f"{facts['discord_base_url']}/channels/{facts['naive_channel_id']}/messages"
    for page in pages:
        id = known["messages"].get(page["id"])
        if id:
            send(session, "PATCH", f"{channel}/{id}", message(page))
        else:
            known["messages"][page["id"]] = send(session, "POST", channel, message(page))["id"]
    known["since"] = begun
    memory.write_text(json.dumps(known))


main()
