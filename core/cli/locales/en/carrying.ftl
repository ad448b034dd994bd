# Carrying by file, where no network serves.

carried-out = { $changes ->
    [0] { $path } is for { $name }: nothing new of the plan, and what else there is to say.
    [one] { $path } is for { $name }, with one change of the plan.
   *[other] { $path } is for { $name }, with { $changes } changes of the plan.
}
carried-out-parcels = { $count ->
    [one] One excerpt or comment is in it.
   *[other] { $count } excerpts and comments are in it.
}
carried-out-left = { $count ->
    [one] There was no room for one more excerpt: it goes with the next file, after one has come back.
   *[other] There was no room for { $count } more excerpts: they go with later files, after one has come back.
}
carried-out-next = Only { $name }’s device can open it. There: “common-ground carry in”. Until you hear back, all of it still waits to go.
carried-in = { $changes ->
    [0] From { $name }, written { $written }: nothing new in the plan.
    [one] From { $name }, written { $written }: one change of the plan came.
   *[other] From { $name }, written { $written }: { $changes } changes of the plan came.
}
carried-in-lacks = Something in between is missing. Bring { $name } a file from here; the next one from there has it.
carried-in-next = { $name } hears what has arrived with your next file: “common-ground carry out”.
error-not-carried = This is no file from the other person’s Common Ground. Nothing was changed.
error-carried-newer = A newer version of Common Ground wrote this file. Update, and take it in then.
error-carried-damaged = The file is torn or was changed on the way. What could be read of it is here; ask for another one.
error-carried-not-for-this-device = The file is sealed to another device. If yours is new, meet once over a network; then files for it can be written.
error-carried-unknown-device = The file does not come from a device of somebody you are paired with. Nothing was changed.
error-carry-meet-first = For a file the two devices need to have met once over a network since this version: “common-ground sync”.
