from django.db import migrations

from voicehub.common.roles import ADMINS, STAFF, grant

SEE = {
    "sandbox.ourvoiceaccount": ["view_ourvoiceaccount"],
    "sandbox.ourvoiceapp": ["view_ourvoiceapp"],
    "sandbox.ourvoicecode": ["view_ourvoicecode"],
    "sandbox.ourvoicesender": ["view_ourvoicesender"],
}
CHANGE = {
    "sandbox.ourvoiceaccount": ["change_ourvoiceaccount"],
    "sandbox.ourvoiceapp": ["add_ourvoiceapp", "change_ourvoiceapp", "delete_ourvoiceapp"],
}


class Migration(migrations.Migration):

    dependencies = [
        ("common", "0009_mail"),
        ("sandbox", "0003_ourvoice"),
    ]

    operations = [
        grant(STAFF, SEE),
        grant(ADMINS, SEE),
        grant(ADMINS, CHANGE),
    ]
