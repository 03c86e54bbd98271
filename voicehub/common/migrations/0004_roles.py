from django.db import migrations

from voicehub.common.roles import ADMINS, ROLES, grant


def make_roles(apps, schema_editor):
    Group = apps.get_model("auth", "Group")
    for name in ROLES:
        Group.objects.get_or_create(name=name)


def remove_roles(apps, schema_editor):
    apps.get_model("auth", "Group").objects.filter(name__in=ROLES).delete()


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0003_notices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [
        migrations.RunPython(make_roles, remove_roles),
        grant(ADMINS, {"common.user": ["manage_people"], "common.auditentry": ["view_auditentry"]}),
    ]
