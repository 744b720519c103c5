"""When a mask was last painted, so that one just handed out is not taken for forgotten."""

import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("generation", "0018_studio_templates")]

    operations = [
        migrations.AddField(
            model_name="mask",
            name="used_at",
            field=models.DateTimeField(default=django.utils.timezone.now),
        ),
    ]
