"""The way of a file through the pages: sent, mapped, previewed, imported, its refused rows shown and corrected."""

from io import BytesIO

import pytest
from tests.conftest import NOW

from qingshou.audit.actors import SYSTEM
from qingshou.audit.queries import search_events
from qingshou.features.book.taking_in import take_in
from qingshou.features.book.uploads import Uploads

HEAD = "借据号,客户号,客户姓名,客户类型,产品,币种,余额,逾期天数\n"
GOOD = 'L1,B1,张三丰,个人,CARD,CNY,"1,000.50",45\n'
BAD = "L2,B2,李四,个人,CARD,CNY,5.00,-3\n"


@pytest.fixture
def home(settings, tmp_path):
    settings.QINGSHOU_HOME = tmp_path
    return tmp_path


def tape(text=HEAD + GOOD + BAD, name="loans.csv"):
    file = BytesIO(text.encode())
    file.name = name
    return file


def send(client, file, **more):
    return client.post("/imports/send", {"file": file, "as_of": "2026-11-20", **more})


def upload_of(reply):
    return reply["Location"].split("/")[3]


def taken_in(tenant, home, upload_id):
    return take_in(tenant_id=tenant.id, upload_id=upload_id, home=home, actor=SYSTEM, now=NOW)


def test_a_file_goes_from_sending_to_its_totals(tenant, users, client_for, home):
    client = client_for("ADMINISTRATOR")
    reply = send(client, tape())
    assert reply.status_code == 302
    upload_id = upload_of(reply)
    page = client.get(reply["Location"]).content.decode()
    assert "借据号" in page
    assert "张三丰" not in page  # an administrator is not cleared for names
    assert "张**" in page
    document = Uploads(home, tenant.code).get(upload_id).mapping
    assert document["columns"]["loan_id"] == {"from": "借据号"}
    reply = client.post(reply["Location"], {"action": "import", "name": "loans"})
    assert reply["Location"].endswith("/progress"), reply.content.decode()[:500]
    assert taken_in(tenant, home, upload_id).state == "DONE"
    reply = client.get(f"/imports/sent/{upload_id}/progress")
    assert reply.status_code == 302
    totals = client.get(reply["Location"]).content.decode()
    assert "1,000.50" in totals
    refused = client.get(reply["Location"] + "refused/").content.decode()
    assert ">-3<" in refused
    assert "李四" not in refused
    assert {event.action for event in search_events()} >= {"MAPPING_SAVED", "FILE_IMPORTED"}


def test_refused_rows_are_downloaded_corrected_and_sent_again(tenant, users, client_for, home):
    client = client_for("ADMINISTRATOR")
    upload_id = upload_of(send(client, tape()))
    client.post(f"/imports/sent/{upload_id}/", {"action": "import", "name": "loans"})
    import_id = taken_in(tenant, home, upload_id).import_id
    refused = b"".join(client.get(f"/imports/{import_id}/refused/download").streaming_content).decode("utf-8-sig")
    corrected = tape(refused.replace("5.00,-3", "5.00,3"), "corrected.csv")
    reply = send(client, corrected, corrects=import_id)
    assert reply.status_code == 302, reply.content.decode()[:400]
    second = upload_of(reply)
    client.post(f"/imports/sent/{second}/", {"action": "import", "name": "loans"})
    done = taken_in(tenant, home, second)
    assert done.state == "DONE", done.error
    page = client.get(f"/imports/{done.import_id}/").content.decode()
    assert "5.00" in page
    assert "REJECTS_DOWNLOADED" in {event.action for event in search_events()}


def test_the_preview_follows_the_form(tenant, users, client_for, home):
    client = client_for("RISK_OFFICER")
    upload_id = upload_of(send(client, tape()))
    reply = client.post(
        f"/imports/sent/{upload_id}/preview",
        {"name": "loans", "snapshot.product.source": "=constant", "snapshot.product.constant": "MORTGAGE"},
    )
    assert "MORTGAGE" in reply.content.decode()
    assert Uploads(home, tenant.code).get(upload_id).mapping["columns"]["product"] == {"constant": "MORTGAGE"}


@pytest.mark.parametrize(
    ("name", "content"),
    [("tape.exe", b"MZ"), ("tape.csv", b""), ("tape.xlsx", b"PK\x03\x04 no zip"), ("tape.parquet", b"PAR1 no parquet")],
)
def test_a_hostile_or_broken_file_gets_a_clear_page_and_is_not_kept(tenant, client_for, home, name, content):
    file = BytesIO(content)
    file.name = name
    reply = send(client_for("ADMINISTRATOR"), file)
    assert reply.status_code in (200, 422)
    assert "notice is-error" in reply.content.decode()
    assert not list(home.glob("uploads/*/*/draft.json"))


def test_a_mapping_written_wrongly_says_where(tenant, users, client_for, home):
    client = client_for("ADMINISTRATOR")
    upload_id = upload_of(send(client, tape()))
    reply = client.post(
        f"/imports/sent/{upload_id}/", {"action": "yaml", "yaml": "name: x\nshape: moon\ncolumns: {}\n"}
    )
    assert reply.status_code == 422
    assert "shape" in reply.content.decode()


@pytest.mark.parametrize(
    ("role", "listed", "sends"),
    [("ADMINISTRATOR", 200, 200), ("COMPLIANCE_OFFICER", 200, 403), ("COLLECTOR", 403, 403)],
)
def test_who_may_see_and_send(tenant, client_for, home, role, listed, sends):
    client = client_for(role)
    assert client.get("/imports/").status_code == listed
    assert client.get("/imports/send").status_code == sends


def test_a_forgotten_file_leaves_nothing(tenant, users, client_for, home):
    client = client_for("ADMINISTRATOR")
    upload_id = upload_of(send(client, tape()))
    assert client.post(f"/imports/sent/{upload_id}/forget").status_code == 302
    assert not list((home / "uploads").rglob("*source*"))
    assert client.get(f"/imports/sent/{upload_id}/").status_code == 404


def test_old_uploads_are_forgotten(tenant, home):
    from datetime import timedelta

    uploads = Uploads(home, tenant.code)
    uploads.keep(chunks=[b"a,b\n"], file_name="x.csv", sent_by="a", now=NOW)
    assert uploads.forget_old(now=NOW + timedelta(days=1)) == 0
    assert uploads.forget_old(now=NOW + timedelta(days=3)) == 1


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_takes_as_many_queries_at_one_row_as_at_three(
    tenant, users, client_for, home, django_assert_max_num_queries, count
):
    from tests.integration.api.conftest import make_import

    for number in range(count):
        make_import(f"{number}.csv", content_hash=f"{number}" * 64)
    client = client_for("ADMINISTRATOR")
    client.get("/imports/")
    with django_assert_max_num_queries(8):
        assert client.get("/imports/").status_code == 200
