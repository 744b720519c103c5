from __future__ import annotations

from django.urls import path
from django.views.generic import RedirectView

from accounts import inbox_pages, mail_pages, views

app_name = "accounts"
urlpatterns = [
    path("sign-up/", views.sign_up, name="sign_up"),
    path("sign-in/", views.SignInView.as_view(), name="sign_in"),
    path("sign-out/", views.sign_out, name="sign_out"),
    path("verify/<str:token>/", views.verify_email, name="verify_email"),
    path("verification/resend/", views.resend_verification, name="resend_verification"),
    path("reset/", views.ResetView.as_view(), name="password_reset"),
    path("reset/sent/", views.ResetDoneView.as_view(), name="password_reset_done"),
    path("reset/done/", views.ResetCompleteView.as_view(), name="password_reset_complete"),
    path(
        "reset/<uidb64>/<token>/", views.ResetConfirmView.as_view(), name="password_reset_confirm"
    ),
    path("settings/", views.account_settings, name="settings"),
    path("settings/profile/", views.profile, name="profile"),
    path("settings/email/", views.email_change, name="email_change"),
    path("settings/password/", views.password_change, name="password_change"),
    path("settings/sessions/end-all/", views.end_all_sessions, name="end_all_sessions"),
    path("settings/sessions/<str:handle>/end/", views.end_session, name="end_session"),
    path("settings/data.json", views.download_data, name="download_data"),
    path("settings/close/", views.close, name="close"),
    path("settings/notifications/", mail_pages.notifications, name="notifications"),
    path("mail/stop/<str:token>/", mail_pages.stop_mail, name="stop_mail"),
    path("inbox/", inbox_pages.inbox_page, name="inbox"),
    path("inbox/list/", inbox_pages.inbox_fragment, name="inbox_fragment"),
    path("inbox/bell/", inbox_pages.bell, name="bell_fragment"),
    path("inbox/read/", inbox_pages.read_all, name="inbox_read"),
    path("theme/", views.theme, name="theme"),
    # Where password managers look for the place to change a password.
    path(
        ".well-known/change-password",
        RedirectView.as_view(pattern_name="accounts:settings"),
        name="change_password_here",
    ),
]
