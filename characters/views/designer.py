"""From a first look to a named character, one saved screen at a time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from accounts import limits
from characters import history, services, suggestions, versions
from characters.catalogue import fitted, get_catalogue
from characters.config import STYLE_FIELDS, CharacterConfig
from characters.drafts import redo_step, undo_step
from characters.forms import FORMS, DesignerForm, IdentityForm
from characters.models import Character
from characters.owned import owned_character
from characters.pictures import look_query, preview_url
from characters.presets import PRESETS
from characters.states import CharacterStatus
from characters.views import cards, pickers
from characters.views.shared import done, is_background
from ryla.lib.errors import DomainError
from ryla.lib.http import error_body, say_error

STEPS = {"look": "Look", "style": "Style", "identity": "Identity", "review": "Review"}
FIELDS = {"look": pickers.LOOK_ORDER, "style": STYLE_FIELDS}
IDENTITY_FIELDS = ("name", "handle", "bio")
HANDLES_A_MINUTE = 120
_STEP_ALONE = 2  # the step and the token: nothing of the screen was sent


# --- Start ---------------------------------------------------------------------------------------


@login_required
def new(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        return _start(request)
    options = [
        {
            "value": preset.slug,
            "label": preset.label,
            "hint": preset.hint,
            "image": f"{reverse('generation:preview')}?{look_query(preset.config)}",
            "width": cards.COVER_WIDTH_PX,
            "height": cards.COVER_HEIGHT_PX,
            "checked": n == 0,
        }
        for n, preset in enumerate(PRESETS.values())
    ]
    return render(request, "characters/new.html", {"options": options})


def _start(request: HttpRequest) -> HttpResponse:
    preset = PRESETS.get(request.POST.get("preset", ""))
    is_preset_wanted = preset is not None and "surprise" not in request.POST
    wanted = preset.config if preset and is_preset_wanted else CharacterConfig.surprise()
    config = CharacterConfig.parse(fitted(wanted.to_json()))
    try:
        character = services.create_character(owner=request.user, config=config)
    except DomainError as error:
        say_error(request, error)
        return redirect("characters:list")
    return redirect("characters:design", character.pk, "look")


# --- Screens -------------------------------------------------------------------------------------


@login_required
def design(request: HttpRequest, pk: UUID, step: str) -> HttpResponse:
    if step not in STEPS:
        raise Http404
    character = owned_character(request, pk)
    if step == "review":
        return _review(request, character)
    if request.method == "POST":
        return _save(request, character, step)
    if step == "look" and not _is_look_open(character):
        return render(request, "characters/design_locked.html", _frame(character, step))
    return _show(request, character, step, _form_of(character, step))


def _is_look_open(character: Character) -> bool:
    return not character.base_face_id and character.status != CharacterStatus.GENERATING


def _form_of(character: Character, step: str) -> DesignerForm:
    if step != "identity":
        return FORMS[step]()
    initial = {
        "name": character.name,
        "handle": character.handle,
        "bio": character.look.bio,
    }
    return IdentityForm(initial=initial)


def _show(
    request: HttpRequest, character: Character, step: str, form: DesignerForm
) -> HttpResponse:
    context = {**_frame(character, step), "form": form}
    if step in FIELDS:
        seed = character.seed if character.base_face_id else ""
        screen = pickers.Screen.of(character.look, form, FIELDS[step], seed=seed)
        context |= {
            "preview_url": screen.preview(),
            "preview_base": screen.preview_base(),
        }
        if step == "look":
            context["groups"] = pickers.look_groups(screen)
        else:
            context["pickers"] = pickers.style_pickers(screen)
            context["traits_max"] = get_catalogue(character.look.catalogue_version)[
                "personality"
            ].max_choices
    return render(request, f"characters/design_{step}.html", context)


def _frame(character: Character, step: str) -> dict[str, Any]:
    """What every screen of the designer shows."""
    is_new = not character.base_face_id
    return {
        **history.open_ways(character),
        # Another look after one that had its face: the way back to that one.
        "last_version": versions.find_last_faced(character) if is_new else None,
        "character": character,
        "step": step,
        "steps": _stepper(character, step),
        "preview_url": preview_url(character),
        "is_new": is_new,
    }


def _stepper(character: Character, current: str) -> list[dict[str, str]]:
    names = [name for name in STEPS if name != "review" or not character.base_face_id]
    here = names.index(current)
    return [
        {
            "label": STEPS[name],
            "state": "current" if n == here else "done" if n < here else "todo",
            "href": reverse("characters:design", args=[character.pk, name]),
        }
        for n, name in enumerate(names)
    ]


# --- Saving --------------------------------------------------------------------------------------


def _save(request: HttpRequest, character: Character, step: str) -> HttpResponse:
    go = request.POST.get("go", "")
    if step == "identity" and go.startswith("suggest"):
        return _suggest(request, character, go)
    target = _after(character, step) if go == "next" else step
    form = FORMS[step](request.POST)
    error = _apply(character, form, target)
    if is_background(request):
        return JsonResponse(error, status=400) if error else done()
    if error:
        return _show(request, character, step, form)
    if target == "identity":
        _name_it(character)
    return _to(character, target)


def _apply(
    character: Character,
    form: DesignerForm,
    step: str,
    remembered_as: Literal["typed", "step"] = "typed",
) -> dict[str, Any] | None:
    """Save what the form says; what was wrong is at its fields, and returned as JSON's body."""
    if form.is_valid():
        try:
            services.update_character(
                character=character,
                config=form.choices(),
                designer_step=step if not character.base_face_id else None,
                remembered_as=remembered_as,
                **form.identity(),
            )
        except DomainError as error:
            form.put_error(error)
        else:
            character.refresh_from_db(fields=["config", "name", "handle"])
            return None
    field, texts = next(iter(form.errors.items()))
    return error_body("invalid", texts[0], None if field == "__all__" else field)


def _after(character: Character, step: str) -> str:
    """The screen after this one; a character with its face is done with the designer."""
    names = list(STEPS)
    return "" if character.base_face_id else names[names.index(step) + 1]


def _to(character: Character, step: str) -> HttpResponse:
    if not step:
        return redirect("characters:detail", character.pk)
    return redirect("characters:design", character.pk, step)


# --- Surprise, and back --------------------------------------------------------------------------


@login_required
@require_POST
def surprise(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Other answers to one screen's questions; what was on the screen can be had back."""
    character = owned_character(request, pk)
    step = request.POST.get("step", "look")
    if step not in FIELDS:
        raise Http404
    _apply(character, FORMS[step](request.POST), step)
    fresh = CharacterConfig.surprise(visual_style=character.look.visual_style)
    try:
        services.update_character(
            character=character, config=_answers(fresh, step), remembered_as="step"
        )
    except DomainError as error:
        say_error(request, error)
    return _to(character, step)


@login_required
@require_POST
def undo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _turn(request, pk, undo_step, "There is nothing to undo.")


@login_required
@require_POST
def redo(request: HttpRequest, pk: UUID) -> HttpResponse:
    return _turn(request, pk, redo_step, "There is nothing to redo.")


def _turn(
    request: HttpRequest,
    pk: UUID,
    verb: Callable[..., tuple[str, ...]],
    nothing: str,
) -> HttpResponse:
    """What is on the screen is saved first, so that it is what goes. The screen that follows is
    the one on which the change can be seen."""
    character = owned_character(request, pk)
    step = request.POST.get("step", "look")
    if step not in FORMS:
        raise Http404
    if len(request.POST) > _STEP_ALONE and _apply(character, FORMS[step](request.POST), step):
        messages.info(request, "What could not be saved on this screen is gone.")
        return _to(character, step)
    try:
        fields = verb(character=character)
    except DomainError as error:
        say_error(request, error)
        return _to(character, step)
    if not fields:
        messages.info(request, nothing)
    return _to(character, _screen_of(fields, step))


def _screen_of(fields: tuple[str, ...], step: str) -> str:
    """This screen if it shows one of them."""
    if not fields or set(fields) & set(FIELDS.get(step, IDENTITY_FIELDS)):
        return step
    return next((name for name, shown in FIELDS.items() if set(fields) & set(shown)), "identity")


def _answers(look: CharacterConfig, step: str) -> dict[str, Any]:
    values = look.to_json()
    return {name: values[name] for name in FIELDS[step]}


# --- Names ---------------------------------------------------------------------------------------


def _name_it(character: Character) -> None:
    """A name to start from, so that nothing on the next screen has to be typed."""
    if character.name:
        return
    name = suggestions.suggest_name(character.look)
    handle = suggestions.suggest_handle(character.owner, name)
    services.update_character(
        character=character, name=name, handle=handle, remembered_as="nothing"
    )


def _suggest(request: HttpRequest, character: Character, go: str) -> HttpResponse:
    """Another name, handle or bio. What was typed is saved first, so that undo brings it back."""
    typed = IdentityForm(request.POST)
    if not typed.errors:
        _apply(character, typed, "identity")
    form = IdentityForm(_suggested(character, request.POST.copy(), go))
    if _apply(character, form, "identity", remembered_as="step"):
        return _show(request, character, "identity", form)
    return _to(character, "identity")


def _suggested(character: Character, data: Any, go: str) -> Any:
    """A handle that came from the old name follows the new one."""
    name, handle = data.get("name", ""), data.get("handle", "").strip().removeprefix("@")
    if go == "suggest_name":
        data["name"] = suggestions.suggest_name(character.look)
        if not handle or suggestions.is_made_of(handle, name):
            data["handle"] = suggestions.suggest_handle(character.owner, data["name"])
    elif go == "suggest_handle":
        data["handle"] = suggestions.another_handle(character.owner, name, handle)
    else:
        data["bio"] = suggestions.suggest_bio(character.look)
    return data


@login_required
@require_safe
def handle_now(request: HttpRequest, pk: UUID) -> JsonResponse:
    """Whether a handle can be had, while it is typed: in words, and as a flag."""
    character = owned_character(request, pk)
    limits.require("handle", str(character.owner_id), limit=HANDLES_A_MINUTE, window_s=60)
    problem = services.find_handle_problem(character, request.GET.get("handle", ""))
    return JsonResponse({"is_free": not problem, "text": problem or "This handle is free."})


# --- Review --------------------------------------------------------------------------------------


def _review(request: HttpRequest, character: Character) -> HttpResponse:
    if character.base_face_id:
        return redirect("characters:detail", character.pk)
    if not character.name:
        messages.info(request, "Give your character a name first.")
        return redirect("characters:design", character.pk, "identity")
    context = {
        **_frame(character, "review"),
        "look": _in_words(character.look),
        "traits": character.look.label("personality").split(", "),
        "archetype": character.look.label("archetype"),
        "outfit": character.look.label("outfit_style"),
        "has_faces": bool(services.find_faces(character)),
        "is_drawing": character.status == CharacterStatus.GENERATING,
    }
    return render(request, "characters/design_review.html", context)


def _in_words(look: CharacterConfig) -> list[dict[str, str]]:
    """What was chosen, without what was left out."""
    catalogue = get_catalogue(look.catalogue_version)
    names = [name for name in pickers.LOOK_ORDER if getattr(look, name) != "none"]
    return [{"label": catalogue[name].label, **_answer_in_words(look, name)} for name in names]


def _answer_in_words(look: CharacterConfig, name: str) -> dict[str, str]:
    """A colour of one's own has no name: it is shown."""
    chosen = str(getattr(look, name))
    if chosen.startswith("#"):
        return {"value": "Own colour", "color": chosen}
    return {"value": look.label(name)}
