from django.contrib.auth import get_user_model

from voicehub.sandbox.models import Call
from voicehub.sandbox.router import SandboxRouter

router = SandboxRouter()


def test_models_of_the_sandbox_live_in_its_database():
    assert router.db_for_read(Call) == router.db_for_write(Call) == "sandbox"


def test_models_of_others_are_not_its_business():
    assert router.db_for_read(get_user_model()) is None
    assert router.db_for_write(get_user_model()) is None


def test_nothing_but_the_sandbox_migrates_in_its_database_and_it_nowhere_else():
    assert router.allow_migrate("sandbox", "sandbox") is True
    assert router.allow_migrate("sandbox", "common") is False
    assert router.allow_migrate("default", "sandbox") is False
    assert router.allow_migrate("default", "common") is None
