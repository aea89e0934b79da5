"""The forms of the door: signing in, and a new password."""

from fastapi.testclient import TestClient

from tests.factories import fresh_id


def change(client: TestClient, old: str, new: str) -> int:
    form = {"old_password": old, "new_password": new, "operation_id": fresh_id()}
    return client.post("/account/password", data=form).status_code


def attempt(client: TestClient, email: str = "ada@example.org", password: str = "wrong") -> int:
    return client.post("/sign-in", data={"email": email, "password": password}).status_code
