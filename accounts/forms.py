"""Shapes of what people type here; the services decide."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, PasswordResetForm
from django.urls import reverse_lazy
from django.utils.functional import lazy
from django.utils.html import format_html

from accounts import mails, services
from accounts.models import User
from accounts.switches import Switch
from ryla.lib.errors import DomainError
from ryla.lib.zones import zone_names

_RULES = (
    "At least 10 characters, and not one of the well-known ones. A few words in a row work well."
)
_format_lazy = lazy(format_html, str)


def _email_field(
    label: str = "E-mail", autocomplete: str = "email", **attrs: Any
) -> forms.EmailField:
    return forms.EmailField(
        label=label,
        max_length=254,
        widget=forms.EmailInput(
            attrs={
                "autocomplete": autocomplete,
                "autocapitalize": "none",
                "spellcheck": "false",
                "placeholder": "you@example.com",
                **attrs,
            }
        ),
        error_messages={
            "required": "Enter your e-mail address.",
            "invalid": services.WHOLE_ADDRESS,
        },
    )


def _password_field(
    label: str = "Password", *, is_new: bool = False, **options: Any
) -> forms.CharField:
    autocomplete = "new-password" if is_new else "current-password"
    return forms.CharField(
        label=label,
        strip=False,
        max_length=None if is_new else 4096,
        help_text=_RULES if is_new else "",
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": "Enter a password." if is_new else "Enter your password."},
        **options,
    )


def add_error(form: forms.BaseForm, error: DomainError) -> None:
    """What a service refused, beside the field it is about."""
    form.add_error(error.field if error.field in form.fields else None, error.message)


class SignUpForm(forms.Form):
    email = _email_field()
    password = _password_field(is_new=True)
    is_adult = forms.BooleanField(
        label="I am 18 or older",
        error_messages={"required": "RYLA is for adults: confirm that you are 18 or older."},
    )
    accepted_terms = forms.BooleanField(
        label="I accept the terms and have read how my data is used",
        help_text=_format_lazy(
            '<a href="{}" target="_blank">Terms</a> · <a href="{}" target="_blank">Privacy</a>',
            reverse_lazy("pages:terms"),
            reverse_lazy("pages:privacy"),
        ),
        error_messages={"required": "Accept the terms to continue."},
    )

    def clean(self) -> dict[str, Any]:
        """The password's rules too, so that everything to mend is said at once."""
        data = super().clean() or self.cleaned_data
        if data.get("password"):
            try:
                services.require_good_password(
                    data["password"], User(email=data.get("email", "")), "password"
                )
            except DomainError as error:
                add_error(self, error)
        return data


class SignInForm(AuthenticationForm):
    username = _email_field(autocomplete="username")
    password = _password_field()

    error_messages = {
        "invalid_login": "E-mail and password do not match.",
        "inactive": "E-mail and password do not match.",
    }

    def clean_username(self) -> str:
        """In one spelling, so that the lock counts tries on one account together."""
        return User.objects.normalize_email(self.cleaned_data["username"])


class ResetRequestForm(PasswordResetForm):
    email = _email_field()

    def get_users(self, email: str) -> Iterable[User]:
        return User.objects.filter(email=User.objects.normalize_email(email), is_active=True)

    def send_mail(
        self, subject: str, template: str, context: dict[str, Any], *rest: Any, **options: Any
    ) -> None:
        link = mails.address_of(
            "accounts:password_reset_confirm", uidb64=context["uid"], token=context["token"]
        )
        services.send_password_reset(user=context["user"], link=link)


class NewPasswordForm(forms.Form):
    """After a mailed link; saving it ends every session and token."""

    new_password = _password_field("New password", is_new=True)

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def save(self) -> User:
        """Raises DomainError."""
        return services.reset_password(
            user=self.user, new_password=self.cleaned_data["new_password"]
        )


class ProfileForm(forms.Form):
    display_name = forms.CharField(
        label="Name",
        required=False,
        max_length=services.DISPLAY_NAME_MAX,
        help_text="Only you see it.",
        widget=forms.TextInput(attrs={"autocomplete": "nickname"}),
    )
    timezone = forms.ChoiceField(
        label="Time zone",
        required=False,
        choices=[(name, name.replace("_", " ")) for name in zone_names()],
        help_text="Days and hours in the calendar and the inbox are of it.",
        error_messages={"invalid_choice": "Choose a time zone of the list."},
    )


class EmailForm(forms.Form):
    email = _email_field("New e-mail address")
    password = _password_field("Your password")


class PasswordForm(forms.Form):
    current_password = _password_field("Current password")
    new_password = _password_field("New password", is_new=True)


class CloseForm(forms.Form):
    password = _password_field("Your password")


class SwitchesForm(forms.Form):
    """A box for each kind of mail that somebody may choose."""

    def __init__(self, switches: Sequence[Switch], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for switch in switches:
            self.fields[switch.kind.slug] = forms.BooleanField(
                label=switch.kind.label,
                help_text=switch.kind.help,
                initial=switch.is_on,
                required=False,
            )
