# Handing over a piece of the journal, and taking it back.

preview-head = This, and nothing else, is what { $name } will see:
excerpt-attachment = Attached { $number }: { $name } ({ $size })
to-know-not-before-you-meet = { $name } may not read this before you meet. It is not a way to get help in a hurry.
to-know-help = If you need help right now: “common-ground help-now”.
to-know-cannot-be-unread = You can take it back at any time. What { $name } has read by then stays in their memory.
to-know-attachments = What is attached goes as it is. A photo may say in itself where and when it was taken.
ask-hand-over = Hand this to { $name }?
handed-over-now = It is ready for { $name }, and goes as soon as your devices meet. Later edits of the entry do not follow.

given-none = You have not handed anything over.
received-none = Nothing was handed to you.
from-person = from { $name }
to-person = to { $name }
from-entry = from: { $opening }
comments-count = { $count ->
    [one] One comment
   *[other] { $count } comments
}{ $new ->
    [0] .
    [one] , one of them new.
   *[other] , { $new } of them new.
}
received-head = { $name } handed this to you on { $when }
given-head = You handed this to { $name } on { $when }
comments-head = Comments
comment-head = { $number }  { $name }, { $when }
comment-not-here = (Not here yet, or written by a newer version.)
comment-written = Your comment stands with it, and goes to { $name } as soon as your devices meet.
entry-handed-over = Handed to { $name } on { $when }.

stands-waiting = Waits until your device and { $name }'s meet.
stands-handed-over = Handed over; { $name }'s device is still fetching it.
stands-coming = Still on its way here.
stands-arrived = On { $name }'s device since { $when }; not opened yet.
stands-not-opened = Not opened yet.
stands-opened = { $name } opened it on { $when }.
stands-opened-here = You opened it on { $when }.
stands-closed = A backup was brought back here: this stays closed until your devices have met, in case { $name } took it back meanwhile.
stands-taken-back = You took it back on { $when }. { $name }'s device deletes it when it next appears.
stands-asked-to-delete = You took it back on { $when }. { $name }'s device has known since { $asked }, and has not confirmed yet that it is deleted.
stands-deleted = You took it back on { $when }. { $name }'s device confirmed on { $deleted } that it is deleted there.
stands-taken-back-here = { $name } took it back on { $when }. It is deleted here.

take-back-means =
    Taking back is final. It is deleted here now, and on { $name }'s device when that next appears, also without { $name } doing anything; you will see when their device has confirmed it.
    What nobody can undo: { $name } may remember it, or have copied or photographed it. Old backups, and the memory chips of a device, may keep a copy. That you handed it over, and when, stays in the record of both.
ask-take-back = Take back what you handed to { $name } on { $when }?
ask-take-back-comment = Take this comment back?
ask-take-back-all = Take back everything that you ever handed to { $name }, your comments included?
taken-back-now = Taken back. It is deleted here.
taken-back-all = { $count ->
    [0] There was nothing to take back from { $name }.
    [one] One was taken back from { $name }. It is deleted here.
   *[other] { $count } were taken back from { $name }. They are deleted here.
}

record-none = Nothing was ever handed over.
record-given = You handed an excerpt to { $name }
record-received = { $name } handed you an excerpt
record-comment-given = You wrote a comment for { $name }
record-comment-received = { $name } wrote you a comment
record-opened = opened on { $when }
record-taken-back = taken back on { $when }
record-deleted = deletion confirmed on { $when }
record-anyone-can-read = The record in { $path } will not be encrypted. Anyone who gets hold of it can read the names and the times in it; it holds nothing of what you wrote.
record-exported = { $count ->
    [one] One line is in { $path }.
   *[other] { $count } lines are in { $path }.
}

news-received = { $name } handed you something. “common-ground received” shows it.
news-arrived = What you handed over on { $when } is on { $name }'s device.
news-opened = { $name } opened what you handed over on { $when }.
news-taken-back = { $name } took back what they handed you on { $when }. It is deleted here.
news-deleted = { $name }'s device confirmed that what you handed over on { $when } is deleted there.
news-comments = { $count ->
    [one] There is a new comment by { $name }. “common-ground received” and “handed-over” show where.
   *[other] There are { $count } new comments by { $name }. “common-ground received” and “handed-over” show where.
}

error-no-excerpt = There is no such excerpt of yours. “common-ground handed-over” and “common-ground received” list them.
error-no-such-part = This does not stand in the entry's text word for word.
error-part-several-times = This stands in the entry's text several times. Give more of it, or use --lines.
error-no-such-line = The entry's text has { $count } lines.
error-empty-lines = There is nothing in these lines.
error-parcel-taken-back = It was taken back, and is deleted.
error-parcel-not-here-yet = Not all of it has come yet. It comes when your devices meet.
error-parcel-closed = A backup was brought back here. This stays closed until your device has met that of whoever handed it to you.
error-parcel-newer = A newer version of common-ground wrote this. Update yours.
error-parcel-malformed = What came from the other device is not an excerpt. Ask for it to be handed over again.
