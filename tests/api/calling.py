"""A program that calls the door."""

from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from compliance.api.door import PREFIX


class Program:
    """It has a token, and no cookies."""

    def __init__(self, app: Flask, words: str) -> None:
        self.http = app.test_client(use_cookies=False)
        self.words = words

    def call(self, address: str, method: str = "GET", status: int = 200, **more: Any) -> TestResponse:
        """One request; the status is asserted, and that a refusal is a problem of the right form."""
        address = address if address.startswith("/") else f"{PREFIX}/{address}"
        headers = {"Authorization": f"Bearer {self.words}", **more.pop("headers", {})}
        answer = self.http.open(address, method=method, headers=headers, **more)
        assert answer.status_code == status, f"{method} {address}: {answer.status_code} {answer.text[:500]}"
        if status >= 400:
            assert answer.mimetype == "application/problem+json"
            assert answer.json["status"] == status
            assert answer.json["code"]
        return answer

    def get(self, address: str, status: int = 200, **more: Any) -> Any:
        """What a request answers, as JSON."""
        return self.call(address, status=status, **more).json

    def post(self, address: str, body: Any = None, status: int = 201) -> Any:
        """What a request with a body answers, as JSON."""
        return self.call(address, "POST", status, json=body).json
