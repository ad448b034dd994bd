# What happened in a plan: one sentence for each thing that somebody did.

ask-undo = Take this back?
history-who = { $person ->
    [you] You
   *[other] { $name }
}
history-proposed = { $who } proposed a goal: { $title }
history-reworded = { $who } reworded the why of “{ $title }”: { $text }
history-success = { $who } wrote what success is in “{ $title }”: { $text }
history-changed = { $who } changed { $field } of “{ $what }”: { $text }
history-set = { $who } changed { $field } of “{ $what }”: { $before } → { $after }
history-wrote = { $who } wrote { $field } of “{ $what }”: { $after }
history-took-away = { $who } took { $field } of “{ $what }” away: { $before }
history-chose = { $who } chose { $field } of “{ $what }”: { $after }
history-goes-on = { $who } said that “{ $title }” goes on
history-paused = { $who } let “{ $title }” rest for a while
history-reached = { $who } said that “{ $title }” is reached
history-maintained = { $who } said that “{ $title }” is reached and kept up
history-set-aside = { $who } set “{ $title }” aside
history-declined = { $who } said that “{ $title }” is not wanted
history-moved = { $who } moved “{ $title }” in the list
history-put-away = { $who } put “{ $what }” away
history-took-out = { $who } took “{ $what }” out again
history-held = { $who } put “{ $title }” on hold
history-released = { $who } released “{ $title }”
history-agreed = { $who } agreed to “{ $title }” as it stood
history-sealed = { $who } agreed to “{ $title }” too: both agree, and the wording is sealed
history-withdrew = { $who } withdrew the agreement to “{ $title }”
history-stance = { $who } said of “{ $title }”: { $stance }
history-stance-back = { $who } took back what was said of “{ $title }”
history-task = { $who } put up a task ({ $owner }): { $what }
history-accepted = { $who } took on “{ $what }”
history-task-declined = { $who } declined “{ $what }”
history-answer-back = { $who } took back the answer to “{ $what }”
history-noted = { $who } noted for { $day } on “{ $what }”: { $outcome }
history-rated = { $who } rated “{ $title }” { $value } of 10
history-attained = { $who } judged “{ $title }” on its scale: { $level }
history-step = { $who } put up a step for “{ $title }”: { $what }
history-strategy = { $who } put up something to try for “{ $title }”: { $what }
history-took-back = { $who } took back: { $note }
history-brought-back = { $who } brought back: { $note }
note-rating = a rating of “{ $title }”, { $value } of 10
note-attainment = a judgement of “{ $title }” on its scale: { $level }
note-day = the note for { $day } on “{ $what }”
history-by-their-clock = { $when } by their clock, which cannot be right
history-no-time = at a time that no calendar has, by their clock
history-more = There is more: --older { $cursor }
history-nothing-new = { $name } has changed nothing since you last looked.
history-looked-hint = “common-ground plan looked” says that you have seen this.
history-looked = All right. From now on, what comes is new.
history-undone = Taken back.
history-left = { $count ->
    [one] One part was left as it is: somebody has written there since, or it is a signature.
   *[other] { $count } parts were left as they are: somebody has written there since, or they are signatures.
}
past-plan = The plan as it was on the evening of { $day }
past-none = There were no goals on the evening of { $day }.
past-agreed = agreed by both
past-not-agreed = not agreed as it stood

news-choice = Something waits for a choice in “{ $title }”
news-reopened = “{ $title }” reads differently from what you agreed to. That wording stays in force until both agree to a new one.
