"""From a first look to a named character, one saved screen at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from characters import services
from characters.catalogue import fitted, get_catalogue
from characters.config import STYLE_FIELDS, CharacterConfig
from characters.forms import FORMS, DesignerForm, IdentityForm, is_made_of
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
_LOOK_BEFORE = "look_before"


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
            "has_undo": _look_before(request, character, step) is not None,
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
    return {
        "character": character,
        "step": step,
        "steps": _stepper(character, step),
        "preview_url": preview_url(character),
        "is_new": not character.base_face_id,
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


def _apply(character: Character, form: DesignerForm, step: str) -> dict[str, Any] | None:
    """Save what the form says; what was wrong is at its fields, and returned as JSON's body."""
    if form.is_valid():
        try:
            services.update_character(
                character=character,
                config=form.choices(),
                designer_step=step if not character.base_face_id else None,
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
    look = character.look
    fresh = CharacterConfig.surprise(visual_style=look.visual_style)
    try:
        services.update_character(character=character, config=_answers(fresh, step))
    except DomainError as error:
        say_error(request, error)
    else:
        request.session[_LOOK_BEFORE] = [str(character.pk), step, _answers(look, step)]
    return _to(character, step)


@login_required
@require_POST
def undo_surprise(request: HttpRequest, pk: UUID) -> HttpResponse:
    character = owned_character(request, pk)
    step = request.POST.get("step", "")
    before = _look_before(request, character, step)
    if before is None:
        messages.info(request, "There is nothing to undo.")
        return _to(character, step if step in FIELDS else "look")
    del request.session[_LOOK_BEFORE]
    try:
        services.update_character(character=character, config=before)
    except DomainError as error:
        say_error(request, error)
    return _to(character, step)


def _answers(look: CharacterConfig, step: str) -> dict[str, Any]:
    values = look.to_json()
    return {name: values[name] for name in FIELDS[step]}


def _look_before(request: HttpRequest, character: Character, step: str) -> dict[str, Any] | None:
    pk, of_step, answers = request.session.get(_LOOK_BEFORE, ("", "", None))
    return answers if (pk, of_step) == (str(character.pk), step) else None


# --- Names ---------------------------------------------------------------------------------------


def _name_it(character: Character) -> None:
    """A name to start from, so that nothing on the next screen has to be typed."""
    if character.name:
        return
    name = services.suggest_name(character.look)
    handle = services.suggest_handle(character.owner, name)
    services.update_character(character=character, name=name, handle=handle)


def _suggest(request: HttpRequest, character: Character, go: str) -> HttpResponse:
    """Another name or another bio beside what was typed; a handle that came from the old name
    follows the new one."""
    data = request.POST.copy()
    if go == "suggest_name":
        name = services.suggest_name(character.look)
        if not data.get("handle") or is_made_of(data["handle"], data.get("name", "")):
            data["handle"] = services.suggest_handle(character.owner, name)
        data["name"] = name
    else:
        data["bio"] = services.suggest_bio(character.look)
    form = IdentityForm(data)
    if _apply(character, form, "identity"):
        return _show(request, character, "identity", form)
    return _to(character, "identity")


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
