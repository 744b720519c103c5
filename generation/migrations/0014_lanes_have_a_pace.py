"""How many submits a provider takes now, and until when it asked for none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0013_substitutes")]

    operations = [
        migrations.AddField(
            model_name="providerlane",
            name="submits_left",
            field=models.FloatField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="providerlane",
            name="submits_counted_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="providerlane",
            name="slowed_until",
            field=models.DateTimeField(blank=True, null=True),
        ),
    ]
