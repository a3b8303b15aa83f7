"""Walks, looks, and prints what was found."""

import argparse
import functools
import os
import re
import tempfile

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from house import House
from walk import Walk

WAYS = [(width, height, scheme) for scheme in ("light", "dark") for width, height in ((1280, 860), (390, 844))]
MAREN = "810451559316979712"
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


def take_the_walk(context, house, look):
    page = context.new_page()
    complaints = []
    page.on("console", lambda message: message.type == "error" and complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    walk = Walk(page, house)
    look = functools.partial(look, page)
    step("log in as the owner of a server", lambda: walk.log_in("Maren"))
    step("choose the server", walk.enter)
    step("link a Notion workspace", walk.link_a_workspace)
    step("map a table to a channel, after a preview", lambda: walk.map_a_table("general"))
    step("pause and resume the mapping", walk.pause_and_resume)
    step("sync it by hand", walk.sync)
    title = step("mark an issue fixed", walk.mark_an_issue_fixed)
    step("find that in the audit log", lambda: walk.find_in_audit(title))
    step("change what is set for the server, after a slip in each form",
         lambda: walk.change_settings("Europe/Berlin"))
    key = step("make an API key, and ask with it", lambda: walk.make_a_key("Wiki bot", look))
    step("look somebody up, and export what is kept of them", lambda: walk.look_somebody_up(MAREN, look))
    step("meet three jobs that fail", lambda: walk.have_jobs_fail(3))
    # The form that was refused is an answer of 400, which the browser writes down.
    found("the browser had nothing to complain of",
          sorted({text for text in complaints if "status of 400" not in text}))
    return walk, key


def walk_without_script(browser, house):
    context = browser.new_context(viewport={"width": 1280, "height": 860}, java_script_enabled=False)
    walk = Walk(context.new_page(), house)

    def body():
        walk.log_in("Oda")
        walk.enter()
        walk.map_a_table("announcements")
        walk.pause_and_resume()
        walk.find_in_audit(walk.mark_an_issue_fixed())
        walk.change_settings("Europe/Lisbon")
        walk.take_back("Dashboard", walk.make_a_key("Dashboard"))
        walk.look_somebody_up(MAREN)

    step("all of it again without script, as an administrator", body)
    return walk


def take_it_back(browser, house, walk, key, look):
    """What ends what the walk began, when everything has been looked at."""
    step("try a job again", walk.try_a_job_again)
    step("give another one up", walk.give_a_job_up)
    step("take the API key back", lambda: walk.take_back("Wiki bot", key))
    step("remove the mapping, after a slip",
         lambda: walk.remove_the_mapping("general", functools.partial(look, walk.page)))
    others = [Walk(browser.new_context().new_page(), house) for _ in range(2)]
    for other in others:
        other.log_in("Maren")
    step("log another browser out", lambda: walk.log_out_elsewhere(others))
    step("log out everywhere", lambda: walk.log_out_everywhere(*others))


def take_it_back_without_script(walk):
    def body():
        walk.try_all_jobs_again()
        walk.remove_the_mapping("announcements")
        walk.log_out_everywhere()

    step("all of that again without script", body)


def addresses(page, house, home):
    """Every page of the rail, and one of each kind below it."""
    page.goto(house.url + home)
    rail = [link.get_attribute("href") for link in page.locator(".rail a").all()]
    below = []
    for address, kind in (("/issues", "tbody a.row"), ("/mappings", "tbody a.row"), ("/jobs", "a[href$=discard]"),
                          ("/settings", "#keys ~ .scroll a")):
        page.goto(house.url + home + address)
        below.append(page.locator(kind).first.get_attribute("href"))
    more = ["/edit", "/remove"]
    return ["/", "/servers", "/account", *rail, *below, *[below[1] + end for end in more], home + "/mappings/new",
            home + "/jobs?show=waiting", home + "/nothing-here"]


def look_at(context, house, paths, pictures):
    page, faults = context.new_page(), []
    for path in paths:
        page.goto(house.url + path)
        name = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}|\d{15,}|(?<=keys/)\w+", "x", path).strip("/") or "home"
        faults += look(page, re.sub(r"\W", "-", name), pictures)
    page.close()
    found("%d pages fit in four ways, axe-core finds nothing serious" % len(paths), faults)


def look_here(pictures, page, name):
    """Looks at a page that only a form shows."""
    found("%s: it fits in four ways, axe-core finds nothing serious" % name, look(page, name, pictures))


def look(page, name, pictures):
    """Takes a picture for each way; tells what does not fit, and what axe-core calls serious."""
    faults = []
    for width, height, scheme in WAYS:
        page.set_viewport_size({"width": width, "height": height})
        page.emulate_media(color_scheme=scheme)
        page.screenshot(path="%s/%s-%d-%s.png" % (pictures, name, width, scheme), full_page=True)
        over = page.evaluate("document.documentElement.scrollWidth") - width
        if over > 0:
            faults.append("%s is %d px too wide" % (name, over))
        rules = {"runOnly": ["color-contrast"]} if scheme == "dark" else {}  # in the dark, colours alone differ
        for violation in Axe().run(page, options={"resultTypes": ["violations"], **rules}).response["violations"]:
            if violation["impact"] in ("serious", "critical"):
                where = violation["nodes"][0]["target"]
                faults.append("%s at %d px, %s: %s (%s)" % (name, width, scheme, violation["help"], where))
    page.set_viewport_size({"width": WAYS[0][0], "height": WAYS[0][1]})
    page.emulate_media(color_scheme="light")
    return faults


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
            look_closely = functools.partial(look_here, options.pictures)
            walk, key = take_the_walk(context, house, look_closely)
            plain = walk_without_script(browser, house)
            paths = addresses(walk.page, house, walk.home)
            look_at(context, house, paths, options.pictures)
            take_it_back(browser, house, walk, key, look_closely)
            take_it_back_without_script(plain)
        except Exception as error:  # a step that failed is a finding, told with what the page said
            found("the walk came to its end", str(error).splitlines()[:4])
            show_where_it_ended(browser, options.pictures)
    print("Pictures: " + options.pictures)
    raise SystemExit(1 if any(faults for _, faults in findings) else 0)


main()
