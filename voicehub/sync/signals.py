"""What happened here, for whoever keeps an audit or tells people: this layer does neither itself."""

from django.dispatch import Signal

# Arguments: action (dotted word), actor (user), obj (model instance or None), reason (text).
person_acted = Signal()

# A provider or an account needs a person. Arguments: subject (Lane or Connection), text (what to set right).
trouble_found = Signal()

# Somebody opens a list (the sender is its model) without saying how. Argument: request. A receiver may answer with
# the part of the address after the question mark with which the list is to begin.
list_opened = Signal()
