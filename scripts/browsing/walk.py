"""What a newcomer does, with the mouse and the keyboard alone. Every step fails loudly when the page does not offer it."""

import json
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
        self.press("Save mapping", "The mapping is saved")
        self.wait_until("its issues to come", lambda: self.fact("Issues") not in ("", "0"))

    def pause_and_resume(self):
        self.press("Pause", "paused")
        self.press("Resume", "goes on")

    def sync(self):
        before = self.page.locator("#runs ~ .scroll tbody tr").count()
        self.page.get_by_role("button", name="Sync now").click()
        self.wait_until("another run", lambda: self.page.locator("#runs ~ .scroll tbody tr").count() > before)

    def mark_an_issue_fixed(self, row=0):
        title = self.wish_it_fixed(row)
        self.wait_until("the status to be Fixed", lambda: self.page.locator("h1 + p .status").inner_text() == "Fixed")
        return title

    def find_in_audit(self, title):
        self.rail("Audit log")
        text = self.page.locator("tbody").first.inner_text()
        assert title[:30] in text, "the audit log does not name “%s”" % title

    # -- settings

    def change_settings(self, place):
        """Each form: what is wrong is told beside its field, with what was typed still there; what is right is kept."""
        self.rail("Settings")
        zone = self.page.get_by_label("Times are told as in")
        zone.fill("Moon/Crater")
        self.refuse("Save time zone", zone)
        zone.fill(place)
        self.press("Save time zone", "Saved")
        self.press("Save time zone", "nothing to change")
        assert zone.input_value() == place, zone.input_value()
        days = self.page.locator("#retention ~ form input[inputmode=numeric]").first
        days.fill("1000000")
        self.refuse("Save how long", days)
        days.fill("200")
        self.press("Save how long", "Saved")
        days.fill("")
        self.press("Save how long", "Saved")
        self.press("Save how long", "nothing to change")
        role = self.page.get_by_label("Playtester")
        role.select_option(label="Viewer")
        self.press("Save roles", "Saved")
        assert role.input_value() == "viewer", role.input_value()
        role.select_option(label="As in Discord")
        self.press("Save roles", "Saved")

    def make_a_key(self, label, look=lambda name: None):
        """Answers the key, which is shown this once."""
        self.rail("Settings")
        self.page.get_by_text("Make a key").click()
        self.page.get_by_label("Name", exact=True).fill(label)
        only_from = self.page.get_by_label("Only from")
        only_from.fill("the moon")
        self.refuse("Make key", only_from)
        look("settings-refused")
        only_from.fill("")
        self.page.get_by_label("It ends after").fill("30")
        self.page.get_by_role("button", name="Make key").click()
        key = self.page.locator(".secret").inner_text()
        assert self.asks_with(key) == 200, "the key opens nothing"
        look("key-new")
        self.page.get_by_role("link", name="Back to settings").click()
        assert "Until" in self.row_of(label).inner_text(), self.row_of(label).inner_text()
        return key

    def take_back(self, label, key):
        self.rail("Settings")
        self.row_of(label).get_by_role("link", name="Take back").click()
        self.page.get_by_role("link", name="Keep it").click()
        assert self.asks_with(key) == 200, "a key that was kept is refused"
        self.row_of(label).get_by_role("link", name="Take back").click()
        self.press("Take it back", "The key is taken back")
        assert "Taken back" in self.row_of(label).inner_text(), self.row_of(label).inner_text()
        assert self.asks_with(key) == 401, "a key that was taken back is still good"

    def asks_with(self, key):
        """The status that a program gets which shows this key, and waits when it is told to."""
        address = self.url + "/api/servers/%s/channels" % self.facts["guild_id"]
        while True:
            answer = self.page.request.get(address, headers={"Authorization": "Bearer " + key})
            if answer.status != 429:
                return answer.status
            self.page.wait_for_timeout(1000 * int(answer.headers["retry-after"]))

    def row_of(self, name):
        return self.page.get_by_role("row").filter(has_text=name)

    # -- jobs

    def have_jobs_fail(self, count):
        """Discord refuses edits of messages for a while, so that the jobs behind them fail."""
        self.page.request.post(self.url + "/sandbox/faults", data=json.dumps([{
            "service": "discord", "method": "PATCH", "path": "*/messages/*", "times": None,
            "action": {"status": 400, "body": {"code": 50035, "message": "Invalid Form Body"}}}]))
        for row in range(count):
            self.wish_it_fixed(row)
        self.rail("Jobs")
        self.wait_until("%d jobs to fail" % count, lambda: self.failed() == count)
        self.page.request.delete(self.url + "/sandbox/faults")

    def try_a_job_again(self):
        self.rail("Jobs")
        before = self.failed()
        self.page.get_by_role("button", name="Try again").first.click()
        assert "tried again" in self.told(), self.told()
        self.wait_until("the job to be done", lambda: self.failed() == before - 1)

    def give_a_job_up(self):
        self.rail("Jobs")
        before = self.failed()
        self.page.get_by_role("link", name="Give up").first.click()
        self.page.get_by_role("link", name="Keep it").click()
        assert self.failed() == before, "a job that was kept is gone"
        self.page.get_by_role("link", name="Give up").first.click()
        self.press("Give it up", "The job is given up")
        assert self.failed() == before - 1, "a job that was given up is still there"

    def try_all_jobs_again(self):
        self.rail("Jobs")
        self.press("Try all again", "tried again")
        self.wait_until("all jobs to be done", lambda: self.failed() == 0)
        for tab in "Waiting", "Running", "Failed":
            self.page.get_by_role("link", name=re.compile(tab)).click()
            assert self.page.get_by_role("link", name=re.compile(tab)).get_attribute("aria-current"), tab

    def failed(self):
        return int(self.page.get_by_role("link", name=re.compile("^Failed")).locator(".quiet").inner_text())

    # -- what is kept of somebody

    def look_somebody_up(self, person, look=lambda name: None):
        self.rail("People's data")
        field = self.page.get_by_label("Discord id")
        field.fill("Nelly")
        self.refuse("Look up", field)
        field.fill(person)
        self.page.get_by_role("button", name="Look up").click()
        assert person in self.page.locator("h1").inner_text(), self.page.locator("h1").inner_text()
        look("person")
        with self.page.expect_download() as download:
            self.page.get_by_role("button", name="Export as JSON").click()
        assert json.load(open(download.value.path())), "the export is empty"
        typed = self.page.get_by_label("Type %s to erase it" % person)
        typed.fill("1")
        self.refuse("Erase this person's data", typed)

    # -- and away again

    def remove_the_mapping(self, channel, look=lambda name: None):
        self.rail("Mappings")
        self.row_of("#" + channel).get_by_role("link").click()
        self.page.get_by_role("link", name="Remove").click()
        self.page.get_by_role("link", name="Keep it").click()
        self.page.get_by_role("link", name="Remove").click()
        said = self.page.locator("#content p").first.inner_text()
        assert "#" + channel in said, "which mapping it is is not said: " + said
        field = self.page.get_by_label("Type the table's name to remove it")
        field.fill("Another table")
        self.refuse("Remove the mapping", field)
        look("mapping-removal-refused")
        field.fill("Bug tracker")
        self.press("Remove the mapping", "The mapping is removed")

    def log_out_elsewhere(self, others):
        """The browser that was logged in last, of the same person, is logged out from here."""
        self.account()
        rows = self.page.locator("#content table").first.locator("tbody tr")
        before = rows.count()
        rows.filter(has_not_text="this one").first.get_by_role("button", name="Log out").click()
        assert "That session has ended" in self.told(), self.told()
        assert rows.count() == before - 1, "the session is still listed"
        assert sorted(walk.is_in() for walk in others) == [False, True], "not one of two is logged out"

    def log_out_everywhere(self, *others):
        self.account()
        self.press("Log out everywhere", "You are logged out")
        assert not any(walk.is_in() for walk in (self, *others)), "somebody is still logged in"

    def is_in(self):
        self.page.goto(self.url + "/")
        return self.page.locator("a.person").count() == 1

    def account(self):
        self.page.locator("a.person").click()
        self.page.wait_for_url(self.url + "/account")

    # -- steps of steps

    def wish_it_fixed(self, row):
        self.rail("Issues")
        self.page.locator("tbody tr").filter(has_not_text="Fixed").locator("a.row").nth(row).click()
        title = self.page.locator("h1").inner_text()
        self.page.get_by_label("Status", exact=True).select_option(label="Fixed")
        self.page.get_by_role("button", name="Set the status").click()
        return title

    def rail(self, name):
        self.page.locator(".rail").get_by_role("link", name=name).click()

    def press(self, button, told):
        self.page.get_by_role("button", name=button, exact=True).click()
        assert told in self.told(), self.told()

    def refuse(self, button, field):
        """The form comes back, with what was typed and a sentence that says what is wrong with it."""
        typed = field.input_value()
        self.page.get_by_role("button", name=button, exact=True).click()
        fault = self.page.locator("#" + field.get_attribute("aria-describedby").split()[-1])
        assert field.get_attribute("aria-invalid") and fault.inner_text(), "“%s” is taken without a word" % typed
        assert field.input_value() in (typed, ""), "what was typed is another"
        self.page.wait_for_function("field => field === document.activeElement", arg=field.element_handle())
        assert self.is_in_sight(fault), "what is wrong is said out of sight"

    def is_in_sight(self, part):
        box = part.bounding_box()
        top = self.page.evaluate("window.visualViewport.offsetTop")
        return box["y"] >= top and box["y"] + box["height"] <= top + self.page.viewport_size["height"]

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
