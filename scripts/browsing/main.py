"""Walks, looks, and prints what was found."""

import argparse
import os
import re
import tempfile

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from house import House
from walk import Walk

WAYS = [(width, height, scheme) for scheme in ("light", "dark") for width, height in ((1280, 860), (390, 844))]
findings = []


def found(name, faults):
    findings.append((name, faults))
    print("%s %s" % ("✓" if not faults else "✗", name), flush=True)
    for fault in faults:
        print("    " + fault, flush=True)


def step(name, body):
    """Runs a step of the walk; a later step cannot stand on one that failed."""
    value = body()
    found(name, [])
    return value


def take_the_walk(context, house):
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    walk = Walk(page, house)
    step("log in as the owner of a server", lambda: walk.log_in("Maren"))
    step("choose the server", walk.enter)
    step("link a Notion workspace", walk.link_a_workspace)
    step("map a table to a channel, after a preview", lambda: walk.map_a_table("general"))
    step("pause and resume the mapping", walk.pause_and_resume)
    step("sync it by hand", walk.sync)
    title = step("mark an issue fixed", walk.mark_an_issue_fixed)
    step("find that in the audit log", lambda: walk.find_in_audit(title))
    found("the browser had nothing to complain of", sorted(set(complaints)))
    return page


def walk_without_script(browser, house):
    context = browser.new_context(viewport={"width": 1280, "height": 860}, java_script_enabled=False)
    walk = Walk(context.new_page(), house)

    def body():
        walk.log_in("Oda")
        walk.enter()
        walk.map_a_table("announcements")
        walk.pause_and_resume()
        walk.find_in_audit(walk.mark_an_issue_fixed())

    step("all of it again without script, as an administrator", body)
    context.close()


def addresses(page, house, home):
    """Every page of the rail, and one of each kind below it."""
    page.goto(house.url + home)
    rail = [link.get_attribute("href") for link in page.locator(".rail a").all()]
    below = []
    for address, kind in ((home + "/issues", "tbody a.row"), (home + "/mappings", "tbody a.row")):
        page.goto(house.url + address)
        below.append(page.locator(kind).first.get_attribute("href"))
    more = ["/edit", "/remove"]
    return ["/", "/servers", "/account", *rail, *below, *[below[1] + end for end in more], home + "/mappings/new",
            home + "/nothing-here"]


def look_at(browser, state, house, paths, pictures):
    for width, height, scheme in WAYS:
        context = browser.new_context(
            viewport={"width": width, "height": height}, color_scheme=scheme, storage_state=state)
        page = context.new_page()
        faults = []
        for path in paths:
            page.goto(house.url + path)
            name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{15,}", "x", path).strip("/").replace("/", "-") or "home"
            page.screenshot(path="%s/%s-%d-%s.png" % (pictures, name, width, scheme))
            over = page.evaluate("document.documentElement.scrollWidth") - width
            if over > 0:
                faults.append("%s is %d px too wide" % (path, over))
            for violation in Axe().run(page).response["violations"]:
                if violation["impact"] in ("serious", "critical"):
                    where = violation["nodes"][0]["target"]
                    faults.append("%s: %s (%s)" % (path, violation["help"], where))
        found("%d pages at %d px, %s: they fit, axe-core finds nothing serious" % (len(paths), width, scheme), faults)
        context.close()


def show_where_it_ended(browser, pictures):
    """The pages that stood open: a picture of each, and its words."""
    for number, page in enumerate(page for context in browser.contexts for page in context.pages):
        page.screenshot(path="%s/ended-%d.png" % (pictures, number))
        print("    %s: %s" % (page.url, " / ".join(page.locator("body").inner_text().split("\n"))[:1500]), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("--chromium", required=True)
    options.add_argument("--pictures", default=tempfile.mkdtemp(prefix="guildhall-pictures."))
    options = options.parse_args()
    os.makedirs(options.pictures, exist_ok=True)
    with House() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=options.chromium, args=["--no-sandbox"])
        context = browser.new_context(viewport={"width": 1280, "height": 860})
        try:
            page = take_the_walk(context, house)
            walk_without_script(browser, house)
            paths = addresses(page, house, "/servers/%s" % house.facts["guild_id"])
            look_at(browser, context.storage_state(), house, paths, options.pictures)
        except Exception as error:  # a step that failed is a finding, told with what the page said
            found("the walk came to its end", str(error).splitlines()[:4])
            show_where_it_ended(browser, options.pictures)
    print("Pictures: " + options.pictures)
    raise SystemExit(1 if any(faults for _, faults in findings) else 0)


main()
