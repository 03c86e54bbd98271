"""Sound files lie with the recordings, and when one is deleted, what has played it keeps its name."""

from django.db import migrations, models

import campaigns.models.sound_file
import voicehub.common.sounds

FORMER_FILE = models.CharField(blank=True, editable=False, max_length=64, verbose_name="deleted sound file")


def sound_file(related_name: str, verbose_name: str) -> models.ForeignKey:
    return models.ForeignKey(
        "campaigns.soundfile",
        models.SET_NULL,
        blank=True,
        null=True,
        related_name=related_name,
        verbose_name=verbose_name,
    )


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0002_roles")]

    operations = [
        *(
            migrations.AddField(model, "former_file", FORMER_FILE)
            for model in ("prompt", "keyrule", "historicalprompt", "historicalkeyrule")
        ),
        migrations.AlterField("prompt", "sound_file", sound_file("prompts", "or sound file")),
        migrations.AlterField("keyrule", "sound_file", sound_file("key_rules", "sound file")),
        migrations.AlterField(
            "soundfile",
            "file",
            models.FileField(
                storage=voicehub.common.sounds.sound_storage,
                upload_to=campaigns.models.sound_file.new_name,
                verbose_name="file",
            ),
        ),
    ]
