"""Logins with clients nobody here wrote: requests-oauthlib at Discord's, notion-client at Notion's, and an invitation
whose address discord.py made."""

import os
from urllib.parse import parse_qs, urlsplit

import discord
import notion_client
import requests
from oauthlib.oauth2 import OAuth2Error
from requests_oauthlib import OAuth2Session

from verdict import equal


def consent(address, **decision):
    """What a person does in a browser: look at the page, answer it, be sent back. The address they end at."""
    place, asked = address.split("?", 1)
    page = requests.get(address, headers={"Accept": "text/html"})
    equal(page.status_code, 200)
    fields = {name: values[0] for name, values in parse_qs(asked).items()}
    answer = requests.post(place, data={**fields, **decision}, allow_redirects=False)
    return answer.headers.get("Location", "")


class DiscordLogin:
    """The authorization code grant with PKCE, as requests-oauthlib does it."""

    def __init__(self, hall, recorder):
        os.environ["OAUTHLIB_INSECURE_TRANSPORT"] = "1"
        self.hall, self.facts = hall, hall.facts
        self.api = recorder.url + "/sandbox/discord/api/v10"
        self.session = self.new_session(["identify", "guilds", "guilds.members.read"])

    def new_session(self, scope):
        return OAuth2Session(self.facts["discord_client_id"], scope=scope, pkce="S256",
                             redirect_uri=self.facts["discord_redirect_uri"])

    def checks(self):
        return [self.cancelled, self.log_in, self.account, self.servers, self.own_roles, self.authorization,
                self.code_twice, self.refresh, self.missing_scope, self.invited, self.revoke]

    def ask(self, session, **decision):
        address, _ = session.authorization_url(self.facts["discord_authorize_url"])
        return consent(address, **decision)

    def cancelled(self):
        back = self.ask(self.session, **{"as": self.facts["owner_id"], "decision": "cancel"})
        equal(parse_qs(urlsplit(back).query)["error"], ["access_denied"])

    def fetch(self, session, back):
        return session.fetch_token(self.api + "/oauth2/token", authorization_response=back,
                                   client_secret=self.facts["discord_client_secret"])

    def log_in(self):
        back = self.ask(self.session, **{"as": self.facts["owner_id"], "decision": "authorize"})
        token = self.fetch(self.session, back)
        equal((token["token_type"], token["expires_in"]), ("Bearer", 604800))

    def get(self, path, status=200):
        answer = self.session.get(self.api + path)
        equal(answer.status_code, status)
        return answer.json()

    def account(self):
        equal(self.get("/users/@me")["id"], self.facts["owner_id"])

    def servers(self):
        servers = {one["id"]: one for one in self.get("/users/@me/guilds?with_counts=true")}
        equal(servers[self.facts["guild_id"]]["owner"], True)
        rights = discord.Permissions(int(servers[self.facts["third_guild_id"]]["permissions"]))
        equal((rights.manage_guild, rights.administrator), (True, False))

    def own_roles(self):
        equal(len(self.get("/users/@me/guilds/%s/member" % self.facts["third_guild_id"])["roles"]), 1)
        equal(self.get("/users/@me/guilds/%s/member" % self.facts["other_guild_id"], 404)["code"], 10004)

    def authorization(self):
        equal(sorted(self.get("/oauth2/@me")["scopes"]), ["guilds", "guilds.members.read", "identify"])

    def code_twice(self):
        session = self.new_session(["identify"])
        back = self.ask(session, **{"as": self.facts["staff_id"], "decision": "authorize"})
        self.fetch(session, back)
        try:
            self.fetch(session, back)
        except OAuth2Error as refusal:
            equal(refusal.error, "invalid_grant")
        else:
            raise AssertionError("It was not refused.")

    def refresh(self):
        before = dict(self.session.token)
        after = self.session.refresh_token(self.api + "/oauth2/token", auth=(
            self.facts["discord_client_id"], self.facts["discord_client_secret"]))
        equal(before["access_token"] == after["access_token"], False)
        self.account()

    def missing_scope(self):
        session = self.new_session(["guilds"])
        self.fetch(session, self.ask(session, **{"as": self.facts["member_id"], "decision": "authorize"}))
        equal(session.get(self.api + "/users/@me").status_code, 401)

    def invited(self):
        """Into the server it was not in, with the address that discord.py makes."""
        guild = discord.Object(int(self.facts["third_guild_id"]))
        address = discord.utils.oauth_url(
            self.facts["discord_client_id"], permissions=discord.Permissions(19456), guild=guild,
            disable_guild_select=True)
        mine = self.facts["discord_authorize_url"] + "?" + urlsplit(address).query
        consent(mine, **{"as": self.facts["owner_id"], "decision": "authorize"})
        equal(self.hall.discord("GET", "/guilds/%s" % guild.id)["name"], "Ember Market")

    def revoke(self):
        answer = requests.post(self.api + "/oauth2/token/revoke", {"token": self.session.token["access_token"]}, auth=(
            self.facts["discord_client_id"], self.facts["discord_client_secret"]))
        equal((answer.status_code, answer.json()), (200, {}))
        self.get("/users/@me", 401)


class NotionLogin:
    """A workspace connected with notion-client's own OAuth calls."""

    def __init__(self, hall, recorder):
        self.hall, self.facts = hall, hall.facts
        self.address = recorder.url + "/sandbox/notion"
        self.key = {"client_id": self.facts["notion_client_id"], "client_secret": self.facts["notion_client_secret"]}
        self.token = None

    def checks(self):
        return [self.connect, self.sees_what_was_picked, self.expired_and_refreshed, self.used_up, self.introspect,
                self.revoke]

    def client(self, token=None):
        return notion_client.Client(auth=token, base_url=self.address)

    def connect(self):
        asked = requests.Request("GET", self.facts["notion_authorize_url"], params={
            "owner": "user", "response_type": "code", "client_id": self.key["client_id"], "state": "s",
            "redirect_uri": self.facts["notion_redirect_uri"]}).prepare().url
        people = self.client(self.facts["notion_token"]).users.list()["results"]
        back = consent(asked, **{"as": people[0]["id"], "picked": self.facts["database_id"], "decision": "connect"})
        code = parse_qs(urlsplit(back).query)["code"][0]
        self.token = self.client().oauth.token(
            **self.key, grant_type="authorization_code", code=code, redirect_uri=self.facts["notion_redirect_uri"])
        equal(self.token["owner"]["user"]["id"], people[0]["id"])

    def sees_what_was_picked(self):
        client = self.client(self.token["access_token"])
        equal(client.users.me()["id"], self.token["bot_id"])
        found = client.search(filter={"property": "object", "value": "data_source"})["results"]
        equal([one["id"] for one in found], [self.facts["data_source_id"]])

    def expired_and_refreshed(self):
        self.hall.expect("POST", "/sandbox/notion/oauth/expire", {"bot_id": self.token["bot_id"]})
        self.refused(401, "unauthorized", lambda: self.client(self.token["access_token"]).users.me())
        self.token["old"] = self.token["refresh_token"]
        self.token.update(self.client().oauth.token(
            **self.key, grant_type="refresh_token", refresh_token=self.token["refresh_token"]))
        equal(self.client(self.token["access_token"]).users.me()["id"], self.token["bot_id"])

    def used_up(self):
        """In the form that notion-client decodes."""
        self.hall.expect("PUT", "/sandbox/notion/oauth", {"errors": "object"})
        self.refused(400, "invalid_grant", lambda: self.client().oauth.token(
            **self.key, grant_type="refresh_token", refresh_token=self.token["old"]))

    def introspect(self):
        equal(self.client().oauth.introspect(**self.key, token=self.token["access_token"])["active"], True)

    def revoke(self):
        self.client().oauth.revoke(**self.key, token=self.token["access_token"])
        self.refused(401, "unauthorized", lambda: self.client(self.token["access_token"]).users.me())

    def refused(self, status, code, call):
        try:
            call()
        except notion_client.errors.HTTPResponseError as refusal:
            said = refusal.code if refusal.code != "notionhq_client_response_error" else refusal.body
            equal((refusal.status, code in str(getattr(said, "value", said))), (status, True))
        else:
            raise AssertionError("It was not refused.")
