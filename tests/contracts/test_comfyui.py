"""ComfyUI's own ways, against recordings of a real server."""

from __future__ import annotations

import base64
import io
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.exceptions import ImproperlyConfigured
from PIL import Image as Pillow
from websockets.sync.server import ServerConnection, serve

from characters.config import CharacterConfig
from generation.providers import pictures
from generation.providers.base import (
    FORMAT_SIZES,
    Finished,
    ImageRequest,
    Progress,
    ProviderError,
    Reference,
    Ticket,
    UnsupportedOption,
)
from generation.providers.comfyui import ComfyUI
from generation.providers.comfyui.graphs import NAMES, read_workflow
from generation.providers.comfyui.progress import Run, progress_of
from tests.builders import make_png
from tests.contracts.comfyui import (
    VALUES,
    answers,
    comfyui,
    messages,
    recorded,
    reply,
    stand_in,
)
from tests.contracts.player import Player, Reply

KEY = str(uuid4())
EMPTY_QUEUE = {"queue_running": [], "queue_pending": []}
SECRET = "a secret garden with my neighbour"


@pytest.fixture(autouse=True)
def _nothing_synced() -> Iterator[None]:
    cache.clear()
    yield
    cache.clear()


def request(**changes: Any) -> ImageRequest:
    wanted = ImageRequest(
        external_key=KEY,
        look=CharacterConfig.parse({}).to_json(),
        seed=7,
        width_px=1024,
        height_px=1280,
        text=SECRET,
        negative="blurry",
    )
    return replace(wanted, **changes)


def shown(role: str, colour: str = "red", size: tuple[int, int] = (64, 80)) -> Reference:
    return Reference(role, "1", "0" * 64, make_png(*size, colour))


def ticket(number: float = 0, size: tuple[int, int] = (128, 128)) -> Ticket:
    """As `submit` gives it, for the pictures of the recordings."""
    return Ticket(
        KEY,
        {
            "number": number,
            "size": list(size),
            "nodes": 3,
            "model": "m",
            "version": "v",
            "parameters": {},
        },
    )


def played(name: str, number: int = 0) -> list[Reply]:
    """Everything of a recording, under our key."""
    events = recorded(name, KEY, number=number)
    routes = (("POST", "/prompt"), ("GET", f"/history/{KEY}"), ("GET", "/view"), ("GET", "/queue"))
    return [reply(m, p, answer) for m, p in routes for answer in answers(events, m, p)]


def failure(replies: list[Reply], act: Any) -> ProviderError:
    with Player(replies) as far, pytest.raises(ProviderError) as failed:
        act(comfyui(far.url))
    return failed.value


def submit(provider: ComfyUI) -> Ticket:
    return provider.submit(request())


# --- Success -------------------------------------------------------------------------------------


def test_submit_sends_our_id_and_a_filled_graph() -> None:
    with Player(played("05-success-client-chosen-id")) as far:
        got = comfyui(far.url).submit(request())
    sent = far.calls_to("POST", "/prompt")[0].json
    graph = sent["prompt"]
    assert (sent["prompt_id"], got.external_id, sent["client_id"]) == (KEY, KEY, "ryla")
    assert graph["positive"]["inputs"]["text"] == SECRET
    assert graph["negative"]["inputs"]["text"] == "blurry"
    assert graph["sampler"]["inputs"]["seed"] == 7
    assert graph["checkpoint"]["inputs"]["ckpt_name"] == VALUES["checkpoint"]
    assert KEY in graph["picture"]["inputs"]["filename_prefix"]
    assert "{{" not in json.dumps(graph)


def test_picture_of_a_finished_run_comes_in_its_size_without_its_prompt() -> None:
    with Player(played("01-success")) as far:
        finished = comfyui(far.url).poll(ticket())
    assert isinstance(finished, Finished)
    assert b"class_type" not in finished.content
    picture = Pillow.open(io.BytesIO(finished.content))
    assert (picture.size, picture.info) == ((128, 128), {})
    assert far.calls_to("GET", "/view")[0].query["type"] == "output"
    as_sent = answers(recorded("01-success"), "GET", "/view")[0]["body_base64"]
    assert b"class_type" in base64.b64decode(as_sent)


def test_cached_run_that_executed_nothing_is_delivered() -> None:
    with Player(played("02-success-cached")) as far:
        assert isinstance(comfyui(far.url).poll(ticket(number=1)), Finished)


@pytest.mark.parametrize("name", ["03-success-preview", "04-success-websocket-image"])
def test_previews_and_socket_pictures_are_no_delivery(name: str) -> None:
    events = recorded(name, KEY)
    number = answers(events, "POST", "/prompt")[0]["json"]["number"]
    replies = [reply("GET", f"/history/{KEY}", answers(events, "GET", "/history/")[0])]
    failed = failure(replies, lambda provider: provider.poll(ticket(number)))
    assert (failed.code, failed.is_transient) == ("no_picture", False)


@pytest.mark.parametrize("slug", list(FORMAT_SIZES))
def test_sides_that_are_no_multiples_of_eight_are_asked_for_larger_and_cut(slug: str) -> None:
    width, height = FORMAT_SIZES[slug]
    key = str(uuid4())
    far = stand_in()
    provider = comfyui(far.player.url)
    answer = provider.poll(
        provider.submit(request(external_key=key, width_px=width, height_px=height))
    )
    assert isinstance(answer, Finished)
    canvas = far.graph_of(key)["canvas"]["inputs"]
    assert (canvas["width"] % 8, canvas["height"] % 8) == (0, 0)
    assert pictures.size_of(answer.content) == (width, height)


# --- Waiting -------------------------------------------------------------------------------------


def test_running_and_pending_are_told_apart() -> None:
    events = recorded("41-cancel-pending")
    queue = answers(events, "GET", "/queue")[0]
    running, pending = queue["json"]["queue_running"][0], queue["json"]["queue_pending"][0]
    replies = [Reply("GET", "/history/.*", body={}), reply("GET", "/queue", queue)]
    with Player(replies) as far:
        provider = comfyui(far.url)
        first = provider.poll(Ticket(running[1], {"number": running[0]}))
        second = provider.poll(Ticket(pending[1], {"number": pending[0]}))
    assert isinstance(first, Progress)
    assert isinstance(second, Progress)
    assert (first.is_started, second.is_started) == (True, False)


def test_run_that_ends_between_history_and_queue_is_delivered() -> None:
    history, *rest = [r for r in played("01-success") if r.path_regex.startswith("/history")]
    assert not rest
    replies = [
        Reply("GET", f"/history/{KEY}", body={}, times=1),
        Reply("GET", "/queue", body=EMPTY_QUEUE),
        history,
        *(r for r in played("01-success") if r.path_regex == "/view"),
    ]
    with Player(replies) as far:
        assert isinstance(comfyui(far.url).poll(ticket()), Finished)
    assert far.paths()[:3] == [f"GET /history/{KEY}", "GET /queue", f"GET /history/{KEY}"]


def test_run_nobody_knows_is_lost_and_may_be_made_anew() -> None:
    events = recorded("00-probe-endpoints")
    replies = [
        reply("GET", "/history/.*", answers(events, "GET", "/history/")[0]),
        reply("GET", "/queue", answers(events, "GET", "/queue")[0]),
    ]
    failed = failure(replies, lambda provider: provider.poll(ticket()))
    assert (failed.code, failed.is_transient) == ("lost", True)


def test_earlier_run_under_the_same_id_is_not_taken_for_this_one() -> None:
    """The same id sent twice runs twice, and history keeps the first until the second ends."""
    events = recorded("30-execution-error", KEY)
    stale = reply("GET", f"/history/{KEY}", answers(events, "GET", "/history/")[0])
    running = {"queue_running": [[17, KEY, {}, {}, []]], "queue_pending": []}
    with Player([stale, Reply("GET", "/queue", body=running)]) as far:
        assert isinstance(comfyui(far.url).poll(ticket(number=17)), Progress)


# --- Refusals ------------------------------------------------------------------------------------

REFUSED = {
    "10-invalid-unknown-node": "lacks a node",
    "11-invalid-missing-input": "2.filename_prefix is missing",
    "12-invalid-out-of-range": "1.width is too small",
    "13-invalid-bad-enum": "2.upscale_method names something the server does not have",
    "14-invalid-no-outputs": "saves no picture",
    "15-invalid-missing-checkpoint": "1.ckpt_name names something the server does not have",
    "17-invalid-bad-link": "2 could not be checked",
    "18-invalid-wrong-type": "2.images is linked to something it does not take",
    "19-invalid-missing-file": "1.image is not accepted",
    "20-invalid-no-prompt": "is empty",
}


@pytest.mark.parametrize("name", list(REFUSED))
def test_refused_workflow_is_final_and_says_where_in_our_words(name: str) -> None:
    replies = [reply("POST", "/prompt", answers(recorded(name), "POST", "/prompt")[0])]
    failed = failure(replies, submit)
    assert (failed.code, failed.is_transient) == ("workflow_refused", False)
    assert REFUSED[name] in failed.message
    assert not {"/srv", "Traceback", "File", "nope"} & set(failed.message.replace('"', " ").split())
    assert "/" not in failed.message


def test_missing_node_is_named_by_our_graph() -> None:
    answer = answers(recorded("10-invalid-unknown-node"), "POST", "/prompt")[0]["json"]
    answer["error"]["details"] = "Node ID '#sampler'"
    failed = failure([Reply("POST", "/prompt", 400, body=answer)], submit)
    assert failed.message == "The server has no node KSampler, which the workflow needs at sampler."


def test_partly_accepted_workflow_is_stopped_and_refused() -> None:
    events = recorded("16-invalid-partial", KEY)
    running = {"queue_running": [[11, KEY, {}, {}, ["3"]]], "queue_pending": []}
    replies = [
        reply("POST", "/prompt", answers(events, "POST", "/prompt")[0]),
        Reply("GET", "/queue", body=running),
        Reply("POST", "/interrupt"),
    ]
    with Player(replies) as far, pytest.raises(ProviderError) as failed:
        comfyui(far.url).submit(request())
    assert failed.value.message.endswith("9.images is missing.")
    assert not failed.value.is_transient
    assert far.calls_to("POST", "/interrupt")[0].json == {"prompt_id": KEY}


def test_old_servers_empty_list_of_errors_is_none() -> None:
    answer = {"prompt_id": KEY, "number": 3, "node_errors": []}
    with Player([Reply("POST", "/prompt", body=answer)]) as far:
        assert comfyui(far.url).submit(request()).external_id == KEY


def test_run_that_failed_says_where_and_nothing_of_the_server() -> None:
    events = recorded("30-execution-error", KEY)
    replies = [reply("GET", f"/history/{KEY}", answers(events, "GET", "/history/")[0])]
    failed = failure(replies, lambda provider: provider.poll(ticket(number=16)))
    assert (failed.code, failed.is_transient) == ("execution_failed", False)
    assert (
        failed.message == "The provider could not make this picture. It stopped at 2 (SaveImage)."
    )


def test_run_without_memory_is_told_as_such() -> None:
    events = recorded("30-execution-error", KEY)
    answer = answers(events, "GET", "/history/")[0]
    for event, data in answer["json"][KEY]["status"]["messages"]:
        if event == "execution_error":
            data["exception_type"] = "torch.OutOfMemoryError"
    replies = [reply("GET", f"/history/{KEY}", answer)]
    assert failure(replies, lambda p: p.poll(ticket(number=16))).code == "oom"


def test_run_somebody_else_stopped_is_made_anew() -> None:
    events = recorded("40-interrupt", KEY)
    replies = [reply("GET", f"/history/{KEY}", answers(events, "GET", "/history/")[0])]
    failed = failure(replies, lambda provider: provider.poll(ticket(number=17)))
    assert (failed.code, failed.is_transient) == ("lost", True)


def test_picture_that_is_gone_is_final() -> None:
    gone = answers(recorded("00-probe-endpoints"), "GET", "/view")[0]
    replies = [r for r in played("01-success") if r.path_regex != "/view"]
    replies.append(reply("GET", "/view", gone))
    failed = failure(replies, lambda provider: provider.poll(ticket()))
    assert (failed.code, failed.is_transient) == ("result_gone", False)


def test_page_in_place_of_a_picture_is_refused() -> None:
    replies = [r for r in played("01-success") if r.path_regex != "/view"]
    replies.append(Reply("GET", "/view", body="<html>sign in"))
    assert failure(replies, lambda p: p.poll(ticket())).code == "not_a_picture"


# --- The network ---------------------------------------------------------------------------------


def test_server_that_is_away_has_surely_nothing() -> None:
    far = Player().start()
    far.stop()
    with pytest.raises(ProviderError) as failed:
        comfyui(far.url).submit(request())
    assert (failed.value.is_transient, failed.value.is_outcome_unknown) == (True, False)


@pytest.mark.parametrize(
    "answer",
    [
        Reply("POST", "/prompt", drop=True),
        Reply("POST", "/prompt", delay_s=5, body={}),
        reply("POST", "/prompt", answers(recorded("20-invalid-no-prompt"), "POST", "/prompt")[1]),
        Reply("POST", "/prompt", body="no json"),
    ],
    ids=["hangs up", "does not answer", "has a fault", "mumbles"],
)
def test_submit_that_may_have_arrived_is_unknown(answer: Reply) -> None:
    with Player([answer]) as far, pytest.raises(ProviderError) as failed:
        comfyui(far.url, timeout_s=0.2).submit(request())
    assert (failed.value.is_transient, failed.value.is_outcome_unknown) == (True, True)


def test_busy_proxy_is_waited_for() -> None:
    busy = Reply("POST", "/prompt", 429, {"Retry-After": "7"})
    failed = failure([busy], submit)
    assert (failed.code, failed.is_transient, failed.retry_after_s) == ("rate_limited", True, 7)
    assert not failed.is_outcome_unknown


def test_proxy_that_refuses_us_is_the_operators_to_mend() -> None:
    assert failure([Reply("POST", "/prompt", 401)], submit).code == "unauthorized"


# --- Looking up what nobody heard the end of -----------------------------------------------------


def test_unheard_submit_is_found_in_the_queue() -> None:
    queue = {"queue_running": [], "queue_pending": [[5, KEY, {}, {}, []]]}
    replies = [Reply("GET", "/history/.*", body={}), Reply("GET", "/queue", body=queue)]
    with Player(replies) as far:
        found = comfyui(far.url).find(request())
    assert found is not None
    assert (found.external_id, found.data["number"]) == (KEY, 5)


def test_unheard_submit_that_already_ended_is_found_and_delivered() -> None:
    with Player(played("05-success-client-chosen-id")) as far:
        provider = comfyui(far.url)
        found = provider.find(request())
        assert found is not None
        assert json.loads(json.dumps(dict(found.data))) == found.data
        assert isinstance(provider.poll(found), Finished)


def test_submit_the_server_never_saw_may_be_repeated() -> None:
    replies = [Reply("GET", "/history/.*", body={}), Reply("GET", "/queue", body=EMPTY_QUEUE)]
    with Player(replies) as far:
        assert comfyui(far.url).find(request()) is None
    assert len(far.calls) == 3


def test_unheard_submit_whose_run_failed_may_be_repeated() -> None:
    events = recorded("30-execution-error", KEY)
    replies = [
        reply("GET", f"/history/{KEY}", answers(events, "GET", "/history/")[0]),
        Reply("GET", "/queue", body=EMPTY_QUEUE),
    ]
    with Player(replies) as far:
        assert comfyui(far.url).find(request()) is None


def test_server_that_does_not_answer_is_no_proof_of_anything() -> None:
    assert failure(
        [Reply("GET", "/history/.*", drop=True)], lambda p: p.find(request())
    ).is_transient


# --- Cancel --------------------------------------------------------------------------------------


def test_cancel_takes_a_pending_one_out_of_the_queue_and_stops_nobody() -> None:
    events = recorded("41-cancel-pending", KEY, number=1)
    before, after = answers(events, "GET", "/queue")
    replies = [
        reply("GET", "/queue", before, times=1),
        reply("POST", "/queue", answers(events, "POST", "/queue")[0]),
        reply("GET", "/queue", after),
    ]
    with Player(replies) as far:
        comfyui(far.url).cancel(ticket())
    assert far.paths() == ["GET /queue", "POST /queue", "GET /queue"]
    assert far.calls[1].json == {"delete": [KEY]}


def test_cancel_interrupts_a_running_one_by_name() -> None:
    events = recorded("40-interrupt", KEY)
    replies = [
        reply("GET", "/queue", answers(events, "GET", "/queue")[0]),
        reply("POST", "/interrupt", answers(events, "POST", "/interrupt")[0]),
    ]
    with Player(replies) as far:
        comfyui(far.url).cancel(ticket())
    assert far.calls_to("POST", "/interrupt")[0].json == {"prompt_id": KEY}


def test_cancel_of_one_that_started_meanwhile_interrupts_it() -> None:
    item = [1, KEY, {}, {}, []]
    replies = [
        Reply("GET", "/queue", body={"queue_running": [], "queue_pending": [item]}, times=1),
        Reply("POST", "/queue"),
        Reply("GET", "/queue", body={"queue_running": [item], "queue_pending": []}),
        Reply("POST", "/interrupt"),
    ]
    with Player(replies) as far:
        comfyui(far.url).cancel(ticket())
    assert far.paths()[-1] == "POST /interrupt"


def test_cancel_never_interrupts_what_is_not_ours() -> None:
    """Servers of old do not read the name and would stop somebody else's."""
    queue = answers(recorded("40-interrupt"), "GET", "/queue")[0]
    with Player([reply("GET", "/queue", queue)]) as far:
        comfyui(far.url).cancel(ticket())
    assert far.paths() == ["GET /queue"]


# --- References ----------------------------------------------------------------------------------


def graph_of(wanted: ImageRequest) -> dict[str, Any]:
    provider = comfyui(stand_in().player.url)
    provider.check(wanted)
    return stand_in().graph_of(provider.submit(wanted).external_id)


def test_face_and_chosen_pictures_go_along_as_one_batch() -> None:
    people = (shown("base_face"), shown("character", "blue"), shown("character", "green"))
    graph = graph_of(request(external_key=str(uuid4()), references=people))
    names = {graph[f"reference_{n}"]["inputs"]["image"] for n in (1, 2, 3)}
    assert len(names) == 3
    assert graph["identity"]["inputs"]["image"] == ["references_3", 0]
    assert graph["references_3"]["inputs"]["image1"] == ["references_2", 0]
    assert graph["sampler"]["inputs"]["model"] == ["identity", 0]


def test_reference_is_loaded_by_the_name_the_server_gave_it() -> None:
    answer = {"name": "other (1).png", "subfolder": "ryla", "type": "input"}
    sent = {"prompt_id": KEY, "number": 1, "node_errors": {}}
    replies = [Reply("POST", "/upload/image", body=answer), Reply("POST", "/prompt", body=sent)]
    with Player(replies) as far:
        comfyui(far.url).submit(request(references=(shown("base_face"),)))
    graph = far.calls_to("POST", "/prompt")[0].json["prompt"]
    assert graph["reference_1"]["inputs"]["image"] == "ryla/other (1).png"
    upload = far.calls_to("POST", "/upload/image")[0]
    assert shown("base_face").content in upload.body
    assert b'name="subfolder"' in upload.body


def test_reference_the_server_does_not_take_is_tried_again_later() -> None:
    too_large = Reply("POST", "/upload/image", 413)
    with_face = request(references=(shown("base_face"),))
    assert not failure([too_large], lambda p: p.submit(with_face)).is_transient
    away = Reply("POST", "/upload/image", drop=True)
    failed = failure([away], lambda p: p.submit(with_face))
    assert (failed.is_transient, failed.is_outcome_unknown) == (True, False)


def test_edit_brings_source_and_mask_and_keeps_what_is_not_masked() -> None:
    key = str(uuid4())
    size = FORMAT_SIZES["3:4"]
    wanted = request(
        external_key=key,
        operation="edit",
        width_px=size[0],
        height_px=size[1],
        references=(shown("source", "navy", size), shown("mask", "white", size)),
    )
    graph = graph_of(wanted)
    assert graph["composed"]["inputs"]["destination"] == ["source", 0]
    assert graph["sampler"]["inputs"]["latent_image"] == ["masked_latent", 0]
    assert graph["source"]["inputs"]["image"] != graph["mask"]["inputs"]["image"]
    with_face = replace(wanted, references=(*wanted.references, shown("base_face")))
    assert graph_of(with_face)["sampler"]["inputs"]["model"] == ["identity", 0]


def test_source_is_padded_to_what_a_latent_holds_and_cut_back_without_moving() -> None:
    picture = Pillow.radial_gradient("L").resize((101, 83)).convert("RGB")
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    padded = pictures.padded(buffer.getvalue(), 101, 83, step_px=8)
    assert pictures.size_of(padded) == (104, 88)
    back, kind = pictures.fit(padded, 101, 83, step_px=8)
    assert kind == "image/png"
    assert Pillow.open(io.BytesIO(back)).tobytes() == picture.tobytes()


def test_mask_is_black_and_white_and_never_reaches_over_the_edge() -> None:
    mask = Pillow.open(
        io.BytesIO(pictures.padded_mask(make_png(101, 83, "#c0c0c0"), 101, 83, step_px=8))
    )
    assert {colour for _, colour in mask.getcolors() or ()} == {(0, 0, 0), (255, 255, 255)}
    assert mask.getpixel((0, 0)) == (0, 0, 0)
    assert mask.getpixel((52, 44)) == (255, 255, 255)


def test_upscale_comes_twice_as_wide() -> None:
    source = shown("source", "teal", (1024, 1280))
    wanted = request(external_key=str(uuid4()), operation="upscale", references=(source,))
    provider = comfyui(stand_in().player.url)
    answer = provider.poll(provider.submit(wanted))
    assert isinstance(answer, Finished)
    assert pictures.size_of(answer.content) == (2048, 2560)
    assert answer.model == VALUES["upscale_model"]


@pytest.mark.parametrize("operation", ["edit", "upscale"])
def test_change_of_no_picture_is_refused(operation: str) -> None:
    with pytest.raises(UnsupportedOption) as refusal:
        comfyui("http://127.0.0.1:1").check(request(operation=operation))
    assert refusal.value.field == "references"


# --- What this server can ------------------------------------------------------------------------


def object_info(**changes: Any) -> dict[str, Any]:
    """Every node of our templates, with the lists of model files in the recorded shape."""
    shape = answers(recorded("00-probe-endpoints"), "GET", "/object_info/EmptyImage")[0]["json"]
    kinds = {kind for name in NAMES for kind in read_workflow(name).node_types}
    info = {kind: {**shape["EmptyImage"], "input": {"required": {}}} for kind in kinds}
    lists = {
        ("CheckpointLoaderSimple", "ckpt_name"): [[VALUES["checkpoint"]], {"tooltip": "x"}],
        ("UpscaleModelLoader", "model_name"): ["COMBO", {"options": [VALUES["upscale_model"]]}],
        ("IPAdapterUnifiedLoader", "preset"): [[VALUES["identity_preset"]]],
        ("KSampler", "sampler_name"): [["euler", "dpmpp_2m"]],
        ("KSampler", "scheduler"): [["normal", "karras"]],
        ("LoadImage", "image"): [["example.png"], {"image_upload": True}],
        ("LoadImageMask", "image"): [["example.png"], {"image_upload": True}],
        ("LoadImageMask", "channel"): [["alpha", "red", "green", "blue"]],
    }
    for (kind, name), spec in lists.items():
        info[kind]["input"]["required"][name] = spec
    return {kind: body for kind, body in (info | changes).items() if body}


def synced(info: dict[str, Any], **options: Any) -> tuple[ComfyUI, dict[str, str]]:
    with Player([Reply("GET", "/object_info", body=info)]) as far:
        provider = comfyui(far.url, **options)
        return provider, dict(provider.sync())


def test_sync_with_everything_there_offers_everything() -> None:
    provider, found = synced(object_info())
    assert found == dict.fromkeys(NAMES, "")
    assert provider.capabilities.operations == ("create", "edit", "upscale")
    can = provider.capabilities
    assert {o: can.references_for(o) for o in can.operations} == {
        "create": 4,
        "edit": 6,
        "upscale": 1,
    }


def test_sync_without_the_identity_nodes_takes_no_people() -> None:
    provider, found = synced(object_info(IPAdapterAdvanced=None))
    assert found["reference_face"] == "there is no node IPAdapterAdvanced"
    assert provider.capabilities.references_for("create") == 0
    provider.check(request())
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request(references=(shown("base_face"),)))
    assert refusal.value.field == "references"
    pair = (shown("source"), shown("base_face"))
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request(operation="edit", references=pair))
    assert refusal.value.field == "references"


def test_sync_without_the_model_file_offers_nothing_made_with_it() -> None:
    info = object_info()
    info["UpscaleModelLoader"]["input"]["required"]["model_name"] = [[], {}]
    provider, found = synced(info)
    assert found["upscale"] == "UpscaleModelLoader has no model_name “4x-UltraSharp.pth”"
    assert provider.capabilities.operations == ("create", "edit")
    with pytest.raises(UnsupportedOption) as refusal:
        provider.check(request(operation="upscale", references=(shown("source"),)))
    assert refusal.value.field == "operation"


def test_model_that_is_not_set_is_not_offered() -> None:
    provider = comfyui("http://127.0.0.1:1", values={"checkpoint": "a.safetensors"})
    can = provider.capabilities
    assert (can.operations, can.references_for("create")) == (("create", "edit"), 0)


def test_sync_of_one_process_is_known_to_the_others() -> None:
    with Player([Reply("GET", "/object_info", body=object_info(KSampler=None))]) as far:
        comfyui(far.url).sync()
        other = comfyui(far.url)
        assert other.capabilities.operations == ("upscale",)


def test_sync_that_fails_keeps_what_was_known() -> None:
    replies = [
        Reply("GET", "/object_info", body=object_info(UpscaleModelLoader=None), times=1),
        Reply("GET", "/object_info", 503, times=1),
        Reply("GET", "/object_info", body={}),
    ]
    with Player(replies) as far:
        provider = comfyui(far.url)
        provider.sync()
        for _ in range(2):
            with pytest.raises(ProviderError):
                provider.sync()
        assert provider.capabilities.operations == ("create", "edit")


# --- Workflows of the installer ------------------------------------------------------------------


def own(tmp_path: Path, data: Any, name: str = "text_to_image") -> ComfyUI:
    file = tmp_path / "own.json"
    file.write_text(json.dumps(data))
    return comfyui("http://127.0.0.1:1", workflows={name: str(file)})


def test_file_of_the_editor_is_explained(tmp_path: Path) -> None:
    with pytest.raises(ImproperlyConfigured, match="Export \\(API\\)"):
        own(tmp_path, {"nodes": [{"id": 1, "type": "KSampler"}], "links": [], "version": 0.4})


@pytest.mark.parametrize("data", [[], {}, {"1": {"inputs": {}}}, {"1": 5}, "text"])
def test_file_that_is_no_workflow_is_refused(tmp_path: Path, data: Any) -> None:
    with pytest.raises(ImproperlyConfigured, match="API format"):
        own(tmp_path, data)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("{{seed}}", "{{sead}}", "unknown slots: sead"),
        ("{{prefix}}", "x", "lacks the slots: prefix"),
    ],
)
def test_slots_are_checked(tmp_path: Path, old: str, new: str, says: str) -> None:
    graph = json.loads(json.dumps(read_workflow("text_to_image").graph).replace(old, new))
    with pytest.raises(ImproperlyConfigured, match=says):
        own(tmp_path, graph)


def test_own_workflow_with_one_face_takes_one(tmp_path: Path) -> None:
    graph = dict(read_workflow("text_to_image").graph)
    graph["face"] = {
        "class_type": "LoadImage",
        "inputs": {"image": "{{base_face}}"},
        "_meta": {"title": "my secret"},
    }
    provider = own(tmp_path, graph, "reference_face")
    assert provider.capabilities.references_for("create") == 1
    filled = provider.workflows["reference_face"].fill(
        dict.fromkeys(provider.workflows["reference_face"].slots, 1), ("ryla/a.png",)
    )
    assert filled["face"] == {"class_type": "LoadImage", "inputs": {"image": "ryla/a.png"}}


def test_braces_in_a_text_are_left_alone() -> None:
    graph = graph_of(request(external_key=str(uuid4()), text="{{seed}}"))
    assert graph["positive"]["inputs"]["text"] == "{{seed}}"


@pytest.mark.parametrize("name", NAMES)
def test_links_of_the_house_templates_lead_somewhere(name: str) -> None:
    workflow = read_workflow(name)
    filled = workflow.fill(dict.fromkeys(workflow.slots, 1), ("a.png", "b.png"))
    links = [
        value
        for body in filled.values()
        for value in body["inputs"].values()
        if isinstance(value, list)
    ]
    assert links
    assert {link[0] for link in links} <= set(filled)


# --- The socket ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "nodes"), [("01-success", 3), ("02-success-cached", 3), ("03-success-preview", 2)]
)
def test_progress_of_a_whole_run_rises_to_one(name: str, nodes: int) -> None:
    run, seen = Run(KEY, nodes), []
    for message in messages(recorded(name, KEY)):
        fraction = run.feed(message)
        if fraction is not None:
            seen.append(fraction)
    assert seen == sorted(seen)
    assert seen[-1] == 1


def test_progress_counts_finished_nodes_and_the_share_of_the_current_one() -> None:
    told = messages(recorded("01-success", KEY))
    until = next(i for i, m in enumerate(told) if m["data"].get("node") == "3")
    assert progress_of(told[: until + 1], KEY, 3) == pytest.approx(2 / 3)
    half = {"type": "progress", "data": {"value": 5, "max": 10, "node": "3", "prompt_id": KEY}}
    assert progress_of([*told[: until + 1], half], KEY, 3) == pytest.approx(2.5 / 3)


def test_progress_of_older_servers_goes_by_the_node_that_executes() -> None:
    told = [m for m in messages(recorded("01-success", KEY)) if m["type"] == "executing"]
    assert progress_of(told[:2], KEY, 3) == pytest.approx(1 / 3)


def test_progress_of_another_run_is_none_of_ours() -> None:
    assert progress_of(messages(recorded("01-success")), KEY, 3) is None


def test_progress_never_falls_and_stops_with_an_interrupt() -> None:
    told = messages(recorded("40-interrupt", KEY))
    nodes = len(
        answers(recorded("40-interrupt", KEY), "GET", "/queue")[0]["json"]["queue_running"][0][2]
    )
    fraction = progress_of(told, KEY, nodes)
    assert fraction is not None
    assert 0 < fraction < 1


class SocketServer:
    """A real socket on this machine that sends the recorded frames to whoever connects, then
    hangs up; the handshakes are kept."""

    def __init__(self, *recordings: list[dict[str, Any]]) -> None:
        self.paths: list[str] = []
        self.headers: list[dict[str, str]] = []
        self._recordings = list(recordings)
        self._server = serve(self._play, "127.0.0.1", 0)
        self.port = self._server.socket.getsockname()[1]

    def _play(self, line: ServerConnection) -> None:
        assert line.request is not None
        self.paths.append(line.request.path)
        self.headers.append(dict(line.request.headers.raw_items()))
        for event in self._recordings.pop(0) if self._recordings else ():
            if event["kind"] == "ws_text":
                line.send(json.dumps(event["data"]))
            elif event["kind"] == "ws_binary":
                line.send(base64.b64decode(event["data_base64"]))

    def __enter__(self) -> SocketServer:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *error: object) -> None:
        self._server.shutdown()


def heard(server: SocketServer, queue: dict[str, Any], **options: Any) -> tuple[list[str], Any]:
    """The ids of runs that ended until one has, and what a poll then says while it still runs."""
    ended: list[str] = []
    replies = [Reply("GET", "/queue", body=queue), Reply("GET", "/history/.*", body={})]
    with Player(replies) as far:
        provider = comfyui(far.url, **options)
        provider._socket_url = provider._socket_url.replace(
            far.url.removeprefix("http://"), f"127.0.0.1:{server.port}"
        )
        provider.listen(ended.append, is_stopped=lambda: bool(ended), sleep=lambda seconds: None)
        try:
            return ended, comfyui(far.url).poll(ticket())
        except ProviderError as error:
            return ended, error


def running_now(nodes: int) -> dict[str, Any]:
    return {"queue_running": [[0, KEY, {str(node): {} for node in range(nodes)}, {}, []]]}


def test_listener_tells_that_a_run_ended_and_other_processes_how_far_it_was() -> None:
    with SocketServer(recorded("40-interrupt", KEY)) as server:
        ended, answer = heard(server, running_now(40), client_id="our id", auth=("name", "word"))
    assert ended == [KEY]
    assert isinstance(answer, Progress)
    assert answer.fraction == progress_of(messages(recorded("40-interrupt", KEY)), KEY, 40)
    assert server.paths == ["/ws?clientId=our%20id"]
    assert server.headers[0]["Authorization"] == "Basic bmFtZTp3b3Jk"


@pytest.mark.parametrize(
    "name", ["01-success", "02-success-cached", "04-success-websocket-image", "30-execution-error"]
)
def test_listener_tells_of_every_kind_of_end_once(name: str) -> None:
    with SocketServer(recorded(name, KEY)) as server:
        assert heard(server, running_now(3))[0] == [KEY]


def test_listener_comes_back_when_the_line_breaks() -> None:
    cut = recorded("01-success", KEY)[:9]
    with SocketServer(cut, recorded("01-success", KEY)) as server:
        ended, answer = heard(server, running_now(3))
    assert (ended, answer.fraction) == ([KEY], 1)
    assert len(server.paths) == 2


def test_listener_without_the_graph_still_tells_of_the_end() -> None:
    with SocketServer(recorded("01-success", KEY)) as server:
        assert heard(server, EMPTY_QUEUE)[0] == [KEY]


def test_poll_of_a_run_nobody_listens_to_has_no_fraction() -> None:
    replies = [Reply("GET", "/history/.*", body={}), Reply("GET", "/queue", body=running_now(3))]
    with Player(replies) as far:
        answer = comfyui(far.url).poll(ticket())
    assert isinstance(answer, Progress)
    assert answer.fraction is None


# --- From threads --------------------------------------------------------------------------------


def test_provider_is_called_from_threads() -> None:
    provider = comfyui(stand_in().player.url)
    failed: list[Exception] = []

    def make(number: int) -> None:
        try:
            wanted = request(external_key=f"thread:{number}", seed=number)
            assert isinstance(provider.poll(provider.submit(wanted)), Finished)
        except Exception as error:
            failed.append(error)

    threads = [threading.Thread(target=make, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == []
