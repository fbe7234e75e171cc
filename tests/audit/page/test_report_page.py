"""From sources to the report page: its numbers are those of the tables, and a real browser shows it."""

import sys
from types import SimpleNamespace

import pytest
from browsers import chromium
from outputs import rows
from pages import Page
from projects import Project
from selenium.webdriver import ActionChains, Keys

from identity_spark.audit.page import SECTIONS
from identity_spark.audit.page.job import report_page
from jobs import report

# ann@x.io joins 1, 2 and the shop's 1; the phone joins 3, of another name; 7 to 9 have three mails, one more than allowed.
PEOPLE = [
    ("1", "ann@x.io", None, "Ashgrove"), ("2", "ann@x.io", "2025550111", "Ashgrove"), ("5", None, None, "Elm"), ("6", "n/a", None, "Fir"),
    ("7", "g1@x.io", "2025550177", "Gum"), ("8", "g2@x.io", "2025550177", "Gum"), ("9", "g3@x.io", "2025550177", "Gum"), (None, "z@x.io", None, "Zed"),
    ("3", None, "2025550111", "Birch"), ("4", "dan@x.io", None, "Dogwood"),
]  # fmt: skip
VALUES = ("ann@x.io", "2025550111", "Ashgrove", "birch", "g1@x.io", "dan@x.io")


@pytest.fixture(scope="module")
def project(spark, tmp_path_factory):
    """One committed run of two sources."""
    project = Project(spark, tmp_path_factory.mktemp("page"))
    (project.folder / "shop.csv").write_text("id,mail\n1,ann@x.io\n2,sue@x.io\n", "utf-8")
    project.settings["sources"]["shop"] = {
        "path": str(project.folder / "shop.csv"), "format": "csv", "options": {"header": True}, "primary_key": "id", "columns": {"email": "mail"},
    }  # fmt: skip
    project.settings["identifiers"]["email"]["max_values_per_profile"] = 2
    project.run("one", PEOPLE)
    return project


@pytest.fixture(scope="module")
def file(spark, project):
    return report_page(spark, project.config(), str(project.folder / "pages"))


@pytest.fixture(scope="module")
def page(file):
    return Page.at(file)


@pytest.fixture(scope="module")
def browser(tmp_path_factory):
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        yield browser


def test_numbers_are_those_of_the_report_table(project, page):
    found = {(r["scope"], r["name"], r["metric"]): r["value"] for r in rows(project.output, "identity_golden_report")}
    shown = {}
    for scope, section in (
        ("source", "sources"),
        ("rule", "rules"),
        ("identifier", "identifiers"),
        ("identifier", "apart"),
    ):
        shown |= {(scope, *key): value for key, (value, _) in page.cells(section).items()}
    shown |= {
        ("guardrail", *key): value
        for key, (value, _) in page.cells("unresolved").items()
        if key[1].startswith("conflict")
    }
    shown |= {("project", "small", metric): value for (_, metric), (value, _) in page.cells("totals").items()}
    assert shown == {key: found[key] for key in shown}
    assert {name for scope, name, _ in shown if scope == "source"} == {"crm", "shop"}
    assert {name for scope, name, _ in shown if scope == "rule"} == {"email", "phone"}
    assert len(shown) == 9 + 2 * 8 + 2 * 6 + 3 * 3 + 3 + 2


def test_what_the_page_says_was_counted_by_hand(page):
    totals = {metric: shown for (_, metric), (_, shown) in page.cells("totals").items()}
    assert totals == {
        "records": "12", "golden_records": "3", "resolution_rate": "50.0%", "consolidation": "50.0%", "matched_records": "4", "unique_records": "2",
        "conflict_records": "3", "missing_records": "2", "bad_key_records": "1",
    }  # fmt: skip
    assert "There is no earlier run" in page.text("totals")
    assert {key: value for key, (value, _) in page.cells("unresolved").items() if key[1] == "records"} == {
        ("conflict", "records"): 3, ("missing_identifiers", "records"): 2, ("missing_primary_key", "records"): 1,
    }  # fmt: skip
    assert page.cells("sizes")["1", "profiles"] == (2, "2")
    assert page.cells("sizes")["4 to 7", "records"] == (4, "4")
    assert [" ".join(e["text"].split()) for e in page.all("tr", "changes")][1:] == ["created sources 3 6"]
    flow = {" ".join(e["text"].split()) for e in page.all("tr", "flow")[1:]}
    assert flow == {
        "crm email profiles of several records 2", "crm phone profiles of several records 1", "shop email profiles of several records 1",
        "crm joined by no rule profiles of one record 1", "shop joined by no rule profiles of one record 1",
        "crm left out in conflict 3", "crm left out missing identifiers 2", "crm left out bad keys 1",
    }  # fmt: skip


def test_the_odd_profile_is_found_with_its_weakest_link(page):
    (summary, *others) = [e["text"] for e in page.all("summary", "profiles")]
    assert "4 records, 2 sources, 2 rules, 2 last_name" in summary
    assert len(others) == 1  # the same is the largest, and no other has several records
    marked = next(e for e in page.all("tr", "profiles") if e.get("class") == "weakest-row")
    numbers = {"1": "crm:1", "2": "crm:2", "3": "crm:3", "4": "shop:1"}
    assert [e["text"] for e in page.all("li", "profiles")][:4] == list(numbers.values())
    assert " ".join(marked["text"].split()) == "2 – 3 weakest link phone phone exact 1.00"


def test_no_value_is_on_the_page(file):
    text = file.read_text("utf-8").lower()
    assert not [value for value in VALUES if value.lower() in text]


def test_the_job_says_where_the_page_is_and_what_is_wrong(project, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("IDENTITY_LOG", str(tmp_path / "identity.log"))
    config = project.folder / "config.yaml"

    def job(out, *arguments):
        monkeypatch.setattr(sys, "argv", ["report.py", "--config", str(config), "--out", str(out), *arguments])
        code, printed = report.main(), capsys.readouterr()
        return SimpleNamespace(
            code=code, out=printed.out, errors=[line for line in printed.err.splitlines() if "error: " in line]
        )

    done = job(tmp_path / "new" / "folder", "--run-id", "one", "--show-values")
    assert (done.code, done.out) == (0, f"page: {tmp_path}/new/folder/one.html\n")
    first = Page.at(tmp_path / "new" / "folder" / "one.html")
    assert first.cells("totals")[None, "records"] == (12, "12")
    assert "phone exact: +12025550111" in first.text("profiles")
    unknown = job(tmp_path, "--run-id", "two")
    assert (unknown.code, len(unknown.errors)) == (3, 1)
    assert "'two' is no committed run" in unknown.errors[0]
    (tmp_path / "taken").write_text("", "utf-8")
    taken = job(tmp_path / "taken")
    assert (taken.code, len(taken.errors)) == (2, 1)
    assert "--out: cannot write" in taken.errors[0]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [375, 1440])
def test_a_browser_shows_every_section_and_asks_for_nothing(browser, file, width, scheme):
    browser.fetched()  # what went before
    browser.show(file, width, scheme)
    assert [e.get_attribute("id") for e in browser.all("main section") if e.is_displayed()] == list(SECTIONS)
    assert browser.all("#totals [data-metric=golden_records]")[0].text == "3"
    for opened in (False, True):
        browser.run("for (const d of document.querySelectorAll('details')) d.open = arguments[0]", opened)
        assert browser.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
        assert not browser.run("return [...document.querySelectorAll('main *')].filter(e => !e.closest('.scroll')"
                               " && e.getBoundingClientRect().right > innerWidth).map(e => e.outerHTML.slice(0, 80))")  # fmt: skip
    paper = browser.run("return getComputedStyle(document.body).backgroundColor.match(/\\d+/g).map(Number)")
    assert (sum(paper) < 150) == (scheme == "dark")
    assert browser.complaints() == []
    assert browser.fetched() == [file.as_uri()]


def test_a_graph_opens_by_click_and_by_keyboard(browser, file):
    browser.show(file, 1440, "light")
    (odd, largest) = browser.all("#profiles details.profile")
    graphs = [details.find_element("css selector", "figure svg") for details in (odd, largest)]
    assert not any(graph.is_displayed() for graph in graphs)
    odd.find_element("css selector", "summary").click()
    assert [graph.is_displayed() for graph in graphs] == [True, False]
    assert graphs[0].find_elements("css selector", "line.weakest")
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()  # out of the summary, into what it opened
    browser.run("arguments[0].focus()", largest.find_element("css selector", "summary"))
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    assert graphs[1].is_displayed()


def test_the_first_tab_skips_to_the_content(browser, file):
    browser.show(file, 1440, "light")
    ActionChains(browser.driver).send_keys(Keys.TAB).perform()
    focused = browser.driver.switch_to.active_element
    assert focused.text == "Skip to the content"
    ActionChains(browser.driver).send_keys(Keys.ENTER).perform()
    assert browser.run("return location.hash") == "#main"
