"""Every driver test that asks for ``profile`` runs on every profile."""

from __future__ import annotations

import pytest

from firmware.at.profile import ModemProfile
from tests.at.support import PROFILE_NAMES, Line, load_profile


@pytest.fixture(params=PROFILE_NAMES)
def profile(request: pytest.FixtureRequest) -> ModemProfile:
    return load_profile(str(request.param))


@pytest.fixture
def line(profile: ModemProfile) -> Line:
    return Line(profile)
