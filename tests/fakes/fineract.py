"""A loopback Apache Fineract: the real JSON shapes, and it can be made to misbehave."""

import base64
import json
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

ROOT = "/fineract-provider/api/v1"
CNY = {"code": "CNY", "name": "Chinese Yuan", "decimalPlaces": 2, "inMultiplesOf": 0, "displaySymbol": "¥"}
STATUS = {
    100: "loanStatusType.submitted.and.pending.approval",
    300: "loanStatusType.active",
    600: "loanStatusType.closed.obligations.met",
    601: "loanStatusType.closed.written.off",
}


def client(number: int) -> dict:
    return {
        "id": number,
        "accountNo": f"{number:09d}",
        "externalId": f"31010119800101{number:04d}",
        "status": {"id": 300, "code": "clientStatusType.active", "value": "Active"},
        "active": True,
        "activationDate": [2024, 1, 5],
        "firstname": "王",
        "lastname": f"小{number}",
        "displayName": f"王 小{number}",
        "mobileNo": f"1390000{number:04d}",
        "dateOfBirth": [1980, 1, 1],
        "officeId": 2,
        "officeName": "浦东支行",
    }


def _summary(number: int) -> dict:
    if number % 3:
        return {"currency": CNY, "principalOutstanding": 9000.55, "totalOverdue": 0}
    return {
        "currency": CNY,
        "principalDisbursed": 12000.0,
        "principalOutstanding": 9000.55,
        "principalOverdue": 1000.0,
        "interestOverdue": 60.1,
        "feeChargesOverdue": 0,
        "penaltyChargesOverdue": 5.05,
        "totalOverdue": 1065.15,
        "overdueSinceDate": [2026, 9, 15],
    }


def loan(number: int, status: int = 300) -> dict:
    return {
        "id": number,
        "accountNo": f"{number:09d}",
        "status": {"id": status, "code": STATUS[status], "active": status == 300},
        "clientId": (number + 1) // 2,
        "clientAccountNo": f"{(number + 1) // 2:09d}",
        "clientOfficeId": 2,
        "loanProductId": 1,
        "loanProductName": "CONSUMER",
        "loanType": {"id": 1, "code": "accountType.individual", "value": "Individual"},
        "currency": CNY,
        "principal": 12000.0,
        "approvedPrincipal": 12000.0,
        "annualInterestRate": 12.5,
        "timeline": {
            "submittedOnDate": [2026, 1, 10],
            "actualDisbursementDate": [2026, 1, 15],
            "expectedMaturityDate": [2027, 1, 15],
        },
        "summary": _summary(number) if status != 100 else None,
    }


def _period(number: int) -> dict:
    return {
        "period": number,
        "fromDate": [2026, number, 15],
        "dueDate": [2026, number + 1, 15],
        "principalDue": 1000.0,
        "interestDue": 60.1,
        "feeChargesDue": 0,
        "penaltyChargesDue": 0,
        "totalDueForPeriod": 1060.1,
        "totalOutstandingForPeriod": 0,
    }


def _transaction(number: int, kind: str, day: list[int], amount: float, *, is_reversed: bool = False) -> dict:
    codes = {"disbursement": 1, "repayment": 2, "waiver": 4, "accrual": 10}
    kinds = {"disbursement": False, "repayment": False, "waiver": False, "accrual": False}
    return {
        "id": number,
        "officeId": 2,
        "type": {"id": codes[kind], "code": f"loanTransactionType.{kind}", **{**kinds, kind: True}},
        "date": day,
        "currency": CNY,
        "amount": amount,
        "manuallyReversed": is_reversed,
        **({"reversedOnDate": [2026, 4, 1]} if is_reversed else {}),
    }


def detailed(number: int, status: int = 300) -> dict:
    first = number * 100
    disbursement = {"dueDate": [2026, 1, 15], "principalDisbursed": 12000.0, "principalLoanBalanceOutstanding": 12000.0}
    return {
        **loan(number, status),
        "repaymentSchedule": {
            "currency": CNY,
            "loanTermInDays": 365,
            "periods": [disbursement, *map(_period, range(1, 7))],
        },
        "transactions": [
            _transaction(first + 1, "disbursement", [2026, 1, 15], 12000.0),
            _transaction(first + 2, "repayment", [2026, 2, 15], 1060.1),
            _transaction(first + 3, "repayment", [2026, 3, 15], 1060.1, is_reversed=True),
            _transaction(first + 4, "accrual", [2026, 3, 31], 60.1),
            _transaction(first + 5, "repayment", [2026, 12, 15], 1060.1),
        ],
    }


class FakeFineract:
    """Answers like Fineract; `busy` makes the next answers 503, `drops` ends the connection without a word."""

    def __init__(self, clients: int = 450, loans: int = 12) -> None:
        self.statuses = dict.fromkeys(range(1, loans + 1), 300)
        self.statuses |= {loans + 1: 100, loans + 2: 600, loans + 3: 601}
        self.clients = clients
        self.busy = 0
        self.drops = 0
        self.lies = False
        self.requests: list[str] = []

    def answer(self, path: str, query: dict[str, list[str]]) -> object | None:
        if path == f"{ROOT}/clients":
            return self._page([client(n) for n in range(1, self.clients + 1)], query)
        if path == f"{ROOT}/loans":
            return self._page([loan(n, s) for n, s in self.statuses.items()], query)
        name = path.removeprefix(f"{ROOT}/loans/")
        if name.isdigit() and int(name) in self.statuses:
            assert query["associations"] == ["repaymentSchedule,transactions"]
            return detailed(int(name), self.statuses[int(name)])
        return None

    def _page(self, items: list[dict], query: dict[str, list[str]]) -> dict:
        offset, limit = int(query["offset"][0]), int(query["limit"][0])
        total = len(items) + (5 if self.lies else 0)
        return {"totalFilteredRecords": total, "pageItems": items[offset : offset + min(limit, 200)]}


@contextmanager
def serving(fake: FakeFineract, *, user: str = "mifos", password: str = "password", tenant: str = "default"):  # noqa: S107
    """Serve the fake on a free loopback port; gives its address."""
    expected = "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            parts = urlsplit(self.path)
            fake.requests.append(parts.path)
            if fake.drops:
                fake.drops -= 1
                self.connection.close()
                return
            if fake.busy:
                fake.busy -= 1
                self._send(503, {"developerMessage": "busy"})
            elif self.headers.get("Authorization") != expected:
                self._send(401, {"developerMessage": "Unauthenticated"})
            elif self.headers.get("Fineract-Platform-TenantId") != tenant:
                self._send(400, {"developerMessage": "Invalid tenant"})
            else:
                body = fake.answer(parts.path, parse_qs(parts.query))
                self._send(200 if body is not None else 404, body if body is not None else {"httpStatusCode": "404"})

        def _send(self, status: int, body: object) -> None:
            content = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_args: object) -> None:
            """Stay quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
