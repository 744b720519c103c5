"""The 24 poses: joint angles, contacts and seats. Pairs are (left, right) of the screen."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from .figure_skeleton import ArmPose, LegPose, Pose, Target

_HANG = ArmPose(10, 3)
_ON_HIP = ArmPose(hand="hip", to=Target("edge", 204, 5), bend=1, turn=-44)
_IN_POCKET = ArmPose(hand="pocket", to=Target("edge", 250, -13), bend=1, stretch=(0.98, 0.98))

_WEIGHT_RIGHT = (
    LegPose(ankle=(52, 620), bow=9, toe=0.62),
    LegPose(ankle=(6, 628), bow=3, toe=0.5),
)

POSE_TABLE: Mapping[str, Pose] = MappingProxyType(
    {
        # --- standing
        "relaxed": Pose(
            arms=(ArmPose(9, 5), ArmPose(12, -2)),
            legs=_WEIGHT_RIGHT,
            lean=3,
            sway=-7,
            shoulders=5,
            hips=-7,
            head=-3,
        ),
        "hand_on_hip": Pose(
            arms=(_HANG, _ON_HIP),
            legs=(LegPose(ankle=(58, 618), bow=5, toe=0.7), LegPose(ankle=(12, 628), toe=0.5)),
            lean=2,
            sway=-6,
            shoulders=-3,
            hips=-7,
            head=5,
        ),
        "arms_crossed": Pose(
            arms=(
                ArmPose(hand="tucked", to=Target("body", -22, 112), stretch=(0.96, 1.02)),
                ArmPose(hand="flat", to=Target("body", -24, 98), stretch=(0.96, 1.04), turn=-8),
            ),
            legs=(LegPose(ankle=(40, 626), toe=0.6), LegPose(ankle=(36, 628), toe=0.6)),
            lean=-1,
            sway=-2,
            hips=-3,
            shoulders=1,
            head=-4,
        ),
        "hands_in_pockets": Pose(
            arms=(_IN_POCKET, _IN_POCKET),
            legs=(LegPose(ankle=(36, 628), toe=0.6), LegPose(ankle=(50, 618), bow=5, toe=0.7)),
            lean=-1,
            sway=3,
            shoulders=-2,
            hips=4,
            head=4,
            near_leg=0,
        ),
        "leaning": Pose(
            arms=(
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
                ArmPose(hand="relaxed", to=Target("at", 142, 124), bend=1, turn=-16),
            ),
            legs=(
                LegPose(ankle=(48, 628), bow=0, toe=0.45),
                LegPose(ankle=(-86, 622), knee=(-36, 448), toe=-0.5),
            ),
            lean=9,
            sway=7,
            shoulders=-8,
            hips=-2,
            head=6,
            seat="plinth",
        ),
        "hand_in_hair": Pose(
            arms=(
                ArmPose(10, 5),
                ArmPose(
                    upper=140,
                    hand="hair",
                    to=Target("head", 76, -98),
                    bend=-1,
                    layer="over",
                    stretch=(0.86, 0.98),
                    turn=12,
                ),
            ),
            legs=_WEIGHT_RIGHT,
            lean=-2,
            sway=-7,
            shoulders=-4,
            hips=-7,
            head=7,
        ),
        # --- sitting
        "sitting_stool": Pose(
            arms=(
                ArmPose(hand="flat", to=Target("thigh", 0.26, 0.2), bend=1, turn=-6),
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
            ),
            legs=(
                LegPose(knee=(84, 346), ankle=(64, 494), toe=0.5, pitch=12),
                LegPose(knee=(66, 398), ankle=(96, 572), toe=0.62),
            ),
            lean=3,
            sway=-3,
            shoulders=-3,
            squash=0.97,
            head=4,
            near_leg=0,
            seat="stool",
        ),
        "sitting_crossed": Pose(
            arms=(
                ArmPose(hand="flat", to=Target("at", 40, 236), bend=1, turn=-40),
                ArmPose(hand="flat", to=Target("at", 26, 232), bend=1, turn=-14),
            ),
            legs=(
                LegPose(knee=(-4, 352), ankle=(2, 512), toe=-0.55),
                LegPose(knee=(-46, 322), ankle=(-112, 452), toe=-0.6, pitch=22),
            ),
            lean=-3,
            sway=4,
            shoulders=2,
            squash=0.95,
            head=-4,
            legs_over=True,
            seat="pouf",
        ),
        "sitting_floor": Pose(
            arms=(
                ArmPose(hand="flat", to=Target("at", 112, 228), bend=1, turn=-10),
                ArmPose(hand="flat", to=Target("at", 112, 228), bend=1, turn=-10),
            ),
            legs=(
                LegPose(knee=(146, 296), ankle=(-26, 328), toe=-0.8, pitch=4),
                LegPose(knee=(146, 296), ankle=(-26, 320), toe=-0.8, pitch=4),
            ),
            head=3,
            legs_over=True,
            seat="cushion",
        ),
        "lounging": Pose(
            arms=(
                ArmPose(
                    hand="relaxed", to=Target("at", 74, 196), bend=1, stretch=(1, 0.9), turn=-40
                ),
                ArmPose(hand="relaxed", to=Target("thigh", 0.78, -0.2), bend=1),
            ),
            legs=(
                LegPose(knee=(-262, 262), ankle=(-420, 286), toe=-0.8, pitch=-18),
                LegPose(knee=(232, 150), ankle=(330, 276), toe=0.8, pitch=6),
            ),
            lean=-30,
            sway=-42,
            head=6,
            near_leg=1,
            legs_over=True,
            seat="daybed",
        ),
        "kneeling": Pose(
            arms=(
                ArmPose(hand="flat", to=Target("thigh", 0.3, 0.3), bend=1, turn=-4),
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
            ),
            legs=(
                LegPose(knee=(74, 334), ankle=(66, 498), toe=0.55),
                LegPose(knee=(48, 438), ankle=(150, 458), toe=0.5, pitch=30),
            ),
            lean=2,
            sway=-3,
            shoulders=-3,
            squash=0.97,
            head=-4,
            near_leg=0,
            seat="mat",
        ),
        "sitting_forward": Pose(
            arms=(
                ArmPose(hand="clasp", to=Target("at", 17, 222), bend=1, turn=-18),
                ArmPose(hand="clasp", to=Target("at", 17, 218), bend=1, turn=-18),
            ),
            legs=(
                LegPose(knee=(88, 284), ankle=(70, 448), toe=0.55),
                LegPose(knee=(88, 284), ankle=(70, 448), toe=0.55),
            ),
            squash=0.84,
            head=-3,
            legs_over=True,
            seat="pouf",
        ),
        # --- action
        "walking": Pose(
            arms=(ArmPose(14, -24, stretch=(0.97, 0.86)), ArmPose(24, 18, stretch=(1, 0.92))),
            legs=(
                LegPose(ankle=(20, 576), knee=(26, 438), toe=0.3, pitch=58),
                LegPose(ankle=(2, 634), knee=(20, 448), toe=0.3, pitch=8),
            ),
            lean=2,
            sway=-5,
            shoulders=5,
            hips=-7,
            head=-2,
        ),
        "running": Pose(
            arms=(
                ArmPose(58, -32, hand="fist", stretch=(0.95, 0.95)),
                ArmPose(38, 142, hand="fist", stretch=(0.95, 0.95)),
            ),
            legs=(
                LegPose(knee=(70, 424), ankle=(196, 486), toe=0.75, pitch=70),
                LegPose(knee=(118, 338), ankle=(96, 500), toe=0.8, pitch=-12),
            ),
            lean=9,
            sway=3,
            shoulders=-3,
            hips=4,
            head=4,
            airborne=66,
        ),
        "jumping": Pose(
            arms=(
                ArmPose(140, 158, hand="open", layer="over"),
                ArmPose(132, 168, hand="fist", layer="over"),
            ),
            legs=(
                LegPose(knee=(76, 408), ankle=(124, 530), toe=0.7, pitch=46),
                LegPose(knee=(70, 372), ankle=(22, 500), toe=-0.7, pitch=34),
            ),
            lean=3,
            sway=-3,
            hips=3,
            head=-5,
            airborne=90,
        ),
        "dancing": Pose(
            arms=(
                ArmPose(112, 168, hand="open", turn=12, layer="over"),
                ArmPose(64, 30, hand="open", turn=50),
            ),
            legs=(
                LegPose(ankle=(74, 604), knee=(90, 428), toe=0.75, pitch=26),
                LegPose(ankle=(-8, 628), knee=(50, 452), toe=0.5),
            ),
            lean=-8,
            sway=9,
            shoulders=7,
            hips=-11,
            head=-9,
        ),
        "stretching": Pose(
            arms=(
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
                ArmPose(
                    upper=165,
                    hand="flat",
                    to=Target("at", -8, -168),
                    bend=-1,
                    layer="over",
                    stretch=(1.0, 0.98),
                    turn=-6,
                ),
            ),
            legs=(
                LegPose(ankle=(72, 622), toe=0.7),
                LegPose(ankle=(88, 622), toe=0.7),
            ),
            lean=-17,
            sway=3,
            shoulders=-8,
            hips=2,
            head=-12,
        ),
        "spinning": Pose(
            arms=(
                ArmPose(128, 168, hand="relaxed", turn=-14, layer="over"),
                ArmPose(72, 88, hand="open", turn=-8),
            ),
            legs=(
                LegPose(ankle=(-4, 634), knee=(16, 446), toe=0.35, pitch=40),
                LegPose(ankle=(20, 506), knee=(104, 398), toe=-0.5, pitch=54),
            ),
            lean=5,
            sway=-6,
            shoulders=5,
            hips=-7,
            head=8,
            seat="swirl",
        ),
        # --- expressive
        "waving": Pose(
            arms=(
                ArmPose(14, 4),
                ArmPose(40, 176, hand="open", turn=-14),
            ),
            legs=_WEIGHT_RIGHT,
            lean=1,
            sway=-4,
            shoulders=-2,
            hips=-5,
            head=4,
        ),
        "peace_sign": Pose(
            arms=(
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
                ArmPose(26, 158, hand="peace", turn=14, layer="over", stretch=(0.86, 0.92)),
            ),
            legs=(LegPose(ankle=(40, 628), toe=0.6), LegPose(ankle=(52, 620), bow=6, toe=0.65)),
            lean=-2,
            sway=4,
            shoulders=-2,
            hips=5,
            head=8,
            near_leg=0,
        ),
        "thinking": Pose(
            arms=(
                ArmPose(hand="tucked", to=Target("body", -42, 150), stretch=(0.94, 1.08)),
                ArmPose(
                    hand="chin",
                    to=Target("head", 12, 14),
                    bend=1,
                    layer="over",
                    stretch=(0.98, 1.0),
                    turn=4,
                ),
            ),
            legs=_WEIGHT_RIGHT,
            lean=1,
            sway=-4,
            shoulders=-1,
            hips=-5,
            head=6,
        ),
        "arms_up": Pose(
            arms=(
                ArmPose(146, 170, hand="open", layer="over"),
                ArmPose(150, 164, hand="open", layer="over"),
            ),
            legs=(LegPose(ankle=(48, 624), toe=0.65), LegPose(ankle=(44, 626), toe=0.6)),
            lean=-1,
            sway=-2,
            hips=-3,
            head=-4,
        ),
        "heart_hands": Pose(
            arms=(
                ArmPose(hand="heart", to=Target("body", 36, 88), bend=1, stretch=(0.9, 0.92)),
                ArmPose(hand="heart", to=Target("body", 36, 88), bend=1, stretch=(0.9, 0.92)),
            ),
            legs=(LegPose(ankle=(34, 626), toe=0.6), LegPose(ankle=(40, 624), bow=5, toe=0.6)),
            lean=-1,
            sway=3,
            hips=4,
            head=7,
            near_leg=0,
        ),
        "selfie": Pose(
            arms=(
                ArmPose(hand="hip", to=Target("edge", 204, 5), turn=-44),
                ArmPose(
                    42, 174, hand="phone", layer="over", stretch=(0.92, 0.86), turn=-6, flip=True
                ),
            ),
            legs=_WEIGHT_RIGHT,
            lean=-2,
            sway=-5,
            shoulders=-4,
            hips=-5,
            head=8,
        ),
    }
)

POSES: tuple[str, ...] = tuple(POSE_TABLE)
