# The plan: goals, tasks and all that belongs to them.

ask-agree = Do you agree to this wording, as it stands here?
ask-withdraw = Sign that you no longer agree? { $name } will see it.
ask-archive = Put this goal away? { $name } will see it put away too; it can be taken out again.
ask-archive-task = Put this task away? { $name } will see it put away too.

## Goals

goals-empty = No goals with { $name } yet. “common-ground goal add” proposes one.
goals-shared-with = Goals with { $name }
goal-tasks-count = { $count ->
    [one] one task
   *[other] { $count } tasks
}
goal-choice-open = something waits for a choice
goal-put-away = put away
standing-proposed = proposed
standing-agreed = agreed on { $day }
standing-changed = changed since you agreed on { $day }
standing-withdrawn = { $name } withdrew on { $day }
standing-withdrawn-by-you = you withdrew on { $day }
rating-short = { $name }: { $value }
goal-proposed-by = Proposed by { $name }, { $day }
goal-agreed-so-far = Agreed so far: { $name }
heading-why = Why
heading-success-of = Success, in { $name }'s words
heading-success-yours = Success, in your words
heading-tasks = Tasks
heading-ratings = Ratings
heading-difference = What is different from { $day }
difference-explained = The wording you agreed to stays in force until both agree to a new one.
rating-line = { $day }  { $name }: { $value } of 10
rating-helped = Helped: { $text }
rating-hindered = In the way: { $text }
goal-proposed = Saved. { $name } sees it as soon as your devices meet.
goal-changed = Saved.
goal-rated = Noted: { $value } of 10.
goal-agreed-both = You both agree to this wording. It is sealed.
goal-agreed-by-you = Signed. It is agreed when { $name } signs the same wording.
goal-withdrawn = Withdrawn. You can talk about it and agree anew at any time.
goal-archived = Put away.
goal-unarchived = Back in the plan.
goal-chosen = Chosen.

## Tasks

tasks-empty = No tasks. “common-ground task add” adds one to a goal.
task-of-you = yours
task-of-other = { $name }'s
task-of-both = both of you
task-accepted = taken on
task-declined = declined
task-offered = waits for: { $names }
task-due = until { $day }
task-put-away = put away
task-declined-why = Said: { $text }
outcome-done = done
outcome-partly = partly
outcome-not-this-time = not this time
task-was-added = Added.
task-was-offered = Offered to { $name }. It counts once they take it on.
task-was-accepted = Taken on.
task-was-declined = Declined. { $name } will see it.
task-noted-done = Noted: done.
task-noted-partly = Noted: partly. That counts too.
task-noted-not-this-time = Noted: not this time. Worth a word when you next talk.
task-archived = Put away.

## States, holds, priority, looking again

state-open = goes on
state-paused = paused
state-reached = reached
state-maintained = reached and kept up
state-set-aside = set aside
state-declined = not wanted
state-set-by = { $state }, said { $name } on { $day }
goal-goes-on = It goes on.
goal-paused = It rests for a while.
goal-reached = Noted: reached.
goal-maintained = Noted: reached, and kept up.
goal-set-aside = Set aside. It stays in the plan, and can go on at any time.
goal-declined = Noted: not wanted.
goal-held-by = held by { $name }
goal-held-since = Held by { $name } since { $day }
goal-hold = Held. It is not worked on until you release it; { $name } sees that you hold it.
goal-released = Released.
goal-released-by-you = Released. { $name } holds it still.
goal-until = until { $day }
goal-review-due = to be looked at again since { $day }
goal-review-every = { $count ->
    [one] Looked at again every day
   *[other] Looked at again every { $count } days
}
goal-reviewed = Last looked at together on { $day }
goal-review-next = Noted. To be looked at again from { $day } on.
goal-review-none = Noted. There is no day on which to look at it again.
goal-review-noted = Noted.
goals-none-due = No goal is to be looked at again now.
priority-high = matters much now
priority-medium = matters as others do
priority-low = matters less now

descent-grew-out-of = Grew out of: { $title }
descent-replaces = Takes the place of: { $title }
descent-led-to = Led to: { $title }
descent-replaced-by = Its place was taken by: { $title }

hints = Might make it clearer, if you like: { $hints }
hint-why = why it matters
hint-known-by = how you will know
hint-by-when = a day until when
hint-first-step = a first step
hint-success = what success looks like to you
hint-success-of = what success looks like to { $name }

heading-known-by = How we will know
heading-by-when = Until when
heading-first-step = First step
heading-steps = Steps
heading-strategies = Tried
heading-scale = Scale
heading-attained = On the scale
part-of-title = Title
part-of-scale = Scale { $level }

## Choices

choice-of-goal = Both of you wrote { $field } at the same time:
choice-of-part = Both of you wrote { $field } of “{ $what }” at the same time:
choice-yours = you wrote: { $value }
choice-other = { $name } wrote: { $value }
choice-explained = “goal choose” takes one by its number, or writes another.
field-title = the title
field-known-by = how you will know
field-by-when = until when
field-first-step = the first step
field-state = what became of it
field-priority = how much it matters
field-review-every = how often to look at it again
field-reviewed = when you last looked at it
field-scale = level { $level } of the scale
field-importance = its importance
field-difficulty = its difficulty
field-what = the wording
field-due = until when
field-repeats = how often
field-expected-fear = how frightening it may be
field-verdict = what to do with it
value-nothing = nothing
value-every-days = { $count ->
    [one] every day
   *[other] every { $count } days
}

## Agreements

goal-stance = Said. It withdraws nothing; { $name } will see it.
stance-not-yet = not yet
stance-disagree = sees it differently
taken-back = Taken back.
goals-none-open = You agree on every goal as it stands.
goal-nobody-said = Nobody has agreed to it yet.
goal-another-in-force = An earlier wording is in force meanwhile.
agreements-none = Nothing is agreed here yet.
agreement-of = { $number }  Agreed on { $day }
agreement-withdrawn = { $name } withdrew on { $day }
agreement-written = The agreement is in { $path }.

## Steps and strategies

step-added = Added.
step-moved = Moved.
step-tried = Noted.
step-expected-fear = expected { $fear } of 10
step-fear = it was { $fear } of 10
strategy-added = Added.
strategy-judged = Noted.
verdict-trying = being tried
verdict-keep = keep
verdict-change = change
verdict-drop = drop

## Progress

level-much-less = much less than expected
level-less = less than expected
level-expected = as expected
level-more = more than expected
level-much-more = much more than expected
scale-none = No levels are written yet. “goal scale” with --expected, --more and others writes them.
scale-importance = Importance { $value } of 3
scale-difficulty = Difficulty { $value } of 3
goal-attained = Noted: { $level }.
progress-none = No goal has a rating yet. “common-ground goal rate” writes one.
progress-of = { $count ->
    [one] { $name }, one rating
   *[other] { $name }, { $count } ratings
}
progress-change = From the first to the last: { $change }
progress-gap = { $apart ->
    [0] Now both say { $client }.
   *[other] Now { $client } (client) and { $therapist } (therapist).
}
progress-flat = { $name }: the last { $count } ratings are { $value }, since { $day }. Shall we look at this one again?
progress-score = { $name }: T = { $score }, over { $count ->
    [one] one goal
   *[other] { $count } goals
}
progress-score-explained = T of Goal Attainment Scaling: 50 means, on the whole, as expected. It is about goals, not about a person.

## Rhythms

rhythm-days = { $every ->
    [one] every day
   *[other] every { $every } days
}
rhythm-weeks = { $every ->
    [one] every week on { $days }
   *[other] every { $every } weeks on { $days }
}
rhythm-months = { $every ->
    [one] every month on day { $day }
   *[other] every { $every } months on day { $day }
}
rhythm-from = { $rhythm }, from { $day }
rhythm-until = { $rhythm } until { $day }
error-on-which-days = --on takes days of the week (mon,thu) where it is every week, and one day from 1 to 31 where it is every month.

task-due-since = for { $day }
task-no-days = It falls on no day in this time.
task-unarchived = Back in the plan.
tasks-none-due = Nothing is due.
tasks-none-offered = No task waits for an answer.

## Overview and whole plan

plan-of = The plan of { $one } and { $other }
overview-nothing = Nothing waits.
overview-new = { $count ->
    [one] something new in one goal
   *[other] something new in { $count } goals
}
overview-offers-to-me = { $count ->
    [one] one task waits for your answer
   *[other] { $count } tasks wait for your answer
}
overview-offers-to-other = { $count ->
    [one] one task waits for { $name }
   *[other] { $count } tasks wait for { $name }
}
overview-wordings = { $count ->
    [one] one wording waits for your signature
   *[other] { $count } wordings wait for your signature
}
overview-choices = { $count ->
    [one] one goal has an open choice
   *[other] { $count } choices are open
}
overview-due-tasks = { $count ->
    [one] one task of yours is due
   *[other] { $count } tasks of yours are due
}
overview-due-reviews = { $count ->
    [one] one goal to look at again
   *[other] { $count } goals to look at again
}

## The page to take along

page-no-goals = No goals yet.
page-agreed = Agreed by both since { $day }
page-in-force = Agreed by both on { $day }, and in force until both agree to another wording:
page-to-sign = To sign, if you both agree to this wording:
page-sign-here = { $name }, date
page-task-what = What
page-task-who = Who
page-task-when = When
page-task-offered = offered
page-written = The plan is in { $path }. It prints well on A4.

## Drafts of goals

goal-draft-kept = Kept. You alone see it, until “goal draft propose”.
goal-drafts-none = No drafts of goals. “common-ground goal draft add” begins one.
goal-drafts-yours = Only you see these
