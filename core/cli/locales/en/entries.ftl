# Entries, their versions and drafts, templates and coping tools.

kind-free = Free
kind-thought-record = Thought record
kind-small-win = Small win
kind-practice = Practice
kind-self-awareness = Sign of progress: knowing myself
kind-resilience = Sign of progress: getting up again
kind-relationships = Sign of progress: with other people
kind-goal = Sign of progress: a goal came nearer
kind-doubt = Doubt
kind-avoidance = I notice I avoid this
kind-hard-after-session = Harder after the session
kind-bring-to-session = Bring to the session
entry-mood = Mood { $mood } of 5
entry-feeling = { $name } { $strength }
entry-to-bring = to bring
entry-of-goal = Goal: { $title }
entry-of-task = Task: { $what }
entry-attached = Attached: { $names }
entry-of-person = About: { $name }

questions-explained = An empty line goes on to the next question, Ctrl-D saves what there is. Each answer is kept at once.
hint-text = In your own words.
hint-scale = A number from 0 to 10.
hint-choice = One of the numbers 1 to { $count }.
hint-emotions = Feelings, if you like with their strength from 0 to 10: tired:6, a bit lost
hint-mood = A number from 1 (very low) to 5 (very good).

draft-kept = What you wrote is kept as a draft: “common-ground drafts”.
drafts-none = No drafts.
draft-of-change = change to an entry
draft-discarded = Thrown away.
ask-discard-draft = Throw this draft away, for good?

versions-none = It was never changed, so there is no former version.
version-of = As it was saved { $when }
version-same = It is the same now.
version-differs = Different now: { $parts }
version-brought-back = Brought back. What it was until now is kept as a version.
ask-bring-back = Make the entry again what it was when saved { $when }? What it is now is kept as a version.
part-title = title
part-text = text
part-kind = kind
part-mood = mood
part-emotions = feelings
part-tags = tags
part-links = what it belongs to
part-answers = answers
part-attachments = attachments
part-starred = star
part-to-bring = to bring
part-written = time

templates-explained = “common-ground write --template ID” asks the questions of one. “template add FILE” adds your own.
templates-sound = { $count ->
    [one] One template, and nothing wrong with it.
   *[other] { $count } templates, and nothing wrong with them.
}
templates-added = { $count ->
    [one] One template is here now.
   *[other] { $count } templates are here now.
}
template-removed = Out of the list. Old answers keep their questions.
template-from = Version { $version } · { $source } · { $licence }

tools-none = Nothing yet. “common-ground tool add” collects what helps you.
tool-added = Collected.
tool-changed = Changed.
tool-used = Noted.
tool-archived = Put away, with its history.
tool-unarchived = Back in the list.
tool-put-away = put away
tool-uses = { $count ->
    [0] not used yet
    [one] used once
   *[other] used { $count } times
}
tool-helped = helped { $mean } of 10 in the mean ({ $count ->
    [one] rated once
   *[other] rated { $count } times
})
tool-last-used = last { $day }
tool-use-helped = helped { $helped } of 10

error-no-such-time = The clock here never showed that time: summer time began in that hour. Choose another.
error-pack-named = { $file }:{ $line }:{ $column }: { $problem }. Nothing was added.
