# Looking back, and filters.

month-and-year = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
} { $year }
weekdays = Mo Tu We Th Fr Sa Su
error-search-what = Search for what? Give words, or a filter such as --tag.
journal-filter-nothing = No entry is like that.
look-days-count = { $entries ->
    [0] Nothing written this month.
    [one] One entry on one day.
   *[other] { $days ->
        [one] { $entries } entries on one day.
       *[other] { $entries } entries on { $days } days.
    }
}
look-days-explained = The number behind a mark is the mean mood of the day, 1 to 5, where there is one.
look-on-this-day-nothing = Nothing was written on this day in earlier years.
look-years-ago = { $count ->
    [one] One year ago
   *[other] { $count } years ago
}
look-then = Then
look-now = { $months ->
    [0] Now
    [one] Now, one month later
   *[other] Now, { $months } months later
}
look-only-one = There is one entry so far. Then and now come with the second.
look-count = { $count } entries in all.
look-mean = { $count ->
    [one] Mood { $mean } (one entry)
   *[other] Mean mood { $mean } ({ $count } entries)
}
look-mood-nothing = No entry of this time has a mood.
look-mood-explained = Mean mood from 1 (very low) to 5 (very good), and in brackets how many entries are behind it.
look-mood-of-entry = Mood { $mood } of 5
look-patterns-days = { $count ->
    [one] One day with a mood: { $mean }
   *[other] { $count } days with a mood, on the mean { $mean }
}
look-tags = Tags
look-feelings = Feelings
look-tools = Coping tools
look-pattern = { $name }: { $with } on { $days-with ->
    [one] one day
   *[other] { $days-with } days
} with it, { $without } on { $days-without ->
    [one] one day
   *[other] { $days-without } days
} without
look-patterns-explained = Listed is what stands on at least { $minimum } days and is missing on at least as many. What goes together need not cause one another.
look-tools-nothing = No coping tool was used in this time.
look-tool = { $name }: used { $uses ->
    [one] once
   *[other] { $uses } times
}, helped { $mean } of 10 ({ $count } rated)
look-tool-unrated = { $name }: used { $uses ->
    [one] once
   *[other] { $uses } times
}
look-scale-nothing = No answer to this question is a number.
look-wins-nothing = No small wins are noted in this month.
look-wins = { $count ->
    [one] One small win.
   *[other] { $count } small wins.
}
look-to-bring-nothing = Nothing is marked to be brought along.
look-to-bring-since = Marked since the appointment of { $when }. With --all also what was marked before.
look-to-bring-page = To bring along, { $day }
look-to-bring-left-out = { $count ->
    [one] One more was marked earlier; --since shows less at once.
   *[other] { $count } more were marked earlier; --since shows less at once.
}
