"""Logins. Site admins make and change them; other admins read, so as to seat them in teams."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.forms import SetPasswordMixin
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.safestring import SafeString
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminPasswordWidget

from catalogue.admin.asking import Question, ask
from catalogue.admin.base import REFUSALS, ServiceForm, WritingAdmin
from catalogue.admin.buttons import Button
from catalogue.admin.rights import is_site_admin, user_of
from catalogue.admin.shown import NOTHING, count, instant
from catalogue.admin.team import SeatInline, save_seats
from catalogue.models import Team, User, Via
from catalogue.segments.logins import (
    EVERYWHERE,
    LoginRefused,
    change_login,
    create_login,
    everywhere_of,
    set_password,
)
from catalogue.segments.seats import SeatRefused
from catalogue.web.components.states import badge

NAMES = ("username", "email", "first_name", "last_name")


class LoginForm(ServiceForm):
    """What may be changed of a login."""

    everywhere = forms.MultipleChoiceField(
        label="In every team",
        choices=list(EVERYWHERE.items()),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text="Seats say what somebody may do in one team. These hold in all of them.",
    )

    class Meta:
        model = User
        fields = (*NAMES, "is_active", "is_superuser")
        labels = {"is_active": "May sign in", "is_superuser": "Site admin"}
        help_texts = {
            "username": "",
            "email": "Signs in as well as the user name; segment files name owners by it.",
            "is_active": "Switch off rather than delete: what they did keeps their name.",
            "is_superuser": "May do everything, here and on the pages.",
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.pk and "everywhere" in self.fields:
            self.fields["everywhere"].initial = everywhere_of(self.instance)

    def refuse(self, refusal: Exception) -> None:
        """What is wrong with which field."""
        if not isinstance(refusal, ValidationError) or not hasattr(refusal, "error_dict"):
            super().refuse(refusal)
            return
        for name, errors in refusal.error_dict.items():
            self.add_error(name if name in self.fields else None, ValidationError(errors))


class NewLoginForm(SetPasswordMixin, LoginForm):
    """A new login, with its first password."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    class Meta(LoginForm.Meta):
        fields = (*NAMES, "is_superuser")  # type: ignore[assignment]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _dress(self)

    def clean(self) -> dict[str, Any]:
        """Both passwords are the same, and good enough for this login."""
        cleaned = super().clean()
        self.validate_passwords()
        candidate = User(**{name: cleaned.get(name, "") for name in NAMES})
        self.validate_password_for_user(candidate, "password2")
        return cleaned


class NewPasswordForm(SetPasswordMixin, forms.Form):
    """Another password for somebody."""

    password1, password2 = SetPasswordMixin.create_password_fields()

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        _dress(self)

    def clean(self) -> dict[str, Any]:
        """Both are the same, and good enough for this login."""
        cleaned: dict[str, Any] = super().clean() or {}
        self.validate_passwords()
        self.validate_password_for_user(self.user, "password2")
        return cleaned


def _dress(form: forms.Form | forms.ModelForm) -> None:
    for name in ("password1", "password2"):
        form.fields[name].widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})


class SeatsOfLoginInline(SeatInline):
    """The seats of one login: changed by site admins here, by team admins at their team."""

    fields = ("team", "role", "see_people")
    autocomplete_fields = ("team",)

    def _may_write(self, request: HttpRequest, team: Team | None) -> bool:
        return is_site_admin(request)


@admin.register(User)
class UserAdmin(WritingAdmin):
    """Never deleted: what somebody did keeps their name."""

    form = LoginForm
    object_type = "login"
    refusals = (*REFUSALS, LoginRefused, SeatRefused, ValidationError)
    list_display = ("name", "username", "email", "kind", "seats_shown", "last_seen")
    list_filter = ("is_active", "is_superuser", "seats__team")
    list_select_related = ()
    search_fields = ("username", "email", "first_name", "last_name")
    search_help_text = "Name, address"
    ordering = ("username",)
    inlines = (SeatsOfLoginInline,)
    readonly_fields = ("last_seen",)
    fieldsets = (
        (None, {"fields": (*NAMES, "last_seen")}),
        ("Rights", {"fields": ("is_active", "is_superuser", "everywhere")}),
    )
    add_fieldsets = ((None, {"fields": (*NAMES, "password1", "password2", "is_superuser")}),)

    def get_queryset(self, request: HttpRequest) -> QuerySet[User]:
        """With how many seats each has."""
        rows: QuerySet[User] = super().get_queryset(request)
        return rows.annotate(seat_count=Count("seats", distinct=True))

    def get_inlines(self, request: HttpRequest, obj: Any) -> tuple[Any, ...]:
        """Seats, once the login is there."""
        return self.inlines if obj else ()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rights are shown to those who give them."""
        found = super().get_fieldsets(request, obj)
        return found if is_site_admin(request) else found[:1]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site admins."""
        return is_site_admin(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Site admins."""
        return is_site_admin(request)

    def named(self, obj: User) -> str:
        """Their name."""
        return obj.label

    def history_key(self, obj: User) -> str:
        """What the log of changes calls a login."""
        return obj.get_username()

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> type[forms.ModelForm]:
        """With a password for a new login."""
        form = LoginForm if change else NewLoginForm
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def buttons(self, request: HttpRequest, obj: User) -> list[Button]:
        """Another password."""
        if not self.has_change_permission(request, obj):
            return []
        url = self.page_url("password", obj.pk)
        return [Button(name="password", label="Set password…", url=url)]

    def more_urls(self) -> list[URLPattern]:
        """The page on which a password is set."""
        return [self.page("<path:object_id>/password/", "password", self.password_view)]

    def password_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Set a password for somebody."""
        user = self.get_object(request, object_id)
        if user is None or not self.has_change_permission(request, user):
            raise PermissionDenied("Passwords are set by site admins.")
        form = NewPasswordForm(request.POST or None, user=user)
        if request.method == "POST" and form.is_valid():
            password = form.cleaned_data["password1"]
            set_password(user=user, password=password, by=user_of(request), via=Via.ADMIN)
            if user.pk == request.user.pk:
                update_session_auth_hash(request, user)
            messages.success(request, f"The password of {user.label} is set; other sessions ended.")
            return redirect(self.url_of(user))
        question = Question(
            title=f"Set the password of {user.label}",
            said="They are signed out everywhere and sign in with the new one.",
            button="Set password",
            form=form,
            back=self.url_of(user),
        )
        return ask(self, request, question)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Make or change the login."""
        by, given = user_of(request), form.cleaned_data
        if not change:
            password = given["password1"]
            made = create_login(fields=given, password=password, by=by, via=Via.ADMIN)
            obj.pk = made.pk
            return
        change_login(user=obj, fields=given, everywhere=given["everywhere"], by=by, via=Via.ADMIN)

    def save_formset(self, request: HttpRequest, form: Any, formset: Any, change: bool) -> None:
        """Give and take seats."""
        save_seats(request, formset)

    @admin.display(description="Name", ordering="first_name")
    def name(self, obj: User) -> str:
        """Their name for people."""
        return obj.label

    @admin.display(description="Kind", ordering="is_superuser")
    def kind(self, obj: User) -> SafeString | str:
        """Site admin, or switched off."""
        if not obj.is_active:
            return badge("idle", "Switched off")
        return badge("info", "Site admin") if obj.is_superuser else NOTHING

    @admin.display(description="Seats", ordering="seat_count")
    def seats_shown(self, obj: Any) -> str:
        """In how many teams they sit."""
        return count(obj.seat_count)

    @admin.display(description="Last signed in", ordering="last_login")
    def last_seen(self, obj: User) -> SafeString | str:
        """When they last signed in."""
        return instant(obj.last_login)
