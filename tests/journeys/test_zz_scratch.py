import pytest
pytestmark = pytest.mark.journey
def test_console(page):
    page.goto("/admin/login/")
    page.evaluate("console.error('x')")
def test_host(page):
    page.goto("/admin/login/")
    page.evaluate("new Image().src='http://example.invalid/x.png'")
def test_script(page):
    page.goto("/admin/login/")
    page.evaluate("setTimeout(()=>{throw new Error('boom')},0)")
    page.wait_for_timeout(300)
