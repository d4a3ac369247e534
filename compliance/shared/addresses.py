"""The address under which people reach the product: for letters, mails, codes and calendars."""

from flask import current_app, has_request_context, request

HERE = "http://127.0.0.1:5000"
"""As the README's command serves it: for what is written outside of a request where no public address is set (in
production there is one)."""


def base() -> str:
    """The public address if there is one, else that of this request; without a slash at its end."""
    public: str = current_app.config["PUBLIC_URL"]
    return (public or (request.url_root if has_request_context() else HERE)).rstrip("/")
