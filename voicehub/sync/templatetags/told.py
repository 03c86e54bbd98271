from django import template

from voicehub.sync.told import in_your_language, labelled

register = template.Library()
register.filter("told", in_your_language)
register.filter("labelled", labelled)
