"""What is filled in about a matter, verb by verb."""

from __future__ import annotations

import base64
import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from linli.matters.actions.open_matter import MOST_CONTACT, clean
from linli.matters.aside import Aside, name_of
from linli.matters.models import Category, Matter
from linli.matters.offering import Offer
from linli.matters.photos import MOST_BYTES, MOST_PHOTOS, clean_photo, thumbnail
from linli.matters.releasing import MOST_RELEASED
from linli.org.models import Division, Post


class PlainField(forms.CharField):
    """Text from outside: control characters go before anything looks at it, nothing else is lost."""

    def to_python(self, value: Any) -> str:
        """Return the text as it is kept."""
        return clean(str(super().to_python(value)))


class ActForm(forms.Form):
    """What is filled in for an act; its key makes it one act, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid.uuid4)


class PhotosInput(forms.ClearableFileInput):
    """Several photographs at once, from the camera or the album; those that wait already are shown, to be left out."""

    allow_multiple_selected = True
    template_name = "matters/photos.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs)
        self.waiting: list[tuple[str, bytes]] = []

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Say what waits, with a small picture of each."""
        shown = [(key, base64.b64encode(thumbnail(photo)).decode()) for key, photo in self.waiting]
        return {**super().get_context(name, value, attrs), "waiting": shown}


class PhotosField(forms.FileField):
    """Photographs, each written anew; what is none is named."""

    widget = PhotosInput

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=PhotosInput(attrs={"accept": "image/*"}), **options)

    def clean(self, data: Any, initial: Any = None) -> list[bytes]:
        """Return them as they are kept."""
        files = [file for file in (data if isinstance(data, (list, tuple)) else [data]) if file]
        if len(files) > MOST_PHOTOS:
            raise ValidationError(_("最多 %(most)d 张照片。"), params={"most": MOST_PHOTOS})
        found = []
        for file in files:
            if file.size > MOST_BYTES:
                raise ValidationError(_("“%(name)s”超过 12 MB，请拍小一点再传。"), params={"name": file.name[:60]})
            found.append(clean_photo(file.read()))
        return found


class PhotosForm(ActForm):
    """A form with photographs: a page that comes back with a question shows those chosen, and sends what it shows."""

    photos = PhotosField(label=_("照片"), required=False, help_text=_("最多三张。照片里的拍摄地点、时间和机型会去掉。"))

    def clean(self) -> dict[str, Any]:
        """Put together what waits and was not left out, and what was chosen now."""
        said = super().clean() or self.cleaned_data
        chosen, waiting = said.get("photos") or [], self._waiting()
        if "shown" in self.data:
            assert isinstance(self.data, QueryDict)
            kept = self.data.getlist("kept")
            waiting = {name: photo for name, photo in waiting.items() if name in kept}
        elif chosen:  # nobody was shown what waits: what was chosen last stands in its place
            waiting = {}
        new = [photo for photo in chosen if name_of(photo) not in waiting]
        if len(waiting) + len(new) > MOST_PHOTOS:
            words = _("最多 %(most)d 张照片：刚选的没有加上，请先去掉不要的，再选。") % {"most": MOST_PHOTOS}
            self.add_error("photos", words)
            new = []
        said["photos"] = [*waiting.values(), *new]
        self.to_wait = said["photos"]
        return said

    def shown_again(self) -> None:
        """Put the photographs aside, and show them: the page comes back with a question."""
        key = self.cleaned_data.get("key")
        if key is None:
            return
        Aside(key).put(self.to_wait)
        widget = self.fields["photos"].widget
        assert isinstance(widget, PhotosInput)
        widget.waiting = [(name_of(photo), photo) for photo in self.to_wait]

    def sent(self) -> None:
        """Let go of what waits: the form is through."""
        if self.cleaned_data.get("key") is not None:
            Aside(self.cleaned_data["key"]).forget()

    def _waiting(self) -> dict[str, bytes]:
        key = self.cleaned_data.get("key")
        return Aside(key).photos() if key is not None else {}


class WordsForm(ActForm):
    """Something said about a matter."""

    text = forms.CharField(label=_("说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class PerhapsForm(ActForm):
    """Something that may be said."""

    text = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class PostsInput(forms.RadioSelect):
    """Posts to choose from: the near ones stand open, all others behind a fold."""

    template_name = "matters/posts.html"
    near = 0

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """Say how many stand before the fold."""
        context = super().get_context(name, value, attrs)
        folded = 0 < self.near < len(context["widget"]["optgroups"])
        context["widget"] |= {"near": self.near, "folded": folded}
        return context


class ToForm(WordsForm):
    """To which post, and why; those near the matter first."""

    to = forms.ModelChoiceField(label=_("给谁"), queryset=Post.objects.none(), empty_label=None, widget=PostsInput)
    field_order = ("to", "text")

    def __init__(self, offer: Offer, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        assert isinstance(field.widget, PostsInput)
        keys = [post.pk for post in offer.posts]
        field.queryset = Post.objects.filter(pk__in=keys).select_related("division", "role")
        field.choices = list(zip(keys, offer.words, strict=True))
        field.help_text, field.widget.near = offer.note, offer.near


class DispatchForm(ToForm):
    """To which post; a word is not needed."""

    text = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ResolveForm(PhotosForm, WordsForm):
    """What was done; a usual answer may be the beginning, photographs may go with it and never must."""

    field_order = ("text", "photos")


class CategoryField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A category, by class and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Say class and title."""
        return str(obj)


class CategoriseForm(ActForm):
    """What it is about."""

    category = CategoryField(label=_("类别"), queryset=Category.objects.filter(active=True), empty_label=None)
    text = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 2}))


class PartsForm(ActForm):
    """Which things it is, one a line."""

    parts = forms.CharField(
        label=_("拆成哪几件"), max_length=4000, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("一行一件，两到六件。每一件有自己的编号，都办完了这件才能办结。"),
    )  # fmt: skip

    def clean_parts(self) -> list[str]:
        """Return the lines."""
        return [line.strip() for line in clean(self.cleaned_data["parts"]).split("\n") if line.strip()]


class JudgeForm(ActForm):
    """Whether it is solved, how satisfied, and what is wrong where it is not."""

    solved = forms.TypedChoiceField(
        label=_("解决了没有"), choices=[("yes", _("解决了")), ("no", _("没解决"))], widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
    )  # fmt: skip
    score = forms.TypedChoiceField(
        label=_("满意程度"), required=False, empty_value=None, coerce=int, widget=forms.RadioSelect,
        choices=[(5, _("很满意")), (4, _("满意")), (3, _("一般")), (2, _("不满意")), (1, _("很不满意"))],
    )  # fmt: skip
    text = PlainField(
        label=_("想说的话"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("没解决的请写明哪里没有解决，会重新办理。"),
    )  # fmt: skip


class SecondForm(ActForm):
    """That one wishes the same, and how to be told of it if one likes."""

    text = PlainField(
        label=_("想补充的"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只有经办人看得到。"),
    )  # fmt: skip
    contact = PlainField(
        label=_("联系方式"), max_length=MOST_CONTACT, required=False, help_text=_("不留也可以。留了，有进展会通知您。")
    )


class ReleasedInput(forms.CheckboxSelectMultiple):
    """Photographs to choose from, each shown; the label of a choice is its address."""

    template_name = "matters/released.html"


class PublishForm(ActForm):
    """What the public may read of it."""

    text = PlainField(
        label=_("公开内容"), max_length=MOST_RELEASED, required=False, widget=forms.Textarea(attrs={"rows": 6}),
        help_text=_("已按原话拟好，隐去了姓名、电话、车牌、户号；请核对一遍再公开。清空就撤下。"),
    )  # fmt: skip
    photos = forms.TypedMultipleChoiceField(
        label=_("一同公开的照片"), required=False, coerce=int, widget=ReleasedInput,
        help_text=_("拍到人脸、车牌或家里的不要公开。"),
    )  # fmt: skip

    def __init__(self, matter: Matter, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field, photos = self.fields["photos"], matter.photos.all()
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [
            (one.pk, reverse("matters:photo", args=[matter.number, one.pk])) for one in photos
        ]  # fmt: skip
        field.initial = [one.pk for one in photos if one.released]
        if not photos:
            del self.fields["photos"]


class ExtendForm(WordsForm):
    """How much more time, and why."""

    amount = forms.IntegerField(label=_("延长多少（工作日）"), min_value=1, max_value=30)
    field_order = ("amount", "text")


class MergeForm(ActForm):
    """Into which matter."""

    into = forms.CharField(label=_("合并到哪一件（编号）"), max_length=16)

    def __init__(self, matters: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.matters = matters

    def clean_into(self) -> Matter:
        """Return the matter of a number that the reader may see."""
        found: Matter | None = self.matters.filter(number=self.cleaned_data["into"].strip()).first()
        if found is None:
            raise ValidationError(_("没有这个编号，或不归您管。"))
        return found


class ContactForm(forms.Form):
    """Why the contact is looked at."""

    why = forms.CharField(label=_("事由"), max_length=120)


class ExportForm(forms.Form):
    """What the workbook is for."""

    why = forms.CharField(label=_("导出做什么用"), max_length=120)


class YearForm(forms.Form):
    """A year's notice."""

    off = forms.CharField(
        label=_("放假"), widget=forms.Textarea(attrs={"rows": 8}), required=False, max_length=4000,
        help_text=_("一行一段：2027-01-01 2027-01-03 元旦"),
    )  # fmt: skip
    work = forms.CharField(
        label=_("调休上班"), widget=forms.Textarea(attrs={"rows": 5}), required=False, max_length=2000,
        help_text=_("一行一天：2027-02-20"),
    )  # fmt: skip
    source = forms.CharField(label=_("依据"), max_length=120)


class HoursForm(forms.Form):
    """An office's hours."""

    division = forms.ModelChoiceField(label=_("单位"), queryset=Division.objects.none(), empty_label=None)
    shifts = forms.CharField(label=_("时段"), max_length=120, help_text=_("如 09:00-12:00、13:00-17:00"))

    def __init__(self, divisions: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = divisions
