"""What is filled in about a matter: reporting it, entering it for a caller, each verb."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from linli.matters.actions.open_matter import MOST_CONTACT, MOST_PLACE, MOST_TEXT, clean
from linli.matters.models import Matter
from linli.matters.photos import MOST_BYTES, MOST_PHOTOS, clean_photo
from linli.matters.routing import seats_below
from linli.org.models import Division, Post


class PlainField(forms.CharField):
    """Text from outside: control characters go before anything looks at it, nothing else is lost."""

    def to_python(self, value: Any) -> str:
        """Return the text as it is kept."""
        return clean(str(super().to_python(value)))


class PhotosInput(forms.ClearableFileInput):
    """Several photographs at once, from the camera or the album."""

    allow_multiple_selected = True


class PhotosField(forms.FileField):
    """Photographs, each written anew; what is none is named."""

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


class ReportForm(forms.Form):
    """What a resident writes: the matter, where, and how to reach him if he likes."""

    text = PlainField(
        label=_("什么事"),
        max_length=MOST_TEXT,
        strip=True,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("用自己的话写，也可以用手机键盘上的话筒说。"),
    )
    place = PlainField(
        label=_("在哪里"),
        max_length=MOST_PLACE,
        required=False,
        help_text=_("小区和楼号，如“白云花园12幢”。"),
        widget=forms.TextInput(attrs={"autocomplete": "street-address"}),
    )
    building = forms.ChoiceField(label=_("是这里吗？"), required=False, widget=forms.RadioSelect)
    photos = PhotosField(label=_("照片"), required=False, help_text=_("最多三张。照片里的拍摄地点、时间和机型会去掉。"))
    kind = forms.ChoiceField(label=_("这是"), choices=Matter.Kind.choices, widget=forms.RadioSelect)
    contact = PlainField(
        label=_("联系方式"),
        max_length=MOST_CONTACT,
        required=False,
        help_text=_("不留也可以。留了只有经办人写明事由才能看，并记入台账。"),
    )
    key = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, files: Any = None, *, found: list[tuple[str, str]] | None = None, place: str = ""
    ) -> None:
        super().__init__(data, files, initial={"key": uuid.uuid4(), "kind": Matter.Kind.REPORT, "place": place})
        field = self.fields["building"]
        assert isinstance(field, forms.ChoiceField)
        if found:
            field.choices = [*found, ("none", _("都不是，按我写的地点"))]
        else:
            del self.fields["building"]


class WordsForm(forms.Form):
    """Something said about a matter."""

    text = forms.CharField(label=_("说明"), max_length=2000, widget=forms.Textarea(attrs={"rows": 4}))


class PerhapsForm(forms.Form):
    """Something that may be said."""

    text = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class SeatField(forms.ModelChoiceField):  # type: ignore[type-arg]
    """A post, by division and title."""

    def label_from_instance(self, obj: Any) -> str:
        """Say where and what it is."""
        return str(obj)


class ToForm(WordsForm):
    """To which post, and why."""

    to = SeatField(label=_("给谁"), queryset=Post.objects.none(), empty_label=None)
    field_order = ("to", "text")

    def __init__(self, division: Division, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["to"]
        assert isinstance(field, forms.ModelChoiceField)
        keys = [post.pk for post in seats_below(division, "matters.handle")]
        rows = Post.objects.filter(pk__in=keys).select_related("division", "role")
        field.queryset = rows.order_by("division__code", "title", "pk")


class DispatchForm(ToForm):
    """To which post; a word is not needed."""

    text = forms.CharField(label=_("说明"), max_length=2000, required=False, widget=forms.Textarea(attrs={"rows": 3}))


class ExtendForm(WordsForm):
    """How much more time, and why."""

    amount = forms.IntegerField(label=_("延长多少（工作日）"), min_value=1, max_value=30)
    field_order = ("amount", "text")


class MergeForm(forms.Form):
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
