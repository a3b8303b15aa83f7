"""discord.py, driven against the stand-in for Discord."""

import discord

from verdict import equal, sentence


class DiscordPy:
    """The library most bots are written with: its HTTP client, its models, and its care for rate limits."""

    def __init__(self, hall, recorder):
        self.hall, self.recorder, self.facts = hall, recorder, hall.facts
        discord.http.Route.BASE = recorder.url + "/sandbox/discord/api/v10"
        self.channel = self.message = self.client = None

    def checks(self):
        return [self.log_in, self.servers_and_channels, self.send, self.read_and_edit, self.page_through,
                self.roles_and_members, self.unknown_message, self.unknown_channel, self.empty_message,
                self.keeps_to_the_limits, self.delete]

    async def verdicts(self):
        verdicts = []
        self.client = discord.Client(intents=discord.Intents.none())
        try:
            for check in self.checks():
                try:
                    await check()
                    verdicts.append(("passed", check.__name__, []))
                except Exception as fault:  # whatever the library makes of our answer is the finding
                    verdicts.append(("failed", check.__name__, [sentence(fault)]))
        finally:
            await self.client.close()
        return verdicts

    async def log_in(self):
        await self.client.login(self.facts["bot_token"])
        equal(self.client.user.bot, True)
        equal(str((await self.client.application_info()).id), self.facts["application_id"])

    async def servers_and_channels(self):
        guild = await self.client.fetch_guild(int(self.facts["guild_id"]))
        equal(str(guild.id), self.facts["guild_id"])
        self.channel = await self.client.fetch_channel(int(self.facts["channel_id"]))
        equal(str(self.channel.type), "text")

    async def send(self):
        embed = discord.Embed(title="A *title*", description="Words äß水🙂", colour=0x5865F2)
        embed.add_field(name="Field", value="value")
        view = discord.ui.View()
        view.add_item(discord.ui.Button(label="Press", custom_id="conformance:1"))
        view.add_item(discord.ui.Select(custom_id="conformance:2", options=[discord.SelectOption(label="One")]))
        self.message = await self.channel.send("From discord.py", embed=embed, view=view, nonce="conformance")
        equal(self.message.content, "From discord.py")
        equal([len(row.children) for row in self.message.components], [1, 1])

    async def read_and_edit(self):
        again = await self.channel.fetch_message(self.message.id)
        equal(again.embeds[0].fields[0].value, "value")
        edited = await again.edit(content="Edited", embed=None, view=None)
        equal((edited.content, edited.embeds, edited.components, edited.edited_at is None), ("Edited", [], [], False))

    async def page_through(self):
        found = [message.id async for message in self.channel.history(limit=None)]
        equal(len(found) > 100, True)  # more than one page
        equal(found, sorted(set(found), reverse=True))
        older = [message.id async for message in self.channel.history(limit=5, before=discord.Object(found[10]))]
        equal(older, found[11:16])

    async def roles_and_members(self):
        guild = await self.client.fetch_guild(int(self.facts["guild_id"]))
        equal(guild.default_role.id, guild.id)
        member = await guild.fetch_member(int(self.facts["user_id"]))
        equal(str(member.id), self.facts["user_id"])
        counts = await guild.role_member_counts()
        equal(sum(counts.values()) > 0, True)
        equal([emoji.name for emoji in await guild.fetch_emojis()], ["lantern", "moth", "bug_found"])

    async def refused(self, status, code, call):
        try:
            await call
        except discord.HTTPException as refusal:
            equal((refusal.status, refusal.code), (status, code))
        else:
            raise AssertionError("It was not refused.")

    async def unknown_message(self):
        await self.refused(404, 10008, self.channel.fetch_message(1))

    async def unknown_channel(self):
        await self.refused(404, 10003, self.client.fetch_channel(1))

    async def empty_message(self):
        await self.refused(400, 50006, self.channel.send())

    async def keeps_to_the_limits(self):
        """Eight messages in a row at the real pace: told by the headers alone, it waits and is never refused."""
        self.hall.expect("PUT", "/sandbox/pace", {"pace": "real"})
        begin = len(self.recorder.exchanges)
        try:
            for number in range(8):
                await self.channel.send("Message %d" % number)
        finally:
            self.hall.expect("PUT", "/sandbox/pace", {"pace": "generous"})
        equal([exchange.status for exchange in self.recorder.exchanges[begin:]], [200] * 8)

    async def delete(self):
        await self.message.delete()
        await self.refused(404, 10008, self.channel.fetch_message(self.message.id))
