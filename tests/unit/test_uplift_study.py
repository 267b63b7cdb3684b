"""From assignments to a response: what is refused, in words, and what the policy is told."""

from dataclasses import replace

import numpy as np
import pytest

from models.domain.vocabulary import ResponseState
from models.evaluation.trials import NEVER, Assigned
from models.evaluation.uplift_log import UnusableLog, refused_campaigns, trial_of
from models.evaluation.uplift_study import learn, upper_share
from models.features.frame import FeatureFrame
from models.learned.response import Response, TriedArm
from models.learned.settings import BoosterSettings, UpliftSettings
from models.learned.trial import OTHER
from models.learned.uplift import Effects

SETTINGS = UpliftSettings(
    outcome=BoosterSettings(20, 4, 0.1, 20.0, 0.5, 0.7, 50, 31),
    effect=BoosterSettings(20, 2, 0.1, 50.0, 0.5, 0.5, 50, 31),
    folds=2,
    seeds=1,
    least_arm=100,
    arms={"discount": ("coupon",)},
)


def campaign(rows=2000, *, chance=0.5, wrong=0.0, arms=("none", "coupon"), name="spring"):
    """A campaign in which those above 0 in the one feature got more than was logged, others less."""
    random = np.random.default_rng(1)
    feature = random.standard_normal(rows)
    treated = random.random(rows) < chance + wrong * np.sign(feature)
    ids = np.array([f"c{number:05d}" for number in range(rows)], dtype=object)
    frame = FeatureFrame(("silence",), feature[:, None].astype(np.float32), ids, np.full(rows, 99))
    of = Assigned(
        customer_id=ids,
        campaign=np.full(rows, name, dtype=object),
        arm=np.where(treated, arms[1], arms[0]).astype(object),
        propensity=np.where(treated, chance, 1 - chance),
        face_value=np.where(treated, 500.0, 0.0),
        contact_cost=np.where(treated, 10.0, 0.0),
        assigned_at=np.full(rows, 100),
        redeemed_at=np.where(treated & (feature > 0.5), 150, NEVER),
        instant=np.full(rows, 99),
        closes=np.full(rows, 200),
    )
    stayed = (random.random(rows) < 0.4 + 0.3 * treated).astype(float)
    return frame, of, stayed


def test_a_campaign_becomes_a_trial_of_its_arms():
    study = trial_of(*campaign(), SETTINGS)
    assert (study.trial.arms, len(study.trial)) == (("none", "coupon"), 2000)


def test_propensities_that_are_not_what_they_say_are_refused_by_campaign_and_feature():
    with pytest.raises(UnusableLog, match=r"campaign `spring` .* `silence` in arm .* docs/uplift.md"):
        trial_of(*campaign(wrong=0.3), SETTINGS)


def test_a_campaign_whose_propensities_are_not_what_they_say_is_named_with_what_is_off():
    frame, of, _ = campaign(wrong=0.3)
    assert "`silence` in arm" in refused_campaigns(frame, of)["spring"]


def test_a_campaign_that_is_what_it_says_is_not_named():
    frame, of, _ = campaign()
    assert refused_campaigns(frame, of) == {}


def of_two_coupons(name):
    """Nothing for a third; one coupon to those above 0, the other to the rest, though the log says chance."""
    frame, of, _ = campaign(3000, name=name)
    control = np.random.default_rng(5).random(3000) < 1 / 3
    arm = np.where(control, "none", np.where(frame.values[:, 0] > 0, "coupon", "gift")).astype(object)
    face = np.where(control, 0.0, 500.0)
    return frame, replace(of, arm=arm, face_value=face, propensity=np.full(3000, 1 / 3))


@pytest.mark.parametrize("name", ["plan-b spring", "explore-tv", "plan-2026-03-02-b", "my plan-2026-03-02"])
def test_a_campaign_that_is_named_almost_like_that_of_a_plan_is_looked_at_whole(name):
    assert "`silence` in arm" in refused_campaigns(*of_two_coupons(name))[name]


@pytest.mark.parametrize("name", ["plan-2026-03-02", "explore-2026-03-02"])
def test_of_a_plan_of_ours_the_control_alone_is_looked_at(name):
    assert refused_campaigns(*of_two_coupons(name)) == {}


def test_of_a_campaign_without_features_the_share_is_looked_at():
    frame, of, _ = campaign()
    more = replace(of, propensity=np.where(of.arm == "coupon", 0.2, 0.8))
    assert "the share of customers" in refused_campaigns(frame.rows(np.arange(0)), more)["spring"]


def test_too_few_in_an_arm_are_refused_with_what_a_usable_log_names():
    with pytest.raises(UnusableLog, match=r"at least 100 .* A usable log names .* propensity"):
        trial_of(*campaign(rows=120), SETTINGS)


def test_a_campaign_without_controls_is_refused():
    with pytest.raises(UnusableLog, match="at least 100 in `none`"):
        trial_of(*campaign(arms=("letter", "coupon")), SETTINGS)


def test_rare_chances_are_clipped_and_counted():
    study = trial_of(*campaign(rows=20_000, chance=0.02), SETTINGS)
    assert (study.trial.propensity.min(), study.clipped) == (0.05, int(study.trial.treated.sum()))


def test_who_has_no_features_is_left_out():
    frame, of, stayed = campaign()
    assert len(trial_of(frame.rows(np.arange(1500)), of, stayed, SETTINGS).trial) == 1500


def with_a_rare_arm(rows=4000):
    """A right log: nothing .5, a coupon that keeps .3 more .45, a letter that keeps nobody at all .05."""
    frame, of, _ = campaign(rows)
    random = np.random.default_rng(7)
    place = random.choice(3, rows, p=[0.5, 0.45, 0.05])
    got = replace(
        of,
        arm=np.array(["none", "coupon", "letter"], dtype=object)[place],
        propensity=np.array([0.5, 0.45, 0.05])[place],
        face_value=np.array([0.0, 500.0, 0.0])[place],
    )
    return frame, got, (random.random(rows) < np.array([0.4, 0.7, 0.0])[place]).astype(float)


RARE = replace(SETTINGS, least_arm=400)


def test_a_right_log_with_an_arm_that_too_few_had_is_not_refused():
    study = trial_of(*with_a_rare_arm(20_000), replace(SETTINGS, least_arm=2000))
    assert (study.trial.arms, (study.trial.arm == OTHER).sum() > 500) == (("none", "coupon"), True)


def test_an_arm_that_too_few_had_leaves_the_effects_of_others_as_they_are():
    arm = learn(trial_of(*with_a_rare_arm(), RARE), np.full(4000, 5000.0), {}, RARE).response.arms[0]
    assert arm.effect_low < 0.3 < arm.effect_high
    assert arm.effect == pytest.approx(0.3, abs=0.04)


def beside_a_gift_that_few_had(rows=6000, more=20_500):
    """A coupon that keeps .2 more, half and half, and a larger campaign of whom 1 in 40 had a gift."""
    random, of_first = np.random.default_rng(1), np.arange(rows + more) < rows
    frame, of, _ = campaign(rows + more)
    got = random.random(rows + more) < np.where(of_first, 0.5, 0.025)
    arm = np.where(got, np.where(of_first, "coupon", "gift"), "none").astype(object)
    chance = np.where(of_first, 0.5, np.where(got, 0.025, 0.975))
    name = np.where(of_first, "spring", "autumn").astype(object)
    stayed = random.random(rows + more) < np.where(arm == "coupon", 0.7, 0.5)
    face = np.where(got, 500.0, 0.0)
    return (
        frame,
        replace(of, campaign=name, arm=arm, propensity=chance, face_value=face),
        stayed.astype(float),
    )


def test_a_campaign_whose_arms_too_few_had_dilutes_no_effect():
    settings = replace(SETTINGS, least_arm=2000)
    study = trial_of(*beside_a_gift_that_few_had(), settings)
    found = learn(study, np.full(len(study.trial), 5000.0), {}, settings)
    assert (len(study.trial), study.trial.arms) == (6000, ("none", "coupon"))
    assert found.verdict.mean_effect == pytest.approx(0.2, abs=0.04)


def two_seasons(rows=4000):
    """A coupon in March, when .3 stay, and a gift in November, when .7 do; neither changes anything."""
    frame, of, _ = campaign(rows)
    march = np.arange(rows) % 2 == 0
    got = replace(
        of,
        campaign=np.where(march, "march", "november").astype(object),
        arm=np.where(of.arm == "none", "none", np.where(march, "coupon", "gift")).astype(object),
    )
    return frame, got, (np.random.default_rng(3).random(rows) < np.where(march, 0.3, 0.7)).astype(float)


def test_a_season_is_no_effect_of_the_arm_that_was_tried_in_it():
    found = learn(trial_of(*two_seasons(), SETTINGS), np.full(4000, 5000.0), {}, SETTINGS)
    assert found.response.state is ResponseState.NO_EFFECT
    for arm in found.response.arms:
        assert arm.effect_low < 0 < arm.effect_high
        assert abs(arm.effect) < 0.05


@pytest.fixture(scope="module")
def learned():
    return learn(trial_of(*campaign(), SETTINGS), np.full(2000, 5000.0), {"usable": 2000}, SETTINGS)


def test_an_arm_speaks_for_the_action_of_its_name_and_those_that_are_set(learned):
    assert learned.response.actions == {"coupon": (0,), "discount": (0,)}


def test_an_arm_that_speaks_for_an_action_that_is_paid_at_once_costs_all_of_its_face_value():
    settings = replace(SETTINGS, arms={"gift": ("coupon",)})
    study = trial_of(*campaign(), settings)
    paid = [
        learn(study, np.full(2000, 5000.0), {}, settings, at_once).verdict.values["uniform"]["all_that_pay"]
        for at_once in ((), ("gift",), ("coupon",))
    ]
    assert paid[0].mean > paid[1].mean
    assert paid[1] == paid[2]


def test_the_share_that_uses_an_offer_is_that_of_those_who_stayed(learned):
    assert 0.2 < learned.response.arms[0].redemption < learned.response.arms[0].redemption_high < 0.5


def test_an_effect_on_everybody_is_uniform(learned):
    assert learned.response.state is ResponseState.UNIFORM


def test_a_campaign_that_never_tells_of_use_says_nothing_of_it():
    frame, of, stayed = campaign()
    march = np.arange(len(of)) % 2 == 0
    of = replace(
        of,
        campaign=np.where(march, "march", "may").astype(object),
        redeemed_at=np.where(march, of.redeemed_at, NEVER),
    )
    arm = learn(trial_of(frame, of, stayed, SETTINGS), np.full(2000, 5000.0), {}, SETTINGS).response.arms[0]
    assert 0.2 < arm.redemption < arm.redemption_high < 0.5


def test_an_arm_of_which_no_use_is_told_counts_as_always_used():
    frame, of, stayed = campaign()
    untold = replace(of, redeemed_at=np.full(len(of), NEVER))
    arm = learn(trial_of(frame, untold, stayed, SETTINGS), np.full(2000, 5000.0), {}, SETTINGS).response.arms[
        0
    ]
    assert (arm.redemption, arm.redemption_high) == (1, 1)


def test_the_figures_say_how_the_log_was(learned):
    assert learned.figures["propensity"] == {"least": 0.5, "greatest": 0.5, "clipped": 0}


def test_the_upper_bound_of_a_share_is_wilsons():
    assert upper_share(5, 10) == pytest.approx(0.6879, abs=2e-3)


def test_of_nobody_everybody_may_use_it():
    assert upper_share(0, 0) == 1


def response(state):
    arm = TriedArm("coupon", 500.0, 1000, 0.1, 0.05, 0.15, 0.4, 0.5)
    effects = Effects((), (), np.array([0.1]), np.ones(1), 0.0, 0.0)
    return Response(state, "why", {}, ("silence",), (arm,), {"coupon": (0,)}, 0.6, effects)


@pytest.mark.parametrize(
    ("state", "effect"),
    [(ResponseState.UNIFORM, 0.1), (ResponseState.LEARNED, 0.1), (ResponseState.NO_EFFECT, 0.0)],
)
def test_what_is_believed_is_what_the_gate_allows(state, effect):
    frame, _, _ = campaign(rows=3)
    assert response(state).of(frame).tolist() == [[effect] * 3]
