"""The illustrator's figure: every pose, outfit and body is honoured, repeatably."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

import pytest
from defusedxml import ElementTree

from characters.catalogue import get_catalogue
from generation import catalogue
from generation.providers.illustrator.figure import OUTFITS, POSES, Figure, draw_figure
from generation.providers.illustrator.figure_build import build_of
from generation.providers.illustrator.figure_skeleton import skeleton
from generation.providers.illustrator.pose_table import POSE_TABLE
from generation.providers.illustrator.takes import Take, posed

LOOK = {
    "presentation": "female",
    "visual_style": "illustrated",
    "ethnicity": "latino",
    "age_range": "26-33",
    "skin_tone": "medium",
    "face_shape": "oval",
    "eye_colour": "brown",
    "hair_style": "wavy",
    "hair_colour": "brown",
    "body_type": "average",
    "freckles": "none",
    "beauty_marks": "none",
    "scars": "none",
    "piercings": "none",
    "tattoos": "none",
    "glasses": "none",
    "outfit_style": "tee_and_jeans",
    "archetype": "next_door",
    "personality": ["bold"],
    "seed": "figure-tests",
}
PRESENTATIONS = tuple(get_catalogue()["presentation"].by_slug)
BODY_TYPES = tuple(get_catalogue()["body_type"].by_slug)
STANDING = ("relaxed", "hand_on_hip", "arms_crossed", "hands_in_pockets", "leaning", "hand_in_hair")


def make_look(**changes: object) -> dict[str, object]:
    return {**LOOK, **changes}


def parse(figure: Figure) -> Element:
    text = f'<svg xmlns="http://www.w3.org/2000/svg">{figure.svg}</svg>'
    return ElementTree.fromstring(text)


def test_poses_equal_the_studio_catalogue() -> None:
    assert set(POSES) == set(catalogue.POSES.by_slug)


def test_outfits_equal_the_look_catalogue() -> None:
    assert set(OUTFITS) == set(get_catalogue()["outfit_style"].by_slug)


@pytest.mark.parametrize("pose", POSES)
def test_pose_is_valid_xml_with_face_inside_box(pose: str) -> None:
    figure = draw_figure(make_look(), pose=pose)
    parse(figure)
    left, top, right, bottom = figure.box
    face_left, face_top, face_right, face_bottom = figure.face
    assert left < face_left < face_right < right
    assert top < face_top < face_bottom < figure.waist_y < figure.ground_y <= bottom


@pytest.mark.parametrize("presentation", PRESENTATIONS)
@pytest.mark.parametrize("outfit", OUTFITS)
def test_outfit_is_valid_xml_in_every_presentation(outfit: str, presentation: str) -> None:
    root = parse(draw_figure(make_look(presentation=presentation), outfit=outfit))
    assert len(root.findall(".//{http://www.w3.org/2000/svg}path")) > 60


@pytest.mark.parametrize("presentation", PRESENTATIONS)
def test_outfits_and_presentations_all_differ(presentation: str) -> None:
    look = make_look(presentation=presentation)
    assert len({draw_figure(look, outfit=outfit).svg for outfit in OUTFITS}) == len(OUTFITS)


def test_poses_all_differ() -> None:
    assert len({draw_figure(make_look(), pose=pose).svg for pose in POSES}) == len(POSES)


@pytest.mark.parametrize("presentation", PRESENTATIONS)
def test_body_types_all_differ_in_silhouette(presentation: str) -> None:
    builds = [build_of(make_look(presentation=presentation, body_type=b)) for b in BODY_TYPES]
    assert len({(b.shoulder, b.waist, b.hip, b.arm, b.thigh) for b in builds}) == len(BODY_TYPES)


@pytest.mark.parametrize("pose", ["sitting_crossed", "lounging", "running", "heart_hands"])
@pytest.mark.parametrize("body_type", BODY_TYPES)
def test_body_type_changes_the_drawing_in_pose(pose: str, body_type: str) -> None:
    average = "curvy" if body_type == "average" else "average"
    drawn = draw_figure(make_look(body_type=body_type), pose=pose)
    assert drawn.svg != draw_figure(make_look(body_type=average), pose=pose).svg


def test_same_arguments_draw_the_same_bytes() -> None:
    look = make_look(tattoos="large", presentation="male")
    assert draw_figure(look, pose="selfie") == draw_figure(look, pose="selfie")


def test_outfit_none_wears_the_looks_own() -> None:
    look = make_look(outfit_style="pirate")
    assert draw_figure(look).svg == draw_figure(make_look(), outfit="pirate").svg


def test_colours_differ_between_characters_and_stay_with_one() -> None:
    def colours(seed: str, pose: str) -> str:
        svg = draw_figure(make_look(seed=seed), pose=pose, outfit="knit_sweater").svg
        return "".join(re.findall(r'x2="120" y2="640"><stop[^>]*/><stop[^>]*"(#\w{6})"', svg))

    seeds = [f"person-{n}" for n in range(12)]
    assert len({colours(seed, "relaxed") for seed in seeds}) > 3
    assert all(colours(s, "relaxed") == colours(s, "hand_on_hip") for s in seeds)


@pytest.mark.parametrize("size", ["small", "medium", "large"])
@pytest.mark.parametrize("outfit", ["swimsuit", "knit_sweater", "wetsuit"])
def test_tattoos_show_in_bare_and_covered_outfits(size: str, outfit: str) -> None:
    bare = draw_figure(make_look(), outfit=outfit).svg
    assert draw_figure(make_look(tattoos=size), outfit=outfit).svg != bare


def test_tattoo_sizes_differ() -> None:
    sizes = ("none", "small", "medium", "large")
    assert len({draw_figure(make_look(tattoos=size)).svg for size in sizes}) == len(sizes)


def test_every_id_begins_with_the_uid_and_is_used_once() -> None:
    root = parse(draw_figure(make_look(), outfit="fairy", uid="x7"))
    ids = [e.get("id") for e in root.iter() if e.get("id")]
    assert ids
    assert len(ids) == len(set(ids))
    assert all(name.startswith("x7") for name in ids)


@pytest.mark.parametrize("outfit", ["summer_dress", "sequin_top", "cyberpunk", "evening_gown"])
def test_every_reference_is_defined(outfit: str) -> None:
    svg = draw_figure(make_look(), outfit=outfit, pose="dancing").svg
    assert set(re.findall(r"url\(#([^)]+)\)", svg)) <= set(re.findall(r'id="([^"]+)"', svg))


@pytest.mark.parametrize("style", tuple(get_catalogue()["visual_style"].by_slug))
def test_visual_style_changes_the_body(style: str) -> None:
    other = "anime" if style != "anime" else "realistic"
    drawn = draw_figure(make_look(visual_style=style, hair_style="bald"))
    assert drawn.svg != draw_figure(make_look(visual_style=other, hair_style="bald")).svg


@pytest.mark.parametrize("pose", STANDING)
def test_standing_figure_has_the_agreed_height(pose: str) -> None:
    figure = draw_figure(make_look(), pose=pose)
    assert figure.ground_y == pytest.approx(652, abs=16)


@pytest.mark.parametrize("pose", ["jumping", "running"])
def test_airborne_figure_leaves_the_ground(pose: str) -> None:
    bones = skeleton(build_of(make_look()), POSE_TABLE[pose])
    lowest_ankle = max(limb.end[1] for limb in bones.legs)
    assert draw_figure(make_look(), pose=pose).ground_y > lowest_ankle + POSE_TABLE[pose].airborne


@pytest.mark.parametrize("presentation", PRESENTATIONS)
@pytest.mark.parametrize("body_type", BODY_TYPES)
def test_hand_on_hip_touches_the_hip(presentation: str, body_type: str) -> None:
    look = make_look(presentation=presentation, body_type=body_type)
    bones = skeleton(build_of(look), POSE_TABLE["hand_on_hip"])
    hip_x, hip_y = bones.torso.edge(1, 204)
    wrist_x, wrist_y = bones.hands[1].wrist
    assert abs(wrist_x - hip_x) < 8
    assert abs(wrist_y - hip_y) < 8


@pytest.mark.parametrize("pose", POSES)
def test_mirrored_pose_is_the_pose_the_other_way_round(pose: str) -> None:
    if POSE_TABLE[pose].seat == "daybed":
        return  # built on one side
    plain = posed(POSE_TABLE[pose], Take(limbs="x"))
    mirrored = posed(POSE_TABLE[pose], Take(limbs="x", is_mirrored=True))
    build = build_of(make_look())
    one, other = skeleton(build, plain), skeleton(build, mirrored)
    for left, right in zip(one.hands, other.hands[::-1], strict=True):
        assert right.wrist[0] == pytest.approx(-left.wrist[0], abs=1e-6)
        assert right.wrist[1] == pytest.approx(left.wrist[1], abs=1e-6)
    assert draw_figure(make_look(), pose=pose, take=Take(is_mirrored=True)).svg


def test_unknown_pose_and_outfit_are_refused() -> None:
    with pytest.raises(KeyError):
        draw_figure(make_look(), pose="levitating")
    with pytest.raises(KeyError):
        draw_figure(make_look(), outfit="invisible")
