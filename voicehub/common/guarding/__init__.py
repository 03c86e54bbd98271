"""Nothing typed is lost, and nothing is made twice: drafts of forms, and one effect for however many presses.

A form takes part through the template tag `guard` (templatetags/guarding.py), which every page of the admin that adds
or changes a record has already. `static/voicehub/guard.js` warns before a page with something typed is left.
"""
