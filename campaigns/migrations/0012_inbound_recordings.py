"""Posts from VoiceShot may hold several recordings, can fail to be taken in, and are looked for by number and time."""

import django.db.models.deletion
from django.db import migrations, models

import campaigns.models.inbound
import voicehub.common.sounds


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0011_sound_file_roles")]

    operations = [
        migrations.CreateModel(
            name="InboundRecording",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("promptid", models.CharField(blank=True, max_length=10, verbose_name="prompt")),
                ("name", models.CharField(blank=True, max_length=100, verbose_name="file name")),
                (
                    "file",
                    models.FileField(
                        storage=voicehub.common.sounds.sound_storage,
                        upload_to=campaigns.models.inbound.new_name,
                        verbose_name="file",
                    ),
                ),
                (
                    "post",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="recordings",
                        to="campaigns.inboundpost",
                    ),
                ),
            ],
            options={
                "verbose_name": "recording of a call",
                "verbose_name_plural": "recordings of calls",
                "ordering": ["id"],
                "default_permissions": ("view",),
            },
        ),
        migrations.RemoveField(model_name="inboundpost", name="recording"),
        migrations.AlterField(
            model_name="inboundpost",
            name="state",
            field=models.CharField(
                choices=[
                    ("new", "Not looked at yet"),
                    ("applied", "Taken in"),
                    ("unmatched", "Belongs to no call of ours"),
                    ("failed", "Could not be taken in"),
                ],
                default="new",
                max_length=9,
                verbose_name="state",
            ),
        ),
        migrations.AddIndex(
            model_name="inboundpost", index=models.Index(fields=["number", "-id"], name="inbound_by_number")
        ),
        migrations.AddIndex(
            model_name="inboundpost", index=models.Index(fields=["received_at"], name="inbound_by_time")
        ),
    ]
