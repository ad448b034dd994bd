# Reminders and appointments.

reminder-kept = Kept: { $rule }.
reminder-delivery = The terminal does not ring by itself: “reminder next” shows the times, for a calendar or a script of yours.
reminder-removed = The rule is gone.
reminder-silent = Silent for now. “reminder pause --undo” lets it speak again.
reminder-speaks = It speaks again.
reminder-paused = (silent)
reminders-none = There are no reminders. “reminder add --daily 20:30” keeps one.
reminder-none-due = Nothing is due.
reminder-note = Time for a note
reminder-look-back = Time to look back
reminder-get-ready = Time to get ready
reminder-plan = Time for what you planned

rule-daily = every day at { $time }
rule-weekdays = { $days } at { $time }
rule-monthly = on day { $day } of the month at { $time }
rule-after = { $days ->
    [0] on the day of an appointment, after it, at { $time }
    [one] one day after an appointment at { $time }
   *[other] { $days } days after an appointment at { $time }
}
rule-before = { $hours ->
    [one] one hour before an appointment
   *[other] { $hours } hours before an appointment
}
rule-once = once on { $date } at { $time }

weekday-monday = Monday
weekday-tuesday = Tuesday
weekday-wednesday = Wednesday
weekday-thursday = Thursday
weekday-friday = Friday
weekday-saturday = Saturday
weekday-sunday = Sunday

appointment-kept = Noted: { $appointment }.
appointment-once = { $weekday }, { $date }, { $time }
appointment-rhythm = { $weeks ->
    [one] every week on { $weekday }, { $time }, from { $date }
   *[other] every { $weeks } weeks on { $weekday }, { $time }, from { $date }
}
appointment-until = until { $date }
appointment-minutes = { $minutes } minutes
appointment-with = with { $name }
appointment-is-cancelled = cancelled
appointment-last = The last: { $when }
appointment-moved-from = (moved from { $date })
appointments-none = There are no appointments. “appointment weekly "2026-06-02 17:00"” notes a rhythm.
appointments-to-come = Next:
appointments-none-to-come = None is to come.
error-once-is-past = This time is past. A reminder needs one to come.
ask-remove-appointment = Forget this appointment, with all that was of it?
appointment-removed = The appointment is gone.
appointment-moved = Moved to { $date }, { $time }.
appointment-cancelled = The one of { $date } is cancelled.
appointment-as-planned = It takes place as planned.
appointment-changed = Changed.
