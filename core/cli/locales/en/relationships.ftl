# Relationships: what both read, names, pausing, ending.

## What is shared, and what never is

terms-title = Before you pair, please read this.
terms-shared = You will share the plan with { $name }: goals, tasks, ratings and what you both write there, with its whole history, the name you gave yourself, and when you wrote in it. What is deleted from the plan stays in its history on both devices.
terms-never-client = Your journal is never shared: no text, no count, not even whether there is one. A piece of it goes to { $name } only when you hand over that very piece.
terms-never-therapist = Your own notes are never shared. Of { $name }'s journal you see only the pieces that { $name } hands over. Each can be taken back; your device then deletes it and says so.
terms-remember-client = You can take a piece back. What { $name } remembers, has written down or photographed cannot be taken back.
terms-remember-therapist = What { $name } has read in the plan can be remembered or photographed, as you can with theirs.
terms-devices = Whoever holds one of the two devices unlocked can read what is on it.
terms-limits-client = What you tell { $name } is confidential, within limits that the law sets. Therapists keep records. When somebody's life is in danger, yours or another's, or when a court demands it, they may or must pass something on. It depends on the country: ask { $name }.
terms-limits-therapist = Your duties stay yours: keeping records, confidentiality and its limits in your country. { $name } reads that there are such limits and is told to ask you. Talk about it together.
ask-terms-read = Have you read this?
terms-noted = Thank you. It is noted that you have read it, and { $name } can see that too.
terms-not-read = You have not yet read what is shared and what never is: common-ground terms
terms-changed = What is shared has been worded anew. Please read it again: common-ground terms
terms-read-by-me = You read this on { $day }.
terms-read-by-other = { $name } read it on { $day }.
terms-not-read-by-other = { $name } has not read it yet, as far as is known here.

## The list

relationships-none = None yet. “common-ground pair” begins one.
relationships-calls-themselves = calls themselves { $name }
relationships-paused = Paused since { $day }. To { $name } you are out of reach. “common-ground resume” goes on.
relationships-ended-by-me = Over since { $day }: you ended it. The plan stays here as it was.
relationships-ended-by-other = Over since { $day }: { $name } ended it. The plan stays here as it was.
relationships-as-it-stood = The plan with { $name } as it stood on { $day }, when it ended.
error-nobody-to-meet = There is nobody to meet: what you have is paused or over.

## Names

renamed = You call them { $name } here. They do not see that.
renamed-back = They are { $name } again, as they call themselves.
renamed-me = You are { $name } from now on. Whoever has paired with you already goes on seeing the former name.

## Pausing

paused-now = Paused. Nothing goes to { $name } and nothing comes; { $name } is not told. You can go on writing, and it goes when you resume.
resumed-now = It goes on with { $name }. What was waiting goes with the next exchange.

## Ending

end-explained = This ends it with { $name }, for good and on both devices.
end-stays = What stays: your journal, and the plan as it is now, to be read on both devices. What was handed over stays readable until it is taken back.
end-goes = What ends: nothing of the plan travels any more, nobody can write in it, and nothing reminds of your appointments. { $name }'s device is told when it is next reached.
end-again = To go on one day, pair again. That begins a new plan.
ask-end = End it with { $name }?
ended-now = It is over. Everything of yours is still here.
end-take-back-explained = You have handed over pieces of your journal to { $name }. You can take all of them back now: { $name }'s device deletes them when it is next reached, and says so. What was remembered, copied or photographed stays. You are asked this once; later you can still take pieces back one by one.
ask-take-all-back = Take all of them back?
taken-all-back = Taken back. They are deleted when { $name }'s device is next reached.
left-as-is = They stay readable for { $name }.
end-not-answered = Whether to take back what you handed over is still open: run “common-ground end” again, or say --take-back or --leave.
