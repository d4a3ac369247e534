"""One window of WebKitGTK with a profile on the disk, to be led by a driver: folder, width, height, language.

A program of its own, for Debian's own Python, which has the bindings: the browser that comes with WebKitGTK keeps
nothing on the disk while it is led.
"""

import sys
from typing import Any

import gi  # type: ignore[import-not-found, unused-ignore]

TROUBLES = """
window.troubles = [];
addEventListener("error", ({ message }) => message && troubles.push(message));
addEventListener("unhandledrejection", ({ reason }) => troubles.push(String(reason)));
addEventListener("securitypolicyviolation", (event) => troubles.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


def main(folder: str, width: str, height: str, language: str) -> None:
    """Open the window, and stay until it is closed."""
    gi.require_version("Gtk", "3.0")
    gi.require_version("WebKit2", "4.1")
    from gi.repository import Gtk, WebKit2  # type: ignore[import-not-found, unused-ignore]

    manager = WebKit2.WebsiteDataManager(base_data_directory=f"{folder}/data", base_cache_directory=f"{folder}/cache")
    context = WebKit2.WebContext(website_data_manager=manager)
    context.set_preferred_languages([language])
    cookies = f"{folder}/cookies.sqlite"
    context.get_cookie_manager().set_persistent_storage(cookies, WebKit2.CookiePersistentStorage.SQLITE)
    context.set_automation_allowed(True)

    own = WebKit2.UserContentManager()
    frames, when = WebKit2.UserContentInjectedFrames.TOP_FRAME, WebKit2.UserScriptInjectionTime.START
    own.add_script(WebKit2.UserScript.new(TROUBLES, frames, when, None, None))
    view = WebKit2.WebView(web_context=context, user_content_manager=own, is_controlled_by_automation=True)

    def begin(_context: Any, session: Any) -> None:
        info = WebKit2.ApplicationInfo()
        info.set_name("Tablet")
        session.set_application_info(info)
        session.connect("create-web-view", lambda *_given: view)

    context.connect("automation-started", begin)
    window = Gtk.Window()
    window.set_decorated(False)
    window.set_default_size(int(width), int(height))
    window.add(view)
    window.connect("destroy", Gtk.main_quit)
    view.connect("close", lambda _view: window.destroy())
    window.show_all()
    Gtk.main()


if __name__ == "__main__":
    main(*sys.argv[1:])
