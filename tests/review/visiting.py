"""Clients of a room's pages that follow no redirect: one that is outside, and one that is logged in."""

import re

from fastapi.testclient import TestClient
from rooms import PASSWORD

from trimtab.review import LOOPBACK, Room
from trimtab.review.app import create_app

HOSTS = {*LOOPBACK, "testserver"}


def browser(room: Room) -> TestClient:
    return TestClient(create_app(room, hosts=HOSTS), follow_redirects=False, raise_server_exceptions=True)


def csrf_of(client: TestClient) -> str:
    found = re.search(r'(?:data-csrf|name="csrf" value)="([0-9a-f]+)"', client.get("/account").text)
    assert found is not None
    return found[1]


def logged_in(room: Room, name: str, password: str = PASSWORD) -> tuple[TestClient, dict[str, str]]:
    client = browser(room)
    assert client.post("/login", data={"name": name, "password": password}).status_code == 303
    return client, {"X-CSRF": csrf_of(client)}
