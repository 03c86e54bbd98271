"""What a live call of Voitex is answered: rules, requests and answers. No database, no HTTP.

- `request.read` makes a `TriggerRequest` of whatever came in, without card data
- `engine.decide` finds the answer of the first rule that matches, `engine.explain` says of each rule why or why not
- `conditions.Condition` and `answers.Answer` are what a rule holds; as JSON they are kept in `TriggerRule`
- `checking.problems` and `checking.warnings` look a rule over before it is saved

**Conditions** are a list; all of them must hold, and an empty list always holds. Each one is an object of texts::

    {"fact": "branch_last", "operator": "is", "value": "105,150"}
    {"fact": "input", "of": "1000", "operator": "is", "value": "17"}
    {"fact": "contact", "of": "first_name", "operator": "known"}

`fact` is a name of `conditions.FACTS`, which says for each what stands in `of` (a branch, or the name of a field or
variable), which operators it knows and how its `value` is written. `of` and `value` may be left out where they are
empty.

**An answer** is an object; every part may be left out, and `{}` lets the branch go its own way::

    {
        "play": [
            {"type": "file", "album": "10", "sort": "25", "recording": "7"},
            {"type": "tts", "text": "Hello {contact.first_name}."}
        ],
        "goto": "150",
        "inputs": {"1": "3", "*": "0", "%": "105"},
        "variables": {"asked": "{input}"}
    }

`recording` is the id of our own recording, if it is one; `album` and `sort` are what Voitex knows it by, and stand
there always. Keys of `inputs` are what a caller presses (digits, `*`, `#`, or `%` for any key), values are branches.
Texts to speak and values of variables may name what is known of the call, see `placeholders`.
"""
