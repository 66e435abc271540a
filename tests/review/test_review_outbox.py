"""The outbox by itself, in a real browser: what comes while it looks for the last time is sent all the same."""

from typing import Any

import pytest
from served import CHROMIUM, NO_BROWSER

from needs import without
from trimtab.review import app

playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
if CHROMIUM is None:
    without("chromium", NO_BROWSER)

HERE = "http://localhost/"
SECOND_WHILE_IT_LOOKS = """async () => {
  const { Outbox } = await import("/outbox.js");
  const sent = [];
  const send = async ({ key }) => { sent.push(key); return new Response("{}"); };
  const outbox = await Outbox.open("somebody", send, () => {});
  let letGo, looks;
  const gate = new Promise((done) => { letGo = done; });
  const looking = new Promise((done) => { looks = done; });
  const getAll = IDBObjectStore.prototype.getAll;
  IDBObjectStore.prototype.getAll = function () {
    const found = getAll.call(this);
    if (this.name !== "waiting" || sent.length === 0) return found;
    IDBObjectStore.prototype.getAll = getAll; // this look alone is slow
    found.addEventListener("success", looks);
    return { get result() { return found.result; }, set onsuccess(told) { gate.then(told); } };
  };
  await outbox.add({ key: "first" });
  await looking; // it has seen that nothing waits
  await outbox.add({ key: "second" });
  letGo();
  for (let tries = 0; tries < 100 && sent.length < 2; tries++) await new Promise((done) => setTimeout(done, 10));
  return [sent, await outbox.assignments()];
}"""


def test_what_comes_after_the_last_look_does_not_stay_behind(browser: Any) -> None:
    script = (app._HERE / "static" / "outbox.js").read_text(encoding="utf-8")
    page = browser.new_page()
    page.route(HERE, lambda route: route.fulfill(content_type="text/html", body="<!doctype html>"))
    page.route(f"{HERE}outbox.js", lambda route: route.fulfill(content_type="text/javascript", body=script))
    page.goto(HERE)
    assert page.evaluate(SECOND_WHILE_IT_LOOKS) == [["first", "second"], []]
    page.close()
