# Attachments.

attached = { $count ->
    [one] Attached: one file. It is encrypted like all else here.
   *[other] Attached: { $count } files. They are encrypted like all else here.
}
attachments-none = Nothing is attached.
ask-save-readable = { $count ->
    [one] Saved as a file, anyone who can use this disk can read it. Save it?
   *[other] Saved as files, anyone who can use this disk can read them. Save them?
}
attachment-saved = Saved: { $path }
ask-detach = Take { $name } away from this entry? The former version keeps it.
detached = Taken away. The former version of the entry still has it.
error-no-such-folder = There is no folder { $path }.
