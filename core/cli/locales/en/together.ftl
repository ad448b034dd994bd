# Sitting together over a plan, and the status line of sync.

together-begins = You sit down to the plan with { $name }. Once both have run “together”, what either types is on both screens at once.
together-explained = goals: the list · goal 2: look at it · goal 2 why some words: they go at once · goal 2 why: type on, an empty line ends it · quit leaves. Besides why: title, success, known-by, first-step.
together-prompt = together>{" "}
together-no-goals = There is no goal yet.
together-goal = { $number }. { $title }
together-which-text = Which text? title, why, success, known-by or first-step.
together-type-on = Each line goes at once. An empty line ends it.
together-away = { $name } is not connected. What is written is saved.
together-here = { $name } is connected, and has not sat down to the plan.
together-sits = { $name } sits here with you.
together-looks = { $name } is looking at “{ $title }”.
together-types = { $name } is typing in { $text ->
    [title] the title of “{ $title }”.
    [why] the why of “{ $title }”.
    [success] what success looks like in “{ $title }”.
    [known-by] how both will know in “{ $title }”.
   *[first-step] the first step of “{ $title }”.
}
together-new-goal = { $name } has put a goal before you: “{ $title }”.
together-title-now = { $name }: “{ $was }” is now “{ $title }”.
together-why-now = “{ $title }” now reads: { $why }
error-together-has-no-json = “together” is for people at a keyboard and has no --json.
error-not-together = Letter by letter goes only while both sit together. Nothing was written; save it when it is finished.

status-apart = { $name }: away
status-line-in-step-since = { $name }: in step since { $since }
status-line-in-step = { $name }: in step
status-catching-up = { $name }: catching up
status-last = last in step { $when }
status-never = never in step yet
status-waits = { $count ->
    [one] one change waits to go
   *[other] { $count } changes wait to go
}
status-came = { $done } of { $all } came
status-went = { $done } of { $all } went
status-excerpts = excerpts { $percent } %
status-more = { $count ->
    [one] and one more person is away
   *[other] and { $count } more people are away
}
