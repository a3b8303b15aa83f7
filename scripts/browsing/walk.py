"""What a newcomer does, with the mouse alone. Every step fails loudly when the page does not offer it."""

import re


class Walk:
    def __init__(self, page, house):
        self.page, self.url, self.facts = page, house.url, house.facts
        page.set_default_timeout(10_000)
        self.home = "/servers/%s" % house.facts["guild_id"]

    def log_in(self, person):
        self.page.goto(self.url + "/")
        self.page.get_by_role("link", name="Log in with Discord").first.click()
        self.page.get_by_role("radio", name=re.compile(person)).check()
        self.page.get_by_role("button", name="Authorize").click()
        self.page.wait_for_url(self.url + "/servers")

    def enter(self):
        self.page.get_by_role("link", name=re.compile("Lantern Keep")).click()
        self.page.wait_for_url(self.url + self.home)

    def link_a_workspace(self):
        self.rail("Connections")
        self.page.get_by_role("link", name="Link with Notion").click()
        for box in self.page.locator("input[type=checkbox]").all():
            box.check()
        self.page.get_by_role("button").filter(has_text=re.compile("Allow|Authorize|Select|Connect|access", re.I)).first.click()
        assert "The workspace is linked" in self.told(), self.told()

    def map_a_table(self, channel):
        self.rail("Mappings")
        self.page.get_by_role("link", name="Map a table").click()
        self.page.get_by_role("radio", name="Bug tracker").check()
        self.page.get_by_label("Channel in Discord").select_option(label=channel)
        self.page.get_by_role("button", name="Continue").click()
        preview = self.page.locator("#preview")
        assert "Mark as fixed" in preview.inner_text(), "the preview shows no message"
        self.page.get_by_role("button", name="Save mapping").click()
        assert "The mapping is saved" in self.told(), self.told()
        self.wait_until("its issues to come", lambda: self.fact("Issues") not in ("", "0"))

    def pause_and_resume(self):
        self.page.get_by_role("button", name="Pause").click()
        assert "paused" in self.told(), self.told()
        self.page.get_by_role("button", name="Resume").click()
        assert "goes on" in self.told(), self.told()

    def sync(self):
        before = self.page.locator("#runs ~ .scroll tbody tr").count()
        self.page.get_by_role("button", name="Sync now").click()
        self.wait_until("another run", lambda: self.page.locator("#runs ~ .scroll tbody tr").count() > before)

    def mark_an_issue_fixed(self):
        self.rail("Issues")
        self.page.locator("tbody a.row").first.click()
        title = self.page.locator("h1").inner_text()
        self.page.get_by_label("Status", exact=True).select_option(label="Fixed")
        self.page.get_by_role("button", name="Set the status").click()
        self.wait_until("the status to be Fixed", lambda: self.page.locator("h1 + p .status").inner_text() == "Fixed")
        return title

    def find_in_audit(self, title):
        self.rail("Audit log")
        text = self.page.locator("tbody").first.inner_text()
        assert title[:30] in text, "the audit log does not name “%s”" % title

    # -- steps of steps

    def rail(self, name):
        self.page.locator(".rail").get_by_role("link", name=name).click()

    def told(self):
        return self.page.locator(".told").first.inner_text()

    def fact(self, name):
        facts = self.page.locator("dl.facts")
        return facts.locator("dt", has_text=name).first.locator("xpath=following-sibling::dd[1]").inner_text()

    def wait_until(self, what, is_so, seconds=30):
        for _ in range(seconds * 2):
            if is_so():
                return
            self.page.wait_for_timeout(500)
            self.page.reload()
        raise AssertionError("waited in vain for %s" % what)
