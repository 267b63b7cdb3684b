"""The ledger over HTTP: what an application sends and gets, on the real SQLite store."""

import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import current_thread
from types import SimpleNamespace
from uuid import uuid4

import pytest
import yaml
from fastapi import FastAPI
from fastapi.testclient import TestClient

from models.domain.settings import settings_from
from models.policy.settings import PolicySettings
from serving.incentives.commands import Role
from serving.incentives.in_force import InForce, Terms
from serving.incentives.keeping import put_in_force, sweep
from serving.ledger import reads
from serving.ledger.sqlite.ledger import open_sqlite
from serving.ledger.verification import verify
from serving.operation.asked import begin
from serving.problems import answer_with_problems
from serving.routes import incentives, ledger

PARAMS = Path(__file__).parents[2] / "params.yaml"
CAPS = {"C1": 2_000, "C2": 0}


@pytest.fixture(scope="module")
def policy():
    shipped = yaml.safe_load(PARAMS.read_text())["policy"]
    return settings_from(PolicySettings, shipped, where="policy")


@pytest.fixture
def book(tmp_path):
    opened = open_sqlite(tmp_path / "ledger.db", "EUR")
    yield opened
    opened.close()


def terms(policy):
    def cap(customer_id, action, purpose):
        return InForce(CAPS.get(customer_id, 0), "silent", {"stake_low_minor": 9_000}, "release-1")

    return Terms(policy, "EUR", cap)


def begun(app, asked):
    """What stands before every server: it notes that a request arrived."""

    async def answer(scope, receive, send):
        if scope["type"] == "http":
            asked.append(begin(scope))
        await app(scope, receive, send)

    return answer


def application(book, policy, role=None, *, near=True):
    app = FastAPI()
    for routes in (incentives, ledger):
        app.include_router(routes.router)
    answer_with_problems(app)
    app.state.ledger, app.state.asked = book, []
    app.add_middleware(begun, asked=app.state.asked)
    who = role or Role("local", may_owe=True)
    app.state.terms_of, app.state.role_of = (lambda _: terms(policy)), (lambda _: who)
    app.state.releases = SimpleNamespace(store=SimpleNamespace(near=near))
    return app


@pytest.fixture(params=[True, False], ids=["near", "far"])
def call(book, policy, request):
    near = application(book, policy, near=request.param)
    with TestClient(near, raise_server_exceptions=False) as client:
        yield client


def keyed(key=None):
    return {"Idempotency-Key": key or uuid4().hex}


def wanted(**changed):
    asked = {"customer_id": "C1", "action": "coupon", "requested_minor": 510, "currency": "EUR"}
    return {**asked, **changed}


def reserve(call, key=None, **changed):
    return call.post("/v1/incentives/reservations", json=wanted(**changed), headers=keyed(key))


def act(call, path, key=None, **body):
    return call.post(f"/v1/incentives/{path}", json=body, headers=keyed(key))


def test_money_is_set_aside(call):
    answer = reserve(call)
    told = answer.json()
    assert (answer.status_code, told["state"], told["granted_minor"], told["currency"]) == (
        201,
        "reserved",
        510,
        "EUR",
    )


def test_a_retry_with_the_same_key_is_paid_once(call):
    first, again = reserve(call, "k").json(), reserve(call, "k").json()
    account = call.get("/v1/incentives/ledger", params={"customer_id": "C1"}).json()
    assert (again, len(account["entries"])) == ({**first, "repeated": True}, 1)


@pytest.mark.parametrize("stale", [True, False])
def test_a_reservation_says_whether_the_data_that_its_cap_follows_from_are_stale(book, policy, stale):
    app = application(book, policy)
    app.state.terms_of = lambda _: replace(terms(policy), stale=stale)
    with TestClient(app) as call:
        assert reserve(call).json()["stale"] is stale


@pytest.mark.parametrize("at_hand", [True, False])
def test_only_a_cap_that_is_looked_up_is_asked_for_where_others_would_wait(book, policy, at_hand):
    asked = []

    def cap(*_):
        asked.append(current_thread())
        return InForce(2_000, "silent", {}, "release-1")

    app = application(book, policy)
    app.state.terms_of = lambda _: replace(terms(policy), cap=cap, at_hand=lambda _: at_hand)
    with TestClient(app) as call:
        loop = call.portal.call(current_thread)
        assert reserve(call).status_code == 201
    assert (asked[0] is loop) is at_hand


def test_what_asks_no_cap_says_nothing_of_stale_data(call):
    id_ = reserve(call).json()["reservation_id"]
    assert act(call, f"reservations/{id_}/release").json()["stale"] is None


def test_two_calls_at_once_share_one_cap(call):
    with ThreadPoolExecutor(8) as many:
        told = [one.json() for one in many.map(lambda _: reserve(call, requested_minor=800), range(16))]
    granted = sum(one["granted_minor"] for one in told)
    assert (granted, {one["limiting_constraint"] for one in told}) == (1_600, {None, "window"})


def test_what_no_constraint_leaves_room_for_says_which(call):
    answer = reserve(call, customer_id="C2")
    told = answer.json()
    assert (answer.status_code, told["state"], told["limiting_constraint"]) == (200, "refused", "cap")


def test_part_of_it_is_granted_where_part_is_asked(call):
    told = reserve(call, requested_minor=5_000, partial=True).json()
    assert (told["granted_minor"], told["limiting_constraint"]) == (2_000, "cap")


def test_a_coupon_that_was_used_in_part_leaves_the_rest_free(call):
    made = reserve(call, requested_minor=2_000).json()
    act(call, f"reservations/{made['reservation_id']}/commit", amount_minor=700)
    assert reserve(call, requested_minor=1_300).json()["granted_minor"] == 1_300


def test_a_commit_above_the_reservation_is_refused(call):
    made = reserve(call).json()
    answer = act(call, f"reservations/{made['reservation_id']}/commit", amount_minor=511)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:holdfast:problem:too-much")


def test_a_commit_is_reversed_part_by_part_up_to_all_of_it(call):
    id_ = reserve(call).json()["reservation_id"]
    act(call, f"reservations/{id_}/commit", amount_minor=510)
    each = [act(call, f"commits/{id_}/reverse", amount_minor=255).status_code for _ in range(3)]
    assert each == [200, 200, 422]


def test_a_reservation_is_given_back(call):
    id_ = reserve(call, requested_minor=2_000).json()["reservation_id"]
    act(call, f"reservations/{id_}/release")
    assert call.get(f"/v1/incentives/reservations/{id_}").json()["held_minor"] == 0


def test_what_was_given_back_cannot_be_spent(call):
    id_ = reserve(call).json()["reservation_id"]
    act(call, f"reservations/{id_}/release")
    assert act(call, f"reservations/{id_}/commit", amount_minor=1).status_code == 409


def test_a_write_without_a_key_is_refused(call):
    answer = call.post("/v1/incentives/reservations", json=wanted())
    assert (answer.status_code, answer.json()["type"]) == (400, "urn:holdfast:problem:missing-key")


def test_a_key_with_another_payload_is_refused(call):
    reserve(call, "k")
    answer = reserve(call, "k", requested_minor=511)
    assert (answer.status_code, answer.json()["type"]) == (422, "urn:holdfast:problem:key-reused")


def test_a_dry_run_needs_no_key_and_writes_nothing(call):
    answer = call.post("/v1/incentives/reservations", json=wanted(dry_run=True))
    account = call.get("/v1/incentives/ledger", params={"customer_id": "C1"}).json()
    assert (answer.status_code, answer.json()["granted_minor"], account["entries"]) == (200, 510, [])


def test_another_currency_is_refused(call):
    assert reserve(call, currency="USD").json()["type"] == "urn:holdfast:problem:other-currency"


def test_an_action_that_the_policy_does_not_have_is_refused_with_those_it_has(call):
    answer = reserve(call, action="bribe")
    assert (answer.status_code, "coupon" in answer.json()["allowed"]) == (422, True)


def test_money_without_an_action_needs_a_purpose_that_can_do_without(call):
    assert [reserve(call, action=None, purpose=one).status_code for one in (None, "retention", "owed")] == [
        422,
        422,
        201,
    ]


def test_one_person_has_one_account_however_the_id_is_written(call):
    told = [
        reserve(call, customer_id=id_, requested_minor=2_000).json()
        for id_ in ("C1", "C1 ", "C\u200b1", "C۱")
    ]
    assert [one["limiting_constraint"] for one in told] == [None, "window", "window", "window"]


def test_an_account_is_found_however_the_id_is_written(call):
    reserve(call)
    found = call.get("/v1/incentives/ledger", params={"customer_id": " C۱"}).json()
    assert len(found["entries"]) == 1


def test_nobody_takes_the_money_of_a_campaign_without_a_limit(call):
    answer = reserve(call, campaign="anything")
    assert (answer.status_code, answer.json()["allowed"]) == (422, "coupon")


def test_a_key_that_may_only_give_within_caps_books_nothing_that_is_owed(book, policy):
    with TestClient(application(book, policy, Role("shop"))) as call:
        answer = reserve(call, action=None, purpose="owed")
    assert (answer.status_code, answer.json()["type"]) == (403, "urn:holdfast:problem:may-not-owe")


def test_a_team_that_the_policy_does_not_know_has_no_authority(book, policy):
    with TestClient(application(book, policy, Role("agent", team="saveteam"))) as call:
        assert reserve(call).json()["state"] == "pending_approval"


def test_what_is_owed_is_never_capped(call):
    told = reserve(call, customer_id="C2", action=None, purpose="owed", requested_minor=9_999_999).json()
    assert told["granted_minor"] == 9_999_999


def test_the_release_may_change_between_a_request_and_its_retry(book, policy):
    app = application(book, policy)
    with TestClient(app) as call:
        first = reserve(call, "k").json()
        newer = terms(policy)
        then = replace(newer, cap=lambda *_: InForce(0, "", {}, "release-2"))
        app.state.terms_of = lambda _: then
        again = reserve(call, "k").json()
    assert again == {**first, "repeated": True}


def test_above_the_role_s_authority_somebody_must_approve(book, policy):
    agent, head = Role("agent", authority_minor=500), Role("head")
    with TestClient(application(book, policy, agent)) as call:
        made = reserve(call)
        id_ = made.json()["reservation_id"]
        own = act(call, f"reservations/{id_}/approve")
    with TestClient(application(book, policy, head)) as call:
        approved = act(call, f"reservations/{id_}/approve").json()
    assert (made.status_code, made.json()["granted_minor"], own.status_code, approved["granted_minor"]) == (
        202,
        0,
        422,
        510,
    )


def test_an_agent_recovers_a_customer_within_the_policy_s_authority(book, policy):
    strict = replace(policy, recovery_authority_minor=300)
    with TestClient(application(book, strict)) as call:
        told = [
            reserve(call, action=None, purpose="recovery", requested_minor=amount).json()["state"]
            for amount in (300, 301)
        ]
    assert told == ["reserved", "pending_approval"]


def test_a_campaign_s_limit_binds_everybody(call):
    call.put("/v1/campaigns/coupon/budget", json={"limit_minor": 600})
    told = reserve(call).json(), reserve(call).json()
    budget = call.get("/v1/campaigns/coupon/budget").json()
    assert (told[1]["limiting_constraint"], budget["free_minor"]) == ("campaign_budget", 90)


def test_the_policy_s_budgets_bind_from_the_release_on(book, policy, call):
    limits = replace(policy.budgets, campaigns={"coupon": 100}, segments={"silent": 5_000})
    changed = put_in_force(replace(policy, budgets=limits), book, "r1")
    assert (changed, reserve(call).json()["limiting_constraint"]) == (
        ["campaign:coupon", "segment:silent"],
        "campaign_budget",
    )


def test_a_limit_that_a_person_set_outlives_the_same_policy(book, policy, call):
    limited = replace(policy, budgets=replace(policy.budgets, campaigns={"coupon": 100}))
    put_in_force(limited, book, "r1")
    call.put("/v1/campaigns/coupon/budget", json={"limit_minor": 900})
    assert (put_in_force(limited, book, "r2"), reserve(call).status_code) == ([], 201)


def test_the_account_tells_what_bound_the_grant(call):
    reserve(call)
    (entry,) = call.get("/v1/incentives/ledger", params={"customer_id": "C1"}).json()["entries"]
    assert (entry["cap_minor"], json.loads(entry["cap_inputs"]), entry["model_version"]) == (
        2_000,
        {"stake_low_minor": 9_000},
        "release-1",
    )


def test_an_account_is_read_page_by_page(call):
    for _ in range(3):
        reserve(call, requested_minor=100)
    asked = {"customer_id": "C1", "limit": 2}
    first = call.get("/v1/incentives/ledger", params=asked).json()
    rest = call.get("/v1/incentives/ledger", params={**asked, "after": first["next_after"]}).json()
    positions = [entry["position"] for page in (first, rest) for entry in page["entries"]]
    assert (positions, rest["next_after"]) == ([1, 2, 3], None)


def test_an_unknown_reservation_is_not_found(call):
    found = [
        call.get("/v1/incentives/reservations/none").status_code,
        act(call, "reservations/none/release").status_code,
    ]
    assert found == [404, 404]


@pytest.mark.parametrize(
    "body",
    [
        {"requested_minor": 0},
        {"requested_minor": 10.5},
        {"requested_minor": "510"},
        {"requested_minor": 10**16},
        {"requested_minor": True},
        {"currency": "EURO"},
        {"customer_id": ""},
        {"customer_id": "\0"},
        {"purpose": "bribe"},
        {"surprise": 1},
        {"ttl_seconds": 10**9},
        {"least_minor": 511},
        {"reason": "\ud800"},
    ],
)
def test_what_is_no_request_is_refused_and_nothing_is_written(call, book, body):
    content = json.dumps(wanted(**body)).encode("utf-8", "surrogatepass")
    answer = call.post(
        "/v1/incentives/reservations",
        content=content,
        headers={**keyed(), "content-type": "application/json"},
    )
    with book.snapshot() as rows:
        assert (answer.status_code, list(reads.entries(rows))) == (422, [])


def test_what_nobody_spends_in_time_is_free_again_by_itself(tmp_path, policy):
    now = [1_800_000_000_000_000]
    book = open_sqlite(tmp_path / "clocked.db", "EUR", lambda: now[0])
    with TestClient(application(book, policy)) as call:
        id_ = reserve(call, ttl_seconds=60).json()["reservation_id"]
        now[0] += 61 * 1_000_000
        sweep(book)
        state = call.get(f"/v1/incentives/reservations/{id_}").json()["state"]
    book.close()
    assert state == "expired"


def test_a_full_disk_is_said_and_the_same_key_works_when_there_is_room(call, book):
    (pages,) = book.connection.execute("PRAGMA page_count").fetchone()
    book.connection.execute(f"PRAGMA max_page_count = {pages}")
    full = reserve(call, "k", reason="x" * 20_000)
    book.connection.execute("PRAGMA max_page_count = 1000000")
    again = reserve(call, "k", reason="x" * 20_000)
    assert (full.status_code, full.json()["type"], again.status_code, again.json()["repeated"]) == (
        503,
        "urn:holdfast:problem:ledger-unavailable",
        201,
        False,
    )


def test_after_all_of_it_the_books_are_right(call, book):
    for number in range(12):
        made = reserve(call, requested_minor=150 + number).json()
        if made["reservation_id"]:
            act(call, f"reservations/{made['reservation_id']}/commit", amount_minor=100)
    with book.snapshot() as rows:
        assert verify(rows).findings == ()


def test_a_reservation_says_whom_it_is_about(call):
    reserve(call)
    assert call.app.state.asked[-1].customers == ["C1"]


def test_a_reservation_that_is_read_says_whom_it_is_about(call):
    call.get(f"/v1/incentives/reservations/{reserve(call).json()['reservation_id']}")
    assert call.app.state.asked[-1].customers == ["C1"]


def test_a_retry_is_answered_though_its_action_is_gone_and_its_time_too_long_by_now(book, policy):
    app = application(book, policy)
    narrower = replace(
        policy,
        actions=tuple(one for one in policy.actions if one.id != "coupon"),
        ledger=replace(policy.ledger, reserve_hours=1, longest_reserve_hours=1),
    )
    with TestClient(app) as call:
        first = reserve(call, "k", ttl_seconds=7_200).json()
        app.state.terms_of = lambda _: terms(narrower)
        again = reserve(call, "k", ttl_seconds=7_200)
        anew = reserve(call, ttl_seconds=7_200)
    assert (again.status_code, again.json(), anew.status_code) == (201, {**first, "repeated": True}, 422)


def test_another_request_under_an_old_key_is_refused_as_one_though_its_action_is_gone(book, policy):
    app = application(book, policy)
    gone = replace(policy, actions=tuple(one for one in policy.actions if one.id != "coupon"))
    with TestClient(app) as call:
        reserve(call, "k")
        app.state.terms_of = lambda _: terms(gone)
        answer = reserve(call, "k", requested_minor=511)
    assert answer.json()["type"] == "urn:holdfast:problem:key-reused"


def test_the_policy_s_total_binds_across_campaigns(book, policy, call):
    limits = replace(policy.budgets, total_minor=600)
    changed = put_in_force(replace(policy, budgets=limits), book, "r1")
    told = [reserve(call, action=action, requested_minor=400).json() for action in ("coupon", "gift")]
    assert (changed, [one["limiting_constraint"] for one in told]) == (["total"], [None, "total_budget"])


def test_a_total_that_the_policy_gives_up_binds_nobody_any_more(book, policy, call):
    put_in_force(replace(policy, budgets=replace(policy.budgets, total_minor=100)), book, "r1")
    changed = put_in_force(policy, book, "r2")
    assert (changed, reserve(call).json()["granted_minor"]) == (["total"], 510)


@pytest.mark.parametrize(
    ("cap", "told"),
    [
        (509, (0, "pending_approval", "cap")),
        (709, (0, "pending_approval", "window")),
        (710, (510, "reserved", None)),
    ],
)
def test_an_approval_asks_the_cap_that_is_in_force_by_then(book, policy, cap, told):
    with TestClient(application(book, policy, Role("agent", authority_minor=500))) as call:
        id_ = reserve(call).json()["reservation_id"]
        reserve(call, requested_minor=200)
    head = application(book, policy, Role("head"))
    lowered = replace(terms(policy), cap=lambda *_: InForce(cap, "silent", {}, "release-2"))
    head.state.terms_of = lambda _: lowered
    with TestClient(head) as call:
        answer = act(call, f"reservations/{id_}/approve").json()
    with book.snapshot() as rows:
        findings = verify(rows).findings
    assert (answer["granted_minor"], answer["state"], answer["limiting_constraint"], findings) == (*told, ())
