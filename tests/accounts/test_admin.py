from __future__ import annotations

import pytest
from django.contrib.auth.models import Permission
from django.core.paginator import Paginator
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts import events, tokens
from accounts.models import Event, LocalMail, User
from billing.models import CreditEntry
from billing.services import get_account
from ryla.lib import admin as large
from ryla.lib.admin import EstimatedCountPaginator
from tests.builders import PASSWORD, make_staff, make_user

pytestmark = pytest.mark.django_db

USERS = "/admin/accounts/user/"


@pytest.fixture
def desk(client_of) -> Client:
    return client_of(make_staff())


@pytest.fixture
def helper(client_of) -> Client:
    """Staff who may look after users and is no superuser."""
    user = make_user("helper@example.com", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=["view_user", "change_user"]))
    return client_of(user)


def rows(response) -> list[str]:
    return [str(row) for row in response.context["cl"].result_list]


def act(browser: Client, action: str, *users: User):
    body = {"action": action, "_selected_action": [str(u.pk) for u in users]}
    return browser.post(USERS, body, follow=True)


def test_admin_is_closed_to_people_who_are_not_staff(client_of, user):
    assert client_of(user).get(USERS).status_code == 302


@pytest.mark.parametrize("model", ["user", "consent", "event", "session"])
def test_lists_show_three_rows_with_the_queries_of_one(desk, client_of, model):
    path = f"/admin/accounts/{model}/"
    desk.get(path)

    def more() -> None:
        user = make_user()
        client_of(user)
        events.emit(user, "tests.thing.happened", 1)

    more()
    with CaptureQueriesContext(connection) as one:
        assert desk.get(path).status_code == 200
    more()
    more()
    with CaptureQueriesContext(connection) as three:
        assert desk.get(path).status_code == 200
    assert len(three) == len(one)


@pytest.mark.parametrize("term", ["owner@example.com", " OWNER@example.com ", "own", "id"], ids=str)
def test_user_search_finds_by_address_its_beginning_and_id(desk, user, stranger, term):
    response = desk.get(USERS, {"q": str(user.pk) if term == "id" else term})

    assert rows(response) == ["owner@example.com"]


def test_user_search_uses_the_index(desk, user):
    with CaptureQueriesContext(connection) as queries:
        desk.get(USERS, {"q": "owner@example.com"})

    searches = [q["sql"] for q in queries if "owner@example.com" in q["sql"]]
    assert searches
    assert not any("UPPER" in sql for sql in searches)


@pytest.mark.parametrize("model", ["consent", "event", "session"])
def test_records_search_by_their_owner(desk, user, stranger, client_of, model):
    for person in (user, stranger):
        client_of(person)
        events.emit(person, "tests.thing.happened", 1)

    response = desk.get(f"/admin/accounts/{model}/", {"q": "owner@example.com"})

    assert {row.user for row in response.context["cl"].result_list} == {user}


@pytest.mark.parametrize("model", ["consent", "event"])
def test_records_can_be_read_and_not_written(desk, user, model):
    events.emit(user, "tests.thing.happened", 1)
    row = (user.consents if model == "consent" else user.events).first()

    assert desk.get(f"/admin/accounts/{model}/{row.pk}/change/").status_code == 200
    assert desk.post(f"/admin/accounts/{model}/{row.pk}/change/", {}).status_code == 403
    assert desk.post(f"/admin/accounts/{model}/{row.pk}/delete/", {}).status_code == 403
    assert desk.get(f"/admin/accounts/{model}/add/").status_code == 403


def test_session_keys_are_nowhere_to_be_seen(desk, client_of, user):
    key = client_of(user).session.session_key

    page = desk.get("/admin/accounts/session/")

    assert page.status_code == 200
    assert key not in page.content.decode()
    assert desk.get(f"/admin/accounts/session/{key}/change/").status_code in {302, 403}


def test_local_mail_is_listed_in_local_mode(desk):
    mail = LocalMail.objects.create(to="x@example.com", subject="Hello", text="t")

    assert "Hello" in desk.get("/admin/accounts/localmail/").content.decode()
    assert desk.get(f"/admin/accounts/localmail/{mail.pk}/change/").status_code == 200


def test_action_signs_out_everywhere(desk, client_of, user, stranger):
    mine, theirs = client_of(user), client_of(stranger)

    act(desk, "end_all_sessions", user)

    assert mine.get("/settings/").status_code == 302
    assert theirs.get("/settings/").status_code == 200


def test_actions_deactivate_and_reactivate(desk, user):
    act(desk, "deactivate", user)
    user.refresh_from_db()
    assert (user.is_active, user.session_epoch) == (False, 1)

    act(desk, "reactivate", user)
    user.refresh_from_db()
    assert user.is_active


def test_helper_cannot_touch_a_superuser(helper):
    boss = User.objects.create_superuser("boss@example.com", PASSWORD)

    response = act(helper, "deactivate", boss)

    assert "only a superuser may do this" in response.content.decode()
    boss.refresh_from_db()
    assert boss.is_active
    assert helper.get(f"{USERS}{boss.pk}/password/").status_code == 403


def test_helper_cannot_give_rights(helper, user):
    helper.post(
        f"{USERS}{user.pk}/change/",
        {"display_name": "Ada", "is_staff": "on", "is_superuser": "on"},
    )

    user.refresh_from_db()
    assert (user.display_name, user.is_staff, user.is_superuser) == ("Ada", False, False)


def test_users_are_never_deleted_here(desk, user):
    assert desk.post(f"{USERS}{user.pk}/delete/", {"post": "yes"}).status_code == 403
    assert "delete_selected" not in desk.get(USERS).content.decode()


def test_password_set_by_staff_ends_sessions_and_tokens(desk, client_of, user):
    browser = client_of(user)
    tokens.issue_tokens(user)

    response = desk.post(
        f"{USERS}{user.pk}/password/",
        {"password1": "eleven grey herons", "password2": "eleven grey herons"},
    )

    assert response.status_code == 302
    user.refresh_from_db()
    assert user.check_password("eleven grey herons")
    assert user.session_epoch == 1
    assert browser.get("/settings/").status_code == 302


def test_staff_can_make_a_user(desk):
    desk.post(
        f"{USERS}add/",
        {
            "email": "Made@example.com",
            "usable_password": "true",
            "password1": "eleven grey herons",
            "password2": "eleven grey herons",
        },
    )

    assert User.objects.get(email="made@example.com").check_password("eleven grey herons")


# --- counting -----------------------------------------------------------------------------------


@pytest.fixture
def hundred_users(db) -> None:
    User.objects.bulk_create(User(email=f"{n}@example.com", password="!") for n in range(100))


def analysed() -> None:
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE accounts_user")


def test_paginator_counts_a_small_table_exactly(hundred_users):
    analysed()

    assert EstimatedCountPaginator(User.objects.order_by("pk"), 10).count == 100


def test_paginator_counts_a_table_never_analysed_exactly(hundred_users):
    assert EstimatedCountPaginator(User.objects.order_by("pk"), 10).count == 100


def test_paginator_estimates_a_large_table_without_walking_it(hundred_users, monkeypatch):
    monkeypatch.setattr(large, "COUNTS_EXACTLY", 50)
    analysed()

    with CaptureQueriesContext(connection) as queries:
        count = EstimatedCountPaginator(User.objects.order_by("pk"), 10).count

    assert count == 100
    assert not any("COUNT" in q["sql"] for q in queries)


def test_paginator_counts_filtered_rows_exactly_up_to_a_bound(hundred_users, monkeypatch):
    monkeypatch.setattr(large, "COUNTS_EXACTLY", 50)
    analysed()
    filtered = User.objects.filter(email__startswith="1").order_by("pk")
    assert EstimatedCountPaginator(filtered, 10).count == 11

    monkeypatch.setattr(large, "COUNTS_FILTERED", 5)
    assert EstimatedCountPaginator(filtered, 10).count == 5


def test_paginator_counts_a_list_like_any_other():
    assert EstimatedCountPaginator([1, 2, 3], 2).count == Paginator([1, 2, 3], 2).count == 3


def test_books_of_other_apps_can_use_it(user):
    get_account(user)

    assert EstimatedCountPaginator(CreditEntry.objects.order_by("-id"), 10).count == 1
    assert EstimatedCountPaginator(Event.objects.none(), 10).count == 0
