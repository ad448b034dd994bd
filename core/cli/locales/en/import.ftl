## Import

import-dry-run = A dry run. Nothing was changed; this is what would come in.
import-added = { $found ->
    [one] { $added } of one entry is new here.
   *[other] { $added } of { $found } entries are new here.
}
import-already-here = { $count ->
    [one] One was here already and was left as it is.
   *[other] { $count } were here already and were left as they are.
}
import-left-out = { $count ->
    [one] One is in the bin or erased here, and was left so.
   *[other] { $count } are in the bin or erased here, and were left so.
}
import-shared-ids = { $count ->
    [one] One carried the id or the minute of another entry; both were kept.
   *[other] { $count } carried the id or the minute of another entry; all were kept.
}
import-without-zone = { $count ->
    [one] One says no time zone; its clock was taken as one of { $zone }.
   *[other] { $count } say no time zone; their clocks were taken as ones of { $zone }.
}
import-zone-here = the zone you are in (--zone names another)
import-without-text = { $count ->
    [one] One has no text, perhaps only a photo or a mood; it was kept with its date.
   *[other] { $count } have no text, perhaps only a photo or a mood; they were kept with their dates.
}
import-attachments-added = { $count ->
    [one] One photo, recording or file came with them.
   *[other] { $count } photos, recordings and files came with them.
}
import-attachments-missing = { $count ->
    [one] One photo, recording or file is mentioned but not there, or cannot be read:
   *[other] { $count } photos, recordings or files are mentioned but not there, or cannot be read:
}
import-note-location = { $count ->
    [one] One says where it was written; this has no place here.
   *[other] { $count } say where they were written; this has no place here.
}
import-note-weather = { $count ->
    [one] One says how the weather was; this has no place here.
   *[other] { $count } say how the weather was; this has no place here.
}
import-note-windows = { $count ->
    [one] One file is not Unicode and was read as Windows-1252: look whether its accents are right.
   *[other] { $count } files are not Unicode and were read as Windows-1252: look whether their accents are right.
}
import-note-symlink = { $count ->
    [one] One link to another place was not followed.
   *[other] { $count } links to other places were not followed.
}
import-unknown-mood = { $count ->
    [one] One entry has the mood “{ $name }”, which came in as a feeling. --mood "{ $name }=4" gives it a number (1 very low, 5 very good).
   *[other] { $count } entries have the mood “{ $name }”, which came in as a feeling. --mood "{ $name }=4" gives them a number (1 very low, 5 very good).
}
import-bad = { $count ->
    [one] One entry cannot be read:
   *[other] { $count } entries cannot be read:
}
import-bad-stops = Nothing comes in while they are there. --leave-out-bad takes all the others.
import-more = … and { $count } more (--json names up to 1,000)
import-in-entry = entry { $entry }
