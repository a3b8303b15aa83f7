"""Drives the stand-ins with clients nobody here wrote. What they read wrongly, or choke on, is a fault of ours."""

import asyncio
import logging
import os
import tempfile
import warnings

import discord
import notion_client
from notion_client.helpers import collect_paginated_api

from discord_py import DiscordPy
from logins import DiscordLogin, NotionLogin
from verdict import equal, sentence

HOME = "Lantern Keep Studio"


def drive(hall, recorder, table):
    logging.disable(logging.CRITICAL)
    warnings.simplefilter("ignore")
    notion = NotionClient(hall, recorder)
    table.add("notion-client %s" % version("notion-client"), run(notion.checks()))
    table.add("ultimate-notion %s" % version("ultimate-notion"), run(UltimateNotion(hall, recorder).checks()))
    table.add("discord.py %s" % discord.__version__, asyncio.run(DiscordPy(hall, recorder).verdicts()))
    table.add("requests-oauthlib %s at Discord's login" % version("requests-oauthlib"),
              run(DiscordLogin(hall, recorder).checks()))
    table.add("notion-client %s at Notion's login" % version("notion-client"), run(NotionLogin(hall, recorder).checks()))


def version(package):
    from importlib.metadata import version
    return version(package)


def run(checks):
    verdicts = []
    for check in checks:
        try:
            check()
            verdicts.append(("passed", check.__name__, []))
        except Exception as fault:  # whatever a client makes of our answer is the finding
            verdicts.append(("failed", check.__name__, [sentence(fault)]))
    return verdicts


def title(text):
    return {"title": [{"text": {"content": text}}]}


class NotionClient:
    """Read, write, page through, be refused, be asked to wait."""

    def __init__(self, hall, recorder):
        self.hall, self.facts = hall, hall.facts
        self.address = recorder.url + "/sandbox/notion"
        self.client = self.connected(self.facts["notion_token"])

    def connected(self, token):
        return notion_client.Client(auth=token, base_url=self.address)

    def checks(self):
        return [self.who_am_i, self.people, self.search, self.schema, self.pages_of_rows, self.filter_and_sort,
                self.write_a_row, self.columns_and_items, self.blocks, self.comments, self.a_table_of_its_own,
                self.not_there, self.wrong_value, self.foreign_token, self.waits_when_told]

    def who_am_i(self):
        me = self.client.users.me()
        equal((me["object"], me["type"]), ("user", "bot"))

    def people(self):
        people = collect_paginated_api(self.client.users.list, page_size=2)
        equal(len({person["id"] for person in people}), 6)

    def search(self):
        found = collect_paginated_api(self.client.search, filter={"property": "object", "value": "data_source"})
        equal(self.facts["data_source_id"] in {one["id"] for one in found}, True)

    def schema(self):
        database = self.client.databases.retrieve(self.facts["database_id"])
        equal(database["data_sources"][0]["id"], self.facts["data_source_id"])
        equal("Status" in self.client.data_sources.retrieve(self.facts["data_source_id"])["properties"], True)

    def pages_of_rows(self):
        rows = collect_paginated_api(self.client.data_sources.query, data_source_id=self.facts["data_source_id"])
        equal(len({row["id"] for row in rows}), len(rows))
        equal(len(rows) >= 299, True)

    def filter_and_sort(self):
        answer = self.client.data_sources.query(
            self.facts["data_source_id"], filter={"property": "Status", "status": {"equals": "Fixed"}},
            sorts=[{"timestamp": "last_edited_time", "direction": "descending"}], page_size=50)
        equal({row["properties"]["Status"]["status"]["name"] for row in answer["results"]}, {"Fixed"})
        times = [row["last_edited_time"] for row in answer["results"]]
        equal(times, sorted(times, reverse=True))

    def row(self, name):
        return self.client.pages.create(
            parent={"data_source_id": self.facts["data_source_id"]},
            properties={"Name": title(name), "Votes": {"number": 3}})

    def write_a_row(self):
        row = self.row("Written by notion-client")
        changed = self.client.pages.update(row["id"], properties={"Status": {"status": {"name": "Fixed"}}})
        equal(changed["properties"]["Status"]["status"]["name"], "Fixed")
        equal(self.client.pages.retrieve(row["id"])["properties"]["Votes"]["number"], 3)
        equal(self.client.pages.update(row["id"], in_trash=True)["in_trash"], True)

    def columns_and_items(self):
        rows = self.client.data_sources.query(self.facts["data_source_id"], page_size=100)["results"]
        row = max(rows, key=lambda one: len(one["properties"]["Duplicates"]["relation"]))
        items = collect_paginated_api(
            self.client.pages.properties.retrieve, page_id=row["id"],
            property_id=row["properties"]["Duplicates"]["id"], page_size=10)
        equal(len(items) >= len(row["properties"]["Duplicates"]["relation"]), True)
        only = self.client.pages.retrieve(row["id"], filter_properties=[row["properties"]["Votes"]["id"]])
        equal(list(only["properties"]), ["Votes"])

    def blocks(self):
        page = self.row("With blocks")["id"]
        paragraph = {"paragraph": {"rich_text": [{"text": {"content": "Line"}}]}}
        self.client.blocks.children.append(page, children=[paragraph] * 7)
        lines = collect_paginated_api(self.client.blocks.children.list, block_id=page, page_size=3)
        equal([line["type"] for line in lines], ["paragraph"] * 7)
        equal(self.client.blocks.delete(lines[0]["id"])["in_trash"], True)

    def comments(self):
        page = self.row("With a comment")["id"]
        self.client.comments.create(parent={"page_id": page}, rich_text=[{"text": {"content": "Seen."}}])
        comments = self.client.comments.list(block_id=page)["results"]
        equal(comments[0]["rich_text"][0]["plain_text"], "Seen.")

    def a_table_of_its_own(self):
        home = self.client.search(query=HOME, filter={"property": "object", "value": "page"})["results"][0]
        database = self.client.databases.create(
            parent={"type": "page_id", "page_id": home["id"]}, title=[{"text": {"content": "From a client"}}],
            initial_data_source={"properties": {"Name": {"title": {}}, "When": {"date": {}}}})
        source = self.client.data_sources.update(
            database["data_sources"][0]["id"], properties={"When": {"name": "Due"}, "Kind": {"select": {}}})
        equal(sorted(source["properties"]), ["Due", "Kind", "Name"])

    def refused(self, status, code, call):
        try:
            call()
        except notion_client.APIResponseError as refusal:
            equal((refusal.status, str(getattr(refusal.code, "value", refusal.code))), (status, code))
        else:
            raise AssertionError("It was not refused.")

    def not_there(self):
        nobody = "00000000-0000-4000-8000-000000000001"
        self.refused(404, "object_not_found", lambda: self.client.pages.retrieve(nobody))

    def wrong_value(self):
        self.refused(400, "validation_error", lambda: self.client.pages.create(
            parent={"data_source_id": self.facts["data_source_id"]}, properties={"Votes": {"number": "many"}}))

    def foreign_token(self):
        self.refused(401, "unauthorized", lambda: self.connected("ntn_nobody").users.me())

    def waits_when_told(self):
        self.hall.expect("POST", "/sandbox/faults", [{"service": "notion", "path": "*/users/me", "times": 1, "action": {
            "status": 429, "headers": {"Retry-After": "1"},
            "body": {"object": "error", "status": 429, "code": "rate_limited", "message": "Slow down.",
                     "request_id": "00000000-0000-4000-8000-000000000000"}}}])
        self.who_am_i()
        equal(self.hall.expect("GET", "/sandbox/faults")[-1]["applied"], 1)


class UltimateNotion:
    """A client of objects over the newest version: it decodes strictly and sends what it decoded back."""

    def __init__(self, hall, recorder):
        folder = tempfile.mkdtemp(prefix="ultimate.", dir=hall.folder)
        os.environ["ULTIMATE_NOTION_CONFIG"] = folder + "/config.toml"
        import ultimate_notion
        self.module = ultimate_notion
        self.session = ultimate_notion.Session(client=notion_client.Client(
            auth=hall.facts["notion_token"], base_url=recorder.url + "/sandbox/notion", notion_version="2026-03-11"))
        self.row = None

    def checks(self):
        return [self.who_am_i, self.everybody, self.read_a_table, self.read_a_row, self.write_a_row, self.append_blocks,
                self.comment, self.trash_and_restore]

    def table(self):
        return self.session.search_ds("Bug tracker").item()

    def who_am_i(self):
        equal(self.session.whoami().is_bot, True)

    def everybody(self):
        equal(len(self.session.all_users()), 6)

    def read_a_table(self):
        table = self.table()
        equal("Status" in table.schema.to_dict(), True)
        equal(len(table.get_all_pages()) >= 299, True)

    def read_a_row(self):
        for page in list(self.table().get_all_pages())[:30]:
            {name: page.props[name] for name in page.props}
            equal(isinstance(str(page.title), str), True)

    def write_a_row(self):
        self.row = self.table().create_page(name="Written by ultimate-notion", votes=5)
        self.row.props["Votes"] = 6
        self.row.reload()
        equal(self.row.props["Votes"], 6)

    def append_blocks(self):
        self.row.append([self.module.Heading1("Seen"), self.module.Paragraph("Twice, on two machines.")])
        self.row.reload()
        equal(len(self.row.children), 2)

    def comment(self):
        self.row.comments.append("Is it still so?")
        equal(len(self.row.comments) > 0, True)

    def trash_and_restore(self):
        self.row.delete()
        equal(self.row.is_deleted, True)
        self.row.restore()
        equal(self.row.is_deleted, False)
