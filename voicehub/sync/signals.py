"""What happened here, for whoever keeps an audit or tells people: this layer does neither itself."""

from django.dispatch import Signal

# Arguments: action (dotted word), actor (user), obj (model instance or None), reason (text).
person_acted = Signal()

# A provider or an account needs a person. Arguments: subject (Lane or Connection), text (what to set right).
trouble_found = Signal()
