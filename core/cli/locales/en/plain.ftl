# Fields, units and reasons of the core, as a person reads them. A field that is not here keeps its name.

plain-field = { $key ->
    [text] the text
    [title] the title
    [tags] the list of tags
    [tag] a tag
    [mood] the mood
    [moods] a mood you gave a number
    [emotions] the list of feelings
    [emotions-name] the name of a feeling
    [emotions-intensity] the strength of a feeling
    [written-at] the time
    [written-zone] the time zone
    [written-offset-seconds] the distance of the clock from UTC
    [zone] the time zone
    [time-format] the format of times
    [answers] the list of answers
    [answers-field] what stands before the =
    [answers-value] an answer
    [attachment] a file to attach
    [attachments] the list of files
    [attachments-name] the name of a file to attach
    [excerpt] the excerpt
    [parts] the parts of the text
    [comment] the comment
    [minutes] the number of minutes
    [weeks] the number of weeks
    [helped] how much it helped
    [note] the note
    [name] the name
    [file] what you named
    [folder] the name of the folder
    [last-date] the last day
    [display-name] your name
    [passphrase] the passphrase
    [links] the list of what it belongs to
    [days] the list of days
    [drafts] the list of drafts
    [tools] the list of tools
    [templates] the list of templates
    [content] the draft
    [value] the rating
    [why] the why
    [wording] the wording
    [known-by] how you both will know
    [by-when] until when
    [first-step] the first step
    [success] what success looks like
    [what] what it is about
    [hindered] what got in the way
    [learned] what was learned
    [levels] a level of the scale
    [expected-fear] how frightening it may be
    [fear] how frightening it was
    [importance] the importance
    [difficulty] the difficulty
    [every-days] the number of days
    [ratings] the number of ratings
    [repeats] how often it is done
    [due] until when
    [on] the day
    [from] the first day
    [to] the last day
    [digest] the wording named
    [version] the version named
    [older] where to read on
   *[other] { $name }
}
plain-unit = { $key ->
   *[other] { $name }
}
plain-form = { $key ->
    [a-question-of-this-template] a question of this template; “common-ground template show” names them
   *[other] { $name }
}
plain-reason = { $key ->
    [entity-not-found] there is no such file or folder
    [permission-denied] you may not
    [read-only-filesystem-or-storage-medium] it can only be read
    [is-a-directory] it is a folder
    [not-a-directory] a part of the path is no folder
   *[other] { $name }
}
plain-part = { $key ->
    [file] the file
    [folder] the folder
    [zip] the zip
    [entry] the entry
    [row] the row
    [line] the line
    [attachment] an attached file
    [entries] the entries
    [attachments] the attached files
    [front-matter] the front matter
    [created] the time of writing (created)
   *[other] { $name }
}
plain-problem = { $key ->
    [is-of-no-format-that-is-known-here-name-the-format-if-you-know-it] is of no format that is known here; --from names the program it comes from
   *[other] { $name }
}
