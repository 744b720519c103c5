"""Joining, signing in, recovering, and the settings page."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.contrib.auth.views import (
    LoginView,
    PasswordResetCompleteView,
    PasswordResetConfirmView,
    PasswordResetDoneView,
    PasswordResetView,
)
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render, resolve_url
from django.urls import reverse, reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts import limits, services
from accounts.devices import device_name, is_mobile
from accounts.exports import stream_json
from accounts.forms import (
    CloseForm,
    EmailForm,
    NewPasswordForm,
    PasswordForm,
    ProfileForm,
    ResetRequestForm,
    SignInForm,
    SignUpForm,
    add_error,
)
from accounts.models import Session
from ryla.lib.errors import DomainError
from ryla.lib.http import say_error, say_when
from ryla.lib.queue import enqueue
from ryla.lib.request import client_ip

View = Callable[..., HttpResponse]
BACKEND = "django.contrib.auth.backends.ModelBackend"
THEMES = ("light", "dark")
_YEAR_S = 60 * 60 * 24 * 365


def _next_of(request: HttpRequest) -> str:
    """Where the visitor was going, when that is a page of this site; else nothing."""
    target = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else ""


def _next_past_the_door(request: HttpRequest) -> str:
    """As `_next_of`, but never in a circle to the pages where people come in."""
    target = _next_of(request)
    doors = (reverse("accounts:sign_in"), reverse("accounts:sign_up"))
    return "" if target.startswith(doors) else target


def _by_post(view: View) -> View:
    """For what a button does. Whoever arrives by address, say after signing in again, is
    shown the settings instead of an error."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method != "POST":
            return redirect("accounts:settings")
        return view(request, *args, **kwargs)

    return login_required(guarded)


# --- In and out --------------------------------------------------------------------------------


@sensitive_post_parameters("password")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(_next_past_the_door(request) or settings.LOGIN_REDIRECT_URL)
    form = SignUpForm(request.POST or None)
    context: dict[str, Any] = {
        "form": form,
        "next": _next_past_the_door(request),
        "is_open": settings.REGISTRATION_OPEN,
    }
    if form.is_valid():
        try:
            user = services.register(**form.cleaned_data, ip=client_ip(request))
        except DomainError as error:
            add_error(form, error)
            context["is_known"] = isinstance(error, services.EmailInUse)
        else:
            # Signed in at once: the first picture should be minutes away, not a mail away.
            login(request, user, backend=BACKEND)
            return redirect(context["next"] or "characters:new")
    return render(request, "accounts/sign_up.html", context)


class SignInView(LoginView):
    template_name = "accounts/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_redirect_url(self) -> str:
        return _next_past_the_door(self.request)

    def get_initial(self) -> dict[str, Any]:
        return {"username": self.request.GET.get("email", "")}


@require_http_methods(["GET", "HEAD", "POST"])
def sign_out(request: HttpRequest) -> HttpResponse:
    """By POST; a visit that changes nothing is sent home."""
    if request.method == "POST":
        logout(request)
        messages.success(request, "You are signed out.")
    return redirect(settings.LOGOUT_REDIRECT_URL)


# --- Recovering ---------------------------------------------------------------------------------


def _count_mail_of_network(request: HttpRequest) -> None:
    """Beside the limit of each address: nobody has us write to many. Raises TooOften."""
    limits.require(
        "network-mail",
        limits.network_of(client_ip(request)),
        limit=settings.NETWORK_MAILS_PER_HOUR,
        message="Your network asked for many mails already. Try again in an hour.",
    )


class ResetView(PasswordResetView):
    template_name = "accounts/password_reset.html"
    form_class = ResetRequestForm
    success_url = reverse_lazy("accounts:password_reset_done")

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.request.GET.get("email", "")}

    def form_valid(self, form: ResetRequestForm) -> HttpResponse:
        """Looks nothing up: even the time of the answer must not tell who has an account."""
        try:
            _count_mail_of_network(self.request)
        except limits.TooOften as error:
            add_error(form, error)
            response = self.form_invalid(form)
            response.status_code = error.status
            return say_when(response, error)
        enqueue("accounts.mail_password_reset", form.cleaned_data["email"])
        return redirect(str(self.success_url))


class ResetDoneView(PasswordResetDoneView):
    template_name = "accounts/password_reset_done.html"


@method_decorator(sensitive_post_parameters("new_password"), name="dispatch")
class ResetConfirmView(PasswordResetConfirmView):
    template_name = "accounts/password_reset_confirm.html"
    form_class = NewPasswordForm
    success_url = reverse_lazy("accounts:password_reset_complete")

    def form_valid(self, form: NewPasswordForm) -> HttpResponse:
        try:
            return super().form_valid(form)
        except DomainError as error:
            add_error(form, error)
            return self.form_invalid(form)


class ResetCompleteView(PasswordResetCompleteView):
    template_name = "accounts/password_reset_complete.html"


# --- The address --------------------------------------------------------------------------------


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify_email(request: HttpRequest, token: str) -> HttpResponse:
    """At once for the person it is about; anybody else presses a button first, because mail
    scanners open links and must not confirm addresses."""
    try:
        user, email = services.read_email_link(token=token)
        is_owner = request.user == user
        if not is_owner and request.method != "POST":
            return render(request, "accounts/verify.html", {"email": email})
        services.verify_email(token=token)
    except DomainError as error:
        return render(request, "accounts/verify_failed.html", {"error": error}, status=error.status)
    messages.success(request, f"{email} is confirmed.")
    return redirect(settings.LOGIN_REDIRECT_URL if is_owner else "accounts:sign_in")


@_by_post
def resend_verification(request: HttpRequest) -> HttpResponse:
    try:
        _count_mail_of_network(request)
        services.send_verification(user=request.user)
    except DomainError as error:
        say_error(request, error)
    else:
        messages.success(request, f"A new link is on its way to {request.user.email}.")
    return redirect(_next_of(request) or "accounts:settings")


# --- Settings -----------------------------------------------------------------------------------


@login_required
@never_cache
@require_GET
def account_settings(request: HttpRequest) -> HttpResponse:
    return _settings_page(request)


def _settings_page(request: HttpRequest, **bound: forms.Form) -> HttpResponse:
    """All sections; a form that was refused comes back as it was sent."""
    user = request.user
    context = {
        "profile_form": ProfileForm(
            initial={"display_name": user.display_name, "timezone": user.timezone},
            prefix="profile",
        ),
        "email_form": EmailForm(prefix="email"),
        "password_form": PasswordForm(prefix="password"),
        "sessions": [
            _described(session, request.session.session_key)
            for session in services.find_sessions(user=user)
        ],
        **bound,
    }
    return render(request, "accounts/settings.html", context)


def _described(session: Session, present_key: str | None) -> dict[str, Any]:
    return {
        "handle": services.session_handle(session.pk),
        "device": device_name(session.user_agent),
        "icon": "device-mobile" if is_mobile(session.user_agent) else "globe",
        "ip_address": session.ip_address,
        "seen_at": session.seen_at,
        "is_present": session.pk == present_key,
    }


def _section(name: str) -> HttpResponse:
    return redirect(f"{resolve_url('accounts:settings')}#{name}")


@_by_post
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST, prefix="profile")
    if form.is_valid():
        try:
            services.update_profile(
                user=request.user, display_name=form.cleaned_data["display_name"]
            )
            if form.cleaned_data["timezone"]:
                services.set_timezone(user=request.user, timezone=form.cleaned_data["timezone"])
        except DomainError as error:
            add_error(form, error)
        else:
            messages.success(request, "Saved.")
            return _section("profile")
    return _settings_page(request, profile_form=form)


@_by_post
@sensitive_post_parameters()
def email_change(request: HttpRequest) -> HttpResponse:
    form = EmailForm(request.POST, prefix="email")
    if form.is_valid():
        try:
            address = services.change_email(user=request.user, **form.cleaned_data)
        except DomainError as error:
            add_error(form, error)
        else:
            messages.success(
                request, f"We sent a link to {address}. It becomes yours once you open it."
            )
            return _section("email")
    return _settings_page(request, email_form=form)


@_by_post
@sensitive_post_parameters()
def password_change(request: HttpRequest) -> HttpResponse:
    form = PasswordForm(request.POST, prefix="password")
    if form.is_valid():
        try:
            user = services.change_password(user=request.user, **form.cleaned_data)
        except DomainError as error:
            add_error(form, error)
        else:
            update_session_auth_hash(request, user)
            messages.success(request, "Your password is changed. Other devices are signed out.")
            return _section("password")
    return _settings_page(request, password_form=form)


@_by_post
def end_session(request: HttpRequest, handle: str) -> HttpResponse:
    if handle == services.session_handle(request.session.session_key):
        return sign_out(request)
    services.end_session(user=request.user, handle=handle)
    messages.success(request, "That device is signed out.")
    return _section("sessions")


@_by_post
def end_all_sessions(request: HttpRequest) -> HttpResponse:
    """Every other browser and every API token; this browser stays."""
    user = services.end_all_sessions(user=request.user)
    update_session_auth_hash(request, user)
    messages.success(request, "Signed out everywhere else. API tokens have ended too.")
    return _section("sessions")


@login_required
@never_cache
@require_GET
def download_data(request: HttpRequest) -> HttpResponseBase:
    sections = services.export_data(user=request.user)
    response = StreamingHttpResponse(stream_json(sections), content_type="application/json")
    response["Content-Disposition"] = 'attachment; filename="ryla-data.json"'
    return response


@login_required
@never_cache
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: HttpRequest) -> HttpResponse:
    form = CloseForm(request.POST or None)
    if form.is_valid():
        try:
            services.close_account(user=request.user, password=form.cleaned_data["password"])
        except DomainError as error:
            add_error(form, error)
        else:
            logout(request)
            messages.success(request, "Your account is closed and your pictures are erased.")
            return redirect("home")
    return render(request, "accounts/close.html", {"form": form})


@require_POST
def theme(request: HttpRequest) -> HttpResponse:
    """Light, dark, or (empty) like the device; kept in a cookie, signed in or not."""
    choice = request.POST.get("theme", "")
    response = redirect(_next_of(request) or "home")
    if choice in THEMES:
        response.set_cookie(
            "theme",
            choice,
            max_age=_YEAR_S,
            samesite="Lax",
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
        )
    else:
        response.delete_cookie("theme", samesite="Lax")
    return response
