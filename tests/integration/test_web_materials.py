"""Files of materials in the browser: uploaded at the window, read by those who handle the case, pinned by decisions."""

import re
from io import BytesIO

import pytest
from flask import Flask
from werkzeug.datastructures import FileStorage
from werkzeug.test import TestResponse, encode_multipart

from engine.case.materials import needed_for
from engine.commands import SYSTEM
from engine.journal import digest
from engine.settings import UploadSettings
from tests.builders import Office, opened_office
from tests.clock import ManualClock
from tests.uploads import GOOD, docx, jpeg, pdf, png
from tests.web import HTMX, Visitor, site_of, texts

PLAN = "M_FIREPLAN"
ONE, TWO = pdf(b"one"), pdf(b"two")


@pytest.fixture
def app(office: Office) -> Flask:
    return site_of(office.engine)


def place(case_id: str, rest: str = "") -> str:
    return f"/cases/{case_id}/materials/{rest}"


def send(who: Visitor, case_id: str, content: bytes = ONE, name: str = "平面图.pdf", **fields: str) -> TestResponse:
    """Chooses a file in the form of a material, and sends it as a browser does."""
    who.get(place(case_id))
    material = fields.pop("material", PLAN)
    sent = {"csrf_token": who.token, "file": FileStorage(BytesIO(content), name), **fields}
    boundary, body = encode_multipart(sent)  # in memory: the client leaves open what it keeps in files
    kind = f"multipart/form-data; boundary={boundary}"
    return who.client.post(
        place(case_id, material), data=body, content_type=kind, headers={"Accept-Language": who.language}
    )


def test_a_clerk_uploads_a_file_and_those_who_handle_the_case_read_it(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    answer = send(clerk, case_id, name="张三<b>的'平面图.pdf")
    assert (answer.status_code, answer.headers["Location"]) == (303, place(case_id))
    page = clerk.get(place(case_id))
    assert "文件已上传。" in texts(page.text) and "张三&lt;b&gt;的&#39;平面图.pdf" in page.text
    task = office.open(case_id)["HEALTHCERT.site"]
    handler = Visitor(app, f"{task.department}1")
    said = texts(handler.get(f"/inbox/{case_id}/{task.id}").text)
    assert "材料文件" in said and "第 1 版" in said
    file = file_of(handler, case_id)
    assert (file.status_code, file.mimetype, file.data) == (200, "application/pdf", ONE)
    assert file.headers["Content-Disposition"].startswith("inline; filename=material.pdf; filename*=UTF-8''%E5")
    assert '"' not in file.headers["Content-Disposition"] and "<" not in file.headers["Content-Disposition"]
    assert file.headers["X-Content-Type-Options"] == "nosniff" and file.headers["Cache-Control"] == "no-store"
    assert file.headers["Content-Security-Policy"].startswith("default-src 'none'")
    saved = file_of(handler, case_id, f"{PLAN}/1?save=1")
    assert saved.headers["Content-Disposition"].startswith("attachment; ")
    history = " ".join(texts(clerk.get(f"/cases/{case_id}").text))
    assert "上传材料：" in history and "第 1 版" in history


def file_of(who: Visitor, case_id: str, rest: str = f"{PLAN}/1") -> TestResponse:
    """A version as a file."""
    return who.client.get(place(case_id, rest), headers={"Accept-Language": who.language}, buffered=True)


@pytest.mark.parametrize("name", ["a.PNG", "a.jpeg", "a.docx", "发票.ofd", "a.tif"])
def test_only_what_a_browser_shows_safely_is_shown_there(office: Office, app: Flask, name: str) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    code, content = GOOD[name]
    assert send(clerk, case_id, content, name).status_code == 303
    file = file_of(clerk, case_id)
    how = "inline" if code in {"png", "jpeg"} else "attachment"
    assert file.headers["Content-Disposition"].startswith(f"{how}; ")
    assert "sandbox" in file.headers["Content-Security-Policy"] and file.data == content


@pytest.mark.parametrize(
    ("name", "content", "status", "said"),
    [
        ("a.pdf", b"MZ\x90", 400, "这份材料只接收"), ("a.pdf.exe", ONE, 400, "后缀与内容不符"),
        ("a.html", b"<script>alert(1)</script>", 400, "这份材料只接收"), ("", ONE, 400, "请选择一个有文件名的文件"),
        ("../../etc/passwd", ONE, 400, "文件名不能含路径"),
        ("a\u202efdp.exe", ONE, 400, "文件名不能含路径"),
        ("a.pdf", b"", 400, "文件是空的"), ("x" * 130 + ".pdf", ONE, 400, "不能超过 120 个字"),
        ("a.pdf", pdf(b"<</S/JavaScript>>"), 400, "PDF 中含脚本"),
        ("a.pdf", pdf(b"<</Encrypt 1 0 R>>"), 400, "设有密码"),
        ("a.docx", docx("word/vbaProject.bin"), 400, "文件中含宏"),
    ],
)  # fmt: skip
def test_what_is_refused_is_told_at_the_material_and_nothing_is_kept(
    office: Office, app: Flask, name: str, content: bytes, status: int, said: str
) -> None:
    case_id = office.accept("B02")
    answer = send(Visitor(app, "window1"), case_id, content, name)
    assert answer.status_code == status and said in answer.text and 'id="problem"' in answer.text
    assert office.case(case_id).files == {}
    english = send(Visitor(app, "window1", "en"), case_id, content, name)
    assert english.status_code == status and not re.search(r"[\u4e00-\u9fff]", "".join(_problem(english)))


def _problem(answer: TestResponse) -> list[str]:
    found = re.search(r'id="problem">([^<]*)<', answer.text)
    return [found[1]] if found else []


def test_only_a_clerk_with_a_form_of_ours_uploads(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    stranger = app.test_client().post(place(case_id, PLAN), data={"file": (BytesIO(ONE), "a.pdf")})
    assert stranger.status_code == 302
    clerk = Visitor(app, "window1")
    assert clerk.client.post(place(case_id, PLAN), data={"file": (BytesIO(ONE), "a.pdf")}).status_code == 400
    task = office.open(case_id)["HEALTHCERT.site"]
    handler = Visitor(app, f"{task.department}1")
    assert 'type="file"' not in handler.get(place(case_id)).text
    assert send(handler, case_id).status_code == 403
    assert office.case(case_id).files == {}


@pytest.mark.parametrize(("username", "status"), [("window1", 200), ("super1", 403), ("tax1", 404), ("", 302)])
def test_a_file_is_for_those_who_may_see_whose_it_is(office: Office, app: Flask, username: str, status: int) -> None:
    case_id = office.accept("B02")
    send(Visitor(app, "window1"), case_id, name="张三.pdf")
    who = Visitor(app, username)
    assert who.get(place(case_id, f"{PLAN}/1")).status_code == status
    assert ("张三.pdf" in who.get(place(case_id)).text) is (status == 200)
    for wrong in (f"{PLAN}/2", f"{PLAN}/0", "M_NONE/1", f"{PLAN}/99999999999999999999"):
        assert who.get(place(case_id, wrong)).status_code in {302, 403, 404}


def test_requests_stay_small_but_for_the_clerk_who_uploads(tmp_path_factory: pytest.TempPathFactory) -> None:
    clock, folder = ManualClock(), tmp_path_factory.mktemp("small")
    with opened_office(folder, clock, uploads=UploadSettings(most_bytes=2_000_000)) as office:
        app = site_of(office.engine)
        case_id = office.accept("B02")
        clerk = Visitor(app, "window1")
        assert send(clerk, case_id, pdf(b"%" + b"x" * 1_900_000)).status_code == 303
        assert "不能超过 2 MB" in send(clerk, case_id, pdf(b"%" + b"x" * 2_000_000)).text
        assert send(clerk, case_id, pdf(b"%" + b"x" * 2_200_000)).status_code == 413
        handler = Visitor(app, "market1")
        assert send(handler, case_id, pdf(b"%" + b"x" * 1_900_000)).status_code == 413
        many = clerk.client.post(f"/intake/cases/{case_id}/accept", data={"a": "x" * 1_500_000})
        assert many.status_code == 413


def test_a_decision_sends_what_the_page_showed_and_is_told_when_that_has_changed(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    plan, other = _needed(office, case_id)
    send(clerk, case_id, material=plan)
    send(clerk, case_id, png(), "a.png", material=other)
    task = office.open(case_id)["HEALTHCERT.site"]
    who = Visitor(app, f"{task.department}1")
    page = who.get(f"/inbox/{case_id}/{task.id}")
    shown = dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page.text))
    form = {**shown, "decision": "agree", "opinion": "写好的意见", "key": "k1", "account": f"{task.department}1"}
    send(clerk, case_id, TWO, material=plan)
    answer = who.post(f"/inbox/{case_id}/{task.id}/decide", HTMX, **form)
    assert answer.status_code == 409 and "材料已更新，请查看后再办理：" in answer.text and "写好的意见" in answer.text
    assert office.engine.records.draft(case_id, task.id, f"{task.department}1") == "写好的意见"
    assert office.open(case_id)["HEALTHCERT.site"].id == task.id
    shown = dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', answer.text))
    assert shown == {f"seen-{plan}": digest(TWO), f"seen-{other}": digest(png())}
    assert who.post(f"/inbox/{case_id}/{task.id}/decide", HTMX, **{**form, **shown}).status_code == 200
    facts = office.engine.read.case(case_id, SYSTEM).entries[-1].facts
    assert facts["seen"] == {plan: digest(TWO), other: digest(png())}
    told = send(clerk, case_id, jpeg(), "a.jpg", material=plan)
    assert told.status_code == 303 and "HEALTHCERT.site" in office.open(case_id)
    assert "文件已上传，有关环节须重新办理。" in texts(clerk.get(place(case_id)).text)
    office.engine.outbox.deliver_in_app(office.clock())
    assert "材料已更新，请重新办理" in texts(who.get("/inbox/notices").text)


def _needed(office: Office, case_id: str) -> list[str]:
    """What the applicant brings for the item of HEALTHCERT.site, the form included."""
    view = office.engine.read.case(case_id, SYSTEM)
    lines = needed_for(view.case, view.deployment, office.open(case_id)["HEALTHCERT.site"])
    return sorted(line.code for line in lines if line.obtained == "applicant")


def test_before_a_new_version_the_window_sees_who_has_to_decide_again(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    plan = _needed(office, case_id)[0]
    send(clerk, case_id, material=plan)
    task = office.open(case_id)["HEALTHCERT.site"]
    who = Visitor(app, f"{task.department}1")
    page = who.get(f"/inbox/{case_id}/{task.id}").text
    shown = dict(re.findall(r'name="(seen-\w+)" value="(\w+)"', page))
    who.post(f"/inbox/{case_id}/{task.id}/decide", decision="agree", opinion="", key="k", **shown)
    assert "这些环节看过现在的版本" in clerk.get(place(case_id)).text
    assert "would be decided again" in Visitor(app, "window1", "en").get(place(case_id)).text


def test_a_damaged_file_is_told_as_such(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    send(clerk, case_id)
    [path] = [path for path in office.engine.settings.files_folder.rglob("*") if path.is_file()]
    content = path.read_bytes()
    path.write_bytes(b"<script>")
    answer = clerk.get(place(case_id, f"{PLAN}/1"))
    assert answer.status_code == 409 and "文件已损坏" in answer.text and "<script>alert" not in answer.text
    path.write_bytes(content)


def test_the_same_form_sent_twice_is_one_version(office: Office, app: Flask) -> None:
    case_id = office.accept("B02")
    clerk = Visitor(app, "window1")
    assert send(clerk, case_id, key="same").status_code == send(clerk, case_id, key="same").status_code == 303
    assert send(clerk, case_id, key="other").status_code == 409
    assert office.case(case_id).files[PLAN].version == 1
