# What an export says.

export-anyone-can-read = What you export to { $path } is not encrypted. Anyone who gets hold of it can read it.
ask-export = Export anyway?
export-done = { $count ->
    [one] One entry is in { $path }.
   *[other] { $count } entries are in { $path }.
}
export-attachments = { $count ->
    [one] One photo, recording or file came along.
   *[other] { $count } photos, recordings and files came along.
}
export-attachments-left-out = { $count ->
    [one] One photo, recording or file stayed here: this format has no place for it, or was not to take it (for json, a name that ends in .zip takes them along).
   *[other] { $count } photos, recordings and files stayed here: this format has no place for them, or was not to take them (for json, a name that ends in .zip takes them along).
}
export-more = { $count ->
    [one] One entry holds something more that this format has no place for, such as a mood or answers.
   *[other] { $count } entries hold something more that this format has no place for, such as a mood or answers.
}

page-language = en
page-journal = Journal
page-note = Not encrypted: anyone can read this page. Keep it well.
page-mood = Mood
page-feelings = Feelings
page-attachments = Attached
page-to-bring = To bring along
