"""What is filled in about cases: a report, and the tables by which cases are told apart and sent."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from linli.cases.actions.lost_code import addresses_of
from linli.cases.models import Route
from linli.matters.actions.open_matter import MOST_CONTACT, MOST_PLACE, MOST_TEXT_OF_REPORT
from linli.matters.forms import ActForm, CategoryField, PhotosForm, PlainField
from linli.matters.models import Category, DutyItem, Matter, StandardText
from linli.matters.states import VERBS
from linli.org.forms.fields import ManyField
from linli.org.models import Division, Post
from linli.workdays import Unit


class ReportForm(PhotosForm):
    """What a resident writes: the matter, where, and how to reach him if he likes."""

    text = PlainField(
        label=_("什么事"),
        max_length=MOST_TEXT_OF_REPORT,
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
    pinned = forms.ChoiceField(
        label=_("您在地图上记下过一处"), required=False, widget=forms.RadioSelect,
        choices=[("yes", _("用地图上的这一处")), ("no", _("不用，按我写的地点"))],
    )  # fmt: skip
    longitude = forms.FloatField(required=False, min_value=-180, max_value=180, widget=forms.HiddenInput)
    latitude = forms.FloatField(required=False, min_value=-90, max_value=90, widget=forms.HiddenInput)
    same = forms.ChoiceField(label=_("邻居可能已经反映过，是同一件事吗？"), required=False, widget=forms.RadioSelect)
    kind = forms.ChoiceField(label=_("这是"), choices=Matter.Kind.choices, widget=forms.RadioSelect)
    contact = PlainField(
        label=_("联系方式"),
        max_length=MOST_CONTACT,
        required=False,
        help_text=_("不留也可以。留了只有经办人写明事由才能看，并记入台账。"),
    )
    asked = forms.CharField(required=False, max_length=3, widget=forms.HiddenInput)  # where it is: once is enough
    key = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("text", "place", "pinned", "building", "same", "photos", "kind", "contact")
    asks = False  # whether it comes back to ask where it is

    def __init__(
        self, data: Any = None, files: Any = None, *, found: list[tuple[str, str]] | None = None, place: str = "",
        kind: str = Matter.Kind.REPORT,
    ) -> None:  # fmt: skip
        super().__init__(data, files, initial={"key": uuid.uuid4(), "kind": kind, "place": place})
        if data is None or not (data.get("longitude") and data.get("latitude")):
            del self.fields["pinned"]  # nothing was pressed on the map yet
        same, building = self.fields.pop("same"), self.fields.pop("building")
        assert isinstance(same, forms.ChoiceField)
        assert isinstance(building, forms.ChoiceField)
        self.same, self.building = same, building
        self.offer(found or [])

    def offer(self, found: list[tuple[str, str]]) -> None:
        """Let a place be chosen that was meant perhaps; nothing is asked where there is none."""
        if found:
            self.building.choices = [*found, ("none", _("都不是，按我写的"))]
            self.fields["building"] = self.building
            self.order_fields(self.field_order)

    def ask_where(self, hints: list[tuple[str, str]]) -> None:
        """Ask where it is, before anything else: who cannot say sends the form as it is."""
        self.asks = True
        self.offer(hints)
        self.order_fields(("place", "pinned", "building", *self.field_order))

    def ask_whether_same(self, neighbours: list[tuple[str, str]]) -> None:
        """Ask whether it is one of the neighbours' cases: by number, each in words."""
        self.same.choices = [*neighbours, ("none", _("不是同一件，照样提交"))]
        self.fields["same"] = self.same
        self.order_fields(self.field_order)
        self.add_error("same", _("请选一项：加入后一起看进度，不用再等人重办一遍。"))

    @property
    def point(self) -> tuple[float, float] | None:
        """Longitude and latitude where both were given and not left out since, degrees."""
        longitude, latitude = (self.cleaned_data.get(name) for name in ("longitude", "latitude"))
        if self.cleaned_data.get("pinned") == "no":
            return None
        return None if longitude is None or latitude is None else (longitude, latitude)

    def shown_again(self) -> None:
        """Show what waits: the photographs, and the place on the map with a way to leave it out."""
        super().shown_again()
        assert isinstance(self.data, QueryDict)
        again: dict[str, Any] = {"pinned": "yes"}
        if self.point is None:
            self.fields.pop("pinned", None)
            again = {"longitude": "", "latitude": ""}
        self.data = {**self.data.dict(), **again, **({"asked": "yes"} if self.asks else {})}


class LostCodeForm(forms.Form):
    """The contact that was left with a report."""

    contact = PlainField(
        label=_("反映时留的手机号或邮箱"), max_length=MOST_CONTACT,
        widget=forms.TextInput(attrs={"autocomplete": "email", "autocapitalize": "none"}),
    )  # fmt: skip

    def clean_contact(self) -> str:
        """Return it where it is one that something can be sent to."""
        if len(addresses_of(self.cleaned_data["contact"])) != 1:
            raise forms.ValidationError(_("请写一个手机号或一个邮箱。"))
        return str(self.cleaned_data["contact"])


class CategoryForm(ActForm):
    """One category."""

    code = forms.RegexField(
        label=_("代码"), regex=r"^[0-9]{4,6}$", max_length=6, help_text=_("四位数字，前两位是大类。")
    )
    group = forms.CharField(label=_("大类"), max_length=20)
    title = forms.CharField(label=_("类别"), max_length=40)
    national = forms.CharField(label=_("国标大类"), max_length=20, required=False)
    amount = forms.IntegerField(label=_("处置时限"), min_value=1, max_value=400, required=False)
    unit = forms.ChoiceField(
        label=_("单位"), required=False,
        choices=[(Unit.NATURAL_HOURS.value, _("小时")), (Unit.WORKING_HOURS.value, _("工作时")),
                 (Unit.WORKING_DAYS.value, _("工作日")), (Unit.NATURAL_DAYS.value, _("自然日"))],
    )  # fmt: skip
    private = forms.BooleanField(label=_("涉及个人或家庭，从不公开"), required=False)
    urgent = forms.BooleanField(label=_("紧急，随时通知"), required=False)
    succession = forms.ChoiceField(label=_("社区调整时，没办完的"), choices=Category.Succession.choices)
    active = forms.BooleanField(label=_("启用"), required=False, initial=True)


class DutyForm(ActForm):
    """One entry of a duty list."""

    list = forms.ChoiceField(label=_("清单"), choices=DutyItem.List.choices)
    number = forms.IntegerField(label=_("序号"), min_value=1, max_value=9999)
    text = forms.CharField(label=_("事项"), max_length=200)
    owner = forms.CharField(label=_("承担单位"), max_length=60)
    basis = forms.CharField(label=_("依据"), max_length=120)
    categories = ManyField(
        label=_("对应类别"), queryset=Category.objects.filter(active=True), widget=forms.CheckboxSelectMultiple
    )
    division = forms.ModelChoiceField(label=_("适用"), queryset=Division.objects.none(), empty_label=None)
    valid_from = forms.DateField(label=_("起"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, divisions: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        field = self.fields["division"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = divisions
        self.fields["valid_from"].initial = timezone.localdate()


class EndForm(ActForm):
    """From which day on it holds no longer."""

    on = forms.DateField(label=_("停用日期"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["on"].initial = timezone.localdate()


class RouteForm(ActForm):
    """One rule: conditions, and who receives."""

    title = forms.CharField(label=_("名称"), max_length=60)
    category = CategoryField(
        label=_("类别"), queryset=Category.objects.filter(active=True), required=False, empty_label=_("任何类别")
    )
    group = forms.ChoiceField(label=_("大类"), required=False)
    kind = forms.ChoiceField(label=_("性质"), choices=[("", _("不限")), *Matter.Kind.choices], required=False)
    source = forms.ChoiceField(label=_("来源"), choices=[("", _("不限")), *Matter.Source.choices], required=False)
    urgent = forms.BooleanField(label=_("只管紧急事项"), required=False)
    within = forms.ModelChoiceField(
        label=_("范围"), queryset=Division.objects.none(), required=False, empty_label=_("全区")
    )
    level = forms.ChoiceField(label=_("交给"), choices=[("", _("指定岗位")), *Route.Level.choices], required=False)
    post = forms.ModelChoiceField(
        label=_("指定岗位"), queryset=Post.objects.none(), required=False, empty_label=_("不指定")
    )
    basis = forms.CharField(label=_("依据"), max_length=120)
    valid_from = forms.DateField(label=_("起"), widget=forms.DateInput(attrs={"type": "date"}))

    def __init__(self, divisions: Any, posts: Any, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        group, within, post = self.fields["group"], self.fields["within"], self.fields["post"]
        assert isinstance(group, forms.ChoiceField)
        assert isinstance(within, forms.ModelChoiceField)
        assert isinstance(post, forms.ModelChoiceField)
        groups = Category.objects.filter(active=True).order_by("group").values_list("group", flat=True).distinct()
        group.choices = [("", _("不限")), *((name, name) for name in groups)]
        within.queryset, post.queryset = divisions, posts
        self.fields["valid_from"].initial = timezone.localdate()


class TextForm(ActForm):
    """One text for a usual answer."""

    verb = forms.ChoiceField(label=_("动作"))
    category = CategoryField(
        label=_("类别"), queryset=Category.objects.filter(active=True), required=False, empty_label=_("任何类别")
    )
    title = forms.CharField(label=_("名称"), max_length=40)
    text = forms.CharField(
        label=_("内容"), max_length=1000, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("可以用 {number} 代编号、{place} 代地点。"),
    )  # fmt: skip
    active = forms.BooleanField(label=_("启用"), required=False, initial=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        verb = self.fields["verb"]
        assert isinstance(verb, forms.ChoiceField)
        verb.choices = [(code, VERBS[code].title) for code in StandardText.VERBS]
