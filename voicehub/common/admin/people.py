from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import Group
from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST
from unfold.forms import AdminPasswordChangeForm
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from voicehub.common import audit, second_factor, sessions, sign_in_lock
from voicehub.common.access_fields import PermissionsField, RolesField
from voicehub.common.admin.people_for_many import PeopleForManyAdmin
from voicehub.common.forms import NewPersonForm, PersonForm
from voicehub.common.models import User
from voicehub.common.roles import ROLES
from voicehub.sync.admin.versions import VersionedAdmin, reason_given

MANAGE = "common.manage_people"


class RoleFilter(admin.RelatedFieldListFilter):
    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> Any:
        return [(pk, gettext(str(name))) for pk, name in super().field_choices(field, request, model_admin)]


@admin.register(User)
class PersonAdmin(VersionedAdmin, UserAdmin, PeopleForManyAdmin):  # type: ignore[misc]
    """Add people, give them roles, let them in again.

    Three rules hold for everybody, also for a request made by hand: nobody changes their own access; only a
    superuser changes a superuser; only a superuser gives more than the four roles.
    """

    form = PersonForm
    add_form = NewPersonForm
    add_form_template = "admin/change_form.html"
    change_password_form = AdminPasswordChangeForm
    change_form_outer_before_template = "admin/common/person_access.html"
    list_display = ("username", "full_name", "email", "roles", "is_active", "last_login")
    list_filter = ("is_active", ("groups", RoleFilter))
    search_fields = (
        "username__istartswith",
        "first_name__istartswith",
        "last_name__istartswith",
        "email__istartswith",
    )
    filter_horizontal = ()
    add_fieldsets = (
        (None, {"fields": ("username", "first_name", "last_name", "email", "groups")}),
        (_("Password"), {"fields": ("usable_password", "password1", "password2")}),
    )
    ACCESS = ("is_active", "groups")
    ACCESS_FOR_SUPERUSERS = ("is_superuser", "is_demo", "user_permissions")

    @admin.display(description=_("name"), ordering="last_name")
    def full_name(self, person: User) -> str:
        return person.get_full_name()

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MANAGE)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(MANAGE)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(MANAGE)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        is_above = obj is not None and obj.is_superuser and not request.user.is_superuser
        return request.user.has_perm(MANAGE) and not is_above

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return self.add_fieldsets
        return (
            (
                None,
                {"fields": ("username", "first_name", "last_name", "email", "mail_wish", "language", "time_zone")},
            ),
            (_("Access"), {"fields": self._access_fields(request)}),
            (_("Dates"), {"fields": ("last_login", "date_joined", "second_factor_since")}),
        )

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        own = self._access_fields(request) if obj == request.user else ()
        return ("last_login", "date_joined", "second_factor_since", *own)

    def _access_fields(self, request: HttpRequest) -> tuple[str, ...]:
        return self.ACCESS + (self.ACCESS_FOR_SUPERUSERS if request.user.is_superuser else ())

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.name == "groups":
            kwargs["widget"] = UnfoldAdminCheckboxSelectMultipleWidget
            kwargs["queryset"] = self._givable_roles(request).order_by("name")
            kwargs |= {"label": _("Roles"), "help_text": _("What this person may do."), "form_class": RolesField}
        if db_field.name == "user_permissions":
            kwargs["form_class"] = PermissionsField
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def _givable_roles(self, request: HttpRequest) -> QuerySet[Group]:
        return Group.objects.all() if request.user.is_superuser else Group.objects.filter(name__in=ROLES)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description=_("Roles"))
    def roles(self, obj: User) -> str:
        return ", ".join(gettext(group.name) for group in obj.groups.all())

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        if not change:
            obj.is_staff = True
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        person = form.instance
        before = _names(person.groups)
        kept = list(person.groups.exclude(pk__in=self._givable_roles(request)))
        super().save_related(request, form, formsets, change)
        person.groups.add(*kept)
        audit.record(
            "person.changed" if change else "person.added",
            request.user,
            person,
            reason_given(request),
            changed={name: str(form.cleaned_data[name]) for name in form.changed_data if name in AUDITED},
            roles_given=sorted(_names(person.groups) - before),
            roles_taken=sorted(before - _names(person.groups)),
        )
        if not person.is_active:
            sessions.end_all(person)

    def get_urls(self) -> list[URLPattern]:
        deeds = (
            ("unlock", self.unlock_view),
            ("reset_second_factor", self.reset_second_factor_view),
            ("end_sessions", self.end_sessions_view),
        )
        own = [
            path(f"<id>/{name}/", self.admin_site.admin_view(view), name=f"common_user_{name}")
            for name, view in deeds
        ]
        return [*own, *super().get_urls()]

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, obj: Any = None, **kwargs: Any
    ) -> HttpResponse:
        if obj is not None:
            context["is_locked"] = sign_in_lock.is_locked(obj)
            context["sign_ins"] = [(one, sessions.device_words(one.device)) for one in sessions.of_person(obj)]
            context["may_let_in"] = self.has_change_permission(request, obj)
        return super().render_change_form(request, context, *args, obj=obj, **kwargs)

    @method_decorator(require_POST)
    def unlock_view(self, request: HttpRequest, id: str) -> HttpResponse:
        person = self._person(request, id)
        sign_in_lock.unlock(person)
        audit.record("sign_in.unlocked", request.user, person)
        self.message_user(request, _("%(name)s can sign in again.") % {"name": person}, messages.SUCCESS)
        return redirect("admin:common_user_change", person.pk)

    @method_decorator(require_POST)
    def reset_second_factor_view(self, request: HttpRequest, id: str) -> HttpResponse:
        person = self._person(request, id)
        # The own one is switched off with a password and a code, in the profile.
        if person == request.user:
            raise PermissionDenied
        second_factor.reset(person, request.user)
        text = _("%(name)s signs in with the password alone now, and has been told.") % {"name": person}
        self.message_user(request, text, messages.SUCCESS)
        return redirect("admin:common_user_change", person.pk)

    @method_decorator(require_POST)
    def end_sessions_view(self, request: HttpRequest, id: str) -> HttpResponse:
        person = self._person(request, id)
        sessions.end_all(person)
        audit.record("sign_in.sessions_ended", request.user, person)
        self.message_user(request, _("%(name)s is signed out everywhere.") % {"name": person}, messages.SUCCESS)
        return redirect("admin:common_user_change", person.pk)

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """For somebody else; the own password is changed by who knows the present one."""
        person = self._person(request, id)
        if person == request.user:
            return redirect("admin:password_change")
        response = super().user_change_password(request, id, form_url)
        if User.objects.get(pk=person.pk).password != person.password:
            sessions.end_all(person)
            audit.record("person.password_reset", request.user, person)
        return response

    def _person(self, request: HttpRequest, id: str) -> Any:
        person: Model | None = self.get_object(request, unquote(id))
        if person is None:
            raise Http404
        if not self.has_change_permission(request, person):
            raise PermissionDenied
        return person


AUDITED = frozenset(
    (
        "username",
        "first_name",
        "last_name",
        "email",
        "mail_wish",
        "language",
        "time_zone",
        "is_active",
        "is_superuser",
        "is_demo",
    )
)


def _names(groups: Any) -> set[str]:
    return set(groups.values_list("name", flat=True))
