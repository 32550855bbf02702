"""Sign-in by OpenID Connect against a provider that runs here."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import Browser, Page, expect
from visiting.browser import free_port, newcomer, served
from visiting.visitor import tile

SECRETS = """
[auth]
redirect_uri = "{app}/oauth2callback"
cookie_secret = "only-for-this-test-0123456789abcdef"
client_id = "downstream"
client_secret = "of-the-test"
server_metadata_url = "{provider}/.well-known/openid-configuration"
"""


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The app with sign-in set up."""
    secrets, port = tmp_path_factory.mktemp("secrets") / "secrets.toml", free_port()
    with run_server_in_thread() as provider:
        app = f"http://127.0.0.1:{port}"
        where = f"http://localhost:{provider.server_port}"
        secrets.write_text(SECRETS.format(app=app, provider=where))
        with served(port, "--secrets.files", str(secrets)) as address:
            yield address


@pytest.fixture
def somebody(chromium: Browser, guarded: str) -> Iterator[Page]:
    with newcomer(chromium) as context:
        page = context.new_page()
        page.goto(guarded)
        yield page


def signed_in(page: Page) -> None:
    page.get_by_role("button", name="Sign in").click()
    page.locator("input[name=sub]").fill("somebody@house.example")
    page.get_by_role("button", name="Authorize").click()
    expect(tile(page)).to_be_visible()


def test_nothing_is_shown_before_signing_in(somebody: Page, guarded: str):
    for path in ("", "assumptions?platform.cpm=5~9", "present"):
        somebody.goto(f"{guarded}/{path}")
        expect(somebody.get_by_role("button", name="Sign in")).to_be_visible()
        expect(somebody.locator("[data-testid=stSidebar] input")).to_have_count(0)
        assert "$" not in somebody.locator("[data-testid=stMain]").inner_text()


def test_in_and_out_again(somebody: Page, guarded: str):
    signed_in(somebody)
    somebody.goto(f"{guarded}/?platform.cpm=5~9")
    expect(tile(somebody)).to_be_visible()
    somebody.get_by_role("button", name="Sign out").click()
    somebody.get_by_role("button", name="End session").click()
    expect(somebody.get_by_role("button", name="Sign in")).to_be_visible()


def test_refused_by_the_provider_is_not_in(somebody: Page, guarded: str):
    somebody.get_by_role("button", name="Sign in").click()
    somebody.get_by_role("button", name="Deny").click()
    somebody.goto(guarded)
    expect(somebody.get_by_role("button", name="Sign in")).to_be_visible()


def test_without_a_provider_there_is_no_door(visitor: Page, app_url: str):
    visitor.goto(app_url)
    expect(tile(visitor)).to_be_visible()
    expect(visitor.get_by_role("button", name="Sign out")).to_have_count(0)
