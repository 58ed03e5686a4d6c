"""How every form is drawn: label, hint, error, field; at its head a summary of what is to be put right."""

from __future__ import annotations

from django.forms.renderers import TemplatesSetting


class Renderer(TemplatesSetting):
    """Draws `{{ form }}` and `{{ form.name.as_field_group }}` with the components of the site."""

    form_template_name = "components/form.html"
    field_template_name = "components/field.html"
