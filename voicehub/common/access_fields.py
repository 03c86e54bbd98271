"""Choices of roles and of permissions in the reader's language; in the database their names are English."""

from typing import Any

from django import forms
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

BY_ACTION = {
    "add": gettext_lazy("Can add (%(records)s)"),
    "change": gettext_lazy("Can change (%(records)s)"),
    "delete": gettext_lazy("Can delete (%(records)s)"),
    "view": gettext_lazy("Can see (%(records)s)"),
}


class RolesField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Group) -> str:
        return _(obj.name)


class PermissionsField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj: Permission) -> str:
        content_type = ContentType.objects.get_for_id(obj.content_type_id)
        return f"{content_type.app_labeled_name.partition(' | ')[0]} | {_in_words(obj, content_type)}"


def _in_words(permission: Permission, content_type: ContentType) -> Any:
    action, _underscore, model = permission.codename.partition("_")
    if model == content_type.model and action in BY_ACTION:
        return BY_ACTION[action] % {"records": content_type.name}
    return _(permission.name)
