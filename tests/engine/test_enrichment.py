"""What only enriches an entity must not cost it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integration import load, plan, run
from integration.config.settings import Config
from integration.text.secret import Secret

ORGANIZATION = {"id": "7a1f0c52-3b5e-4d0a-9c1e-52b0f6f0a001", "displayName": "Contoso Test Tenant"}


@pytest.mark.parametrize(
    ("status", "verdict"), [(200, "complete"), (404, "complete"), (403, "partial"), (501, "partial")]
)
def test_the_account_is_there_whatever_becomes_of_its_security_defaults(status: int, verdict: str) -> None:
    class Handler(BaseHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

        def do_GET(self) -> None:
            is_policy = "/policies/" in self.path
            error = {"error": {"code": "ResourceNotFound" if status == 404 else "BadRequest", "message": ""}}
            policy = {"isEnabled": True} if status == 200 else error
            body = json.dumps(policy if is_policy else {"value": [ORGANIZATION]}).encode()
            self.send_response(status if is_policy else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        manager = load()
        config = Config(graph_url=f"http://127.0.0.1:{server.server_port}", access_token=Secret("token"))
        report = run(manager, plan(manager, only=["azure_account"]), config, out="out")
        server.shutdown()
        thread.join()
    account = report.of("azure_account")
    assert (account.verdict, account.count) == (verdict, 1)
