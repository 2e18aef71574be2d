from __future__ import annotations

import pytest

from moe_robot.config import load_config
from moe_robot.lexicon import Lexicon, lexicon_of
from moe_robot.router.followup import FollowUps
from moe_robot.router.parser import SentenceParser
from moe_robot.world.home import load_home


@pytest.fixture(scope="session")
def flat_lexicon() -> Lexicon:
    return lexicon_of(load_home("flat"))


@pytest.fixture(scope="session")
def parser(flat_lexicon: Lexicon) -> SentenceParser:
    return SentenceParser(flat_lexicon, load_config())


@pytest.fixture(scope="session")
def follow_ups(flat_lexicon: Lexicon) -> FollowUps:
    return FollowUps(flat_lexicon)
